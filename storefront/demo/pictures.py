"""The demo's pictures: drawn, developed like any photograph, and hung where they belong."""

from collections.abc import Callable, Iterable, Sequence

from media.images import Picture, keep_prepared
from media.resize import PreparedPicture
from media.storage import Storage
from storefront.demo.art import Illustration, hero_picture, person_pictures, picture_for, village_pictures
from villages.city import City
from villages.listings import Kind, Listing, ListingPicture
from villages.village import Village, Villager

Develop = Callable[[Iterable[Illustration]], list[PreparedPicture]]


def drawings(codes: Sequence[str], villages: Sequence[str]) -> list[Illustration]:
    """Everything to be developed, each once."""
    goods = [picture for code in codes for picture in picture_for(code)]
    places = [picture for slug in villages for picture in village_pictures(slug)]
    return [*goods, *places, *person_pictures(), hero_picture()]


async def keep_all(
    developed: Sequence[PreparedPicture],
    drawn: Sequence[Illustration],
    storage: Storage,
    progress: Callable[[int], None],
) -> dict[str, Picture]:
    """Keep the files and rows; the pictures by what they show."""
    kept: dict[str, Picture] = {}
    for prepared, drawing in zip(developed, drawn, strict=True):
        kept[drawing.svg] = await keep_prepared(prepared, alt=drawing.alt, storage=storage)
        progress(len(kept))
    return kept


async def hang(
    kept: dict[str, Picture], listings: Sequence[Listing], villages: Sequence[Village], city: City
) -> None:
    """A picture for every listing, village and villager; a program also shows the place where it is held."""
    places = {
        village.id: [kept[drawing.svg] for drawing in village_pictures(village.slug)] for village in villages
    }
    rows = []
    for listing in listings:
        own = [kept[drawing.svg] for drawing in picture_for(listing.code or "")]
        more = places[listing.village_id][1:] if listing.kind == Kind.program else []
        rows += [
            ListingPicture(listing=listing, picture=picture, position=position)
            for position, picture in enumerate([*own, *more])
        ]
    await ListingPicture.bulk_create(rows)
    for village in villages:
        await Village.filter(id=village.id).update(picture_id=places[village.id][0].id)
    for villager, drawing in zip(await Villager.all(), person_pictures(), strict=True):
        await Villager.filter(id=villager.id).update(picture_id=kept[drawing.svg].id)
    await City.filter(id=city.id).update(season_picture_id=kept[hero_picture().svg].id)
