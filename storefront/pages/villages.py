"""Villages: those that sell here, their neighbours in the directory, and the page of one."""

from starlette.requests import Request
from starlette.responses import Response

from market.catalogue import Wanted, goods_list
from market.program_cards import program_cards
from market.village_window import village_cards, village_page
from storefront.frames import render_framed
from storefront.pages.asked import slug_of
from storefront.pages.grids import goods_grid, program_list
from storefront.web import visit_of
from villages.days import seoul_day
from villages.village import VillageState

GOODS, PROGRAMS = 12, 6


async def index(request: Request) -> Response:
    every = await village_cards()
    return await render_framed(
        request,
        "pages/village_list.html",
        {
            "running": [card for card in every if card.state == VillageState.running],
            "neighbours": [card for card in every if card.state != VillageState.running],
        },
    )


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
