"""One whole order as the city's staff look at it: parts, lines, payments and every step, with the buyer masked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise import connections

from market.couriers import sent_by
from market.part_states import Ending, PartState, derived_state
from villages.contacts import masked_name, masked_phone
from villages.refusals import NotFound

WHO = {"shopper": "구매자", "stripe": "결제사", "clock": "자동"}


@dataclass(frozen=True)
class RecordLine:
    name: str
    count: int
    unit_price: int

    @property
    def amount(self) -> int:
        return self.count * self.unit_price


@dataclass(frozen=True)
class RecordMove:
    state: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RecordPart:
    village_slug: str
    village_name: str
    state: str
    goods: int
    programs: int
    postage: int
    courier: str
    tracking: str
    lines: list[RecordLine]
    moves: list[RecordMove]

    @property
    def total(self) -> int:
        return self.goods + self.programs + self.postage


@dataclass(frozen=True)
class RecordPayment:
    tender: str
    state: str
    amount: int
    opened_at: datetime
    captured_at: datetime | None
    confirmed_by: str


@dataclass(frozen=True)
class OrderRecord:
    """Names, phones and addresses are masked before they leave this module."""

    number: str
    channel: str
    tender: str
    state: str
    total: int
    placed_at: datetime
    pay_before: datetime | None
    paid_at: datetime | None
    sold_on: date | None
    buyer: str
    phone: str
    email: str
    depositor: str
    receiver: str
    region: str
    parts: list[RecordPart]
    payments: list[RecordPayment]

    @property
    def goods(self) -> int:
        return sum(part.goods for part in self.parts)

    @property
    def programs(self) -> int:
        return sum(part.programs for part in self.parts)

    @property
    def postage(self) -> int:
        return sum(part.postage for part in self.parts)


async def order_record(number: str) -> OrderRecord:
    """Five queries. Raises `NotFound`."""
    db = connections.get("default")
    rows = await db.execute_query_dict(ORDER, [number[:20]])
    if not rows:
        raise NotFound("그런 주문이 없습니다. 주문번호를 확인해 주세요.")
    order = rows[0]
    parts = await db.execute_query_dict(PARTS, [order["id"]])
    lines = await db.execute_query_dict(LINES, [order["id"]])
    moves = await db.execute_query_dict(MOVES, [order["id"]])
    payments = await db.execute_query_dict(PAYMENTS, [order["id"]])
    ended_as = Ending(order["ended_as"]) if order["ended_as"] else None
    return OrderRecord(
        number=order["number"], channel=order["channel"], tender=order["tender"], total=order["total"],
        state=derived_state([PartState(part["state"]) for part in parts], ended_as=ended_as),
        placed_at=order["placed_at"], pay_before=order["pay_before"], paid_at=order["paid_at"], sold_on=order["sold_on"],
        buyer=masked_name(order["buyer_name"]), phone=masked_phone(order["buyer_phone"]) if order["buyer_phone"] else "",
        email=masked_email(order["buyer_email"]), depositor=masked_name(order["depositor"]),
        receiver=masked_name(order["receiver_name"]), region=region_of(order["road"]),
        parts=[
            RecordPart(
                part["slug"], part["name"], part["state"], part["goods"], part["programs"], part["postage"],
                sent_by(part["courier"], "").courier,
                part["tracking"],
                [RecordLine(line["name"], line["count"], line["unit_price"]) for line in lines if line["part_id"] == part["id"]],
                [RecordMove(move["state"], _who(move), move["at"]) for move in moves if move["part_id"] == part["id"]],
            )
            for part in parts
        ],
        payments=[
            RecordPayment(row["tender"], row["state"], row["amount"], row["opened_at"], row["captured_at"], _who(row))
            for row in payments
        ],
    )  # fmt: skip


def masked_email(email: str) -> str:
    """ "mi***@example.kr"."""
    name, at, place = email.partition("@")
    return f"{name[:2] if len(name) > 2 else name[:1]}***{at}{place}" if at else ""


def region_of(road: str) -> str:
    """The province and the town of an address; the street and the number stay hidden."""
    words = road.split()
    return " ".join([*words[:2], "***"]) if words else ""


def _who(row: dict[str, Any]) -> str:
    """Staff sign with their name; a shopper's own name is never told here."""
    if row["by"].startswith("person "):
        return row["staff_name"] or "구매자"
    return WHO.get(row["by"], str(row["by"]))


ORDER = """
SELECT id, number, channel, tender, total, placed_at, pay_before, paid_at, sold_on, ended_as, buyer_name, buyer_phone,
       buyer_email, depositor, receiver_name, road FROM orders WHERE number = $1
"""
PARTS = """
SELECT p.id, v.slug, v.name, p.state, p.goods, p.programs, p.postage, p.courier, p.tracking
FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.order_id = $1 ORDER BY v.id
"""
LINES = """
SELECT l.part_id, l.name, l.count, l.unit_price FROM lines l JOIN parts p ON p.id = l.part_id
WHERE p.order_id = $1 ORDER BY l.id
"""
STAFF = """
(SELECT pe.name FROM people pe WHERE 'person ' || pe.id = {by}
 AND EXISTS (SELECT FROM memberships m WHERE m.person_id = pe.id)) AS staff_name
"""
MOVES = f"""
SELECT m.part_id, m.state, m.by, m.at, {STAFF.format(by="m.by")}
FROM part_moves m JOIN parts p ON p.id = m.part_id WHERE p.order_id = $1 ORDER BY m.at, m.id
"""
PAYMENTS = f"""
SELECT d.tender, d.state, d.amount, d.opened_at, d.captured_at, d.confirmed_by AS by, {STAFF.format(by="d.confirmed_by")}
FROM payments d WHERE d.order_id = $1 ORDER BY d.id
"""
