"""Seats that become free go to those who wait, in strict order, before anybody else can take them.

How an offer runs: freed seats are kept for the first party of the queue. When they are enough for it, they are offered
to it, and wait for its answer; while they are not, nobody behind it is served. Seats of a session that were on open
sale all the time stay on open sale: they may complete a party, but they do not wait for one.

An offer lasts `OFFER` hours of the day (those between `DAY_BEGINS` and `DAY_ENDS` in Seoul count, the night does not),
and never longer than one hour before the session stops taking bookings. What could not be offered for half an hour
any more is not offered: the queue ends, and the seats go on open sale.

Everything here runs inside the caller's transaction, with the session's row locked first, together with those that
share a bus or a guide with it, for whose queues its seats are too: so each session's queue moves one step at a time.
Kept seats are part of `sessions.held`, and of what the outings hold.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.bookings import SeatWish, release_seats
from market.quotes import Basket
from market.retrying import retried
from market.shared_seats import lock_outings, move_shared
from villages.days import seoul_day, seoul_midnight, seoul_moment
from villages.notices import tell
from villages.refusals import BadForm, Refused
from villages.seats_left import SEATS_LEFT

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


async def lock_seats(db: BaseDBAsyncClient, session_ids: Sequence[int]) -> dict[int, int]:
    """First in every transaction that moves a queue or frees seats. Returns what is left in each, for what comes after.

    Locked are these sessions and those that share seats with them. Not their keys: bookings that point to them need
    not wait.
    """
    rows = await db.execute_query_dict(LOCK, [list(session_ids)])
    if not any(row["shares_seats"] for row in rows):
        return {row["id"]: row["left"] for row in rows}
    locked = [row["id"] for row in rows]
    await lock_outings(db, locked)
    return await seats_left(db, locked)


async def seats_left(db: BaseDBAsyncClient, session_ids: Sequence[int]) -> dict[int, int]:
    return {row["id"]: row["left"] for row in await db.execute_query_dict(LEFT, [list(session_ids)])}


async def offer_freed_seats(db: BaseDBAsyncClient, before: Mapping[int, int], *, now: datetime) -> int:
    """Give what is free again since this transaction to those who wait. Returns how many got offers.

    `before`: what was left in each locked session before, see `lock_seats`. To be called after the statement that freed
    them, and by everything that frees seats. Among sessions that share, who has waited longest comes first.
    """
    queues = await db.execute_query_dict(QUEUES, [list(before)])
    return sum([await _serve(db, row["session_id"], before[row["session_id"]], now=now) for row in queues])


async def _serve(db: BaseDBAsyncClient, session_id: int, before: int, *, now: datetime) -> int:
    offered = 0
    while head := await db.execute_query_dict(HEAD, [session_id]):
        party = head[0]
        if not party["is_open"] or now > last_moment_to_offer(party["closes_at"]):
            break
        missing, free = party["missing"], party["free"]
        taken = missing if free >= missing else max(0, free - before)
        if not taken or not await _keep(db, session_id, taken):
            break
        if taken < missing:
            await db.execute_query(KEEP_SOME, [party["id"], taken])
            break
        await db.execute_query(OFFER_TO, [party["id"], taken, now, offer_end(now, party["closes_at"])])
        await tell_party(db, party, "seat_offer")
        offered += 1
    return offered


async def _keep(db: BaseDBAsyncClient, session_id: int, seats: int) -> bool:
    kept = await db.execute_query_dict(KEEP, [session_id, seats])
    if kept and kept[0]["shares_seats"]:
        await move_shared(db, {session_id: (seats, 0)})
    return bool(kept)


async def take_up(db: BaseDBAsyncClient, party_id: int, basket: Basket, *, now: datetime) -> dict[int, int]:
    """The party accepts: its kept seats are free for the order that this transaction writes. Once.

    Returns what `took_up` needs. An offer that has ended, or was taken up, raises `OfferOver`. Nobody else can take the
    seats meanwhile, for the session stays locked; where the order fails, the offer stands as before.
    """
    rows = await db.execute_query_dict(SESSION_OF, [party_id])
    if basket.goods or set(basket.seats) != {row["session_id"] for row in rows}:
        raise BadForm("맡아 둔 자리는 따로 예약해 주세요. 다른 것과 함께 주문하실 수 없습니다.")
    before = await lock_seats(db, [rows[0]["session_id"]])
    taken = await db.execute_query_dict(ACCEPT, [party_id, now])
    if not taken:
        raise OfferOver
    await release_seats(db, [SeatWish(rows[0]["session_id"], taken[0]["kept"])])
    return before


async def took_up(
    db: BaseDBAsyncClient, party_id: int, order_id: int, before: Mapping[int, int], *, now: datetime
) -> None:
    """The order is written; seats that it did not need (a kind takes fewer by now) go to the next."""
    await db.execute_query(TOOK_UP, [party_id, order_id])
    await offer_freed_seats(db, before, now=now)


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
        before = await lock_seats(db, [session_id])
        lapsed = await db.execute_query_dict(LAPSE, [session_id, now, now + BEFORE_CLOSING + SHORTEST])
        return await _end(db, session_id, lapsed, before, now=now)


async def end_queue(db: BaseDBAsyncClient, session_id: int, *, now: datetime) -> int:
    """Nobody waits for this session any more: it was cancelled. Returns how many parties that concerned."""
    before = await lock_seats(db, [session_id])
    lapsed = await db.execute_query_dict(LAPSE_ALL, [session_id, now])
    return await _end(db, session_id, lapsed, before, is_called_off=True, now=now)


async def tell_party(db: BaseDBAsyncClient, party: dict, kind: str) -> None:
    await tell(
        db, kind=kind, subject=f"waiting {party['id']}", facts={"party": party["id"]}, mail=party["email"],
        phone=party["phone"],
    )  # fmt: skip


async def give_back_kept(
    db: BaseDBAsyncClient, session_id: int, kept: int, before: Mapping[int, int], *, now: datetime
) -> None:
    """What one party does not need any more goes to the next."""
    await release_seats(db, [SeatWish(session_id, kept)])
    await offer_freed_seats(db, before, now=now)


async def _end(
    db: BaseDBAsyncClient,
    session_id: int,
    lapsed: list[dict],
    before: Mapping[int, int],
    *,
    is_called_off: bool = False,
    now: datetime,
) -> int:
    if lapsed:
        await give_back_kept(db, session_id, sum(party["kept"] for party in lapsed), before, now=now)
    for party in lapsed:
        over = "seat_offer_over" if party["was_offered"] else "waiting_over"
        await tell_party(db, party, "waiting_called_off" if is_called_off else over)
    return len(lapsed)


LOCK = """
SELECT id, shares_seats, capacity - held - booked AS left FROM sessions WHERE id IN (
    SELECT unnest($1::bigint[])
    UNION SELECT other.session_id FROM outing_sessions mine JOIN outing_sessions other ON other.outing_id = mine.outing_id
    WHERE mine.session_id = ANY($1::bigint[])
) ORDER BY id FOR NO KEY UPDATE
"""
LEFT = f"SELECT s.id, {SEATS_LEFT} AS left FROM sessions s WHERE s.id = ANY($1::bigint[])"
QUEUES = """
SELECT session_id FROM waiting_parties WHERE session_id = ANY($1::bigint[]) AND state = 'waiting'
GROUP BY session_id ORDER BY min(id)
"""
HEAD = f"""
SELECT w.id, w.seats - w.kept AS missing, w.phone, w.email, {SEATS_LEFT} AS free,
       s.starts_at - make_interval(hours => l.closes_hours_before) AS closes_at,
       s.closed_at IS NULL AND p.id IS NOT NULL AS is_open
FROM waiting_parties w JOIN sessions s ON s.id = w.session_id JOIN listings l ON l.id = s.listing_id
LEFT JOIN publications p ON p.listing_id = l.id
WHERE w.session_id = $1 AND w.state = 'waiting' ORDER BY w.id LIMIT 1
"""
KEEP = """
UPDATE sessions SET held = held + $2 WHERE id = $1 AND held + booked + $2 <= capacity RETURNING shares_seats
"""
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
TOOK_UP = "UPDATE waiting_parties SET order_id = $2 WHERE id = $1"
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
