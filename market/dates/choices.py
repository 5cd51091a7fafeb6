"""What may be offered instead of a called-off session, and what a party is shown of it."""

from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.dates.minimums import MINIMUM, minimum_of
from market.dates.offers import IS_LIVE
from market.session_words import minimum_sentence, session_text_to
from villages.refusals import NotFound
from villages.seats_left import SEATS_LEFT_TO

SHOWN = 8
OFFERED_FIRST = 3


@dataclass(frozen=True)
class OtherDate:
    id: int
    starts_at: datetime
    left: int
    is_first: bool
    """Offered unless the operator takes it out."""


@dataclass(frozen=True)
class Choice:
    """One offered date as it stands now; `why_not` is empty where the party fits in."""

    id: int
    starts_at: datetime
    left: int
    why_not: str
    minimum: str
    """How many must come, in a sentence; empty: it takes place."""

    @property
    def text_to(self) -> str:
        return session_text_to(self.starts_at)


@dataclass(frozen=True)
class Offer:
    """A party's choice. `moved_to`: the date it stands on now, where that is another one."""

    id: int
    session_id: int
    name: str
    slug: str
    village: str
    village_phone: str
    accent: str
    starts_at: datetime
    cause: str
    seats: int
    heads: int
    ends_at: datetime
    is_live: bool
    moved_to: datetime | None
    choices: tuple[Choice, ...] = ()


async def other_dates(
    session_id: int, *, booking_id: int | None = None, now: datetime
) -> tuple[OtherDate, ...]:
    """The next dates of the same program that have seats; the first three are ticked beforehand.

    With a booking: those that all of its party can move to.
    """
    rows = await connections.get("default").execute_query_dict(OTHERS, [session_id, now, SHOWN, booking_id])
    return tuple(OtherDate(**row, is_first=place < OFFERED_FIRST) for place, row in enumerate(rows))


async def offers_of(order_id: int, *, now: datetime) -> list[Offer]:
    """The live ones, without their dates."""
    rows = await connections.get("default").execute_query_dict(
        f"{OFFERS} WHERE p.order_id = $1 AND {LIVE} ORDER BY f.id", [order_id, now]
    )
    return [Offer(**row) for row in rows]


async def offer_of(offer_id: int, order_id: int, *, now: datetime) -> Offer:
    """Raises `NotFound` for an offer of another order."""
    db = connections.get("default")
    rows = await db.execute_query_dict(
        f"{OFFERS} WHERE p.order_id = $1 AND f.id = $3", [order_id, now, offer_id]
    )
    if not rows:
        raise NotFound()
    dates = await db.execute_query_dict(DATES, [offer_id, now])
    return Offer(**rows[0], choices=tuple(_choice(row, rows[0]["seats"]) for row in dates))


def _choice(row: dict, seats: int) -> Choice:
    why_not = ""
    if row["booked_as"] == "cancelled":
        why_not = "취소하신 예약이 있는 시각"
    elif row["booked_as"]:
        why_not = "이미 예약하신 시각"
    elif row["is_over"]:
        why_not = "마감"
    elif row["left"] < seats:
        why_not = f"{row['left']}자리만 남음" if row["left"] > 0 else "다 참"
    return Choice(row["id"], row["starts_at"], max(0, row["left"]), why_not, _minimum(row))


def _minimum(row: dict) -> str:
    minimum = minimum_of(row)
    return minimum_sentence(*minimum, percent=row["too_few"]) if minimum else ""


OTHERS = f"""
SELECT s.id, s.starts_at, {SEATS_LEFT_TO.format(party="mine")} AS left
FROM sessions off JOIN sessions s ON s.listing_id = off.listing_id AND s.id <> off.id
LEFT JOIN bookings mine ON mine.id = $4::bigint
WHERE off.id = $1 AND s.closed_at IS NULL AND s.starts_at > $2 AND {SEATS_LEFT_TO.format(party="mine")} >= COALESCE(mine.seats, 1)
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.part_id = mine.part_id AND b.session_id = s.id)
ORDER BY s.starts_at, s.id LIMIT $3
"""
LIVE = f"b.session_id = f.session_id AND b.state = 'confirmed' AND {IS_LIVE.format(now='$2')}"
OFFERS = f"""
SELECT f.id, f.session_id, l.name, l.slug, v.name AS village, v.phone AS village_phone, v.accent, s.starts_at,
       s.cancelled_as AS cause, b.seats, b.heads, f.ends_at, {LIVE} AS is_live,
       CASE WHEN b.session_id <> f.session_id THEN now_in.starts_at END AS moved_to
FROM date_offers f JOIN bookings b ON b.id = f.booking_id JOIN parts p ON p.id = b.part_id
JOIN sessions s ON s.id = f.session_id JOIN listings l ON l.id = s.listing_id JOIN villages v ON v.id = l.village_id
JOIN sessions now_in ON now_in.id = b.session_id
"""
DATES = f"""
SELECT s.id, s.starts_at, {MINIMUM}, COALESCE((l.refund_ladder->>'too_few')::int, 100) AS too_few, {SEATS_LEFT_TO.format(party="b")} AS left, s.closed_at IS NOT NULL OR s.starts_at <= $2 AS is_over,
       (SELECT o.state FROM bookings o WHERE o.part_id = b.part_id AND o.session_id = s.id) AS booked_as
FROM date_offers f JOIN bookings b ON b.id = f.booking_id JOIN offered_dates d ON d.session_id = f.session_id
JOIN sessions s ON s.id = d.instead_id JOIN listings l ON l.id = s.listing_id WHERE f.id = $1 ORDER BY s.starts_at, s.id
"""
