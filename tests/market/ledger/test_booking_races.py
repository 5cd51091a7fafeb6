"""An event that comes many times at once is booked once; for each race its control."""

from collections.abc import Awaitable

from tortoise.transactions import in_transaction

from market import capture
from market.deposits import confirm_deposit
from market.figures import DailySales
from market.ledger import journal
from market.ledger.journal import JournalTransaction
from market.ledger.refunds import refund_paid, refund_promised_from_suspense
from market.ledger.suspense import set_aside
from market.orders import Order, Tender
from tests.builders import NOW, an_order, goods
from tests.market.ledger.selling import standing
from tests.meeting import meet, strip
from villages.named import Named

NO_LOCK = "SELECT $1::bigint"
BOOK_AGAIN = Named(journal.BOOK_TEXT.replace("ON CONFLICT (kind, subject) DO NOTHING", ""))


async def test_a_payment_told_ten_times_at_once_is_booked_once(many):
    order = (await an_order((await goods(left=5), 2))).order

    ended = await meet(many, [paid(order) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 1, "none": 9}
    assert await JournalTransaction.all().count() == 1


async def test_without_the_orders_lock_the_journal_refuses_the_others_and_all_they_did(
    unguarded, monkeypatch
):
    """Half a control: one of two guards is off, and the other one still saves the money and the figures."""
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    await strip("part_moves")
    order = (await an_order((await goods(left=5), 2))).order

    ended = await meet(unguarded, [paid(order) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 1, "IntegrityError": 9}
    assert await JournalTransaction.all().count() == 1
    assert [row.orders for row in await DailySales.all()] == [1]


async def test_control_without_both_it_is_booked_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    await strip("part_moves", "journal_transactions")
    order = (await an_order((await goods(left=5), 2))).order

    ended = await meet(unguarded, [paid(order) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 10}
    assert await JournalTransaction.all().count() == 10


async def test_a_refund_paid_ten_times_at_once_is_booked_once(many):
    await money_of_nobody()

    ended = await meet(many, [given_back() for _ in range(10)], before=journal.BOOK.sql)

    assert ended == {"True": 1, "False": 9}
    assert (await standing())["bank"] == 0


async def test_control_without_its_unique_name_it_is_booked_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(journal, "BOOK", BOOK_AGAIN)
    await strip("journal_transactions")
    await money_of_nobody()

    ended = await meet(unguarded, [given_back() for _ in range(10)], before=BOOK_AGAIN.sql)

    assert ended == {"True": 10}
    assert (await standing())["bank"] == -9 * 7_000


def paid(order: Order) -> Awaitable[object]:
    return confirm_deposit(order.number, amount=order.total, by="officer", now=NOW)


async def money_of_nobody() -> None:
    """7,000 won, promised back."""
    async with in_transaction() as db:
        await set_aside(db, 7_000, subject="sheet row 1", at=NOW, by="officer")
        await refund_promised_from_suspense(db, 7_000, subject="trial 1", order_id=None, at=NOW, by="officer")


async def given_back() -> bool:
    async with in_transaction() as db:
        return await refund_paid(
            db, 7_000, tender=Tender.bank_transfer, subject="trial 1", order_id=None, at=NOW, by="officer"
        )
