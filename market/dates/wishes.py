"""One change of date at a party's wish: the village moves it, at the same price, as often as its terms allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections
from tortoise.transactions import in_transaction

from market.dates.choices import OtherDate, other_dates
from market.dates.moves import LOCK_ORDER, move_booking
from market.retrying import retried
from villages.refusals import NotFound, Refused


class NotChangeable(Refused):
    code = "date-not-changeable"
    usual = "이 예약은 날짜를 바꿀 수 없습니다. 취소하고 새로 예약해 주세요."


@dataclass(frozen=True)
class Changeable:
    """A paid visit whose date may be changed, and the next dates with seats for all of it."""

    booking_id: int
    name: str
    starts_at: datetime
    heads: int
    dates: tuple[OtherDate, ...]


async def changeable_visits(number: str, *, village_ids: Sequence[int], now: datetime) -> list[Changeable]:
    rows = await connections.get("default").execute_query_dict(VISITS, [number, list(village_ids), now])
    found = []
    for row in rows:
        if not row["why_not"]:
            dates = await other_dates(row["session_id"], booking_id=row["id"], now=now)
            found.append(Changeable(row["id"], row["name"], row["starts_at"], row["heads"], dates))
    return [visit for visit in found if visit.dates]


@retried
async def change_date(
    booking_id: int, to_session_id: int, *, number: str, village_ids: Sequence[int], by: str, now: datetime
) -> None:
    """Move a party at its wish; where it stands already nothing is done. A party of a called-off session may be moved
    for it on the phone, and that does not count. Raises `NotFound`, `NotChangeable`, and what `move_booking` raises.
    """
    async with in_transaction() as db:
        await db.execute_query(LOCK_ORDER_OF, [number])
        rows = await db.execute_query_dict(VISITS, [number, list(village_ids), now])
        visit = next((row for row in rows if row["id"] == booking_id), None)
        if visit is None:
            raise NotFound("이 마을의 예약이 아닙니다. 주문 화면에서 다시 골라 주세요.")
        if visit["session_id"] == to_session_id:
            return
        if visit["why_not"]:
            raise NotChangeable(visit["why_not"])
        await move_booking(db, booking_id, to_session_id, by=by, now=now)


LOCK_ORDER_OF = LOCK_ORDER.replace("id = $1", "number = $1")
VISITS = """
SELECT b.id, b.session_id, b.seats, b.heads, l.name, s.starts_at, CASE
    WHEN s.starts_at <= $3 THEN '이미 시작한 체험은 날짜를 바꿀 수 없습니다.'
    WHEN s.cancelled_at IS NOT NULL THEN ''
    WHEN paid.is_dearer THEN '그 뒤로 값이 바뀌어 날짜를 바꿀 수 없습니다. 취소하고 새로 예약해 주세요.'
    WHEN wished.times >= paid.changes THEN '날짜는 ' || paid.changes || '번까지 바꿀 수 있습니다.'
    ELSE '' END AS why_not
FROM orders o JOIN parts p ON p.order_id = o.id JOIN bookings b ON b.part_id = p.id
JOIN sessions s ON s.id = b.session_id JOIN listings l ON l.id = s.listing_id
CROSS JOIN LATERAL (
    SELECT count(*) AS times FROM booking_moves m JOIN sessions f ON f.id = m.from_session_id
    WHERE m.booking_id = b.id AND f.cancelled_at IS NULL
) wished
CROSS JOIN LATERAL (
    SELECT min(COALESCE((li.terms->'refund_ladder'->>'date_changes')::int, 1)) AS changes,
           bool_or(pp.price IS DISTINCT FROM li.unit_price) AS is_dearer
    FROM lines li LEFT JOIN participant_prices pp ON pp.listing_id = l.id AND pp.kind = li.participant
    WHERE li.part_id = p.id AND li.session_id = b.session_id AND li.count > li.cancelled
) paid
WHERE o.number = $1 AND p.village_id = ANY($2::bigint[]) AND b.state = 'confirmed' ORDER BY b.id
"""
