"""Sixty-four at the same moment, each through a connection of their own; for each race its control without the guard"""

from collections.abc import AsyncIterator, Awaitable

import pytest

from market import bookings, checkout, expiry, refund_confirmation, refund_writing, retrying, stock
from market.audit import violations
from market.expiry import expire_unpaid_orders
from market.orders import Line, Order
from market.part_states import Ending
from market.refunds import Refund
from storefront.db import open_database
from tests.builders import NOW, a_program, an_order, goods, shelf_of
from tests.fakes import FakeGateway
from tests.market import test_payment_races as payment_races
from tests.market import test_races as races
from tests.market import test_refund_races as refund_races
from tests.meeting import meet, strip
from villages.programs import Session
from villages.session_rules import close_session

CROWD = 64
UNGUARDED_CLOSING = bookings.HOLD.replace("closed_at IS NULL AND", "")


@pytest.fixture
async def crowded(database_url: str) -> AsyncIterator[str]:
    """`many` with a connection for everybody."""
    async with open_database(database_url, connections=CROWD + 6):
        yield database_url
        found = await violations()
    assert not found, found


async def test_sixty_four_who_all_saw_the_last_unit_buy_one(crowded):
    apples = await goods(left=1)

    ended = await meet(crowded, [an_order(apples) for _ in range(CROWD)], before=stock.RESERVE)

    assert ended == {"Placed": 1, "OutOfStock": CROWD - 1}
    assert await shelf_of(apples) == (1, 1, 0, 0)


async def test_control_without_the_guard_the_last_unit_is_sold_sixty_four_times(unguarded, monkeypatch):
    monkeypatch.setattr(stock, "RESERVE", races.UNGUARDED_SHELF)
    await strip("shelves")
    apples = await goods(left=1)

    ended = await meet(unguarded, [an_order(apples) for _ in range(CROWD)], before=races.UNGUARDED_SHELF)

    assert ended == {"Placed": CROWD}
    assert await shelf_of(apples) == (1, CROWD, 0, 0)


async def test_sixty_four_who_all_saw_the_last_seat_book_one(crowded):
    session = await a_program(seats=1)

    ended = await meet(crowded, [races.a_booking(session) for _ in range(CROWD)], before=bookings.HOLD)

    assert ended == {"Placed": 1, "SessionFull": CROWD - 1}
    assert (await Session.get(id=session.id)).held == 1


async def test_control_without_the_guard_the_last_seat_is_booked_sixty_four_times(unguarded, monkeypatch):
    monkeypatch.setattr(bookings, "HOLD", races.UNGUARDED_SEATS)
    await strip("sessions")
    session = await a_program(seats=1)

    ended = await meet(
        unguarded, [races.a_booking(session) for _ in range(CROWD)], before=races.UNGUARDED_SEATS
    )

    assert ended == {"Placed": CROWD}
    assert (await Session.get(id=session.id)).held == CROWD


async def test_sixty_four_carts_in_opposite_order_are_all_taken(crowded, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    apples, rice = await goods("사과", left=CROWD), await goods("쌀", left=CROWD)

    ended = await meet(
        crowded,
        [an_order(*pair) for pair in [(apples, rice), (rice, apples)] * (CROWD // 2)],
        before=stock.LOCK,
    )

    assert ended == {"Placed": CROWD}
    assert (await shelf_of(apples), await shelf_of(rice)) == ((CROWD, CROWD, 0, 0), (CROWD, CROWD, 0, 0))


async def test_control_taken_in_the_order_of_the_cart_some_of_sixty_four_wait_in_a_circle(
    unguarded, monkeypatch
):
    monkeypatch.setattr(retrying, "TRIES", 1)
    monkeypatch.setattr(checkout, "take_all", races.to_and_fro())
    apples, rice = await goods("사과", left=CROWD), await goods("쌀", left=CROWD)

    ended = await meet(
        unguarded,
        [an_order(*pair) for pair in [(apples, rice), (rice, apples)] * (CROWD // 2)],
        after=stock.RESERVE,
    )

    assert ended["DeadlockDetectedError"] >= 1
    assert ended["Placed"] + ended["DeadlockDetectedError"] == CROWD


async def test_one_key_sixty_four_times_is_one_order(crowded):
    apples = await goods(left=CROWD)

    ended = await meet(crowded, [an_order(apples, key="one tap") for _ in range(CROWD)], before=stock.LOCK)

    assert ended == {"Placed": CROWD}
    assert await Order.all().count() == 1
    assert await shelf_of(apples) == (CROWD, 1, 0, 0)


async def test_control_without_unique_keys_it_is_sixty_four_orders(unguarded):
    await strip("orders")
    apples = await goods(left=CROWD)

    ended = await meet(unguarded, [an_order(apples, key="one tap") for _ in range(CROWD)], before=stock.LOCK)

    assert ended == {"Placed": CROWD}
    assert await Order.all().count() == CROWD


async def test_sixty_four_tabs_with_a_quote_each_give_back_once(crowded):
    order, codes = await a_paid_order_with_quotes()

    ended = await meet(
        crowded, [refund_races.given_back(code, order) for code in codes], before=refund_confirmation.LOCK
    )

    assert ended == {"given back": 1, "QuoteEnded": CROWD - 1}
    assert await Refund.all().count() == (await Line.get()).cancelled == 1


async def test_control_without_locks_and_bounds_sixty_four_tabs_give_back_sixty_four_times(
    unguarded, monkeypatch
):
    monkeypatch.setattr(refund_writing, "book_promise", refund_races.not_booked)
    monkeypatch.setattr(refund_confirmation, "LOCK", refund_races.NO_LOCK)
    monkeypatch.setattr(refund_confirmation, "LOCK_PARTS", refund_races.NO_LOCKS)
    await strip("lines", "parts", "payments")
    order, codes = await a_paid_order_with_quotes()

    ended = await meet(
        unguarded,
        [refund_races.given_back(code, order) for code in codes],
        before=refund_writing.WRITE.sql,
    )

    assert ended == {"given back": CROWD}
    assert (await Line.get()).cancelled == CROWD


async def test_the_expiry_leaves_sixty_four_alone_who_paid_at_the_last_moment(crowded):
    apples, orders = await sixty_four_orders()

    ended = await meet(crowded, [expired(), *map(payment_races.paid, orders)], before=expiry.END_ORDER)

    assert ended == {"paid": CROWD, "0": 1}
    assert await shelf_of(apples) == (0, 0, 0, 0)
    assert not await Order.filter(ended_as__isnull=False).exists()


async def test_control_without_a_second_look_the_expiry_ends_sixty_four_paid_orders(unguarded, monkeypatch):
    monkeypatch.setattr(expiry, "END_ORDER", payment_races.END_PAID_TOO)
    await strip("orders")
    _, orders = await sixty_four_orders()

    ended = await meet(
        unguarded, [expired(), *map(payment_races.paid, orders)], before=payment_races.END_PAID_TOO
    )

    assert ended == {"paid": CROWD, str(CROWD): 1}
    assert await Order.filter(ended_as=Ending.expired, paid_at__isnull=False).count() == CROWD


async def test_none_of_sixty_four_books_a_session_that_closes_at_that_moment(crowded):
    session = await a_program(seats=CROWD)

    ended = await meet(
        crowded,
        [*(races.a_booking(session) for _ in range(CROWD)), closed(session)],
        before=bookings.HOLD,
    )

    assert ended == {"SalesClosed": CROWD, "NoneType": 1}
    assert (await Session.get(id=session.id)).held == 0


async def test_control_without_the_guard_sixty_four_book_what_is_closed(unguarded, monkeypatch):
    monkeypatch.setattr(bookings, "HOLD", UNGUARDED_CLOSING)
    session = await a_program(seats=CROWD)

    ended = await meet(
        unguarded,
        [*(races.a_booking(session) for _ in range(CROWD)), closed(session)],
        before=UNGUARDED_CLOSING,
    )

    assert ended == {"Placed": CROWD, "NoneType": 1}
    assert (await Session.get(id=session.id)).closed_at


async def a_paid_order_with_quotes() -> tuple[Order, list[str]]:
    """Of two boxes paid for, each quote is for one."""
    order = await refund_races.paid(await an_order((await goods(left=5), 2)))
    return order, await refund_races.codes_for(order, CROWD, {(await Line.get()).id: 1})


async def sixty_four_orders():
    """All that is on the shelf, and their time to pay is over."""
    apples = await goods(left=CROWD)
    return apples, [(await an_order(apples)).order for _ in range(CROWD)]


def expired() -> Awaitable[int]:
    return expire_unpaid_orders(payment_races.LATE, FakeGateway(), most=2 * CROWD)


def closed(session: Session) -> Awaitable[None]:
    return close_session(session.id, village_ids=[session.listing.village_id], by="person 1", now=NOW)
