"""Freed seats go to those who wait: in strict order, for some hours of the day, and to nobody else meanwhile."""

from datetime import datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from market.capture import capture
from market.checkout import Buyer
from market.expiry import end_order
from market.orders import Order
from market.part_states import Ending
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import RefundCause
from market.seat_offers import OfferOver, end_overdue_offers, end_queue, offer_end
from market.session_seats import reopen, resize
from market.waiting_lists import (
    SeatsLeft,
    WaitsAlready,
    come_with_fewer,
    forget_old_parties,
    join_waiting_list,
    leave_waiting_list,
)
from market.waiting_parties import WaitingParty
from market.waiting_window import parties_before
from tests.builders import NOW, SECRET, a_program, an_order, rows
from tests.market.waiting import accepts, full_session, joins
from villages.days import SEOUL
from villages.notices import Notice
from villages.programs import Participant, Session
from villages.refusals import BadForm, NotFound, Refused, SalesClosed, SessionFull
from villages.session_rules import close_session

ADULTS = Participant.adult


async def states(session: Session) -> list[tuple[str, int]]:
    """(state, kept) in the order of the queue."""
    parties = await WaitingParty.filter(session_id=session.id).order_by("id")
    return [(party.state.value, party.kept) for party in parties]


async def seats_of(session: Session) -> tuple[int, int]:
    await session.refresh_from_db()
    return session.held, session.booked


async def freed(order: Order, *, now: datetime = NOW) -> None:
    """The unpaid order ends."""
    assert await end_order(order.id, Ending.cancelled, by="shopper", now=now)


async def test_freed_seats_are_offered_to_the_first_and_are_never_free(db):
    session, (order, *_) = await full_session(seats=4, orders=(2, 2))
    await joins(session, 2)
    await joins(session, 2)

    await freed(order)

    assert await states(session) == [("offered", 2), ("waiting", 0)]
    assert await seats_of(session) == (4, 0)
    with pytest.raises(SessionFull):
        await an_order(seats={session.id: {ADULTS: 1}})


async def test_nobody_behind_a_party_that_does_not_fit_yet_is_served(db):
    session, (first, second) = await full_session(seats=4, orders=(2, 2))
    await joins(session, 4)
    await joins(session, 1)

    await freed(first)
    halfway = await states(session), await seats_of(session)
    await freed(second)

    assert halfway == ([("waiting", 2), ("waiting", 0)], (4, 0))
    assert await states(session) == [("offered", 4), ("waiting", 0)]


async def test_one_that_leaves_hands_on_what_was_kept_for_it(db):
    session, (first, _) = await full_session(seats=4, orders=(2, 2))
    big = await joins(session, 4)
    await joins(session, 1)
    await joins(session, 1)
    await freed(first)

    left = await leave_waiting_list(big.party_id, now=NOW)
    again = await leave_waiting_list(big.party_id, now=NOW)

    assert (left, again) == (True, False)
    assert await states(session) == [("left", 0), ("offered", 1), ("offered", 1)]


async def test_one_that_comes_with_fewer_is_offered_what_is_there(db):
    session, (first, _) = await full_session(seats=4, orders=(2, 2))
    big = await joins(session, 4)
    await freed(first)

    await come_with_fewer(big.party_id, {ADULTS: 1, Participant.child: 1}, now=NOW)

    assert await states(session) == [("offered", 2)]
    party = await WaitingParty.get(id=big.party_id)
    assert party.participants == {ADULTS: 1, Participant.child: 1}


async def test_a_party_cannot_grow_while_it_waits(db):
    session, _ = await full_session(seats=4)
    party = await joins(session, 2)

    for count in (2, 3):
        with pytest.raises(BadForm):
            await come_with_fewer(party.party_id, {ADULTS: count}, now=NOW)


async def test_accepting_turns_the_offer_into_an_order_once(db):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    await freed(order)

    placed = await accepts(party.party_id)
    again = await accepts(party.party_id)

    assert placed.is_new and not again.is_new and placed.order.id == again.order.id
    assert await states(session) == [("accepted", 0)]
    assert await seats_of(session) == (2, 0)
    assert (await WaitingParty.get(id=party.party_id)).order_id == placed.order.id


async def test_the_order_of_an_offer_is_paid_like_any_other(db):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    await freed(order)
    placed = await accepts(party.party_id)

    payment = (await rows("SELECT id FROM payments WHERE order_id = $1", placed.order.id))[0]["id"]
    await capture(payment, by="officer", now=NOW)

    assert await seats_of(session) == (0, 2)


async def test_the_unpaid_order_of_an_offer_goes_on_to_the_next_in_the_queue(db):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    await joins(session, 1)
    await freed(order)
    placed = await accepts(party.party_id)

    await freed(placed.order)

    assert await states(session) == [("accepted", 0), ("offered", 1)]
    assert await seats_of(session) == (1, 0)


async def test_an_order_that_fails_leaves_the_offer_as_it_was(db):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    await freed(order)

    with pytest.raises(Refused):
        await accepts(party.party_id, expected_total=1)

    assert await states(session) == [("offered", 2)]
    assert await seats_of(session) == (2, 0)
    assert (await accepts(party.party_id)).is_new


async def test_an_offer_that_ended_can_not_be_accepted_even_before_the_duty_comes(db):
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2)
    await freed(order)

    with pytest.raises(OfferOver):
        await accepts(party.party_id, now=NOW + timedelta(days=2))

    assert await states(session) == [("offered", 2)]


async def test_an_overdue_offer_goes_on_to_the_next(db):
    session, (order, *_) = await full_session(seats=2)
    await joins(session, 2)
    await joins(session, 2)
    await freed(order)

    too_soon = await end_overdue_offers(NOW + timedelta(hours=1))
    ended = await end_overdue_offers(NOW + timedelta(days=1))

    assert (too_soon, ended) == (0, 1)
    assert await states(session) == [("lapsed", 0), ("offered", 2)]
    assert await end_overdue_offers(NOW + timedelta(days=1)) == 0


async def test_what_nobody_waits_for_is_on_open_sale_again(db):
    session, (order, *_) = await full_session(seats=2)
    await joins(session, 2)
    await freed(order)

    await end_overdue_offers(NOW + timedelta(days=1))

    assert await seats_of(session) == (0, 0)
    assert (await an_order(seats={session.id: {ADULTS: 2}}, now=NOW + timedelta(days=1))).is_new


async def test_seats_of_a_paid_order_that_are_called_off_go_to_those_who_wait(db):
    session, (order, *_) = await full_session(seats=4)
    payment = (await rows("SELECT id FROM payments WHERE order_id = $1", order.id))[0]["id"]
    await capture(payment, by="officer", now=NOW)
    await joins(session, 3)
    line = (await rows("SELECT id FROM lines WHERE session_id = $1", session.id))[0]["id"]

    for count in (1, 2):
        quote = await quote_refund(order, {line: count}, cause=RefundCause.shopper, by="shopper", now=NOW)
        await confirm_refund(quote.code, order.id, by="shopper", now=NOW)

    assert await states(session) == [("offered", 3)]
    assert await seats_of(session) == (3, 1)


async def test_near_the_session_the_queue_ends_and_seats_are_for_everybody(db):
    """The program stops taking bookings at its start minus its hours; offers end an hour before that."""
    session, (order, *_) = await full_session(seats=2, starts_at=NOW + timedelta(days=2))
    await joins(session, 2)
    late = session.starts_at - timedelta(hours=session.listing.closes_hours_before, minutes=89)

    await freed(order, now=late)
    ended = await end_overdue_offers(late)

    assert ended == 1
    assert await states(session) == [("lapsed", 0)]
    assert await seats_of(session) == (0, 0)
    assert sorted(await kinds_told()) == ["waiting_joined", "waiting_over"]


async def test_new_seats_are_offered_first_to_those_who_wait(db):
    session, _ = await full_session(seats=2)
    await joins(session, 2)
    await joins(session, 2)
    village = session.listing.village_id

    await resize(session.id, 5, village_ids=[village], by="person 1", now=NOW)

    assert await states(session) == [("offered", 2), ("waiting", 1)]
    assert await seats_of(session) == (5, 0)


async def test_a_closed_session_offers_nothing_until_it_is_opened_again(db):
    session, (order, *_) = await full_session(seats=2)
    await joins(session, 2)
    village = session.listing.village_id
    await close_session(session.id, village_ids=[village], by="person 1", now=NOW)

    await freed(order)
    while_closed = await states(session)
    await reopen(session.id, village_ids=[village], by="person 1", now=NOW)

    assert while_closed == [("waiting", 0)]
    assert await states(session) == [("offered", 2)]


async def test_a_session_that_is_called_off_ends_its_queue(db):

    session, (order, *_) = await full_session(seats=4, orders=(2, 2))
    await joins(session, 2)
    await joins(session, 2)
    await freed(order)

    async with in_transaction() as connection:
        ended = await end_queue(connection, session.id, now=NOW)

    assert ended == 2
    assert await states(session) == [("lapsed", 0), ("lapsed", 0)]
    assert await seats_of(session) == (2, 0)


async def test_seats_that_were_on_sale_all_the_time_stay_on_sale(db):
    """A party that is too big for what is left must not lock it up."""
    session, (order, *_) = await full_session(seats=5, orders=(1, 2))
    await joins(session, 4)

    await freed(order)

    assert await states(session) == [("waiting", 1)]
    assert (await an_order(seats={session.id: {ADULTS: 2}})).is_new


async def test_joining_twice_with_one_key_is_one_party(db):
    session, _ = await full_session(seats=2)

    first, second = await joins(session, 1, key="tap"), await joins(session, 1, key="tap")

    assert (first.party_id, first.token) == (second.party_id, second.token)
    assert (first.is_new, second.is_new) == (True, False)
    assert await kinds_told() == ["waiting_joined"]


async def test_one_telephone_waits_once_for_a_session(db):
    session, _ = await full_session(seats=2)
    party = await joins(session, 1, phone="01099990000")

    with pytest.raises(WaitsAlready):
        await joins(session, 1, phone="01099990000")
    await leave_waiting_list(party.party_id, now=NOW)

    assert (await joins(session, 1, phone="01099990000")).is_new


async def test_who_cannot_wait_is_told_why(db):
    session, _ = await full_session(seats=3, orders=(2,))
    past = await a_program(seats=1, starts_at=NOW - timedelta(hours=1))

    for people, refusal in (
        ({ADULTS: 0}, BadForm),
        ({ADULTS: 4}, BadForm),
        ({ADULTS: 1}, SeatsLeft),
        ({Participant.room: 1}, BadForm),
    ):
        with pytest.raises(refusal):
            await wishes(session, people)
    with pytest.raises(SalesClosed):
        await wishes(past, {ADULTS: 1})
    with pytest.raises(NotFound):
        await join_waiting_list(
            session.id, {ADULTS: 2}, slug="another", key="k", buyer=Buyer("김", "010"), secret=SECRET, now=NOW
        )
    assert await WaitingParty.all().count() == 0


async def test_a_place_in_the_queue_counts_those_who_still_wait(db):
    session, _ = await full_session(seats=2)
    first, _, third = [await joins(session, 1) for _ in range(3)]

    before = await parties_before(await WaitingParty.get(id=third.party_id))
    await leave_waiting_list(first.party_id, now=NOW)

    assert before == 2
    assert await parties_before(await WaitingParty.get(id=third.party_id)) == 1


async def test_each_thing_is_told_once(db):
    session, (order, *_) = await full_session(seats=2)
    await joins(session, 2)
    await freed(order)
    for _ in range(2):
        await end_overdue_offers(NOW + timedelta(days=1))

    assert await kinds_told() == ["waiting_joined", "seat_offer", "seat_offer_over"]


async def test_names_are_forgotten_a_week_after_the_session(db):
    session, _ = await full_session(seats=2)
    party = await joins(session, 1)
    await end_overdue_offers(session.starts_at)

    too_soon = await forget_old_parties(session.starts_at + timedelta(days=6))
    await forget_old_parties(session.starts_at + timedelta(days=8))

    found = await WaitingParty.get(id=party.party_id)
    assert too_soon == 0 and (found.name, found.phone, found.email) == ("", "", "")


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("offered", "ends"),
    [
        ("2026-11-21 08:00", "2026-11-21 20:00"),
        ("2026-11-21 09:00", "2026-11-21 21:00"),
        ("2026-11-21 10:00", "2026-11-22 09:00"),  # eleven hours, the night, and one more
        ("2026-11-21 20:30", "2026-11-22 19:30"),
        ("2026-11-21 23:00", "2026-11-22 20:00"),
        ("2026-11-22 03:00", "2026-11-22 20:00"),
    ],
)
def test_an_offer_lasts_twelve_hours_of_the_day(offered, ends):
    assert offer_end(seoul(offered), seoul("2026-12-24 10:00")) == seoul(ends)


def test_an_offer_ends_an_hour_before_bookings_close():
    assert offer_end(seoul("2026-11-21 08:00"), seoul("2026-11-21 15:00")) == seoul("2026-11-21 14:00")


async def wishes(session: Session, people: dict[Participant, int]) -> None:
    listing = session.listing
    await join_waiting_list(
        session.id,
        people,
        slug=listing.slug,
        key="wish",
        buyer=Buyer("김", "0105555"),
        secret=SECRET,
        now=NOW,
    )


async def kinds_told() -> list[str]:
    """What waiting parties were told, in order."""
    return [notice.kind for notice in await Notice.filter(subject__startswith="waiting ").order_by("id")]
