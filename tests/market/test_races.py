"""Really simultaneous buyers on PostgreSQL, and for each race its control: without the guard it is lost, every time."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from asyncpg.exceptions import LockNotAvailableError
from tortoise.backends.base.client import BaseDBAsyncClient

from market import bookings, checkout, offline_sales, retrying, stock
from market.offline_sales import record_sale
from market.orders import Channel, Order, Tender
from market.quotes import Basket, Quote
from tests.builders import NOW, a_person, a_program, a_village, an_order, goods, shelf_of
from tests.meeting import all_at_once, meet, somebody_waits, strip, watching
from villages.listings import Variant
from villages.people import Role
from villages.programs import Participant, Session

UNGUARDED_SHELF = """
UPDATE shelves SET reserved = reserved + count FROM unnest($1::bigint[], $2::int[]) AS w (variant, count)
WHERE variant_id = variant RETURNING variant_id
"""
LAST_FIRST = stock.LOCK.replace("ORDER BY variant_id", "ORDER BY variant_id DESC")
UNGUARDED_SEATS = "UPDATE sessions SET held = held + $2 WHERE id = $1 RETURNING shares_seats"


async def test_fifty_units_and_two_hundred_buyers_sell_fifty(many):
    apples = await goods(left=50)

    ended = await all_at_once(an_order(apples) for _ in range(200))

    assert ended == {"Placed": 50, "OutOfStock": 150}
    assert await shelf_of(apples) == (50, 50, 0, 0)


async def test_twenty_who_all_saw_the_last_five_get_five(many):
    apples = await goods(left=5)

    ended = await meet(many, [an_order(apples) for _ in range(20)], before=stock.RESERVE)

    assert ended == {"Placed": 5, "OutOfStock": 15}
    assert await shelf_of(apples) == (5, 5, 0, 0)


async def test_control_without_the_guard_the_shelf_is_oversold(unguarded, monkeypatch):
    """The quote looked at the shelf as well; that it looks is a courtesy, not a guard."""
    monkeypatch.setattr(stock, "RESERVE", UNGUARDED_SHELF)
    await strip("shelves")
    apples = await goods(left=5)

    ended = await meet(unguarded, [an_order(apples) for _ in range(20)], before=stock.RESERVE)

    assert ended == {"Placed": 20}
    assert await shelf_of(apples) == (5, 20, 0, 0)


async def test_twenty_seats_and_a_hundred_buyers_book_twenty(many):
    session = await a_program(seats=20)

    ended = await all_at_once(a_booking(session) for _ in range(100))

    assert ended == {"Placed": 20, "SessionFull": 80}
    assert (await Session.get(id=session.id)).held == 20


async def test_twenty_who_all_saw_the_last_five_seats_get_five(many):
    session = await a_program(seats=5)

    ended = await meet(many, [a_booking(session) for _ in range(20)], before=bookings.HOLD)

    assert ended == {"Placed": 5, "SessionFull": 15}
    assert (await Session.get(id=session.id)).held == 5


async def test_control_without_the_guard_the_session_is_overbooked(unguarded, monkeypatch):
    monkeypatch.setattr(bookings, "HOLD", UNGUARDED_SEATS)
    await strip("sessions")
    session = await a_program(seats=5)

    ended = await meet(unguarded, [a_booking(session) for _ in range(20)], before=bookings.HOLD)

    assert ended == {"Placed": 20}
    assert (await Session.get(id=session.id)).held == 20


async def test_carts_in_opposite_order_never_wait_in_a_circle(many, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    village = await a_village()
    apples, rice = await goods("사과", village=village, left=64), await goods("쌀", village=village, left=64)

    ended = await all_at_once(an_order(*pair) for pair in [(apples, rice), (rice, apples)] * 32)

    assert ended == {"Placed": 64}


async def test_two_carts_in_opposite_order_are_taken_one_after_the_other(many, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    apples, rice = await goods("사과"), await goods("쌀")

    ended = await meet(many, [an_order(apples, rice), an_order(rice, apples)], after=stock.RESERVE)

    assert ended == {"Placed": 2}


async def test_control_taken_in_the_order_of_the_cart_they_wait_in_a_circle(unguarded, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    monkeypatch.setattr(checkout, "take_all", to_and_fro())
    apples, rice = await goods("사과"), await goods("쌀")

    ended = await meet(unguarded, [an_order(apples, rice), an_order(rice, apples)], after=stock.RESERVE)

    assert ended == {"Placed": 1, "DeadlockDetectedError": 1}
    assert (await shelf_of(apples), await shelf_of(rice)) == ((10, 1, 0, 0), (10, 1, 0, 0))


async def test_an_order_that_waits_for_a_shelf_holds_none_that_comes_after_it(many):
    first, second = await goods("사과"), await goods("쌀")

    async with watching(many) as other, other.transaction():
        await other.execute("SELECT FROM shelves WHERE variant_id = $1 FOR UPDATE", first.id)
        waiting = asyncio.ensure_future(an_order(second, first))
        await somebody_waits(other)

        await other.execute("SELECT FROM shelves WHERE variant_id = $1 FOR UPDATE NOWAIT", second.id)

    await waiting


async def test_control_a_statement_without_order_holds_what_comes_after(many, monkeypatch):
    monkeypatch.setattr(stock, "LOCK", LAST_FIRST)
    first, second = await goods("사과"), await goods("쌀")

    async with watching(many) as other, other.transaction():
        await other.execute("SELECT FROM shelves WHERE variant_id = $1 FOR UPDATE", first.id)
        waiting = asyncio.ensure_future(an_order(second, first))
        await somebody_waits(other)

        with pytest.raises(LockNotAvailableError):
            await other.execute("SELECT FROM shelves WHERE variant_id = $1 FOR UPDATE NOWAIT", second.id)

    await waiting


async def test_a_circle_that_comes_all_the_same_is_tried_again(unguarded, monkeypatch):
    monkeypatch.setattr(checkout, "take_all", to_and_fro())
    apples, rice = await goods("사과"), await goods("쌀")

    ended = await meet(unguarded, [an_order(apples, rice), an_order(rice, apples)], after=stock.RESERVE)

    assert ended == {"Placed": 2}
    assert (await shelf_of(apples), await shelf_of(rice)) == ((10, 2, 0, 0), (10, 2, 0, 0))


async def test_the_same_key_twenty_times_at_once_is_one_order(many):
    apples = await goods(left=50)

    ended = await meet(many, [an_order(apples, key="two tabs") for _ in range(20)], before=stock.LOCK)

    assert ended == {"Placed": 20}
    assert await Order.all().count() == 1
    assert await shelf_of(apples) == (50, 1, 0, 0)


async def test_control_without_unique_keys_there_are_twenty_orders(unguarded):
    """That each looked for an earlier order of its key is a courtesy too."""
    await strip("orders")
    apples = await goods(left=50)

    ended = await meet(unguarded, [an_order(apples, key="two tabs") for _ in range(20)], before=stock.LOCK)

    assert ended == {"Placed": 20}
    assert await Order.all().count() == 20
    assert await shelf_of(apples) == (50, 20, 0, 0)


async def test_a_sale_at_the_stall_sent_ten_times_at_once_is_recorded_once(many):
    apples = await goods(left=50)

    ended = await meet(many, await a_sale(apples, times=10), before=offline_sales.WRITE_PAID_ORDER.sql)

    assert ended == {"Sold": 10}
    assert await Order.all().count() == 1
    assert await shelf_of(apples) == (49, 0, 0, 0)


async def test_control_without_unique_keys_the_stall_sold_ten(unguarded):
    await strip("orders")
    apples = await goods(left=50)

    ended = await meet(unguarded, await a_sale(apples, times=10), before=offline_sales.WRITE_PAID_ORDER.sql)

    assert ended == {"Sold": 10}
    assert await Order.all().count() == 10
    assert await shelf_of(apples) == (40, 0, 0, 0)


def a_booking(session: Session) -> Awaitable[object]:
    return an_order(seats={session.id: {Participant.adult: 1}})


def to_and_fro() -> Callable[[BaseDBAsyncClient, Quote], Awaitable[None]]:
    """`take_all` without its order: the first buyer takes the goods forwards, the next one backwards."""
    steps = itertools.cycle((1, -1))

    async def take(db: BaseDBAsyncClient, quoted: Quote) -> None:
        for line in quoted.lines[:: next(steps)]:
            await stock.reserve(db, [stock.Wish(line.variant_id or 0, line.takes, line.name)])

    return take


async def a_sale(variant: Variant, *, times: int) -> list[Awaitable[object]]:
    """The same form of one seller, sent so many times."""
    village = variant.listing.village
    seller = await a_person(village=village, role=Role.operator)
    return [
        record_sale(
            Basket({variant.id: 1}), village_id=village.id, key="one form", channel=Channel.festival, tender=Tender.cash,
            person_id=seller.id, by="seller", now=NOW,
        )
        for _ in range(times)
    ]  # fmt: skip
