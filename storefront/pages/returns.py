"""반품·교환: a shopper asks to send goods back after seeing what it brings, and follows it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.couriers import COURIERS
from market.order_keys import order_for
from market.orders import Order
from market.returns.ending import note_parcel_back, withdraw_return
from market.returns.reading import return_note
from storefront.frames import render_framed
from storefront.pages.own_orders import key_to
from storefront.pages.return_forms import (
    Asker,
    ReturnForm,
    ask_as_written,
    asked_in,
    read_return,
    return_page_facts,
)
from storefront.web import form_of, path_id, see_other, status_of, text_of, visit_of
from villages.refusals import BadForm, Refused

SHOPPER = Asker("shopper")


async def new(request: Request) -> Response:
    return await _form_page(request, await _order(request), asked_in(request))


async def create(request: Request) -> Response:
    order, form = await _order(request), read_return(form_of(request))
    try:
        asked = await ask_as_written(order, form, SHOPPER, now=visit_of(request).now)
    except Refused as refusal:
        return await _form_page(request, order, form, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/orders/{order.number}/returns/{asked.id}")


async def show(request: Request) -> Response:
    return await _page(request, await _order(request))


async def parcel(request: Request) -> Response:
    """The shopper has sent it: with which parcel, so that the village can look for it."""
    order, form = await _order(request), form_of(request)
    known = await return_note(path_id(request), order_id=order.id)
    courier, tracking = text_of(form, "courier"), text_of(form, "tracking", most=60)
    try:
        await note_parcel_back(known.id, courier=courier, tracking=tracking, now=visit_of(request).now)
    except BadForm as bad:
        typed = {"courier": courier, "tracking": tracking}
        return await _page(request, order, typed=typed, mistakes=bad.fields or {"": bad.sentence})
    return see_other(f"/orders/{order.number}/returns/{known.id}")


async def withdraw(request: Request) -> Response:
    order = await _order(request)
    known = await return_note(path_id(request), order_id=order.id)
    await withdraw_return(known.id, by="shopper", now=visit_of(request).now)
    return see_other(f"/orders/{order.number}/returns/{known.id}")


async def _order(request: Request) -> Order:
    visit, number = visit_of(request), request.path_params["number"]
    return await order_for(number, key_to(visit, number))


async def _form_page(
    request: Request, order: Order, form: ReturnForm, *, trouble: str = "", status: int = 200
) -> Response:
    facts = await return_page_facts(order, form, SHOPPER, now=visit_of(request).now)
    context = facts | ({"trouble": trouble} if trouble else {})
    return await _private(request, "return_new", context, status)


async def _page(
    request: Request,
    order: Order,
    *,
    typed: dict[str, str] | None = None,
    mistakes: dict[str, str] | None = None,
) -> Response:
    context = {
        "back": await return_note(path_id(request), order_id=order.id),
        "couriers": [(each.code, each.name) for each in COURIERS],
        "typed": typed or {},
        "mistakes": mistakes or {},
    }
    return await _private(request, "return", context, 422 if mistakes else 200)


async def _private(request: Request, name: str, context: dict[str, Any], status: int) -> Response:
    response = await render_framed(request, f"pages/{name}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
