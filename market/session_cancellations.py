"""A session cannot take place (rain, too few people, the village's own trouble): everyone in it gets it back. Once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.cancellations import cancel_unpaid
from market.dates.choices import OtherDate, other_dates
from market.dates.offers import IS_LIVE, decline, offer_dates
from market.gateway import Gateway
from market.orders import Order
from market.refund_confirmation import confirm_refund
from market.refund_figures import heads_of
from market.refund_quotes import HALVES_OF_SESSION, half_of, quote_refund
from market.refund_rules import refund_of
from market.refunds import CAUSE_NAMES, QuoteEnded, RefundCause
from market.seat_offers import end_queue, lock_seats
from market.session_words import session_text
from villages.acts import record_act
from villages.days import seoul_day
from villages.refusals import BadForm, NotFound, Refused

log = logging.getLogger("jangnal.payments")
ENDS_WHOLE = "아직 결제하지 않은 주문이라 함께 담으신 것도 취소되었으니, 다시 담아 주문해 주세요."
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
    has_go: bool
    """It was decided that people enough come, and they were told so."""
    offered: int
    """Parties that are choosing between other dates and their money."""
    dates: tuple[OtherDate, ...]
    """Other dates that could be offered."""

    @property
    def amount(self) -> int:
        return sum(party.amount for party in self.paid)

    @property
    def heads(self) -> int:
        return sum(party.heads for party in self.paid)


async def dry_run(
    session_id: int, cause: RefundCause, *, village_ids: Sequence[int], now: datetime
) -> DryRun:
    """Four queries, however many people come. Raises `NotFound`."""
    db = connections.get("default")
    rows = await db.execute_query_dict(SESSION, [session_id, list(village_ids), now])
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
        tuple(paid), session["unpaid"], why_of(session["name"], session["starts_at"], cause), session["go_at"] is not None,
        session["offered"], await other_dates(session_id, now=now),
    )  # fmt: skip


async def cancel_session(
    session_id: int,
    cause: RefundCause,
    gateway: Gateway,
    *,
    village_ids: Sequence[int],
    by: str,
    instead: Sequence[int] = (),
    now: datetime,
) -> None:
    """Close it for good and give everything back; what is interrupted here the worker goes on with.

    `instead`: other sessions of the program that are offered to those who have paid: they get their money when they
    say so, or have not chosen in time. Twice is once: the first cause stands. Raises `NotFound`, `BadForm` (a cause of
    the shopper's, too few where it was decided that they are enough, a day that is over).
    """
    if cause not in SESSION_CAUSES:
        raise BadForm("체험을 못 하는 까닭을 골라 주세요.")
    async with in_transaction() as db:
        rows = await db.execute_query_dict(SESSION, [session_id, list(village_ids), now])
        if not rows:
            raise NotFound("이 마을의 체험이 아닙니다. 목록에서 다시 골라 주세요.")
        if seoul_day(rows[0]["starts_at"]) < seoul_day(now):
            raise BadForm("이미 지난 날의 체험입니다. 한 분씩 주문 화면에서 돌려주세요.")
        await lock_seats(db, [session_id])
        await cancel_in(db, rows[0], cause, by=by, instead=instead, now=now)
    await empty_session(session_id, gateway, now=now)


async def cancel_in(
    db: BaseDBAsyncClient,
    session: dict,
    cause: RefundCause,
    *,
    by: str,
    instead: Sequence[int] = (),
    now: datetime,
) -> None:
    """`cancel_session` for a row of `SESSION` that stands locked; `empty_session` goes on after the commit."""
    done, _ = await db.execute_query(CANCEL, [session["id"], cause.value, by, now])
    if not done:
        if (await db.execute_query_dict(IS_CANCELLED, [session["id"]]))[0]["is_cancelled"]:
            return
        raise BadForm(
            "열기로 정해 손님께 이미 알렸습니다. 사람이 적다는 까닭으로는 취소할 수 없습니다. 다른 까닭을 골라 주세요."
        )
    await end_queue(db, session["id"], now=now)
    await offer_dates(
        db, session["id"], instead, why=why_of(session["name"], session["starts_at"], cause), now=now
    )
    facts = {"cause": cause.value}
    village_id = session["village_id"]
    await record_act(
        db, "session cancelled", f"session {session['id']}", by=by, village_id=village_id, facts=facts
    )


async def give_back_instead(offer_id: int, order_id: int, gateway: Gateway, *, now: datetime) -> None:
    """A party would rather have its money than another date. One that has moved meanwhile stays where it is."""
    async with in_transaction() as db:
        session_id = await decline(db, offer_id, order_id, now=now)
    if session_id is None:
        raise NotFound()
    await empty_session(session_id, gateway, order_id=order_id, now=now)


async def empty_cancelled_sessions(now: datetime, gateway: Gateway, *, most: int = 10) -> int:
    """Go on where one was interrupted, somebody paid meanwhile, or a party has not chosen another date in time.

    Returns how many orders were called off.
    """
    rows = await connections.get("default").execute_query_dict(NOT_EMPTY, [most, now])
    return sum([await empty_session(row["id"], gateway, now=now) for row in rows])


async def empty_session(
    session_id: int, gateway: Gateway, *, order_id: int | None = None, now: datetime
) -> int:
    """Each order in a transaction of its own; one that cannot be called off now is left for the next round."""
    done = 0
    for row in await connections.get("default").execute_query_dict(ORDERS, [session_id, now, order_id]):
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
    why = why_of(row["name"], row["starts_at"], cause)
    if order.paid_at is None:
        # Its holds are one: to part them would be to sell the rest anew, at what it costs today.
        why += f" {ENDS_WHOLE}" if row["has_more"] else ""
        await cancel_unpaid(order, gateway, by=row["by"], why=why, now=now)
        return
    wanted = {line: count for line, count in zip(row["lines"], row["counts"], strict=True) if count}
    quote = await quote_refund(order, wanted, cause=cause, by=row["by"], now=now)
    # Asked once the quote is made: it would not know that the party has moved to another date since we found it here.
    still_here = await connections.get("default").execute_query_dict(
        STILL_HERE, [list(wanted), row["session_id"]]
    )
    if len(still_here) < len(wanted):
        raise QuoteEnded
    await confirm_refund(quote.code, order.id, by=row["by"], why=why, now=now)


def why_of(name: str, starts_at: datetime, cause: RefundCause) -> str:
    return f"{session_text(starts_at)} {name}, {CAUSE_NAMES[cause]} 열지 못하게 되었습니다."


SESSION = f"""
SELECT s.id, l.village_id, l.name, l.slug, s.starts_at, s.cancelled_at, s.go_at,
       (SELECT count(*) FROM date_offers f JOIN bookings b ON b.id = f.booking_id AND b.session_id = f.session_id
        WHERE f.session_id = s.id AND b.state = 'confirmed' AND {IS_LIVE.format(now="$3")})::int AS offered,
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
WHERE id = $1 AND cancelled_at IS NULL AND ($2 <> 'too_few' OR go_at IS NULL)
"""
IS_CANCELLED = "SELECT cancelled_at IS NOT NULL AS is_cancelled FROM sessions WHERE id = $1"
STILL_HERE = "SELECT id FROM lines WHERE id = ANY($1::bigint[]) AND session_id = $2"
IS_CHOOSING = f"""
EXISTS (SELECT FROM date_offers f WHERE f.booking_id = b.id AND f.session_id = b.session_id AND {IS_LIVE.format(now="$2")})
"""
# Those of a session that was cancelled, as long as anybody is in it who is not choosing another date.
NOT_EMPTY = f"""
SELECT s.id FROM sessions s WHERE s.cancelled_at IS NOT NULL AND (s.held > 0 OR EXISTS (
    SELECT FROM bookings b WHERE b.session_id = s.id AND b.state = 'confirmed' AND NOT {IS_CHOOSING}
)) ORDER BY s.id LIMIT $1
"""
ORDERS = f"""
SELECT o.id, s.id AS session_id, s.cancelled_as AS cause, s.cancelled_by AS by, li.name, s.starts_at,
       EXISTS (SELECT FROM lines m JOIN parts q ON q.id = m.part_id WHERE q.order_id = o.id
               AND m.session_id IS DISTINCT FROM s.id) AS has_more,
       array_agg(l.id ORDER BY l.id) AS lines, array_agg(l.count - l.cancelled ORDER BY l.id) AS counts
FROM sessions s JOIN listings li ON li.id = s.listing_id JOIN lines l ON l.session_id = s.id
JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
JOIN bookings b ON b.part_id = p.id AND b.session_id = s.id
WHERE s.id = $1 AND s.cancelled_at IS NOT NULL AND b.state IN ('held', 'confirmed') AND o.ended_as IS NULL
  AND ($3::bigint IS NULL OR o.id = $3) AND NOT {IS_CHOOSING}
GROUP BY o.id, s.id, li.id HAVING sum(l.count - l.cancelled) > 0 ORDER BY o.id
"""
