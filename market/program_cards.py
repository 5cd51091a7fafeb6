"""Cards of programs: with the next days that can be booked and the seats of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tortoise import connections

from market.cards import Shot
from villages.days import seoul_day, seoul_midnight
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.seats_left import SEATS_LEFT

FEW = 5
DAYS = 3
SESSIONS = 15
"""Looked at to find three days: a day with more than five sessions shows fewer days, that is all."""
PER_PAGE = 24
WEEKDAYS = "월화수목금토일"


class SeatDay(NamedTuple):
    """A day that can be booked, with its seats over all its sessions."""

    date_text: str
    url: str
    seats_text: str
    state: str


class ProgramCard(NamedTuple):
    id: int
    slug: str
    name: str
    village_name: str
    accent: str
    price: int
    price_kind: str
    minutes: int | None
    age_text: str
    place_text: str
    dates: tuple[SeatDay, ...]
    picture: Shot | None


class Days(NamedTuple):
    """From the first to the last Seoul day, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class ProgramList:
    cards: list[ProgramCard]
    total: int
    page: int
    pages: int


async def programs_by_day(
    *, now: datetime, days: Days | None = None, indoor: bool | None = None, village: str = "",
    ids: Sequence[int] | None = None, page: int = 1, size: int = PER_PAGE,
) -> ProgramList:  # fmt: skip
    """The programs that fit, those with the earliest open day first. With `days`: only those open then.

    One query; a page past the end is the last one.
    """
    # Told apart in the text: a plan made for both would look at every program for the sake of a few.
    rows = await connections.get("default").execute_query_dict(
        PROGRAMS.replace(ALL_OR_SOME, "$6::bigint[] IS NULL" if ids is None else "l.id = ANY($6::bigint[])"),
        [
            now,
            seoul_midnight(days.first) if days else now,
            seoul_midnight(days.last + timedelta(days=1)) if days else now + timedelta(days=400),
            indoor, village, list(ids) if ids is not None else None, days is not None, size, page,
        ],
    )  # fmt: skip
    total = rows[0]["total"] if rows else 0
    pages = max(1, -(-total // size))
    return ProgramList([_card(row) for row in rows], total, min(page, pages), pages)


async def program_cards(
    *, now: datetime, most: int, days: Days | None = None, village: str = "", ids: Sequence[int] | None = None
) -> list[ProgramCard]:
    """The first `most` of them. One query."""
    return (await programs_by_day(now=now, days=days, village=village, ids=ids, size=most)).cards


def _card(row: dict[str, Any]) -> ProgramCard:
    kind, price = json.loads(row["price"]) if row["price"] else (None, 0)
    return ProgramCard(
        row["id"], row["slug"], row["name"], row["village_name"], row["accent"], price,
        f"{PARTICIPANT_NAMES[Participant(kind)]} 1명" if kind and kind not in ("family", "room") else
        PARTICIPANT_NAMES[Participant(kind)] if kind else "",
        row["minutes"], f"{row['least_age']}세부터" if row["least_age"] else "",
        "" if row["is_indoor"] is None else "실내" if row["is_indoor"] else "야외",
        _next_days(row["slug"], json.loads(row["dates"] or "[]")),
        Shot(row["hash"], row["w"], row["alt"]) if row["hash"] else None,
    )  # fmt: skip


def _next_days(slug: str, sessions: list[tuple[str, int]]) -> tuple[SeatDay, ...]:
    days: dict[date, int] = {}
    for starts_at, seats in sessions:
        day = seoul_day(datetime.fromisoformat(starts_at))
        days[day] = days.get(day, 0) + seats
    return tuple(seat_day(slug, day, left) for day, left in list(days.items())[:DAYS])


def seat_day(slug: str, day: date, left: int) -> SeatDay:
    return SeatDay(
        f"{day.month}/{day.day} {WEEKDAYS[day.weekday()]}",
        f"/programs/{slug}?month={day:%Y-%m}&day={day}#dates",
        f"{left}자리 남음" if left <= FEW else f"{left}자리",
        "few" if left <= FEW else "open",
    )


# What may be sold of a program's sessions. The days and pictures are fetched for the page alone.
OPEN_SESSIONS = f"""
        FROM sessions s
        WHERE s.listing_id = l.id AND s.closed_at IS NULL AND {SEATS_LEFT} > 0
          AND s.starts_at >= $2 AND s.starts_at < $3
          AND s.starts_at > $1::timestamptz + make_interval(hours => l.closes_hours_before)
        ORDER BY s.starts_at
"""
ALL_OR_SOME = "-- all or some"
PROGRAMS = f"""
WITH fitting AS MATERIALIZED (
    SELECT l.id, l.popularity, vi.short_name AS village_name, vi.accent, open.first
    FROM listings l
    JOIN publications p ON p.listing_id = l.id
    JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
    LEFT JOIN LATERAL (SELECT s.starts_at AS first {OPEN_SESSIONS} LIMIT 1) open ON true
    WHERE l.kind = 'program'
      AND ($4::boolean IS NULL OR l.is_indoor = $4)
      AND ($5 = '' OR vi.slug = $5)
      AND {ALL_OR_SOME}
      AND (NOT $7::boolean OR open.first IS NOT NULL)
), counted AS (
    SELECT count(*)::int AS total FROM fitting
), paged AS (
    SELECT * FROM fitting ORDER BY first NULLS LAST, popularity DESC, id
    LIMIT $8::int OFFSET (SELECT GREATEST(0, LEAST($9::bigint, (total + $8 - 1) / $8) - 1) * $8 FROM counted)
)
SELECT l.id, l.slug, l.name, l.minutes, l.least_age, l.is_indoor, paged.village_name, paged.accent, counted.total,
       pic.hash, pic.w, pic.alt, open.dates,
       (SELECT json_build_array(pp.kind, pp.price) FROM participant_prices pp WHERE pp.listing_id = l.id
        ORDER BY pp.price = 0, pp.position, pp.id LIMIT 1) AS price
FROM counted, paged
JOIN listings l ON l.id = paged.id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(starts_at, seats) ORDER BY starts_at) AS dates
    FROM (SELECT s.starts_at, {SEATS_LEFT} AS seats {OPEN_SESSIONS} LIMIT {SESSIONS}) next_sessions
) open ON true
LEFT JOIN LATERAL (
    SELECT lp.picture_id FROM listing_pictures lp WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id LIMIT 1
) first ON true
LEFT JOIN pictures pic ON pic.id = first.picture_id
ORDER BY paged.first NULLS LAST, paged.popularity DESC, l.id
"""
