"""What a process remembers of documents, while others write them."""

import asyncio
from contextlib import suppress

import pytest

from market.bits import bits_of
from market.finding import kept_postings
from market.finding.hits import FEW, Letters
from market.finding.kept_postings import KeptPostings
from market.finding.nearness import HEAD, SAME, Near
from market.finding.postgres_index import PostgresIndex, warming_up_search
from market.finding.postings import Tier, tiers_of
from market.finding.vocabulary import Vocabulary
from tests.builders import goods
from tests.market.finding.meili.steps import documented, found
from tests.meeting import Place, stopping
from villages.listings import Listing


@pytest.fixture
async def index(db: str) -> PostgresIndex:
    return PostgresIndex()


@pytest.mark.parametrize("known", [3, FEW + 100])
def test_whose_letters_nobody_has_told_yet_stands_last(known: int):
    letters = Letters()
    letters.write({9: list(range(1, known)), 4: [known]})
    between, beyond = 0, known + 500
    everything = bits_of([between, *range(1, known + 1), beyond])

    assert letters.in_order(everything, 5000) == [known, *range(1, known), between, beyond]
    assert letters.in_order(1 << beyond, 1) == [beyond]


async def test_what_was_written_since_the_last_look_is_found_by_a_word_nobody_asked_for(index: PostgresIndex):
    village = (await goods("꿀사과 5kg")).listing.village
    await goods("황토 고구마", village=village)
    await documented()
    assert await found(index, "사과") == ["꿀사과 5kg"]

    await goods("햇 고구마 10kg", village=village, id=90_000)  # its bit is the highest of all
    await documented()

    assert await found(index, "고구마") == ["황토 고구마", "햇 고구마 10kg"]


async def test_searches_are_answered_while_everything_is_read_anew(
    index: PostgresIndex, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept_postings, "MOST_CHANGED", 1)
    village = (await goods("꿀사과 5kg")).listing.village
    await goods("신고배 5kg", village=village)
    await documented()
    assert await found(index, "사과") == ["꿀사과 5kg"]
    await Listing.all().update(version=2)
    await documented()
    index.look_again()
    reading = Place("GROUP BY letters", is_after=False)

    with stopping(reading):
        first = asyncio.create_task(found(index, "사과"))
        while not reading.here:  # noqa: ASYNC110  no bell rings
            await asyncio.sleep(0.002)
        meanwhile = await found(index, "신고배")
        reading.opened.set()

    assert (meanwhile, await first) == (["신고배 5kg"], ["꿀사과 5kg"])


@pytest.mark.parametrize("name", ["배", "감자"])
async def test_a_common_word_that_nothing_has_or_has_any_more_is_no_trouble_beside_others(db: str, name: str):
    listing = (await goods(name)).listing
    await documented()
    postings, vocabulary = KeptPostings(), Vocabulary.tagged({"배": "n", "신고배": "n"})
    alone = (Tier(1.0, "n", "n배"),)
    both = tiers_of((Near("배", SAME), Near("신고배", HEAD)), vocabulary.tags)
    await postings.look(vocabulary)
    assert len((await postings.levels([alone], vocabulary))[alone]) == (name == "배")

    await Listing.filter(id=listing.id).update(name="신고배", version=2)
    await documented()
    postings.look_again()
    await postings.look(vocabulary)

    assert len((await postings.levels([both], vocabulary))[both]) == 1


async def whatever_was_begun() -> None:
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_a_warm_up_that_fails_is_made_up_for_by_who_searches_next(
    index: PostgresIndex, queries: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept_postings, "LARGE", 1)
    await goods("꿀사과 5kg")
    await goods("황토 고구마")
    await documented()
    with monkeypatch.context() as trouble:
        trouble.setattr(kept_postings, "COMMON_AMOUNTS", "SELECT 1 / ($1::int - $1::int)")
        await index.warm_up_quietly()
        index.look_again()
        assert await found(index, "사과") == ["꿀사과 5kg"]
        await whatever_was_begun()

    index.look_again()
    await found(index, "사과")
    await whatever_was_begun()

    queries.clear()
    assert await found(index, "고구마") == ["황토 고구마"]
    assert not any("@@" in query for query in queries)  # nobody asks the index


async def test_once_everything_was_written_anew_the_process_warms_up_again(
    index: PostgresIndex, queries: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept_postings, "LARGE", 1)
    monkeypatch.setattr(kept_postings, "MOST_CHANGED", 1)
    await goods("꿀사과 5kg")
    await goods("황토 고구마")
    await documented()
    await index.warm_up_quietly()
    await Listing.all().update(version=2)
    await documented()

    for _ in range(2):  # it is seen that all was written; then that no more is
        index.look_again()
        await found(index, "사과")
        await whatever_was_begun()

    queries.clear()
    assert await found(index, "고구마") == ["황토 고구마"]
    assert not any("@@" in query for query in queries)


async def test_a_warm_up_under_way_ends_with_the_process_also_when_that_fails(
    db: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept_postings, "LARGE", 1)
    await goods("꿀사과 5kg")
    await documented()
    warming = Place("TABLESAMPLE", is_after=False)

    with stopping(warming), suppress(RuntimeError):
        async with warming_up_search():
            while not warming.here:  # noqa: ASYNC110  no bell rings
                await asyncio.sleep(0.002)
            raise RuntimeError

    assert asyncio.all_tasks() == {asyncio.current_task()}
