"""Seats of one order in one session, and the guarded statements that give and take them."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.refusals import SalesClosed, SessionFull

if TYPE_CHECKING:
    from market.orders import Part
    from villages.programs import Session


class BookingState(StrEnum):
    held = "held"
    confirmed = "confirmed"
    attended = "attended"
    no_show = "no_show"
    cancelled = "cancelled"


BOOKING_NAMES = {
    BookingState.held: "결제 기다림",
    BookingState.confirmed: "예약 확정",
    BookingState.attended: "다녀감",
    BookingState.no_show: "안 옴",
    BookingState.cancelled: "취소",
}


class Booking(Model):
    """The seats and heads of one part in one session."""

    id = fields.BigIntField(primary_key=True)
    part: fields.ForeignKeyRelation["Part"] = fields.ForeignKeyField(
        "market.Part", related_name="bookings", on_delete=fields.RESTRICT
    )
    session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="bookings", on_delete=fields.RESTRICT
    )
    seats = fields.IntField()
    heads = fields.IntField()
    state = fields.CharEnumField(BookingState, default=BookingState.held)
    moved_at = fields.DatetimeField()

    part_id: int
    session_id: int

    class Meta:
        table = "bookings"
        unique_together = (("part", "session"),)
        indexes = (Index(fields=("session_id", "state"), name="bookings_session_state"),)
        constraints = (CheckConstraint(check="seats >= 0 AND heads >= 0", name="bookings_not_negative"),)


async def hold_seats(db: BaseDBAsyncClient, session_id: int, seats: int, *, name: str) -> None:
    """Promise seats to an order. Raises `SessionFull` or `SalesClosed`, naming what is left."""
    taken, _ = await db.execute_query(HOLD, [session_id, seats])
    if taken:
        return
    rows = await db.execute_query_dict(
        "SELECT capacity - held - booked AS left, closed_at IS NOT NULL AS closed FROM sessions WHERE id = $1",
        [session_id],
    )
    if not rows or rows[0]["closed"]:
        raise SalesClosed(f"{name}: 예약을 마감했습니다. 다른 날짜를 골라 주세요.")
    left = int(rows[0]["left"])
    raise SessionFull(
        f"{name}: {left}자리 남았습니다. 인원을 줄이거나 다른 날짜를 골라 주세요."
        if left
        else f"{name}: 자리가 다 찼습니다. 다른 날짜를 골라 주세요."
    )


async def release_seats(db: BaseDBAsyncClient, session_id: int, seats: int) -> None:
    await db.execute_query("UPDATE sessions SET held = held - $2 WHERE id = $1", [session_id, seats])


async def book_seats(db: BaseDBAsyncClient, session_id: int, seats: int) -> None:
    """Turn held seats into booked ones: the order is paid."""
    await db.execute_query(
        "UPDATE sessions SET held = held - $2, booked = booked + $2 WHERE id = $1", [session_id, seats]
    )


async def take_seats(db: BaseDBAsyncClient, session_id: int, seats: int, *, name: str) -> None:
    """Seats sold at the village: guarded by capacity like any other. Raises `SessionFull`."""
    taken, _ = await db.execute_query(TAKE, [session_id, seats])
    if not taken:
        raise SessionFull(f"{name}: 남은 자리보다 많습니다. 인원을 줄이거나 정원을 먼저 늘려 주세요.")


async def give_back_seats(
    db: BaseDBAsyncClient, part_id: int, session_id: int, *, seats: int, heads: int
) -> None:
    """Some of a paid booking's people do not come: their seats are free again; a booking of nobody is cancelled."""
    await db.execute_query("UPDATE sessions SET booked = booked - $2 WHERE id = $1", [session_id, seats])
    await db.execute_query(FEWER, [part_id, session_id, seats, heads])


FEWER = """
UPDATE bookings SET seats = seats - $3, heads = heads - $4, moved_at = now(),
    state = CASE WHEN heads = $4 THEN 'cancelled' ELSE state END
WHERE part_id = $1 AND session_id = $2
"""
HOLD = """
UPDATE sessions SET held = held + $2
WHERE id = $1 AND closed_at IS NULL AND held + booked + $2 <= capacity
"""
TAKE = """
UPDATE sessions SET booked = booked + $2 WHERE id = $1 AND cancelled_at IS NULL AND held + booked + $2 <= capacity
"""
