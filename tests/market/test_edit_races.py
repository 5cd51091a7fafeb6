"""Two people write one listing at once; for each race its control: without the guard it is lost."""

from collections.abc import Awaitable

from tortoise.queryset import QuerySet

from market.goods_edits import GoodsOffer, create_goods, update_goods
from tests.builders import NOW, a_village, goods
from tests.meeting import meet, strip
from villages.listings import Listing, Tax, Variant
from villages.village import Village


async def test_of_two_edits_at_once_one_is_saved_and_the_other_is_told(many):
    apples = await goods(published=False)

    ended = await meet(many, [an_edit(apples, name) for name in ("홍옥", "부사")], before='UPDATE "listings"')

    assert ended == {"NoneType": 1, "Stale": 1}
    assert ((await Listing.get()).name, (await Listing.get()).version) == ("홍옥", 2)


async def test_control_without_the_lock_one_edit_is_lost_and_nobody_is_told(unguarded, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self: self)
    apples = await goods(published=False)

    ended = await meet(
        unguarded, [an_edit(apples, name) for name in ("홍옥", "부사")], before='UPDATE "listings"'
    )

    assert ended == {"NoneType": 2}
    assert (await Listing.get()).version == 2


async def test_the_same_form_five_times_at_once_makes_one_draft(many):
    village = await a_village()

    ended = await meet(many, [a_draft(village) for _ in range(5)], before='INSERT INTO "listings"')

    assert ended == {"Listing": 5}
    assert await Listing.all().count() == 1


async def test_control_without_unique_addresses_it_makes_five(unguarded):
    await strip("listings")
    village = await a_village()

    ended = await meet(unguarded, [a_draft(village) for _ in range(5)], before='INSERT INTO "listings"')

    assert ended == {"Listing": 5}
    assert await Listing.all().count() == 5


def an_edit(variant: Variant, name: str) -> Awaitable[None]:
    """An edit by somebody who read version 1."""
    return update_goods(
        variant.listing_id, an_offer(name), village_ids=[variant.listing.village_id], version=1, by="person 1", now=NOW
    )  # fmt: skip


def a_draft(village: Village) -> Awaitable[Listing]:
    return create_goods(
        an_offer("햅쌀"), village_id=village.id, key="0123456789", picture_ids=[], by="person 1", now=NOW
    )


def an_offer(name: str) -> GoodsOffer:
    return GoodsOffer(name=name, category="과일", tax=Tax.exempt, origin="국산(정읍)", variants=())
