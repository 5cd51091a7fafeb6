"""Search through the real index: the measured queries, what may never be found, and words nobody means."""

import asyncio
import gc
import weakref
from datetime import timedelta

import asyncpg
import pytest

from market.catalogue import KEPT, catalogue
from market.filters import Filters
from market.finding import counted_words
from market.finding.counted_words import count_words
from market.finding.entries import Findable, SearchEntry
from market.finding.index import Wanted
from market.finding.postgres_index import PostgresIndex
from market.finding.upkeep import index_changed_listings, index_edited_listings, reindex_all
from tests.builders import NOW, a_program, a_village, goods
from tests.market.finding.catalogue import the_catalogue_on_sale
from tests.market.finding.scoring import CASES, cases_of, failures_below, outcomes_of
from tests.meeting import Place, stopping
from villages.listings import Certificate, Listing, Publication
from villages.publications import withdraw
from villages.village import Village, VillageState

APPLES_AND_SIGNS = [
    "사과 " * 3000, "사과🍎", "\x00사과\x07", "\u202e사과", "사과' & !'배", "사과:*", "사과 <-> 배", "사과\\' | 배", "{사과,배}", "ㄱ",
]  # fmt: skip
NO_WORDS = [
    "", " ", "\t\n", "ㅏ", "가" * 10_000, "a" * 10_000, "🍎🍏", "사과".encode("utf-16-le").decode("latin-1"),
    "'; DROP TABLE listings; --", "(((", "| & !", "\\", "'", '"', "%_%", "NULL", "\ufeff", "ﷺ", "İ", "ß" * 300, "1" * 500, "5kg",
    "-1", "𠮷野家",
]  # fmt: skip


async def found(index: PostgresIndex, query: str, **more) -> list[str]:
    return [item.name for item in (await index.search(Wanted(query, **more), now=NOW)).items]


async def everything_indexed() -> None:
    while await index_changed_listings(NOW):
        pass


@pytest.fixture
async def index(db: str) -> PostgresIndex:
    return PostgresIndex()


@pytest.mark.parametrize("which", CASES)
async def test_every_category_of_the_measured_queries_reaches_its_bar(index: PostgresIndex, which: str):
    await the_catalogue_on_sale()
    await everything_indexed()

    async def codes(query: str) -> list[str]:
        found = await index.search(Wanted(query, limit=100), now=NOW)
        return [item.code for item in found.items if item.code]

    assert failures_below(await outcomes_of(cases_of(which), codes)) == []


async def test_what_is_published_is_found_and_a_draft_is_not(index: PostgresIndex):
    await goods("꿀사과 5kg")
    await goods("못난이 사과", published=False)
    await everything_indexed()

    assert await found(index, "사과") == ["꿀사과 5kg"]


async def test_a_draft_is_found_once_it_is_published_though_nobody_raised_its_version(index: PostgresIndex):
    draft = await goods("꿀사과 5kg", published=False)
    await everything_indexed()
    assert await found(index, "사과") == []

    await Publication.create(listing=draft.listing, at=NOW)
    await everything_indexed()
    index.look_again()

    assert await found(index, "사과") == ["꿀사과 5kg"]


async def test_what_is_withdrawn_is_gone_at_once_and_its_document_soon(index: PostgresIndex):
    apples = await goods("꿀사과 5kg")
    await everything_indexed()
    assert await found(index, "사과") == ["꿀사과 5kg"]

    await Publication.filter(listing_id=apples.listing_id).delete()
    assert await found(index, "사과") == []

    await everything_indexed()
    assert not await SearchEntry.exists(listing_id=apples.listing_id)


async def test_answers_do_not_keep_what_was_offered_before(index: PostgresIndex):
    await goods("꿀사과 5kg")
    await everything_indexed()
    await found(index, "사과")
    before = weakref.ref(await catalogue(NOW))

    KEPT.clear()  # five seconds later
    await found(index, "배")
    gc.collect()

    assert before() is None


async def test_an_edit_that_raises_the_version_is_found_by_its_new_words(index: PostgresIndex):
    apples = await goods("꿀사과 5kg")
    await everything_indexed()

    await Listing.filter(id=apples.listing_id).update(name="황토 고구마", version=2)
    await everything_indexed()
    index.look_again()

    assert await found(index, "고구마") == ["황토 고구마"]
    assert await found(index, "꿀사과", exact=True) == []
    assert (await Listing.get(id=apples.listing_id)).indexed_version == 2


async def test_the_quick_look_sees_what_is_published_edited_and_withdrawn_at_the_desk(index: PostgresIndex):
    draft = await goods("꿀사과 5kg", published=False)
    await index_edited_listings(NOW)
    assert await index_edited_listings(NOW) == 0

    await Publication.create(listing=draft.listing, at=NOW)
    await Listing.filter(id=draft.listing_id).update(version=2)
    assert await index_edited_listings(NOW) == 1
    assert await found(index, "사과") == ["꿀사과 5kg"]

    await withdraw(draft.listing_id, village_ids=[draft.listing.village_id], by="person 1")
    assert await index_edited_listings(NOW) == 1
    assert not await SearchEntry.exists(listing_id=draft.listing_id)


async def test_a_certificate_that_ends_is_no_longer_found(index: PostgresIndex):
    rice = await goods("햅쌀 10kg")
    await Certificate.create(listing=rice.listing, kind="무농약", number="1", ends_on=NOW.date())
    await everything_indexed()
    assert await found(index, "무농약") == ["햅쌀 10kg"]

    await index_changed_listings(NOW + timedelta(days=1))
    index.look_again()

    assert await found(index, "무농약") == []


async def test_goods_of_a_village_that_stopped_are_not_found_and_the_village_neither(index: PostgresIndex):
    village = await a_village("내장산마을")
    await goods("꿀사과 5kg", village=village)
    await everything_indexed()
    assert await found(index, "내장산") == ["내장산마을", "꿀사과 5kg"]

    await Village.filter(id=village.id).update(state=VillageState.dormant)

    assert await found(index, "내장산") == []


async def test_a_village_found_by_its_new_name(index: PostgresIndex):
    village = await a_village("내장산마을")
    await goods("꿀사과 5kg", village=village)
    await everything_indexed()

    await Village.filter(id=village.id).update(name="단풍마을", short_name="단풍", version=2)
    await everything_indexed()
    index.look_again()

    assert await found(index, "단풍마을") == ["단풍마을", "꿀사과 5kg"]


async def test_filters_narrow_and_each_facet_counts_without_itself(index: PostgresIndex):
    here, there = await a_village("내장산마을"), await a_village("옥정호마을")
    await goods("꿀사과 5kg", village=here)
    await goods("사과즙", village=there)
    await a_program("사과 따기 체험", village=there)
    await everything_indexed()

    answer = await index.search(
        Wanted("사과", kind=Findable.goods, filters=Filters(village=there.slug)), now=NOW
    )

    assert [item.name for item in answer.items] == ["사과즙"]
    assert answer.total == 1
    assert {facet.value: facet.count for facet in answer.kinds} == {"goods": 1, "program": 1}
    assert {facet.value: facet.count for facet in answer.villages} == {here.slug: 1, there.slug: 1}


async def test_a_misspelt_word_is_corrected_unless_it_is_wanted_as_typed(index: PostgresIndex):
    await goods("곶감")
    await everything_indexed()

    assert (await index.search(Wanted("꽂감"), now=NOW)).corrected == "곶감"
    assert (await index.search(Wanted("꽂감", exact=True), now=NOW)).total == 0


async def test_a_name_too_rare_to_be_counted_is_found_as_it_is_typed(index: PostgresIndex, monkeypatch):
    monkeypatch.setattr(counted_words, "MOST_COUNTED", 2)
    await goods("배")
    await goods("귤")
    await goods("옥빛차돌멩이버섯")
    await everything_indexed()
    await count_words(NOW)

    assert await found(index, "옥빛차돌멩이버섯") == ["옥빛차돌멩이버섯"]
    assert await found(index, "옥빛차돌멩이버석") == []
    assert len(await found(index, "과일")) == 3


async def test_where_nothing_is_found_words_nearby_are_offered(index: PostgresIndex):
    await goods("고구마")
    await everything_indexed()

    answer = await index.search(Wanted("고구려"), now=NOW)

    assert answer.items == () and answer.nearby == ("고구마",)


@pytest.mark.parametrize(("query", "nearby"), [("굑감", ("곶감",)), ("쑥떡", ()), ("밤", ())])
async def test_words_that_sound_little_alike_are_not_offered(index: PostgresIndex, query: str, nearby: tuple):
    await goods("곶감")
    await a_program("민박 1박 숙박")
    await everything_indexed()

    assert (await index.search(Wanted(query, exact=True), now=NOW)).nearby == nearby


@pytest.mark.parametrize("query", APPLES_AND_SIGNS)
async def test_a_word_among_signs_is_found(index: PostgresIndex, query: str):
    await goods("꿀사과 5kg")
    await everything_indexed()

    assert await found(index, query) == ["꿀사과 5kg"]


@pytest.mark.parametrize("query", NO_WORDS)
async def test_words_nobody_means_find_nothing(index: PostgresIndex, query: str):
    await goods("꿀사과 5kg")
    await everything_indexed()

    assert (await index.search(Wanted(query), now=NOW)).total == 0


async def test_letters_taken_apart_by_a_mac_are_put_together(index: PostgresIndex):
    await goods("꿀사과 5kg")
    await everything_indexed()

    assert await found(index, "\u1109\u1161\u1100\u116a") == ["꿀사과 5kg"]


async def test_a_listing_with_endless_words_does_not_stop_the_others(index: PostgresIndex):
    await goods("꿀사과 5kg", search_text="가" * 9000 + " " + " ".join(f"낱말{n}" for n in range(3000)))
    await goods("사과즙")
    await everything_indexed()

    assert set(await found(index, "사과")) == {"꿀사과 5kg", "사과즙"}


async def test_what_another_worker_has_claimed_is_left_to_it(index: PostgresIndex, db: str):
    first = await goods("꿀사과 5kg")
    await goods("사과즙", village=first.listing.village)
    other = await asyncpg.connect(db.replace("asyncpg://", "postgresql://", 1))
    async with other.transaction():
        await other.execute("SELECT FROM listings WHERE id = $1 FOR NO KEY UPDATE", first.listing_id)

        assert await index_changed_listings(NOW) == 2  # the other listing, and the village
    await other.close()

    assert await index_changed_listings(NOW) == 1


async def test_reindexing_makes_every_document_anew_and_tells_how_far_it_is(index: PostgresIndex):
    await goods("꿀사과 5kg")
    await everything_indexed()
    steps: list[tuple[int, int]] = []

    done = await reindex_all(lambda *step: steps.append(step), now=NOW)

    assert done == 2 and steps == [(1, 2), (2, 2)]
    assert await found(index, "사과") == ["꿀사과 5kg"]


async def test_what_is_edited_while_everything_is_made_anew_keeps_its_newer_document(index: PostgresIndex):
    apples = await goods("꿀사과 5kg")
    pears = await goods("신고배 5kg", village=apples.listing.village)
    before_writing = Place("AS made", is_after=False)

    with stopping(before_writing):
        rebuilding = asyncio.create_task(reindex_all(lambda *_: None, now=NOW))
        while not before_writing.here:  # noqa: ASYNC110  no bell rings
            await asyncio.sleep(0.002)
        await Listing.filter(id=apples.listing_id).update(name="황토 고구마", version=2)
        await Publication.filter(listing_id=pears.listing_id).delete()
        await index_edited_listings(NOW)
        before_writing.opened.set()
        done = await rebuilding

    assert done == 3  # the two that were read and the village: nothing had to be mended afterwards
    assert (await SearchEntry.get(listing_id=apples.listing_id)).name == "황토 고구마"
    assert await found(index, "고구마") == ["황토 고구마"]
    assert not await SearchEntry.exists(listing_id=pears.listing_id)


async def test_a_search_costs_a_fixed_number_of_statements(index: PostgresIndex, queries: list[str]):
    village = await a_village()
    for number in range(12):
        await goods(f"꿀사과 {number}호", village=village)
    await everything_indexed()
    await index.search(Wanted("사과"), now=NOW)
    queries.clear()

    await index.search(Wanted("사과"), now=NOW)

    assert len(queries) == 2  # is the catalogue right, what is still on sale
