"""Orders of shoppers: placed once however often the button is tapped, shown to whoever holds their key."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.cart import Cart
from market.checkout import Address, Placed, place_order, token_of
from market.dates.choices import offers_of
from market.order_keys import Key, find_order, number_of_key, read_number
from market.orders import Tender
from market.part_states import PartState
from market.receipts import Receipt, receipt
from market.refund_quotes import choices_of
from market.refund_record import refunds_of
from market.refunds import RefundCause
from market.returns.reading import returnable, returns_of
from storefront.frames import render_framed
from storefront.pages import slips
from storefront.pages.checkout import review
from storefront.pages.order_draft import (
    Draft,
    Payment,
    draft_of,
    drop_draft,
    read_payment,
    seen_arrivals,
    with_depositor,
)
from storefront.pages.own_orders import keep_order, key_to, ordered_with
from storefront.pages.payment import way_to_pay
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.visit import Visit, keep_cart
from storefront.web import form_of, number_of, see_other, services, status_of, text_of, visit_of
from villages.refusals import KeyReused, NotFound, Refused, TooMany

CHANGED = "그사이 장바구니가 바뀌었습니다. 아래 내용을 확인하고 다시 눌러 주세요."


async def create(request: Request) -> Response:
    visit, form = visit_of(request), form_of(request)
    key = text_of(form, "key")
    if key != visit.cart.key or not visit.cart.lines:
        return await _ordered_before(request, key)
    draft = draft_of(visit)
    if draft.buyer is None:
        return see_other("/checkout")
    payment, typed, mistakes = read_payment(form, takes_cards=services(request).takes_cards)
    if payment is None:
        return await review(request, typed, mistakes, status=422)
    try:
        await count_tries(request, Limit(f"orders {address_of(request)}", most=30, minutes=10))
        placed = await _place(request, draft, payment, form)
    except KeyReused:
        return await _other_wishes(visit, secret=services(request).settings.secret_key)
    except TooMany as refusal:
        return _later(await review(request, typed, {"": refusal.sentence}, status=429), refusal)
    except Refused as refusal:
        # Something in the cart is gone: that is no reason to call this page not found.
        status = 409 if isinstance(refusal, NotFound) else status_of(refusal)
        return await review(request, typed, {"": refusal.sentence}, status=status)
    return await _placed(request, placed)


async def show(request: Request) -> Response:
    """The order's page; a token in the address becomes a cookie, so that the address can be shown to others."""
    visit, number = visit_of(request), request.path_params["number"]
    if token := request.query_params.get("t"):
        await receipt(number, Key(token))
        response = see_other(f"/orders/{number}")
        keep_order(response, visit, number, token)
        return response
    query = request.query_params
    return await order_page(
        request,
        number,
        is_back=query.get("returned") == "1",
        is_called_off=query.get("done") == "cancelled",
    )


async def lookup(request: Request) -> Response:
    """Number and the phone's last four digits; the same words whatever is wrong."""
    if request.method == "GET":
        return await _lookup_page(request)
    visit, form = visit_of(request), form_of(request)
    typed = {"number": text_of(form, "number", most=40), "digits": text_of(form, "digits", most=20)}
    try:
        await count_tries(request, *_lookup_limits(request, read_number(typed["number"])))
        number, token = await find_order(
            typed["number"], typed["digits"], secret=services(request).settings.secret_key
        )
    except TooMany as refusal:
        return _later(await _lookup_page(request, typed, refusal.sentence, status=429), refusal)
    except NotFound as refusal:
        return await _lookup_page(request, typed, refusal.sentence, status=422)
    response = see_other(f"/orders/{number}")
    keep_order(response, visit, number, token)
    return response


def _lookup_limits(request: Request, number: str) -> list[Limit]:
    """Four digits are soon guessed: a number is tried five times, then thirty times a day, wherever from."""
    by_number = [
        Limit(f"lookup of {number}", most=5, minutes=10),
        Limit(f"lookups of {number} today", most=30, minutes=1440),
    ]
    return [Limit(f"lookup from {address_of(request)}", most=20, minutes=10), *(by_number if number else [])]


async def order_page(
    request: Request,
    number: str,
    *,
    is_back: bool = False,
    is_called_off: bool = False,
    trouble: str = "",
    typed: dict[str, str] | None = None,
    mistakes: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    visit = visit_of(request)
    order = await receipt(number, key_to(visit, number))
    refunds = await refunds_of(number) if order.state != "awaiting_payment" else []
    can_call_off = bool(order.paid_at) and bool(
        await choices_of(order.id, cause=RefundCause.shopper, now=visit.now)
    )
    was_sent = any(part.state in ON_THEIR_WAY for part in order.parts)
    halves = await returnable(order.id, by_staff=False, now=visit.now) if was_sent else []
    context = {
        "returns": await returns_of(number) if order.paid_at else [],
        "returnable": [half.slug for half in halves],
        "refunds": refunds,
        "can_call_off": can_call_off,
        "date_offers": await offers_of(order.id, now=visit.now) if order.paid_at else [],
        "typed": typed or {},
        "mistakes": mistakes or {},
        "order": order,
        "slips": slips,
        "is_back": is_back,
        "is_called_off": is_called_off,
        "trouble": trouble,
        "news": news_of(order, visit, is_back=is_back),
        "pays_by_card": order.awaits(Tender.card, visit.now),
        "pays_by_transfer": order.awaits(Tender.bank_transfer, visit.now),
    }
    response = await render_framed(request, "pages/orders.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def news_of(order: Receipt, visit: Visit, *, is_back: bool) -> tuple[str, str]:
    """(title, sentence) of the order's page: where it stands, and what to do next."""
    if order.awaits(Tender.card, visit.now) and is_back:
        return (
            "결제 확인 중입니다",
            "카드사의 답을 기다리고 있습니다. 보통 1분 안에 끝나고, 끝나면 문자로 알려 드립니다.",
        )
    if order.awaits(Tender.card, visit.now):
        return "카드 결제만 남았습니다", "결제를 마치셔야 주문이 확정됩니다."
    if order.awaits(Tender.bank_transfer, visit.now):
        return "주문을 받았습니다", "아래 계좌로 입금하시면 주문이 확정됩니다."
    if order.state in ("paid", "preparing") and any(part.state in ON_THEIR_WAY for part in order.parts):
        return (
            "보낸 것이 있습니다",
            "마을마다 따로 보내고 준비합니다. 어디까지 왔는지 아래에 마을별로 보입니다.",
        )
    return NEWS[order.state]


async def _place(request: Request, draft: Draft, payment: Payment, form: FormData) -> Placed:
    visit, shop, seen_total = visit_of(request), services(request), number_of(form, "expected_total")
    assert draft.buyer is not None
    return await place_order(
        visit.cart.basket,
        key=visit.cart.key,
        buyer=with_depositor(draft.buyer, payment),
        address=_address(visit, draft),
        tender=payment.tender,
        secret=shop.settings.secret_key,
        holds=shop.holds,
        expected_total=seen_total if seen_total is not None else -1,
        expected_arrivals=seen_arrivals(form),
        person_id=visit.actor.id if visit.actor else None,
        now=visit.now,
    )


def _address(visit: Visit, draft: Draft) -> Address | None:
    """Nobody's address is kept where nothing is sent."""
    return draft.address if visit.cart.basket.goods else None


async def _placed(request: Request, placed: Placed) -> Response:
    """The cart is done and starts anew; card payments go on to the provider's page."""
    visit, order = visit_of(request), placed.order
    path = f"/orders/{order.number}"
    response = see_other(await way_to_pay(request, order) if order.tender == Tender.card else path)
    keep_order(response, visit, order.number, placed.token)
    keep_cart(response, visit, visit.cart.renewed())
    drop_draft(response, visit)
    return response


async def _ordered_before(request: Request, key: str) -> Response:
    """Tapped twice, reloaded, or another tab was faster: the order that was made, or what is in the cart now."""
    visit = visit_of(request)
    if number := ordered_with(visit, key, secret=services(request).settings.secret_key):
        return see_other(f"/orders/{number}")
    if not visit.cart.lines or draft_of(visit).buyer is None:
        return see_other("/cart")
    return await review(request, mistakes={"": CHANGED}, status=409)


async def _other_wishes(visit: Visit, *, secret: str) -> Response:
    """This cart was ordered, our answer was lost, and something was changed since: show that order, keep the wishes."""
    number = await number_of_key(visit.cart.key)
    response = see_other(f"/orders/{number}")
    keep_order(response, visit, number, token_of(visit.cart.key, secret))
    keep_cart(response, visit, replace(visit.cart, key=Cart().key))
    return response


def _later(response: Response, refusal: TooMany) -> Response:
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


async def _lookup_page(
    request: Request, typed: dict[str, str] | None = None, trouble: str = "", *, status: int = 200
) -> Response:
    context = {"typed": typed or {}, "mistakes": {"number": trouble} if trouble else {}}
    response = await render_framed(request, "pages/orders_lookup.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


ON_THEIR_WAY = {PartState.shipped, PartState.delivered, PartState.confirmed}
NEWS = {
    "awaiting_payment": (
        "결제 시간이 지났습니다",
        "맡아 둔 것은 곧 풀립니다. 다시 담아 주문해 주세요. 이미 보내신 돈이 있으면 전화해 주세요.",
    ),
    "paid": ("결제를 확인했습니다", "마을에 알렸습니다. 준비를 시작하면 여기에 보입니다."),
    "preparing": ("마을에서 준비하고 있습니다", "보내면 문자로 알려 드립니다."),
    "shipped": ("보냈습니다", "택배가 가고 있습니다."),
    "delivered": (
        "도착했습니다",
        "상했거나 다른 물건이면 아래에서 돌려보내기를 눌러 주세요. 마을로 전화하셔도 됩니다.",
    ),
    "confirmed": ("주문이 끝났습니다", "고맙습니다."),
    "cancelled": ("취소된 주문입니다", "내신 돈이 있으면 돌려 드립니다."),
    "refunded": ("취소한 주문입니다", "돌려드리는 돈은 아래에서 보실 수 있습니다."),
    "expired": (
        "결제 기한이 지나 취소되었습니다",
        "다시 담아 주문하실 수 있습니다. 이미 보내신 돈이 있으면 전화해 주세요.",
    ),
}
