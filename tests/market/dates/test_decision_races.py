"""The decision and a booking that would have been enough, at the same moment: one truth."""

from collections import Counter
from datetime import timedelta

from market import seat_offers, session_cancellations
from market.dates import decisions
from market.dates.decisions import decide_session
from market.deposits import confirm_deposit
from market.orders import Order
from market.refunds import Refund
from tests.builders import an_order
from tests.fakes import FakeGateway
from tests.market.dates.parties import a_party
from tests.market.dates.test_decisions import CUT_OFF, a_session
from tests.meeting import meet
from villages import session_rules
from villages.acts import Act
from villages.programs import Participant, Session
from villages.session_rules import set_minimum

BOOK = "SET held = held - $2, booked = booked + $2"
PASSES_BY_THE_LOCK = seat_offers.LOCK.replace(" FOR NO KEY UPDATE", "")


async def one_missing() -> tuple[Session, Order]:
    """Three of four have paid; the order of the fourth waits for its transfer."""
    session = await a_session(4)
    await a_party(session, 3)
    now = CUT_OFF - timedelta(hours=2)
    return session, (await an_order(seats={session.id: {Participant.adult: 1}}, address=None, now=now)).order


async def pays(order: Order) -> str:
    await confirm_deposit(order.number, amount=order.total, by="officer", now=CUT_OFF)
    return "paid"


async def test_a_payment_that_was_before_the_decision_counts(many):
    """The transfer has booked its seat and is not committed; the decision comes at that moment."""
    session, order = await one_missing()

    ended = await meet(
        many, [pays(order), decide_session(session.id, FakeGateway(), now=CUT_OFF)], after=BOOK
    )

    assert ended == {"paid": 1, "True": 1}
    assert (await Session.get()).go_at == CUT_OFF and not await Refund.exists()


async def test_control_without_the_lock_the_session_is_called_off_though_enough_have_paid(
    unguarded, monkeypatch
):
    monkeypatch.setattr(seat_offers, "LOCK", PASSES_BY_THE_LOCK)
    session, order = await one_missing()

    ended = await meet(
        unguarded, [pays(order), decide_session(session.id, FakeGateway(), now=CUT_OFF)], after=BOOK
    )

    assert ended == {"paid": 1, "True": 1}
    assert (await Session.get()).cancelled_as == "too_few"
    assert await Refund.all().count() == 2


async def test_a_payment_that_comes_after_the_decision_gets_its_money_back(many):
    """The decision has counted and stands before it calls off; the transfer waits for it."""
    session, order = await one_missing()
    gateway = FakeGateway()

    ended = await meet(
        many,
        [decide_session(session.id, gateway, now=CUT_OFF), pays(order)],
        before=session_cancellations.CANCEL,
    )
    await session_cancellations.empty_cancelled_sessions(CUT_OFF, gateway)

    assert ended["True"] == 1
    session = await Session.get()
    assert (session.cancelled_as, session.held, session.booked) == ("too_few", 0, 0)


async def test_two_workers_decide_once(many):
    session = await a_session(4)
    await a_party(session, 4)

    ended = await meet(
        many,
        [decide_session(session.id, FakeGateway(), now=CUT_OFF) for _ in range(2)],
        before=seat_offers.LOCK,
    )

    assert ended == {"True": 1, "False": 1}
    assert await Act.filter(what="session goes").count() == 1


async def test_go_said_at_the_last_moment_or_called_off_but_never_both(many):
    session = await a_session(4)
    order = await a_party(session, 1)
    says = decisions.say_go(session.id, village_ids=[session.listing.village_id], by="person 1", now=CUT_OFF)

    ended = await meet(
        many, [says, decide_session(session.id, FakeGateway(), now=CUT_OFF)], before=seat_offers.LOCK
    )

    session = await Session.get()
    assert (session.go_at is None) == (session.cancelled_as == "too_few")
    assert ended.total() == 2 and await Refund.filter(order_id=order.id).exists() == (session.go_at is None)


async def asks_for_more_at_the_last_moment(many: str) -> Counter[str]:
    """The clock has called the session off and is not committed; a higher minimum, which then is no cause, comes."""
    session = await a_session(4)
    await a_party(session, 1)
    more = set_minimum(session.id, 6, village_ids=[session.listing.village_id], by="person 1", now=CUT_OFF)

    return await meet(
        many,
        [decide_session(session.id, FakeGateway(), now=CUT_OFF), more],
        after=session_cancellations.CANCEL,
    )


async def test_a_higher_minimum_does_not_revive_what_is_being_called_off(many):
    ended = await asks_for_more_at_the_last_moment(many)

    assert ended == {"True": 1, "NoneType": 1}
    session = await Session.get()
    assert (session.cancelled_as, session.go_at, session.min_people) == ("too_few", None, 6)


async def test_control_without_its_look_at_the_row_the_minimum_would_revive_it(unguarded, monkeypatch):
    blind = session_rules.SET_MINIMUM.replace("AND s.cancelled_at IS NULL", "")
    monkeypatch.setattr(session_rules, "SET_MINIMUM", blind)

    ended = await asks_for_more_at_the_last_moment(unguarded)

    assert ended == {"True": 1, "IntegrityError": 1}
