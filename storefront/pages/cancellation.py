"""A shopper calls an order off on its own page: one that is not paid at once, a paid one by the quote she has seen."""

from starlette.requests import Request
from starlette.responses import Response

from market.cancellations import cancel_unpaid
from market.order_keys import order_for
from market.orders import Order, Tender
from market.refund_confirmation import confirm_refund
from market.refund_payouts import keep_account
from storefront.pages.orders import order_page
from storefront.pages.own_orders import key_to
from storefront.pages.refund_forms import BankAccount, read_account, sealed_account
from storefront.pages.refund_quotes import quote_page
from storefront.web import form_of, see_other, services, status_of, text_of, visit_of
from villages.refusals import Refused


async def create(request: Request) -> Response:
    visit, number, form = visit_of(request), request.path_params["number"], form_of(request)
    order = await order_for(number, key_to(visit, number))
    code, account = text_of(form, "quote", most=40), None
    if code and order.tender == Tender.bank_transfer and text_of(form, "nothing") != "1":
        account, typed, mistakes = read_account(form)
        if mistakes:
            return await quote_page(request, order, typed=typed | {"quote": code}, mistakes=mistakes)
    try:
        if code:
            await _give_back(request, order, code, account)
        else:
            await cancel_unpaid(order, services(request).gateway, by="shopper", now=visit.now)
    except Refused as refusal:
        return await order_page(request, number, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/orders/{number}{'?done=cancelled' if code else ''}")


async def account(request: Request) -> Response:
    """Where the money of a transfer goes back to, told afterwards: the village or the city called the order off."""
    visit, number = visit_of(request), request.path_params["number"]
    order = await order_for(number, key_to(visit, number))
    told, typed, mistakes = read_account(form_of(request))
    if mistakes:
        return await order_page(request, number, typed=typed, mistakes=mistakes, status=422)
    await keep_account(order.id, sealed_account(told, services(request).settings.secret_key))
    return see_other(f"/orders/{number}")


async def _give_back(request: Request, order: Order, code: str, account: BankAccount | None) -> None:
    sealed = sealed_account(account, services(request).settings.secret_key)
    await confirm_refund(code, order.id, by="shopper", account=sealed, now=visit_of(request).now)
