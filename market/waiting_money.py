"""Money that waits for a person of the city: transfers to be found in the bank's list, and money that came wrongly."""

from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.task_list import TASK_NAMES

MONEY_TASKS = tuple(TASK_NAMES)


@dataclass(frozen=True)
class WaitingMoney:
    """How many transfers are awaited, their sum in won, how many tasks of the city are open, refunds sent by hand."""

    deposits: int
    amount: int
    tasks: int
    refunds: int


@dataclass(frozen=True)
class MoneyTask:
    id: int
    kind: str
    sentence: str
    opened_at: datetime

    @property
    def kind_name(self) -> str:
        return TASK_NAMES.get(self.kind, self.kind)


@dataclass(frozen=True)
class FoundDeposit:
    """A transfer that a person has confirmed."""

    number: str
    depositor: str
    amount: int


async def waiting_money() -> WaitingMoney:
    rows = await connections.get("default").execute_query_dict(WAITING)
    return WaitingMoney(**rows[0])


async def money_tasks(*, most: int = 100) -> list[MoneyTask]:
    """What is to be decided about money, the oldest first."""
    rows = await connections.get("default").execute_query_dict(TASKS, [list(MONEY_TASKS), most])
    return [MoneyTask(**row) for row in rows]


async def confirmed_deposit(number: str) -> FoundDeposit | None:
    rows = await connections.get("default").execute_query_dict(CONFIRMED, [number[:20]])
    return FoundDeposit(**rows[0]) if rows else None


WAITING = """
SELECT count(*)::int AS deposits, COALESCE(sum(d.amount), 0)::bigint AS amount,
       (SELECT count(*) FROM tasks WHERE village_id IS NULL AND done_at IS NULL)::int AS tasks,
       (SELECT count(*) FROM refunds r JOIN payments p ON p.id = r.payment_id
        WHERE r.state = 'stuck' OR (r.state = 'promised' AND p.provider <> 'stripe'))::int AS refunds
FROM payments d JOIN orders o ON o.id = d.order_id
WHERE d.provider = 'bank_transfer' AND d.state = 'open' AND o.paid_at IS NULL AND o.ended_as IS NULL
"""
TASKS = """
SELECT id, kind, sentence, opened_at FROM tasks
WHERE village_id IS NULL AND done_at IS NULL AND kind = ANY($1::text[]) ORDER BY opened_at, id LIMIT $2
"""
CONFIRMED = """
SELECT o.number, o.depositor, d.amount FROM orders o JOIN payments d ON d.order_id = o.id
WHERE o.number = $1 AND d.provider = 'bank_transfer' AND d.reference = 'deposit ' || o.number AND d.state = 'captured'
"""
