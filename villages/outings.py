"""Which sessions share a pool's seats: those at overlapping times go on one outing.

Everything that moves seats locks sessions by id and after them outings by id. What forms outings anew comes before:
listings by id, pools by id, then all sessions it may join or part; so nobody moves seats meanwhile.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from villages.days import SEOUL
from villages.refusals import BadForm

MEND_POOL = "‘{name}’ 자리를 {taken}자리 이상으로 적거나, 함께 쓰는 체험을 빼 주세요."
MEND_TIMES = "‘{name}’ 자리를 {taken}자리 이상으로 늘리거나, 시각·걸리는 시간을 바꿔 주세요."


class Span(NamedTuple):
    """One session as a pool sees it."""

    session_id: int
    begins_at: datetime
    ends_at: datetime
    held: int = 0
    booked: int = 0


def together(spans: Iterable[Span]) -> list[list[Span]]:
    """Those that overlap, and those that overlap one of them: a bus on its way does not come back in between.

    One that begins when another ends does not overlap it.
    """
    outings: list[list[Span]] = []
    until: datetime | None = None
    for span in sorted(spans, key=lambda span: (span.begins_at, span.session_id)):
        if until is None or span.begins_at >= until:
            outings.append([])
            until = span.ends_at
        outings[-1].append(span)
        until = max(until, span.ends_at)
    return outings


async def share_new_times(db: BaseDBAsyncClient, listing_id: int, *, now: datetime) -> None:
    """The program has other times than before: those who share with it are looked at again.

    The listing's row must be locked: so a pool that is just being given this program waits, and sees its new times.
    Raises `BadForm` where a pool would then be too small for what is sold.
    """
    if pool_ids := await _lock_pools_of(db, listing_id):
        await lock_shared_sessions(db, pool_ids, now=now)
        await form_outings(db, pool_ids, mend=MEND_TIMES, now=now)


async def lock_sharing(db: BaseDBAsyncClient, listing_id: int, *, now: datetime) -> list[int]:
    """What `share_new_times` locks, for who must know first what is left in these sessions. Returns their ids."""
    pool_ids = await _lock_pools_of(db, listing_id)
    return await lock_shared_sessions(db, pool_ids, now=now) if pool_ids else []


async def _lock_pools_of(db: BaseDBAsyncClient, listing_id: int) -> list[int]:
    return [row["id"] for row in await db.execute_query_dict(POOLS_OF, [listing_id])]


async def lock_shared_sessions(db: BaseDBAsyncClient, pool_ids: Sequence[int], *, now: datetime) -> list[int]:
    """All sessions that `form_outings` may touch; the pools are locked by the caller."""
    return [row["id"] for row in await db.execute_query_dict(LOCK_SESSIONS, [list(pool_ids), now])]


async def form_outings(
    db: BaseDBAsyncClient, pool_ids: Sequence[int], *, mend: str = MEND_POOL, now: datetime
) -> None:
    """Write these pools' coming outings anew from their sessions, which are locked. What is over stays as it was.

    Raises `BadForm` where more is sold at one time than the pool has seats; `mend` says what to do then.
    """
    rows = await db.execute_query_dict(SPANS, [list(pool_ids), now])
    left = await db.execute_query_dict(UNLINK, [list(pool_ids), now])
    concerned = {row["session_id"] for row in [*rows, *left]}
    await db.execute_query(DROP, [list(pool_ids), now])
    for pool_id, of_pool in groupby(rows, key=lambda row: row["pool_id"]):
        own = list(of_pool)
        spans = [Span(*(row[name] for name in Span._fields)) for row in own]
        outings = together(spans)
        _refuse_too_small(own[0]["name"], own[0]["seats"], outings, mend)
        await _write(db, pool_id, own[0]["seats"], outings)
    await db.execute_query(MARK, [sorted(concerned)])


def _refuse_too_small(name: str, seats: int, outings: list[list[Span]], mend: str) -> None:
    for outing in outings:
        taken = sum(span.held + span.booked for span in outing)
        if taken > seats:
            at = outing[0].begins_at.astimezone(SEOUL)
            raise BadForm(
                f"{at.month}월 {at.day}일 {at:%H:%M}에 함께 가는 체험에 이미 {taken}자리가 나갔습니다. "
                + mend.format(name=name, taken=taken)
            )


async def _write(db: BaseDBAsyncClient, pool_id: int, seats: int, outings: list[list[Span]]) -> None:
    begins = [outing[0].begins_at for outing in outings]
    await db.execute_query(
        WRITE_OUTINGS,
        [
            pool_id, seats, begins, [max(span.ends_at for span in outing) for outing in outings],
            [sum(span.held for span in outing) for outing in outings],
            [sum(span.booked for span in outing) for outing in outings],
        ],
    )  # fmt: skip
    links = [(at, span.session_id) for at, outing in zip(begins, outings, strict=True) for span in outing]
    await db.execute_query(LINK, [pool_id, [at for at, _ in links], [session for _, session in links]])


POOLS_OF = """
SELECT id FROM pools WHERE id IN (SELECT pool_id FROM pool_programs WHERE listing_id = $1) ORDER BY id FOR NO KEY UPDATE
"""
STILL_OUT = (
    "SELECT us.session_id FROM outings u JOIN outing_sessions us ON us.outing_id = u.id WHERE u.ends_at > $2"
)
LOCK_SESSIONS = f"""
SELECT id FROM sessions WHERE id IN (
    SELECT s.id FROM pool_programs pp JOIN sessions s ON s.listing_id = pp.listing_id AND s.starts_at > $2
    WHERE pp.pool_id = ANY($1::bigint[])
    UNION {STILL_OUT} AND u.pool_id = ANY($1::bigint[])
) ORDER BY id FOR NO KEY UPDATE
"""
# A night has no minutes: it lasts until the next day's guests come.
SPANS = f"""
SELECT pp.pool_id, po.name, po.seats, s.id AS session_id, s.starts_at AS begins_at,
       s.starts_at + make_interval(mins => COALESCE(l.minutes, 1440)) AS ends_at, s.held, s.booked
FROM pool_programs pp JOIN pools po ON po.id = pp.pool_id JOIN listings l ON l.id = pp.listing_id
JOIN sessions s ON s.listing_id = l.id
WHERE pp.pool_id = ANY($1::bigint[]) AND (s.starts_at > $2 OR s.id IN ({STILL_OUT} AND u.pool_id = pp.pool_id))
ORDER BY pp.pool_id, s.starts_at, s.id
"""
UNLINK = """
DELETE FROM outing_sessions us USING outings u
WHERE u.id = us.outing_id AND u.pool_id = ANY($1::bigint[]) AND u.ends_at > $2 RETURNING us.session_id
"""
DROP = "DELETE FROM outings WHERE pool_id = ANY($1::bigint[]) AND ends_at > $2"
WRITE_OUTINGS = """
INSERT INTO outings (pool_id, capacity, begins_at, ends_at, held, booked)
SELECT $1, $2, * FROM unnest($3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[])
"""
LINK = """
INSERT INTO outing_sessions (outing_id, session_id, pool_id)
SELECT u.id, w.session_id, u.pool_id FROM unnest($2::timestamptz[], $3::bigint[]) AS w (begins_at, session_id)
JOIN outings u ON u.pool_id = $1 AND u.begins_at = w.begins_at
"""
MARK = """
UPDATE sessions s SET shares_seats = NOT s.shares_seats
WHERE s.id = ANY($1::bigint[]) AND s.shares_seats <> EXISTS (SELECT FROM outing_sessions us WHERE us.session_id = s.id)
"""
