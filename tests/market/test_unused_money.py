"""Money that its order does not take is never swallowed: all of it goes back, to a card by itself."""

from datetime import timedelta

import pytest

from market.audit import violations
from market.capture import Effect, capture
from market.card_payments import ReturnTo, open_page
from market.expiry import expire_unpaid_orders
from market.ledger.journal import JournalLeg
from market.orders import Order, Tender
from market.payments import Payment
from market.refund_payouts import mark_paid_back, pay_refunds, payouts
from market.refund_record import refunds_of
from market.refunds import Refund, RefundState
from market.tasks import Task
from tests.builders import NOW, an_order, goods, rows, told_captured
from tests.fakes import FakeGateway
from villages.notices import Notice

LATER = NOW + timedelta(days=4)
HERE = ReturnTo(done="http://127.0.0.1/done", back="http://127.0.0.1/back")


async def an_expired_order(tender: Tender = Tender.bank_transfer) -> tuple[Order, Payment]:
    """Whose goods somebody else has by now."""
    apples, gateway = await goods(left=3, price=30_000), FakeGateway()
    order = (await an_order((apples, 3), tender=tender)).order
    if tender == Tender.card:
        await open_page(order, gateway=gateway, return_to=HERE, hold=timedelta(minutes=40), now=NOW)
    payment = await Payment.get()
    await expire_unpaid_orders(LATER, gateway)
    await an_order((apples, 3), now=LATER)
    return order, payment


async def won_on(account: str) -> int:
    return sum(leg.amount for leg in await JournalLeg.filter(account=account))


async def test_a_transfer_that_comes_too_late_waits_for_a_person_to_send_it_back(db):
    order, payment = await an_expired_order()

    effect = await capture(payment.id, by="officer", now=LATER)
    waiting = await payouts()
    await mark_paid_back(waiting[0].id, by="person 1", now=LATER)

    assert effect == Effect.refund_due
    assert [(due.number, due.amount, due.is_unused, due.villages) for due in waiting] == [
        (order.number, order.total, True, "")
    ]
    assert await payouts() == []
    assert await won_on("bank") == await won_on("suspense") == await won_on("refunds_promised") == 0
    assert await violations() == []


async def test_a_card_that_pays_too_late_gets_it_back_by_itself(db):
    order, payment = await an_expired_order(Tender.card)

    await told_captured(payment, now=LATER)
    paid = await pay_refunds(LATER, FakeGateway())

    refund = await Refund.get()
    assert paid == 1 and await payouts() == []
    assert (refund.state, refund.amount, refund.reference) == (
        RefundState.paid,
        order.total,
        f"re_refund {refund.id}",
    )
    assert await won_on("stripe") == 0
    assert await violations() == []


async def test_paid_a_second_time_the_order_stands_and_the_second_payment_goes_back(db):
    apples, gateway = await goods(left=3, price=30_000), FakeGateway()
    order = (await an_order((apples, 1), tender=Tender.card)).order
    first = await open_page(order, gateway=gateway, return_to=HERE, hold=timedelta(minutes=40), now=NOW)
    await told_captured(first)
    second = await Payment.create(
        order_id=order.id, provider=first.provider, reference="cs_second", tender=Tender.card, amount=order.total,
        opened_at=NOW,
    )  # fmt: skip

    effect = await told_captured(second)

    assert effect == Effect.refund_due
    assert (await Refund.get()).amount == order.total
    assert (await Order.get()).paid_at is not None
    assert await won_on("suspense") == 0
    assert await violations() == []


async def test_told_twice_it_goes_back_once(db):
    _, payment = await an_expired_order()

    effects = [await capture(payment.id, by="officer", now=LATER) for _ in range(2)]

    assert effects == [Effect.refund_due, Effect.none]
    assert await Refund.all().count() == 1


async def test_the_buyer_is_told_why_and_reads_it_on_the_orders_page(db):
    order, payment = await an_expired_order()

    await capture(payment.id, by="officer", now=LATER)
    notes = await refunds_of(order.number)

    told = await Notice.filter(kind="refund_promised").first()
    assert told and "늦게 들어왔는데" in str(told.facts)
    assert [(note.amount, note.cause_name, note.lines, note.wants_account) for note in notes] == [
        (order.total, "주문에 쓰이지 않은 돈", (), True)
    ]
    assert await refunds_of(order.number, village_ids=[1, 2, 3]) == []
    assert not await Task.exists()


@pytest.mark.parametrize(
    "wrong",
    ["UPDATE refunds SET amount = amount - 1", "UPDATE payments SET state = 'failed' WHERE refunded > 0"],
)
async def test_a_part_of_it_kept_is_found(unguarded, wrong: str):
    _, payment = await an_expired_order()
    await capture(payment.id, by="officer", now=LATER)

    await rows(wrong)

    assert "what-no-order-takes-goes-back-whole" in {found.rule for found in await violations()}
