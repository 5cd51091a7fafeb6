"""Really simultaneous buyers on PostgreSQL, and for each race its control: without the guard it is lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from datetime import timedelta

import pytest
from asyncpg.exceptions import DeadlockDetectedError
from tortoise import connections
from tortoise.transactions import in_transaction

from market import bookings, capture, checkout, stock
from market.audit import violations
from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.orders import Order
from storefront.db import open_database
from tests.builders import NOW, a_program, a_village, an_order, goods, rows, shelf_of
from tests.fakes import FakeGateway
from villages.programs import Participant, Session

UNGUARDED_SHELF = "UPDATE shelves SET reserved = reserved + $2 WHERE variant_id = $1"
UNGUARDED_SEATS = "UPDATE sessions SET held = held + $2 WHERE id = $1"


@pytest.fixture
async def many(database_url: str) -> AsyncIterator[str]:
    """The database with 24 connections, so that buyers really meet in it. The auditor comes by afterwards."""
    async with open_database(database_url, connections=24):
        yield database_url
        found = await violations()
    assert not found, found


@pytest.fixture
async def unguarded(new_database) -> AsyncIterator[str]:
    """A database of its own in which the constraints that would still save us are gone; nobody audits it."""
    async with open_database(new_database(), connections=24) as _:
        for table, constraint in (
            ("shelves", "shelves_promise_what_is_there"),
            ("sessions", "sessions_seats_within_capacity"),
        ):
            await sql(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        yield "unguarded"


async def test_fifty_units_and_two_hundred_buyers_sell_fifty(many):
    apples = await goods(left=50)

    ended = await all_at_once(an_order(apples) for _ in range(200))

    assert ended == {"Placed": 50, "OutOfStock": 150}
    assert await shelf_of(apples) == (50, 50, 0, 0)


async def test_control_without_the_guard_the_shelf_is_oversold(unguarded, monkeypatch):
    monkeypatch.setattr(stock, "RESERVE", UNGUARDED_SHELF)
    monkeypatch.setattr(checkout, "refuse_trouble", lambda *_: None)
    apples = await goods(left=5)

    await all_at_once(an_order(apples) for _ in range(20))

    on_hand, reserved, *_ = await shelf_of(apples)
    assert reserved > on_hand


async def test_control_the_look_before_the_guard_alone_does_not_hold(unguarded, monkeypatch):
    """The quote looks at the shelf as well; that it looks is a courtesy, not a guard."""
    monkeypatch.setattr(stock, "RESERVE", UNGUARDED_SHELF)
    apples = await goods(left=5)

    await all_at_once(an_order(apples) for _ in range(64))

    on_hand, reserved, *_ = await shelf_of(apples)
    assert reserved > on_hand


async def test_twenty_seats_and_a_hundred_buyers_book_twenty(many):
    session = await a_program(seats=20)

    ended = await all_at_once(an_order(seats={session.id: {Participant.adult: 1}}) for _ in range(100))

    assert ended == {"Placed": 20, "SessionFull": 80}
    assert (await Session.get(id=session.id)).held == 20


async def test_control_without_the_guard_the_session_is_overbooked(unguarded, monkeypatch):
    monkeypatch.setattr(bookings, "HOLD", UNGUARDED_SEATS)
    session = await a_program(seats=5)

    await all_at_once(an_order(seats={session.id: {Participant.adult: 1}}) for _ in range(64))

    assert (await Session.get(id=session.id)).held > 5


async def test_carts_in_opposite_order_never_wait_in_a_circle(many):
    village = await a_village()
    apples, rice = await goods("사과", village=village, left=64), await goods("쌀", village=village, left=64)

    ended = await all_at_once(an_order(*pair) for pair in [(apples, rice), (rice, apples)] * 32)

    assert ended == {"Placed": 64}


async def test_control_taken_in_the_order_of_the_cart_they_do(many):
    village = await a_village()
    apples, rice = await goods("사과", village=village, left=64), await goods("쌀", village=village, left=64)

    ended = await all_at_once(take_unsorted(*pair) for pair in [(apples, rice), (rice, apples)] * 16)

    assert ended[DeadlockDetectedError.__name__] > 0
    for variant in (apples, rice):
        _, reserved, *_ = await shelf_of(variant)
        await stock.release(connections.get("default"), variant.id, reserved)


async def test_the_same_key_twenty_times_at_once_is_one_order(many):
    apples = await goods(left=50)

    ended = await all_at_once(an_order(apples, key="two tabs and a double click") for _ in range(20))

    assert ended == {"Placed": 20}
    assert await Order.all().count() == 1
    assert await shelf_of(apples) == (50, 1, 0, 0)


async def test_control_without_unique_keys_there_are_many_orders(unguarded):
    for row in await rows(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'u'"
    ):
        await sql(f'ALTER TABLE orders DROP CONSTRAINT "{row["conname"]}"')
    apples = await goods(left=50)

    await all_at_once(an_order(apples, key="two tabs and a double click") for _ in range(20))

    assert await Order.all().count() > 1


async def test_a_payment_told_ten_times_at_once_has_one_effect(many):
    apples = await goods(left=5, price=35000)
    placed = await an_order((apples, 2))

    ended = await all_at_once(
        confirm_deposit(placed.order.number, amount=70000, by="officer", now=NOW) for _ in range(10)
    )

    assert ended == {"paid": 1, "none": 9}
    assert await shelf_of(apples) == (3, 0, 0, 0)


async def test_control_without_the_lock_the_payment_takes_effect_twice(unguarded, monkeypatch):
    monkeypatch.setattr(capture, "LOCK", "SELECT $1::bigint")
    await sql("ALTER TABLE movements DROP CONSTRAINT IF EXISTS uid_movements_shelf_i_c")
    apples = await goods(left=5, price=35000)
    placed = await an_order((apples, 2))

    ended = await all_at_once(
        confirm_deposit(placed.order.number, amount=70000, by="officer", now=NOW) for _ in range(24)
    )

    assert ended["none"] < 23


async def test_a_payment_and_the_expiry_at_the_same_moment_leave_one_end(many):
    apples = await goods(left=40, price=35000)
    orders = [(await an_order(apples)).order for _ in range(20)]
    late = NOW + timedelta(days=4)

    ended = await all_at_once(
        [
            *(confirm_deposit(order.number, amount=order.total, by="officer", now=late) for order in orders),
            expire_unpaid_orders(late, FakeGateway()),
        ]
    )

    assert set(ended) <= {"paid", "revived", "int"}, ended
    assert await shelf_of(apples) == (20, 0, 0, 0)
    assert await Order.filter(paid_at__isnull=False).count() == 20


async def all_at_once(acts: Iterable[Awaitable[object]]) -> Counter[str]:
    """Start them together; count how each ended: the name of what came back or of what was raised."""
    ends = await asyncio.gather(*acts, return_exceptions=True)
    return Counter(str(end) if isinstance(end, str) else type(end).__name__ for end in ends)


async def take_unsorted(first, second) -> None:
    async with in_transaction() as db:
        for variant in (first, second):
            await stock.reserve(db, variant.id, 1, name="-")
            await asyncio.sleep(0.01)


async def sql(statement: str) -> None:
    await connections.get("default").execute_script(statement)
