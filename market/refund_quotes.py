"""What would come back, worked out to the won and kept for a while: what is confirmed is what is paid."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from market.orders import Order
from market.part_states import PartState
from market.refund_rules import (
    Bought,
    Half,
    PartRefund,
    may_be_called_off,
    refund_data,
    refund_from_data,
    refund_of,
)
from market.refunds import NotRefundable, RefundCause, RefundQuote
from villages.listings import Tax
from villages.refusals import NotFound

QUOTE_LIVES = timedelta(minutes=30)
KEPT_FOR = timedelta(days=7)  # somebody may ask what was shown to her


@dataclass(frozen=True)
class Choice:
    """A line that can be called off, and how many of it."""

    id: int
    name: str
    most: int
    is_goods: bool


@dataclass(frozen=True)
class QuotedLine:
    id: int
    name: str
    count: int
    percent: int
    amount: int


@dataclass(frozen=True)
class QuotedPart:
    village: str
    accent: str
    goods: int
    programs: int
    postage: int
    lines: tuple[QuotedLine, ...]
    kept: tuple[Choice, ...]
    """What else of this half could be called off."""

    @property
    def amount(self) -> int:
        return self.goods + self.programs + self.postage


@dataclass(frozen=True)
class Quoted:
    """A quote as people read it. Won."""

    code: str
    number: str
    tender: str
    cause: RefundCause
    amount: int
    ends_at: datetime
    is_done: bool
    """It was confirmed."""
    parts: tuple[QuotedPart, ...]


async def quote_refund(
    order: Order,
    wanted: Mapping[int, int] | None = None,
    *,
    cause: RefundCause,
    by: str,
    village_ids: Sequence[int] | None = None,
    now: datetime,
) -> RefundQuote:
    """Work out and keep what calling off `wanted` (line → how many; None: all that can be) gives back.

    `village_ids` limits an operator to her own half. Raises `NotRefundable`, `NotFound` for lines of nobody's.
    """
    halves = await halves_of(connections.get("default"), order.id, village_ids)
    if not halves:
        raise NotRefundable()
    chosen = _everything(halves, cause, now) if wanted is None else _own(halves, wanted)
    if not chosen:
        raise NotRefundable("취소할 것을 골라 주세요." if wanted is not None else "")
    refunds = [
        refund_of(half, chosen, cause=cause, booked_at=order.placed_at, now=now)
        for half in halves
        if any(line.id in chosen for line in half.lines)
    ]
    return await RefundQuote.create(
        code=secrets.token_hex(16), order_id=order.id, cause=cause, by=by, made_at=now, ends_at=_ends_at(halves, chosen, now),
        amount=sum(refund.amount for refund in refunds), body=[refund_data(refund) for refund in refunds],
    )  # fmt: skip


async def quoted(
    code: str, order_id: int, *, now: datetime, village_ids: Sequence[int] | None = None
) -> Quoted:
    """A quote of this order, to be looked at. Raises `NotFound`."""
    db = connections.get("default")
    rows = await db.execute_query_dict(QUOTE, [code, order_id])
    if not rows:
        raise NotFound("계산한 금액을 찾을 수 없습니다. 주문 화면에서 다시 눌러 주세요.")
    cause = RefundCause(rows[0]["cause"])
    refunds = {part.part: part for part in map(refund_from_data, json.loads(rows[0].pop("body")))}
    found = await db.execute_query_dict(HALVES, [order_id, village_ids])
    parts = [list(group) for _, group in groupby(found, key=lambda row: row["part_id"])]
    if village_ids is not None and not refunds.keys() <= {rows[0]["part_id"] for rows in parts}:
        raise NotFound()
    return Quoted(
        **(rows[0] | {"cause": cause}),
        parts=tuple(
            _quoted_part(of_part, refunds[of_part[0]["part_id"]], cause, now)
            for of_part in parts
            if of_part[0]["part_id"] in refunds
        ),
    )


async def choices_of(
    order_id: int, *, cause: RefundCause, village_ids: Sequence[int] | None = None, now: datetime
) -> list[Choice]:
    """What of a paid order could be called off now; empty: nothing."""
    halves = await halves_of(connections.get("default"), order_id, village_ids)
    return [
        Choice(line.id, line.name, line.free, line.variant_id is not None)
        for half in halves
        for line in half.lines
        if may_be_called_off(half, line, cause=cause, now=now)
    ]


async def halves_of(
    db: BaseDBAsyncClient, order_id: int, village_ids: Sequence[int] | None = None
) -> list[Half]:
    """The paid halves of an order as they stand, in the order of their ids."""
    rows = await db.execute_query_dict(HALVES, [order_id, village_ids])
    live = [row for row in rows if row["state"] not in ("awaiting_payment", "cancelled")]
    return [half_of(list(group)) for _, group in groupby(live, key=lambda row: row["part_id"])]


async def forget_old_quotes(now: datetime) -> int:
    """Quotes that nobody confirmed, some days after their end. Returns how many were forgotten."""
    done, _ = await connections.get("default").execute_query(FORGET, [now - KEPT_FOR])
    return int(done)


def half_of(rows: list[dict[str, Any]]) -> Half:
    """From the rows of one part as `HALVES` gives them."""
    first = rows[0]
    lines = tuple(
        Bought(
            row["id"], row["variant_id"], row["session_id"], row["name"], row["count"], row["cancelled"], row["unit_price"],
            row["refunded"], row["takes"], Tax(row["tax"]), json.loads(row["terms"]), row["starts_at"],
            row["called_off"], row["coming_back"],
        )
        for row in rows
    )  # fmt: skip
    postage, carried_back = first["postage_kept"], first["carried_back"]
    return Half(first["part_id"], first["version"], PartState(first["state"]), postage, lines, carried_back)


def _ends_at(halves: list[Half], chosen: Mapping[int, int], now: datetime) -> datetime:
    """Not past the moment a chosen visit begins: from then on it is another quote."""
    begins = [
        line.starts_at for half in halves for line in half.lines if line.id in chosen and line.starts_at
    ]
    return min([now + QUOTE_LIVES, *(at for at in begins if at > now)])


def _everything(halves: list[Half], cause: RefundCause, now: datetime) -> dict[int, int]:
    return {
        line.id: line.free
        for half in halves
        for line in half.lines
        if may_be_called_off(half, line, cause=cause, now=now)
    }


def _own(halves: list[Half], wanted: Mapping[int, int]) -> dict[int, int]:
    theirs = {line.id for half in halves for line in half.lines}
    if not wanted.keys() <= theirs:
        raise NotFound("이 주문에 없는 것입니다. 주문 화면에서 다시 골라 주세요.")
    return {line: count for line, count in wanted.items() if count}


def _quoted_part(
    rows: list[dict[str, Any]], refund: PartRefund, cause: RefundCause, now: datetime
) -> QuotedPart:
    half, names = half_of(rows), {row["id"]: row["name"] for row in rows}
    given = {line.line: line.count for line in refund.lines}
    return QuotedPart(
        village=rows[0]["village"], accent=rows[0]["accent"], goods=refund.goods, programs=refund.programs, postage=refund.postage,
        lines=tuple(QuotedLine(line.line, names[line.line], line.count, line.percent, line.amount) for line in refund.lines),
        kept=tuple(
            Choice(line.id, line.name, line.free, line.variant_id is not None)
            for line in half.lines
            if line.free > given.get(line.id, 0) and may_be_called_off(half, line, cause=cause, now=now)
        ),
    )  # fmt: skip


QUOTE = """
SELECT q.code, o.number, o.tender, q.cause, q.amount, q.ends_at, q.body,
       EXISTS (SELECT FROM refunds r WHERE r.quote_id = q.id) AS is_done
FROM refund_quotes q JOIN orders o ON o.id = q.order_id WHERE q.code = $1 AND q.order_id = $2
"""
# What was kept for carrying goods back stands in refunded_postage too, below zero, and never goes back.
_HALVES = """
SELECT p.id AS part_id, p.version, p.state, p.postage - p.refunded_postage - r.carried_back AS postage_kept, r.carried_back,
       p.village_id, v.name AS village, v.accent, l.id, l.variant_id, l.session_id, l.name, l.count, l.cancelled, l.unit_price,
       l.refunded, l.takes, l.tax, l.terms, s.starts_at, COALESCE(s.cancelled_as, '') AS called_off, l.coming_back
FROM parts p JOIN villages v ON v.id = p.village_id JOIN lines l ON l.part_id = p.id
LEFT JOIN sessions s ON s.id = l.session_id
CROSS JOIN LATERAL (
    SELECT COALESCE(-sum(postage) FILTER (WHERE postage < 0), 0)::int AS carried_back FROM refund_parts WHERE part_id = p.id
) r
WHERE {which} ORDER BY p.id, l.id
"""
HALVES = _HALVES.format(which="p.order_id = $1 AND ($2::bigint[] IS NULL OR p.village_id = ANY($2))")
HALVES_OF_SESSION = _HALVES.format(
    which="p.id IN (SELECT b.part_id FROM bookings b WHERE b.session_id = $1 AND b.state = 'confirmed')"
)
FORGET = """
DELETE FROM refund_quotes q WHERE q.ends_at < $1 AND NOT EXISTS (SELECT FROM refunds r WHERE r.quote_id = q.id)
  AND NOT EXISTS (SELECT FROM returns r WHERE r.quote_id = q.id)
"""
