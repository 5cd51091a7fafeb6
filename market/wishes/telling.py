"""Telling each who waits, once, as soon as it is there; and forgetting who it was.

A wish ends in the statement that puts its message into the outbox: it is told once, however many workers run, and
from then on its telephone number and address stand in that message alone, until it has been sent.
"""

from datetime import datetime, timedelta

from tortoise import connections
from tortoise.transactions import in_transaction

from market.wishes.presence import IS_THERE, SHOWN
from villages.notices import TOLD_ONCE, ads_may_go

KEPT, CAME = "wish_kept", "wish_came"
"""Kinds of messages: that we keep the wish, and that it is there."""
OF_WISHES = f"kind IN ('{KEPT}', '{CAME}')"
"""Spelt like this the few messages of wishes are found by an index of their own."""

MOST_IN_OUTBOX = 100
"""News waits here rather than there: letters about orders must not stand behind thousands of it."""
FIRST_TRIES = 3
WAITS_FOR = timedelta(days=365)
NO_NEWS_AFTER = timedelta(days=7)
"""What could not be sent for so long is given up."""
TRACES_KEPT_FOR = timedelta(days=183)
"""How long after its end we know that there was a wish and what was agreed to: 전자상거래법 §6, 표시·광고."""


async def tell_who_waits(now: datetime) -> int:
    """By day only. Returns how many were told."""
    if not ads_may_go(now):
        return 0
    async with in_transaction() as db:
        rows = await db.execute_query_dict(TELL, [now, MOST_IN_OUTBOX])
    return int(rows[0]["told"])


async def forget_who_waited(now: datetime) -> int:
    """Wishes that waited a year, messages that were sent or given up, traces of half a year ago. Returns how many."""
    db = connections.get("default")
    lapsed, _ = await db.execute_query(LAPSE, [now, now - WAITS_FOR])
    sent, _ = await db.execute_query(FORGET_MESSAGES, [now - NO_NEWS_AFTER])
    traces, _ = await db.execute_query(FORGET_TRACES, [now - TRACES_KEPT_FOR])
    return int(lapsed) + int(sent) + int(traces)


WAITS_TO_GO = f"kind = '{CAME}' AND sent_at IS NULL AND tries < {FIRST_TRIES}"
"""What has failed so often goes some other hour, and must not keep the others from theirs."""
TELL = f"""
WITH came AS MATERIALIZED (
    SELECT l.id FROM listings l {SHOWN}
    WHERE l.id IN (SELECT listing_id FROM wishes WHERE state = 'waiting') AND {IS_THERE.format(now="$1")}
), mine AS (
    SELECT w.id, w.phone, w.email FROM wishes w WHERE w.state = 'waiting' AND w.listing_id IN (SELECT id FROM came)
    ORDER BY w.id
    LIMIT GREATEST(0, $2 - (SELECT count(*) FROM notices WHERE {OF_WISHES} AND {WAITS_TO_GO}))
    FOR UPDATE OF w SKIP LOCKED
), ended AS (
    UPDATE wishes w SET state = 'told', ended_at = $1, phone = '', email = '' FROM mine
    WHERE w.id = mine.id RETURNING w.id, mine.phone, mine.email
), written AS (
    INSERT INTO notices (kind, subject, channel, address, facts, due_at, tries, trouble)
    SELECT '{CAME}', 'wish ' || ended.id, to_it.channel, to_it.address, jsonb_build_object('wish', ended.id), now(), 0, ''
    FROM ended CROSS JOIN LATERAL (VALUES ('mail', email), ('sms', phone)) AS to_it (channel, address)
    WHERE to_it.address <> '' {TOLD_ONCE}
)
SELECT count(*)::int AS told FROM ended
"""
LAPSE = """
UPDATE wishes SET state = 'lapsed', ended_at = $1, phone = '', email = '' WHERE state = 'waiting' AND wished_at < $2
"""
FORGET_MESSAGES = f"""
DELETE FROM notices n USING wishes w
WHERE n.{OF_WISHES} AND n.subject = 'wish ' || w.id
  AND (n.sent_at IS NOT NULL OR COALESCE(w.ended_at, w.wished_at) < $1)
"""
FORGET_TRACES = f"""
DELETE FROM wishes w WHERE w.ended_at < $1
  AND NOT EXISTS (SELECT FROM notices n WHERE n.{OF_WISHES} AND n.subject = 'wish ' || w.id)
"""
