"""Programs as their village writes them: words, prices by kind of participant, the refund ladder, first dates."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from villages.days import seoul_day
from villages.listing_edits import hang_in, record_edit, save_listing, slug_of
from villages.listings import Kind, Listing, Tax
from villages.outings import share_new_times
from villages.programs import Participant, ParticipantPrice
from villages.publications import stay_sound
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.session_rules import MinimumRule, add_sessions_in, let_late_go
from villages.village import Village

SEATS_TAKEN = {Participant.family: 4, Participant.infant: 0}
"""Seats of one participant where it is not one. An infant sits on a lap."""


@dataclass(frozen=True)
class ProgramOffer:
    """What stands in the form, checked. Prices in won by kind; `ladder` is a key of `refund_ladders.PRESETS`."""

    name: str
    category: str
    prices: dict[Participant, int]
    ages: dict[Participant, str]
    minutes: int | None
    least_age: int | None
    is_indoor: bool | None
    meeting_place: str
    ladder: str
    summary: str = ""
    story: str = ""
    what_to_bring: str = ""
    weather_rule: str = ""
    group_from: int = 15
    closes_hours_before: int = 2
    min_people: int = 0
    decide_days_before: int = 3
    decide_hour: int = 18
    notice_rows: dict[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        same = (
            "name", "category", "minutes", "least_age", "is_indoor", "meeting_place", "summary", "story", "what_to_bring",
            "weather_rule", "group_from", "closes_hours_before", "min_people", "decide_days_before", "decide_hour", "notice_rows",
        )  # fmt: skip
        ladder = {"refund_ladder": ladder_as_data(PRESETS[self.ladder])} if self.ladder in PRESETS else {}
        return {name: getattr(self, name) for name in same} | {"tax": Tax.taxable} | ladder


async def create_program(
    offer: ProgramOffer,
    *,
    village_id: int,
    key: str,
    picture_ids: list[int],
    starts: list[datetime],
    capacity: int,
    by: str,
    now: datetime,
) -> Listing:
    """A draft with its prices, pictures and first dates. The same key again answers the same draft."""
    village = await Village.get(id=village_id)
    slug = slug_of(village.slug, key)
    try:
        async with in_transaction() as db:
            listing = await Listing.create(
                using_db=db, village_id=village_id, kind=Kind.program, slug=slug, **offer.columns()
            )
            await _write_prices(db, listing, offer, by=by)
            await hang_in(db, listing.id, picture_ids)
            if starts:
                await add_sessions_in(db, listing.id, starts, capacity=capacity, now=now)
            await record_edit(db, "listing drafted", listing, by=by, sessions=len(starts))
            return listing
    except IntegrityError:
        if earlier := await Listing.get_or_none(slug=slug, village_id=village_id):
            return earlier
        raise


async def update_program_in(
    db: BaseDBAsyncClient, listing: Listing, offer: ProgramOffer, *, by: str, now: datetime
) -> None:
    """Of a locked listing. Raises `NotReady` when what is on sale would lose what it must have."""
    before = MinimumRule(*(getattr(listing, name) for name in MinimumRule._fields))
    changed = await save_listing(db, listing, offer.columns())
    await _write_prices(db, listing, offer, by=by)
    if "minutes" in changed:
        await share_new_times(db, listing.id, now=now)
    await let_late_go(db, listing.id, before, now=now)
    await stay_sound(db, listing.id, today=seoul_day(now))
    if changed:
        await record_edit(db, "listing edited", listing, by=by, columns=", ".join(changed))


async def _write_prices(db: BaseDBAsyncClient, listing: Listing, offer: ProgramOffer, *, by: str) -> None:
    """Orders keep the prices of their day, so a price that is gone may simply go."""
    before = {each.kind: each.price for each in await ParticipantPrice.filter(listing=listing).using_db(db)}
    await ParticipantPrice.filter(listing=listing).exclude(kind__in=list(offer.prices)).using_db(db).delete()
    for position, kind in enumerate(kind for kind in Participant if kind in offer.prices):
        await ParticipantPrice.update_or_create(
            using_db=db, listing=listing, kind=kind,
            defaults={
                "price": offer.prices[kind], "seats_taken": SEATS_TAKEN.get(kind, 1), "position": position,
                "ages": offer.ages.get(kind, ""),
            },
        )  # fmt: skip
    for kind in Participant if before else ():  # the first prices of a draft are no change
        old, new = before.get(kind), offer.prices.get(kind)
        if old != new:
            await record_edit(
                db, "price changed", listing, by=by, participant=kind.value, before=old, after=new
            )
