"""A paid party comes on another date of its program: seats there, seats back here; no money moves."""

import json
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.dates.minimums import MINIMUM, minimum_of, minimum_terms
from market.dates.offers import IS_LIVE
from market.retrying import retried
from market.seat_offers import lock_seats, offer_freed_seats
from market.session_words import session_text, session_text_to
from market.shared_seats import move_shared
from villages.acts import record_act
from villages.notices import tell
from villages.refusals import NotFound, Refused, SalesClosed, SessionFull
from villages.seats_left import SEATS_LEFT


class DateOfferOver(Refused):
    code = "date-offer-over"
    usual = "날짜를 바꾸실 수 있는 시간이 끝났습니다. 내신 돈을 돌려드립니다."


class MovedAlready(Refused):
    code = "moved-already"
    usual = "이미 다른 날짜로 바꾸셨습니다. 다시 바꾸시려면 마을로 전화해 주세요."


class BookedThere(Refused):
    code = "booked-there"
    usual = "그 시각에는 이미 예약이 있으십니다. 다른 날짜를 골라 주세요."


# A part has one booking for each session, whatever became of it.
CANCELLED_THERE = "취소하신 예약이 있는 시각이라 옮길 수 없습니다. 다른 날짜를 골라 주세요."


@retried
async def accept_date(offer_id: int, to_session_id: int, *, order_id: int, by: str, now: datetime) -> None:
    """Come on an offered date instead. The same date again is the same move.

    Raises `NotFound`, `SessionFull`, `SalesClosed`, `BookedThere`, `DateOfferOver`, `MovedAlready`.
    """
    async with in_transaction() as db:
        await db.execute_query(LOCK_ORDER, [order_id])
        rows = await db.execute_query_dict(OFFERED, [offer_id, order_id, to_session_id, now])
        if not rows or not rows[0]["is_offered"]:
            raise NotFound("골라 주신 날짜를 찾을 수 없습니다. 다시 골라 주세요.")
        offer = rows[0]
        if offer["stands_in"] == to_session_id:
            return
        if offer["stands_in"] != offer["session_id"]:
            raise MovedAlready
        if not offer["is_live"]:
            raise DateOfferOver
        await move_booking(db, offer["booking_id"], to_session_id, by=by, now=now)


async def move_booking(
    db: BaseDBAsyncClient, booking_id: int, to_session_id: int, *, by: str, now: datetime
) -> None:
    """In the caller's transaction, the order's row locked: nobody gives the party back or moves it meanwhile.

    Prices and refund ladder stay as they were sold. Raises like `accept_date`.
    """
    booking = (await db.execute_query_dict(BOOKING, [booking_id]))[0]
    from_id, seats = booking["session_id"], booking["seats"]
    await db.execute_query(LOCK_PART, [booking["part_id"]])
    before = await lock_seats(db, [from_id, to_session_id])
    there = await _take_there(db, booking, to_session_id, now=now)
    moved, _ = await db.execute_query(MOVE, [booking_id, from_id, to_session_id, now])
    if not moved:
        raise DateOfferOver
    here = (await db.execute_query_dict(FREE, [from_id, seats]))[0]
    # Both at once: two dates that go on one bus take nothing more of it.
    moves = {from_id: (0, -seats)} if here["shares_seats"] else {}
    moves |= {to_session_id: (0, seats)} if there["shares_seats"] else {}
    if moves:
        await move_shared(db, moves, is_move=True)
    await _rewrite_lines(db, booking["part_id"], from_id, there)
    await db.execute_query(NEXT_VERSION, [booking["part_id"]])
    rows = await db.execute_query_dict(WRITE, [booking_id, from_id, to_session_id, by, now])
    await offer_freed_seats(db, before, now=now)
    await _tell(db, rows[0]["id"], booking, there, by=by)


async def _take_there(
    db: BaseDBAsyncClient, booking: dict[str, Any], session_id: int, *, now: datetime
) -> dict[str, Any]:
    """The new session, its seats taken. It stands locked, so what is read here is what the guard decided by."""
    rows = await db.execute_query_dict(THERE, [session_id, booking["part_id"], booking["listing_id"]])
    if not rows:
        raise NotFound("골라 주신 날짜를 찾을 수 없습니다. 다시 골라 주세요.")
    if rows[0]["booked_as"] == "cancelled":
        raise BookedThere(CANCELLED_THERE)
    if rows[0]["booked_as"]:
        raise BookedThere
    taken, _ = await db.execute_query(TAKE, [session_id, booking["seats"], now])
    if taken:
        return rows[0]
    when = session_text(rows[0]["starts_at"])
    if rows[0]["left"] >= booking["seats"]:
        raise SalesClosed(f"{when}: 예약을 마감했습니다. 다른 날짜를 골라 주세요.")
    raise SessionFull(
        f"그사이 {when} 자리가 {rows[0]['left']}자리만 남았습니다. 다른 날짜를 골라 주세요."
        if rows[0]["left"] > 0
        else f"그사이 {when} 자리가 다 찼습니다. 다른 날짜를 골라 주세요."
    )


async def _rewrite_lines(db: BaseDBAsyncClient, part_id: int, from_id: int, there: dict[str, Any]) -> None:
    """A line's name says its date: "떡메치기 · 12월 5일(토) 오전 11시 · 어른"; its terms, the date's minimum."""
    lines = await db.execute_query_dict(LINES, [part_id, from_id])
    when = session_text(there["starts_at"])
    names = []
    for line in lines:
        what, _, kind = line["name"].rsplit(" · ", 2)
        names.append(f"{what} · {when} · {kind}")
    terms = json.dumps(minimum_terms(minimum_of(there)))
    await db.execute_query(REWRITE, [[line["id"] for line in lines], names, there["id"], terms])


async def _tell(
    db: BaseDBAsyncClient, move_id: int, booking: dict[str, Any], there: dict[str, Any], *, by: str
) -> None:
    was, when = session_text(booking["starts_at"]), session_text(there["starts_at"])
    facts: dict[str, object] = {"number": booking["number"], "name": booking["buyer_name"]}
    await tell(
        db, kind="date_moved", subject=f"{booking['number']}/{move_id}", mail=booking["buyer_email"],
        phone=booking["buyer_phone"], facts=facts | {"why": f"{booking['name']} 날짜를 {was}에서 {session_text_to(there['starts_at'])} 바꾸었습니다."},
    )  # fmt: skip
    if by == "shopper":  # who moved it at the village knows
        await tell(
            db, kind="party_moved", subject=f"{booking['number']}/{move_id}", phone=booking["village_phone"],
            facts={"number": booking["number"], "village": booking["village"]},
        )  # fmt: skip
    await record_act(
        db, "booking moved", f"order {booking['number']}", by=by, village_id=booking["village_id"],
        facts={"before": was, "after": when},
    )  # fmt: skip


LOCK_ORDER = "SELECT id FROM orders WHERE id = $1 FOR NO KEY UPDATE"
LOCK_PART = "SELECT id FROM parts WHERE id = $1 FOR NO KEY UPDATE"
OFFERED = f"""
SELECT f.booking_id, f.session_id, b.session_id AS stands_in,
       b.state = 'confirmed' AND {IS_LIVE.format(now="$4")} AS is_live,
       EXISTS (SELECT FROM offered_dates d WHERE d.session_id = f.session_id AND d.instead_id = $3) AS is_offered
FROM date_offers f JOIN bookings b ON b.id = f.booking_id JOIN parts p ON p.id = b.part_id
WHERE f.id = $1 AND p.order_id = $2
"""
BOOKING = """
SELECT b.part_id, b.session_id, b.seats, s.starts_at, s.listing_id, l.name, o.number, o.buyer_name, o.buyer_email,
       o.buyer_phone, v.id AS village_id, v.name AS village, v.phone AS village_phone
FROM bookings b JOIN sessions s ON s.id = b.session_id JOIN listings l ON l.id = s.listing_id
JOIN parts p ON p.id = b.part_id JOIN villages v ON v.id = p.village_id JOIN orders o ON o.id = p.order_id
WHERE b.id = $1
"""
THERE = f"""
SELECT s.id, s.starts_at, s.shares_seats, {MINIMUM}, {SEATS_LEFT} AS left,
       (SELECT b.state FROM bookings b WHERE b.part_id = $2 AND b.session_id = s.id) AS booked_as
FROM sessions s JOIN listings l ON l.id = s.listing_id WHERE s.id = $1 AND l.id = $3
"""
TAKE = """
UPDATE sessions SET booked = booked + $2
WHERE id = $1 AND closed_at IS NULL AND starts_at > $3 AND held + booked + $2 <= capacity
"""
FREE = "UPDATE sessions SET booked = booked - $2 WHERE id = $1 RETURNING shares_seats"
MOVE = "UPDATE bookings SET session_id = $3, moved_at = $4 WHERE id = $1 AND session_id = $2 AND state = 'confirmed'"
LINES = "SELECT id, name FROM lines WHERE part_id = $1 AND session_id = $2 ORDER BY id"
# What she chose from said the minimum of each date.
REWRITE = """
UPDATE lines SET session_id = $3, name = told.name, terms = (terms - 'minimum') || $4::jsonb
FROM unnest($1::bigint[], $2::text[]) AS told (id, name) WHERE lines.id = told.id
"""
# Quotes of what would come back were worked out for the old date.
NEXT_VERSION = "UPDATE parts SET version = version + 1 WHERE id = $1"
WRITE = """
INSERT INTO booking_moves (booking_id, from_session_id, to_session_id, by, at) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
