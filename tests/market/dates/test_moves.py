"""A called-off party comes on another date or gets its money: one of both, once, and the seats are right."""

from datetime import timedelta

import pytest

from market.audit import violations
from market.bookings import Booking, BookingState
from market.dates.choices import offer_of, offers_of
from market.dates.moves import BookedThere, DateOfferOver, MovedAlready, accept_date
from market.dates.offers import BookingMove, DateOffer
from market.dates.wishes import changeable_visits
from market.fulfilment import move_parts_on
from market.orders import Line, Order, Part
from market.part_states import PartState
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import QuoteEnded, Refund, RefundCause
from market.session_cancellations import dry_run, empty_cancelled_sessions, give_back_instead
from tests.builders import NOW, an_order, goods, rows
from tests.fakes import FakeGateway
from tests.market.dates.parties import SOON, WEEK, a_party, call_off, dates, offer_to
from tests.market.sharing import a_bus
from tests.market.test_refunds import paid
from tests.market.waiting import joins
from villages.acts import Act
from villages.notices import Notice
from villages.programs import Participant, Session
from villages.refusals import NotFound, SalesClosed, SessionFull

LIMIT = SOON + timedelta(hours=48)


async def seats_of(*sessions: Session) -> list[tuple[int, int]]:
    """(held, booked) of each."""
    found = {session.id: session for session in await Session.all()}
    return [(found[each.id].held, found[each.id].booked) for each in sessions]


async def accepts(order: Order, session: Session, now=SOON) -> None:
    await accept_date((await offer_to(order)).id, session.id, order_id=order.id, by="shopper", now=now)


async def test_the_dry_run_shows_the_next_dates_with_seats_and_ticks_three(db):
    rainy, full, *others = await dates(9, 2, 9, 9, 9, 9)
    await a_party(full, 2)

    run = await dry_run(rainy.id, RefundCause.weather, village_ids=[rainy.listing.village_id], now=SOON)

    assert [(date.id, date.is_first) for date in run.dates] == [
        (other.id, place < 3) for place, other in enumerate(others)
    ]


async def test_offered_parties_are_told_and_nothing_goes_back_yet(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)

    await call_off(rainy, later)

    assert not await Refund.exists() and await seats_of(rainy) == [(0, 2)]
    assert (await offer_to(order)).ends_at == LIMIT
    told = await Notice.get(kind="dates_offered", channel="sms")
    assert "날씨 때문에" in str(told.facts["why"])
    assert await empty_cancelled_sessions(LIMIT - timedelta(seconds=1), FakeGateway()) == 0


async def test_accepting_moves_the_seats_the_lines_and_no_money(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy, 3)
    await call_off(rainy, later)

    await accepts(order, later)

    assert await seats_of(rainy, later) == [(0, 0), (0, 3)]
    line, booking, move = await Line.get(), await Booking.get(), await BookingMove.get()
    assert (line.session_id, booking.session_id) == (later.id, later.id)
    assert line.name == "떡메치기 체험 · 11월 28일(토) 오후 3시 · 어른"
    assert (move.from_session_id, move.to_session_id, move.by) == (rainy.id, later.id, "shopper")
    assert not await Refund.exists() and (await Part.get()).state == PartState.paid
    assert {notice.kind for notice in await Notice.all()} >= {"date_moved", "party_moved"}
    assert await Act.filter(what="booking moved").count() == 1
    assert await empty_cancelled_sessions(LIMIT + WEEK, FakeGateway()) == 0


async def test_accepted_twice_is_accepted_once_and_another_date_is_refused(db):
    rainy, later, latest = await dates(9, 9, 9)
    order = await a_party(rainy)
    await call_off(rainy, later, latest)

    await accepts(order, later)
    await accepts(order, later)

    assert await seats_of(later) == [(0, 2)] and await BookingMove.all().count() == 1
    with pytest.raises(MovedAlready):
        await accepts(order, latest)


async def test_a_full_date_says_so_and_the_others_stay(db):
    rainy, small, large = await dates(9, 2, 9)
    order = await a_party(rainy, 3)
    await call_off(rainy, small, large)

    with pytest.raises(SessionFull, match="2자리만"):
        await accepts(order, small)
    offer = await offer_of((await offer_to(order)).id, order.id, now=SOON)

    assert [choice.why_not for choice in offer.choices] == ["2자리만 남음", ""]
    await accepts(order, large)
    assert await seats_of(rainy, small, large) == [(0, 0), (0, 0), (0, 3)]


async def test_at_the_limit_whoever_has_not_chosen_gets_everything_back(db):
    rainy, later = await dates(9, 9)
    late, quick = await a_party(rainy), await a_party(rainy)
    await call_off(rainy, later)
    await accepts(quick, later)

    assert await empty_cancelled_sessions(LIMIT, FakeGateway()) == 1

    refund = await Refund.get()
    assert (refund.order_id, refund.amount) == (late.id, late.total)
    with pytest.raises(DateOfferOver):
        await accepts(late, later, now=LIMIT)


async def test_an_offer_never_outlives_the_last_of_its_dates(db):
    rainy, later = await dates(9, 9)
    await Session.filter(id=later.id).update(starts_at=SOON + timedelta(hours=30))
    order = await a_party(rainy)

    await call_off(rainy, later)

    assert (await offer_to(order)).ends_at == SOON + timedelta(hours=30)


async def test_who_wants_the_money_gets_all_of_it_at_once(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    await call_off(rainy, later)

    for _ in range(2):
        await give_back_instead((await offer_to(order)).id, order.id, FakeGateway(), now=SOON)

    assert (await Refund.get()).amount == order.total
    with pytest.raises(DateOfferOver):
        await accepts(order, later)


async def test_without_other_dates_everything_goes_back_at_once(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    await Session.filter(id=later.id).update(closed_at=NOW)

    await call_off(rainy, later)

    assert (await Refund.get()).amount == order.total and not await DateOffer.exists()


async def test_goods_of_the_same_order_stay_where_they_are(db):
    rainy, later = await dates(9, 9)
    apples = await goods(village=rainy.listing.village)
    order = await paid(await an_order(apples, seats={rainy.id: {Participant.adult: 1}}))
    await call_off(rainy, later)

    await accepts(order, later)

    assert {line.variant_id: line.session_id for line in await Line.all()} == {
        apples.id: None,
        None: later.id,
    }


async def test_only_the_offered_dates_and_only_ones_own_offer(db):
    rainy, later, other = await dates(9, 9, 9)
    order, stranger = await a_party(rainy), await a_party(rainy)
    await call_off(rainy, later)

    with pytest.raises(NotFound):
        await accepts(order, other)
    with pytest.raises(NotFound):
        await accept_date((await offer_to(order)).id, later.id, order_id=stranger.id, by="shopper", now=SOON)
    with pytest.raises(NotFound):
        await give_back_instead((await offer_to(order)).id, stranger.id, FakeGateway(), now=SOON)
    assert len(await offers_of(order.id, now=SOON)) == 1


async def test_a_date_that_was_closed_or_booked_by_the_same_order_is_not_for_it(db):
    rainy, closed, own = await dates(9, 9, 9)
    two = {session.id: {Participant.adult: 2} for session in (rainy, own)}
    order = await paid(await an_order(seats=two, address=None))
    await call_off(rainy, closed, own)
    await Session.filter(id=closed.id).update(closed_at=NOW)

    with pytest.raises(SalesClosed):
        await accepts(order, closed)
    with pytest.raises(BookedThere):
        await accepts(order, own)


async def test_a_date_that_the_same_order_called_off_is_not_for_it(db):
    rainy, own, other = await dates(9, 9, 9)
    two = {session.id: {Participant.adult: 2} for session in (rainy, own)}
    order = await paid(await an_order(seats=two, address=None))
    line = await Line.get(session_id=own.id)
    quoted = await quote_refund(order, {line.id: 2}, cause=RefundCause.operator, by="person 1", now=NOW)
    await confirm_refund(quoted.code, order.id, by="person 1", now=NOW)
    ids = [rainy.listing.village_id]

    visits = await changeable_visits(order.number, village_ids=ids, now=SOON)
    await call_off(rainy, own, other)
    offer = await offer_of((await offer_to(order)).id, order.id, now=SOON)

    assert [date.id for visit in visits for date in visit.dates] == [other.id]
    assert [choice.why_not for choice in offer.choices] == ["취소하신 예약이 있는 시각", ""]
    with pytest.raises(BookedThere, match="취소하신 예약"):
        await accepts(order, own)
    await accepts(order, other)


async def test_a_party_takes_its_seats_on_a_full_bus_along(db):
    rainy, later, far = await dates(9, 9, 9, minutes=60)
    await Session.filter(id=later.id).update(starts_at=rainy.starts_at + timedelta(minutes=30))
    await a_bus(rainy, seats=3)
    order = await a_party(rainy, 2)
    await a_party(later, 1)
    await a_party(far, 2)
    ids = [rainy.listing.village_id]

    visits = await changeable_visits(order.number, village_ids=ids, now=SOON)
    await call_off(rainy, later, far)
    offer = await offer_of((await offer_to(order)).id, order.id, now=SOON)

    assert [(date.id, date.left) for visit in visits for date in visit.dates] == [(later.id, 2)]
    assert [(choice.id, choice.why_not) for choice in offer.choices] == [
        (later.id, ""),
        (far.id, "1자리만 남음"),
    ]
    with pytest.raises(SessionFull, match=r"마을 버스.*1자리만 남았습니다\. 다른 날짜를"):
        await accepts(order, far)
    await accepts(order, later)


async def test_the_new_date_may_be_called_off_too(db):
    first, second, third = await dates(9, 9, 9)
    order = await a_party(first)
    await call_off(first, second)
    await accepts(order, second)

    await call_off(second, third)
    await accepts(order, third)

    assert await seats_of(first, second, third) == [(0, 0), (0, 0), (0, 2)]
    assert await BookingMove.all().count() == 2


async def test_a_quote_made_before_the_session_was_called_off_is_no_way_to_less(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    old = await quote_refund(order, cause=RefundCause.shopper, by="shopper", now=NOW)
    await call_off(rainy, later)

    with pytest.raises(QuoteEnded):
        await confirm_refund(old.code, order.id, by="shopper", now=SOON)
    new = await quote_refund(order, cause=RefundCause.shopper, by="shopper", now=SOON)

    assert old.amount < new.amount == order.total
    await confirm_refund(new.code, order.id, by="shopper", now=SOON)


async def test_a_quote_made_before_the_move_is_over(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    await call_off(rainy, later)
    quote = await quote_refund(order, cause=RefundCause.operator, by="person 1", now=SOON)

    await accepts(order, later)

    with pytest.raises(QuoteEnded):
        await confirm_refund(quote.code, order.id, by="person 1", now=SOON)


async def test_a_visit_that_is_called_off_is_not_over_while_its_party_chooses(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    await call_off(rainy, later)

    await move_parts_on(SOON + timedelta(hours=40))
    await accepts(order, later, now=SOON + timedelta(hours=41))

    assert (await Part.get()).state == PartState.paid


async def test_a_party_that_came_from_the_queue_may_move_on(db):
    """The auditor looks for its order in the session it waited for."""
    rainy, later = await dates(2, 9)
    first = await a_party(rainy)
    party = await joins(rainy, 2)
    quote = await quote_refund(first, cause=RefundCause.operator, by="person 1", now=NOW)
    await confirm_refund(quote.code, first.id, by="person 1", now=NOW)
    from tests.market.waiting import accepts as takes_up

    placed = await takes_up(party.party_id, now=NOW + timedelta(seconds=1))
    order = await paid(placed)
    await call_off(rainy, later)

    await accepts(order, later)

    assert await violations() == []


async def test_the_auditor_sees_a_party_that_nobody_answers(db):
    rainy, later = await dates(9, 9)
    order = await a_party(rainy)
    await call_off(rainy, later)
    broken = {"a-called-off-party-is-answered", "a-moved-party-stands-where-it-went"}

    await rows("UPDATE lines SET session_id = $1", later.id)
    lost = {violation.rule for violation in await violations()}
    await rows("UPDATE lines SET session_id = $1", rainy.id)
    await accepts(order, later)
    await rows("UPDATE bookings SET session_id = $1", rainy.id)
    astray = {violation.rule for violation in await violations()}
    await rows("UPDATE bookings SET session_id = $1", later.id)

    assert "a-called-off-party-is-answered" in lost and "a-moved-party-stands-where-it-went" in astray
    assert broken.isdisjoint({violation.rule for violation in await violations()})
    assert (await Booking.get()).state == BookingState.confirmed
