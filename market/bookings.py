"""Seats of one order in one session, and the guarded statements that give and take them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.shared_seats import move_shared
from villages.refusals import Refused, SalesClosed, SessionFull

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


class SeatWish(NamedTuple):
    """Seats of one session; `name` is said where they are refused."""

    session_id: int
    seats: int
    name: str = ""


class ComesNot(NamedTuple):
    """Some of a paid booking's people: their seats and heads."""

    part_id: int
    session_id: int
    seats: int
    heads: int


# Each of these takes all the sessions of an order at once, by id, and after them what they share. One by one, an order
# would wait for a session with a bus in its hands that whoever has the session waits for.


async def hold_seats(db: BaseDBAsyncClient, wishes: Iterable[SeatWish]) -> None:
    """Promise seats to an order. Raises `SessionFull` or `SalesClosed`, naming what is left."""
    if refused := await _move(db, HOLD, wishes, held=1):
        raise await _why_not(db, refused)


async def release_seats(db: BaseDBAsyncClient, wishes: Iterable[SeatWish]) -> None:
    await _move(db, RELEASE, wishes, held=-1)


async def book_seats(db: BaseDBAsyncClient, wishes: Iterable[SeatWish]) -> None:
    """Turn held seats into booked ones: the order is paid."""
    await _move(db, BOOK, wishes, held=-1, booked=1)


async def take_seats(db: BaseDBAsyncClient, wishes: Iterable[SeatWish]) -> None:
    """Seats sold at the village: guarded by capacity like any other. Raises `SessionFull`."""
    if refused := await _move(db, TAKE, wishes, booked=1):
        raise SessionFull(f"{refused.name}: 남은 자리보다 많습니다. 인원을 줄이거나 정원을 먼저 늘려 주세요.")


async def give_back_seats(db: BaseDBAsyncClient, gone: Sequence[ComesNot]) -> None:
    """Their seats are free again; a booking of nobody is cancelled."""
    seats: Counter[int] = Counter()
    for some in gone:
        seats[some.session_id] += some.seats
    await _move(db, UNBOOK, [SeatWish(*each) for each in seats.items()], booked=-1)
    for some in gone:
        await db.execute_query(FEWER, list(some))


async def _move(
    db: BaseDBAsyncClient, statement: str, wishes: Iterable[SeatWish], *, held: int = 0, booked: int = 0
) -> SeatWish | None:
    """The first wish that its session does not grant: then the caller refuses, and nothing has moved."""
    shared: dict[int, tuple[int, int]] = {}
    for wish in sorted(wishes):
        rows = await db.execute_query_dict(statement, [wish.session_id, wish.seats])
        if not rows:
            return wish
        if rows[0]["shares_seats"]:
            shared[wish.session_id] = (held * wish.seats, booked * wish.seats)
    if shared:
        await move_shared(db, shared)
    return None


async def _why_not(db: BaseDBAsyncClient, wish: SeatWish) -> Refused:
    rows = await db.execute_query_dict(
        "SELECT capacity - held - booked AS left, closed_at IS NOT NULL AS closed FROM sessions WHERE id = $1",
        [wish.session_id],
    )
    if not rows or rows[0]["closed"]:
        return SalesClosed(f"{wish.name}: 예약을 마감했습니다. 다른 날짜를 골라 주세요.")
    left = int(rows[0]["left"])
    return SessionFull(
        f"{wish.name}: {left}자리 남았습니다. 인원을 줄이거나 다른 날짜를 골라 주세요."
        if left
        else f"{wish.name}: 자리가 다 찼습니다. 다른 날짜를 골라 주세요."
    )


FEWER = """
UPDATE bookings SET seats = seats - $3, heads = heads - $4, moved_at = now(),
    state = CASE WHEN heads = $4 THEN 'cancelled' ELSE state END
WHERE part_id = $1 AND session_id = $2
"""
HOLD = """
UPDATE sessions SET held = held + $2
WHERE id = $1 AND closed_at IS NULL AND held + booked + $2 <= capacity RETURNING shares_seats
"""
RELEASE = "UPDATE sessions SET held = held - $2 WHERE id = $1 RETURNING shares_seats"
BOOK = "UPDATE sessions SET held = held - $2, booked = booked + $2 WHERE id = $1 RETURNING shares_seats"
TAKE = """
UPDATE sessions SET booked = booked + $2 WHERE id = $1 AND cancelled_at IS NULL AND held + booked + $2 <= capacity
RETURNING shares_seats
"""
UNBOOK = "UPDATE sessions SET booked = booked - $2 WHERE id = $1 RETURNING shares_seats"
