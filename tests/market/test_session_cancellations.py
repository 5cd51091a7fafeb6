"""Rain: a dry run says who, how much and what they are told; then everyone gets it back, once, come what may."""

from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from market.bookings import SeatWish, take_seats
from market.capture import Effect, capture
from market.gateway import GatewayTrouble
from market.orders import Order, Part, Tender
from market.part_states import PartState
from market.payments import Payment
from market.refunds import Refund, RefundCause
from market.session_cancellations import cancel_session, dry_run, empty_cancelled_sessions
from tests.builders import NOW, a_program, a_village, an_order, goods, shelf_of
from tests.fakes import FakeGateway
from tests.market.test_refunds import paid
from tests.market.waiting import joins
from villages.notices import Notice
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.refusals import BadForm, NotFound, SessionFull
from villages.session_rules import reopen_session
from villages.village import Village

SOON = NOW + timedelta(minutes=1)


async def a_rainy_session(village: Village) -> Session:
    return await a_program(
        village=village, starts_at=NOW + timedelta(hours=5), refund_ladder=ladder_as_data(PRESETS["usual"])
    )


async def rain(session: Session, village: Village, gateway: FakeGateway | None = None) -> None:
    await cancel_session(
        session.id,
        RefundCause.weather,
        gateway or FakeGateway(),
        village_ids=[village.id],
        by="person 1",
        now=SOON,
    )


async def a_booking(session: Session, adults: int = 2, **values) -> Order:
    return await paid(await an_order(seats={session.id: {Participant.adult: adults}}, address=None, **values))


async def test_the_dry_run_tells_who_and_how_much_and_moves_nothing(db):
    village = await a_village()
    session = await a_rainy_session(village)
    for adults in (2, 3):
        await a_booking(session, adults)
    await an_order(seats={session.id: {Participant.adult: 1}}, address=None)

    run = await dry_run(session.id, RefundCause.weather, village_ids=[village.id], now=SOON)

    assert (len(run.paid), run.heads, run.amount, run.unpaid) == (2, 5, 45_000, 1)
    assert "떡메치기 체험" in run.message and "날씨 때문에" in run.message
    assert not await Refund.exists() and (await Session.get()).booked == 5


async def test_everyone_gets_all_of_it_back_and_is_told_why(db):
    village = await a_village()
    session = await a_rainy_session(village)
    run_before = [await a_booking(session, 2), await a_booking(session, 3)]
    promised = (await dry_run(session.id, RefundCause.weather, village_ids=[village.id], now=SOON)).amount

    await rain(session, village)

    assert (
        sum([refund.amount for refund in await Refund.all()]) == promised == sum(o.total for o in run_before)
    )
    session = await Session.get()
    assert (
        (session.held, session.booked) == (0, 0) and session.closed_at and session.cancelled_as == "weather"
    )
    assert {part.state for part in await Part.all()} == {PartState.cancelled}
    told = await Notice.filter(kind="refund_promised", channel="sms").first()
    assert told and "날씨 때문에" in str(told.facts["why"])


async def test_run_twice_is_run_once(db):
    village = await a_village()
    session = await a_rainy_session(village)
    await a_booking(session)

    await rain(session, village)
    await rain(session, village)

    assert await Refund.all().count() == 1
    assert await empty_cancelled_sessions(SOON, FakeGateway()) == 0


async def test_goods_bought_in_the_same_order_are_still_sent(db):
    village = await a_village()
    session, apples = await a_rainy_session(village), await goods(village=village, price=20_000)
    await paid(await an_order(apples, seats={session.id: {Participant.adult: 1}}))

    await rain(session, village)

    assert (await Refund.get()).amount == 9_000
    assert (await Part.get()).state == PartState.paid
    assert await shelf_of(apples) == (9, 0, 0, 0)


async def test_what_is_not_paid_yet_ends_and_its_payment_page_with_it(db):
    village = await a_village()
    session = await a_rainy_session(village)
    await an_order(seats={session.id: {Participant.adult: 1}}, address=None)

    await rain(session, village)

    assert (await Order.get()).ended_as == "cancelled"
    assert (await Session.get()).held == 0


async def test_while_the_provider_is_silent_the_worker_goes_on_later(db):
    class Silent(FakeGateway):
        async def expire(self, reference: str):
            raise GatewayTrouble("no answer", retry=True)

    from market.card_payments import ReturnTo, open_page

    village, gateway = await a_village(), Silent()
    session = await a_rainy_session(village)
    paid_one = await a_booking(session)
    order = (
        await an_order(seats={session.id: {Participant.adult: 1}}, address=None, tender=Tender.card)
    ).order
    here = ReturnTo(done="http://127.0.0.1/d", back="http://127.0.0.1/b")
    await open_page(order, gateway=gateway, return_to=here, hold=timedelta(minutes=40), now=NOW)

    await rain(session, village, gateway)
    assert await Refund.filter(order_id=paid_one.id).exists() and (await Session.get()).held == 1
    kind = FakeGateway()
    kind.readings = gateway.readings

    assert await empty_cancelled_sessions(SOON, kind) == 1
    assert (await Session.get()).held == 0


async def test_money_that_comes_after_it_goes_back_and_is_no_seat(db):
    village = await a_village()
    session = await a_rainy_session(village)
    await an_order(seats={session.id: {Participant.adult: 1}}, address=None)
    await rain(session, village)

    effect = await capture((await Payment.get()).id, by="officer", now=SOON)

    assert effect == Effect.refund_due
    assert (await Refund.get()).cause == RefundCause.unused


async def test_neither_a_cause_of_the_shoppers_nor_a_day_that_is_over_is_taken(db):
    village = await a_village()
    session = await a_rainy_session(village)
    order = await a_booking(session)
    gateway, own = FakeGateway(), {"village_ids": [village.id], "by": "person 1"}

    with pytest.raises(BadForm):
        await cancel_session(session.id, RefundCause.shopper, gateway, **own, now=SOON)
    with pytest.raises(BadForm):
        await cancel_session(session.id, RefundCause.weather, gateway, **own, now=SOON + timedelta(days=2))

    assert order.total and not await Refund.exists()


async def test_a_cancelled_session_is_not_opened_again_and_nobody_elses_is_cancelled(db):
    village, stranger = await a_village(), await a_village()
    session = await a_rainy_session(village)

    with pytest.raises(NotFound):
        await rain(session, stranger)
    await rain(session, village)
    await reopen_session(session.id, village_ids=[village.id], by="person 1")

    assert (await Session.get()).closed_at


async def test_who_waits_is_told_that_the_session_was_called_off(db):
    village = await a_village()
    session = await a_rainy_session(village)
    await Session.filter(id=session.id).update(capacity=2)
    await a_booking(session, 2)
    await joins(session, 2)

    await rain(session, village)

    told = {notice.kind for notice in await Notice.filter(subject__startswith="waiting ")}
    assert told == {"waiting_joined", "waiting_called_off"}


async def test_an_unpaid_order_of_several_villages_ends_whole_and_says_why(db):
    village = await a_village()
    session, rice = await a_rainy_session(village), await goods(village=await a_village("대정마을"))
    await an_order(rice, seats={session.id: {Participant.adult: 1}})

    await rain(session, village)

    told = await Notice.get(kind="cancelled", channel="sms")
    assert "날씨 때문에 열지 못하게" in str(told.facts["why"]) and "함께 담으신 것도" in str(
        told.facts["why"]
    )
    assert await shelf_of(rice) == (10, 0, 0, 0)


async def test_nobody_is_sold_a_seat_of_a_called_off_session_across_the_table(db):
    village = await a_village()
    session = await a_rainy_session(village)
    await rain(session, village)

    with pytest.raises(SessionFull):
        async with in_transaction() as connection:
            await take_seats(connection, [SeatWish(session.id, 1, "떡메치기")])
