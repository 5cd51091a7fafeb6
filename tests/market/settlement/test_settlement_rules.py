"""The auditor finds every wrong row of the statements: each is planted past the guards, as the owner could."""

from collections.abc import AsyncIterator

import pytest
from tortoise import connections

from market.audit import violations
from market.ledger.commission import CommissionRule
from market.settlement.invariants import SETTLEMENT_RULES
from storefront.db import open_database
from tests.builders import a_village, goods
from tests.market.settlement.settling import OCTOBER, SEPTEMBER, closed, confirmed, on, refunded, stall_sale


@pytest.fixture
async def settled(new_database) -> AsyncIterator[None]:
    """Two villages and two months, in a database that nobody audits afterwards."""
    async with open_database(new_database()):
        await CommissionRule.create(position=1, basis_points=300, starts_on=SEPTEMBER)
        maple, lake = await a_village(), await a_village()
        apples = await goods(village=maple, price=35_000, left=99)
        rice = await goods(village=lake, price=42_000, left=99)
        order = await confirmed((apples, 2), rice, sold=on(9, 1), at=on(9, 9))
        await stall_sale(apples, now=on(9, 20))
        for village in (maple, lake):
            await closed(village, SEPTEMBER, now=on(10, 1))
        await refunded(order, village=maple, now=on(10, 2))
        await confirmed(rice, sold=on(10, 1), at=on(10, 9))
        for village in (maple, lake):
            await closed(village, OCTOBER, now=on(11, 1))
        yield


LAST_LINE = "(SELECT max(id) FROM statement_lines)"
LAST = "(SELECT max(id) FROM statements)"
PLANTED = [
    (
        "a-settled-thing-is-in-one-statement",
        "ALTER TABLE statement_lines DROP CONSTRAINT {unique}; INSERT INTO statement_lines"
        " (statement_id, transaction_id, part_id, day, goods, programs, postage, commission, held)"
        f" SELECT {LAST}, transaction_id, part_id, day, goods, programs, postage, commission, held"
        " FROM statement_lines WHERE id = (SELECT min(id) FROM statement_lines)",
    ),
    ("a-settled-thing-is-in-one-statement", f"UPDATE statement_lines SET statement_id = {LAST}"),
    ("a-line-is-what-the-journal-says", f"UPDATE statement_lines SET goods = goods + 1 WHERE id = {LAST_LINE}"),
    ("a-line-is-what-the-journal-says", f"UPDATE statement_lines SET day = day - 1 WHERE id = {LAST_LINE}"),
    (
        "a-line-is-what-the-journal-says",
        "UPDATE journal_legs SET amount = amount - 1 WHERE account = 'village_payable' AND kind = 'goods'",
    ),
    ("a-statement-is-its-lines", "UPDATE statements SET goods = goods + 1, carried = carried + 1"),
    ("a-statement-is-its-lines", f"DELETE FROM statement_lines WHERE id = {LAST_LINE}"),
    ("a-statement-is-its-lines", f"UPDATE statements SET digest = '0' WHERE id = {LAST}"),
    ("a-statement-opens-with-what-was-carried", f"UPDATE statements SET opening = -1, carried = carried - 1 WHERE id = {LAST}"),
    ("a-payout-is-within-its-balance", "UPDATE statements SET payout = payout + 1, carried = carried - 1 WHERE payout > 0"),
    ("payouts-due-are-statements", "UPDATE journal_legs SET amount = amount - 1 WHERE account = 'payout_due'"),
    ("payouts-due-are-statements", "DELETE FROM journal_transactions WHERE kind = 'statement_closed'"),
    ("payouts-due-are-statements", "UPDATE statements SET number = 'other' WHERE payout > 0 AND id = 2"),
    ("nothing-due-is-left-out", f"DELETE FROM statement_lines WHERE id = {LAST_LINE}"),
    (
        "nothing-due-is-left-out",
        "UPDATE part_moves SET at = at + interval '1 year' WHERE state = 'confirmed' AND part_id = (SELECT min(part_id) FROM statement_lines)",
    ),
    ("nothing-due-is-left-out", "UPDATE statements SET journal_before = 1"),
    (
        "nothing-due-is-left-out",
        "UPDATE statements SET moves_before = 1 WHERE month = '2026-09-01'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wrong"), PLANTED)
async def test_what_was_planted_is_found(settled, rule, wrong):
    assert await violations() == []

    await planted(wrong)

    assert rule in {found.rule for found in await violations(SETTLEMENT_RULES)}


def test_every_rule_of_statements_has_its_wrong_row_here():
    assert {rule for rule, _ in PLANTED} == {rule.name for rule in SETTLEMENT_RULES}


async def planted(wrong: str) -> None:
    """Past triggers, constraints and foreign keys."""
    db = connections.get("default")
    names = await db.execute_query_dict(
        "SELECT conrelid::regclass::text AS table, conname AS name, contype FROM pg_constraint"
        " WHERE conrelid = ANY ('{statements,statement_lines}'::regclass[]) AND contype IN ('c', 'u')"
    )
    unique = next(row["name"] for row in names if (row["table"], row["contype"]) == ("statement_lines", b"u"))
    for row in names:
        if row["contype"] == b"c":
            await db.execute_script(f'ALTER TABLE {row["table"]} DROP CONSTRAINT "{row["name"]}"')
    await db.execute_script(
        f"SET session_replication_role = replica; {wrong.format(unique=unique)}; SET session_replication_role = DEFAULT"
    )
