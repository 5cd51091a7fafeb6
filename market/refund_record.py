"""What went back of an order, as its buyer, its villages and the city read it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise import connections

from market.orders import Tender
from market.refunds import CAUSE_NAMES, REFUND_NAMES, RefundCause, RefundState


@dataclass(frozen=True)
class RefundNote:
    """Won; `lines` are (name, how many, won)."""

    id: int
    amount: int
    cause: RefundCause
    state: RefundState
    at: datetime
    pay_before: date
    paid_at: datetime | None
    tender: str
    has_account: bool
    account_end: str
    """The last four digits of the account it goes to, where it does not go to the card; villages are not told."""
    is_return: bool
    """The goods had been sent and came back."""
    postage: int
    lines: tuple[tuple[str, int, int], ...]

    @property
    def cause_name(self) -> str:
        return CAUSE_NAMES[self.cause]

    @property
    def state_name(self) -> str:
        return REFUND_NAMES[self.state]

    @property
    def wants_account(self) -> bool:
        """Nobody knows yet where to send it."""
        by_hand = self.tender == Tender.bank_transfer or self.state == RefundState.stuck
        return by_hand and self.state != RefundState.paid and not self.has_account


async def refunds_of(number: str, *, village_ids: Sequence[int] | None = None) -> list[RefundNote]:
    """The first one first; with `village_ids` only what these villages' half gave back."""
    rows = await connections.get("default").execute_query_dict(REFUNDS, [number, village_ids])
    return [
        RefundNote(
            **row | {
                "cause": RefundCause(row["cause"]), "state": RefundState(row["state"]),
                "lines": tuple((line["name"], line["count"], line["amount"]) for line in json.loads(row["lines"])),
            }
        )
        for row in rows
    ]  # fmt: skip


REFUNDS = """
SELECT r.id, COALESCE(sum(rp.goods + rp.programs + rp.postage), r.amount)::int AS amount, r.cause, r.state, r.at, r.pay_before, r.paid_at, pay.tender,
       r.account <> '' AS has_account, CASE WHEN $2::bigint[] IS NULL AND r.paid_by <> 'stripe' THEN r.account_end ELSE '' END AS account_end, EXISTS (SELECT FROM returns b WHERE b.refund_id = r.id) AS is_return,
       COALESCE(sum(rp.postage), 0)::int AS postage,
       (SELECT COALESCE(json_agg(json_build_object('name', l.name, 'count', rl.count, 'amount', rl.amount) ORDER BY l.id), '[]')
        FROM refund_lines rl JOIN lines l ON l.id = rl.line_id JOIN parts p ON p.id = l.part_id
        WHERE rl.refund_id = r.id AND ($2::bigint[] IS NULL OR p.village_id = ANY($2))) AS lines
FROM orders o JOIN refunds r ON r.order_id = o.id JOIN payments pay ON pay.id = r.payment_id
LEFT JOIN refund_parts rp ON rp.refund_id = r.id LEFT JOIN parts p ON p.id = rp.part_id
WHERE o.number = $1 AND ($2::bigint[] IS NULL OR p.village_id = ANY($2))
GROUP BY r.id, pay.tender ORDER BY r.id
"""
