"""Money that came in and that its order does not take, because it is paid or over: all of it goes back."""

from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.calendar_days import working_days_after
from market.ledger.refunds import refund_promised_from_suspense
from market.ledger.suspense import book_aside
from market.orders import Tender
from market.payments import Provider
from market.refunds import WORKING_DAYS, RefundCause, RefundState
from villages.days import seoul_day
from villages.named import Named
from villages.notices import tell


async def promise_unused_back(
    db: BaseDBAsyncClient, payment: dict[str, Any], why: str, *, by: str, now: datetime
) -> None:
    """In the transaction that captured it. A card gets it by itself; a transfer is the city's to send.

    `payment` with its order, as capture.py reads them; `why` is the sentence that the buyer is told.
    """
    amount, order_id, day = payment["amount"], payment["id"], seoul_day(now)
    rows = await db.execute_query_dict(WRITE.sql, WRITE.values({
        "order_id": order_id, "payment_id": payment["payment_id"], "amount": amount,
        "state": (RefundState.promised if amount else RefundState.paid).value, "by": by, "now": now, "day": day,
        "pay_before": working_days_after(day, WORKING_DAYS),
        "try_at": now if amount and payment["provider"] == Provider.stripe else None,
        "paid_at": None if amount else now,
    }))  # fmt: skip
    if not amount:
        return
    await book_aside(
        db, payment["payment_id"], Tender(payment["tender"]), amount, order_id=order_id, at=now, by=by
    )
    subject = f"refund {rows[0]['id']}"
    await refund_promised_from_suspense(db, amount, subject=subject, order_id=order_id, at=now, by=by)
    facts: dict[str, object] = {
        "number": payment["number"], "name": payment["buyer_name"], "refunded": amount, "why": why,
        "tender": payment["tender"],  # which need not be the order's
    }  # fmt: skip
    await tell(
        db, kind="refund_promised", subject=f"{payment['number']}/{rows[0]['id']}", facts=facts,
        mail=payment["buyer_email"], phone=payment["buyer_phone"],
    )  # fmt: skip


WRITE_TEXT = f"""
WITH counted AS (
    UPDATE payments SET refunded = refunded + :amount WHERE id = :payment_id
)
INSERT INTO refunds (order_id, payment_id, cause, amount, state, by, at, day, pay_before, account, reference, try_at, tries,
    paid_at, paid_by)
VALUES (:order_id, :payment_id, '{RefundCause.unused.value}', :amount, :state, :by, :now, :day, :pay_before, '', '', :try_at, 0,
    :paid_at, '')
RETURNING id
"""
WRITE = Named(WRITE_TEXT)
