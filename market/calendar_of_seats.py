"""A program's page: its prices and its month of seats, asked anew each time, and its story, which may be kept."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tortoise import connections

from market.cards import Shot
from market.dates.minimums import minimum_of
from market.program_cards import FEW
from market.seat_offers import last_moment_to_offer
from market.session_words import minimum_sentence
from market.shop_window import (
    Certificate,
    Face,
    SellerFacts,
    notice_lines,
    row_certificates,
    row_face,
    row_seller,
)
from villages.days import SEOUL, seoul_day
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refund_ladders import RefundLadder, ladder_from_data
from villages.refusals import NotFound
from villages.seats_left import SEATS_LEFT


class ParticipantOffer(NamedTuple):
    kind: str
    name: str
    price: int
    seats: int
    ages: str


class Slot(NamedTuple):
    """One session of a day. `left` is 0 when it cannot be booked any more, for whatever reason.

    `can_wait`: few or no seats are left, and somebody may still wait for more.
    """

    id: int
    starts_at: datetime
    left: int
    can_wait: bool = False
    minimum: str = ""
    """How many must come, in a sentence; empty: it takes place."""


class DayCell(NamedTuple):
    """A day of the month table; `before` and `after` are spoken around its number."""

    number: int
    state: str
    seats_text: str
    url: str | None
    before: str
    after: str
    chosen: bool
    today: bool


class MonthTable(NamedTuple):
    title: str
    prev: tuple[str, str] | None
    next: tuple[str, str] | None
    weeks: tuple[tuple[DayCell | None, ...], ...]
    choices: None = None


@dataclass(frozen=True)
class Program:
    """What is on sale at this moment. `story_key` changes with everything the story shows."""

    listing_id: int
    slug: str
    accent: str
    group_from: int
    prices: tuple[ParticipantOffer, ...]
    first_open: date | None
    last_open: date | None
    month: date
    days: dict[date, list[Slot]]
    story_key: tuple[Any, ...]

    @property
    def first_price(self) -> ParticipantOffer | None:
        return next((price for price in self.prices if price.price), self.prices[0] if self.prices else None)


@dataclass(frozen=True)
class ProgramStory:
    """Everything of the page that only an edit changes."""

    listing_id: int
    name: str
    summary: str
    story: str
    minutes: int | None
    least_age: int | None
    is_indoor: bool | None
    meeting_place: str
    what_to_bring: str
    weather_rule: str
    latitude: str
    longitude: str
    ladder: RefundLadder | None
    min_people: int
    decide_days_before: int
    decide_hour: int
    notice_rows: list[tuple[str, str]]
    pictures: list[Shot]
    certificates: list[Certificate]
    face: Face | None
    seller: SellerFacts


async def program_of(slug: str, *, now: datetime, month: date | None = None) -> Program:
    """With the sessions of that month, or of the month of the first open day. One query.

    Raises `NotFound` for what is not on sale.
    """
    rows = await connections.get("default").execute_query_dict(PROGRAM, [slug, now, month])
    if not rows:
        raise NotFound("이 체험은 지금 예약을 받지 않습니다. 다른 체험을 둘러봐 주세요.")
    row = rows[0]
    return Program(
        row["id"], row["slug"], row["accent"], row["group_from"],
        tuple([
            ParticipantOffer(kind, PARTICIPANT_NAMES[Participant(kind)], *rest) for kind, *rest in json.loads(row["prices"])
        ]),
        seoul_day(row["first_open"]) if row["first_open"] else None,
        seoul_day(row["last_open"]) if row["last_open"] else None,
        row["month"], _days(row, now), (row["id"], row["version"], row["village_version"], *row["pictures"]),
    )  # fmt: skip


def _days(row: dict[str, Any], now: datetime) -> dict[date, list[Slot]]:
    """By Seoul day, earliest first. A session closes some hours before it begins."""
    closing = timedelta(hours=row["closes_hours_before"])
    closes = (now + closing).timestamp()
    days: dict[date, list[Slot]] = {}
    for session, starts_at, left, is_closed, min_people, go_at in json.loads(row["sessions"]):
        local = datetime.fromtimestamp(starts_at, SEOUL)
        is_over = is_closed or starts_at <= closes
        can_wait = not is_over and left <= FEW and now <= last_moment_to_offer(local - closing)
        minimum = minimum_of(row | {"starts_at": local, "min_people": min_people, "go_at": go_at})
        said = minimum_sentence(*minimum, percent=row["too_few"]) if minimum and not is_over else ""
        slot = Slot(session, local, 0 if is_over else left, can_wait, said)
        days.setdefault(local.date(), []).append(slot)
    return days


async def program_story(program: Program, *, now: datetime) -> ProgramStory:
    """One query, wanted only when the kept story is of another version."""
    rows = await connections.get("default").execute_query_dict(STORY, [program.listing_id, seoul_day(now)])
    if not rows:
        raise NotFound()
    row = rows[0]
    ladder = json.loads(row["refund_ladder"])
    return ProgramStory(
        **{name: row[name] for name in PLAIN},
        latitude=str(row["latitude"] or ""),
        longitude=str(row["longitude"] or ""),
        ladder=ladder_from_data(ladder) if ladder.get("steps") else None,
        notice_rows=notice_lines(json.loads(row["notice_rows"])),
        pictures=[Shot(*columns) for columns in json.loads(row["pictures"])],
        certificates=row_certificates(row),
        face=row_face(row),
        seller=row_seller(row),
    )


PLAIN = (
    "listing_id", "name", "summary", "story", "minutes", "least_age", "is_indoor", "meeting_place", "what_to_bring",
    "weather_rule", "min_people", "decide_days_before", "decide_hour",
)  # fmt: skip

OPEN = f"""
    FROM sessions s WHERE s.listing_id = l.id AND s.closed_at IS NULL AND {SEATS_LEFT} > 0
      AND s.starts_at > $2::timestamptz + make_interval(hours => l.closes_hours_before)
    ORDER BY s.starts_at
"""
PROGRAM = f"""
SELECT l.id, l.slug, l.version, l.group_from, l.closes_hours_before, l.decide_days_before, l.decide_hour,
       COALESCE((l.refund_ladder->>'too_few')::int, 100) AS too_few, vi.version AS village_version, vi.accent,
       (SELECT COALESCE(json_agg(json_build_array(pp.kind, pp.price, pp.seats_taken, pp.ages)
                                 ORDER BY pp.position, pp.id), '[]')
        FROM participant_prices pp WHERE pp.listing_id = l.id) AS prices,
       ARRAY(SELECT lp.picture_id FROM listing_pictures lp WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id)
           AS pictures,
       open.first AS first_open, (SELECT s.starts_at {OPEN} DESC LIMIT 1) AS last_open, month.begins AS month,
       (SELECT COALESCE(json_agg(json_build_array(
                s.id, extract(epoch FROM s.starts_at)::bigint, {SEATS_LEFT}, s.closed_at IS NOT NULL,
                COALESCE(s.min_people, l.min_people), s.go_at
            ) ORDER BY s.starts_at), '[]')
        FROM sessions s
        WHERE s.listing_id = l.id AND s.starts_at >= month.begins::timestamp AT TIME ZONE 'Asia/Seoul'
          AND s.starts_at < (month.begins + interval '1 month') AT TIME ZONE 'Asia/Seoul') AS sessions
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
LEFT JOIN LATERAL (SELECT s.starts_at AS first {OPEN} LIMIT 1) open ON true
CROSS JOIN LATERAL (
    SELECT COALESCE($3::date, date_trunc('month', COALESCE(open.first, $2) AT TIME ZONE 'Asia/Seoul')::date) AS begins
) month
WHERE l.slug = $1 AND l.kind = 'program'
"""
STORY = """
SELECT l.id AS listing_id, l.name, l.summary, l.story, l.minutes, l.least_age, l.is_indoor, l.meeting_place,
       l.what_to_bring, l.weather_rule, l.min_people, l.decide_days_before, l.decide_hour, l.refund_ladder, l.notice_rows, vi.latitude, vi.longitude,
       vi.slug AS seller_slug, vi.name AS seller_name, vi.short_name AS seller_short_name,
       vi.company AS seller_company, vi.ceo AS seller_ceo, vi.business_no AS seller_business_no,
       vi.mail_order_no AS seller_mail_order_no, vi.mail_order_exemption AS seller_mail_order_exemption,
       vi.address AS seller_address, vi.phone AS seller_phone, vi.phone_hours AS seller_phone_hours,
       vi.email AS seller_email, face.name AS face_name, face.trade, face.words, face.hash AS face_hash,
       face.w AS face_w, face.alt AS face_alt,
       (SELECT COALESCE(json_agg(json_build_array(pi.hash, pi.w, pi.alt) ORDER BY lp.position, lp.id), '[]')
        FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id WHERE lp.listing_id = l.id) AS pictures,
       (SELECT COALESCE(json_agg(json_build_array(c.kind, c.number, c.issuer, c.ends_on) ORDER BY c.id), '[]')
        FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $2) AS certificates
FROM listings l
JOIN villages vi ON vi.id = l.village_id
LEFT JOIN LATERAL (
    SELECT f.name, f.trade, f.words, pi.hash, pi.w, pi.alt FROM villagers f LEFT JOIN pictures pi ON pi.id = f.picture_id
    WHERE f.village_id = vi.id ORDER BY f.position, f.id LIMIT 1
) face ON true
WHERE l.id = $1
"""
