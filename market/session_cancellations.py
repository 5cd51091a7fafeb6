"""A session cannot take place (rain, too few people, the village's own trouble): everyone in it gets it back. Once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tortoise import connections
from tortoise.transactions import in_transaction

from market.cancellations import cancel_unpaid
from market.gateway import Gateway
from market.orders import Order
from market.quotes import session_text
from market.refund_confirmation import confirm_refund
from market.refund_figures import heads_of
from market.refund_quotes import HALVES_OF_SESSION, half_of, quote_refund
from market.refund_rules import refund_of
from market.refunds import CAUSE_NAMES, RefundCause
from market.seat_offers import end_queue, lock_seats
from villages.acts import record_act
from villages.days import seoul_day
from villages.refusals import BadForm, NotFound, Refused

log = logging.getLogger("jangnal.payments")
SESSION_CAUSES = (RefundCause.weather, RefundCause.too_few, RefundCause.operator)


@dataclass(frozen=True)
class Affected:
    """One party that would be called off: won that go back, how it was paid, and whether it is told by message."""

    number: str
    name: str
    phone: str
    heads: int
    amount: int
    tender: str
    is_offline: bool


@dataclass(frozen=True)
class DryRun:
    """What cancelling would do, before anything is done. Won."""

    session_id: int
    name: str
    slug: str
    starts_at: datetime
    cause: RefundCause
    is_cancelled: bool
    paid: tuple[Affected, ...]
    unpaid: int
    """Orders that hold seats and are not paid yet: they end, nothing is to be given back."""
    message: str

    @property
    def amount(self) -> int:
        return sum(party.amount for party in self.paid)

    @property
    def heads(self) -> int:
        return sum(party.heads for party in self.paid)


async def dry_run(
    session_id: int, cause: RefundCause, *, village_ids: Sequence[int], now: datetime
) -> DryRun:
    """Three queries, however many people come. Raises `NotFound`."""
    db = connections.get("default")
    rows = await db.execute_query_dict(SESSION, [session_id, list(village_ids)])
    if not rows:
        raise NotFound("이 마을의 체험이 아닙니다. 목록에서 다시 골라 주세요.")
    found = await db.execute_query_dict(HALVES_OF_SESSION, [session_id])
    parties = {row["part_id"]: row for row in await db.execute_query_dict(PARTIES, [session_id])}
    paid = []
    for part_id, of_part in groupby(found, key=lambda row: row["part_id"]):
        half, party = half_of(list(of_part)), parties[part_id]
        wanted = {line.id: line.left for line in half.lines if line.session_id == session_id and line.left}
        refund = refund_of(half, wanted, cause=cause, booked_at=party["placed_at"], now=now)
        heads = sum(heads_of(line, wanted[line.id]) for line in half.lines if line.id in wanted)
        paid.append(
            Affected(
                party["number"], party["buyer_name"], party["buyer_phone"], heads, refund.amount, party["tender"],
                party["is_offline"],
            )
        )  # fmt: skip
    session = rows[0]
    return DryRun(
        session_id, session["name"], session["slug"], session["starts_at"], cause, session["cancelled_at"] is not None,
        tuple(paid), session["unpaid"], why_of(session["name"], session["starts_at"], cause),
    )  # fmt: skip


async def cancel_session(
    session_id: int,
    cause: RefundCause,
    gateway: Gateway,
    *,
    village_ids: Sequence[int],
    by: str,
    now: datetime,
) -> None:
    """Close it for good and give everything back; what is interrupted here the worker goes on with.

    Twice is once: the first cause stands. Raises `NotFound`, `BadForm` (a cause of the shopper's, a day that is over).
    """
    if cause not in SESSION_CAUSES:
        raise BadForm("체험을 못 하는 까닭을 골라 주세요.")
    async with in_transaction() as db:
        rows = await db.execute_query_dict(SESSION, [session_id, list(village_ids)])
        if not rows:
            raise NotFound("이 마을의 체험이 아닙니다. 목록에서 다시 골라 주세요.")
        if seoul_day(rows[0]["starts_at"]) < seoul_day(now):
            raise BadForm("이미 지난 날의 체험입니다. 한 분씩 주문 화면에서 돌려주세요.")
        await lock_seats(db, [session_id])
        done, _ = await db.execute_query(CANCEL, [session_id, cause.value, by, now])
        if done:
            await end_queue(db, session_id, now=now)
            facts = {"cause": cause.value}
            village_id = rows[0]["village_id"]
            await record_act(
                db, "session cancelled", f"session {session_id}", by=by, village_id=village_id, facts=facts
            )
    await _empty(session_id, gateway, now=now)


async def empty_cancelled_sessions(now: datetime, gateway: Gateway, *, most: int = 10) -> int:
    """Go on where one was interrupted, or somebody paid meanwhile. Returns how many orders were called off."""
    rows = await connections.get("default").execute_query_dict(NOT_EMPTY, [most])
    return sum([await _empty(row["id"], gateway, now=now) for row in rows])


async def _empty(session_id: int, gateway: Gateway, *, now: datetime) -> int:
    """Each order in a transaction of its own; one that cannot be called off now is left for the next round."""
    done = 0
    for row in await connections.get("default").execute_query_dict(ORDERS, [session_id]):
        try:
            await _call_off(row["id"], row, gateway, now=now)
            done += 1
        except Refused as refusal:  # the provider is silent, or it changed this moment
            log.warning("not called off yet", extra={"facts": {"order": row["id"], "why": refusal.code}})
        except Exception as broken:
            log.error("not called off", exc_info=broken, extra={"facts": {"order": row["id"]}})
    return done


async def _call_off(order_id: int, row: dict, gateway: Gateway, *, now: datetime) -> None:
    order, cause = await Order.get(id=order_id), RefundCause(row["cause"])
    if order.paid_at is None:
        await cancel_unpaid(order, gateway, by=row["by"], now=now)
        return
    wanted = {line: count for line, count in zip(row["lines"], row["counts"], strict=True) if count}
    quote = await quote_refund(order, wanted, cause=cause, by=row["by"], now=now)
    why = why_of(row["name"], row["starts_at"], cause)
    await confirm_refund(quote.code, order.id, by=row["by"], why=why, now=now)


def why_of(name: str, starts_at: datetime, cause: RefundCause) -> str:
    return f"{name} {session_text(starts_at)} 체험을 {CAUSE_NAMES[cause]} 열지 못하게 되었습니다."


SESSION = """
SELECT s.id, l.village_id, l.name, l.slug, s.starts_at, s.cancelled_at,
       (SELECT count(DISTINCT p.order_id) FROM lines li JOIN holds h ON h.line_id = li.id AND h.ended_as IS NULL
        JOIN parts p ON p.id = li.part_id WHERE li.session_id = s.id)::int AS unpaid
FROM sessions s JOIN listings l ON l.id = s.listing_id WHERE s.id = $1 AND l.village_id = ANY($2::bigint[])
"""
PARTIES = """
SELECT b.part_id, o.number, o.buyer_name, o.buyer_phone, o.placed_at, o.tender, o.recorded_by_id IS NOT NULL AS is_offline
FROM bookings b JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
WHERE b.session_id = $1 AND b.state = 'confirmed' ORDER BY p.id
"""
CANCEL = """
UPDATE sessions SET cancelled_at = $4, cancelled_as = $2, cancelled_by = $3, closed_at = COALESCE(closed_at, $4)
WHERE id = $1 AND cancelled_at IS NULL
"""
# Those of a session that was cancelled, as long as anybody is in it.
NOT_EMPTY = """
SELECT s.id FROM sessions s WHERE s.cancelled_at IS NOT NULL AND (s.held > 0 OR EXISTS (
    SELECT FROM bookings b WHERE b.session_id = s.id AND b.state = 'confirmed'
)) ORDER BY s.id LIMIT $1
"""
ORDERS = """
SELECT o.id, s.cancelled_as AS cause, s.cancelled_by AS by, li.name, s.starts_at,
       array_agg(l.id ORDER BY l.id) AS lines, array_agg(l.count - l.cancelled ORDER BY l.id) AS counts
FROM sessions s JOIN listings li ON li.id = s.listing_id JOIN lines l ON l.session_id = s.id
JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
JOIN bookings b ON b.part_id = p.id AND b.session_id = s.id
WHERE s.id = $1 AND s.cancelled_at IS NOT NULL AND b.state IN ('held', 'confirmed') AND o.ended_as IS NULL
GROUP BY o.id, s.id, li.id HAVING sum(l.count - l.cancelled) > 0 ORDER BY o.id
"""
