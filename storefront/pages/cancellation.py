"""A shopper calls off an order that is not paid yet, on its own page."""

from starlette.requests import Request
from starlette.responses import Response

from market.cancellations import cancel_unpaid
from market.order_keys import order_for
from storefront.pages.orders import order_page
from storefront.pages.own_orders import key_to
from storefront.web import see_other, services, status_of, visit_of
from villages.refusals import Refused


async def create(request: Request) -> Response:
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    try:
        await cancel_unpaid(order, services(request).gateway, by="shopper", now=visit.now)
    except Refused as refusal:
        return await order_page(request, number, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/orders/{number}")
