"""Go or no-go: decided once, by who has paid, at the moment that was told; and what was told holds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tortoise import connections

from market.dates.decisions import decide_sessions, say_go, undecided_sessions
from market.dates.moves import accept_date
from market.orders import Line, Order
from market.program_times import update_program
from market.quotes import Basket, quote
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import Refund, RefundCause
from market.session_cancellations import cancel_session
from market.session_words import minimum_of_terms
from market.waiting_parties import WaitingParty
from tests.builders import NOW, a_village, an_order, rows
from tests.fakes import FakeGateway
from tests.market.dates.parties import SOON, a_party, call_off, dates, offer_to
from tests.market.waiting import joins
from villages.acts import Act
from villages.days import seoul_moment
from villages.listings import Listing, Publication
from villages.notices import Notice
from villages.program_edits import ProgramOffer
from villages.programs import Participant, Session
from villages.refusals import BadForm, NotFound
from villages.session_rules import DECIDED_AT, add_sessions, decision_moment, set_minimum

STARTS = NOW + timedelta(days=14)
CUT_OFF = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # three days before, at 18 o'clock in Seoul


async def a_session(minimum: int = 4, *more: int, **values) -> Session:
    """20 seats, in two weeks."""
    return (await dates(20, *more, starts_at=STARTS, min_people=minimum, **values))[0]


async def decided(now: datetime = CUT_OFF) -> int:
    return await decide_sessions(now, FakeGateway())


@pytest.mark.parametrize(("days", "hour"), [(1, 0), (3, 18), (7, 23), (60, 9)])
@pytest.mark.parametrize("starts_at", [STARTS, datetime(2027, 1, 1, 14, 59, tzinfo=UTC), NOW])
async def test_the_database_counts_days_as_we_do(db, days, hour, starts_at):
    found = await rows(
        f"SELECT {DECIDED_AT} AS at FROM (SELECT $1::timestamptz AS starts_at) s, "
        "(SELECT $2::int AS decide_days_before, $3::int AS decide_hour) l",
        starts_at, days, hour,
    )  # fmt: skip

    assert found[0]["at"] == decision_moment(starts_at, days, hour)


async def test_the_minimum_is_told_before_ordering_and_frozen(db):
    session = await a_session(8)

    quoted = await quote(
        connections.get("default"), Basket(seats={session.id: {Participant.adult: 2}}), now=NOW
    )
    await a_party(session)
    await Listing.filter(id=session.listing_id).update(min_people=20)

    said = "최소 8명이 모여야 열려요. 모자라면 12월 2일(수) 오후 6시까지 알려 드리고 전액 돌려드립니다."
    assert minimum_of_terms(quoted.lines[0].terms) == said
    assert minimum_of_terms((await Line.get()).terms) == said


async def test_enough_people_it_takes_place_and_they_are_told_once(db):
    session = await a_session(4)
    for adults in (3, 1):
        await a_party(session, adults)

    assert [await decided(), await decided()] == [1, 0]

    session = await Session.get()
    assert (session.go_at, session.go_by, session.cancelled_at) == (CUT_OFF, "clock", None)
    assert await Notice.filter(kind="session_goes", channel="sms").count() == 2
    assert await Act.filter(what="session goes", by="clock").count() == 1


async def test_too_few_it_is_called_off_and_all_of_it_goes_back(db):
    session = await a_session(4)
    order = await a_party(session, 3)

    assert [await decided(), await decided(CUT_OFF + timedelta(days=1))] == [1, 0]

    session = await Session.get()
    assert (session.cancelled_as, session.cancelled_by, session.booked) == ("too_few", "clock", 0)
    assert (await Refund.get()).amount == order.total
    told = await Notice.get(kind="refund_promised", channel="sms")
    assert "최소 인원이 모이지 않아서" in str(told.facts["why"])


async def test_nothing_is_decided_a_moment_too_early(db):
    await a_session(4)

    assert await decided(CUT_OFF - timedelta(microseconds=1)) == 0


async def test_who_has_not_paid_does_not_count(db):
    session = await a_session(4)
    await a_party(session, 3)
    await an_order(seats={session.id: {Participant.adult: 4}}, address=None)

    await decided()

    assert (await Session.get()).cancelled_as == "too_few"
    assert await Order.filter(ended_as="cancelled").count() == 1


async def test_go_said_before_sticks_however_few_come(db):
    session = await a_session(4)
    await a_party(session, 1)
    own = {"village_ids": [session.listing.village_id], "by": "person 1"}

    for _ in range(2):
        await say_go(session.id, **own, now=SOON)

    assert await decided() == 0
    assert (await Session.get()).go_by == "person 1"
    assert await Act.filter(what="session goes").count() == 1
    with pytest.raises(BadForm, match="열기로 정해"):
        await cancel_session(session.id, RefundCause.too_few, FakeGateway(), **own, now=SOON)
    await cancel_session(session.id, RefundCause.weather, FakeGateway(), **own, now=SOON)
    assert (await Session.get()).cancelled_as == "weather"


async def test_whoever_calls_off_after_the_decision_undoes_nothing(db):
    session = await a_session(4)
    order = await a_party(session, 4)
    await decided()
    now = CUT_OFF + timedelta(minutes=1)
    quoted = await quote_refund(order, cause=RefundCause.shopper, by="shopper", now=now)
    await confirm_refund(quoted.code, order.id, by="shopper", now=now)

    assert await decided(now) == 0
    assert (await Session.get()).go_at == CUT_OFF


async def test_nobody_else_says_go(db):
    session, stranger = await a_session(4), await a_village()

    with pytest.raises(NotFound):
        await say_go(session.id, village_ids=[stranger.id], by="person 1", now=SOON)
    assert (await Session.get()).go_at is None


async def test_a_minimum_raised_later_calls_off_nobody_who_was_told_another(db):
    session = await a_session(2)
    await a_party(session, 2)
    await set_minimum(session.id, 9, village_ids=[session.listing.village_id], by="person 1", now=NOW)
    await a_party(session, 1)

    await decided()

    assert (await Session.get()).go_at == CUT_OFF


async def test_who_was_told_of_no_minimum_comes(db):
    session = await a_session(0)
    await a_party(session, 1)
    await Listing.filter(id=session.listing_id).update(min_people=9)

    await decided()

    assert (await Session.get()).go_at == CUT_OFF


async def test_it_is_decided_as_early_as_was_told(db):
    session = await a_session(4)
    await a_party(session, 4)
    await Listing.filter(id=session.listing_id).update(decide_days_before=1)

    assert await decided() == 1


async def test_nobody_is_called_off_earlier_than_was_told(db):
    session = await a_session(8)
    await a_party(session, 5)
    await edited(session, min_people=8, decide_days_before=10)
    earlier = CUT_OFF - timedelta(days=7)

    assert [await decided(earlier), await decided(CUT_OFF - timedelta(seconds=1))] == [0, 0]
    assert await undecided_sessions([session.listing.village_id], now=earlier) == []
    assert await decided() == 1
    assert (await Session.get()).cancelled_as == "too_few"


async def test_a_date_may_say_its_own_minimum(db):
    first, second = await dates(20, 20, starts_at=STARTS, min_people=4)
    ids = [first.listing.village_id]
    await set_minimum(first.id, 0, village_ids=ids, by="person 1", now=NOW)
    await set_minimum(second.id, 2, village_ids=ids, by="person 1", now=NOW)
    with pytest.raises(BadForm):
        await set_minimum(second.id, 21, village_ids=ids, by="person 1", now=NOW)
    await a_party(second, 2)

    assert await decided(CUT_OFF + timedelta(days=7)) == 1
    assert {session.id: session.go_at is not None for session in await Session.all()} == {
        first.id: False,
        second.id: True,
    }


async def test_a_date_added_after_its_own_cut_off_takes_place(db):
    session = await a_session(4)
    tomorrow, later = seoul_moment(date(2026, 11, 22), 11), STARTS + timedelta(hours=1)
    ids = [session.listing.village_id]

    await add_sessions(
        session.listing_id, [tomorrow, later], capacity=9, village_ids=ids, by="person 1", now=NOW
    )

    assert (await Session.get(starts_at=tomorrow)).go_at == NOW
    assert (await Session.get(starts_at=later)).go_at is None


def as_it_stands(listing: Listing, **values) -> ProgramOffer:
    words: dict[str, Any] = {"prices": {Participant.adult: 9000}, "ages": {}, "ladder": ""}
    same = ("name", "category", "minutes", "least_age", "is_indoor", "meeting_place")
    return ProgramOffer(**{name: getattr(listing, name) for name in same} | words | values)


async def edited(session: Session, *, now: datetime = NOW, **values) -> None:
    """As its village does; nothing on sale, so that its words need not be whole."""
    listing = await Listing.get(id=session.listing_id)
    await Publication.filter(listing=listing).delete()
    await update_program(
        listing.id, as_it_stands(listing, **values), village_ids=[listing.village_id], version=listing.version,
        by="person 1", now=now,
    )  # fmt: skip


TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize("of_program", [True, False])
async def test_a_minimum_that_comes_after_its_own_cut_off_calls_nobody_off(db, of_program):
    first, later = await dates(2, 20, starts_at=TOMORROW)
    await Session.filter(id=later.id).update(starts_at=STARTS)
    held = (await an_order(seats={first.id: {Participant.adult: 2}}, address=None)).order
    await joins(first, 1)
    ids = [first.listing.village_id]

    if of_program:
        await edited(first, min_people=8)
    else:
        await set_minimum(first.id, 2, village_ids=ids, by="person 1", now=NOW)

    assert await decided(SOON) == 0
    first, later = await Session.get(id=first.id), await Session.get(id=later.id)
    assert (first.go_at, first.go_by, first.cancelled_at, later.go_at) == (NOW, "clock", None, None)
    assert (await Order.get(id=held.id)).ended_as is None and await WaitingParty.filter(
        state="waiting"
    ).exists()


async def test_a_moment_that_is_moved_behind_us_calls_nobody_off(db):
    session = await a_session(4)

    await edited(session, min_people=4, decide_days_before=20)

    assert await decided(SOON) == 0
    assert (await Session.get()).go_at == NOW


async def test_no_more_people_must_come_than_there_are_seats(db):
    session = await a_session(4)
    own = {"village_ids": [session.listing.village_id], "by": "person 1", "now": NOW}

    with pytest.raises(BadForm, match="12월 5일은 정원이 20명입니다"):
        await edited(session, min_people=21)
    with pytest.raises(BadForm, match="최소 인원 4명보다"):
        await add_sessions(session.listing_id, [STARTS + timedelta(hours=1)], capacity=3, **own)
    await edited(session, min_people=20)


async def test_other_words_of_a_program_decide_nothing(db):
    session = await a_session(4)

    await edited(session, min_people=4, now=CUT_OFF)

    assert (await Session.get()).go_at is None and await decided() == 1


async def test_who_holds_seats_and_was_told_of_no_minimum_comes(db):
    session = await a_session(0)
    await an_order(seats={session.id: {Participant.adult: 2}}, address=None)
    await edited(session, min_people=8)

    await decided()

    assert (await Session.get()).go_at == CUT_OFF


async def test_the_operator_is_asked_a_day_before_and_only_where_too_few_come(db):
    session = await a_session(4)
    await a_party(session, 3)
    ids = [session.listing.village_id]

    early = await undecided_sessions(ids, now=CUT_OFF - timedelta(hours=25))
    asked = await undecided_sessions(ids, now=CUT_OFF - timedelta(hours=23))
    await a_party(session, 1)

    assert early == []
    assert [(each.id, each.heads, each.minimum, each.decided_at) for each in asked] == [
        (session.id, 3, 4, CUT_OFF)
    ]
    assert await undecided_sessions(ids, now=CUT_OFF - timedelta(hours=23)) == []


async def test_who_moves_to_another_date_is_under_its_minimum(db):
    rainy, later = await dates(20, 20, starts_at=STARTS, min_people=4)
    order = await a_party(rainy, 2)
    await call_off(rainy, later)
    offer = await offer_to(order)
    await accept_date(offer.id, later.id, order_id=order.id, by="shopper", now=SOON)

    assert "12월 9일(수) 오후 6시까지" in minimum_of_terms((await Line.get()).terms)
    await decided(CUT_OFF + timedelta(days=7))
    assert (await Session.get(id=later.id)).cancelled_as == "too_few"
    assert (await Refund.get()).amount == order.total
