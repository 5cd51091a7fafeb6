"""What became of a sheet: every won of it stands as matched, waiting or set aside."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tortoise import connections

from market.deposit_sheets.awaited import awaited_orders
from market.deposit_sheets.matching import Finding, match_deposit
from market.deposit_sheets.sure import IS_TWIN, came_of
from market.deposit_sheets.tables import RowState
from market.order_record import STAFF
from villages.refusals import NotFound

MOST_WAITING, MOST_DECIDED = 30, 100


@dataclass(frozen=True)
class Sum:
    rows: int = 0
    won: int = 0


@dataclass(frozen=True)
class SheetSums:
    """`known`: of all rows, those that an earlier sheet had told."""

    total: Sum = field(default_factory=Sum)
    matched: Sum = field(default_factory=Sum)
    waiting: Sum = field(default_factory=Sum)
    set_aside: Sum = field(default_factory=Sum)
    known: Sum = field(default_factory=Sum)


@dataclass(frozen=True)
class SheetRow:
    """One deposit. `orders` are those it paid, with what that did; `kept` won stand in suspense."""

    id: int
    line: int
    day: date
    at: datetime | None
    name: str
    remark: str
    amount: int
    state: str
    is_sure: bool
    decided_by: str
    decided_at: datetime | None
    reason: str
    orders: tuple[tuple[str, str], ...] = ()
    kept: int = 0
    missing: int = 0
    wanted: str = ""
    settled_as: str = ""
    finding: Finding | None = None


@dataclass(frozen=True)
class SheetResult:
    id: int
    name: str
    sent_by: str
    sent_at: datetime
    withdrawals: int
    left_out: int
    is_matched: bool
    sums: SheetSums
    waiting: list[SheetRow]
    matched: list[SheetRow]
    set_aside: list[SheetRow]


@dataclass(frozen=True)
class SentSheet:
    """One line of the list of sheets."""

    id: int
    name: str
    sent_at: datetime
    rows: int
    waiting: int


async def sheet_result(sheet_id: int, *, now: datetime) -> SheetResult:
    """Six queries. Raises `NotFound`."""
    db = connections.get("default")
    sheets = await db.execute_query_dict(SHEET, [sheet_id])
    if not sheets:
        raise NotFound("그런 입금표가 없습니다. 입금 확인 화면에서 다시 골라 주세요.")
    sheet = sheets[0]
    waiting = await db.execute_query_dict(ROWS, [sheet_id, RowState.waiting.value, MOST_WAITING])
    pool = await awaited_orders(now) if waiting else None
    decided = {
        state: [_row(row) for row in await db.execute_query_dict(ROWS, [sheet_id, state.value, MOST_DECIDED])]
        for state in (RowState.matched, RowState.set_aside)
    }
    return SheetResult(
        sheet["id"], sheet["name"], sheet["sent_name"] or "", sheet["sent_at"], sheet["withdrawals"], sheet["left_out"],
        sheet["matched_at"] is not None, await _sums(sheet_id),
        [_row(row, match_deposit(came_of(row), pool) if pool else None) for row in waiting],
        decided[RowState.matched], decided[RowState.set_aside],
    )  # fmt: skip


async def sent_sheets(*, most: int = 10) -> list[SentSheet]:
    """The last ones first; those with rows that wait stay in the list however old they are."""
    rows = await connections.get("default").execute_query_dict(SENT, [most])
    return [SentSheet(**row) for row in rows]


async def sheet_of_row(row_id: int) -> int:
    """The sheet that told this deposit first. Raises `NotFound`."""
    rows = await connections.get("default").execute_query_dict(SHEET_OF, [row_id])
    if not rows:
        raise NotFound
    return rows[0]["sheet_id"]


async def _sums(sheet_id: int) -> SheetSums:
    rows = await connections.get("default").execute_query_dict(SUMS, [sheet_id])
    of_state = {state.value: Sum() for state in RowState} | {
        row["state"]: Sum(row["rows"], row["won"]) for row in rows
    }
    return SheetSums(
        total=Sum(sum(each.rows for each in of_state.values()), sum(each.won for each in of_state.values())),
        matched=of_state["matched"], waiting=of_state["waiting"], set_aside=of_state["set_aside"],
        known=Sum(sum(row["known"] for row in rows), sum(row["known_won"] for row in rows)),
    )  # fmt: skip


def _row(row: dict[str, Any], finding: Finding | None = None) -> SheetRow:
    paid = tuple(zip(row["numbers"] or (), row["effects"] or (), strict=True))
    return SheetRow(
        row["id"], row["line"], row["day"], row["at"], row["name"], row["remark"], row["amount"], row["state"],
        row["is_sure"], row["staff_name"] or "", row["decided_at"], row["reason"], paid, row["kept"] or 0,
        row["missing"] or 0, row["wanted"] or "", row["settled_as"] or "", finding,
    )  # fmt: skip


SHEET = f"""
SELECT s.id, s.name, s.sent_at, s.withdrawals, s.left_out, s.matched_at, {STAFF.format(by="s.sent_by").replace("staff_name", "sent_name")}
FROM deposit_sheets s WHERE s.id = $1
"""
ROWS = f"""
SELECT r.id, l.line, r.day, r.at, r.name, r.remark, r.amount, r.state, r.is_sure, r.decided_at, r.reason,
       {STAFF.format(by="r.decided_by")}, {IS_TWIN} AS is_twin, m.numbers, m.effects,
       k.amount AS kept, k.missing, k.orders AS wanted, k.settled_as
FROM deposit_sheet_lines l JOIN deposit_rows r ON r.id = l.row_id
LEFT JOIN LATERAL (
    SELECT array_agg(o.number ORDER BY o.id) AS numbers, array_agg(m.effect ORDER BY o.id) AS effects
    FROM deposit_matches m JOIN payments d ON d.id = m.payment_id JOIN orders o ON o.id = d.order_id WHERE m.row_id = r.id
) m ON true
LEFT JOIN deposit_suspense k ON k.row_id = r.id
WHERE l.sheet_id = $1 AND r.state = $2
-- What somebody still has to settle comes first: it must not fall behind the limit.
ORDER BY k.amount IS NOT NULL AND k.settled_at IS NULL DESC, l.line LIMIT $3
"""
SUMS = """
SELECT r.state, count(*)::int AS rows, sum(r.amount)::bigint AS won,
       (count(*) FILTER (WHERE r.sheet_id <> l.sheet_id))::int AS known,
       COALESCE(sum(r.amount) FILTER (WHERE r.sheet_id <> l.sheet_id), 0)::bigint AS known_won
FROM deposit_sheet_lines l JOIN deposit_rows r ON r.id = l.row_id WHERE l.sheet_id = $1 GROUP BY r.state
"""
SENT = """
SELECT s.id, s.name, s.sent_at, count(*)::int AS rows, (count(*) FILTER (WHERE r.state = 'waiting'))::int AS waiting
FROM deposit_sheets s JOIN deposit_sheet_lines l ON l.sheet_id = s.id JOIN deposit_rows r ON r.id = l.row_id
WHERE s.id IN (SELECT id FROM deposit_sheets ORDER BY id DESC LIMIT $1)
   OR s.id IN (SELECT sheet_id FROM deposit_rows WHERE state = 'waiting')
GROUP BY s.id ORDER BY s.id DESC LIMIT 40
"""
SHEET_OF = "SELECT sheet_id FROM deposit_rows WHERE id = $1"
