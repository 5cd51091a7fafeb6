"""What is due to a village: the journal's transactions of parts that are confirmed, or called off after being paid.

A statement lists what it can see and what the one before it could not: that is all it takes to say for any line in
which statement it stands, then as today. So late facts, and refunds of what was settled long ago, fall into the next
one by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import HELD_BY_VILLAGE, sql_list
from market.periods import last_of_month
from market.settlement.figures import Entry, Sums
from market.settlement.statements import Statement
from villages.days import seoul_midnight
from villages.named import Named

NO_END = 2**63 - 1
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sight:
    """How far a statement sees: facts dated until `last`, written down before these ids and this moment."""

    last: date
    journal_before: int = NO_END
    moves_before: int = NO_END
    before: datetime = FOREVER

    @property
    def moved_before(self) -> datetime:
        """Moves of parts have no day of their own: theirs is the Seoul day of their moment."""
        return min(seoul_midnight(self.last + timedelta(days=1)), self.before)


NOTHING_YET = Sight(date(2000, 1, 1))


def sight_of(statement: Statement) -> Sight:
    return Sight(last_of_month(statement.month), statement.journal_before, statement.moves_before)


@dataclass(frozen=True)
class Window:
    """What a village's statement of a month lists: all that `until` sees and `after` did not."""

    village_id: int
    month: date
    after: Sight
    until: Sight


async def entries_of(db: BaseDBAsyncClient, windows: Sequence[Window]) -> list[tuple[Entry, ...]]:
    """What stands in each window, by transaction. One statement, however many villages and months there are."""
    if not windows:
        return []
    columns = {
        "village": [each.village_id for each in windows],
        **_columns("after", [each.after for each in windows]),
        **_columns("until", [each.until for each in windows]),
        "until_before": [each.until.before for each in windows],
    }
    found: list[list[Entry]] = [[] for _ in windows]
    for row in await db.execute_query_dict(ENTRIES.sql, ENTRIES.values(columns)):
        sums = Sums(row["goods"], row["programs"], row["postage"], row["commission"], row["held"])
        found[row["nth"] - 1].append(Entry(row["transaction_id"], row["part_id"], row["day"], sums))
    return [tuple(entries) for entries in found]


def _columns(name: str, sights: Sequence[Sight]) -> dict[str, list[object]]:
    return {
        f"{name}_last": [sight.last for sight in sights],
        f"{name}_journal": [sight.journal_before for sight in sights],
        f"{name}_moves": [sight.moves_before for sight in sights],
        f"{name}_moved": [sight.moved_before for sight in sights],
    }


def due_moves(parts: str) -> str:
    """From which moves on each of `parts` (the table, or some rows of it in brackets) is due.

    A part that ended unpaid and was revived by late money has a `cancelled` behind it, of which nothing is due.
    """
    return f"""
    SELECT p.id AS part_id, p.order_id, m.id AS move_id, m.at FROM {parts} p JOIN part_moves m ON m.part_id = p.id
    LEFT JOIN part_moves paid ON paid.part_id = p.id AND paid.state = 'paid'
    WHERE m.state = 'confirmed' OR (m.state = 'cancelled' AND (m.again OR paid.id IS NULL OR paid.id < m.id))
    """


# A village's legs of a transaction, as its statement has them.
SUMS = f"""
COALESCE(-sum(l.amount) FILTER (WHERE l.account = 'village_payable' AND l.kind = 'goods'), 0)::bigint AS goods,
COALESCE(-sum(l.amount) FILTER (WHERE l.account = 'village_payable' AND l.kind = 'program'), 0)::bigint AS programs,
COALESCE(-sum(l.amount) FILTER (WHERE l.account = 'postage'), 0)::bigint AS postage,
COALESCE(-sum(l.amount) FILTER (WHERE l.account = 'village_payable' AND l.kind IS NULL), 0)::bigint AS commission,
COALESCE(sum(l.amount) FILTER (WHERE l.account IN ({sql_list(HELD_BY_VILLAGE)})), 0)::bigint AS held
"""
OWED = f"l.account IN ('village_payable', 'postage', {sql_list(HELD_BY_VILLAGE)})"

# `touched` are the parts of which something is new since `after`; only their transactions are looked at.
ENTRIES_TEXT = f"""
WITH windows AS MATERIALIZED (
    SELECT * FROM unnest(
        :village::bigint[], :after_last::date[], :after_journal::bigint[], :after_moves::bigint[], :after_moved::timestamptz[],
        :until_last::date[], :until_journal::bigint[], :until_moves::bigint[], :until_moved::timestamptz[],
        :until_before::timestamptz[]
    ) WITH ORDINALITY AS w (
        village_id, after_last, after_journal, after_moves, after_moved,
        until_last, until_journal, until_moves, until_moved, until_before, nth
    )
), touched AS MATERIALIZED (
    SELECT w.nth, p.id, p.order_id FROM windows w JOIN parts p ON p.village_id = w.village_id
    JOIN part_moves m ON m.part_id = p.id
    WHERE m.state IN ('confirmed', 'cancelled') AND m.at < w.until_moved AND (m.at >= w.after_moved OR m.id >= w.after_moves)
    UNION
    SELECT w.nth, p.id, p.order_id FROM windows w JOIN journal_legs l ON l.village_id = w.village_id
    JOIN journal_transactions t ON t.id = l.transaction_id
    JOIN parts p ON p.order_id = t.order_id AND p.village_id = l.village_id
    WHERE l.day <= w.until_last AND (l.day > w.after_last OR l.transaction_id >= w.after_journal)
), due AS MATERIALIZED (
    SELECT w.nth, m.part_id, m.order_id, bool_or(m.at < w.after_moved AND m.move_id < w.after_moves) AS was_due
    FROM ({due_moves("(SELECT DISTINCT id, order_id FROM touched)")}) m
    JOIN touched ON touched.id = m.part_id JOIN windows w ON w.nth = touched.nth
    WHERE m.at < w.until_moved AND m.move_id < w.until_moves GROUP BY 1, 2, 3
)
SELECT w.nth, t.id AS transaction_id, due.part_id, t.day, {SUMS}
FROM due JOIN windows w ON w.nth = due.nth JOIN journal_transactions t ON t.order_id = due.order_id
JOIN journal_legs l ON l.transaction_id = t.id AND l.village_id = w.village_id AND {OWED}
WHERE t.day <= w.until_last AND t.id < w.until_journal AND t.at < w.until_before
  AND NOT (due.was_due AND t.day <= w.after_last AND t.id < w.after_journal)
GROUP BY w.nth, t.id, due.part_id ORDER BY w.nth, t.id
"""
ENTRIES = Named(ENTRIES_TEXT)
