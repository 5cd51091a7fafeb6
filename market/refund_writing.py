"""A refund as it is written down: its rows, bounded by what was paid and taken; its place in figures and journal."""

from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.calendar_days import working_days_after
from market.orders import Tender
from market.refund_booking import book_payment, book_promise
from market.refund_figures import take_off_figures
from market.refund_rules import Half, PartRefund
from market.refunds import (
    NO_ACCOUNT,
    WORKING_DAYS,
    Refund,
    RefundState,
    SealedAccount,
)
from villages.days import seoul_day
from villages.named import Named


async def book_refund(
    db: BaseDBAsyncClient, refund: Refund, quote: dict[str, Any], halves: dict[int, Half], refunds: list[PartRefund], *,
    by: str,
) -> None:  # fmt: skip
    """The refund's journal and figures: hot rows, so it comes last."""
    await book_promise(db, refund, halves, refunds, by=by)
    if refund.state == RefundState.paid:
        await book_payment(
            db, refund.id, refund.amount, order_id=refund.order_id, tender=_across_the_table(quote["tender"]),
            village_id=quote["village_id"], at=refund.at, by=by,
        )  # fmt: skip
    await take_off_figures(db, quote["channel"], halves, refunds, refund.day)


async def within_taken(db: BaseDBAsyncClient, wanted: dict[int, int]) -> dict[int, int]:
    """Of these lines (line → how many) no more than came off the shelf and has not gone back."""
    rows = await db.execute_query_dict(TAKEN, [list(wanted)])
    return {row["id"]: min(wanted[row["id"]], row["taken"]) for row in rows if row["taken"] > 0}


async def write_refund(
    db: BaseDBAsyncClient, quote: dict[str, Any], refunds: list[PartRefund], restocked: dict[int, int], *, by: str,
    account: SealedAccount, now: datetime,
) -> Refund:  # fmt: skip
    """The refund with its halves and lines, and what it takes off them, in one statement: CHECKs bound every sum."""
    is_done = quote["amount"] == 0 or quote["provider"] == "desk"  # given back across the table
    kept = account if quote["provider"] == "bank_transfer" and not is_done else NO_ACCOUNT
    lines = [(refund.part, line) for refund in refunds for line in refund.lines]
    rows = await db.execute_query_dict(WRITE.sql, WRITE.values({
        "order_id": quote["order_id"], "payment_id": quote["payment_id"], "quote_id": quote["id"], "cause": quote["cause"],
        "amount": quote["amount"], "state": RefundState.paid.value if is_done else RefundState.promised.value, "by": by,
        "now": now, "day": seoul_day(now), "pay_before": working_days_after(seoul_day(now), WORKING_DAYS),
        "account": kept.sealed, "account_end": kept.end, "try_at": now if quote["provider"] == "stripe" and not is_done else None,
        "paid_at": now if is_done else None, "paid_by": by if is_done else "",
        "p_part": [refund.part for refund in refunds], "p_goods": [refund.goods for refund in refunds],
        "p_programs": [refund.programs for refund in refunds], "p_postage": [refund.postage for refund in refunds],
        "p_vat": [refund.vat for refund in refunds], "p_whole": [refund.is_whole for refund in refunds],
        "l_line": [line.line for _, line in lines], "l_count": [line.count for _, line in lines],
        "l_percent": [line.percent for _, line in lines], "l_amount": [line.amount for _, line in lines],
        "l_restocked": [restocked.get(line.line, 0) for _, line in lines],
    }))  # fmt: skip
    return await Refund.get(id=rows[0]["id"], using_db=db)


def _across_the_table(tender: str) -> str:
    """What came by transfer at the stall lies with the city; the village gives it back out of its own cash box."""
    return Tender.cash.value if tender == Tender.bank_transfer else tender


# How many of each line came off the shelf and have not gone back: a shortage covered the rest, which never lay there.
TAKEN = """
SELECT l.id, (-m.change - COALESCE((SELECT sum(restocked) FROM refund_lines r WHERE r.line_id = l.id), 0)
                        - COALESCE((SELECT sum(restocked - resent) FROM return_lines r WHERE r.line_id = l.id), 0))::int AS taken
FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
JOIN movements m ON m.cause = CASE WHEN o.recorded_by_id IS NULL THEN 'order ' || o.number || ' line ' || l.id
    ELSE 'order ' || o.number || ' variant ' || l.variant_id END
WHERE l.id = ANY($1::bigint[]) AND l.variant_id IS NOT NULL
"""


WRITE_TEXT = """
WITH new_refund AS (
    INSERT INTO refunds (order_id, payment_id, quote_id, cause, amount, state, by, at, day, pay_before, account, account_end, reference,
        try_at, tries, paid_at, paid_by)
    VALUES (:order_id, :payment_id, :quote_id, :cause, :amount, :state, :by, :now, :day, :pay_before, :account, :account_end, '',
        :try_at, 0, :paid_at, :paid_by)
    RETURNING id
), of_parts AS (
    SELECT * FROM unnest(:p_part::bigint[], :p_goods::int[], :p_programs::int[], :p_postage::int[], :p_vat::int[],
        :p_whole::bool[]) AS p (part, goods, programs, postage, vat, is_whole)
), of_lines AS (
    SELECT * FROM unnest(:l_line::bigint[], :l_count::int[], :l_percent::int[], :l_amount::int[], :l_restocked::int[])
        AS l (line, count, percent, amount, restocked)
), new_parts AS (
    INSERT INTO refund_parts (refund_id, part_id, goods, programs, postage, vat)
    SELECT new_refund.id, part, goods, programs, postage, vat FROM new_refund CROSS JOIN of_parts ORDER BY part
), new_lines AS (
    INSERT INTO refund_lines (refund_id, line_id, count, percent, amount, restocked)
    SELECT new_refund.id, line, count, percent, amount, restocked FROM new_refund CROSS JOIN of_lines ORDER BY line
), fewer AS (
    UPDATE lines SET cancelled = cancelled + of_lines.count, refunded = refunded + of_lines.amount
    FROM of_lines WHERE lines.id = of_lines.line
), paid AS (
    UPDATE payments SET refunded = refunded + :amount WHERE id = :payment_id
), moved AS (
    UPDATE parts SET refunded_goods = refunded_goods + of_parts.goods, refunded_programs = refunded_programs + of_parts.programs,
        refunded_postage = refunded_postage + of_parts.postage, version = version + 1,
        state = CASE WHEN is_whole THEN 'cancelled' ELSE state END, moved_at = CASE WHEN is_whole THEN :now ELSE moved_at END
    FROM of_parts WHERE parts.id = of_parts.part RETURNING parts.id, is_whole
), moves AS (
    INSERT INTO part_moves (part_id, state, by, at, again)
    SELECT id, 'cancelled', :by, :now, EXISTS (SELECT FROM part_moves m WHERE m.part_id = moved.id AND m.state = 'cancelled')
    FROM moved WHERE is_whole
    ON CONFLICT (part_id, state, again) DO NOTHING
)
SELECT id FROM new_refund
"""


WRITE = Named(WRITE_TEXT)
