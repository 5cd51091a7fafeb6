"""Meilisearch follows the documents: what changed, what went, what failed; and it is rebuilt without a gap."""

import asyncio
from datetime import timedelta

import pytest
from tortoise import connections

from market.finding.entries import SearchEntry
from market.finding.index import Wanted
from market.finding.meili import upkeep as meili_upkeep
from market.finding.meili.client import MeiliClient, SearchDown
from market.finding.meili.index import MeiliIndex
from market.finding.meili.keeper import LEASE, TELL_AFTER, held, wish_for_a_build
from market.finding.meili.sent import MeiliKeeper, MeiliSent
from market.finding.meili.settings import BESIDE, SERVING, SETTINGS, differing
from market.finding.meili.upkeep import keep_meili_in_step, rebuild_meili
from market.tasks import Task
from tests.builders import NOW, goods
from tests.market.finding.meili.steps import documented, found, in_step
from tests.meili_stand_in.contract import differences
from tests.meili_stand_in.server import Asked, StandIn
from villages.listings import Listing, Publication

LATER = NOW + timedelta(minutes=1)


def silent(done: int, total: int) -> None:
    pass


def keys(stand_in: StandIn) -> set[str]:
    return set(stand_in.documents(SERVING)) - {"mark"}


async def of_the_database() -> set[str]:
    return {entry.key for entry in await SearchEntry.all()}


async def anew() -> None:
    """Due at once, without waiting for the lease of whoever was killed or for the next try."""
    await MeiliKeeper.all().update(held_until=None, retry_at=None)


async def test_an_empty_server_gets_settings_and_every_document(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await goods("못난이 사과", published=False)

    await in_step(client)

    assert keys(stand_in) == await of_the_database()
    assert [each["name"] for each in stand_in.documents(SERVING).values() if each.get("kind") == "goods"] == [
        "꿀사과 5kg"
    ]
    assert differing(stand_in.engine.indexes[SERVING].settings) == {}
    assert BESIDE not in stand_in.engine.indexes
    assert differences(stand_in) == []


async def test_a_document_carries_its_words_what_one_reads_of_it_and_nothing_else(
    db: str, client: MeiliClient, stand_in: StandIn
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)

    document = stand_in.documents(SERVING)[f"L{apples.listing_id}"]

    entry = await SearchEntry.get(listing_id=apples.listing_id)
    assert document == {
        "id": entry.key, "row": entry.id, "updated": entry.updated_at.isoformat(), "published": True, "running": True,
        "words": ["과일", "꿀사과", "내장산마을"],
        "kind": "goods", "name": "꿀사과 5kg", "category": "과일", "village_name": "내장산마을",
    }  # fmt: skip


async def test_an_edit_is_sent_by_the_quick_look_and_a_withdrawal_with_the_next_comparison(
    db: str, client: MeiliClient, stand_in: StandIn
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)

    await Listing.filter(id=apples.listing_id).update(name="황토 고구마", version=2)
    await documented()
    assert await keep_meili_in_step(NOW, client) == 1
    assert stand_in.documents(SERVING)[f"L{apples.listing_id}"]["name"] == "황토 고구마"

    await Publication.filter(listing_id=apples.listing_id).delete()
    await documented()
    assert await keep_meili_in_step(NOW, client) == 0
    assert await keep_meili_in_step(LATER, client) == 1
    assert keys(stand_in) == await of_the_database()


async def test_in_a_busy_city_everything_is_compared_once_in_a_while_and_not_at_every_step(
    db: str, client: MeiliClient, stand_in: StandIn
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)
    stand_in.asked.clear()

    for version, name in enumerate(("햇사과", "풋사과", "못난이 사과"), start=2):
        await Listing.filter(id=apples.listing_id).update(name=name, version=version)
        await documented()
        assert await keep_meili_in_step(LATER, client) == 1

    assert len(stand_in.requests("GET", "/indexes/{index_uid}/settings")) == 1
    assert stand_in.documents(SERVING)[f"L{apples.listing_id}"]["name"] == "못난이 사과"


async def test_a_comparison_that_finds_more_than_it_may_send_goes_on_with_the_next_step(
    db: str, client: MeiliClient, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
):
    for name in ("꿀사과", "곶감", "고구마"):
        await goods(name)
    await in_step(client)
    whole = len(keys(stand_in))
    await SearchEntry.all().update(updated_at=NOW - timedelta(days=1))
    monkeypatch.setattr(meili_upkeep, "AT_ONCE", 1)
    monkeypatch.setattr(meili_upkeep, "BATCHES", 1)

    assert [await keep_meili_in_step(LATER, client) for _ in range(whole + 1)] == [1] * whole + [0]


async def test_nothing_is_sent_twice_and_equal_settings_are_not_sent_at_all(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await in_step(client)
    stand_in.asked.clear()

    assert await keep_meili_in_step(LATER, client) == 0

    assert {asked.method for asked in stand_in.asked} == {"GET"}


async def test_settings_that_somebody_changed_are_brought_back_and_only_those(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await in_step(client)
    served = stand_in.engine.indexes[SERVING]
    served.settings = served.settings | {"searchableAttributes": ["*"]}
    stand_in.asked.clear()

    await keep_meili_in_step(LATER, client)

    changes = stand_in.requests("PATCH", "/indexes/{index_uid}/settings")
    assert [asked.body for asked in changes] == [{"searchableAttributes": SETTINGS["searchableAttributes"]}]
    assert differing(served.settings) == {}


async def test_of_two_workers_one_sends(db: str, client: MeiliClient, stand_in: StandIn):
    await in_step(client)
    await goods("꿀사과 5kg")
    await documented()
    stand_in.engine.pace = 0.05
    stand_in.asked.clear()

    sent = await asyncio.gather(*(keep_meili_in_step(NOW, client) for _ in range(4)))

    assert sorted(sent)[:3] == [0, 0, 0]
    assert len(stand_in.requests("POST", "/indexes/{index_uid}/documents")) == 1


async def test_a_failed_task_is_noted_and_sent_again_and_after_some_the_city_is_told(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await in_step(client)
    await goods("꿀사과 5kg")
    await documented()
    stand_in.engine.fails["documentAdditionOrUpdate"] = ["no_space_left_on_device"] * TELL_AFTER

    assert await keep_meili_in_step(NOW, client) == 0
    keeper = await MeiliKeeper.get(id=1)
    assert keeper.failures == 1
    assert "no_space_left_on_device" in keeper.trouble
    assert keeper.retry_at is not None
    assert await keep_meili_in_step(NOW, client) == 0  # not due yet
    assert (await MeiliKeeper.get(id=1)).failures == 1
    assert not await Task.exists()

    for _ in range(TELL_AFTER - 1):
        await anew()
        await keep_meili_in_step(NOW, client)
    task = await Task.get(kind="search")
    assert "no_space_left_on_device" in task.sentence

    await anew()
    assert await keep_meili_in_step(NOW, client) > 0
    assert keys(stand_in) == await of_the_database()
    assert (await MeiliKeeper.get(id=1)).failures == 0


@pytest.mark.parametrize("mood", ["500", "half", "redirect", "nonsense", "other shape"])
async def test_a_server_that_answers_wrongly_is_tried_again(
    mood: str, db: str, client: MeiliClient, stand_in: StandIn
):
    await in_step(client)
    await goods("꿀사과 5kg")
    await documented()
    stand_in.mood = mood

    assert await keep_meili_in_step(NOW, client) == 0
    assert (await MeiliKeeper.get(id=1)).failures == 1

    stand_in.mood = "well"
    await anew()
    await in_step(client)
    assert keys(stand_in) == await of_the_database()


async def test_a_server_that_lost_its_disk_or_some_documents_is_built_anew(
    db: str, client: MeiliClient, stand_in: StandIn
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)

    stand_in.engine.indexes.clear()
    await in_step(client)
    assert keys(stand_in) == await of_the_database()

    del stand_in.engine.indexes[SERVING].documents[f"L{apples.listing_id}"]
    await keep_meili_in_step(LATER, client)
    await in_step(client)
    assert keys(stand_in) == await of_the_database()


async def test_a_database_from_a_backup_takes_no_word_of_an_index_it_does_not_know(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await in_step(client)
    await MeiliSent.all().delete()
    await MeiliKeeper.all().update(serving="an older one")
    stand_in.documents(SERVING)["L999999"] = {"id": "L999999"}

    await in_step(client)

    assert keys(stand_in) == await of_the_database()


async def test_a_rebuild_sends_all_beside_and_swaps_while_search_goes_on(
    db: str, client: MeiliClient, stand_in: StandIn
):
    for number in range(5):
        await goods(f"꿀사과 {number + 1}kg")
    await in_step(client)
    index = MeiliIndex(client, patience=5.0)
    answers = []

    def asked_meanwhile(stand_in: StandIn, asked: Asked) -> None:
        answers.append(SERVING in stand_in.engine.indexes and len(keys(stand_in)))

    stand_in.after = asked_meanwhile
    steps: list[tuple[int, int]] = []
    await rebuild_meili(lambda *step: steps.append(step), client)

    total = len(await of_the_database())
    assert set(answers) == {total}
    assert steps[-1] == (total, total)
    assert (await MeiliKeeper.get(id=1)).beside == ""
    assert len(await found(index, "사과")) == 5
    assert differences(stand_in) == []


async def test_while_a_build_is_made_beside_what_is_new_is_found_already(
    db: str, client: MeiliClient, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
):
    for number in range(5):
        await goods(f"꿀사과 {number + 1}kg")
    await in_step(client)
    monkeypatch.setattr("market.finding.meili.upkeep.AT_ONCE", 1)
    build = await wish_for_a_build()
    assert await keep_meili_in_step(NOW, client) == 1

    await goods("황토 고구마")
    await documented()
    await keep_meili_in_step(NOW, client)

    assert (await MeiliKeeper.get(id=1)).beside == build
    assert keys(stand_in) == await of_the_database()


async def test_what_changes_during_a_rebuild_is_in_it(
    db: str, client: MeiliClient, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
):
    apples = await goods("꿀사과 5kg")
    await in_step(client)
    monkeypatch.setattr("market.finding.meili.upkeep.AT_ONCE", 1)
    stand_in.engine.pace = 0.01
    rebuilding = asyncio.create_task(rebuild_meili(silent, client))
    await asyncio.sleep(0.1)

    await Publication.filter(listing_id=apples.listing_id).delete()
    await goods("황토 고구마")
    await documented()
    await rebuilding

    await in_step(client)
    assert keys(stand_in) == await of_the_database()


@pytest.mark.parametrize("template", ["/indexes", "/indexes/{index_uid}/documents", "/swap-indexes"])
async def test_a_rebuild_survives_the_death_of_meilisearch_in_the_middle(
    template: str, db: str, client: MeiliClient, stand_in: StandIn
):
    for number in range(3):
        await goods(f"꿀사과 {number + 1}kg")
    await in_step(client)
    index = MeiliIndex(client, patience=2.0, away_for=0.0)
    dying, loop = asyncio.Event(), asyncio.get_running_loop()

    def die(stand_in: StandIn, asked: Asked) -> None:
        if (asked.method, asked.template) == ("POST", template):
            stand_in.after = None
            loop.call_soon_threadsafe(dying.set)

    stand_in.engine.pace = 0.1
    stand_in.after = die
    rebuilding = asyncio.create_task(rebuild_meili(silent, client))
    await asyncio.wait_for(dying.wait(), 30)
    await asyncio.to_thread(stand_in.stop)
    answer = await index.search(Wanted("사과"), now=NOW)
    assert (answer.total, answer.fallen_back) == (3, True)

    stand_in.engine.pace = 0.0
    stand_in.start()
    await asyncio.wait_for(rebuilding, 30)
    await in_step(client)
    answer = await index.search(Wanted("사과"), now=NOW)
    assert (answer.total, answer.fallen_back) == (3, False)
    assert keys(stand_in) == await of_the_database()


async def test_a_swap_that_stood_in_the_queue_still_and_turns_ours_back_loses_nothing(
    db: str, client: MeiliClient, stand_in: StandIn
):
    await goods("꿀사과 5kg")
    await in_step(client)
    old = (await MeiliKeeper.get(id=1)).serving

    def twice(stand_in: StandIn, asked: Asked) -> None:
        if asked.template == "/swap-indexes":
            stand_in.after = None
            stand_in.engine.enqueue("indexSwap", None, [[SERVING, BESIDE]])

    stand_in.after = twice
    await rebuild_meili(silent, client)

    await in_step(client)
    keeper = await MeiliKeeper.get(id=1)
    assert keeper.serving not in ("", old)
    assert stand_in.documents(SERVING)["mark"]["build"] == keeper.serving
    assert keys(stand_in) == await of_the_database()


async def test_a_rebuild_gives_up_on_a_server_that_stays_away(
    db: str, client: MeiliClient, stand_in: StandIn
):
    stand_in.stop()

    with pytest.raises(SearchDown):
        await rebuild_meili(silent, client, patience=0.0)


async def test_whoever_lost_the_lease_writes_no_more(db: str):
    async with held() as first:
        assert first is not None
        await connections.get("default").execute_query(
            "UPDATE meili_keeper SET held_until = now() - interval '1 s'"
        )
        async with held() as second:
            assert second is not None
            with pytest.raises(SearchDown):
                await first.go_on()
            await second.go_on()
    assert LEASE > 10


async def test_without_a_server_nothing_is_done(db: str):
    await goods("꿀사과 5kg")

    assert await keep_meili_in_step(NOW, None) == 0
    assert not await MeiliKeeper.exists()
