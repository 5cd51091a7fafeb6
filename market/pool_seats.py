"""A bus or a guide is named, resized, given other programs; and what becomes free by that goes to those who wait."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.retrying import retried
from market.seat_offers import offer_freed_seats, seats_left
from market.shared_seats import lock_outings
from villages.outings import form_outings, lock_shared_sessions
from villages.pool_edits import PoolOffer, create_pool_in, update_pool_in
from villages.pools import Pool


@retried
async def create_pool(offer: PoolOffer, *, village_id: int, key: str, by: str, now: datetime) -> Pool:
    """What is sold at the same time already counts from now on. The same key again answers the same pool.

    Raises `BadForm` (more is sold at one time than it has seats), `NotFound` for somebody else's program.
    """
    async with in_transaction() as db:
        pool, is_new = await create_pool_in(db, offer, village_id=village_id, key=key, by=by, now=now)
        if is_new:
            await _share_anew(db, pool.id, now=now)
    return pool


@retried
async def update_pool(
    pool_id: int, offer: PoolOffer, *, village_ids: Sequence[int], version: int, by: str, now: datetime
) -> None:
    """Raises what `create_pool` raises, and `Stale`."""
    async with in_transaction() as db:
        await update_pool_in(
            db, pool_id, offer, village_ids=village_ids, version=version, by=by, now=now
        )  # fmt: skip
        await _share_anew(db, pool_id, now=now)


async def _share_anew(db: BaseDBAsyncClient, pool_id: int, *, now: datetime) -> None:
    locked = await lock_shared_sessions(db, [pool_id], now=now)
    before = await seats_left(db, locked)
    await form_outings(db, [pool_id], now=now)
    await lock_outings(db, locked)  # those of other pools of these sessions too, before any of them is moved
    await offer_freed_seats(db, before, now=now)
