"""One bus and the buyers of two programs, at the same moment; each race with its control."""

from datetime import timedelta

from market import bookings, retrying, seat_offers, shared_seats
from market.expiry import end_order
from market.part_states import Ending
from market.pool_seats import update_pool
from market.waiting_parties import WaitingParty
from tests.builders import NOW, an_order
from tests.market.sharing import HARVEST, a_party, on_the_bus, two_on_one_bus
from tests.market.waiting import joins
from tests.meeting import all_at_once, meet, strip
from villages import outings, session_rules
from villages.pool_edits import PoolOffer
from villages.pools import Pool
from villages.programs import Participant, Session
from villages.session_rules import add_sessions

ADULT = Participant.adult
UNGUARDED_MOVE = shared_seats.MOVE.replace("AND u.held + u.booked + m.held + m.booked <= u.capacity", "")


async def taken(*sessions: Session) -> int:
    found = await Session.filter(id__in=[session.id for session in sessions])
    return sum(session.held + session.booked for session in found)


async def test_twenty_seats_of_a_bus_and_a_hundred_buyers_of_two_programs(many):
    digging, soap = await two_on_one_bus(seats=20, bus=20)

    ended = await all_at_once(a_party((digging, soap)[number % 2]) for number in range(100))

    assert ended == {"Placed": 20, "SessionFull": 80}
    assert await on_the_bus() == [(20, 0)]
    assert await taken(digging, soap) == 20


async def test_twenty_who_all_saw_the_last_five_seats_of_the_bus_get_five(many):
    digging, soap = await two_on_one_bus(seats=20, bus=5)

    ended = await meet(
        many, [a_party((digging, soap)[number % 2]) for number in range(20)], before=bookings.HOLD
    )

    assert ended == {"Placed": 5, "SessionFull": 15}
    assert await on_the_bus() == [(5, 0)]


async def test_control_without_the_guard_the_bus_is_oversold(unguarded, monkeypatch):
    monkeypatch.setattr(shared_seats, "MOVE", UNGUARDED_MOVE)
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    await strip("outings")

    ended = await meet(
        unguarded, [a_party((digging, soap)[number % 2]) for number in range(20)], before=bookings.HOLD
    )

    assert ended == {"Placed": 20}
    assert await taken(digging, soap) == 20


async def test_orders_of_both_programs_and_of_one_never_wait_in_a_circle(many, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    digging, soap = await two_on_one_bus(seats=200, bus=300)
    both = {digging.id: {ADULT: 1}, soap.id: {ADULT: 1}}

    ended = await all_at_once(
        act
        for _ in range(24)
        for act in (an_order(seats=both, address=None), a_party(soap), a_party(digging))
    )

    assert ended == {"Placed": 72}
    assert await on_the_bus() == [(96, 0)]


async def test_an_order_of_both_programs_takes_the_bus_last(many, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    digging, soap = await two_on_one_bus(seats=20, bus=20)
    both = {digging.id: {ADULT: 1}, soap.id: {ADULT: 1}}

    ended = await meet(many, [an_order(seats=both, address=None), a_party(soap)], after=bookings.HOLD)

    assert ended == {"Placed": 2}


async def test_control_taken_session_by_session_they_wait_in_a_circle(unguarded, monkeypatch):
    monkeypatch.setattr(retrying, "TRIES", 1)
    monkeypatch.setattr("market.checkout.bookings.hold_seats", one_by_one)
    digging, soap = await two_on_one_bus(seats=20, bus=20)
    both = {digging.id: {ADULT: 1}, soap.id: {ADULT: 1}}

    # The order has the bus and comes for the soap's seats; the party has those and waits for the bus.
    ended = await meet(
        unguarded, [an_order(seats=both, address=None), a_party(soap)], after=shared_seats.LOCK
    )

    assert ended == {"Placed": 1, "DeadlockDetectedError": 1}


async def test_two_orders_that_end_offer_the_bus_once(many):
    """Both programs have people waiting; an order of each ends at the same moment."""
    digging, soap = await two_on_one_bus(seats=20, bus=4)
    orders = [(await a_party(session, 2)).order for session in (digging, soap)]
    parties = [await joins(session, 2) for session in (digging, soap, soap)]

    ended = await meet(
        many,
        [end_order(order.id, Ending.cancelled, by="shopper", now=NOW) for order in orders],
        before=seat_offers.LOCK,
    )

    assert ended == {"True": 2}
    assert [(await WaitingParty.get(id=party.party_id)).state for party in parties] == [
        "offered", "offered", "waiting",
    ]  # fmt: skip
    assert await on_the_bus() == [(4, 0)]


async def test_freed_seats_of_the_bus_go_to_who_waits_and_to_no_passer_by(many):
    digging, soap = await two_on_one_bus(seats=20, bus=2)
    order = (await a_party(digging, 2)).order
    party = await joins(soap, 2)

    ended = await meet(
        many,
        [
            end_order(order.id, Ending.cancelled, by="shopper", now=NOW),
            *(a_party((digging, soap)[number % 2]) for number in range(20)),
        ],
        after=bookings.RELEASE,
    )

    assert ended == {"True": 1, "SessionFull": 20}
    assert (await WaitingParty.get(id=party.party_id)).state == "offered"


async def test_the_bus_made_smaller_while_its_seats_are_sold_is_never_too_full(many):
    """Whoever is first: either the bus stays as it was, or the last buyers find it full."""
    digging, soap = await two_on_one_bus(seats=20, bus=10)

    ended = await all_at_once(
        [*(a_party((digging, soap)[number % 2]) for number in range(12)), made_smaller(digging, soap, 4)]
    )

    assert ended["Placed"] == (4 if ended["NoneType"] else 10)


async def test_a_new_date_and_a_bus_for_its_program_at_the_same_moment_find_each_other(many):
    digging, soap = await two_on_one_bus(seats=20, bus=10)
    await only(digging)

    await meet(many, [new_date(soap), with_both(digging, soap)], after=session_rules.WRITE)

    sharing = await Session.filter(listing_id=soap.listing.id).values_list("shares_seats", flat=True)
    assert list(sharing) == [True, True]


async def test_control_without_the_lock_of_the_program_the_new_date_has_no_bus(unguarded, monkeypatch):
    monkeypatch.setattr("villages.session_rules.LOCK_LISTING", "SELECT id FROM listings WHERE id = $1")
    digging, soap = await two_on_one_bus(seats=20, bus=10)
    await only(digging)

    await meet(unguarded, [new_date(soap), with_both(digging, soap)], after=outings.POOLS_OF)

    sharing = await Session.filter(listing_id=soap.listing.id).values_list("shares_seats", flat=True)
    assert sorted(sharing) == [False, True]


def new_date(session: Session):
    return add_sessions(
        session.listing.id, [HARVEST + timedelta(days=1)], capacity=20, by="person 1", now=NOW,
        village_ids=[session.listing.village_id],
    )  # fmt: skip


async def made_smaller(first: Session, second: Session, seats: int) -> None:
    await changed(PoolOffer("마을 버스", seats, frozenset({first.listing.id, second.listing.id})))


async def with_both(first: Session, second: Session) -> None:
    await made_smaller(first, second, 10)


async def only(session: Session) -> None:
    await changed(PoolOffer("마을 버스", 10, frozenset({session.listing.id})))


async def changed(offer: PoolOffer) -> None:
    pool = await Pool.get(name="마을 버스")
    await update_pool(
        pool.id, offer, village_ids=[pool.village_id], version=pool.version, by="person 1", now=NOW
    )


async def one_by_one(db, wishes) -> None:
    """`hold_seats` that takes each session with its bus before the next."""
    for wish in sorted(wishes):
        await HOLD_SEATS(db, [wish])


HOLD_SEATS = bookings.hold_seats
