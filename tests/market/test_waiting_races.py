"""Those who wait and those who pass by, at the same moment; each race with its control."""

from datetime import timedelta

from tortoise.transactions import in_transaction

from market import bookings, seat_offers
from market.expiry import end_order
from market.orders import Order
from market.part_states import Ending
from market.seat_offers import end_overdue_offers
from market.waiting_parties import WaitingParty
from tests.builders import NOW, an_order
from tests.market.waiting import accepts, full_session, joins
from tests.meeting import meet, strip
from villages.programs import Participant, Session

LATE = NOW + timedelta(days=1)
UNGUARDED_HOLD = "UPDATE sessions SET held = held + $2 WHERE id = $1 RETURNING shares_seats"
UNGUARDED_ACCEPT = """
UPDATE waiting_parties w SET state = 'accepted', kept = 0, ended_at = $2
FROM (SELECT id, seats AS kept FROM waiting_parties WHERE id = $1) before WHERE w.id = before.id RETURNING before.kept
"""
UNGUARDED_LAPSE = """
UPDATE waiting_parties w SET state = 'lapsed', kept = 0, ended_at = $2::timestamptz
FROM (SELECT id, seats AS kept, true AS was_offered FROM waiting_parties WHERE session_id = $1 AND $3::timestamptz > $2::timestamptz) over
WHERE w.id = over.id RETURNING w.id, w.phone, w.email, over.kept, over.was_offered
"""


async def an_offer(seats: int = 2) -> tuple[Session, int]:
    """A party with its seats offered; the session has no others."""
    session, (order, *_) = await full_session(seats=seats)
    party = await joins(session, seats)
    await end_order(order.id, Ending.cancelled, by="shopper", now=NOW)
    return session, party.party_id


def passer_by(session: Session, seats: int = 1):
    return an_order(seats={session.id: {Participant.adult: seats}}, address=None)


async def test_freed_seats_go_to_who_waits_and_to_no_passer_by(many):
    """The order's end has given its seats back and stops; twenty others press the button at that moment."""
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)

    ended = await meet(
        many,
        [
            end_order(order.id, Ending.expired, by="clock", now=LATE + timedelta(days=9)),
            *(passer_by(session) for _ in range(20)),
        ],
        after=RELEASE,
    )

    assert ended == {"True": 1, "SessionFull": 20}
    assert (await WaitingParty.get(id=party.party_id)).state == "offered"


async def test_control_offered_in_a_transaction_of_its_own_the_seats_are_gone(unguarded, monkeypatch):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    monkeypatch.setattr("market.expiry.offer_freed_seats", offered_later)

    await end_order(order.id, Ending.expired, by="clock", now=LATE + timedelta(days=9))
    ended = [type(await passer_by(session)).__name__ for _ in range(2)]
    async with in_transaction() as db:
        offered = await seat_offers.offer_freed_seats(db, {session.id: 0}, now=NOW)

    assert (ended, offered) == (["Placed", "Placed"], 0)
    assert (await WaitingParty.get(id=party.party_id)).state == "waiting"


async def test_ten_taps_on_one_offer_are_one_order(many):
    session, party_id = await an_offer()

    ended = await meet(many, [accepts(party_id) for _ in range(10)], before=seat_offers.ACCEPT)

    assert ended == {"Placed": 10}
    assert await Order.filter(ended_as__isnull=True).count() == 1
    assert (await Session.get(id=session.id)).held == 2


async def test_control_without_guards_one_offer_is_ordered_many_times(unguarded, monkeypatch):
    monkeypatch.setattr(seat_offers, "ACCEPT", UNGUARDED_ACCEPT)
    monkeypatch.setattr(seat_offers, "LOCK", PASSES_BY_THE_LOCK)
    monkeypatch.setattr(bookings, "HOLD", UNGUARDED_HOLD)
    await strip("orders", "sessions")
    _, party_id = await an_offer()

    await meet(unguarded, [accepts(party_id) for _ in range(3)], before=seat_offers.ACCEPT)

    assert await Order.filter(ended_as__isnull=True).count() == 3


async def test_two_workers_end_an_offer_once(many):
    session, party_id = await an_offer()
    after = await joins(session, 2)

    ended = await meet(many, [end_overdue_offers(LATE) for _ in range(2)], before=seat_offers.LAPSE)

    assert ended == {"1": 1, "0": 1}
    assert (await WaitingParty.get(id=party_id)).state == "lapsed"
    assert (await WaitingParty.get(id=after.party_id)).kept == 2
    assert (await Session.get(id=session.id)).held == 2


async def test_control_without_guards_two_workers_free_the_seats_twice(unguarded, monkeypatch):
    monkeypatch.setattr(seat_offers, "LAPSE", UNGUARDED_LAPSE)
    monkeypatch.setattr(seat_offers, "LOCK", PASSES_BY_THE_LOCK)
    await strip("sessions")
    session, _ = await an_offer()

    ended = await meet(unguarded, [end_overdue_offers(LATE) for _ in range(2)], before=UNGUARDED_LAPSE)

    assert ended == {"1": 2}
    assert (await Session.get(id=session.id)).held == -2


async def test_accepting_and_lapsing_at_the_same_moment_end_in_one_of_both(many):
    session, party_id = await an_offer()
    ends_at = (await WaitingParty.get(id=party_id)).offer_ends_at
    assert ends_at

    ended = await meet(
        many,
        [accepts(party_id, now=ends_at - timedelta(seconds=1)), end_overdue_offers(ends_at)],
        before=seat_offers.LOCK,
    )

    assert ended["Placed"] + ended["1"] == 1
    assert (await Session.get(id=session.id)).held == (2 if ended["Placed"] else 0)


async def test_two_who_join_at_once_stand_one_after_the_other(many):
    session, _ = await full_session(seats=4)

    ended = await meet(many, [joins(session, 2) for _ in range(8)], before=seat_offers.LOCK)

    assert ended == {"Joined": 8}
    parties = await WaitingParty.filter(session_id=session.id).order_by("id")
    assert [party.joined_at for party in parties] == sorted(party.joined_at for party in parties)


async def test_a_double_tap_on_joining_is_one_party(many):
    session, _ = await full_session(seats=4)

    ended = await meet(many, [joins(session, 2, key="tap") for _ in range(8)], before=seat_offers.LOCK)

    assert ended == {"Joined": 8}
    assert await WaitingParty.all().count() == 1


RELEASE = "UPDATE sessions SET held = held - $2 WHERE id = $1"
PASSES_BY_THE_LOCK = "SELECT id, false AS shares_seats, 0 AS left FROM sessions WHERE id = ANY($1::bigint[])"


async def offered_later(*_: object, **__: object) -> int:
    return 0
