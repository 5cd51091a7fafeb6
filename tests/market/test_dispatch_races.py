"""The last parcels of a village's day; each race with its control."""

from collections.abc import Awaitable
from datetime import date, timedelta

import pytest

from market import delays, dispatch_days, dispatch_limits, refund_confirmation, retrying
from market.capture import capture
from market.checkout import Placed
from market.delays import delay_day
from market.dispatch_days import DispatchDay
from market.dispatch_limits import set_usual
from market.expiry import end_order
from market.orders import Line, Order, Part
from market.part_states import Ending
from market.payments import Payment
from market.ship_promises import ShipDayChanged
from tests.builders import NOW, a_program, a_village, an_order, goods
from tests.market.test_refund_races import codes_for, given_back
from tests.market.test_refunds import paid
from tests.meeting import all_at_once, meet
from villages.notices import Notice
from villages.programs import Participant
from villages.village import Village

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
UNGUARDED_TAKE = dispatch_days.TAKE.replace(
    "WHERE COALESCE(d.promised <", "WHERE true OR COALESCE(d.promised <"
)


async def promised() -> dict[date, int]:
    return {row.day: row.promised for row in await DispatchDay.all().order_by("day")}


async def test_twenty_who_all_saw_room_for_five_get_five_and_the_others_are_offered_the_next_day(many):
    apples = await goods(left=200, village=await a_village(daily_parcels=5))

    ended = await meet(many, [an_order(apples) for _ in range(20)], before=dispatch_days.TAKE)
    again = (await an_order(apples)).order

    assert ended == {"Placed": 5, "ShipDayChanged": 15}
    assert (await Part.get(order_id=again.id)).ships_on == TUESDAY
    assert await promised() == {MONDAY: 5, TUESDAY: 1}


async def test_control_without_the_guard_a_day_is_promised_to_all_of_them(unguarded, monkeypatch):
    """The quote looked at the day as well; that it looks is a courtesy, not a guard."""
    monkeypatch.setattr(dispatch_days, "TAKE", UNGUARDED_TAKE)
    apples = await goods(left=200, village=await a_village(daily_parcels=5))

    ended = await meet(unguarded, [an_order(apples) for _ in range(20)], before=UNGUARDED_TAKE)

    assert ended == {"Placed": 20}
    assert await promised() == {MONDAY: 20}


async def test_sixty_four_who_take_the_day_they_are_offered_fill_one_day_after_the_other(many):
    apples = await goods(left=64, village=await a_village(daily_parcels=24))

    async def persistent() -> Placed:
        while True:
            try:
                return await an_order(apples)
            except ShipDayChanged:
                continue

    ended = await all_at_once(persistent() for _ in range(64))

    assert ended == {"Placed": 64}
    assert list((await promised()).values()) == [24, 24, 16]


async def test_orders_of_two_villages_in_opposite_order_never_wait_in_a_circle(many):
    first, second = await a_village(daily_parcels=64), await a_village(daily_parcels=64)
    apples, rice = await goods(left=64, village=first), await goods(left=64, village=second)

    ended = await all_at_once(an_order(*pair) for pair in [(apples, rice), (rice, apples)] * 16)

    assert ended == {"Placed": 32}
    assert [row.promised for row in await DispatchDay.all()] == [32, 32]


async def test_one_who_calls_off_and_many_who_order_count_every_parcel_once(many):
    apples = await goods(left=200, village=await a_village(daily_parcels=20))
    orders = [(await an_order(apples)).order for _ in range(10)]

    ended = await all_at_once(
        [
            *(end_order(order.id, Ending.cancelled, by="shopper", now=NOW) for order in orders * 2),
            *(an_order(apples) for _ in range(10)),
        ]
    )

    assert ended == {"True": 10, "False": 10, "Placed": 10}
    assert (await promised())[MONDAY] == 10


async def goods_and_seats() -> tuple[Village, Order, str]:
    """One village's half with a box and a program, paid; and the code that gives the box back."""
    village = await a_village()
    seats = {(await a_program(village=village)).id: {Participant.adult: 1}}
    order = await paid(await an_order(await goods(village=village), seats=seats))
    box = await Line.get(variant_id__not_isnull=True)
    (code,) = await codes_for(order, 1, {box.id: 1})
    return village, order, code


def limited(village: Village):
    return set_usual(village.id, 5, village_ids=[village.id], by="person 1", now=NOW)


def delayed(village: Village):
    return delay_day(village.id, MONDAY, 5, village_ids=[village.id], by="person 1", now=NOW)


@pytest.mark.parametrize(("act", "end"), [(limited, "NoneType"), (delayed, "0")])
async def test_a_box_given_back_at_this_moment_is_neither_counted_nor_delayed(many, act, end):
    village, order, code = await goods_and_seats()

    ended = await meet(many, [given_back(code, order), act(village)], after=refund_confirmation.LOCK_PARTS)

    assert ended == {"given back": 1, end: 1}
    assert await promised() == {}
    assert not await Notice.filter(kind="delayed").exists()


async def test_control_judged_while_it_waits_for_the_lock_nothing_is_counted_as_a_parcel(
    unguarded, monkeypatch
):
    judged_at_once = f"AND {dispatch_days.IS_TO_SEND} ORDER BY p.id FOR"
    monkeypatch.setattr(
        dispatch_limits,
        "LOCK_COMING",
        dispatch_limits.LOCK_COMING.replace("ORDER BY p.id FOR", judged_at_once),
    )
    monkeypatch.setattr(dispatch_limits, "UNCOUNTED", "SELECT unnest($1::bigint[]) AS id")
    village, order, code = await goods_and_seats()

    await meet(unguarded, [given_back(code, order), limited(village)], after=refund_confirmation.LOCK_PARTS)

    assert await promised() == {MONDAY: 1}


async def test_control_judged_while_it_waits_for_the_lock_nothing_is_delayed(unguarded, monkeypatch):
    monkeypatch.setattr(delays, "LOCK", "SELECT $1::bigint AS id, $2::date")
    monkeypatch.setattr(delays, "LOCKED", "AND $3::bigint[] IS NOT NULL")
    monkeypatch.setattr(delays, "PARCELS", f"{delays.PARCELS} FOR NO KEY UPDATE OF p")
    village, order, code = await goods_and_seats()

    ended = await meet(
        unguarded, [given_back(code, order), delayed(village)], after=refund_confirmation.LOCK_PARTS
    )

    assert ended == {"given back": 1, "1": 1}


async def paid_late_and_called_off() -> list[Awaitable[object]]:
    """One order leaves both villages on Monday and is paid on Tuesday; the other holds Tuesday of the first village."""
    villages = [await a_village(daily_parcels=1), await a_village(daily_parcels=9)]
    late, other = [
        (await an_order(*[await goods(village=village) for village in villages])).order for _ in range(2)
    ]
    await Village.all().update(daily_parcels=9)
    return [
        capture((await Payment.get(order_id=late.id)).id, by="officer", now=NOW + timedelta(days=3)),
        end_order(other.id, Ending.cancelled, by="shopper", now=NOW),
    ]


async def test_who_is_promised_new_days_and_who_gives_days_back_never_wait_in_a_circle(many, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)

    ended = await meet(many, await paid_late_and_called_off(), after=dispatch_days.GIVE_BACK)

    assert ended == {"paid": 1, "True": 1}
    assert [day.promised for day in await DispatchDay.all().order_by("village_id", "day")] == [0, 1, 0, 1]


async def test_control_without_both_days_locked_first_they_wait_in_a_circle(unguarded, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    monkeypatch.setattr(dispatch_days, "LOCK_BOTH", "SELECT $1::bigint[], $2::bigint[], $3::date[]")

    ended = await meet(unguarded, await paid_late_and_called_off(), after=dispatch_days.GIVE_BACK)

    assert ended["DeadlockDetectedError"] == 1
