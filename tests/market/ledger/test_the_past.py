"""What was captured before the journal began is booked by its migration as it would be booked today."""

import importlib
from datetime import timedelta

from tortoise import connections

from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.orders import Tender
from market.payments import Payment, PaymentState, Provider
from tests.builders import NOW, a_program, a_village, an_order, goods, rows, told_captured
from tests.fakes import FakeGateway
from tests.market.ledger.selling import paid, sold_at_the_stall
from villages.listings import Tax
from villages.programs import Participant

MIGRATION = importlib.import_module("market.migrations.0006_journal")
LATE = NOW + timedelta(days=4)


async def test_the_migration_books_what_was_captured_before(db):
    await sales_of_all_kinds()
    booked = await the_journal()

    await connections.get("default").execute_script(
        "SET session_replication_role = replica; DELETE FROM journal_legs; DELETE FROM journal_transactions; "
        f"SET session_replication_role = DEFAULT; {MIGRATION.BOOK_THE_PAST}"
    )

    assert len(booked) == 24
    assert await the_journal() == booked


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


async def the_journal() -> list[tuple]:
    """All of it but the numbers that rows were given."""
    found = await rows(
        "SELECT t.kind, t.subject, t.order_id, t.day, t.at, t.by, l.day AS on, l.account, l.village_id, l.part_id,"
        " l.kind AS sold, l.tax, l.rule_id, l.amount FROM journal_transactions t"
        " JOIN journal_legs l ON l.transaction_id = t.id ORDER BY t.subject, l.id"
    )
    return [tuple(row.values()) for row in found]
