"""Card payments: open the provider's page, and believe only what the provider itself tells us."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.capture import Effect, capture_in
from market.gateway import Event, Found, Gateway, GatewayTrouble, Opened, Reading
from market.orders import Order, Tender
from market.payments import EventKind, Payment, PaymentState, Provider
from market.provider_word import settle
from market.retrying import retried
from market.tasks import open_task
from villages.refusals import SalesClosed

log = logging.getLogger("jangnal.payments")
PAGE_LIVES = timedelta(minutes=31)  # Stripe's sessions live 30 minutes at least
ASK_AFTER = timedelta(minutes=10)
BIGGEST_INT = 2**31 - 1


@dataclass(frozen=True)
class ReturnTo:
    """Where the provider sends the buyer afterwards. Arriving there proves nothing."""

    done: str
    back: str


async def open_page(
    order: Order, *, gateway: Gateway, return_to: ReturnTo, hold: timedelta, now: datetime
) -> Payment:
    """Open (or find again) the provider's page for an order; where time is short, give the one extension.

    Raises `SalesClosed` when the order cannot be paid any more, `GatewayTrouble` when the provider does not answer:
    then the payment stands as unknown, and the next try carries the same key.
    """
    payment = await _wanted_payment(order, hold=hold, now=now)
    if payment.url:
        return payment
    try:
        opened = await _open_at_provider(payment, order, gateway=gateway, return_to=return_to)
    except GatewayTrouble as trouble:
        if (
            not trouble.retry
        ):  # no page stands under this key, nor ever will: the next try gets a key of its own
            await Payment.filter(id=payment.id, state=PaymentState.unknown).update(
                state=PaymentState.failed, ask_at=None
            )
            if payment.opened_at < now:  # it was left from an earlier try, whose page may no longer be opened
                return await open_page(order, gateway=gateway, return_to=return_to, hold=hold, now=now)
        raise
    kept = await Payment.filter(id=payment.id, state=PaymentState.unknown).update(
        reference=opened.reference, url=opened.url, ends_at=opened.expires_at, state=PaymentState.open
    )
    payment = await Payment.get(id=payment.id)
    if not kept and payment.reference != opened.reference:  # the order ended while the provider answered
        await gateway.expire(opened.reference)
    if payment.state != PaymentState.open:
        raise SalesClosed("결제가 끝났거나 결제 시간이 지났습니다. 주문 화면을 확인해 주세요.")
    return payment


async def _open_at_provider(
    payment: Payment, order: Order, *, gateway: Gateway, return_to: ReturnTo
) -> Opened:
    return await gateway.open(
        key=f"{order.key}:{payment.id}",
        order_number=order.number,
        amount=payment.amount,
        title=f"주문 {order.number}",
        email=order.buyer_email or None,
        return_url=return_to.done,
        cancel_url=return_to.back,
        expires_at=payment.opened_at + PAGE_LIVES,
    )


async def _wanted_payment(order: Order, *, hold: timedelta, now: datetime) -> Payment:
    """The open payment of this order, or a new one; the order's row is locked meanwhile, so there is only one."""
    async with in_transaction() as db:
        order = await Order.select_for_update().using_db(db).get(id=order.id)
        if order.paid_at or order.ended_as or order.pay_before is None or order.pay_before <= now:
            raise SalesClosed("결제 시간이 지났습니다. 장바구니에 다시 담아 주문해 주세요.")
        last = (
            await Payment.filter(order_id=order.id, provider=Provider.stripe)
            .using_db(db)
            .order_by("-id")
            .first()
        )
        if last and last.state in (PaymentState.open, PaymentState.unknown) and _still_open(last, now):
            return last
        if order.pay_before < now + PAGE_LIVES:
            await _extend(order, hold=hold, now=now)
            await order.save(using_db=db, update_fields=["pay_before", "extended_at"])
        return await Payment.create(
            using_db=db,
            order_id=order.id,
            provider=Provider.stripe,
            reference=f"{order.number}/{(last.id if last else 0) + 1}",
            tender=Tender.card,
            state=PaymentState.unknown,
            amount=order.total,
            opened_at=now,
            ask_at=now + ASK_AFTER,
        )


def _still_open(payment: Payment, now: datetime) -> bool:
    return (payment.ends_at or payment.opened_at + PAGE_LIVES) > now


async def _extend(order: Order, *, hold: timedelta, now: datetime) -> None:
    if order.extended_at:
        raise SalesClosed(
            "결제 시간을 이미 한 번 늘렸습니다. 시간이 지나면 장바구니에 다시 담아 주문해 주세요."
        )
    order.extended_at, order.pay_before = now, now + hold


@retried
async def take_event(event: Event, *, livemode: bool, now: datetime) -> Effect | None:
    """A signed message of the provider: its id has at most one effect. None: nothing to do, or seen before.

    What follows is worked out from all that was told of this payment so far, so that the order does not matter.
    """
    intent = (event.reading.intent if event.reading else None) or ""
    async with in_transaction() as db:
        if (
            intent
        ):  # what is told of money we do not know yet must not pass by the message that makes it known
            await db.execute_query(ONE_AT_A_TIME, [intent])
        payment_id = await _payment_id(event.reading.reference if event.reading else "", intent)
        doubt = await _doubt(event, payment_id, livemode)
        # Nothing a provider sends may fail here: it would send it again for days. What is odd is doubted instead.
        reading = (
            (event.reading.reference, min(event.reading.amount, BIGGEST_INT)) if event.reading else ("", 0)
        )
        fresh = await db.execute_query_dict(
            WRITE_EVENT,
            [event.id[:120], event.kind, payment_id, reading[1], now, reading[0][:120], intent[:120], event.thing[:120],
             event.key[:64], event.outcome[:20], doubt[:300]],
        )  # fmt: skip
        if not fresh:
            return None
        if doubt:
            await open_task(db, kind="alarm", subject=f"event {event.id}", sentence=doubt)
            return None
        if payment_id is None:
            return None
        effect = None
        if event.kind == EventKind.captured:
            effect = await capture_in(db, payment_id, by="stripe", now=now)
        if event.kind == EventKind.refund_sum:
            await db.execute_query(ASK_AGAIN, [payment_id, now])
        await settle(db, payment_id, until=event.until, now=now)
    return effect


async def believe(reading: Reading, *, livemode: bool, now: datetime) -> Effect | None:
    """What we read at the provider ourselves is told like a message, with the same checks."""
    if reading.state not in (Found.captured, Found.expired):
        return None
    kind = EventKind.captured if reading.state == Found.captured else EventKind.expired
    name = f"read {reading.reference} {kind} {reading.amount} {reading.currency} {reading.intent or ''}"
    return await take_event(Event(name, kind, reading), livemode=livemode, now=now)


async def ask_about_payments(now: datetime, gateway: Gateway, *, most: int = 20) -> int:
    """Ask the provider about payments that have been open for long. Returns how many were paid."""
    paid = 0
    rows = await connections.get("default").execute_query_dict(CLAIM, [now, now + ASK_AFTER, most])
    for row in rows:
        try:
            paid += await _ask_about(row, gateway, now=now)
        except GatewayTrouble as trouble:  # it is asked again in ten minutes
            log.warning(
                "provider in trouble", extra={"facts": {"payment": row["id"], "why": str(trouble)[:100]}}
            )
        except Exception as broken:  # one payment that cannot be booked must not hold up the others
            log.error("payment not booked", exc_info=broken, extra={"facts": {"payment": row["id"]}})
    return paid


async def _ask_about(row: dict[str, Any], gateway: Gateway, *, now: datetime) -> bool:
    reading = await gateway.read(row["reference"])
    if reading.state == Found.open and row["paid_at"]:  # another page paid this order: this one must not
        reading = await gateway.expire(row["reference"])
    return await believe(reading, livemode=gateway.livemode, now=now) is not None


async def _payment_id(reference: str, intent: str) -> int | None:
    """By the page's name; what tells only of its money belongs to the page that told of this money before."""
    rows = await connections.get("default").execute_query_dict(PAYMENT, [reference, intent])
    return rows[0]["id"] if rows else None


async def _doubt(event: Event, payment_id: int | None, livemode: bool) -> str:
    """Why this cannot be ours; empty where everything agrees, or where nothing would follow from it."""
    reading = event.reading
    if reading is None or event.kind in (EventKind.other, EventKind.refund_sum):
        return ""
    if event.kind != EventKind.captured:
        return _doubt_of_currency(reading, livemode) if event.thing else ""
    payment = await Payment.filter(id=payment_id).select_related("order").first() if payment_id else None
    if payment is None:
        return f"모르는 결제({reading.reference[:40]})에 돈이 들어왔다는 알림이 왔습니다. 결제사 화면에서 확인해 주세요."
    seen = (reading.amount, reading.currency, reading.livemode, reading.order_number)
    ours = (payment.amount, "krw", livemode, payment.order.number)
    if seen == ours:
        return ""
    return f"주문 {payment.order.number}: 결제사가 알린 내용({seen})이 우리 장부({ours})와 다릅니다. 결제로 치지 않았습니다."


def _doubt_of_currency(reading: Reading, livemode: bool) -> str:
    if (reading.currency, reading.livemode) == ("krw", livemode):
        return ""
    seen = f"{reading.amount} {reading.currency}, {'실제' if reading.livemode else '연습'} 결제"
    return f"결제사가 우리와 다른 돈({seen})을 돌려주거나 빼 갔다고 알렸습니다. 장부에 적지 않았습니다. 결제사 화면에서 확인해 주세요."


ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 14))"
PAYMENT = """
SELECT COALESCE(
    (SELECT id FROM payments WHERE provider = 'stripe' AND reference = $1 AND $1 <> ''),
    (SELECT payment_id FROM payment_events WHERE intent = $2 AND $2 <> '' AND kind = 'captured' AND doubt = '' ORDER BY id LIMIT 1)
) AS id
"""
WRITE_EVENT = """
INSERT INTO payment_events (provider, event_id, kind, payment_id, amount, at, reference, intent, thing, key, effect, doubt)
VALUES ('stripe', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (provider, event_id) DO NOTHING RETURNING id
"""
ASK_AGAIN = "UPDATE refunds SET try_at = $2 WHERE payment_id = $1 AND state = 'promised' AND reference <> '' AND try_at > $2"
CLAIM = """
WITH due AS (
    SELECT id, order_id FROM payments WHERE ask_at <= $1 AND state IN ('open', 'unknown') AND url <> ''
    ORDER BY ask_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE payments SET ask_at = $2 FROM due JOIN orders o ON o.id = due.order_id WHERE payments.id = due.id
RETURNING payments.id, payments.reference, o.paid_at
"""
