"""Parties that choose at the same moment, and a choice in the moment in which the money goes back."""

from datetime import timedelta

from market import refund_confirmation, refund_writing, seat_offers, session_cancellations
from market.dates import moves
from market.dates.moves import accept_date
from market.dates.offers import BookingMove
from market.orders import Order
from market.refunds import Refund
from market.session_cancellations import empty_cancelled_sessions
from tests.fakes import FakeGateway
from tests.market.dates.parties import SOON, a_party, call_off, dates, offer_to
from tests.meeting import meet, strip
from villages.programs import Session

LIMIT = SOON + timedelta(hours=48)
JUST_BEFORE = LIMIT - timedelta(seconds=1)
NO_LOCK = "SELECT $1::bigint"
NO_LOCKS = "SELECT $1::bigint[]"
UNGUARDED_TAKE = "UPDATE sessions SET booked = booked + $2 WHERE id = $1 AND starts_at > $3"
HERE_OR_NOT = "SELECT id FROM lines WHERE id = ANY($1::bigint[]) AND $2::bigint > 0"


async def choosing(*parties: int, room: int) -> tuple[Session, list[Order], Session]:
    """A called-off session, its parties, and the one other date."""
    rainy, later = await dates(20, room)
    orders = [await a_party(rainy, adults) for adults in parties]
    await call_off(rainy, later)
    return rainy, orders, later


async def moved(order: Order, session: Session) -> str:
    offer = await offer_to(order)
    await accept_date(offer.id, session.id, order_id=order.id, by="shopper", now=JUST_BEFORE)
    return "moved"


async def given_back() -> int:
    return await empty_cancelled_sessions(LIMIT, FakeGateway())


async def outcome(rainy: Session, later: Session) -> tuple[int, int, int, int]:
    """(refunds, moves, booked here, booked there)."""
    booked = {session.id: session.booked for session in await Session.all()}
    return (
        await Refund.all().count(),
        await BookingMove.all().count(),
        booked[rainy.id],
        booked[later.id],
    )


async def test_two_parties_for_the_last_seats_of_a_date_one_of_them_comes(many):
    rainy, orders, later = await choosing(2, 2, 2, room=3)

    ended = await meet(many, [moved(order, later) for order in orders], before=seat_offers.LOCK)

    assert ended == {"moved": 1, "SessionFull": 2}
    assert await outcome(rainy, later) == (0, 1, 4, 2)


async def test_control_unguarded_more_parties_come_than_there_are_seats(unguarded, monkeypatch):
    monkeypatch.setattr(moves, "TAKE", UNGUARDED_TAKE)
    await strip("sessions")
    rainy, orders, later = await choosing(2, 2, 2, room=3)

    ended = await meet(unguarded, [moved(order, later) for order in orders], before=seat_offers.LOCK)

    assert ended == {"moved": 3}
    assert await outcome(rainy, later) == (0, 3, 0, 6)


async def test_ten_taps_on_one_date_are_one_move(many):
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(many, [moved(order, later) for _ in range(10)], before=moves.LOCK_ORDER)

    assert ended == {"moved": 10}
    assert await outcome(rainy, later) == (0, 1, 0, 2)


async def test_control_without_the_orders_lock_and_guard_ten_taps_take_ten_times_the_seats(
    unguarded, monkeypatch
):
    for name in ("LOCK_ORDER", "LOCK_PART"):
        monkeypatch.setattr(moves, name, NO_LOCK)
    monkeypatch.setattr(seat_offers, "LOCK", seat_offers.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(
        moves, "MOVE", "UPDATE bookings SET session_id = $3, moved_at = $4 WHERE id = $1 AND $2 > 0"
    )
    monkeypatch.setattr(moves, "TAKE", UNGUARDED_TAKE)
    await strip("sessions")
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(unguarded, [moved(order, later) for _ in range(3)], before=UNGUARDED_TAKE)

    assert ended == {"moved": 3}
    assert await outcome(rainy, later) == (0, 3, -4, 6)


async def test_while_the_money_goes_back_no_other_date_is_taken(many):
    """The refund has looked and stands before it writes; the party taps at that moment."""
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(many, [given_back(), moved(order, later)], before=refund_writing.WRITE.sql)

    assert ended == {"1": 1, "DateOfferOver": 1}
    assert await outcome(rainy, later) == (1, 0, 0, 0)


async def test_control_without_the_orders_lock_a_party_gets_its_money_and_its_seats(unguarded, monkeypatch):
    monkeypatch.setattr(refund_confirmation, "LOCK", NO_LOCK)
    monkeypatch.setattr(refund_confirmation, "LOCK_PARTS", NO_LOCKS)
    await strip("sessions")
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(unguarded, [given_back(), moved(order, later)], before=refund_writing.WRITE.sql)

    assert ended == {"1": 1, "moved": 1}
    assert await outcome(rainy, later) == (1, 1, -2, 2)


async def test_who_has_taken_another_date_just_in_time_keeps_it(many):
    """The party's seats are taken there; the worker, who found it undecided, comes at that moment."""
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(many, [moved(order, later), given_back()], before=moves.MOVE)

    assert ended == {"moved": 1, "0": 1}
    assert await outcome(rainy, later) == (0, 1, 0, 2)


async def test_a_party_that_moves_after_the_worker_has_found_it_keeps_its_date(many):
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(many, [given_back(), moved(order, later)], after=session_cancellations.ORDERS)

    assert ended == {"0": 1, "moved": 1}
    assert await outcome(rainy, later) == (0, 1, 0, 2)


async def test_control_without_a_second_look_the_moved_party_is_sent_its_money(unguarded, monkeypatch):
    monkeypatch.setattr(session_cancellations, "STILL_HERE", HERE_OR_NOT)
    rainy, (order,), later = await choosing(2, room=9)

    ended = await meet(unguarded, [given_back(), moved(order, later)], after=session_cancellations.ORDERS)

    assert ended == {"1": 1, "moved": 1}
    assert await outcome(rainy, later) == (1, 1, 0, 0)
