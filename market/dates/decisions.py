"""Go or no-go: at the cut-off it is decided once whether people enough come; before it the operator may say go.

Who counts is who has paid. Where a village raises its minimum, or decides earlier than it said, those who ordered
before, paid or not yet, keep what they were told: the lowest minimum and the earliest moment that stand on a line of
theirs hold.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.dates.minimums import DECIDES, TOLD
from market.gateway import Gateway
from market.refunds import RefundCause
from market.retrying import retried
from market.seat_offers import lock_seats
from market.session_cancellations import cancel_in, empty_session
from market.session_words import session_text
from villages.acts import record_act
from villages.notices import tell
from villages.refusals import NotFound
from villages.session_rules import LONGEST_BEFORE

log = logging.getLogger("jangnal.worker")
ASKED_BEFORE = timedelta(hours=24)


@dataclass(frozen=True)
class Undecided:
    """A session that has too few people yet, a day before that is decided or less."""

    id: int
    name: str
    starts_at: datetime
    heads: int
    minimum: int
    decided_at: datetime


async def undecided_sessions(village_ids: Sequence[int], *, now: datetime) -> list[Undecided]:
    """What an operator should look at today, the most urgent first."""
    rows = await connections.get("default").execute_query_dict(
        SOON, [now, now + LONGEST_BEFORE, list(village_ids), now + ASKED_BEFORE]
    )
    return [Undecided(**{name: row[name] for name in Undecided.__annotations__}) for row in rows]


async def decide_sessions(now: datetime, gateway: Gateway, *, most: int = 20) -> int:
    """Decide what is due. Returns how many sessions were decided; two workers decide each of them once."""
    rows = await connections.get("default").execute_query_dict(DUE, [now, now + LONGEST_BEFORE, most])
    done = 0
    for row in rows:
        try:
            done += await decide_session(row["id"], gateway, now=now)
        except Exception as broken:  # one that cannot be decided must not keep the others waiting
            log.error("session not decided", exc_info=broken, extra={"facts": {"session": row["id"]}})
    return done


@retried
async def decide_session(session_id: int, gateway: Gateway, *, now: datetime) -> bool:
    """Enough people: it takes place and they are told. Too few: it is called off. False where nothing is due.

    The session stands locked: whoever pays for its seats at that moment was before us and counts, or comes after us.
    """
    async with in_transaction() as db:
        await lock_seats(db, [session_id])
        rows = await db.execute_query_dict(ONE, [now, now + LONGEST_BEFORE, session_id])
        if not rows or rows[0]["decided_at"] > now:
            return False
        session = rows[0]
        if is_enough := session["heads"] >= session["minimum"]:
            await _go(db, session, by="clock", now=now)
        else:
            await cancel_in(db, session, RefundCause.too_few, by="clock", now=now)
    if not is_enough:
        await empty_session(session_id, gateway, now=now)
    return True


@retried
async def say_go(session_id: int, *, village_ids: Sequence[int], by: str, now: datetime) -> None:
    """그대로 열기: it takes place however few come, and stays so. Twice is once. Raises `NotFound`."""
    async with in_transaction() as db:
        await lock_seats(db, [session_id])
        if not await db.execute_query_dict(OWN, [session_id, list(village_ids)]):
            raise NotFound("이 마을의 체험이 아닙니다. 목록에서 다시 골라 주세요.")
        for session in await db.execute_query_dict(ONE, [now, now + LONGEST_BEFORE, session_id]):
            await _go(db, session, by=by, now=now)


async def _go(db: BaseDBAsyncClient, session: dict[str, Any], *, by: str, now: datetime) -> None:
    done, _ = await db.execute_query(GO, [session["id"], now, by])
    if not done:
        return
    facts = {"heads": int(session["heads"]), "minimum": int(session["minimum"])}
    await record_act(
        db, "session goes", f"session {session['id']}", by=by, village_id=session["village_id"], facts=facts
    )
    why = f"{session['name']} {session_text(session['starts_at'])} 체험이 열립니다. 그날 뵙겠습니다."
    for party in await db.execute_query_dict(PARTIES, [session["id"]]):
        said: dict[str, object] = {"number": party["number"], "name": party["buyer_name"], "why": why}
        await tell(
            db, kind="session_goes", subject=f"{party['number']}/{session['id']}", facts=said, mail=party["buyer_email"],
            phone=party["buyer_phone"],
        )  # fmt: skip


UNDECIDED = f"""
SELECT * FROM (
    SELECT s.id, l.village_id, l.name, s.starts_at, come.heads,
           {DECIDES}
    FROM sessions s JOIN listings l ON l.id = s.listing_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(heads), 0)::int AS heads FROM bookings b WHERE b.session_id = s.id AND b.state = 'confirmed'
    ) come
    {TOLD}
    WHERE s.go_at IS NULL AND s.cancelled_at IS NULL AND s.starts_at > $1::timestamptz AND s.starts_at < $2
      AND (COALESCE(s.min_people, l.min_people) > 0 OR told.people > 0) AND {{which}}
) undecided
"""
DUE = f"{UNDECIDED.format(which='true')} WHERE decided_at <= $1 ORDER BY decided_at, id LIMIT $3"
ONE = UNDECIDED.format(which="s.id = $3")
SOON = f"""
{UNDECIDED.format(which="l.village_id = ANY($3::bigint[])")}
WHERE decided_at <= $4 AND heads < minimum ORDER BY decided_at, id LIMIT 20
"""
OWN = "SELECT s.id FROM sessions s JOIN listings l ON l.id = s.listing_id WHERE s.id = $1 AND l.village_id = ANY($2::bigint[])"
GO = "UPDATE sessions SET go_at = $2, go_by = $3 WHERE id = $1 AND go_at IS NULL AND cancelled_at IS NULL"
PARTIES = """
SELECT o.number, o.buyer_name, o.buyer_email, o.buyer_phone
FROM bookings b JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
WHERE b.session_id = $1 AND b.state = 'confirmed' ORDER BY o.id
"""
