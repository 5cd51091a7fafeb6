"""The first page: what is in season, what can be done this weekend, who the villages are, and a telephone number."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.cards import Shot
from market.catalogue import Wanted, catalogue, goods_list
from market.program_cards import Days, program_cards
from market.village_window import VillageCard, village_cards
from storefront.frames import render_framed
from storefront.keeping import keeping
from storefront.pages.grids import goods_grid, program_list
from storefront.web import own_path, services, visit_of
from villages.days import seoul_day
from villages.village import VillageState

GOODS, PROGRAMS, VILLAGES = 8, 4, 12
SATURDAY = 5


async def index(request: Request) -> Response:
    now = visit_of(request).now
    today = seoul_day(now)
    goods = await goods_list(Wanted(), page=1, now=now, size=GOODS)
    saturday = today + timedelta(days=max(0, SATURDAY - today.weekday()))
    sunday = saturday + timedelta(days=1) if today.weekday() <= SATURDAY else today
    weekend = await program_cards(now=now, days=Days(min(saturday, sunday), sunday), most=PROGRAMS)
    programs = weekend or await program_cards(now=now, most=PROGRAMS)
    villages, program_count = await _counted(request, now)
    city = (await services(request).brand.brand()).city
    picture: Any = city.season_picture
    return await render_framed(
        request,
        "pages/home.html",
        {
            "goods": goods, "grid": goods_grid(goods.cards), "programs": programs, "list": program_list(programs), "is_weekend": bool(weekend),
            "sellers": villages[:VILLAGES], "seller_count": len(villages),
            "program_count": program_count, "season_link": own_path(city.season_link, instead="/goods"),
            "season_picture": Shot(picture.hash, picture.w, picture.alt) if picture else None,
        },
    )  # fmt: skip


async def _counted(request: Request, now: datetime) -> tuple[list[VillageCard], int]:
    """The villages that sell here, and how many programs they offer."""
    kept = keeping(request, "running_villages", most=1, seconds=5)
    return kept.get("") or kept.put(
        "", (await village_cards(states=[VillageState.running]), (await catalogue(now)).count("program"))
    )
