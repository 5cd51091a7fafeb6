"""Paying an order by card: on to the provider's page, and once more time for it."""

from starlette.requests import Request
from starlette.responses import Response

from market.card_payments import ReturnTo, open_page
from market.extensions import extend_hold
from market.gateway import GatewayTrouble
from market.order_keys import order_for
from market.orders import Order, Tender
from storefront.pages.own_orders import key_to
from storefront.web import see_other, services, visit_of
from villages.refusals import SalesClosed


async def create(request: Request) -> Response:
    """Open the payment page, or the one that is open already. An order that needs none shows its own page."""
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    if order.tender != Tender.card or order.paid_at or order.ended_as:
        return see_other(f"/orders/{number}")
    return see_other(await way_to_pay(request, order))


async def extend(request: Request) -> Response:
    visit, number = visit_of(request), request.path_params["number"]
    await order_for(number, key_to(visit, number))
    await extend_hold(number, hold=services(request).card_hold, now=visit.now)
    return see_other(f"/orders/{number}")


async def way_to_pay(request: Request, order: Order) -> str:
    """The provider's page; the order's own one where the provider is in trouble or the time is over: it says so."""
    shop = services(request)
    path = f"/orders/{order.number}"
    here = f"{shop.settings.public_url}{path}"
    try:
        payment = await open_page(
            order,
            gateway=shop.gateway,
            return_to=ReturnTo(done=f"{here}?returned=1", back=here),
            hold=shop.card_hold,
            now=visit_of(request).now,
        )
    except (GatewayTrouble, SalesClosed):
        return path
    return payment.url
