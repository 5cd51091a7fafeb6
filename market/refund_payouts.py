"""Promised money goes back: the worker asks the card's provider, a person sends a transfer or hands over cash."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.gateway import Gateway, GatewayTrouble
from market.orders import Tender
from market.payments import Provider
from market.refund_booking import book_payment
from market.refunds import Refund, RefundState
from market.tasks import open_task
from villages.acts import record_act
from villages.notices import tell
from villages.refusals import NotFound, Stale

log = logging.getLogger("jangnal.payments")
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
MANY_TRIES = 10  # some two hours


@dataclass(frozen=True)
class Payout:
    """One refund that waits for a person. Won; `account` is sealed."""

    id: int
    number: str
    tender: str
    state: str
    amount: int
    at: datetime
    pay_before: date
    account: str
    buyer_name: str
    buyer_phone: str
    villages: str
    is_unused: bool
    """No order took it."""


async def pay_refunds(now: datetime, gateway: Gateway, *, most: int = 20) -> int:
    """Ask the provider to give back what is due, each under its own key: once, ever. Returns how many."""
    paid = 0
    for row in await connections.get("default").execute_query_dict(CLAIM, [now, now + LEASE, most]):
        try:
            reference = await gateway.refund(
                row["reference"], amount=row["amount"], key=f"refund {row['id']}"
            )
        except GatewayTrouble as trouble:
            await _put_off(row, trouble, now=now)
        except Exception as broken:  # one refund that cannot be made must not hold up the others
            log.error("refund not made", exc_info=broken, extra={"facts": {"refund": row["id"]}})
        else:
            paid += await _settle(row["id"], by="stripe", reference=reference, now=now)
    return paid


async def payouts(*, most: int = 200) -> list[Payout]:
    """Refunds that a person of the city has to send, the most urgent first."""
    return [Payout(**row) for row in await connections.get("default").execute_query_dict(WAITING, [most])]


async def mark_paid_back(refund_id: int, *, by: str, now: datetime) -> Refund:
    """A person has sent it back; a second tap answers the same. Raises `NotFound`, `Stale` (the card gets it)."""
    refund = await Refund.get_or_none(id=refund_id).select_related("payment")
    if refund is None:
        raise NotFound("돌려줄 돈을 찾을 수 없습니다. 목록에서 다시 골라 주세요.")
    if refund.state == RefundState.promised and refund.payment.provider == Provider.stripe:
        raise Stale("카드로 낸 돈은 카드사가 저절로 돌려줍니다. 손으로 보내지 마세요.")
    await _settle(refund_id, by=by, reference="", now=now)
    return await Refund.get(id=refund_id)


async def keep_account(order_id: int, account: str) -> bool:
    """Where the transfers that are due to this order go, told once; False where none waits for it."""
    kept, _ = await connections.get("default").execute_query(KEEP_ACCOUNT, [order_id, account])
    return bool(kept)


async def _settle(refund_id: int, *, by: str, reference: str, now: datetime) -> bool:
    async with in_transaction() as db:
        rows = await db.execute_query_dict(SETTLE, [refund_id, now, by, reference])
        if not rows:
            return False
        await db.execute_query(CLOSE_TASK, [f"refund {refund_id}", now, by])
        # What a card's provider would not take back was sent from the city's own account.
        tender = (
            rows[0]["tender"]
            if by == "stripe" or rows[0]["provider"] != Provider.stripe
            else Tender.bank_transfer
        )
        await book_payment(
            db,
            refund_id,
            rows[0]["amount"],
            order_id=rows[0]["order_id"],
            tender=tender,
            village_id=None,
            at=now,
            by=by,
        )
        if by.startswith("person "):
            won = {"won": rows[0]["amount"]}
            await record_act(db, "refund paid", f"order {rows[0]['number']}", by=by, facts=won)
        facts: dict[str, object] = {
            "number": rows[0]["number"], "name": rows[0]["buyer_name"], "refunded": rows[0]["amount"],
        }  # fmt: skip
        await tell(
            db, kind="refund_paid", subject=f"{rows[0]['number']}/{refund_id}", facts=facts, mail=rows[0]["buyer_email"],
            phone=rows[0]["buyer_phone"],
        )  # fmt: skip
    return True


async def _put_off(row: dict[str, Any], trouble: GatewayTrouble, *, now: datetime) -> None:
    """Later with the same key; where the provider never will, a person gives it back another way."""
    log.warning("refund waits", extra={"facts": {"refund": row["id"], "why": str(trouble)[:100]}})
    if trouble.retry:
        if row["tries"] == MANY_TRIES:
            async with in_transaction() as db:
                await open_task(
                    db, kind="refund_stuck", subject=f"refund {row['id']}",
                    sentence=f"주문 {row['number']}: 카드로 {row['amount']:,}원을 돌려주려 하는데 결제사가 답하지 않습니다. 결제사 화면을 확인해 주세요. 저절로 계속 다시 합니다.",
                )  # fmt: skip
        wait = min(LONGEST_WAIT, timedelta(seconds=10 * 2 ** min(row["tries"], 9)))
        await connections.get("default").execute_query(PUT_OFF, [row["id"], now + wait])
        return
    async with in_transaction() as db:
        await db.execute_query(STUCK, [row["id"]])
        await open_task(
            db, kind="refund_stuck", subject=f"refund {row['id']}",
            sentence=f"주문 {row['number']}: 카드사가 {row['amount']:,}원을 돌려주지 못했습니다. 결제사 화면에서 이미 돌려주지 않았는지 먼저 보고, 전화해서 계좌를 물어보고 보내 주세요.",
        )  # fmt: skip


CLAIM = """
WITH due AS (
    SELECT id FROM refunds WHERE try_at <= $1 AND state = 'promised' ORDER BY try_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE refunds SET try_at = $2, tries = tries + 1
FROM due, payments p, orders o WHERE refunds.id = due.id AND p.id = refunds.payment_id AND o.id = refunds.order_id
RETURNING refunds.id, refunds.amount, refunds.tries, p.reference, o.number
"""
SETTLE = """
UPDATE refunds SET state = 'paid', paid_at = $2, paid_by = $3, reference = $4, try_at = NULL
FROM orders o, payments p
WHERE refunds.id = $1 AND refunds.state IN ('promised', 'stuck') AND o.id = refunds.order_id AND p.id = refunds.payment_id
RETURNING refunds.amount, refunds.order_id, p.tender, p.provider, o.number, o.buyer_name, o.buyer_email, o.buyer_phone
"""
PUT_OFF = "UPDATE refunds SET try_at = $2 WHERE id = $1 AND state = 'promised'"
STUCK = "UPDATE refunds SET state = 'stuck', try_at = NULL WHERE id = $1 AND state = 'promised'"
CLOSE_TASK = """
UPDATE tasks SET done_at = $2, done_by = $3 WHERE kind = 'refund_stuck' AND subject = $1 AND done_at IS NULL
"""
KEEP_ACCOUNT = """
UPDATE refunds SET account = $2 FROM payments p
WHERE refunds.order_id = $1 AND p.id = refunds.payment_id AND refunds.state IN ('promised', 'stuck') AND refunds.account = ''
  AND (p.provider = 'bank_transfer' OR refunds.state = 'stuck')
"""
WAITING = """
SELECT r.id, o.number, p.tender, r.state, r.amount, r.at, r.pay_before, r.account, o.buyer_name, o.buyer_phone,
       COALESCE((SELECT string_agg(v.short_name, ' · ' ORDER BY v.id) FROM refund_parts rp JOIN parts half ON half.id = rp.part_id
        JOIN villages v ON v.id = half.village_id WHERE rp.refund_id = r.id), '') AS villages, r.cause = 'unused' AS is_unused
FROM refunds r JOIN payments p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id
WHERE r.state = 'stuck' OR (r.state = 'promised' AND p.provider <> 'stripe')
ORDER BY r.pay_before, r.id LIMIT $1
"""
