"""Filters, orders and counts of the goods list, and the cards on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

from tortoise import connections

from market.cards import goods_cards
from market.catalogue import Wanted, goods_list
from market.filters import PRICE_BANDS, Sort
from market.stock import receive
from tests.builders import NOW, a_village, goods
from tests.meeting import Place, stopping
from villages.listings import Certificate, Listing, Publication, Variant
from villages.village import Village, VillageState

THIS_MONTH, ANOTHER = 11, 5


EVERYTHING = Wanted()


async def names(wanted: Wanted = EVERYTHING, *, page: int = 1) -> list[str]:
    return [card.name for card in (await goods_list(wanted, page=page, now=NOW)).cards]


async def test_what_is_in_season_stands_first_and_what_is_sold_out_last(db):
    await goods("쌀")
    await goods("대봉감", season_months=[THIS_MONTH])
    await goods("곶감", season_months=[THIS_MONTH], left=0)

    assert await names() == ["대봉감", "쌀", "곶감"]


async def test_goods_can_be_ordered_by_price_and_by_what_people_like(db):
    await goods("쌀", price=50000, popularity=9)
    await goods("상추", price=3000, is_fresh=True, popularity=5)
    await goods("꿀", price=20000, popularity=1)

    assert await names(Wanted(sort=Sort.price)) == ["상추", "꿀", "쌀"]
    assert await names(Wanted(sort=Sort.popular)) == ["쌀", "상추", "꿀"]


async def test_what_arrives_first_stands_first_and_what_is_fresh_waits_for_monday(db):
    thursday, later = NOW - timedelta(days=2), await a_village(cut_off=9)
    await goods("상추", village=later, is_fresh=True, popularity=3)
    await goods("곶감", village=later, popularity=2)
    await goods("쌀", popularity=1)

    found = await goods_list(Wanted(sort=Sort.soon), page=1, now=thursday)

    assert [card.name for card in found.cards] == ["쌀", "곶감", "상추"]


async def test_every_filter_leaves_only_what_fits(db):
    naejang, okjeong = await a_village("내장산마을"), await a_village("옥정호마을")
    apples = await goods("사과", village=naejang, price=35000, season_months=[THIS_MONTH])
    await goods("꿀", village=okjeong, price=20000, season_months=[ANOTHER])
    await Listing.filter(name="꿀").update(category="꿀")
    await Certificate.create(
        listing_id=apples.listing_id, kind="GAP", number="1234567", ends_on=date(2027, 1, 1)
    )

    assert await names(Wanted(village=naejang.slug)) == ["사과"]
    assert await names(Wanted(category="꿀")) == ["꿀"]
    assert await names(Wanted(certificate="GAP")) == ["사과"]
    assert await names(Wanted(least=30000, most=50000)) == ["사과"]
    assert await names(Wanted(in_season=True)) == ["사과"]
    assert await names(Wanted(village="nowhere")) == []


async def test_a_count_says_what_the_filter_would_leave_beside_the_others(db):
    naejang, okjeong = await a_village("내장산마을"), await a_village("옥정호마을")
    await goods("사과", village=naejang, price=35000)
    await goods("배", village=naejang, price=20000)
    await goods("꿀", village=okjeong, price=35000)

    found = (await goods_list(Wanted(village=naejang.slug, least=30000, most=50000), page=1, now=NOW)).found

    assert {choice.text: choice.count for choice in found.villages} == {"내장산": 1, "옥정호": 1}
    assert [choice.count for choice in found.prices] == [1, 1, 0, 0, 0]
    assert len(found.prices) == len(PRICE_BANDS)


async def test_a_certificate_that_has_ended_is_gone_from_filters_and_cards(db):
    rice = await goods("쌀")
    await Certificate.create(
        listing_id=rice.listing_id, kind="유기농산물", number="1234567", ends_on=date(2026, 11, 20)
    )
    await Certificate.create(
        listing_id=rice.listing_id, kind="GAP", number="7654321", ends_on=date(2026, 11, 21)
    )

    shown = await goods_list(Wanted(), page=1, now=NOW)

    assert [choice.value for choice in shown.found.certificates] == ["GAP"]
    assert shown.cards[0].badges == ("GAP",)


async def test_drafts_withdrawn_kinds_and_villages_that_do_not_sell_are_not_listed(db):
    await goods("초안", published=False)
    withdrawn = await goods("거둔 것")
    await Variant.filter(id=withdrawn.id).update(withdrawn_at=NOW)
    quiet = await a_village("쉬는마을", state=VillageState.dormant)
    await goods("쉬는 마을의 감", village=quiet)

    assert await names() == []


async def test_what_was_put_on_sale_just_now_is_found_at_once(db):
    draft = await goods("초안", published=False)
    assert await names() == []

    await Publication.create(listing_id=draft.listing_id, at=NOW)

    assert await names() == ["초안"]


@asynccontextmanager
async def somebody_reading_it_anew() -> AsyncIterator[asyncio.Task[list[str]]]:
    """Who has begun to, and reads on when this ends."""
    reading = Place("WITH goods AS", is_after=False)
    with stopping(reading):
        task = asyncio.create_task(names())
        while not reading.here:  # noqa: ASYNC110  no bell rings
            await asyncio.sleep(0.002)
        yield task
        reading.opened.set()
        await asyncio.wait([task])


async def test_who_comes_while_it_is_read_anew_waits_for_the_new_one(db):
    draft = await goods("초안", published=False)
    assert await names() == []
    await Publication.create(listing_id=draft.listing_id, at=NOW)

    async with somebody_reading_it_anew() as first:
        second = asyncio.create_task(names())
        await asyncio.wait([second], timeout=0.1)  # time enough to be told the old one

    assert (await first, await second) == (["초안"], ["초안"])


async def test_a_reading_that_failed_is_made_up_for_by_the_next(db):
    draft = await goods("초안", published=False)
    assert await names() == []
    await Publication.create(listing_id=draft.listing_id, at=NOW)

    async with somebody_reading_it_anew() as first:
        first.cancel()

    assert await names() == ["초안"]


async def test_it_is_read_once_for_all_who_come_together(db, queries):
    await goods("꿀사과")

    await asyncio.gather(*(names() for _ in range(3)))

    assert sum("WITH goods AS" in query for query in queries) == 1


async def test_prices_and_stock_on_cards_are_never_kept(db):
    apples = await goods("사과", price=35000, left=20)
    assert (await goods_list(Wanted(), page=1, now=NOW)).cards[0].few_left == 0

    await Variant.filter(id=apples.id).update(price=36000)
    await receive(connections.get("default"), apples.id, -17, cause="eaten")

    card = (await goods_list(Wanted(), page=1, now=NOW)).cards[0]
    assert (card.price, card.few_left) == (36000, 3)


async def test_the_card_names_the_cheapest_kind_that_can_be_bought(db):
    small = await goods("사과", price=10000, left=0)
    big = await Variant.create(
        listing_id=small.listing_id, name="10kg", price=40000, unit_price="100g당 400원", position=1
    )
    await connections.get("default").execute_query(
        "INSERT INTO shelves (variant_id, on_hand, reserved, leased, shortage) VALUES ($1, 5, 0, 0, 0)",
        [big.id],
    )
    # The ledger knows of these five too.
    await connections.get("default").execute_query(
        "INSERT INTO movements (shelf_id, change, cause, at) SELECT id, 5, 'harvest', now() FROM shelves WHERE variant_id = $1",
        [big.id],
    )

    card = (await goods_cards([small.listing_id], now=NOW))[0]

    assert (card.price, card.unit_price_text, card.price_from, card.sold_out) == (
        40000,
        "100g당 400원",
        False,
        False,
    )


async def test_the_fee_on_a_card_is_that_of_its_own_price(db):
    village = await a_village(postage_fee=4000, postage_free_over=50000)
    await goods("쌀", village=village, price=49999)
    await goods("한우", village=village, price=50000)

    cards = {card.name: card.fee_text for card in (await goods_list(Wanted(), page=1, now=NOW)).cards}

    assert cards == {"쌀": "+ 배송비 4,000원, 제주·섬 추가", "한우": "배송비 무료, 제주·섬 추가"}


async def test_a_page_past_the_end_is_the_last_one(db):
    for number in range(5):
        await goods(f"감 {number}")

    shown = await goods_list(Wanted(), page=1_000_000, now=NOW, size=2)

    assert (shown.page, shown.pages, shown.total, len(shown.cards)) == (3, 3, 5, 1)


async def test_a_list_costs_few_statements_however_long_it_is(db, queries):
    village = await a_village()
    for number in range(30):
        await goods(f"감 {number}", village=village)
    await names()
    queries.clear()

    await names(page=2)

    assert len(queries) <= 3
    assert await Village.all().count() == 1
