"""What the provider's word does to a payment: worked out anew from all it has told, whenever it tells more."""

from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.disputes import take_disputes
from market.payments import EventKind
from market.provider_refunds import take_refund
from market.standing import Standing, Told, standing
from market.tasks import open_task

CONTRADICTIONS = {
    "twice": "한 결제창에서 돈이 두 번 들어왔다고 결제사가 알렸습니다. 한 번만 장부에 적었습니다.",
    "failed": "돈이 들어왔다는 알림과 결제에 실패했다는 알림이 함께 왔습니다. 들어온 것으로 두었습니다.",
    "expired": "돈이 들어왔다는 알림과 결제창이 그냥 닫혔다는 알림이 함께 왔습니다. 들어온 것으로 두었습니다.",
    "refunded": "들어온 돈보다 많이 돌려주었다고 결제사가 알렸습니다.",
    "disputed": "들어온 돈보다 많이 빼 갔다고 결제사가 알렸습니다. 장부에 적지 않았습니다.",
    "amounts": "같은 환불을 결제사가 다른 금액으로 알렸습니다.",
}


async def settle(
    db: BaseDBAsyncClient, payment_id: int, *, until: datetime | None = None, now: datetime
) -> Standing:
    """Bring the payment into line with what was told, in the caller's transaction; again and again does nothing more.

    Money that came in is booked by `capture.capture_in`, which the caller has done by now.
    """
    await db.execute_query(LOCK, [payment_id])
    payment = (await db.execute_query_dict(PAYMENT, [payment_id]))[0]
    now_stands = standing(_told(row) for row in await db.execute_query_dict(EVENTS, [payment_id]))
    if not now_stands.captured and (now_stands.is_failed or now_stands.is_expired):
        state = EventKind.failed if now_stands.is_failed else EventKind.expired
        await db.execute_query(NO_MONEY, [payment_id, state.value])
    for word in now_stands.contradictions:
        sentence = f"주문 {payment['number']}: {CONTRADICTIONS[word]} 결제사 화면에서 확인해 주세요."
        await open_task(db, kind="alarm", subject=f"payment {payment_id} {word}", sentence=sentence)
    for refund in now_stands.refunds:
        await take_refund(db, payment, refund, now=now)
    if now_stands.captured:
        await take_disputes(db, payment, now_stands.disputes, until=until, now=now)
    return now_stands


def _told(row: dict[str, Any]) -> Told:
    values: dict[str, Any] = row | {"kind": EventKind(row["kind"])}
    return Told(**values)


# NO KEY, as whoever books money of this order: see refund_confirmation.
LOCK = "SELECT id FROM orders WHERE id = (SELECT order_id FROM payments WHERE id = $1) FOR NO KEY UPDATE"
PAYMENT = """
SELECT p.id, p.order_id, p.amount, p.disputed, o.number FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = $1
"""
EVENTS = """
SELECT kind, amount, intent, thing, key, effect AS outcome, doubt FROM payment_events
WHERE payment_id = $1 OR (payment_id IS NULL AND intent <> '' AND intent IN (
    SELECT intent FROM payment_events WHERE payment_id = $1 AND kind = 'captured' AND doubt = ''
))
"""
NO_MONEY = "UPDATE payments SET state = $2, ask_at = NULL WHERE id = $1 AND state IN ('open', 'unknown')"
