"""What is due to a village: the journal's transactions of parts that are confirmed, or called off after being paid.

A statement lists what it can see and what the one before it could not: that is all it takes to say for any line in
which statement it stands, then as today. So late facts, and refunds of what was settled long ago, fall into the next
one by themselves.
"""

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


async def entries_between(
    db: BaseDBAsyncClient, village_id: int, *, after: Sight, until: Sight
) -> tuple[Entry, ...]:
    """All that `until` sees of a village and `after` did not, by transaction."""
    found = await db.execute_query_dict(
        ENTRIES.sql,
        ENTRIES.values({"village": village_id, **_values("after", after), **_values("until", until)}),
    )
    return tuple(
        Entry(
            row["transaction_id"], row["part_id"], row["day"],
            Sums(row["goods"], row["programs"], row["postage"], row["commission"], row["held"]),
        )
        for row in found
    )  # fmt: skip


def _values(name: str, sight: Sight) -> dict[str, object]:
    return {
        f"{name}_last": sight.last, f"{name}_journal": sight.journal_before, f"{name}_moves": sight.moves_before,
        f"{name}_before": sight.before,
        f"{name}_moved": sight.moved_before,
    }  # fmt: skip


def due_moves(parts: str) -> str:
    """From which moves on each of `parts` (the table, or some rows of it) is due.

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
WITH touched AS MATERIALIZED (
    SELECT p.id, p.order_id FROM parts p WHERE p.village_id = :village AND p.id IN (
        SELECT part_id FROM part_moves
        WHERE state IN ('confirmed', 'cancelled') AND at < :until_moved AND (at >= :after_moved OR id >= :after_moves)
    )
    UNION
    SELECT p.id, p.order_id FROM journal_legs l
    JOIN journal_transactions t ON t.id = l.transaction_id
    JOIN parts p ON p.order_id = t.order_id AND p.village_id = l.village_id
    WHERE l.village_id = :village AND l.day <= :until_last AND (l.day > :after_last OR l.transaction_id >= :after_journal)
), due AS MATERIALIZED (
    SELECT part_id, order_id, bool_or(at < :after_moved AND move_id < :after_moves) AS was_due
    FROM ({due_moves("touched")}) m WHERE at < :until_moved AND move_id < :until_moves GROUP BY 1, 2
)
SELECT t.id AS transaction_id, due.part_id, t.day, {SUMS}
FROM due JOIN journal_transactions t ON t.order_id = due.order_id
JOIN journal_legs l ON l.transaction_id = t.id AND l.village_id = :village AND {OWED}
WHERE t.day <= :until_last AND t.id < :until_journal AND t.at < :until_before
  AND NOT (due.was_due AND t.day <= :after_last AND t.id < :after_journal)
GROUP BY t.id, due.part_id ORDER BY t.id
"""
ENTRIES = Named(ENTRIES_TEXT)
