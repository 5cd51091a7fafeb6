"""취소·환불: an operator calls off her own half of an order, all of it or some, after seeing what goes back."""

from starlette.requests import Request
from starlette.responses import Response

from market.orders import Order, Tender
from market.parts_to_send import own_part
from market.refund_confirmation import confirm_refund
from market.refund_quotes import choices_of, quote_refund, quoted
from market.refunds import CAUSE_NAMES, RefundCause
from storefront.desk.desk_page import own_villages, render_desk, signature
from storefront.pages.refund_forms import read_cause, some_of, wanted_lines
from storefront.web import form_of, see_other, text_of, visit_of
from villages.people import Permission

MAY_REFUND = Permission.refund_own


async def quote(request: Request) -> Response:
    ids, number, form = own_villages(request, MAY_REFUND), request.path_params["number"], form_of(request)
    await own_part(number, ids)
    made = await quote_refund(
        await Order.get(number=number), wanted_lines(form), cause=read_cause(form), by=signature(request), village_ids=ids,
        now=visit_of(request).now,
    )  # fmt: skip
    return see_other(f"/desk/orders/{number}/refund-quotes/{made.code}")


async def show(request: Request) -> Response:
    ids, number, now = own_villages(request, MAY_REFUND), request.path_params["number"], visit_of(request).now
    part = await own_part(number, ids)
    order = await Order.get(number=number)
    made = await quoted(request.path_params["code"], order.id, village_ids=ids, now=now)
    choices = await choices_of(order.id, cause=made.cause, village_ids=ids, now=now)
    context = {
        "quote": made,
        "choices": choices,
        "chosen": some_of(made, choices, now),
        "is_over": made.ends_at <= now,
        "cause_name": CAUSE_NAMES[made.cause],
        "by_hand": order.recorded_by_id is not None,
        "by_transfer": order.tender == Tender.bank_transfer,
        "part": part,
    }
    return await render_desk(request, "refund_quote", context)


async def create(request: Request) -> Response:
    ids, number = own_villages(request, MAY_REFUND), request.path_params["number"]
    await own_part(number, ids)
    order = await Order.get(number=number)
    await confirm_refund(
        text_of(form_of(request), "quote", most=40), order.id, by=signature(request), village_ids=ids,
        now=visit_of(request).now,
    )  # fmt: skip
    return see_other(f"/desk/orders/{number}?done=refunded")


CAUSES = [
    (RefundCause.operator, "우리 마을 사정으로", "모두 돌려드립니다"),
    (RefundCause.shopper, "손님이 원해서", "체험은 주문할 때 보여 드린 환불 규정대로"),
    (RefundCause.weather, "날씨 때문에", "체험만"),
    (RefundCause.too_few, "최소 인원이 모이지 않아서", "체험만"),
]
