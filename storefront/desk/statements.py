"""받을 돈: what the city settles with the village, month by month."""

from starlette.requests import Request
from starlette.responses import Response

from market.settlement.overview import (
    closed_months,
    lines_of,
    open_months,
    village_month,
    years_closed,
)
from storefront.asked_month import asked_month
from storefront.desk.desk_page import own_villages, render_desk
from storefront.pages.pager import pages_of
from storefront.web import visit_of
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import NotFound
from villages.village import Village

SEE = Permission.see_village
MOST_YEARS, LINES = 3, 30


async def index(request: Request) -> Response:
    """What is open, and what was closed in the last years; the newest first."""
    ids, today = own_villages(request, SEE), seoul_day(visit_of(request).now)
    years = (await years_closed())[:MOST_YEARS]
    closed = [each for year in years for each in await closed_months(year, village_ids=ids)]
    context = {
        "open_months": list(reversed(await open_months(today, village_ids=ids))), "closed": closed,
        "several": len(ids) > 1,
    }  # fmt: skip
    return await render_desk(request, "statements", context)


async def show(request: Request) -> Response:
    """One month with its lines; whose of her villages, where she has several, `village` says."""
    ids, today = own_villages(request, SEE), seoul_day(visit_of(request).now)
    month, wanted = asked_month(request), request.query_params.get("village", "")
    own = await Village.filter(id__in=ids).order_by("id")
    village = next((each for each in own if each.slug == wanted), own[0] if own else None)
    if village is None:
        raise NotFound()
    shown = await village_month(village, month, today)
    last = max(1, -(-shown.count // LINES))
    asked = request.query_params.get("page", "1")
    page = min(int(asked), last) if asked.isascii() and asked.isdigit() and int(asked[:6]) >= 1 else 1
    here = f"/desk/statements/{month:%Y-%m}?village={village.slug}"
    context = {
        "shown": shown, "lines": await lines_of(shown, start=(page - 1) * LINES, most=LINES), "page": page,
        "pages": pages_of(shown.count, page=page, size=LINES, address=lambda at: f"{here}&page={at}"),
    }  # fmt: skip
    return await render_desk(request, "statement", context)
