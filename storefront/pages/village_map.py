"""The drawn map of the city: its villages and their neighbours, with a list beside it."""

from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.village_window import VillageCard, village_cards
from storefront.city_map import CityMap, Place, city_map
from storefront.frames import render_framed
from storefront.pages.asked import page_from
from storefront.pages.many_villages import sellers_first
from storefront.pages.map_links import map_links
from storefront.pages.pager import pages_of
from storefront.web import services
from villages.outlines import OUTLINES

PER_PAGE = 24
MOST_DOTS = 300


async def show(request: Request) -> Response:
    """The villages of this page are numbered on the map and in the list, those of other pages are dots."""
    city = (await services(request).brand.brand()).city
    every = sellers_first(await village_cards())
    last = max(1, -(-len(every) // PER_PAGE))
    page = min(page_from(request.query_params), last)
    cards = every[(page - 1) * PER_PAGE : page * PER_PAGE]
    numbers = _numbers(cards, first=(page - 1) * PER_PAGE + 1)
    entries = [(card, numbers.get(card.slug), _links(card)) for card in cards]
    drawn = _drawn(city.name, (*_places(cards, numbers), *_places(_others(every, cards), {})))
    outline = OUTLINES.get(city.name)
    context: dict[str, Any] = {
        "drawn": drawn,
        "running": [entry for entry in entries if entry[0].is_running],
        "neighbours": [entry for entry in entries if not entry[0].is_running],
        "origin": outline.origin if outline else "",
        "page": page,
        "pages": pages_of(len(every), page=page, size=PER_PAGE, address=_address),
    }
    return await render_framed(request, "pages/village_map.html", context)


def _numbers(cards: list[VillageCard], *, first: int) -> dict[str, int]:
    """Only what stands on the map has a number there."""
    return {card.slug: number for number, card in enumerate((card for card in cards if card.at), start=first)}


def _others(every: list[VillageCard], shown: list[VillageCard]) -> list[VillageCard]:
    here = {card.slug for card in shown}
    return [card for card in every if card.at and card.slug not in here][:MOST_DOTS]


def _places(cards: list[VillageCard], numbers: dict[str, int]) -> list[Place]:
    return [
        Place(card.slug, card.short_name, card.accent, card.at, numbers.get(card.slug), card.is_running)
        for card in cards
        if card.at
    ]


def _links(card: VillageCard) -> list[tuple[str, str]]:
    return map_links(card.address, card.name, at=card.at)


@lru_cache(maxsize=64)
def _drawn(city: str, places: tuple[Place, ...]) -> CityMap | None:
    """A function of where the villages are: villages do not move."""
    return city_map(OUTLINES.get(city), places)


def _address(page: int) -> str:
    return f"/map?page={page}" if page > 1 else "/map"
