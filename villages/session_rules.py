"""A program's dates: made by a rule of weekdays or by hand, closed, opened again, and never smaller than booked."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from villages.acts import Fact, record_act
from villages.contacts import BadValue
from villages.days import seoul_day, seoul_moment
from villages.listings import Kind, Listing
from villages.outings import share_new_times
from villages.refusals import BadForm, NotFound

MOST_AT_ONCE = 300
LONGEST_AHEAD = timedelta(days=400)
MOST_SEATS = 1000

LONGEST_BEFORE = timedelta(days=61)
"""No session is decided longer before it begins, see `MOST_DAYS_BEFORE`."""
MOST_DAYS_BEFORE = 60

_CLOCK = re.compile(r"(오전|오후)?\s*(\d{1,2})\s*(?::\s*(\d{2})|시\s*(?:(\d{1,2})\s*분|(반))?)")


@dataclass(frozen=True)
class WeekdayRule:
    """Every given weekday (Monday is 0) from `first` to `last`, at each of the times, in Seoul."""

    weekdays: frozenset[int]
    times: tuple[time, ...]
    first: date
    last: date

    def starts(self) -> list[datetime]:
        """The moments in UTC, the earliest first."""
        span = (self.last - self.first).days + 1
        days = (self.first + timedelta(days=number) for number in range(max(0, min(span, 800))))
        return [
            seoul_moment(day, clock.hour, clock.minute)
            for day in days
            if day.weekday() in self.weekdays
            for clock in self.times
        ]


def read_times(typed: str) -> tuple[time, ...]:
    """ "11:00, 오후 2시 30분" in order, each once. Raises `BadValue` where something else stands there."""
    text = unicodedata.normalize("NFKC", typed)
    found = sorted({_clock(match) for match in _CLOCK.finditer(text)})
    if not found or re.sub(r"[\s,·/와과및]", "", _CLOCK.sub("", text)):
        raise BadValue("시작 시각을 11:00 처럼 적어 주세요. 여러 번이면 쉼표로 나눕니다. 예: 11:00, 14:00")
    return tuple(found)


def _clock(match: re.Match[str]) -> time:
    half, hour_text, colon, minutes, half_past = match.groups()
    hour = int(hour_text)
    hour = hour + 12 if half == "오후" and hour < 12 else 0 if half == "오전" and hour == 12 else hour
    minute = int(colon or minutes or (30 if half_past else 0))
    if hour > 23 or minute > 59:
        raise BadValue("시각은 0시부터 23시 59분까지입니다. 예: 14:30")
    return time(hour, minute)


def decision_moment(starts_at: datetime, days_before: int, hour: int) -> datetime:
    """When it is decided whether people enough come; `DECIDED_AT` is the same in the database."""
    return seoul_moment(seoul_day(starts_at) - timedelta(days=days_before), hour)


class MinimumRule(NamedTuple):
    """Of a program: how many must come, and when that is decided."""

    min_people: int
    decide_days_before: int
    decide_hour: int


async def add_sessions(
    listing_id: int, starts: list[datetime], *, capacity: int, village_ids: list[int], by: str, now: datetime
) -> int:
    """Write the dates that are not there yet; returns how many. Raises `NotFound`, `BadForm`."""
    async with in_transaction() as db:
        own = Listing.filter(id=listing_id, village_id__in=village_ids, kind=Kind.program).using_db(db)
        if not (listing := await own.first()):
            raise NotFound()
        added = await add_sessions_in(db, listing_id, starts, capacity=capacity, now=now)
        if added:
            await record_act(
                db, "sessions added", f"listing {listing_id}", by=by, village_id=listing.village_id,
                facts={"count": added, "seats": capacity},
            )  # fmt: skip
        return added


async def add_sessions_in(
    db: BaseDBAsyncClient, listing_id: int, starts: list[datetime], *, capacity: int, now: datetime
) -> int:
    """`add_sessions` inside the caller's transaction.

    Who adds a date after the moment at which its minimum would be decided says that it takes place.
    """
    check_starts(starts, capacity=capacity, now=now)
    await db.execute_query(LOCK_LISTING, [listing_id])
    rule = MinimumRule(**(await db.execute_query_dict(RULE, [listing_id]))[0])
    if capacity < rule.min_people:
        wrong = (
            f"최소 인원 {rule.min_people}명보다 적은 정원으로는 열릴 수 없습니다. 최소 인원부터 낮춰 주세요."
        )
        raise BadForm(wrong, fields={"capacity": wrong})
    rows = await db.execute_query_dict(WRITE, [listing_id, sorted(set(starts)), capacity, now])
    await share_new_times(db, listing_id, now=now)
    return len(rows)


def check_starts(starts: list[datetime], *, capacity: int, now: datetime) -> None:
    """Raises `BadForm`, naming the field."""
    wrong = ""
    field = "dates"
    if not 1 <= capacity <= MOST_SEATS:
        field, wrong = "capacity", f"한 번에 받을 인원을 1명에서 {MOST_SEATS:,}명 사이로 적어 주세요."
    elif not starts:
        wrong = "만들 날짜가 없습니다. 요일과 기간을 확인해 주세요."
    elif len(starts) > MOST_AT_ONCE:
        wrong = f"한 번에 {MOST_AT_ONCE}개까지 만들 수 있습니다. 기간을 줄여 주세요."
    elif min(starts) <= now:
        wrong = "이미 지난 날짜가 있습니다. 앞으로 올 날짜만 적어 주세요."
    elif max(starts) > now + LONGEST_AHEAD:
        wrong = "한 해보다 먼 날짜는 나중에 만들어 주세요."
    if wrong:
        raise BadForm(wrong, fields={field: wrong})


async def close_session(session_id: int, *, village_ids: list[int], by: str, now: datetime) -> None:
    """No more bookings from now on; those made stand. Closing twice keeps the first moment."""
    await _change(CLOSE, "session closed", session_id, village_ids, now, by=by)


async def reopen_session(session_id: int, *, village_ids: list[int], by: str) -> None:
    """One that was cancelled stays closed: its people were told. Raises `NotFound`."""
    await _change(REOPEN, "session opened", session_id, village_ids, by=by)


async def resize_session(session_id: int, capacity: int, *, village_ids: list[int], by: str) -> None:
    """Raises `BadForm` below what is held and booked: promised seats are not taken away; and below its minimum."""
    if not 1 <= capacity <= MOST_SEATS:
        raise BadForm(f"정원을 1명에서 {MOST_SEATS:,}명 사이로 적어 주세요.")
    taken = await _change(
        RESIZE, "session resized", session_id, village_ids, capacity, by=by, facts={"seats": capacity}
    )
    if taken is not None and taken <= capacity:
        raise BadForm("최소 인원보다 적은 정원으로는 열릴 수 없습니다. 최소 인원부터 낮춰 주세요.")
    if taken is not None:
        raise BadForm(f"이미 {taken}명이 예약했습니다. 정원을 {taken}명보다 적게 줄일 수 없습니다.")


async def set_minimum(
    session_id: int, people: int | None, *, village_ids: list[int], by: str, now: datetime
) -> None:
    """So many must come to this one session; None: what its program says. Raises `BadForm` above its capacity.

    Who asks for more after the moment at which that would be decided says that it takes place, see `let_late_go`.
    """
    wrong = "최소 인원은 0명부터 정원까지 적어 주세요. 정원보다 많으면 열릴 수 없습니다."
    if people is not None and not 0 <= people <= MOST_SEATS:
        raise BadForm(wrong)
    taken = await _change(
        SET_MINIMUM, "session minimum set", session_id, village_ids, people, now, by=by, facts={"people": people}
    )  # fmt: skip
    if taken is not None:
        raise BadForm(wrong)


async def let_late_go(db: BaseDBAsyncClient, listing_id: int, before: MinimumRule, *, now: datetime) -> None:
    """The program's minimum was `before`: where it rose, or is decided earlier, and that moment is over, the date
    takes place. The clock would call it off within a minute, and nobody could have known. The listing's row is locked.

    Raises `BadForm` where more would have to come than a date has seats.
    """
    after = MinimumRule(**(await db.execute_query_dict(RULE, [listing_id]))[0])
    is_more = after.min_people > before.min_people
    is_earlier = (-after.decide_days_before, after.decide_hour) < (
        -before.decide_days_before,
        before.decide_hour,
    )
    if is_more or is_earlier:
        found = await db.execute_query_dict(LATE, [listing_id, now, now + LONGEST_BEFORE, is_earlier])
        await db.execute_query(LET_GO, [[row["id"] for row in found], now])
    if is_more and (small := await db.execute_query_dict(TOO_SMALL, [listing_id, now, after.min_people])):
        day = seoul_day(small[0]["starts_at"])
        wrong = (
            f"{day.month}월 {day.day}일은 정원이 {small[0]['capacity']}명입니다. "
            "최소 인원을 그보다 적게 적거나 그날 정원부터 늘려 주세요."
        )
        raise BadForm(wrong, fields={"min_people": wrong})


async def _change(
    statement: str, what: str, session_id: int, village_ids: list[int], *values: object, by: str,
    facts: dict[str, Fact] | None = None,
) -> int | None:  # fmt: skip
    """Change an own session and write it down. Where nothing was to change, the seats taken. Raises `NotFound`."""
    async with in_transaction() as db:
        changed = await db.execute_query_dict(statement, [session_id, village_ids, *values])
        if changed:
            village_id = changed[0]["village_id"]
            await record_act(db, what, f"session {session_id}", by=by, village_id=village_id, facts=facts)
            return None
        rows = await db.execute_query_dict(TAKEN, [session_id, village_ids])
    if not rows:
        raise NotFound()
    return rows[0]["taken"]


DECIDED_AT = """(((s.starts_at AT TIME ZONE 'Asia/Seoul')::date - l.decide_days_before)::timestamp
    + make_interval(hours => l.decide_hour)) AT TIME ZONE 'Asia/Seoul'"""
"""Of `sessions s` and `listings l`."""
LOCK_LISTING = "SELECT id FROM listings WHERE id = $1 FOR NO KEY UPDATE"  # see share_new_times
WRITE = f"""
INSERT INTO sessions (listing_id, starts_at, capacity, held, booked, go_at, go_by)
SELECT l.id, s.starts_at, $3, 0, 0, late.at, CASE WHEN late.at IS NULL THEN '' ELSE 'clock' END
FROM listings l CROSS JOIN unnest($2::timestamptz[]) AS s (starts_at)
CROSS JOIN LATERAL (SELECT CASE WHEN l.min_people > 0 AND {DECIDED_AT} <= $4 THEN $4::timestamptz END AS at) late
WHERE l.id = $1
ON CONFLICT (listing_id, starts_at) DO NOTHING RETURNING id
"""
CLOSE = """
UPDATE sessions s SET closed_at = $3
FROM listings l WHERE s.id = $1 AND l.id = s.listing_id AND l.village_id = ANY($2::bigint[]) AND s.closed_at IS NULL
RETURNING l.village_id
"""
REOPEN = """
UPDATE sessions s SET closed_at = NULL
FROM listings l WHERE s.id = $1 AND l.id = s.listing_id AND l.village_id = ANY($2::bigint[]) AND s.closed_at IS NOT NULL
  AND s.cancelled_at IS NULL
RETURNING l.village_id
"""
RESIZE = """
UPDATE sessions s SET capacity = $3
FROM listings l WHERE s.id = $1 AND l.id = s.listing_id AND l.village_id = ANY($2::bigint[]) AND s.held + s.booked <= $3
  AND (s.go_at IS NOT NULL OR $3 >= LEAST(s.capacity, COALESCE(s.min_people, l.min_people)))
RETURNING l.village_id
"""
# Said of the row as it is when it is written: the clock may be calling the session off at this moment.
_TOO_LATE = f"""s.go_at IS NULL AND s.cancelled_at IS NULL
    AND COALESCE($3::int, l.min_people) > COALESCE(s.min_people, l.min_people) AND {DECIDED_AT} <= $4::timestamptz"""
SET_MINIMUM = f"""
UPDATE sessions s SET min_people = $3::int, go_at = CASE WHEN {_TOO_LATE} THEN $4::timestamptz ELSE s.go_at END,
    go_by = CASE WHEN {_TOO_LATE} THEN 'clock' ELSE s.go_by END
FROM listings l WHERE s.id = $1 AND l.id = s.listing_id AND l.village_id = ANY($2::bigint[])
  AND COALESCE($3::int, l.min_people) BETWEEN 0 AND s.capacity
RETURNING l.village_id
"""
RULE = "SELECT min_people, decide_days_before, decide_hour FROM listings WHERE id = $1"
LATE = f"""
SELECT s.id FROM sessions s JOIN listings l ON l.id = s.listing_id
WHERE l.id = $1 AND s.starts_at > $2::timestamptz AND s.starts_at < $3 AND s.cancelled_at IS NULL
  AND COALESCE(s.min_people, l.min_people) > 0 AND {DECIDED_AT} <= $2 AND ($4 OR s.min_people IS NULL)
ORDER BY s.id FOR NO KEY UPDATE OF s
"""
TOO_SMALL = """
SELECT starts_at, capacity FROM sessions
WHERE listing_id = $1 AND starts_at > $2 AND cancelled_at IS NULL AND go_at IS NULL AND min_people IS NULL AND capacity < $3
ORDER BY starts_at LIMIT 1
"""
LET_GO = "UPDATE sessions SET go_at = $2, go_by = 'clock' WHERE id = ANY($1::bigint[]) AND go_at IS NULL AND cancelled_at IS NULL"
TAKEN = """
SELECT s.held + s.booked AS taken FROM sessions s, listings l
WHERE s.id = $1 AND l.id = s.listing_id AND l.village_id = ANY($2::bigint[])
"""
