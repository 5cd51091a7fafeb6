"""Calling off an order by machine: a quote of what comes back, and its confirmation, both under the order's token."""

import hmac
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from market.cancellations import cancel_unpaid
from market.cart import BIGGEST_ID
from market.checkout import token_hash
from market.open_orders import open_order
from market.orders import Order
from market.quotes import MOST_OF_ONE
from market.refund_confirmation import confirm_refund
from market.refund_quotes import Quoted, quote_refund, quoted
from market.refunds import RefundCause
from storefront.api.answers import json_answer
from storefront.api.orders import NUMBER, bearer_token, no_token, order_as_json
from storefront.api.wishes import BadJson, read_as, read_json
from storefront.faults import answer
from storefront.pace import keep_pace
from storefront.pages.refund_forms import (
    ACCOUNT_NUMBER,
    MOST_OF_BANK,
    MOST_OF_HOLDER,
    BankAccount,
    sealed_account,
)
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import services
from villages.refusals import BadForm, NotFound

MOST_BYTES = 20_000


class LineWish(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    line: Annotated[int, Field(ge=1, le=BIGGEST_ID)]
    quantity: Annotated[int, Field(ge=1, le=MOST_OF_ONE)]


class QuoteWish(BaseModel):
    """Without lines: everything that can be called off."""

    model_config = ConfigDict(extra="ignore", strict=True)

    lines: Annotated[list[LineWish], Field(min_length=1, max_length=100)] | None = None


class Account(BaseModel):
    """Where a transfer goes back to."""

    model_config = ConfigDict(extra="ignore", strict=True)

    bank: Annotated[str, Field(min_length=1, max_length=MOST_OF_BANK)]
    number: Annotated[str, Field(pattern=f"^{ACCOUNT_NUMBER.pattern}$")]
    holder: Annotated[str, Field(min_length=1, max_length=MOST_OF_HOLDER)]


class CancellationWish(BaseModel):
    """A paid order names the quote; an unpaid one names nothing."""

    model_config = ConfigDict(extra="ignore", strict=True)

    quote: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    account: Account | None = None


async def quote(request: Request) -> Response:
    """201 with the exact won per village and line, good until `ends_at`."""
    order, wish = await _asked(request, QuoteWish)
    if isinstance(order, Response):
        return order
    now = datetime.now(UTC)
    wanted = _summed(wish.lines) if wish.lines else None
    made = await quote_refund(order, wanted, cause=RefundCause.shopper, by="shopper", now=now)
    shown = _quote_as_json(await quoted(made.code, order.id, now=now))
    return json_answer(request, shown, status=201, is_private=True)


async def cancel(request: Request) -> Response:
    """200 with the order. The quoted won are the refunded won; the same quote again gives back nothing more."""
    order, wish = await _asked(request, CancellationWish)
    if isinstance(order, Response):
        return order
    now, shop = datetime.now(UTC), services(request)
    if wish.quote:
        told = wish.account
        account = BankAccount(told.bank, told.number, told.holder) if told else None
        sealed = sealed_account(account, shop.settings.secret_key)
        await confirm_refund(wish.quote, order.id, by="shopper", account=sealed, now=now)
    elif order.paid_at:
        raise BadForm(fields={"quote": "결제된 주문입니다. refund-quotes에서 받은 id를 적어 주세요."})
    else:
        await cancel_unpaid(order, shop.gateway, by="shopper", now=now)
    shown = order_as_json(await open_order(order.number), request, now=now)
    return json_answer(request, shown, is_private=True)


async def _asked(request: Request, model: type[Any]) -> tuple[Order | Response, Any]:
    """The order whose token came, and what is wished; or the answer that refuses the asking."""
    keep_pace(request)
    token, number = bearer_token(request), request.path_params["number"]
    if not token:
        return no_token(request), None
    order = await Order.get_or_none(number=number) if NUMBER.fullmatch(number) else None
    if order is None or not hmac.compare_digest(token_hash(token), order.token_hash):
        raise NotFound()
    body = await request.body()
    if len(body) > MOST_BYTES:
        return answer(
            request, 413, f"본문은 {MOST_BYTES:,}바이트까지 보낼 수 있습니다.", code="too-large"
        ), None
    try:
        wish = read_as(model, read_json(body) if body else {})
    except BadJson as bad:
        return answer(request, 400, str(bad), code="bad-json"), None
    await count_tries(request, Limit(f"api refunds {address_of(request)}", most=60, minutes=10))
    return order, wish


def _summed(lines: list[LineWish]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.line] = wanted.get(line.line, 0) + line.quantity
    return wanted


def _quote_as_json(made: Quoted) -> dict[str, Any]:
    return {
        "id": made.code,
        "amount": made.amount,
        "method": made.tender,
        "ends_at": made.ends_at,
        "parts": [
            {
                "village": part.village, "goods": part.goods, "programs": part.programs, "postage": part.postage,
                "amount": part.amount,
                "lines": [
                    {"line": line.id, "name": line.name, "quantity": line.count, "percent": line.percent, "amount": line.amount}
                    for line in part.lines
                ],
            }
            for part in made.parts
        ],
    }  # fmt: skip
