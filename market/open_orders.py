"""An order as a machine reads it, and what its wishes name that never was on offer."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise import connections

from market.couriers import sent_by
from market.part_states import Ending, PartState, derived_state
from market.quotes import Basket
from villages.refusals import NotFound


@dataclass(frozen=True)
class OpenLine:
    id: int
    name: str
    slug: str
    variant: int | None
    session: int | None
    participant: str | None
    count: int
    unit_price: int
    cancelled: int


@dataclass(frozen=True)
class OpenBooking:
    session: int
    starts_at: datetime
    seats: int
    heads: int
    state: str


@dataclass(frozen=True)
class OpenPart:
    """One village's half. Money in won."""

    village: dict[str, str]
    state: str
    goods: int
    programs: int
    postage: int
    promised_on: date | None
    ships_on: date | None
    courier: str
    tracking: str
    tracking_url: str
    lines: tuple[OpenLine, ...]
    bookings: tuple[OpenBooking, ...]


@dataclass(frozen=True)
class OpenOrder:
    """`pay_*` is the latest payment: none yet while a card order has no page."""

    number: str
    token_hash: str
    state: str
    tender: str
    total: int
    depositor: str
    placed_at: datetime
    pay_before: datetime | None
    paid_at: datetime | None
    pay_state: str | None
    pay_url: str
    pay_ends_at: datetime | None
    bank: str
    account: str
    holder: str
    refunds: tuple[dict[str, Any], ...]
    """Each with `amount` (won), `cause`, `state` and its moments, the first one first."""
    parts: tuple[OpenPart, ...]

    @property
    def awaits_payment(self) -> bool:
        return self.state == PartState.awaiting_payment


@dataclass(frozen=True)
class Unknown:
    """Wishes for what is not there: variants, sessions, and participants that a session's program has no price for."""

    variants: frozenset[int]
    sessions: frozenset[int]
    participants: frozenset[tuple[int, str]]


async def open_order(number: str) -> OpenOrder:
    """The order in four queries. Raises `NotFound`; whether the asker may see it is asked of `token_hash`."""
    db = connections.get("default")
    found = await db.execute_query_dict(ORDER, [number])
    if not found:
        raise NotFound()
    order = found[0]
    parts = await db.execute_query_dict(PARTS, [order["id"]])
    lines = _by_part(await db.execute_query_dict(LINES, [order["id"]]))
    bookings = _by_part(await db.execute_query_dict(BOOKINGS, [order["id"]]))
    state = derived_state(
        [PartState(part["state"]) for part in parts], ended_as=order["ended_as"] and Ending(order["ended_as"])
    )
    return OpenOrder(
        **{name: order[name] for name in ORDER_COLUMNS},
        refunds=tuple(json.loads(order["refunds"] or "[]")),
        state=state,
        parts=tuple(_part(part, lines.get(part["id"], []), bookings.get(part["id"], [])) for part in parts),
    )


async def unknown_wishes(basket: Basket, *, key: str) -> Unknown:
    """What of a basket never was there. Nothing is asked of an order that its key has made already."""
    pairs = [(session, kind.value) for session, people in basket.seats.items() for kind in people]
    rows = await connections.get("default").execute_query_dict(
        KNOWN,
        [key, list(basket.goods), list(basket.seats), [session for session, _ in pairs], [kind for _, kind in pairs]],
    )  # fmt: skip
    known = rows[0]
    if known["is_made"]:
        return Unknown(frozenset(), frozenset(), frozenset())
    priced = {(int(session), kind) for session, kind in (pair.split(".") for pair in known["priced"] or [])}
    return Unknown(
        variants=frozenset(basket.goods) - frozenset(known["variants"] or []),
        sessions=frozenset(basket.seats) - frozenset(known["sessions"] or []),
        participants=frozenset(pairs) - priced,
    )


def _by_part(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.pop("part_id"), []).append(row)
    return found


def _part(row: dict[str, Any], lines: list[dict[str, Any]], bookings: list[dict[str, Any]]) -> OpenPart:
    sent = sent_by(row["courier"], row["tracking"])
    return OpenPart(
        village={"slug": row["slug"], "name": row["name"]},
        state=row["state"],
        goods=row["goods"],
        programs=row["programs"],
        postage=row["postage"],
        promised_on=row["promised_on"],
        ships_on=row["ships_on"],
        courier=sent.courier,
        tracking=row["tracking"],
        tracking_url=sent.tracking_url,
        lines=tuple(OpenLine(**line) for line in lines),
        bookings=tuple(OpenBooking(**booking) for booking in bookings),
    )


ORDER_COLUMNS = (
    "number", "token_hash", "tender", "total", "depositor", "placed_at", "pay_before", "paid_at", "pay_state", "pay_url",
    "pay_ends_at", "bank", "account", "holder",
)  # fmt: skip
ORDER = """
SELECT o.id, o.number, o.token_hash, o.tender, o.total, o.depositor, o.placed_at, o.pay_before, o.paid_at, o.ended_as,
       pay.state AS pay_state, COALESCE(pay.url, '') AS pay_url, pay.ends_at AS pay_ends_at,
       COALESCE(c.bank_name, '') AS bank, COALESCE(c.bank_account, '') AS account, COALESCE(c.bank_holder, '') AS holder,
       (SELECT json_agg(json_build_object('amount', amount, 'cause', cause, 'state', state, 'promised_at', at, 'paid_at', paid_at)
            ORDER BY id) FROM refunds WHERE order_id = o.id) AS refunds
FROM orders o
LEFT JOIN city c ON true
LEFT JOIN LATERAL (SELECT state, url, ends_at FROM payments WHERE order_id = o.id ORDER BY id DESC LIMIT 1) pay ON true
WHERE o.number = $1
"""
PARTS = """
SELECT p.id, p.state, p.goods, p.programs, p.postage, p.promised_on, p.ships_on, p.courier, p.tracking, v.slug, v.name
FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.order_id = $1 ORDER BY p.id
"""
LINES = """
SELECT l.part_id, l.id, l.cancelled, l.name, li.slug, l.variant_id AS variant, l.session_id AS session, l.participant, l.count, l.unit_price
FROM parts p
JOIN lines l ON l.part_id = p.id
LEFT JOIN variants v ON v.id = l.variant_id
LEFT JOIN sessions s ON s.id = l.session_id
JOIN listings li ON li.id = COALESCE(v.listing_id, s.listing_id)
WHERE p.order_id = $1 ORDER BY l.id
"""
BOOKINGS = """
SELECT b.part_id, b.session_id AS session, s.starts_at, b.seats, b.heads, b.state
FROM bookings b JOIN parts p ON p.id = b.part_id JOIN sessions s ON s.id = b.session_id
WHERE p.order_id = $1 ORDER BY b.id
"""
KNOWN = """
SELECT EXISTS (SELECT FROM orders WHERE key = $1) AS is_made,
       ARRAY(SELECT id FROM variants WHERE id = ANY($2::bigint[])) AS variants,
       ARRAY(SELECT id FROM sessions WHERE id = ANY($3::bigint[])) AS sessions,
       ARRAY(SELECT wanted.session || '.' || wanted.kind FROM unnest($4::bigint[], $5::text[]) AS wanted (session, kind)
             JOIN sessions s ON s.id = wanted.session
             JOIN participant_prices pp ON pp.listing_id = s.listing_id AND pp.kind = wanted.kind) AS priced
"""
