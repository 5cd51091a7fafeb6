"""One village's parts of orders, as its operator packs them: by state, one by one, nobody else's."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tortoise import connections

from market.part_states import PartState
from villages.refusals import NotFound


class Tab(StrEnum):
    new = "new"
    preparing = "preparing"
    sent = "sent"


TAB_NAMES = {Tab.new: "새 주문", Tab.preparing: "준비 중", Tab.sent: "보냈어요"}
TAB_STATES = {
    Tab.new: [PartState.paid.value],
    Tab.preparing: [PartState.preparing.value],
    Tab.sent: [PartState.shipped.value, PartState.delivered.value],
}


@dataclass(frozen=True)
class PartRow:
    """One line of the list: what to pack for whom."""

    number: str
    state: str
    receiver_name: str
    what: str
    paid_at: datetime
    promised_on: date | None
    ships_on: date | None


@dataclass(frozen=True)
class PartLine:
    name: str
    count: int
    is_goods: bool


@dataclass(frozen=True)
class OwnPart:
    """Where it goes is told only while there is something to send and it is paid for; otherwise the words are empty."""

    id: int
    number: str
    village_id: int
    state: PartState
    channel: str
    goods: int
    programs: int
    postage: int
    courier: str
    tracking: str
    promised_on: date | None
    ships_on: date | None
    placed_at: datetime
    paid_at: datetime | None
    buyer_name: str
    buyer_phone: str
    receiver_name: str
    receiver_phone: str
    postcode: str
    road: str
    detail: str
    message: str
    last_visit_at: datetime | None
    """When the last of its visits begins."""
    lines: list[PartLine]

    @property
    def total(self) -> int:
        return self.goods + self.programs + self.postage


async def tab_counts(village_ids: list[int]) -> dict[Tab, int]:
    rows = await connections.get("default").execute_query_dict(TAB_COUNTS, [village_ids])
    by_state = {row["state"]: row["parts"] for row in rows}
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, states in TAB_STATES.items()}


async def parts_in(tab: Tab, village_ids: list[int], *, most: int = 100) -> list[PartRow]:
    """What is to be done comes by the day it was promised to leave, then oldest first; what is sent, newest first."""
    rows = await connections.get("default").execute_query_dict(
        LIST.format(
            order="p.moved_at DESC, p.id DESC"
            if tab == Tab.sent
            else "p.ships_on NULLS FIRST, o.paid_at, p.id"
        ),
        [village_ids, TAB_STATES[tab], most],
    )
    return [PartRow(**row) for row in rows]


async def own_part(number: str, village_ids: list[int]) -> OwnPart:
    """This village's part of an order. Raises `NotFound` where there is none."""
    db = connections.get("default")
    rows = await db.execute_query_dict(PART, [number, village_ids])
    if not rows:
        raise NotFound("이 마을의 주문이 아닙니다. 주문번호를 확인해 주세요.")
    lines = await db.execute_query_dict(LINES, [rows[0]["id"]])
    return OwnPart(
        **(rows[0] | {"state": PartState(rows[0]["state"])}), lines=[PartLine(**line) for line in lines]
    )


async def number_of_part(part_id: int, village_ids: list[int]) -> str:
    """The order's number of a part of these villages. Raises `NotFound`."""
    rows = await connections.get("default").execute_query_dict(NUMBER, [part_id, village_ids])
    if not rows:
        raise NotFound()
    return rows[0]["number"]


async def next_to_pack(part: OwnPart, village_ids: list[int]) -> str | None:
    """The number of the next order to pack after this one, by the day it leaves; None when all are done."""
    rows = await connections.get("default").execute_query_dict(
        NEXT, [village_ids, part.id, part.paid_at, part.ships_on]
    )
    return rows[0]["number"] if rows else None


TAB_COUNTS = """
SELECT p.state, count(*)::int AS parts FROM parts p
WHERE p.village_id = ANY($1::bigint[]) AND p.goods > p.refunded_goods AND p.state IN ('paid', 'preparing', 'shipped', 'delivered')
GROUP BY p.state
"""
LIST = """
SELECT o.number, p.state, COALESCE(NULLIF(o.receiver_name, ''), o.buyer_name) AS receiver_name, o.paid_at, p.promised_on, p.ships_on,
       (SELECT string_agg(l.name || ' ' || (l.count - l.cancelled) || '개', ', ' ORDER BY l.id) FROM lines l
        WHERE l.part_id = p.id AND l.variant_id IS NOT NULL AND l.count > l.cancelled) AS what
FROM parts p JOIN orders o ON o.id = p.order_id
WHERE p.village_id = ANY($1::bigint[]) AND p.goods > p.refunded_goods AND p.state = ANY($2::text[])
ORDER BY {order} LIMIT $3
"""
# Before it is paid and after it is cancelled, nobody needs to know where the buyer lives.
PART = """
SELECT p.id, o.number, p.village_id, p.state, o.channel, p.goods - p.refunded_goods AS goods, p.programs, p.postage, p.courier, p.tracking,
       p.promised_on, p.ships_on, o.placed_at, o.paid_at,
       CASE WHEN live.told THEN o.buyer_name ELSE '' END AS buyer_name,
       CASE WHEN live.told THEN o.buyer_phone ELSE '' END AS buyer_phone,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.receiver_name ELSE '' END AS receiver_name,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.receiver_phone ELSE '' END AS receiver_phone,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.postcode ELSE '' END AS postcode,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.road ELSE '' END AS road,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.detail ELSE '' END AS detail,
       CASE WHEN live.told AND p.goods > p.refunded_goods THEN o.message ELSE '' END AS message,
       (SELECT max(s.starts_at) FROM bookings b JOIN sessions s ON s.id = b.session_id
        WHERE b.part_id = p.id AND b.state = 'confirmed') AS last_visit_at
FROM parts p JOIN orders o ON o.id = p.order_id
CROSS JOIN LATERAL (SELECT p.state NOT IN ('awaiting_payment', 'cancelled') AS told) live
WHERE o.number = $1 AND p.village_id = ANY($2::bigint[]) ORDER BY p.village_id LIMIT 1
"""
LINES = """
SELECT name, count - cancelled AS count, variant_id IS NOT NULL AS is_goods FROM lines
WHERE part_id = $1 AND count > cancelled ORDER BY id
"""
NUMBER = """
SELECT o.number FROM parts p JOIN orders o ON o.id = p.order_id WHERE p.id = $1 AND p.village_id = ANY($2::bigint[])
"""
NEXT = """
SELECT o.number FROM parts p JOIN orders o ON o.id = p.order_id
WHERE p.village_id = ANY($1::bigint[]) AND p.goods > p.refunded_goods AND p.state IN ('paid', 'preparing') AND p.id <> $2
ORDER BY (COALESCE(p.ships_on, '-infinity'), o.paid_at, p.id) <= (COALESCE($4::date, '-infinity'), $3, $2), p.ships_on NULLS FIRST,
    o.paid_at, p.id LIMIT 1
"""
