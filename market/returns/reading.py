"""Returns as people read them: the shopper on her order, the village on its list, the city on any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise import connections

from market.couriers import sent_by
from market.refund_rules import Bought, PartRefund
from market.returns.halves import sent_halves
from market.returns.rules import Sent, last_day, may_come_back
from market.returns.tables import (
    OPEN,
    REASON_NAMES,
    RETURN_NAMES,
    WISH_NAMES,
    ReturnReason,
    ReturnState,
    ReturnWish,
)
from villages.contacts import phone_text
from villages.days import seoul_day
from villages.refusals import NotFound


@dataclass(frozen=True)
class BackLine:
    """A line of a return; won for one."""

    id: int
    name: str
    count: int
    unit_price: int
    received: int
    sellable: int


@dataclass(frozen=True)
class Parcel:
    courier: str
    tracking: str
    tracking_url: str


@dataclass(frozen=True)
class ReturnNote:
    """One return. Won; the buyer's name and phone are told to the village's people and the buyer only."""

    id: int
    number: str
    village: str
    village_phone: str
    village_address: str
    accent: str
    reason: ReturnReason
    wish: ReturnWish
    state: ReturnState
    words: str
    promised: int
    return_postage: int
    asked_at: datetime
    asked_by_shopper: bool
    sent_back_at: datetime | None
    courier_back: str
    tracking_back: str
    courier: str
    tracking: str
    refusal: str
    ended_at: datetime | None
    refunded: int | None
    """What was refunded in the end; None: nothing (yet)."""
    pay_before: date | None
    paid_at: datetime | None
    buyer_name: str
    buyer_phone: str
    lines: tuple[BackLine, ...]

    @property
    def reason_name(self) -> str:
        return REASON_NAMES[self.reason]

    @property
    def wish_name(self) -> str:
        return WISH_NAMES[self.wish]

    @property
    def state_name(self) -> str:
        return "돌아오지 않음" if self.never_came else RETURN_NAMES[self.state]

    @property
    def never_came(self) -> bool:
        """An exchange that ended without the old goods."""
        return self.state == ReturnState.received and not any(line.received for line in self.lines)

    @property
    def can_end_without_goods(self) -> bool:
        return self.state == ReturnState.resent

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def moves_money(self) -> bool:
        """Whether it brings the buyer money, or has brought it: no exchange, none that was refused or withdrawn."""
        return self.refunded is not None or (self.is_open and self.wish == ReturnWish.refund)

    @property
    def can_withdraw(self) -> bool:
        return self.state == ReturnState.requested and self.sent_back_at is None

    @property
    def can_receive(self) -> bool:
        awaited = ReturnState.resent if self.wish == ReturnWish.exchange else ReturnState.requested
        return self.state == awaited

    @property
    def can_send_anew(self) -> bool:
        return self.wish == ReturnWish.exchange and self.is_open

    @property
    def goods(self) -> int:
        return sum(line.count * line.unit_price for line in self.lines)

    @property
    def postage_given(self) -> int:
        """Of what was paid for sending, what is promised too."""
        return self.promised - self.goods + self.return_postage

    @property
    def village_phone_text(self) -> str:
        return phone_text(self.village_phone)

    @property
    def parcel_back(self) -> Parcel:
        sent = sent_by(self.courier_back, self.tracking_back)
        return Parcel(sent.courier, self.tracking_back, sent.tracking_url)

    @property
    def parcel(self) -> Parcel:
        sent = sent_by(self.courier, self.tracking)
        return Parcel(sent.courier, self.tracking, sent.tracking_url)


@dataclass(frozen=True)
class Choice:
    """A line that can come back: how many, and until when for which reason."""

    id: int
    name: str
    most: int
    unit_price: int
    no_mind_change: str
    """Why it cannot for a change of mind; empty: it can."""


@dataclass(frozen=True)
class SentHalf:
    """One village's half of which something can come back."""

    part_id: int
    village_id: int
    village: str
    slug: str
    accent: str
    last_days: Mapping[str, date]
    """By reason; empty while it is on its way."""
    choices: tuple[Choice, ...]
    delivered_on: date | None


async def returns_of(number: str, *, village_ids: Sequence[int] | None = None) -> list[ReturnNote]:
    """Of one order, the first one first."""
    return await _notes(
        "o.number = $1 AND ($2::bigint[] IS NULL OR p.village_id = ANY($2))", number, village_ids
    )


async def return_note(
    return_id: int, *, order_id: int | None = None, village_ids: Sequence[int] | None = None
) -> ReturnNote:
    """Raises `NotFound` where it is of another order or village."""
    notes = await _notes(
        "r.id = $1 AND ($2::bigint[] IS NULL OR p.village_id = ANY($2)) AND ($3::bigint IS NULL OR r.order_id = $3)",
        return_id, village_ids, order_id,
    )  # fmt: skip
    if not notes:
        raise NotFound("신청하신 것을 찾을 수 없습니다. 주문 화면에서 다시 골라 주세요.")
    return notes[0]


async def recent_returns(village_ids: Sequence[int] | None = None, *, most: int = 100) -> list[ReturnNote]:
    """What waits comes first, the oldest of it on top; then what has ended, the newest first."""
    return await _notes(
        "($1::bigint[] IS NULL OR p.village_id = ANY($1))", village_ids,
        order=f"(r.state IN ('requested', 'resent')) DESC, r.ended_at DESC, r.asked_at, r.id LIMIT {int(most)}",
    )  # fmt: skip


async def open_returns(village_ids: Sequence[int]) -> int:
    rows = await connections.get("default").execute_query_dict(COUNT_OPEN, [list(village_ids)])
    return int(rows[0]["waiting"])


async def returnable(
    order_id: int, *, by_staff: bool, village_ids: Sequence[int] | None = None, now: datetime
) -> list[SentHalf]:
    """The halves of an order of which something can come back for some reason, in the order of their ids."""
    db, today = connections.get("default"), seoul_day(now)
    halves = [
        (sent, choices)
        for sent in await sent_halves(db, order_id, village_ids)
        if (choices := _choices(sent, by_staff=by_staff, today=today))
    ]
    rows = await db.execute_query_dict(VILLAGES, [[sent.half.id for sent, _ in halves]])
    places = {row.pop("part_id"): row for row in rows}
    return [
        SentHalf(sent.half.id, **places[sent.half.id], last_days=_last_days(sent), choices=choices, delivered_on=sent.delivered_on)
        for sent, choices in halves
    ]  # fmt: skip


def names_in(half: SentHalf, offer: PartRefund) -> list[tuple[str, int, int]]:
    """(name, how many, won) of what is offered."""
    names = {choice.id: choice.name for choice in half.choices}
    return [(names[line.line], line.count, line.amount) for line in offer.lines]


def _choices(sent: Sent, *, by_staff: bool, today: date) -> tuple[Choice, ...]:
    def may(line: Bought, reason: ReturnReason) -> bool:
        return may_come_back(sent, line, reason, by_staff=by_staff, today=today)

    return tuple(
        Choice(
            line.id, line.name, line.free, line.unit_price,
            "" if may(line, ReturnReason.changed_mind) else "상했거나 다른 물건일 때만 돌려보내실 수 있습니다.",
        )
        for line in sent.half.lines
        if may(line, ReturnReason.faulty)
    )  # fmt: skip


def _last_days(sent: Sent) -> dict[str, date]:
    delivered_on = sent.delivered_on
    return {reason.value: last_day(reason, delivered_on) for reason in ReturnReason} if delivered_on else {}


async def _notes(which: str, *values: object, order: str = "r.id") -> list[ReturnNote]:
    db = connections.get("default")
    rows = await db.execute_query_dict(NOTES.format(which=which, order=order), list(values))
    lines: dict[int, list[BackLine]] = {}
    for line in await db.execute_query_dict(LINES, [[row["id"] for row in rows]]):
        lines.setdefault(line.pop("of_return_id"), []).append(BackLine(**line))
    return [
        ReturnNote(
            **row | {
                "reason": ReturnReason(row["reason"]), "wish": ReturnWish(row["wish"]), "state": ReturnState(row["state"]),
                "lines": tuple(lines.get(row["id"], [])),
            }
        )
        for row in rows
    ]  # fmt: skip


NOTES = """
SELECT r.id, o.number, v.name AS village, v.phone AS village_phone, v.address AS village_address, v.accent, r.reason, r.wish,
       r.state, r.words, r.promised, r.return_postage, r.asked_at, r.by = 'shopper' AS asked_by_shopper, r.sent_back_at,
       r.courier_back, r.tracking_back, r.courier, r.tracking, r.refusal, r.ended_at, f.amount AS refunded, f.pay_before,
       f.paid_at, o.buyer_name, o.buyer_phone
FROM returns r JOIN orders o ON o.id = r.order_id JOIN parts p ON p.id = r.part_id JOIN villages v ON v.id = p.village_id
LEFT JOIN refunds f ON f.id = r.refund_id
WHERE {which} ORDER BY {order}
"""
LINES = """
SELECT rl.of_return_id, l.id, l.name, rl.count, l.unit_price, rl.received, rl.sellable
FROM return_lines rl JOIN lines l ON l.id = rl.line_id WHERE rl.of_return_id = ANY($1::bigint[]) ORDER BY l.id
"""
COUNT_OPEN = """
SELECT count(*)::int AS waiting FROM returns r JOIN parts p ON p.id = r.part_id
WHERE p.village_id = ANY($1::bigint[]) AND r.state IN ('requested', 'resent')
"""
VILLAGES = """
SELECT p.id AS part_id, p.village_id, v.name AS village, v.slug, v.accent
FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.id = ANY($1::bigint[])
"""
