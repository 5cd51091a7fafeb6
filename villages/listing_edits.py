"""Writing listings: their words with a version, so that nobody's edit is lost, and their pictures."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.functions import Max
from tortoise.transactions import in_transaction

from villages.acts import Fact, record_act
from villages.listings import Kind, Listing, ListingPicture
from villages.refusals import BadForm, NotFound, Stale

MOST_PICTURES = 10


def new_key() -> str:
    """Names a form that makes a listing: the same form sent twice makes it once."""
    return secrets.token_hex(5)


def slug_of(village_slug: str, key: str) -> str:
    """The address of a new listing. It is unique, and so is the form that carries `key`."""
    known = key if re.fullmatch(r"[0-9a-f]{10}", key) else new_key()
    return f"{village_slug[:60]}-{known}"


async def own_listing(listing_id: int, kind: Kind | None = None, *, village_ids: list[int]) -> Listing:
    """A listing of these villages with its pictures and publication. Raises `NotFound` for everybody else's."""
    query = Listing.filter(id=listing_id, village_id__in=village_ids)
    query = query.filter(kind=kind) if kind else query
    found = await query.prefetch_related(
        "pictures__picture", "publication", "village", "certificates"
    ).first()
    if found is None:
        raise NotFound()
    return found


def is_on_sale(listing: Listing) -> bool:
    """Of a listing that `own_listing` loaded."""
    return getattr(listing, "publication", None) is not None


async def locked_listing(
    db: BaseDBAsyncClient, listing_id: int, *, village_ids: list[int], kind: Kind, version: int
) -> Listing:
    """The row to be edited, ours until commit. Raises `NotFound`, and `Stale` when it is no longer `version`."""
    listing = (
        await Listing.filter(id=listing_id, village_id__in=village_ids, kind=kind)
        .using_db(db)
        .select_for_update()
        .first()
    )
    if listing is None:
        raise NotFound()
    if listing.version != version:
        raise Stale()
    return listing


async def save_listing(db: BaseDBAsyncClient, listing: Listing, values: Mapping[str, Any]) -> list[str]:
    """Write the new words; returns the columns that changed.

    The version rises, by which the search index knows what to read again.
    """
    changed = [name for name, value in values.items() if getattr(listing, name) != value]
    listing.update_from_dict({**values, "version": listing.version + 1})
    await listing.save(using_db=db, update_fields=[*values, "version"])
    return changed


async def record_edit(db: BaseDBAsyncClient, what: str, listing: Listing, *, by: str, **facts: Fact) -> None:
    await record_act(db, what, f"listing {listing.id}", by=by, village_id=listing.village_id, facts=facts)


async def hang_pictures(
    listing_id: int, picture_ids: Sequence[int], *, village_ids: list[int], by: str
) -> None:
    """Put kept pictures behind those that hang already; one that hangs is not hung twice."""
    async with in_transaction() as db:
        listing = (
            await Listing.filter(id=listing_id, village_id__in=village_ids)
            .using_db(db)
            .select_for_update()
            .first()
        )
        if listing is None:
            raise NotFound()
        await hang_in(db, listing.id, picture_ids)
        await save_listing(db, listing, {})
        await record_edit(db, "photos added", listing, by=by, count=len(picture_ids))


async def hang_in(db: BaseDBAsyncClient, listing_id: int, picture_ids: Sequence[int]) -> None:
    """`hang_pictures` inside the caller's transaction. Raises `BadForm` past `MOST_PICTURES`."""
    hanging = ListingPicture.filter(listing_id=listing_id).using_db(db)
    if await hanging.count() + len(picture_ids) > MOST_PICTURES:
        raise BadForm(
            f"사진은 {MOST_PICTURES}장까지 올릴 수 있습니다. 먼저 몇 장을 내려 주세요.",
            fields={"photos": f"사진은 {MOST_PICTURES}장까지 올릴 수 있습니다."},
        )
    last = (await hanging.annotate(last=Max("position")).values("last"))[0]["last"]
    place = -1 if last is None else last
    for picture_id in dict.fromkeys(picture_ids):
        place += 1
        await ListingPicture.get_or_create(
            using_db=db, listing_id=listing_id, picture_id=picture_id, defaults={"position": place}
        )


async def take_down_picture(listing_picture_id: int, *, village_ids: list[int], by: str) -> Listing:
    """The picture leaves the listing; its file stays, another listing may show it. Returns the listing."""
    async with in_transaction() as db:
        found = (
            await ListingPicture.filter(id=listing_picture_id, listing__village_id__in=village_ids)
            .using_db(db)
            .select_related("listing")
            .first()
        )
        if found is None:
            raise NotFound()
        await found.delete(using_db=db)
        await save_listing(db, found.listing, {})
        await record_edit(db, "photo removed", found.listing, by=by)
    return found.listing
