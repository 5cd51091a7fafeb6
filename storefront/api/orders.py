"""Orders of partner programs: placed once per Idempotency-Key, read with the order's token."""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.card_payments import ReturnTo, open_page
from market.checkout import place_order, token_hash
from market.gateway import GatewayTrouble
from market.open_orders import OpenOrder, OpenPart, open_order, unknown_wishes
from market.orders import Order, Tender
from market.quotes import Basket
from storefront.api.answers import absolute, json_answer
from storefront.api.wishes import BadJson, OrderWish, read_json, read_wish
from storefront.faults import answer
from storefront.pace import keep_pace
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import services
from villages.refusals import BadForm, KeyReused, NotFound, SalesClosed

KEY = re.compile(r"[!-~]([ -~]{0,78}[!-~])?")
NUMBER = re.compile(r"[0-9]{6}-[0-9]{6}")
MOST_BYTES = 100_000


async def create(request: Request) -> Response:
    """201 with the order; the same key and body answer the order that was made before, again with 201."""
    keep_pace(request)
    key = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(key):
        return answer(
            request, 400, "Idempotency-Key 머리글에 1–80자의 영문·숫자·기호를 적어 주세요. 주문마다 새로 만든 값이어야 합니다.",
            code="idempotency-key",
        )  # fmt: skip
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return answer(request, 415, "Content-Type: application/json 으로 보내 주세요.", code="not-json")
    body = await request.body()
    if len(body) > MOST_BYTES:
        return answer(
            request, 413, f"주문 하나는 {MOST_BYTES:,}바이트까지 보낼 수 있습니다.", code="too-large"
        )
    try:
        wish = read_wish(read_json(body))
    except BadJson as bad:
        return answer(request, 400, str(bad), code="bad-json")
    await count_tries(request, Limit(f"api orders {address_of(request)}", most=30, minutes=10))
    return await _placed(request, wish, key=_order_key(key), now=datetime.now(UTC))


async def show(request: Request) -> Response:
    keep_pace(request)
    token = bearer_token(request)
    if not token:
        return no_token(request)
    number = request.path_params["number"]
    if not NUMBER.fullmatch(number):
        raise NotFound()
    order = await open_order(number)
    if not hmac.compare_digest(token_hash(token), order.token_hash):
        raise NotFound()
    return json_answer(request, order_as_json(order, request, now=datetime.now(UTC)), is_private=True)


def bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def no_token(request: Request) -> Response:
    return answer(
        request, 401, "Authorization: Bearer 머리글에 주문할 때 받은 token을 적어 주세요.", code="token-missing",
        headers={"WWW-Authenticate": 'Bearer realm="orders"'},
    )  # fmt: skip


async def _placed(request: Request, wish: OrderWish, *, key: str, now: datetime) -> Response:
    shop, basket = services(request), wish.basket
    await _refuse_unknown(basket, wish, key=key)
    placed = await place_order(
        basket,
        key=key,
        buyer=wish.buyer_of_order,
        address=wish.address_of_order,
        tender=wish.tender,
        secret=shop.settings.secret_key,
        holds=shop.holds,
        expected_total=wish.expected_total,
        expected_arrivals=wish.arrivals,
        now=now,
    )
    if not placed.is_new and wish.expected_total not in (None, placed.order.total):
        raise KeyReused()
    if placed.order.tender == Tender.card:
        await _open_payment(request, placed.order, token=placed.token, now=now)
    number = placed.order.number
    shown = {"number": number, "token": placed.token} | order_as_json(
        await open_order(number), request, now=now
    )
    return json_answer(
        request, shown, status=201, is_private=True, headers={"Location": f"/api/v1/orders/{number}"}
    )


async def _refuse_unknown(basket: Basket, wish: OrderWish, *, key: str) -> None:
    """What is not on offer at all is a mistake of the body, with its place in it. Raises `BadForm`."""
    unknown = await unknown_wishes(basket, key=key)
    fields: dict[str, str] = {}
    for place, line in enumerate(wish.lines):
        sent = line.model_dump()
        if sent.get("variant") in unknown.variants:
            fields[f"lines.{place}.variant"] = (
                "그런 상품이 없습니다. 상품 목록의 variants에 있는 id를 적어 주세요."
            )
        if sent.get("session") in unknown.sessions:
            fields[f"lines.{place}.session"] = (
                "그런 회차가 없습니다. 체험의 sessions에 있는 id를 적어 주세요."
            )
            continue
        for kind, count in sent.get("participants", {}).items():
            if count and (sent["session"], kind) in unknown.participants:
                fields[f"lines.{place}.participants.{kind}"] = "이 체험에는 그 구분의 값이 없습니다."
    if fields:
        raise BadForm(fields=fields)


async def _open_payment(request: Request, order: Order, *, token: str, now: datetime) -> None:
    """The provider's page, once the order stands. In trouble the payment is told as unknown; the key may come again."""
    if order.paid_at or order.ended_as:
        return
    shop = services(request)
    page = absolute(request, f"/orders/{order.number}?t={token}")
    try:
        await open_page(
            order,
            gateway=shop.gateway,
            return_to=ReturnTo(done=f"{page}&returned=1", back=page),
            hold=shop.card_hold,
            now=now,
        )
    except (GatewayTrouble, SalesClosed):
        return


def order_as_json(order: OpenOrder, request: Request, *, now: datetime) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state,
        "total": order.total,
        "placed_at": order.placed_at,
        "hold_ends_at": order.pay_before if order.awaits_payment else None,
        "paid_at": order.paid_at,
        "url": absolute(request, f"/orders/{order.number}"),
        "payment": _payment(order, now),
        "refunded": sum(refund["amount"] for refund in order.refunds),
        "refunds": list(order.refunds),
        "parts": [_part(part) for part in order.parts],
    }


def _payment(order: OpenOrder, now: datetime) -> dict[str, Any]:
    """A transfer names the account and its deadline, a card the page while it can be paid there."""
    shown: dict[str, Any] = {
        "method": order.tender,
        "state": order.pay_state or "unknown",
        "amount": order.total,
    }
    if order.tender == Tender.bank_transfer:
        account = {"bank": order.bank, "number": order.account, "holder": order.holder}
        return shown | {"account": account, "depositor": order.depositor, "deadline": order.pay_before}
    is_open = order.awaits_payment and bool(order.pay_url and order.pay_ends_at and order.pay_ends_at > now)
    return shown | {
        "url": order.pay_url if is_open else None,
        "url_ends_at": order.pay_ends_at if is_open else None,
    }


def _part(part: OpenPart) -> dict[str, Any]:
    return {
        "village": part.village,
        "state": part.state,
        "goods": part.goods,
        "programs": part.programs,
        "postage": part.postage,
        "total": part.goods + part.programs + part.postage,
        "ships_on": part.ships_on,
        "arrives_on": part.promised_on,
        "courier": part.courier or None,
        "tracking": part.tracking or None,
        "tracking_url": part.tracking_url or None,
        "lines": [
            {"id": line.id, "name": line.name, "slug": line.slug, "variant": line.variant, "session": line.session,
             "participant": line.participant, "quantity": line.count, "unit_price": line.unit_price,
             "amount": line.count * line.unit_price, "cancelled": line.cancelled}
            for line in part.lines
        ],
        "bookings": [
            {"session": booking.session, "starts_at": booking.starts_at, "seats": booking.seats, "heads": booking.heads,
             "state": booking.state}
            for booking in part.bookings
        ],
    }  # fmt: skip


def _order_key(key: str) -> str:
    """Apart from the keys of carts, and only its hash: whoever holds the key and the body is told the token."""
    return f"api:{hashlib.sha256(key.encode()).hexdigest()}"
