"""The auditor's rules about sheets find what breaks them."""

from datetime import timedelta

import pytest

from market.audit import RULES, violations
from market.deposit_sheets.deciding import match_row
from market.deposit_sheets.sure import match_sure_rows
from market.deposit_sheets.tables import DepositRow
from market.deposit_sheets.taking import take_sheet
from tests.builders import NOW, an_order, goods, rows
from tests.market.deposit_sheets.sheets import a_csv
from tests.meeting import strip

LATER = NOW + timedelta(hours=2)
ACCOUNTED, ONE_ROW = "a-deposit-row-is-accounted-for", "a-transfer-has-one-row"
IN_JOURNAL = "suspense-stands-in-the-journal"
UNLOCKED = "ALTER TABLE deposit_matches DISABLE TRIGGER ALL"


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        ("UPDATE deposit_rows SET amount = amount + 1 WHERE state = 'matched'", ACCOUNTED),
        ("DELETE FROM deposit_matches", ACCOUNTED),
        ("UPDATE deposit_rows SET state = 'waiting' WHERE state = 'matched'", ACCOUNTED),
        ("UPDATE deposit_matches SET amount = amount - 1", ONE_ROW),
        ("UPDATE payments SET state = 'open'", ONE_ROW),
        ("UPDATE deposit_suspense SET amount = amount + 1", IN_JOURNAL),
        ("UPDATE deposit_suspense SET settled_at = now()", IN_JOURNAL),
        ("DELETE FROM deposit_suspense", IN_JOURNAL),
        ("UPDATE deposit_suspense SET taken_with_id = row_id", ACCOUNTED),
        (
            "INSERT INTO deposit_matches (row_id, payment_id, amount, effect) "
            "SELECT row_id, payment_id, 0, 'none' FROM deposit_matches",
            ONE_ROW,
        ),
    ],
)
async def test_it_is_found(unguarded, harm, rule):
    order = (await an_order(await goods())).order
    body = a_csv(f"2026-11-21 11:00,{order.buyer_name},{order.total}", "2026-11-21 11:00,아무개,1")
    taken = await take_sheet(body, name="a.csv", by="person 7", now=LATER)
    assert await match_sure_rows(taken.id, now=LATER) == 1
    other = (await an_order(await goods())).order
    await match_row((await DepositRow.get(name="아무개")).id, [other.number], by="person 7", now=LATER)
    own = tuple(each for each in RULES if each.name in (ACCOUNTED, ONE_ROW, IN_JOURNAL))
    assert await violations(own) == []
    await strip("deposit_rows", "deposit_matches", "deposit_suspense")
    await rows(UNLOCKED)

    await rows(harm)

    assert rule in {violation.rule for violation in await violations(own)}
