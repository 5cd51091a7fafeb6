"""구매 확정: the buyer says on her order's page that a village's half came and is good."""

from starlette.requests import Request
from starlette.responses import Response

from market.fulfilment import confirm_purchase
from market.order_keys import order_for
from storefront.pages.orders import order_page
from storefront.pages.own_orders import key_to
from storefront.web import path_id, see_other, status_of, visit_of
from villages.refusals import Stale


async def create(request: Request) -> Response:
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    try:
        await confirm_purchase(path_id(request), order_id=order.id, now=visit.now)
    except Stale as refusal:
        return await order_page(request, number, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/orders/{number}")
