"""An order as its buyer reads it: the state of each village's half, what it cost, and how to pay or follow it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from tortoise import connections

from market.couriers import sent_by
from market.deposit_sheets.tables import CAME_SHORT
from market.order_keys import NOT_YOURS, NUMBER, Key
from market.part_states import Ending, PartState, derived_state
from market.part_steps import Step, steps_of
from market.receipt_lines import ReceiptLine, receipt_line
from market.receipt_visits import Visit, visits_of
from villages.contacts import phone_text
from villages.refusals import NotFound


class SellerThen(NamedTuple):
    """The village whose half it is."""

    slug: str
    name: str
    short_name: str
    accent: str
    company: str
    ceo: str
    business_no: str
    mail_order_no: str
    phone: str
    address: str
    phone_text: str


@dataclass(frozen=True)
class ReceiptPart:
    """One village's half. Money in won."""

    id: int
    village: SellerThen
    state: PartState
    goods: int
    programs: int
    postage: int
    promised_on: date | None
    courier: str
    tracking: str
    tracking_url: str
    steps: tuple[Step, ...]
    lines: tuple[ReceiptLine, ...]
    visits: tuple[Visit, ...]
    confirmed_at: datetime | None
    """구매 확정: by the buyer, or seven days after it arrived."""
    was_sent: bool

    @property
    def sends(self) -> bool:
        """Whether a parcel is still due from it."""
        return sends_anything(self.lines)

    @property
    def total(self) -> int:
        return self.goods + self.programs + self.postage

    @property
    def can_be_confirmed(self) -> bool:
        return self.state in (PartState.shipped, PartState.delivered)


@dataclass(frozen=True)
class Receipt:
    id: int
    number: str
    state: str
    tender: str
    total: int
    placed_at: datetime
    pay_before: datetime | None
    extended_at: datetime | None
    paid_at: datetime | None
    buyer_name: str
    buyer_phone: str
    depositor: str
    receiver_name: str
    receiver_phone: str
    postcode: str
    road: str
    detail: str
    message: str
    page_state: str
    """How far the provider's page has come: open, unknown …; empty while there is none."""
    page_url: str
    came_short: int
    """Won of a transfer that was too small to pay it, and wait for the rest."""
    parts: tuple[ReceiptPart, ...]

    def awaits(self, tender: str, now: datetime) -> bool:
        """Whether it can still be paid this way."""
        return (
            self.state == PartState.awaiting_payment
            and self.tender == tender
            and bool(self.pay_before and self.pay_before > now)
        )

    @property
    def missing(self) -> int:
        return self.total - self.came_short

    @property
    def goods(self) -> int:
        return sum(part.goods for part in self.parts)

    @property
    def programs(self) -> int:
        return sum(part.programs for part in self.parts)

    @property
    def postage(self) -> int:
        return sum(part.postage for part in self.parts)


async def receipt(number: str, key: Key) -> Receipt:
    """The order with everything its page shows, in one query. Raises `NotFound` for whoever has no key to it."""
    db = connections.get("default")
    rows = await db.execute_query_dict(ORDER, [number, *key.values]) if NUMBER.fullmatch(number) else []
    if not rows:
        raise NotFound(NOT_YOURS)
    order = rows[0]
    parts: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(row["part_id"], []).append(row)
    states = [PartState(of_part[0]["part_state"]) for of_part in parts.values()]
    return Receipt(
        state=derived_state(states, ended_as=order["ended_as"] and Ending(order["ended_as"])),
        parts=tuple(_part(of_part) for of_part in parts.values()),
        **{name: order[name] for name in ORDER_FACTS},
    )


def _part(rows: list[dict[str, Any]]) -> ReceiptPart:
    part = rows[0]
    state = PartState(part["part_state"])
    sent = sent_by(part["courier"], part["tracking"])
    moves = {
        PartState(name): datetime.fromisoformat(at) for name, at in json.loads(part["moves"] or "{}").items()
    }
    lines = tuple(receipt_line(row, row["line_name"]) for row in rows if row["variant_id"])
    return ReceiptPart(
        id=part["part_id"],
        village=SellerThen(*(part[name] for name in VILLAGE_FACTS), phone_text=phone_text(part["phone"])),
        state=state,
        goods=part["goods"],
        programs=part["programs"],
        postage=part["postage"],
        promised_on=part["promised_on"],
        courier=sent.courier,
        tracking=part["tracking"],
        tracking_url=sent.tracking_url,
        steps=steps_of(state, moves, sends=sends_anything(lines)),
        lines=lines,
        visits=visits_of(rows),
        confirmed_at=moves.get(PartState.confirmed),
        was_sent=PartState.shipped in moves,
    )


def sends_anything(goods: Iterable[ReceiptLine]) -> bool:
    """Whether some of these goods were not called off."""
    return any(line.count > line.cancelled for line in goods)


ORDER_FACTS = (
    "id", "number", "tender", "total", "placed_at", "pay_before", "extended_at", "paid_at", "buyer_name", "buyer_phone",
    "depositor", "receiver_name", "receiver_phone", "postcode", "road", "detail", "message", "page_state", "page_url", "came_short",
)  # fmt: skip
VILLAGE_FACTS = (
    "village_slug", "village_name", "short_name", "accent", "company", "ceo", "business_no", "mail_order_no", "phone",
    "address",
)  # fmt: skip

# A row for each line, with its part and the order beside it: a page has a dozen lines, and one answer is quicker than
# three.
ORDER = f"""
SELECT o.id, o.number, o.tender, o.total, o.placed_at, o.pay_before, o.extended_at, o.paid_at, o.ended_as, o.buyer_name,
       o.buyer_phone, o.depositor, o.receiver_name, o.receiver_phone, o.postcode, o.road, o.detail, o.message,
       COALESCE(page.state, '') AS page_state, COALESCE(page.url, '') AS page_url,
       CASE WHEN o.tender = 'bank_transfer' AND o.paid_at IS NULL THEN {CAME_SHORT} ELSE 0 END AS came_short,
       p.id AS part_id, p.state AS part_state, p.goods, p.programs, p.postage, p.promised_on, p.courier, p.tracking,
       (SELECT json_object_agg(m.state, m.at ORDER BY m.again)::text FROM part_moves m WHERE m.part_id = p.id) AS moves,
       vi.slug AS village_slug, vi.name AS village_name, vi.short_name, vi.accent, vi.company, vi.ceo, vi.business_no,
       vi.mail_order_no, vi.phone, vi.address,
       l.variant_id, l.session_id, l.participant, l.name AS line_name, l.count, l.cancelled, l.unit_price, l.terms,
       li.slug, li.meeting_place, s.starts_at, s.go_at, s.cancelled_at, b.state AS booking, pic.hash, pic.w
FROM orders o
JOIN parts p ON p.order_id = o.id
JOIN villages vi ON vi.id = p.village_id
JOIN lines l ON l.part_id = p.id
LEFT JOIN variants v ON v.id = l.variant_id
LEFT JOIN sessions s ON s.id = l.session_id
LEFT JOIN bookings b ON b.part_id = p.id AND b.session_id = l.session_id
JOIN listings li ON li.id = COALESCE(v.listing_id, s.listing_id)
LEFT JOIN LATERAL (
    SELECT pi.hash, pi.w FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id
    WHERE lp.listing_id = li.id ORDER BY lp.position, lp.id LIMIT 1
) pic ON true
LEFT JOIN LATERAL (
    SELECT state, url FROM payments WHERE order_id = o.id AND provider = 'stripe' ORDER BY id DESC LIMIT 1
) page ON true
WHERE o.number = $1 AND (($2 <> '' AND o.token_hash = $2) OR o.person_id = $3)
ORDER BY p.id, l.id
"""
