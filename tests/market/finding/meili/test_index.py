"""Search by Meilisearch: the same answers, from right requests; and what happens when it answers wrongly."""

import asyncio
import time

import pytest

from market.catalogue import KEPT
from market.filters import Filters
from market.finding.entries import Findable
from market.finding.index import Wanted
from market.finding.meili import index as meili_index
from market.finding.meili.client import MeiliClient
from market.finding.meili.index import MeiliIndex
from market.finding.meili.settings import SERVING
from market.finding.postgres_index import PostgresIndex
from market.finding.understanding import attempts
from market.finding.vocabulary import Vocabulary
from tests.builders import NOW, a_program, a_village, goods
from tests.market.finding.catalogue import the_catalogue_on_sale
from tests.market.finding.meili.steps import documented, found, in_step
from tests.market.finding.scoring import CASES, cases_of
from tests.meili_stand_in.contract import differences
from tests.meili_stand_in.server import HELD_BACK, KEY, StandIn
from villages.listings import Listing, Publication

STRANGE = [
    "", " ", "ㄱ", "ㅏ", "가" * 10_000, "사과 " * 3000, "🍎🍏", "\x00사과\x07", "\u202e사과", "'; DROP TABLE listings; --",
    "사과' OR published = false", '사과" OR 1', "words IN ['배']", "\\", "'", '"', "사과\\' | 배", "NULL", "-사과", '"꿀 사과"',
    "사과".encode("utf-16-le").decode("latin-1"), "\ud83c", "1" * 500, "𠮷野家",
]  # fmt: skip


@pytest.fixture
async def index(db: str, client: MeiliClient) -> MeiliIndex:
    return MeiliIndex(client, patience=5.0)


async def test_the_measured_queries_get_the_answers_that_the_database_gives(
    index: MeiliIndex, client: MeiliClient
):
    await the_catalogue_on_sale()
    await in_step(client)
    database = PostgresIndex()

    async def codes(asked: PostgresIndex, query: str) -> tuple[list[str], str | None, bool]:
        answer = await asked.search(Wanted(query, limit=100), now=NOW)
        return [item.code for item in answer.items], answer.corrected, answer.fallen_back

    queries = [case.query for which in CASES for case in cases_of(which)]
    differing = [query for query in queries if await codes(index, query) != await codes(database, query)]

    assert differing == []


async def test_requests_and_answers_are_those_of_the_published_api(
    index: MeiliIndex, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await in_step(client)
    await found(index, "ㄲㅅㄱ")
    await found(index, "사과", kind=Findable.goods, filters=Filters(village="village-1"))

    assert differences(stand_in) == []


async def test_every_question_asks_for_what_is_on_sale_and_by_declared_attributes(
    index: MeiliIndex,
    client: MeiliClient,
    stand_in: StandIn,
):
    village = await a_village()
    await goods("꿀사과 5kg", village=village)
    await in_step(client)

    assert await found(index, "사과", kind=Findable.goods, filters=Filters(village=village.slug)) == [
        "꿀사과 5kg"
    ]

    asked = stand_in.requests("POST", "/multi-search")[-1]
    mark, *queries = asked.body["queries"]
    assert asked.status == 200
    assert mark["filter"] == ["mark = 'jangnal 2'"]
    # Once for each way of reading it, and by exact words alone: Meilisearch cuts Korean otherwise.
    assert [query["filter"] for query in queries] == [
        ["published = true", "running = true", "words IN ['꿀사과']"]
    ]
    assert not any("q" in query for query in queries)


@pytest.mark.parametrize("query", STRANGE)
async def test_strange_words_reach_meilisearch_as_words_or_not_at_all(
    query: str,
    index: MeiliIndex,
    client: MeiliClient,
    stand_in: StandIn,
):
    await goods("꿀사과 5kg")
    await in_step(client)

    answer = await index.search(Wanted(query), now=NOW)

    assert not answer.fallen_back
    statuses = {asked.status for asked in stand_in.requests("POST", "/multi-search")}
    says_anything = any(True for _ in attempts(query, await index.vocabulary()))
    assert statuses == ({200} if says_anything else set())


async def test_what_was_withdrawn_a_moment_ago_is_not_found_though_meilisearch_still_has_it(
    index: MeiliIndex, client: MeiliClient
):
    apples = await goods("꿀사과 5kg")
    await goods("황토 고구마")
    await in_step(client)
    assert await found(index, "사과") == ["꿀사과 5kg"]

    await Publication.filter(listing_id=apples.listing_id).delete()

    assert await found(index, "사과") == []


@pytest.mark.parametrize("engine", ["PostgreSQL", "Meilisearch"])
async def test_what_is_gone_keeps_nobody_from_guessing(engine: str, index: MeiliIndex, client: MeiliClient):
    asked = index if engine == "Meilisearch" else PostgresIndex()
    both = await goods("산골 사과")
    await goods("산골 배", village=both.listing.village)
    await in_step(client)
    assert await found(asked, "산골 사과") == ["산골 사과"]

    await Publication.filter(listing_id=both.listing_id).delete()
    await documented()  # of which Meilisearch does not know yet
    KEPT.clear()  # five seconds later

    assert await found(asked, "산골 사과") == ["산골 배"]


async def test_kinds_and_villages_are_found_and_counted_as_by_the_database(
    index: MeiliIndex, client: MeiliClient
):
    village = await a_village("사과마을")
    await goods("꿀사과 5kg", village=village)
    await a_program("사과 따기 체험", village=village)
    await in_step(client)

    wanted = Wanted("사과")
    assert await index.search(wanted, now=NOW) == await PostgresIndex().search(wanted, now=NOW)
    assert await found(index, "사과", kind=Findable.program) == ["사과 따기 체험"]


@pytest.mark.parametrize("filters", [Filters(), Filters(most=1500), Filters(in_season=True)])
async def test_filters_choose_among_all_that_was_found_though_meilisearch_names_only_some(
    filters: Filters, index: MeiliIndex, client: MeiliClient, monkeypatch
):
    monkeypatch.setattr(meili_index, "MOST_HITS", 2)
    for price, letters in enumerate("라마바사", start=1):
        await goods(f"사과 {letters}", price=1000 * price)
    dear = await goods("꿀이 많이 든 아주 큰 사과 5kg", price=1000)
    await Listing.filter(id=dear.listing_id).update(season_months=[NOW.month])
    await in_step(client)
    wanted = Wanted("사과", filters=filters)

    answer = await index.search(wanted, now=NOW)

    assert not answer.fallen_back
    assert answer == await PostgresIndex().search(wanted, now=NOW)
    assert "꿀이 많이 든 아주 큰 사과 5kg" in {item.name for item in answer.items}


async def test_of_what_fits_as_well_the_sold_out_stand_last_and_the_very_thing_first_also_sold_out(
    index: MeiliIndex, client: MeiliClient
):
    for name, left in (("배", 0), ("사과", 0), ("포도", 3), ("아주 굵은 햇사과", 2), ("청사과", 0)):
        await goods(name, left=left)
    await in_step(client)

    for engine in (index, PostgresIndex()):
        assert await found(engine, "과일") == ["포도", "아주 굵은 햇사과", "배", "사과", "청사과"]
        assert await found(engine, "사과") == ["사과", "아주 굵은 햇사과", "청사과"]


@pytest.mark.parametrize("mood", ["slow", "500", "half", "silent", "redirect", "nonsense", "other shape"])
async def test_a_server_that_answers_wrongly_or_late_leaves_the_answer_to_the_database(
    mood: str,
    index: MeiliIndex,
    client: MeiliClient,
    stand_in: StandIn,
):
    await goods("꿀사과 5kg")
    await in_step(client)
    index = MeiliIndex(client)
    await index.search(Wanted("배"), now=NOW)  # the vocabulary is read
    stand_in.mood = mood

    began = time.monotonic()
    answer = await index.search(Wanted("사과"), now=NOW)

    assert [item.name for item in answer.items] == ["꿀사과 5kg"]
    assert answer.fallen_back
    assert time.monotonic() - began < HELD_BACK / 2


async def test_after_a_failure_nobody_waits_for_the_server_until_it_is_tried_again(
    db: str,
    client: MeiliClient,
    stand_in: StandIn,
):
    await goods("꿀사과 5kg")
    await in_step(client)
    index = MeiliIndex(client, patience=2.0, away_for=0.3)
    stand_in.mood = "500"
    assert (await index.search(Wanted("사과"), now=NOW)).fallen_back
    stand_in.mood = "well"
    asked = len(stand_in.asked)

    assert (await index.search(Wanted("사과"), now=NOW)).fallen_back
    assert len(stand_in.asked) == asked

    await asyncio.sleep(0.4)
    assert not (await index.search(Wanted("사과"), now=NOW)).fallen_back
    assert len(stand_in.asked) > asked


async def test_the_servers_patience_is_not_spent_by_what_we_do_ourselves(
    db: str, client: MeiliClient, monkeypatch
):
    await goods("꿀사과 5kg")
    await in_step(client)
    index = MeiliIndex(client, patience=2.0)
    read = index._vocabulary.now

    async def slowly_read() -> Vocabulary:
        await asyncio.sleep(2.1)
        return await read()

    monkeypatch.setattr(index._vocabulary, "now", slowly_read)

    answer = await index.search(Wanted("사과"), now=NOW)

    assert (answer.total, answer.fallen_back) == (1, False)


async def test_a_server_that_died_is_done_without_and_used_again_when_it_is_back(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await in_step(client)
    index = MeiliIndex(client, patience=2.0, away_for=0.0)
    stand_in.stop()

    answer = await index.search(Wanted("사과"), now=NOW)
    assert (answer.total, answer.fallen_back) == (1, True)

    stand_in.start()
    answer = await index.search(Wanted("사과"), now=NOW)
    assert (answer.total, answer.fallen_back) == (1, False)


async def test_a_wrong_key_is_a_server_that_is_away(db: str, stand_in: StandIn):
    await goods("꿀사과 5kg")
    await documented()
    stranger = MeiliClient(stand_in.url, "another-key")

    answer = await MeiliIndex(stranger).search(Wanted("사과"), now=NOW)
    await stranger.close()

    assert answer.fallen_back
    assert KEY not in str(stand_in.asked[-1].answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("row", value) for value in (None, "1", 0, 10**30, {})),
        *(("updated", value) for value in (None, 1, "", "soon", "2026-11-21", "2026-11-21T10:00:00")),
    ],
)
async def test_a_document_of_another_shape_under_our_mark_is_not_believed(
    field: str, value: object, db: str, client: MeiliClient, stand_in: StandIn
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)
    index = MeiliIndex(client)
    assert await found(index, "사과") == ["꿀사과 5kg"]
    stand_in.documents(SERVING)[f"L{apples.listing_id}"][field] = value

    answer = await index.search(Wanted("사과"), now=NOW)

    assert (answer.total, answer.fallen_back) == (1, True)


@pytest.mark.parametrize("whose", ["nobody's", "another's", "an older shape's", "half built"])
async def test_an_index_that_is_not_ours_or_not_whole_answers_nothing(
    whose: str,
    db: str,
    client: MeiliClient,
    stand_in: StandIn,
):
    await goods("꿀사과 5kg")
    await in_step(client)
    served = stand_in.engine.indexes[SERVING]
    if whose == "nobody's":
        del stand_in.engine.indexes[SERVING]
    elif whose == "another's":
        served.documents = {
            "1": {"id": "1", "title": "사과", "published": True, "running": True, "words": ["사과"]}
        }
        served.settings = served.settings | {"filterableAttributes": []}
    elif whose == "an older shape's":
        served.documents["mark"] |= {"mark": "jangnal 0"}
    else:
        served.documents["mark"] |= {"whole": False}

    answer = await MeiliIndex(client).search(Wanted("사과"), now=NOW)

    assert ([item.name for item in answer.items], answer.fallen_back) == (["꿀사과 5kg"], True)
