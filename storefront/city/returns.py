"""반품과 교환: what comes back anywhere; the city may overrule a village that refuses."""

from starlette.requests import Request
from starlette.responses import Response

from market.returns.ending import overrule_refusal
from market.returns.reading import recent_returns, return_note
from market.returns.tables import ReturnState
from storefront.city.city_page import officer_of, render_city
from storefront.web import path_id, see_other, visit_of
from villages.people import Permission


async def index(request: Request) -> Response:
    return await render_city(request, "returns", {"notes": await recent_returns()})


async def show(request: Request) -> Response:
    back = await return_note(path_id(request))
    officer = officer_of(request)
    context = {
        "back": back,
        "sees_buyer": officer.may(Permission.see_buyers),
        "can_overrule": officer.may(Permission.refund_any) and back.state == ReturnState.refused,
    }
    return await render_city(request, "return", context)


async def overrule(request: Request) -> Response:
    by = f"person {officer_of(request).id}"
    back = await overrule_refusal(path_id(request), by=by, now=visit_of(request).now)
    return see_other(f"/city/returns/{back.id}")
