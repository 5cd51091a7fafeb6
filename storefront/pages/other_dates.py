"""다른 날짜: a called-off party chooses another date with one tap, or its money."""

from starlette.requests import Request
from starlette.responses import Response

from market.dates.choices import offer_of
from market.dates.moves import accept_date
from market.order_keys import Key, order_for
from market.orders import Order, Tender
from market.refunds import CAUSE_NAMES, RefundCause
from market.session_cancellations import give_back_instead
from storefront.frames import render_framed
from storefront.pages.own_orders import keep_order, key_to
from storefront.web import form_of, number_of, path_id, see_other, services, status_of, visit_of
from villages.refusals import NotFound, Refused


async def show(request: Request) -> Response:
    """A token in the address becomes a cookie, so that the address can be shown to others."""
    visit, number = visit_of(request), request.path_params["number"]
    if token := request.query_params.get("t"):
        await order_for(number, Key(token))
        response = see_other(request.url.path)
        keep_order(response, visit, number, token)
        return response
    return await _page(request, await order_for(number, key_to(visit, number)))


async def move(request: Request) -> Response:
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    wanted = number_of(form_of(request), "session") or 0
    try:
        await accept_date(path_id(request), wanted, order_id=order.id, by="shopper", now=visit.now)
    except Refused as refusal:
        # A date that is gone is no reason to call this page not found; a page of nobody's is, and says so itself.
        status = 409 if isinstance(refusal, NotFound) else status_of(refusal)
        return await _page(request, order, trouble=refusal.sentence, status=status)
    return see_other(request.url.path.rpartition("/")[0])


async def give_back(request: Request) -> Response:
    """돌려받기: at once, and the order's page asks for an account where the money goes to one."""
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    await give_back_instead(path_id(request), order.id, services(request).gateway, now=visit.now)
    return see_other(f"/orders/{number}")


async def _page(request: Request, order: Order, *, trouble: str = "", status: int = 200) -> Response:
    offer = await offer_of(path_id(request), order.id, now=visit_of(request).now)
    context = {
        "offer": offer,
        "order": order,
        "by_transfer": order.tender == Tender.bank_transfer,
        "cause": CAUSE_NAMES[RefundCause(offer.cause)],
        "trouble": trouble,
    }
    response = await render_framed(request, "pages/other_dates.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
