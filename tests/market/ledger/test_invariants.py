"""The auditor finds every wrong row of the journal: each is planted past the guards, as the database's owner could."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from market.audit import violations
from market.ledger.commission import CommissionRule
from market.ledger.invariants import JOURNAL_RULES
from market.ledger.refunds import ShareBack, refund_promised, refund_promised_from_suspense, shares_of
from market.ledger.suspense import set_aside
from storefront.db import open_database
from tests.builders import NOW, a_program, a_village, goods
from tests.market.ledger.selling import paid, sold_at_the_stall
from villages.days import seoul_day
from villages.listings import Tax
from villages.programs import Participant


@pytest.fixture
async def sold(database_url: str) -> AsyncIterator[str]:
    """Some sales of two villages, with commission, on two days; nobody audits them afterwards."""
    async with open_database(database_url):
        await CommissionRule.create(position=1, basis_points=300, starts_on=seoul_day(NOW))
        maple, lake = await a_village(), await a_village()
        apples = await goods(village=maple, price=21_000, tax=Tax.exempt)
        jam = await goods(village=maple, price=12_000, tax=Tax.taxable)
        rice = await goods(village=lake, price=42_000)
        pounding = await a_program(village=maple)
        await paid(apples, (jam, 2), rice, seats={pounding.id: {Participant.adult: 2}})
        await paid(rice, now=NOW + timedelta(days=1))
        await sold_at_the_stall(apples)
        yield database_url


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("journal-sums-to-zero", "UPDATE journal_legs SET amount = amount + 1 WHERE account = 'bank'"),
        ("journal-sums-to-zero", "DELETE FROM journal_legs WHERE transaction_id = {first}"),
        ("journal-sums-to-zero", "DELETE FROM journal_legs WHERE transaction_id = {first} AND account <> 'bank'"),
        ("the-whole-journal-is-zero", "DELETE FROM journal_legs WHERE account = 'postage'"),
        ("legs-agree-with-their-transaction", "UPDATE journal_legs SET day = day + 1 WHERE account = 'commission'"),
        ("legs-agree-with-their-transaction",
         "UPDATE journal_legs SET part_id = (SELECT max(id) FROM parts) WHERE transaction_id = {first} AND part_id IS NOT NULL"),
        ("legs-agree-with-their-transaction",
         "UPDATE journal_legs SET village_id = (SELECT max(id) FROM villages) WHERE account = 'postage'"),
        ("captured-money-is-booked-once", "DELETE FROM journal_transactions WHERE id = {first}"),
        ("captured-money-is-booked-once", "UPDATE journal_transactions SET subject = 'payment 0' WHERE id = {first}"),
        ("captured-money-is-booked-once", "UPDATE payments SET amount = amount - 1"),
        ("captured-money-is-booked-once", "UPDATE payments SET state = 'expired'"),
        ("captured-money-is-booked-once", "UPDATE journal_transactions SET order_id = order_id + 1 WHERE id = {first}"),
        ("captured-money-is-booked-once", "UPDATE journal_legs SET account = 'subsidy' WHERE account = 'bank'"),
        ("a-sale-is-booked-as-it-was-sold", "UPDATE journal_legs SET tax = 'taxable' WHERE tax = 'exempt' AND kind IS NOT NULL"),
        ("a-sale-is-booked-as-it-was-sold", "UPDATE journal_legs SET kind = 'goods' WHERE kind = 'program'"),
        ("a-sale-is-booked-as-it-was-sold", "UPDATE lines SET unit_price = unit_price + 1"),
        ("a-sale-is-booked-as-it-was-sold", "UPDATE parts SET postage = postage - 1 WHERE postage > 0"),
        ("a-sale-is-booked-as-it-was-sold", "UPDATE orders SET sold_on = sold_on + 1"),
        ("commission-is-within-its-sale", "UPDATE journal_legs SET amount = -99999 WHERE account = 'commission'"),
        ("commission-is-within-its-sale", "UPDATE journal_legs SET amount = 1 WHERE account = 'commission'"),
        ("commission-is-within-its-sale",
         "UPDATE journal_legs SET amount = amount - 1 WHERE account = 'village_payable' AND kind IS NULL"),
        ("an-orders-money-adds-up", "UPDATE payments SET amount = amount + 1"),
        ("an-orders-money-adds-up", "DELETE FROM journal_legs WHERE account = 'village_payable'"),
        ("an-orders-money-adds-up", "UPDATE journal_transactions SET kind = 'refund_paid' WHERE id = {first}"),
        ("nothing-is-given-back-twice", "UPDATE journal_legs SET amount = -amount WHERE account = 'postage'"),
        ("daily-figures-are-the-ledger", "UPDATE daily_sales SET amount = amount + 1"),
        ("daily-figures-are-the-ledger", "UPDATE daily_sales SET postage = postage + 1 WHERE postage > 0"),
        ("daily-figures-are-the-ledger", "DELETE FROM daily_sales WHERE kind = 'program'"),
        ("daily-figures-are-the-ledger", "UPDATE orders SET channel = 'festival' WHERE channel = 'stall'"),
        ("daily-figures-are-the-ledger",
         "DELETE FROM journal_legs WHERE transaction_id = (SELECT max(transaction_id) FROM journal_legs)"),
    ],
)  # fmt: skip
async def test_what_was_planted_is_found(sold, rule, wrong):
    assert await violations() == []

    await planted(wrong)

    assert rule in {found.rule for found in await violations(JOURNAL_RULES)}


async def test_a_refund_promised_twice_is_found(sold):
    async with in_transaction() as connection:
        (share, *_) = await shares_of(connection, await an_order_id())
        back = ShareBack(
            share.part_id, share.village_id, share.kind, share.left, share.postage_left, share.commission_left
        )
        for number in range(2):
            await refund_promised(
                connection,
                [back],
                subject=f"trial {number}",
                order_id=await an_order_id(),
                at=NOW,
                by="person 1",
            )

    assert "nothing-is-given-back-twice" in {found.rule for found in await violations()}


async def test_more_given_back_than_stood_in_suspense_is_found(sold):
    async with in_transaction() as connection:
        await set_aside(connection, 7_000, subject="sheet row 1", at=NOW, by="person 1")
        await refund_promised_from_suspense(
            connection, 7_001, subject="trial 1", order_id=None, at=NOW, by="person 1"
        )

    assert [(found.rule, found.ids) for found in await violations()] == [
        ("nothing-is-given-back-twice", ["without an order suspense"])
    ]


async def test_every_rule_of_the_journal_has_its_wrong_row_here():
    planted_for = {
        mark.args[1][at][0]
        for mark in test_what_was_planted_is_found.pytestmark
        for at in range(len(mark.args[1]))
    }

    assert planted_for == {rule.name for rule in JOURNAL_RULES}


async def an_order_id() -> int:
    async with in_transaction() as connection:
        return (await connection.execute_query_dict("SELECT min(id) AS id FROM orders"))[0]["id"]


async def planted(wrong: str) -> None:
    """Past triggers and foreign keys."""
    async with in_transaction() as connection:
        await connection.execute_query("SET LOCAL session_replication_role = replica")
        first = await connection.execute_query_dict("SELECT min(id) AS id FROM journal_transactions")
        changed, _ = await connection.execute_query(wrong.format(first=first[0]["id"]))
    assert changed
