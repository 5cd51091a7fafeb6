"""A day has room for so many parcels; past it the next day is offered, and promises are kept."""

import re
from datetime import date, timedelta

import pytest
from tortoise import connections

from market.audit import violations
from market.delays import delay_day, delay_of
from market.deliveries import PostageTerms, full_text, promise
from market.deposits import confirm_deposit
from market.dispatch_days import DispatchDay
from market.dispatch_limits import set_day
from market.expiry import end_order
from market.fulfilment import send_parcel
from market.orders import Part
from market.part_states import Ending
from market.quotes import Basket, quote
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import RefundCause
from market.ship_promises import ShipDayChanged
from tests.builders import NOW, a_program, a_village, an_order, goods
from villages.programs import Participant
from villages.refusals import BadForm, SalesClosed

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
"""NOW is a Saturday."""
LATE = NOW + timedelta(days=2, hours=3)  # Monday, past the cut-off


async def promised_on(order) -> date | None:
    return (await Part.get(order_id=order.id)).ships_on


async def loads() -> dict[date, int]:
    return {row.day: row.promised for row in await DispatchDay.all().order_by("day")}


async def quoted(variant, *, now=NOW):
    return await quote(connections.get("default"), Basket({variant.id: 1}), now=now)


def test_a_full_day_is_passed_over_and_said():
    monday = NOW + timedelta(days=2)
    full = PostageTerms(full_days=frozenset({MONDAY, TUESDAY}))

    found = promise(monday, full)

    assert found and found == (WEDNESDAY, date(2026, 11, 26), MONDAY)
    assert full_text(found, MONDAY) == "오늘 보낼 수 있는 양이 다 찼어요. 11/25(수)에 보내 11/26(목) 도착"
    assert full_text(found, date(2026, 11, 22)).startswith("11/23(월)에 보낼 수 있는 양이 다")


def test_fresh_goods_pass_over_the_weekend_as_well():
    full = PostageTerms(full_days=frozenset({date(2026, 11, 26)}))
    thursday = NOW + timedelta(days=5)

    found = promise(thursday, full, fresh=True)

    assert found and found.ships_on == date(2026, 11, 30)


def test_sixty_full_days_are_no_promise():
    full = frozenset(MONDAY + timedelta(days=each) for each in range(90))

    assert promise(NOW, PostageTerms(full_days=full)) is None


async def test_orders_fill_the_day_and_go_on_to_the_next(db):
    apples = await goods(village=await a_village(daily_parcels=2))

    days = [await promised_on((await an_order((apples, 2))).order) for _ in range(3)]

    assert days == [MONDAY, MONDAY, TUESDAY]
    assert await loads() == {MONDAY: 2, TUESDAY: 1}


async def test_a_village_without_a_limit_counts_nothing(db, queries):
    apples = await goods()
    await an_order(apples)
    queries.clear()

    order = (await an_order(apples)).order
    sent = list(queries)

    assert len(sent) == 6  # BEGIN and COMMIT too
    assert await promised_on(order) == MONDAY
    assert await loads() == {}


async def test_a_day_of_its_own_wins_over_the_usual_number(db):
    village = await a_village(daily_parcels=5)
    await DispatchDay.create(village=village, day=MONDAY, capacity=0)
    await DispatchDay.create(village=village, day=TUESDAY, capacity=1)
    apples = await goods(village=village)

    days = [await promised_on((await an_order(apples)).order) for _ in range(2)]

    assert days == [TUESDAY, WEDNESDAY]


async def test_the_quote_says_why_it_leaves_later(db):
    village = await a_village()
    await DispatchDay.create(village=village, day=MONDAY, capacity=0)

    part = (await quoted(await goods(village=village))).parts[0]

    assert part.full == "11/23(월)에 보낼 수 있는 양이 다 찼어요. 11/24(화)에 보내 11/25(수) 도착"
    assert (part.ships_on, part.arrives_on) == (TUESDAY, WEDNESDAY)


async def test_seats_of_the_same_village_do_not_hide_its_full_days(db):
    village = await a_village(daily_parcels=1)
    apples, session = await goods(village=village), await a_program(village=village)
    await an_order(apples)

    order = (await an_order(apples, seats={session.id: {Participant.adult: 1}})).order

    assert await promised_on(order) == TUESDAY


async def test_a_village_that_can_send_on_no_day_says_whom_to_call(db):
    village = await a_village(phone="0630000001")
    await DispatchDay.bulk_create(
        [DispatchDay(village=village, day=MONDAY + timedelta(days=each), capacity=0) for each in range(70)]
    )

    with pytest.raises(SalesClosed, match="063-000-0001번으로 전화"):
        await an_order(await goods(village=village))


async def test_a_later_day_than_the_one_seen_is_asked_again(db):
    village = await a_village(daily_parcels=1)
    apples = await goods(village=village)
    seen = TUESDAY
    await an_order(apples)

    with pytest.raises(ShipDayChanged, match=re.escape("11/24(화)에 보내 11/25(수) 도착합니다")):
        await an_order(apples, expected_arrivals={village.slug: seen})
    placed = await an_order(apples, expected_arrivals={village.slug: WEDNESDAY})

    assert await promised_on(placed.order) == TUESDAY
    assert await loads() == {MONDAY: 1, TUESDAY: 1}


@pytest.mark.parametrize("ending", [Ending.cancelled, Ending.expired])
async def test_an_order_that_ends_unpaid_gives_its_room_back_once(db, ending):
    apples = await goods(village=await a_village(daily_parcels=1))
    order = (await an_order(apples)).order

    for _ in range(2):
        await end_order(order.id, ending, by="shopper", now=NOW + timedelta(days=9))

    assert await loads() == {MONDAY: 0}
    assert await promised_on((await an_order(apples)).order) == MONDAY


async def paid(*wanted, **more):
    order = (await an_order(*wanted, **more)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=NOW)
    await order.refresh_from_db()
    return order


async def called_off(order, wanted=None, *, cause=RefundCause.shopper, now=NOW):
    offer = await quote_refund(order, wanted, cause=cause, by="shopper", now=now)
    await confirm_refund(offer.code, order.id, by="shopper", now=now)


async def test_what_is_called_off_before_it_was_sent_gives_its_room_back(db):
    apples = await goods(village=await a_village(daily_parcels=1))

    await called_off(await paid(apples))

    assert await loads() == {MONDAY: 0}


async def test_a_box_less_is_still_a_parcel_and_the_last_one_is_none(db):
    village = await a_village(daily_parcels=1)
    apples, session = await goods(village=village), await a_program(village=village)
    order = await paid((apples, 2), seats={session.id: {Participant.adult: 1}})
    line = (await (await Part.get(order_id=order.id)).lines.filter(variant_id__isnull=False))[0]

    await called_off(order, {line.id: 1})
    with_one_box = await loads()
    await called_off(order, {line.id: 1})

    assert (with_one_box, await loads()) == ({MONDAY: 1}, {MONDAY: 0})


async def test_what_was_sent_keeps_its_room(db):
    village = await a_village(daily_parcels=1)
    order = await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)
    await send_parcel(
        part.id, courier="cj", tracking="123456789012", village_ids=[village.id], by="operator", now=LATE
    )

    await called_off(order, cause=RefundCause.operator, now=LATE)

    assert await loads() == {MONDAY: 1}


async def test_money_that_comes_after_the_day_is_promised_another_one(db):
    apples = await goods(village=await a_village(daily_parcels=1))
    order = (await an_order(apples)).order
    tuesday = (await an_order(apples)).order
    late = NOW + timedelta(days=2, hours=23)  # Tuesday at 9 o'clock

    await confirm_deposit(order.number, amount=order.total, by="officer", now=late)
    await confirm_deposit(tuesday.number, amount=tuesday.total, by="officer", now=late)

    assert [await promised_on(each) for each in (order, tuesday)] == [WEDNESDAY, TUESDAY]
    assert await loads() == {MONDAY: 0, TUESDAY: 1, WEDNESDAY: 1}


async def test_an_order_that_comes_back_to_life_takes_the_room_that_is_left(db):
    apples = await goods(village=await a_village(daily_parcels=1))
    order = (await an_order(apples)).order
    await end_order(order.id, Ending.expired, by="clock", now=NOW + timedelta(days=9))
    await an_order(apples)

    await confirm_deposit(order.number, amount=order.total, by="officer", now=NOW)

    assert await promised_on(order) == TUESDAY
    assert await loads() == {MONDAY: 1, TUESDAY: 1}


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE dispatch_days SET promised = promised + 1",
        "UPDATE parts SET dispatch_day_id = NULL",
        "UPDATE parts SET ships_on = ships_on + 1",
        "UPDATE parts SET state = 'cancelled'",
    ],
)
async def test_a_promise_that_is_not_counted_is_found(unguarded, broken):
    await an_order(await goods(village=await a_village(daily_parcels=5)))

    await connections.get("default").execute_script(broken)

    found = {violation.rule for violation in await violations()}
    assert found & {"a-days-promises-are-its-parcels", "a-promise-is-counted-on-its-day"}


async def test_a_late_harvest_passes_over_the_days_on_which_the_village_sends_nothing(db):
    village = await a_village(daily_parcels=1)
    own = {"village_ids": [village.id], "now": NOW}
    order = (await an_order(await goods(village=village))).order
    await set_day(village.id, TUESDAY, 0, by="person 1", **own)

    looked = await delay_of(village.id, MONDAY, 1, **own)
    await delay_day(village.id, MONDAY, 1, by="person 1", **own)

    assert [parcel.found.ships_on for parcel in looked.parcels] == [WEDNESDAY]
    assert ["11/25(수)에 보내" in message for message in looked.messages] == [True]
    assert await promised_on(order) == WEDNESDAY


async def test_where_nothing_is_sent_on_any_day_nothing_can_be_moved(db):
    village = await a_village()
    own = {"village_ids": [village.id], "now": NOW}
    order = (await an_order(await goods(village=village))).order
    for ahead in range(1, 63):
        await DispatchDay.create(village=village, day=MONDAY + timedelta(days=ahead), capacity=0)

    with pytest.raises(BadForm, match="모두 못 보내는 날"):
        await delay_day(village.id, MONDAY, 1, by="person 1", **own)

    assert await promised_on(order) == MONDAY
