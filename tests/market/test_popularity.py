"""What people like is counted from what was sold, once a night."""

import asyncio
from contextvars import copy_context
from datetime import timedelta

from tortoise.transactions import in_transaction

from market.catalogue import Sort, Wanted, goods_list
from market.finding.upkeep import index_edited_listings
from market.popularity import count_popularity
from tests.builders import NOW, a_program, goods, rows
from tests.market.ledger.selling import paid
from villages.listings import Listing
from villages.programs import Participant

NIGHTLY = timedelta(days=1)


async def likes() -> dict[str, int]:
    return {listing.name: listing.popularity for listing in await Listing.all()}


async def test_what_was_sold_most_stands_first_from_the_next_night_on(db):
    apples, jam, pounding = await goods("사과"), await goods("잼"), await a_program("떡메치기")
    await paid(apples, (jam, 4), seats={pounding.id: {Participant.adult: 2}})

    assert await count_popularity(NOW + NIGHTLY) == 1

    assert await likes() == {"사과": 1, "잼": 4, "떡메치기": 2}
    shown = await goods_list(Wanted(sort=Sort.popular), page=1, now=NOW)
    assert [card.name for card in shown.cards] == ["잼", "사과"]


async def test_it_is_counted_once_for_each_night(db):
    apples = await goods("사과")
    assert await count_popularity(NOW) == 1
    await paid(apples)

    assert await count_popularity(NOW + timedelta(hours=1)) == 0
    assert await likes() == {"사과": 0}
    assert await count_popularity(NOW + NIGHTLY) == 1
    assert await likes() == {"사과": 1}


async def test_what_sold_more_than_a_year_ago_is_liked_no_more(db):
    await paid(await goods("감"))  # in November 2026

    await count_popularity(NOW.replace(year=2027, month=10))
    assert await likes() == {"감": 1}

    await count_popularity(NOW.replace(year=2027))
    assert await likes() == {"감": 0}


async def test_to_be_liked_is_no_edit(db):
    await paid(await goods("사과"))
    await goods("잼")
    while await index_edited_listings(NOW):
        pass
    before = {row["name"]: row for row in await rows(ROWS)}

    await count_popularity(NOW + NIGHTLY)

    after = {row["name"]: row for row in await rows(ROWS)}
    assert after["사과"]["version"] == before["사과"]["version"]
    assert await index_edited_listings(NOW) == 0
    # Only what differs is written.
    assert after["사과"]["written"] != before["사과"]["written"]
    assert after["잼"]["written"] == before["잼"]["written"]


async def test_whoever_edits_a_listing_is_not_waited_for(db):
    apples, jam = await goods("사과"), await goods("잼")
    await paid(apples, jam)

    elsewhere = copy_context()
    async with in_transaction() as edit:
        await edit.execute_query("SELECT FROM listings WHERE id = $1 FOR UPDATE", [apples.listing_id])
        async with asyncio.timeout(5):
            await asyncio.create_task(count_popularity(NOW + NIGHTLY), context=elsewhere)

    assert await likes() == {"사과": 0, "잼": 1}


ROWS = "SELECT name, version, xmin::text AS written FROM listings"
