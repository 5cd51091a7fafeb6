"""취소: what a shopper gets back, shown to the won before she says yes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.order_keys import order_for
from market.orders import Order, Tender
from market.refund_quotes import choices_of, quote_refund, quoted
from market.refunds import RefundCause
from storefront.frames import render_framed
from storefront.pages.orders import order_page
from storefront.pages.own_orders import key_to
from storefront.pages.refund_forms import some_of, wanted_lines
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import form_of, see_other, status_of, text_of, visit_of
from villages.refusals import Refused


async def create(request: Request) -> Response:
    """All of the order, or some of it; what cannot be worked out is said on the page that asked."""
    visit, number, form = visit_of(request), request.path_params["number"], form_of(request)
    order, before = await order_for(number, key_to(visit, number)), text_of(form, "quote", most=40)
    try:
        await count_tries(request, Limit(f"refund quotes {address_of(request)}", most=60, minutes=10))
        quote = await quote_refund(
            order, wanted_lines(form), cause=RefundCause.shopper, by="shopper", now=visit.now
        )
    except Refused as refusal:
        if before:
            return await quote_page(
                request,
                order,
                typed={"quote": before},
                mistakes={"": refusal.sentence},
                status=status_of(refusal),
            )
        return await order_page(request, number, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/orders/{number}/refund-quotes/{quote.code}")


async def show(request: Request) -> Response:
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    return await quote_page(request, order)


async def quote_page(
    request: Request,
    order: Order,
    *,
    typed: dict[str, Any] | None = None,
    mistakes: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    now = visit_of(request).now
    code = request.path_params.get("code") or (typed or {}).get("quote", "")
    quote = await quoted(code, order.id, now=now)
    choices = await choices_of(order.id, cause=RefundCause.shopper, now=now)
    context = {
        "quote": quote,
        "choices": choices,
        "chosen": some_of(quote, choices, now),
        "by_transfer": order.tender == Tender.bank_transfer,
        "is_over": quote.ends_at <= now,
        "typed": typed or {},
        "mistakes": mistakes or {},
    }
    response = await render_framed(
        request, "pages/refund_quote.html", context, status=status if mistakes else 200
    )
    response.headers["Cache-Control"] = "no-store"
    return response
