"""What machines may read of programs on sale and their sessions: one query per answer, pages by keyset."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections

from villages.refund_ladders import RefundLadder, ladder_from_data
from villages.refusals import NotFound
from villages.seats_left import SEATS_LEFT


@dataclass(frozen=True)
class OpenPrice:
    kind: str
    price: int
    seats_taken: int
    ages: str


@dataclass(frozen=True)
class OpenProgram:
    """`next_starts_at` is its first session that can still be booked; `place` is what a cursor carries."""

    id: int
    slug: str
    code: str | None
    name: str
    summary: str
    story: str
    category: str
    village: dict[str, str]
    minutes: int | None
    least_age: int | None
    is_indoor: bool | None
    meeting_place: str
    what_to_bring: str
    weather_rule: str
    group_from: int
    closes_hours_before: int
    notice: dict[str, str]
    pictures: list[tuple[str, int, str]]
    prices: tuple[OpenPrice, ...]
    ladder: RefundLadder | None
    next_starts_at: datetime | None
    place: tuple[int, int]


@dataclass(frozen=True)
class OpenSession:
    """`book_before`: bookings close by themselves then. `state`: open, full or closed."""

    id: int
    starts_at: datetime
    ends_at: datetime | None
    book_before: datetime
    capacity: int
    seats_left: int
    state: str


async def open_programs(
    *, village: str, category: str, after: tuple[int, int] | None, most: int, now: datetime
) -> list[OpenProgram]:
    """Published programs, the liked ones first, those after a place."""
    rows = await connections.get("default").execute_query_dict(
        PROGRAMS, [now, village, category, *(after or (None, None)), most]
    )
    return [_program(row) for row in rows]


async def open_program(slug: str, *, now: datetime) -> OpenProgram:
    rows = await connections.get("default").execute_query_dict(ONE_PROGRAM, [now, slug])
    if not rows:
        raise NotFound()
    return _program(rows[0])


async def open_sessions(
    program: OpenProgram,
    *,
    since: datetime,
    until: datetime | None,
    after: datetime | None,
    most: int,
    now: datetime,
) -> list[OpenSession]:
    """A program's sessions from `since` on and before `until`, by time, those after a moment."""
    rows = await connections.get("default").execute_query_dict(
        SESSIONS, [program.id, since, until, after, most]
    )
    return [_session(row, program, now) for row in rows]


def _program(row: dict[str, Any]) -> OpenProgram:
    ladder = json.loads(row["refund_ladder"])
    return OpenProgram(
        **{name: row[name] for name in PROGRAM_COLUMNS},
        village={"slug": row["village_slug"], "name": row["village_name"]},
        notice=json.loads(row["notice_rows"]),
        pictures=[tuple(picture) for picture in json.loads(row["pictures"] or "[]")],
        prices=tuple(OpenPrice(*values) for values in json.loads(row["prices"] or "[]")),
        ladder=ladder_from_data(ladder) if ladder else None,
        place=(-row["popularity"], row["id"]),
    )


def _session(row: dict[str, Any], program: OpenProgram, now: datetime) -> OpenSession:
    starts_at, left = row["starts_at"], row["left"]
    book_before = starts_at - timedelta(hours=program.closes_hours_before)
    is_open = row["closed_at"] is None and book_before > now
    return OpenSession(
        id=row["id"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=program.minutes) if program.minutes else None,
        book_before=book_before,
        capacity=row["capacity"],
        seats_left=left if is_open else 0,
        state="closed" if not is_open else "open" if left else "full",
    )


PROGRAM_COLUMNS = (
    "id", "slug", "code", "name", "summary", "story", "category", "minutes", "least_age", "is_indoor", "meeting_place",
    "what_to_bring", "weather_rule", "group_from", "closes_hours_before", "next_starts_at",
)  # fmt: skip
PROGRAMS_ON_SALE = f"""
SELECT l.*, vi.slug AS village_slug, vi.name AS village_name,
       (SELECT min(s.starts_at) FROM sessions s
        WHERE s.listing_id = l.id AND s.closed_at IS NULL AND {SEATS_LEFT} > 0
          AND s.starts_at > $1::timestamptz + l.closes_hours_before * interval '1 hour') AS next_starts_at,
       (SELECT json_agg(json_build_array(pp.kind, pp.price, pp.seats_taken, pp.ages) ORDER BY pp.position, pp.id)
        FROM participant_prices pp WHERE pp.listing_id = l.id)::text AS prices,
       (SELECT json_agg(json_build_array(pi.hash, pi.w, pi.alt) ORDER BY lp.position, lp.id)
        FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id WHERE lp.listing_id = l.id)::text AS pictures
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
WHERE l.kind = 'program'
"""
PROGRAMS = f"""{PROGRAMS_ON_SALE}
  AND ($2 = '' OR vi.slug = $2) AND ($3 = '' OR l.category = $3)
  AND ($5::bigint IS NULL OR (-l.popularity, l.id) > ($4::bigint, $5))
ORDER BY -l.popularity, l.id LIMIT $6
"""
ONE_PROGRAM = f"{PROGRAMS_ON_SALE} AND l.slug = $2"
SESSIONS = f"""
SELECT s.id, s.starts_at, s.capacity, {SEATS_LEFT} AS left, s.closed_at FROM sessions s
WHERE listing_id = $1 AND starts_at >= $2 AND ($3::timestamptz IS NULL OR starts_at < $3)
  AND ($4::timestamptz IS NULL OR starts_at > $4)
ORDER BY starts_at LIMIT $5
"""
