"""환불: what goes back by hand and how urgent it is; and the city's own calling off of an order."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from market.orders import TENDER_NAMES, Order, Tender
from market.refund_confirmation import confirm_refund
from market.refund_payouts import PaidBack, Payout, lately_paid, mark_paid_back, payouts
from market.refund_quotes import choices_of, quote_refund, quoted
from market.refunds import CAUSE_NAMES
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.pages.refund_forms import opened_account, read_cause, some_of, wanted_lines
from storefront.web import form_of, path_id, see_other, services, text_of, visit_of
from villages.contacts import masked_name, masked_phone
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import NotFound


@dataclass(frozen=True)
class PayoutLine:
    """One line as this person may see it."""

    payout: Payout
    account: str
    name: str
    phone: str
    tender: str
    is_late: bool


@dataclass(frozen=True)
class PaidLine:
    paid: PaidBack
    account: str


async def index(request: Request) -> Response:
    """Accounts and names stand here for those who send the money; others see them masked."""
    may_pay, now = officer_of(request).may(Permission.refund_any), visit_of(request).now
    secret, today = services(request).settings.secret_key, seoul_day(now)
    lines = [
        PayoutLine(
            payout,
            opened_account(payout.account, secret) if may_pay else "",
            payout.buyer_name if may_pay else masked_name(payout.buyer_name),
            payout.buyer_phone if may_pay else masked_phone(payout.buyer_phone),
            TENDER_NAMES[Tender(payout.tender)],
            payout.pay_before < today,
        )
        for payout in await payouts()
    ]
    context = {
        "lines": lines,
        "sum": sum(line.payout.amount for line in lines),
        "may_pay": may_pay,
        "sent": [PaidLine(paid, opened_account(paid.account, secret)) for paid in await lately_paid(now)] if may_pay else [],
        "done": request.query_params.get("done") == "paid",
    }  # fmt: skip
    return await render_city(request, "refunds", context)


async def pay(request: Request) -> Response:
    await mark_paid_back(path_id(request), by=_signature(request), now=visit_of(request).now)
    return see_other("/city/refunds?done=paid")


async def quote(request: Request) -> Response:
    order, form = await _order(request), form_of(request)
    made = await quote_refund(
        order, wanted_lines(form), cause=read_cause(form), by=_signature(request), now=visit_of(request).now
    )
    return see_other(f"/city/orders/{order.number}/refund-quotes/{made.code}")


async def show(request: Request) -> Response:
    order, now = await _order(request), visit_of(request).now
    made = await quoted(request.path_params["code"], order.id, now=now)
    choices = await choices_of(order.id, cause=made.cause, now=now)
    context = {
        "quote": made,
        "choices": choices,
        "chosen": some_of(made, choices, now),
        "is_over": made.ends_at <= now,
        "cause_name": CAUSE_NAMES[made.cause],
    }
    return await render_city(request, "refund_quote", context)


async def create(request: Request) -> Response:
    order = await _order(request)
    code = text_of(form_of(request), "quote", most=40)
    await confirm_refund(code, order.id, by=_signature(request), now=visit_of(request).now)
    return see_other(f"/city/orders/{order.number}")


async def _order(request: Request) -> Order:
    order = await Order.get_or_none(number=one_word(request.path_params["number"]))
    if order is None:
        raise NotFound("그런 주문이 없습니다. 주문번호를 확인해 주세요.")
    return order


def _signature(request: Request) -> str:
    return f"person {officer_of(request).id}"
