"""The calendar of seasons: what is there in a month, what comes next, and from which village."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from market.season_calendar import MONTHS, PER_PAGE, SeasonCalendar, season_calendar
from storefront.frames import render_framed
from storefront.keeping import keeping
from storefront.pages.asked import page_from
from storefront.pages.pager import pages_of
from storefront.web import visit_of
from villages.days import seoul_day


async def index(request: Request) -> Response:
    """From this month on, or from the one asked for. What was withdrawn may stand here for a minute more."""
    now = visit_of(request).now
    this_month = seoul_day(now).month
    month = _month(request.query_params.get("month", "")) or this_month
    page = page_from(request.query_params)
    kept = keeping(request, "season_calendar", most=60, seconds=60)
    shown: SeasonCalendar = kept.get((month, page)) or kept.put(
        (month, page), await season_calendar(month, now=now, page=page)
    )
    return await render_framed(
        request,
        "pages/season.html",
        {
            "shown": shown,
            "this_month": this_month,
            "chips": [(each, address(each, this_month), shown.counts[each]) for each in _year(this_month)],
            "pages": pages_of(
                shown.total,
                page=shown.page,
                size=PER_PAGE,
                address=lambda number: address(month, this_month, number),
            ),
        },
    )


def address(month: int, this_month: int, page: int = 1) -> str:
    """The same for the same wish: this month needs no word."""
    asked = {"month": month if month != this_month else 0, "page": page if page > 1 else 0}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/season?{query}" if query else "/season"


def _month(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) in MONTHS else None


def _year(first: int) -> list[int]:
    return [*range(first, 13), *range(1, first)]
