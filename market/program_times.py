"""A program is written anew; where it is shorter by that, its bus or guide may have seats for those who wait."""

from datetime import datetime

from tortoise.transactions import in_transaction

from market.retrying import retried
from market.seat_offers import offer_freed_seats, seats_left
from market.shared_seats import lock_outings
from villages.listing_edits import locked_listing
from villages.listings import Kind
from villages.outings import lock_sharing
from villages.program_edits import ProgramOffer, update_program_in


@retried
async def update_program(
    listing_id: int, offer: ProgramOffer, *, village_ids: list[int], version: int, by: str, now: datetime
) -> None:
    """Seats are freed where it shared an outing and does no longer: they are offered first to those who wait.

    Raises `NotFound`, `Stale`, and `NotReady` when what is on sale would lose what it must have.
    """
    async with in_transaction() as db:
        listing = await locked_listing(
            db, listing_id, village_ids=village_ids, kind=Kind.program, version=version
        )
        has_new_times = listing.minutes != offer.minutes
        locked = await lock_sharing(db, listing_id, now=now) if has_new_times else []
        before = await seats_left(db, locked)
        await update_program_in(db, listing, offer, by=by, now=now)
        await lock_outings(db, locked)  # see pool_seats: before any of them is moved
        await offer_freed_seats(db, before, now=now)
