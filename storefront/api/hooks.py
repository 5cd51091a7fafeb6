"""Messages of the payment provider: signed, repeated, out of order. Whatever they say has at most one effect."""

import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from market.card_payments import take_event
from market.gateway import ForgedEvent
from storefront.faults import answer
from storefront.web import services

log = logging.getLogger("jangnal.hooks")


async def stripe(request: Request) -> Response:
    """400 for what is not the provider's; 200 for everything else, once it is booked."""
    gateway = services(request).gateway
    body = await request.body()
    now = datetime.now(UTC)
    try:
        event = gateway.event(body, request.headers.get("stripe-signature"), now=now)
    except ForgedEvent as forged:
        log.warning("webhook refused", extra={"facts": {"why": str(forged)}})
        return answer(request, 400, "결제사의 서명이 맞지 않습니다.", code="forged")
    effect = await take_event(event, livemode=gateway.livemode, now=now)
    return JSONResponse({"received": True, "effect": effect})
