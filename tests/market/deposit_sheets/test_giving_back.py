"""A second transfer for an order that has its money goes back whole; what may be its first one does not."""

import pytest

from market.deposit_sheets.deciding import DepositTaken, RowDecided
from market.deposit_sheets.giving_back import give_row_back
from market.deposit_sheets.results import sheet_result
from market.deposit_sheets.tables import DepositRow, DepositSheet
from market.deposits import confirm_deposit
from market.orders import Order, Tender
from market.payments import Payment
from market.refund_payouts import keep_account, mark_paid_back, payouts
from market.refund_record import refunds_of
from market.refunds import Refund, RefundCause, RefundState, SealedAccount
from tests.builders import an_order, goods
from tests.market.deposit_sheets.test_booking import (
    DAY,
    LATER,
    OFFICER,
    chosen_row,
    finding_of,
    sent,
    waiting_order,
)
from tests.market.ledger.selling import standing
from villages.acts import Act
from villages.notices import Notice
from villages.refusals import BadForm, NotFound


async def paid_twice() -> Order:
    """The order is paid by its row; the second row waits."""
    order = await waiting_order(await goods(left=5, price=35_000))
    await sent(f"{DAY},김민지,{order.total}", f"2026-11-21 11:30,김민지,{order.total}")
    return order


async def waiting_row() -> DepositRow:
    return await DepositRow.get(state="waiting")


async def test_a_second_transfer_is_promised_back_whole(db):
    order = await paid_twice()
    row = await waiting_row()

    assert await give_row_back(row.id, order.number, by=OFFICER, now=LATER) == order.total

    refund = await Refund.get()
    assert (refund.amount, refund.cause, refund.state) == (
        order.total,
        RefundCause.unused,
        RefundState.promised,
    )
    assert [(each.amount, each.refunded) for each in await Payment.all().order_by("id")] == [
        (order.total, 0), (order.total, order.total),
    ]  # fmt: skip
    books = await standing()
    assert (books["bank"], books["refunds_promised"], books["suspense"]) == (2 * order.total, -order.total, 0)
    notice = await Notice.filter(kind="refund_promised").first()
    assert notice and (notice.facts["tender"], notice.facts["refunded"]) == ("bank_transfer", order.total)
    assert (await Act.get(what="deposit given back")).subject == f"deposit row {row.id}"
    result = await sheet_result((await DepositSheet.get()).id, now=LATER)
    assert {each.orders for each in result.matched} == {
        ((order.number, "paid"),),
        ((order.number, "refund_due"),),
    }


async def test_it_is_sent_to_the_account_that_the_buyer_tells_and_leaves_the_bank_once(db):
    order = await paid_twice()
    await give_row_back((await waiting_row()).id, order.number, by=OFFICER, now=LATER)
    await keep_account(order.id, SealedAccount("sealed", "7813"))

    (payout,) = await payouts()
    for _ in range(2):
        await mark_paid_back(payout.id, by=OFFICER, now=LATER)

    assert (payout.amount, payout.account, payout.is_unused) == (order.total, "sealed", True)
    assert (await standing())["bank"] == order.total
    assert [(each.account, each.account_end) for each in await Refund.all()] == [("sealed", "7813")]


async def test_a_row_is_given_back_once(db):
    order = await paid_twice()
    row = await waiting_row()
    await give_row_back(row.id, order.number, by=OFFICER, now=LATER)

    with pytest.raises(RowDecided):
        await give_row_back(row.id, order.number, by=OFFICER, now=LATER)

    assert await Refund.all().count() == 1


async def test_a_third_transfer_goes_back_too(db):
    order = await paid_twice()
    await give_row_back((await waiting_row()).id, order.number, by=OFFICER, now=LATER)
    await sent(f"2026-11-21 11:45,김민지,{order.total}")

    await give_row_back((await waiting_row()).id, order.number, by=OFFICER, now=LATER)

    assert [each.amount for each in await Refund.all()] == [order.total] * 2


async def test_an_order_paid_by_card_gives_a_transfer_back_to_an_account(db):
    placed = await an_order(await goods(price=35_000), tender=Tender.card)
    await sent(f"{DAY},김민지,{placed.order.total}")

    await give_row_back((await waiting_row()).id, placed.order.number, by=OFFICER, now=LATER)

    (note,) = await refunds_of(placed.order.number)
    assert (note.amount, note.tender, note.wants_account) == (placed.order.total, "bank_transfer", True)


@pytest.mark.parametrize("is_confirmed", [False, True])
async def test_what_may_be_the_orders_own_transfer_is_matched_and_not_given_back(db, is_confirmed):
    order = await waiting_order(await goods(left=5, price=35_000))
    if is_confirmed:
        await confirm_deposit(order.number, amount=order.total, by="person 3", now=LATER)
    await sent(f"{DAY},모르는이,{order.total}")

    with pytest.raises(BadForm):
        await give_row_back((await waiting_row()).id, order.number, by=OFFICER, now=LATER)

    assert not await Refund.exists()
    assert await waiting_row()


async def test_an_order_that_is_not_there_leaves_the_row_waiting(db):
    await sent(f"{DAY},모르는이,777")

    with pytest.raises(NotFound):
        await give_row_back((await waiting_row()).id, "261121-000000", by=OFFICER, now=LATER)

    assert await waiting_row()


async def test_another_row_cannot_be_matched_with_money_that_goes_back(db):
    order = await paid_twice()
    await give_row_back((await waiting_row()).id, order.number, by=OFFICER, now=LATER)
    result = await sent(f"2026-11-21 11:45,김민지,{order.total}")

    assert finding_of(result).candidates == ()
    with pytest.raises(DepositTaken):
        await chosen_row(result, order)
