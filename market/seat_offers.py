"""Seats that become free go to those who wait, in strict order, before anybody else can take them.

How an offer runs: freed seats are kept for the first party of the queue. When they are enough for it, they are offered
to it, and wait for its answer; while they are not, nobody behind it is served. Seats of a session that were on open
sale all the time stay on open sale: they may complete a party, but they do not wait for one.

An offer lasts `OFFER` hours of the day (those between `DAY_BEGINS` and `DAY_ENDS` in Seoul count, the night does not),
and never longer than one hour before the session stops taking bookings. What could not be offered for half an hour
any more is not offered: the queue ends, and the seats go on open sale.

Everything here runs inside the caller's transaction, with the session's row locked first: so each session's queue
moves one step at a time. Kept seats are part of `sessions.held`.
"""

from datetime import datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.quotes import Basket
from market.retrying import retried
from villages.days import seoul_day, seoul_midnight, seoul_moment
from villages.notices import tell
from villages.refusals import BadForm, Refused

OFFER = timedelta(hours=12)
DAY_BEGINS, DAY_ENDS = 8, 21
BEFORE_CLOSING = timedelta(hours=1)
SHORTEST = timedelta(minutes=30)


class OfferOver(Refused):
    code = "offer-over"
    usual = "자리를 맡아 둔 시간이 끝났습니다. 다시 기다리시면 자리가 날 때 알려 드립니다."


def offer_end(now: datetime, closes_at: datetime) -> datetime:
    """Until when seats offered now wait for an answer; `closes_at`: when the session stops taking bookings."""
    left, at = OFFER, now
    while True:
        day = seoul_day(at)
        begins = max(at, seoul_moment(day, DAY_BEGINS))
        span = max(timedelta(), seoul_moment(day, DAY_ENDS) - begins)
        if span >= left:
            return min(begins + left, closes_at - BEFORE_CLOSING)
        left, at = left - span, seoul_midnight(day + timedelta(days=1))


def last_moment_to_offer(closes_at: datetime) -> datetime:
    return closes_at - BEFORE_CLOSING - SHORTEST


async def lock_session(db: BaseDBAsyncClient, session_id: int) -> None:
    """First in every transaction that moves a queue. Not the key: bookings that point to it need not wait."""
    await db.execute_query(LOCK, [session_id])


async def offer_freed_seats(db: BaseDBAsyncClient, session_id: int, freed: int, *, now: datetime) -> int:
    """Give `freed` seats, which are free again since this transaction, to those who wait. Returns how many got offers.

    To be called after the statement that freed them, and by everything that frees seats.
    """
    offered = 0
    while head := await db.execute_query_dict(HEAD, [session_id]):
        party = head[0]
        if not party["is_open"] or now > last_moment_to_offer(party["closes_at"]):
            break
        missing, free = party["missing"], party["free"]
        taken = missing if free >= missing else min(freed, free)
        if not taken or not (await db.execute_query(KEEP, [session_id, taken]))[0]:
            break
        freed = max(0, freed - taken)
        if taken < missing:
            await db.execute_query(KEEP_SOME, [party["id"], taken])
            break
        await db.execute_query(OFFER_TO, [party["id"], taken, now, offer_end(now, party["closes_at"])])
        await tell_party(db, party, "seat_offer")
        offered += 1
    return offered


async def take_up(db: BaseDBAsyncClient, party_id: int, basket: Basket, *, now: datetime) -> int:
    """The party accepts: its kept seats are free for the order that this transaction writes. Returns how many.

    Once: an offer that has ended, or was taken up, raises `OfferOver`. Nobody else can take the seats meanwhile, for
    the session stays locked; where the order fails, the offer stands as before.
    """
    rows = await db.execute_query_dict(SESSION_OF, [party_id])
    if basket.goods or set(basket.seats) != {row["session_id"] for row in rows}:
        raise BadForm("맡아 둔 자리는 따로 예약해 주세요. 다른 것과 함께 주문하실 수 없습니다.")
    await lock_session(db, rows[0]["session_id"])
    taken = await db.execute_query_dict(ACCEPT, [party_id, now])
    if not taken:
        raise OfferOver
    await _free(db, rows[0]["session_id"], taken[0]["kept"])
    return int(taken[0]["kept"])


async def took_up(
    db: BaseDBAsyncClient, party_id: int, order_id: int, *, left_over: int, now: datetime
) -> None:
    """The order is written; seats that it did not need (a kind takes fewer by now) go to the next."""
    rows = await db.execute_query_dict(TOOK_UP, [party_id, order_id])
    await offer_freed_seats(db, rows[0]["session_id"], max(0, left_over), now=now)


async def end_overdue_offers(now: datetime) -> int:
    """Offers whose time is over end, and their seats go on to the next; queues end with their session's sale.

    Returns how many parties lapsed. Several workers may run at once: each queue is moved by one of them.
    """
    rows = await connections.get("default").execute_query_dict(
        OVERDUE, [now, now + BEFORE_CLOSING + SHORTEST]
    )
    return sum([await end_overdue_of(row["session_id"], now=now) for row in rows])


@retried
async def end_overdue_of(session_id: int, *, now: datetime) -> int:
    async with in_transaction() as db:
        await lock_session(db, session_id)
        lapsed = await db.execute_query_dict(LAPSE, [session_id, now, now + BEFORE_CLOSING + SHORTEST])
        return await _end(db, session_id, lapsed, now=now)


async def end_queue(db: BaseDBAsyncClient, session_id: int, *, now: datetime) -> int:
    """Nobody waits for this session any more: it was cancelled. Returns how many parties that concerned."""
    await lock_session(db, session_id)
    lapsed = await db.execute_query_dict(LAPSE_ALL, [session_id, now])
    return await _end(db, session_id, lapsed, is_called_off=True, now=now)


async def tell_party(db: BaseDBAsyncClient, party: dict, kind: str) -> None:
    await tell(
        db, kind=kind, subject=f"waiting {party['id']}", facts={"party": party["id"]}, mail=party["email"],
        phone=party["phone"],
    )  # fmt: skip


async def give_back_kept(db: BaseDBAsyncClient, session_id: int, kept: int, *, now: datetime) -> None:
    """What one party does not need any more goes to the next."""
    await _free(db, session_id, kept)
    await offer_freed_seats(db, session_id, kept, now=now)


async def _end(
    db: BaseDBAsyncClient, session_id: int, lapsed: list[dict], *, is_called_off: bool = False, now: datetime
) -> int:
    if lapsed:
        await give_back_kept(db, session_id, sum(party["kept"] for party in lapsed), now=now)
    for party in lapsed:
        over = "seat_offer_over" if party["was_offered"] else "waiting_over"
        await tell_party(db, party, "waiting_called_off" if is_called_off else over)
    return len(lapsed)


async def _free(db: BaseDBAsyncClient, session_id: int, seats: int) -> None:
    await db.execute_query("UPDATE sessions SET held = held - $2 WHERE id = $1", [session_id, seats])


LOCK = "SELECT id FROM sessions WHERE id = $1 FOR NO KEY UPDATE"
HEAD = """
SELECT w.id, w.seats - w.kept AS missing, w.phone, w.email, s.capacity - s.held - s.booked AS free,
       s.starts_at - make_interval(hours => l.closes_hours_before) AS closes_at,
       s.closed_at IS NULL AND p.id IS NOT NULL AS is_open
FROM waiting_parties w JOIN sessions s ON s.id = w.session_id JOIN listings l ON l.id = s.listing_id
LEFT JOIN publications p ON p.listing_id = l.id
WHERE w.session_id = $1 AND w.state = 'waiting' ORDER BY w.id LIMIT 1
"""
KEEP = "UPDATE sessions SET held = held + $2 WHERE id = $1 AND held + booked + $2 <= capacity"
KEEP_SOME = "UPDATE waiting_parties SET kept = kept + $2 WHERE id = $1 AND state = 'waiting'"
OFFER_TO = """
UPDATE waiting_parties SET kept = kept + $2, state = 'offered', offered_at = $3, offer_ends_at = $4
WHERE id = $1 AND state = 'waiting'
"""
SESSION_OF = "SELECT session_id FROM waiting_parties WHERE id = $1"
ACCEPT = """
UPDATE waiting_parties w SET state = 'accepted', kept = 0, ended_at = $2
FROM (SELECT id, kept FROM waiting_parties WHERE id = $1) before
WHERE w.id = before.id AND w.state = 'offered' AND w.offer_ends_at > $2
RETURNING before.kept
"""
TOOK_UP = "UPDATE waiting_parties SET order_id = $2 WHERE id = $1 RETURNING session_id"
OVERDUE = """
SELECT session_id FROM waiting_parties WHERE state = 'offered' AND offer_ends_at <= $1
UNION
SELECT w.session_id FROM waiting_parties w JOIN sessions s ON s.id = w.session_id JOIN listings l ON l.id = s.listing_id
WHERE w.state = 'waiting' AND s.starts_at - make_interval(hours => l.closes_hours_before) < $2
ORDER BY session_id
"""
LAPSED = """
UPDATE waiting_parties w SET state = 'lapsed', kept = 0, ended_at = $2
FROM over WHERE w.id = over.id AND w.state IN ('waiting', 'offered')
RETURNING w.id, w.phone, w.email, over.kept, over.was_offered
"""
LAPSE = f"""
WITH over AS (
    SELECT w.id, w.kept, w.state = 'offered' AS was_offered
    FROM waiting_parties w JOIN sessions s ON s.id = w.session_id JOIN listings l ON l.id = s.listing_id
    WHERE w.session_id = $1
      AND (w.state = 'offered' AND w.offer_ends_at <= $2
           OR w.state = 'waiting' AND s.starts_at - make_interval(hours => l.closes_hours_before) < $3)
) {LAPSED}
"""
LAPSE_ALL = f"""
WITH over AS (
    SELECT id, kept, state = 'offered' AS was_offered FROM waiting_parties
    WHERE session_id = $1 AND state IN ('waiting', 'offered')
) {LAPSED}
"""
