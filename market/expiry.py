"""Unpaid orders past their time give everything back: goods, seats, and the open payment page."""

import logging
from datetime import datetime

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import bookings, dispatch_days, stock
from market.capture import seat_wishes
from market.card_payments import believe
from market.gateway import Found, Gateway, GatewayTrouble
from market.part_states import Ending
from market.retrying import retried
from market.seat_offers import lock_seats, offer_freed_seats
from villages.acts import record_act
from villages.notices import tell

log = logging.getLogger("jangnal.payments")


async def expire_unpaid_orders(now: datetime, gateway: Gateway, *, most: int = 50) -> int:
    """End orders whose time to pay is over. Returns how many ended.

    The provider's page is closed first, outside any transaction: a payment that came in the last second pays the
    order. Where the provider does not answer, the order waits for the next round: unknown is not failed.
    """
    ended = 0
    rows = await connections.get("default").execute_query_dict(OVERDUE, [now, most])
    for row in rows:
        try:
            if await close_pages(row["pages"] or [], gateway, now=now):
                ended += await end_order(row["id"], Ending.expired, by="clock", now=now)
        except Exception as broken:  # one order that cannot be ended must not keep the goods of all others
            log.error("order not ended", exc_info=broken, extra={"facts": {"order": row["id"]}})
    return ended


async def close_pages(references: list[str], gateway: Gateway, *, now: datetime) -> bool:
    """True when none of an order's payment pages can take money any more. What was paid there is booked."""
    closed = [await _close_page(reference, gateway, now=now) for reference in references]
    return all(closed)


@retried
async def end_order(order_id: int, ending: Ending, *, by: str, why: str = "", now: datetime) -> bool:
    """Give back what an unpaid order holds, once; `why` is told its buyer. False where it was paid or had ended."""
    async with in_transaction() as db:
        rows = await db.execute_query_dict(END_ORDER, [order_id, ending.value, now, ending == Ending.expired])
        if not rows:
            return False
        await _give_back(db, order_id, ending, now)
        await db.execute_query(CANCEL_BOOKINGS, [order_id, now])
        counted = await db.execute_query_dict(CANCEL_PARTS, [order_id, now, by])
        await dispatch_days.give_back(db, [part["id"] for part in counted])
        await db.execute_query(CLOSE_PAYMENTS, [order_id])
        order = rows[0]
        if by.startswith("person "):  # the buyer's own taps and the clock stand in the parts' moves alone
            await record_act(db, f"order {ending.value}", f"order {order['number']}", by=by)
        facts: dict[str, object] = {"number": order["number"], "name": order["buyer_name"]}
        if why:
            facts["why"] = why
        await tell(
            db,
            kind=ending.value,
            subject=order["number"],
            facts=facts,
            mail=order["buyer_email"],
            phone=order["buyer_phone"],
        )
    return True


async def _close_page(reference: str, gateway: Gateway, *, now: datetime) -> bool:
    """True when the page can take no more money. A payment found there is booked instead."""
    try:
        reading = await gateway.expire(reference)
    except GatewayTrouble as trouble:
        return not trouble.retry
    if reading.state == Found.captured:
        await believe(reading, livemode=gateway.livemode, now=now)
        return False
    return reading.state == Found.expired


async def _give_back(db: BaseDBAsyncClient, order_id: int, ending: Ending, now: datetime) -> None:
    held = await db.execute_query_dict(END_HOLDS, [order_id, ending.value, now])
    for line in sorted((line for line in held if line["variant_id"]), key=lambda line: line["variant_id"]):
        await stock.release(db, line["variant_id"], line["count"])
    if seats := seat_wishes(held):
        before = await lock_seats(db, [wish.session_id for wish in seats])
        await bookings.release_seats(db, seats)
        await offer_freed_seats(db, before, now=now)


TAKES_MONEY = "p.provider = 'stripe' AND p.state IN ('open', 'unknown') AND p.url <> ''"
OVERDUE = f"""
SELECT o.id, pages.pages
FROM orders o LEFT JOIN LATERAL (
    SELECT array_agg(p.reference ORDER BY p.id) AS pages FROM payments p
    WHERE p.order_id = o.id AND {TAKES_MONEY}
) pages ON true
WHERE o.paid_at IS NULL AND o.ended_as IS NULL AND o.pay_before < $1
ORDER BY pages.pages IS NOT NULL, random() LIMIT $2
"""
# Expiry looks at the time again: the buyer may have been given more time since the order was found.
END_ORDER = """
UPDATE orders SET ended_as = $2
WHERE id = $1 AND paid_at IS NULL AND ended_as IS NULL AND (NOT $4 OR pay_before < $3)
RETURNING number, buyer_name, buyer_email, buyer_phone
"""
END_HOLDS = """
UPDATE holds SET ended_as = $2, ended_at = $3
FROM lines l JOIN parts p ON p.id = l.part_id
WHERE holds.line_id = l.id AND p.order_id = $1 AND holds.ended_as IS NULL
RETURNING l.id AS line_id, l.variant_id, l.session_id, holds.count
"""
CANCEL_BOOKINGS = """
UPDATE bookings SET state = 'cancelled', moved_at = $2 FROM parts p WHERE bookings.part_id = p.id AND p.order_id = $1
"""
CANCEL_PARTS = """
WITH moved AS (
    UPDATE parts SET state = 'cancelled', moved_at = $2, version = version + 1 WHERE order_id = $1
    RETURNING id, dispatch_day_id
), written AS (
    INSERT INTO part_moves (part_id, state, by, at) SELECT id, 'cancelled', $3, $2 FROM moved
)
SELECT id FROM moved WHERE dispatch_day_id IS NOT NULL
"""
CLOSE_PAYMENTS = """
UPDATE payments SET state = 'expired', ask_at = NULL WHERE order_id = $1 AND state IN ('open', 'unknown')
"""
