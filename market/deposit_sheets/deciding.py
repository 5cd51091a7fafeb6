"""A row's money finds its orders, or is set aside: once, whoever decides, and no won is lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.capture import Effect, capture_in
from market.deposit_sheets.tables import RowState, SuspenseKind
from market.ledger.suspense import leave_suspense, set_aside
from market.retrying import retried
from market.tasks import open_task
from villages.acts import record_act
from villages.refusals import BadForm, NotFound, Refused

REASON_SIGNS = 200
MOST_ORDERS = 10


class RowDecided(Refused):
    """Someone else was first."""

    code = "deposit-decided"
    usual = "이 입금은 그사이 다른 사람이 이미 정했습니다. 표를 다시 열어 어떻게 되었는지 확인해 주세요."


class DepositTaken(Refused):
    """The order has its row already."""

    code = "deposit-taken"
    usual = "이 주문에는 이미 다른 입금 줄을 맞추었습니다. 다른 주문을 고르거나, 한 번 더 보낸 돈이면 그 칸에서 돌려주세요."


@dataclass(frozen=True)
class Matched:
    """What the money did, order by order; nothing where it was too little. `difference`: won too many or too few.

    What came short for some of these orders before is counted with it.
    """

    effects: dict[str, Effect]
    difference: int


@retried
async def match_row(
    row_id: int, numbers: Sequence[str], *, by: str, now: datetime, is_sure: bool = False
) -> Matched:
    """Pay these orders with a row's money, all or none. A surplus, or the whole of what is too little, is kept.

    Together with what came short for the same orders before, it may be enough.

    Raises `RowDecided`, `DepositTaken`, `NotFound` for an order without a transfer, and `BadForm` for no order at all.
    """
    wanted = sorted(set(numbers))
    if not 0 < len(wanted) <= MOST_ORDERS:
        raise BadForm(fields={"orders": "이 입금에 맞는 주문을 고르거나 주문번호를 적어 주세요."})
    async with in_transaction() as db:
        row = await decide(db, row_id, RowState.matched, by=by, now=now, is_sure=is_sure)
        # Their rows in one order and all at once, so that two people with the same orders never wait in a circle.
        await db.execute_query_dict(LOCK_ORDERS, [wanted])
        payments = await db.execute_query_dict(PAYMENTS, [wanted])
        if len(payments) != len(wanted):
            raise NotFound("무통장입금을 기다린 주문이 아닙니다. 주문번호를 확인해 주세요.")
        orders = ", ".join(wanted)
        short = await db.execute_query_dict(SHORT, [wanted])
        difference = sum(money["amount"] for money in [row, *short]) - sum(
            each["amount"] for each in payments
        )
        effects: dict[str, Effect] = {}
        if difference >= 0:
            for before in short:
                await _settle(
                    db, before["row_id"], f"다음 입금과 합침: {orders}", by=by, now=now, taken_with=row_id
                )
            for payment in payments:
                effects[payment["number"]] = await _pay(db, row_id, payment, by=by, now=now)
        if difference:
            await _keep_difference(db, row, orders, difference, by=by, now=now)
        if not is_sure:
            await record_act(
                db,
                "deposit matched",
                subject_of(row_id),
                by=by,
                facts={"won": row["amount"], "orders": orders},
            )
    return Matched(effects, difference)


@retried
async def set_row_aside(row_id: int, *, reason: str, by: str, now: datetime) -> None:
    """Not for any order: a person says why. Raises `RowDecided` and `BadForm`."""
    if not reason.strip():
        raise BadForm(fields={"reason": "따로 두는 까닭을 적어 주세요. 예: 시설 사용료"})
    async with in_transaction() as db:
        row = await decide(
            db, row_id, RowState.set_aside, by=by, now=now, reason=reason.strip()[:REASON_SIGNS]
        )
        await record_act(db, "deposit set aside", subject_of(row_id), by=by, facts={"won": row["amount"]})


@retried
async def settle_suspense(row_id: int, *, words: str, by: str, now: datetime) -> None:
    """A person tells what became of money that stood here: it was given back, or is not ours. Its task is done.

    Raises `RowDecided` and `BadForm`.
    """
    if not words.strip():
        raise BadForm(fields={"words": "이 돈을 어떻게 했는지 적어 주세요. 예: 11월 23일 계좌로 돌려줌"})
    async with in_transaction() as db:
        amount = await _settle(db, row_id, words.strip()[:REASON_SIGNS], by=by, now=now)
        await record_act(db, "suspense settled", subject_of(row_id), by=by, facts={"won": amount})


async def decide(
    db: BaseDBAsyncClient, row_id: int, state: RowState, *, by: str, now: datetime, is_sure: bool = False, reason: str = ""
) -> dict[str, Any]:  # fmt: skip
    """The one guarded step out of `waiting`."""
    rows = await db.execute_query_dict(DECIDE, [row_id, state.value, by, now, is_sure, reason])
    if not rows:
        raise RowDecided
    return rows[0]


async def _pay(
    db: BaseDBAsyncClient, row_id: int, payment: dict[str, Any], *, by: str, now: datetime
) -> Effect:
    """Capture a transfer, or only note whose money it was where a person had confirmed it without the sheet."""
    effect = await capture_in(db, payment["id"], by=by, now=now)
    if not await db.execute_query_dict(NOTE_MATCH, [row_id, payment["id"], payment["amount"], effect.value]):
        raise DepositTaken
    return effect


async def _keep_difference(
    db: BaseDBAsyncClient, row: dict[str, Any], orders: str, difference: int, *, by: str, now: datetime
) -> None:
    kind = SuspenseKind.surplus if difference > 0 else SuspenseKind.short
    kept, missing = (difference, 0) if difference > 0 else (row["amount"], -difference)
    await db.execute_query(KEEP, [row["id"], kind.value, kept, missing, orders])
    await set_aside(db, kept, subject=subject_of(row["id"]), at=now, by=by)
    sentence = (
        f"주문 {orders}: 입금 {row['amount']:,}원이 {difference:,}원 많습니다. 주문은 결제되었으니 {kept:,}원을 돌려주세요."
        if difference > 0
        else f"주문 {orders}: 입금 {row['amount']:,}원이 {missing:,}원 모자라 결제하지 않았습니다. 나머지가 들어오면 합쳐서 결제하고, 아니면 돌려주세요."
    )
    await open_task(db, kind="wrong_amount", subject=subject_of(row["id"]), sentence=sentence)


async def _settle(
    db: BaseDBAsyncClient, row_id: int, words: str, *, by: str, now: datetime, taken_with: int | None = None
) -> int:
    """The one guarded step out of suspense. Returns the won that left it."""
    rows = await db.execute_query_dict(SETTLE, [row_id, now, by, words, taken_with])
    if not rows:
        raise RowDecided
    await leave_suspense(db, rows[0]["amount"], subject=subject_of(row_id), at=now, by=by)
    await db.execute_query(END_TASK, [subject_of(row_id), now, by])
    return rows[0]["amount"]


def subject_of(row_id: int) -> str:
    return f"deposit row {row_id}"


DECIDE = """
UPDATE deposit_rows SET state = $2, decided_by = $3, decided_at = $4, is_sure = $5, reason = $6
WHERE id = $1 AND state = 'waiting' RETURNING id, amount
"""
LOCK_ORDERS = "SELECT id FROM orders WHERE number = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE"
PAYMENTS = """
SELECT d.id, d.amount, o.number FROM payments d JOIN orders o ON o.id = d.order_id
WHERE o.number = ANY($1::text[]) AND d.provider = 'bank_transfer' AND d.reference = 'deposit ' || o.number ORDER BY o.id
"""
NOTE_MATCH = """
INSERT INTO deposit_matches (row_id, payment_id, amount, effect) VALUES ($1, $2, $3, $4)
ON CONFLICT (payment_id) DO NOTHING RETURNING id
"""
KEEP = """
INSERT INTO deposit_suspense (row_id, kind, amount, missing, orders, settled_by, settled_as)
VALUES ($1, $2, $3, $4, $5, '', '')
"""
# Read when the orders are locked: whoever pays one of them with it, or gives it back, comes before or after us.
SHORT = """
SELECT row_id, amount FROM deposit_suspense WHERE kind = 'short' AND settled_at IS NULL AND string_to_array(orders, ', ') <@ $1::text[]
ORDER BY id FOR UPDATE
"""
SETTLE = """
UPDATE deposit_suspense SET settled_at = $2, settled_by = $3, settled_as = $4, taken_with_id = $5
WHERE row_id = $1 AND settled_at IS NULL RETURNING amount
"""
END_TASK = "UPDATE tasks SET done_at = $2, done_by = $3 WHERE kind = 'wrong_amount' AND subject = $1 AND done_at IS NULL"
