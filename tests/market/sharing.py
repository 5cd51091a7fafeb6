"""A village whose two programs go on one bus."""

from datetime import datetime, timedelta

from market.pool_seats import create_pool
from tests.builders import NOW, NUMBERS, a_program, a_village, an_order, rows
from villages.pool_edits import PoolOffer
from villages.pools import Pool
from villages.programs import Participant, Session

HARVEST = NOW + timedelta(days=14)


async def a_bus(*sessions: Session, seats: int, name: str = "마을 버스", now: datetime = NOW) -> Pool:
    """Shared by the programs of these sessions."""
    village_id = (await sessions[0].listing.village).id
    programs = frozenset(session.listing.id for session in sessions)
    return await create_pool(
        PoolOffer(name, seats, programs),
        village_id=village_id,
        key=f"pool{next(NUMBERS)}",
        by="person 1",
        now=now,
    )


async def two_on_one_bus(
    *, seats: int, bus: int, apart: timedelta = timedelta(minutes=30), minutes: int = 60
) -> tuple[Session, Session]:
    """Two sessions of `seats` seats each, of two programs of one village, and a bus of `bus` seats for both."""
    village = await a_village("옥정호마을")
    digging = await a_program("고구마 캐기", village=village, seats=seats, starts_at=HARVEST, minutes=minutes)
    soap = await a_program(
        "비누 만들기", village=village, seats=seats, starts_at=HARVEST + apart, minutes=minutes
    )
    await a_bus(digging, soap, seats=bus)
    return digging, soap


def a_party(session: Session, adults: int = 1, **values):
    return an_order(seats={session.id: {Participant.adult: adults}}, address=None, **values)


async def on_the_bus() -> list[tuple[int, int]]:
    """(held, booked) of each outing, the earliest first."""
    return [
        (row["held"], row["booked"])
        for row in await rows("SELECT held, booked FROM outings ORDER BY begins_at, id")
    ]
