"""What an operator does to a session's seats and what follows for those who wait for them."""

from datetime import datetime

from tortoise.transactions import in_transaction

from market.retrying import retried
from market.seat_offers import lock_seats, offer_freed_seats
from villages.session_rules import reopen_session, resize_session


@retried
async def resize(session_id: int, capacity: int, *, village_ids: list[int], by: str, now: datetime) -> None:
    """`resize_session`; new seats are offered to those who wait first."""
    async with in_transaction() as db:
        before = await lock_seats(db, [session_id])
        await resize_session(session_id, capacity, village_ids=village_ids, by=by)
        await offer_freed_seats(db, before, now=now)


@retried
async def reopen(session_id: int, *, village_ids: list[int], by: str, now: datetime) -> None:
    """`reopen_session`; what became free while it was closed is offered to those who wait first."""
    async with in_transaction() as db:
        await lock_seats(db, [session_id])
        await reopen_session(session_id, village_ids=village_ids, by=by)
        await offer_freed_seats(db, {session_id: 0}, now=now)
