"""What is not paid can be called off: everything goes back once, and nothing is taken for it any more."""

from datetime import timedelta

import pytest

from market import cancellations, capture, expiry
from market.cancellations import NotCancelled, cancel_unpaid
from market.capture import Effect
from market.card_payments import ReturnTo, open_page
from market.gateway import GatewayTrouble
from market.orders import Order, Part, Tender
from market.payments import Payment
from tests.builders import NOW, a_program, an_order, goods, rows, shelf_of
from tests.fakes import FakeGateway
from tests.meeting import meet, strip
from villages.notices import Notice
from villages.programs import Participant, Session

SOON = NOW + timedelta(minutes=1)
HERE = ReturnTo(done="http://127.0.0.1/done", back="http://127.0.0.1/back")


async def an_open_page(order: Order, gateway: FakeGateway) -> Payment:
    return await open_page(order, gateway=gateway, return_to=HERE, hold=timedelta(minutes=40), now=NOW)


async def called_off(order: Order, gateway: FakeGateway | None = None) -> str:
    await cancel_unpaid(order, gateway or FakeGateway(), by="shopper", now=SOON)
    return "cancelled"


async def test_goods_and_seats_go_back_and_the_buyer_is_told(db):
    apples, session = await goods(), await a_program()
    placed = await an_order(apples, seats={session.id: {Participant.adult: 2}})

    await called_off(placed.order)

    assert await shelf_of(apples) == (10, 0, 0, 0)
    assert (await Session.get(id=session.id)).held == 0
    assert {part.state for part in await Part.all()} == {"cancelled"}
    assert (await Order.get()).ended_as == "cancelled"
    assert (await Payment.get()).state == "expired"
    assert await Notice.filter(kind="cancelled", subject=placed.order.number).exists()


async def test_called_off_twice_is_called_off_once(db):
    apples = await goods()
    order = (await an_order(apples)).order

    await called_off(order)
    await called_off(order)

    assert await shelf_of(apples) == (10, 0, 0, 0)
    assert await rows("SELECT count(*) AS n FROM part_moves WHERE state = 'cancelled'") == [{"n": 1}]


async def test_the_payment_page_is_closed_first(db):
    gateway, order = FakeGateway(), (await an_order(await goods(), tender=Tender.card)).order
    payment = await an_open_page(order, gateway)

    await called_off(order, gateway)

    assert (await gateway.read(payment.reference)).state == "expired"


async def test_what_was_paid_in_the_last_second_stays_paid_and_is_not_called_off(db):
    apples, gateway = await goods(), FakeGateway()
    order = (await an_order(apples, tender=Tender.card)).order
    payment = await an_open_page(order, gateway)
    gateway.pay(payment.reference)

    with pytest.raises(NotCancelled, match="이미 결제된"):
        await called_off(order, gateway)

    assert (await Order.get()).paid_at and (await Part.get()).state == "paid"
    assert await shelf_of(apples) == (9, 0, 0, 0)


async def test_while_the_provider_is_silent_nothing_is_called_off(db):
    class Silent(FakeGateway):
        async def expire(self, reference: str):
            raise GatewayTrouble("no answer", retry=True)

    apples, gateway = await goods(), Silent()
    order = (await an_order(apples, tender=Tender.card)).order
    await an_open_page(order, gateway)

    with pytest.raises(NotCancelled, match="잠시 뒤에"):
        await called_off(order, gateway)

    assert await shelf_of(apples) == (10, 1, 0, 0)
    assert (await Order.get()).ended_as is None


async def test_money_that_comes_after_it_was_called_off_is_not_swallowed(db):
    apples = await goods()
    order = (await an_order(apples)).order
    await called_off(order)

    effect = await capture.capture((await Payment.get()).id, by="officer", now=SOON)

    assert effect == Effect.revived
    assert await shelf_of(apples) == (9, 0, 0, 0)


async def test_a_payment_that_has_begun_is_waited_for(many):
    apples = await goods(left=5)
    order = (await an_order(apples)).order
    payment = (await Payment.get()).id

    ended = await meet(
        many, [capture.capture(payment, by="officer", now=SOON), called_off(order)], after=capture.READ
    )

    assert ended == {"paid": 1, "NotCancelled": 1}
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_control_without_the_lock_what_is_paid_is_called_off_too(unguarded, monkeypatch):
    monkeypatch.setattr(capture, "LOCK", "SELECT id FROM payments WHERE id = $1")
    apples = await goods(left=5)
    order = (await an_order(apples)).order
    payment = (await Payment.get()).id

    ended = await meet(
        unguarded, [capture.capture(payment, by="officer", now=SOON), called_off(order)], after=capture.READ
    )

    assert ended == {"paid": 1, "cancelled": 1}
    assert await shelf_of(apples) == (5, 0, 0, 0)


async def test_a_page_that_another_tab_opens_meanwhile_is_closed_too(many):
    gateway, order = FakeGateway(), (await an_order(await goods(left=5), tender=Tender.card)).order

    ended = await meet(
        many, [called_off(order, gateway), an_open_page(order, gateway)], before=expiry.END_ORDER
    )

    assert ended == {"cancelled": 1, "Payment": 1}
    assert (await gateway.read((await Payment.get()).reference)).state == "expired"


async def test_control_without_a_second_look_that_page_would_still_take_money(unguarded, monkeypatch):
    monkeypatch.setattr(cancellations, "ALL_PAGES", cancellations.OPEN_PAGES)
    gateway, order = FakeGateway(), (await an_order(await goods(left=5), tender=Tender.card)).order

    ended = await meet(
        unguarded, [called_off(order, gateway), an_open_page(order, gateway)], before=expiry.END_ORDER
    )

    assert ended == {"cancelled": 1, "Payment": 1}
    assert (await gateway.read((await Payment.get()).reference)).state == "open"


async def test_ten_taps_at_once_give_back_once(many):
    apples = await goods(left=5)
    order = (await an_order(apples)).order

    ended = await meet(many, [called_off(order) for _ in range(10)], before=cancellations.OPEN_PAGES)

    assert ended == {"cancelled": 10}
    assert await shelf_of(apples) == (5, 0, 0, 0)


async def test_control_without_the_guards_ten_taps_give_back_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(expiry, "END_ORDER", expiry.END_ORDER.replace("AND ended_as IS NULL", ""))
    monkeypatch.setattr(expiry, "END_HOLDS", expiry.END_HOLDS.replace("AND holds.ended_as IS NULL", ""))
    for table in ("shelves", "part_moves"):
        await strip(table)
    apples = await goods(left=5)
    order = (await an_order(apples)).order

    ended = await meet(unguarded, [called_off(order) for _ in range(10)], before=cancellations.OPEN_PAGES)

    assert ended == {"cancelled": 10}
    assert await shelf_of(apples) == (5, -9, 0, 0)
