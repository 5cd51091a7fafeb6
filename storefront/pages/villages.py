"""Villages: those that sell here, their neighbours in the directory, and the page of one."""

from starlette.requests import Request
from starlette.responses import Response

from market.catalogue import Wanted, goods_list
from market.program_cards import program_cards
from market.village_window import village_cards, village_page
from storefront.frames import render_framed
from storefront.pages.asked import page_from, slug_of
from storefront.pages.grids import goods_grid, program_list
from storefront.pages.many_villages import sellers_first
from storefront.pages.pager import pages_of
from storefront.web import visit_of
from villages.days import seoul_day

GOODS, PROGRAMS = 12, 6
PER_PAGE = 48


async def index(request: Request) -> Response:
    """Those that sell here come first, on as many pages as they need; the neighbours come after them."""
    every = sellers_first(await village_cards())
    last = max(1, -(-len(every) // PER_PAGE))
    page = min(page_from(request.query_params), last)
    cards = every[(page - 1) * PER_PAGE : page * PER_PAGE]
    return await render_framed(
        request,
        "pages/village_list.html",
        {
            "seller_count": sum(card.is_running for card in every),
            "running": [card for card in cards if card.is_running],
            "neighbours": [card for card in cards if not card.is_running],
            "page": page,
            "pages": pages_of(len(every), page=page, size=PER_PAGE, address=_address),
        },
    )


def _address(page: int) -> str:
    return f"/villages?page={page}" if page > 1 else "/villages"


async def show(request: Request) -> Response:
    """Never a dead page: a village that sells nothing here keeps its name, its address and its telephone."""
    now = visit_of(request).now
    slug = slug_of(request)
    page = await village_page(slug)
    context = {"page": page, "village": page.village, "this_month": seoul_day(now).month}
    if not page.is_running:
        return await render_framed(request, "pages/village_quiet.html", context)
    goods = await goods_list(Wanted(village=slug), page=1, now=now, size=GOODS)
    programs = await program_cards(now=now, village=slug, most=PROGRAMS)
    return await render_framed(
        request,
        "pages/village.html",
        context
        | {
            "goods": goods,
            "grid": goods_grid(goods.cards),
            "programs": programs,
            "list": program_list(programs),
        },
    )
