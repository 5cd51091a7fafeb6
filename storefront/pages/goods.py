"""Goods: the list with its filters, and the page of one."""

from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from market.cards import FEW
from market.catalogue import PER_PAGE, Found, Wanted, goods_list
from market.filters import SORT_NAMES, Sort
from market.shop_window import Offer, offer_of, story_of
from storefront.frames import render_framed
from storefront.keeping import keeping
from storefront.pages.asked import page_from, slug_of
from storefront.pages.filters import (
    Tools,
    applied,
    certificate_select,
    checks,
    filters_from,
    in_address,
    price_select,
    sort_from,
    village_select,
)
from storefront.pages.grids import Marks, goods_grid
from storefront.pages.pager import pages_of
from storefront.web import TEMPLATES, services, visit_of

RADIOS = 8
"""Up to here the kinds of goods are chips; more of them are a select."""


async def index(request: Request) -> Response:
    now = visit_of(request).now
    wanted = wanted_from(request.query_params)
    shown = await goods_list(wanted, page=page_from(request.query_params), now=now)
    return await render_framed(
        request,
        "pages/goods_list.html",
        {
            "shown": shown,
            "grid": goods_grid(shown.cards),
            "tools": _tools(request, wanted, shown.found),
            "pages": pages_of(shown.total, page=shown.page, size=PER_PAGE, address=partial(address, wanted)),
            "wanted": wanted,
        },
    )


async def show(request: Request) -> Response:
    offer = await offer_of(slug_of(request), now=visit_of(request).now)
    story = await _kept_story(request, offer)
    photo = story.photos[min(page_from(request.query_params, "photo"), len(story.photos)) - 1]
    shown = _on_offer(offer, story.origin, story.village_slug)
    return await render_framed(
        request, "pages/goods.html", {"offer": offer, "story": story, "photo": photo, "shown": shown}
    )


@dataclass(frozen=True, slots=True)
class OnOffer:
    deal: Marks
    choice: Marks
    bar: Marks


@lru_cache(maxsize=256)
def _on_offer(offer: Offer, origin: str, village_slug: str) -> OnOffer:
    """A function of what is on offer: with another price, stock or arrival day it is another page."""
    made: Any = TEMPLATES.get_template("pages/goods_offer.html").module
    as_chips = len(offer.variants) <= RADIOS
    return OnOffer(
        made.deal(offer, origin, delivery_text(offer)),
        made.choice(offer, FEW, as_chips),
        made.bar(offer, village_slug),
    )


@dataclass(frozen=True, slots=True)
class KeptStory:
    """The pieces of a goods page that change only with the listing, as they are sent."""

    name: str
    village_slug: str
    origin: str
    meta: Marks
    crumb: Marks
    head: Marks
    notes: Marks
    limits: Marks
    body: Marks
    related: Marks
    photos: tuple[Marks, ...]


async def _kept_story(request: Request, offer: Offer) -> KeptStory:
    kept = keeping(request, "goods_stories", most=100, seconds=60)
    if (story := kept.get(offer.story_key)) is not None:
        return story
    told = await story_of(offer, now=visit_of(request).now)
    made: Any = TEMPLATES.get_template("pages/goods_story.html").make_module(
        {"story": told, "no_islands": offer.no_islands, "city": (await services(request).brand.brand()).city}
    )
    return kept.put(
        offer.story_key,
        KeptStory(
            name=told.name, village_slug=told.seller.slug, origin=told.origin, meta=made.meta(), crumb=made.crumb(),
            head=made.head(), notes=made.notes(), limits=made.limits(), body=made.body(), related=made.related(), photos=tuple(made.photo(at) for at in range(max(1, len(told.pictures)))),
        ),
    )  # fmt: skip


def delivery_text(offer: Offer) -> str:
    """Cut-off, fee, from when it is free, and what Jeju and the islands cost more."""
    terms = offer.terms
    hour = (
        "밤 12시"
        if terms.cut_off_minute >= 1440
        else f"{'오전' if terms.cut_off_minute < 720 else '오후'} {terms.cut_off_minute // 60 % 12 or 12}시"
    )
    free = f", {terms.free_over:,}원부터 무료" if terms.free_over else ""
    cold = f" 보냉 상자 {terms.cold_box_fee:,}원 더함." if offer.ships_cold and terms.cold_box_fee else ""
    return f"위 날짜는 {hour} 전에 주문하실 때입니다. 배송비 {terms.fee:,}원{free}.{cold} 제주 3,000원, 그 밖의 섬은 지역에 따라 3,000–10,000원 더함"


def wanted_from(query: QueryParams) -> Wanted:
    """The filters in an address. What cannot be meant counts as not asked; nothing here is an error."""
    return Wanted(**asdict(filters_from(query)), sort=sort_from(query) or Sort.season)


def address(wanted: Wanted, page: int = 1) -> str:
    """The address of this list: the same for the same wish."""
    asked = _asked(wanted) | ({"page": str(page)} if page > 1 else {})
    return f"/goods?{urlencode(asked)}" if asked else "/goods"


def _asked(wanted: Wanted) -> dict[str, str]:
    return in_address(wanted) | ({"sort": wanted.sort.value} if wanted.sort != Sort.season else {})


def _tools(request: Request, wanted: Wanted, found: Found) -> Marks:
    """Filters with their counts: drawn once for as long as the counts are kept."""
    kept = keeping(request, "goods_tools", most=40, seconds=5)
    before = kept.get(wanted)
    if before is not None and before[0] is found:
        return before[1]
    drawn = TEMPLATES.get_template("pages/goods_tools.html").make_module(
        {
            "wanted": wanted,
            "tools": _filters(wanted, found),
            "categories": [
                (choice, address(replace(wanted, category=choice.value)))
                for choice in found.categories if choice.count or choice.value == wanted.category
            ],
            "all_categories": address(replace(wanted, category="")),
        }
    )  # fmt: skip
    return kept.put(wanted, (found, drawn))[1]


def _filters(wanted: Wanted, found: Found) -> Tools:
    village = next((choice.text for choice in found.villages if choice.value == wanted.village), "")
    return Tools(
        action="/goods",
        asked=_asked(wanted),
        selects=[
            village_select(found.villages, wanted, name=village),
            price_select(found.prices, wanted, left=len(found.ids)),
            certificate_select(found.certificates, wanted),
        ],
        checks=checks(wanted, this_week=found.this_week, in_season=found.in_season),
        sorts=[(sort.value, text) for sort, text in SORT_NAMES.items()],
        sort=wanted.sort.value,
        # The category stands in the chips above, which say it and take it off.
        applied=applied(
            replace(wanted, category=""),
            village_name=village,
            address=lambda left: address(replace(left, category=wanted.category)),
        ),
        everything=address(Wanted(category=wanted.category)),
    )
