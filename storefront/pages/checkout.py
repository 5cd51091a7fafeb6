"""From the cart to the order in three steps: who, where (when something is sent), and a last look before paying."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from market.bills import Bill, bill_of
from market.quotes import quote
from storefront.frames import render_framed
from storefront.pages import slips
from storefront.pages.order_draft import (
    MESSAGES,
    Draft,
    Words,
    draft_of,
    keep_draft,
    read_address,
    read_buyer,
    words_of_address,
    words_of_buyer,
)  # fmt: skip
from storefront.visit import Visit
from storefront.web import form_of, see_other, services, visit_of

WHO, WHERE, PAY = "who", "where", "pay"


async def show(request: Request) -> Response:
    """The step asked for, or the first one that is not done yet."""
    visit = visit_of(request)
    draft = draft_of(visit)
    bill = await bill_for(visit, draft)
    # What an address brings up (no parcels to islands) is mended here: with a known one the pages say it themselves.
    if bill.is_empty or bill.gone or bill.is_changed or (bill.trouble and draft.address is None):
        return see_other("/cart")
    step = _step(request.query_params.get("step", ""), draft, bill)
    if step == WHO:
        return await _page(request, WHO, bill, words_of_buyer(draft.buyer) or _words_of_actor(visit))
    if step == WHERE:
        return await _page(request, WHERE, bill, words_of_address(draft))
    return await review(request, bill=bill)


async def buyer(request: Request) -> Response:
    visit = visit_of(request)
    told, typed, mistakes = read_buyer(form_of(request))
    if told is None:
        return await _page(request, WHO, await bill_for(visit), typed, mistakes)
    response = see_other("/checkout?step=where")
    keep_draft(response, visit, replace(draft_of(visit), buyer=told))
    return response


async def address(request: Request) -> Response:
    visit = visit_of(request)
    told, typed, mistakes = read_address(form_of(request))
    if told is None:
        return await _page(request, WHERE, await bill_for(visit), typed, mistakes)
    response = see_other("/checkout?step=pay")
    keep_draft(response, visit, replace(draft_of(visit), address=told))
    return response


async def review(
    request: Request,
    typed: Words | None = None,
    mistakes: Words | None = None,
    *,
    bill: Bill | None = None,
    status: int = 200,
) -> Response:
    """The last look: everything that was told, everything it costs, who sells it, and how to pay."""
    visit = visit_of(request)
    draft = draft_of(visit)
    bill = bill or await bill_for(visit, draft)
    context = {
        "draft": draft,
        "key": visit.cart.key,
        "transfer_days": services(request).holds.transfer_days,
        "takes_cards": services(request).takes_cards,
        "card_minutes": services(request).holds.card_minutes,
    }
    return await _page(request, PAY, bill, typed or {}, mistakes, context, status=status)


async def bill_for(visit: Visit, draft: Draft | None = None) -> Bill:
    """What the cart comes to; from the postcode on with the island surcharge."""
    told = draft or draft_of(visit)
    postcode = told.address.postcode if told.address else None
    return bill_of(
        await quote(connections.get("default"), visit.cart.basket, now=visit.now, postcode=postcode),
        visit.cart,
    )


async def _page(
    request: Request, step: str, bill: Bill, typed: Words, mistakes: Words | None = None,
    more: dict[str, Any] | None = None, *, status: int = 0,
) -> Response:  # fmt: skip
    if bill.is_empty:
        return see_other("/cart")
    steps = [WHO, WHERE, PAY] if bill.parcels else [WHO, PAY]
    context = {
        "bill": bill,
        "slips": slips,
        "step_names": tuple(STEP_NAMES[name] for name in steps),
        "step_number": steps.index(step) + 1 if step in steps else 1,
        "typed": typed,
        "mistakes": mistakes or {},
        "messages": [(text, text) for text in MESSAGES],
        **(more or {}),
    }
    response = await render_framed(
        request, f"pages/checkout_{step}.html", context, status=status or (422 if mistakes else 200)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


STEP_NAMES = {WHO: "주문하는 분", WHERE: "받는 곳", PAY: "확인과 결제"}


def _step(wanted: str, draft: Draft, bill: Bill) -> str:
    if draft.buyer is None or wanted == WHO:
        return WHO
    if bill.parcels and (draft.address is None or wanted == WHERE):
        return WHERE
    return PAY


def _words_of_actor(visit: Visit) -> Words:
    return {"name": visit.actor.name, "email": visit.actor.email} if visit.actor else {}
