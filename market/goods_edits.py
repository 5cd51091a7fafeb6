"""Goods as their village writes them: words, variants with their shelves, and the first stock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market import stock
from market.stock import Shelf
from villages.days import seoul_day
from villages.listing_edits import hang_in, locked_listing, record_edit, save_listing, slug_of
from villages.listings import Kind, Listing, Tax, Variant
from villages.publications import stay_sound
from villages.refusals import NotFound
from villages.unit_prices import amount_of, unit_price_text
from villages.village import Village

MOST_VARIANTS = 6


@dataclass(frozen=True)
class VariantOffer:
    """One 종류. Price in won; `stock` counts only for a new one, afterwards the shelf is counted by itself."""

    name: str
    unit_text: str
    price: int
    stock: int = 0
    id: int | None = None
    is_withdrawn: bool = False

    def columns(self, position: int) -> dict[str, Any]:
        amount = amount_of(self.unit_text)
        return {
            "name": self.name,
            "unit_text": self.unit_text,
            "price": self.price,
            "position": position,
            "grams": int(amount.quantity) if amount and amount.measure == "g" else None,
            "unit_price": unit_price_text(self.price, amount) or "",
        }


@dataclass(frozen=True)
class GoodsOffer:
    """What stands in the form, checked."""

    name: str
    category: str
    tax: Tax
    origin: str
    variants: tuple[VariantOffer, ...]
    summary: str = ""
    story: str = ""
    withdrawal_limit: str = ""
    is_fresh: bool = False
    ships_cold: bool = False
    no_islands: bool = False
    notice_rows: dict[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        same = (
            "name", "category", "tax", "origin", "summary", "story", "withdrawal_limit", "is_fresh", "ships_cold",
            "no_islands", "notice_rows",
        )  # fmt: skip
        return {name: getattr(self, name) for name in same}


async def create_goods(
    offer: GoodsOffer, *, village_id: int, key: str, picture_ids: list[int], by: str, now: datetime
) -> Listing:
    """A draft with its variants, shelves and pictures. The same key again answers the same draft."""
    village = await Village.get(id=village_id)
    slug = slug_of(village.slug, key)
    try:
        async with in_transaction() as db:
            listing = await Listing.create(
                using_db=db, village_id=village_id, kind=Kind.goods, slug=slug, **offer.columns()
            )
            for position, variant in enumerate(offer.variants):
                await _add_variant(db, listing.id, variant, position, now)
            await hang_in(db, listing.id, picture_ids)
            await record_edit(db, "listing drafted", listing, by=by, variants=len(offer.variants))
            return listing
    except IntegrityError:
        if earlier := await Listing.get_or_none(slug=slug, village_id=village_id):
            return earlier
        raise


async def update_goods(
    listing_id: int, offer: GoodsOffer, *, village_ids: list[int], version: int, by: str, now: datetime
) -> None:
    """Raises `NotFound`, `Stale`, and `NotReady` when what is on sale would lose what it must have."""
    async with in_transaction() as db:
        listing = await locked_listing(
            db, listing_id, village_ids=village_ids, kind=Kind.goods, version=version
        )
        changed = await save_listing(db, listing, offer.columns())
        for position, variant in enumerate(offer.variants):
            if variant.id is None:
                await _add_variant(db, listing_id, variant, position, now)
                await record_edit(
                    db, "variant added", listing, by=by, price=variant.price, stock=variant.stock
                )
            else:
                await _change_variant(db, listing, variant, position, by=by, now=now)
        await stay_sound(db, listing_id, today=seoul_day(now))
        if changed:
            await record_edit(db, "listing edited", listing, by=by, columns=", ".join(changed))


async def _add_variant(
    db: BaseDBAsyncClient, listing_id: int, offer: VariantOffer, position: int, now: datetime
) -> None:
    variant = await Variant.create(using_db=db, listing_id=listing_id, **offer.columns(position))
    await Shelf.create(using_db=db, variant_id=variant.id)
    if offer.stock:
        await stock.receive(db, variant.id, offer.stock, cause=f"first count {now:%Y-%m-%d}")


async def _change_variant(
    db: BaseDBAsyncClient, listing: Listing, offer: VariantOffer, position: int, *, by: str, now: datetime
) -> None:
    variant = await Variant.filter(id=offer.id, listing=listing).using_db(db).first()
    if variant is None:
        raise NotFound()
    before, was_withdrawn = variant.price, variant.withdrawn_at is not None
    withdrawn_at = (variant.withdrawn_at or now) if offer.is_withdrawn else None
    variant.update_from_dict({**offer.columns(position), "withdrawn_at": withdrawn_at})
    await variant.save(using_db=db)
    if before != offer.price:
        await record_edit(
            db, "price changed", listing, by=by, variant=variant.id, before=before, after=offer.price
        )
    if was_withdrawn != offer.is_withdrawn:
        await record_edit(
            db, "variant withdrawn" if offer.is_withdrawn else "variant offered again", listing, by=by, variant=variant.id
        )  # fmt: skip
