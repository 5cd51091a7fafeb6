"""What was captured before the journal began is booked by its migration as it would be booked today."""

import importlib
from datetime import timedelta
from types import SimpleNamespace

from tortoise import connections

from market.deposit_sheets.deciding import match_row, settle_suspense
from market.deposit_sheets.taking import take_sheet
from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.orders import Tender
from market.payments import Payment, PaymentState, Provider
from tests.builders import NOW, a_program, a_village, an_order, goods, rows, told_captured
from tests.fakes import FakeGateway
from tests.market.deposit_sheets.sheets import a_csv
from tests.market.ledger.selling import paid, sold_at_the_stall
from villages.listings import Tax
from villages.programs import Participant

MIGRATION = importlib.import_module("market.migrations.0006_journal")
MONEY_NOBODY_TAKES = importlib.import_module("market.migrations.0014_money_nobody_takes")
LATE = NOW + timedelta(days=4)


async def test_the_migration_books_what_was_captured_before(unguarded):
    await sales_of_all_kinds()
    booked = await the_journal()

    await connections.get("default").execute_script(
        "SET session_replication_role = replica; DELETE FROM journal_legs; DELETE FROM journal_transactions; "
        f"SET session_replication_role = DEFAULT; {MIGRATION.BOOK_THE_PAST}"
    )

    assert len(booked) == 24
    assert await the_journal() == booked


async def test_a_later_one_promises_back_what_stood_as_a_task_and_books_what_deposits_brought_too_much(db):
    await sales_of_all_kinds()
    order = (await an_order(await goods())).order
    body = a_csv(f"2026-11-21 11:00,{order.buyer_name},{order.total + 700}")
    await take_sheet(body, name="a.csv", by="person 7", now=LATE)
    row = (await rows("SELECT id FROM deposit_rows"))[0]["id"]
    await match_row(row, [order.number], by="person 7", now=LATE)
    await settle_suspense(row, words="돌려줌", by="person 7", now=LATE)
    booked = await the_journal(AND_WHAT_CAME_AFTER)
    await connections.get("default").execute_script(
        f"SET session_replication_role = replica; {AS_IT_STOOD}; SET session_replication_role = DEFAULT"
    )

    await MONEY_NOBODY_TAKES.book_the_past(None, SimpleNamespace(client=connections.get("default")))

    assert won_by_account(await the_journal(AND_WHAT_CAME_AFTER)) == won_by_account(booked)
    assert {row["state"] for row in await rows("SELECT state FROM refunds")} == {"stuck"}
    assert not await rows("SELECT FROM tasks WHERE kind = 'late_payment' AND done_at IS NULL")


AND_WHAT_CAME_AFTER = ("captured", "refund_promised", "set_aside", "settled_aside")
AS_IT_STOOD = """
INSERT INTO tasks (kind, subject, sentence, opened_at, done_by)
    SELECT 'late_payment', 'payment ' || payment_id, '', at, '' FROM refunds;
DELETE FROM refunds; UPDATE payments SET refunded = 0;
DELETE FROM journal_legs l USING journal_transactions t WHERE t.id = l.transaction_id AND t.kind <> 'captured';
DELETE FROM journal_transactions WHERE kind <> 'captured'
"""


async def sales_of_all_kinds() -> None:
    """Of two villages, taxed and not, at the stall, for nothing, revived, paid twice, and paid too late."""
    maple, lake = await a_village(), await a_village()
    apples = await goods(village=maple, price=21_000, tax=Tax.exempt)
    jam = await goods(village=maple, price=12_000, tax=Tax.taxable)
    rice = await goods(village=lake, price=42_000, left=2)
    pounding = await a_program(village=maple)
    twice = await paid(apples, (jam, 2), rice, seats={pounding.id: {Participant.adult: 2}})
    again = await Payment.create(
        order=twice, provider=Provider.stripe, reference="cs_1", tender=Tender.card, state=PaymentState.open,
        amount=twice.total, opened_at=NOW,
    )  # fmt: skip
    await told_captured(again, now=LATE)
    for tender in (Tender.cash, Tender.invoice, Tender.bank_transfer):
        await sold_at_the_stall(apples, tender=tender)
    await sold_at_the_stall(await goods(price=0))
    revived, too_late = (await an_order(jam)).order, (await an_order(rice)).order
    await expire_unpaid_orders(LATE, FakeGateway())
    await paid(rice, now=LATE)
    for order in (revived, too_late):
        await confirm_deposit(order.number, amount=order.total, by="person 1", now=LATE)


async def the_journal(kinds: tuple[str, ...] = ("captured",)) -> list[tuple]:
    """Transactions of these kinds, but for the numbers that rows were given."""
    found = await rows(
        "SELECT t.kind, t.subject, t.order_id, t.day, t.at, t.by, l.day AS on, l.account, l.village_id, l.part_id,"
        " l.kind AS sold, l.tax, l.rule_id, l.amount FROM journal_transactions t"
        " JOIN journal_legs l ON l.transaction_id = t.id WHERE t.kind = ANY($1::text[])"
        " ORDER BY t.kind, t.subject, l.id",
        [list(kinds)],
    )
    return [tuple(row.values()) for row in found]


def won_by_account(journal: list[tuple]) -> list[tuple]:
    """(kind, account, won): refunds have other numbers than they had."""
    return sorted((leg[0], leg[7], leg[-1]) for leg in journal)
