"""A buyer disputes a card payment: what the provider takes for it stands elsewhere until then; a person answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book
from market.standing import DisputeTold
from market.tasks import open_task
from villages.days import SEOUL

LOST = "lost"


@dataclass(frozen=True)
class Dispute:
    """One dispute as the city's page of the order shows it; won. `outcome` is empty while it is open."""

    thing: str
    amount: int
    withdrawn: int
    reinstated: int
    outcome: str
    at: datetime

    @property
    def held_back(self) -> int:
        return max(0, self.withdrawn - self.reinstated)

    @property
    def outcome_name(self) -> str:
        return {"": "다투는 중", "won": "이김", LOST: "짐"}.get(self.outcome, "끝남")


async def take_disputes(
    db: BaseDBAsyncClient, payment: dict[str, Any], disputes: Sequence[DisputeTold], *, until: datetime | None, now: datetime
) -> None:  # fmt: skip
    """The payment's order is locked. Money moves only within what the buyer has paid."""
    is_possible = sum(told.held_back for told in disputes) <= payment["amount"]
    for told in disputes:
        await _ask_a_person(db, payment, told, until)
        if is_possible:
            await _book(db, payment, told, now=now)
    if is_possible and disputes:
        held_back = sum(told.held_back for told in disputes)
        await db.execute_query(HOLD_BACK, [payment["id"], held_back])


async def disputes_of(number: str) -> list[Dispute]:
    """Of an order's card payments, the first one first."""
    rows = await connections.get("default").execute_query_dict(DISPUTES, [number])
    return [Dispute(**row) for row in rows]


async def _ask_a_person(
    db: BaseDBAsyncClient, payment: dict[str, Any], told: DisputeTold, until: datetime | None
) -> None:
    due = f" {until.astimezone(SEOUL):%-m월 %-d일}까지" if until else ""
    await open_task(
        db, kind="dispute", subject=f"dispute {told.thing}",
        sentence=f"주문 {payment['number']}: 손님이 카드사에 {told.amount:,}원 결제가 잘못되었다고 했습니다.{due} 결제사 화면에서 증빙을 내 주세요. 그때까지 이 결제는 카드로 돌려줄 수 없습니다.",
    )  # fmt: skip
    if told.outcome == LOST:
        await open_task(
            db, kind="dispute", subject=f"dispute {told.thing} lost",
            sentence=f"주문 {payment['number']}: 카드 다툼에서 져서 {told.amount:,}원이 손님에게 돌아갔습니다. 또 돌려주지 말고, 누가 부담할지 정해 주세요.",
        )  # fmt: skip


async def _book(db: BaseDBAsyncClient, payment: dict[str, Any], told: DisputeTold, *, now: datetime) -> None:
    """What comes back is booked once it is known to have left."""
    moves = [("withdrawn", told.withdrawn)]
    moves += [("reinstated", -min(told.reinstated, told.withdrawn))] if told.withdrawn else []
    for word, amount in moves:
        if amount:
            await book(
                db, kind=Happening.disputed, subject=f"dispute {told.thing} {word}"[:80], order_id=payment["order_id"],
                legs=[Leg(Account.disputed, amount), Leg(Account.stripe, -amount)], at=now, by="stripe",
            )  # fmt: skip


HOLD_BACK = "UPDATE payments SET disputed = $2 WHERE id = $1 AND disputed <> $2"
DISPUTES = """
SELECT e.thing, max(e.amount) AS amount, min(e.at) AS at,
       COALESCE(max(e.amount) FILTER (WHERE e.kind = 'funds_withdrawn'), 0) AS withdrawn,
       COALESCE(max(e.amount) FILTER (WHERE e.kind = 'funds_reinstated'), 0) AS reinstated,
       COALESCE(max(e.effect) FILTER (WHERE e.kind = 'dispute_closed'), '') AS outcome
FROM orders o JOIN payments p ON p.order_id = o.id JOIN payment_events c ON c.payment_id = p.id AND c.kind = 'captured' AND c.doubt = ''
JOIN payment_events e ON e.intent = c.intent AND e.intent <> '' AND e.doubt = ''
WHERE o.number = $1 AND e.kind IN ('disputed', 'funds_withdrawn', 'funds_reinstated', 'dispute_closed')
GROUP BY e.thing ORDER BY min(e.id)
"""
