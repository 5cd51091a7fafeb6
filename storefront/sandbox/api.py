"""The calls of Stripe's API that the shop uses, answered as Stripe answers them."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from storefront.sandbox import parameters, shapes
from storefront.sandbox.balance import balance_lines
from storefront.sandbox.events import find_event, latest_events, new_id
from storefront.sandbox.idempotency import Act, answer_once
from storefront.sandbox.parameters import read_parameters
from storefront.sandbox.refunds import check_refund_wish, find_refund, give_back, latest_refunds
from storefront.sandbox.refusals import Refusal
from storefront.sandbox.sessions import (
    check_session_wish,
    expire_session,
    find_intent,
    find_session,
    open_session,
)

KEY_PREFIX = "sk_test_sandbox"
MAX_BODY = 64 * 1024

Handler = Callable[[Request], Awaitable[Response]]


def checked(handler: Handler) -> Handler:
    """Ask for a sandbox key and turn refusals into Stripe's errors."""

    async def answer(request: Request) -> Response:
        try:
            _check_key(request)
            response = await handler(request)
        except Refusal as refusal:
            response = JSONResponse(refusal.body(), status_code=refusal.status)
        response.headers["request-id"] = new_id("req")
        return response

    return answer


async def create_session(request: Request) -> Response:
    wish = await _form(request, parameters.SESSION_CREATE)
    check_session_wish(wish)
    origin = request.app.state.origin
    return await _once(request, wish, lambda connection: open_session(connection, wish, origin=origin))


async def show_session(request: Request) -> Response:
    _query(request, parameters.NOTHING)
    async with request.app.state.pool.acquire() as connection:
        row = await find_session(connection, request.path_params["name"])
    return JSONResponse(shapes.session(row, origin=request.app.state.origin))


async def create_session_expiry(request: Request) -> Response:
    wish = await _form(request, parameters.NOTHING)
    name = request.path_params["name"]
    return await _once(request, wish, lambda connection: expire_session(connection, name))


async def create_refund(request: Request) -> Response:
    wish = await _form(request, parameters.REFUND_CREATE)
    check_refund_wish(wish)
    return await _once(request, wish, lambda connection: give_back(connection, wish))


async def show_refund(request: Request) -> Response:
    _query(request, parameters.NOTHING)
    return JSONResponse(shapes.refund(await find_refund(request.app.state.pool, request.path_params["name"])))


async def index_refunds(request: Request) -> Response:
    wish = _query(request, parameters.REFUND_LIST)
    rows, has_more = await latest_refunds(
        request.app.state.pool,
        intent=wish.get("payment_intent"),
        after=wish.get("starting_after"),
        limit=wish.get("limit", 10),
    )
    return JSONResponse(
        shapes.page([shapes.refund(row) for row in rows], url="/v1/refunds", has_more=has_more)
    )


async def index_balance(request: Request) -> Response:
    wish = _query(request, parameters.BALANCE_LIST)
    async with request.app.state.pool.acquire() as connection:
        lines, has_more = await balance_lines(connection, wish)
    return JSONResponse(shapes.page(lines, url="/v1/balance_transactions", has_more=has_more))


async def show_intent(request: Request) -> Response:
    _query(request, parameters.NOTHING)
    return JSONResponse(shapes.intent(await find_intent(request.app.state.pool, request.path_params["name"])))


async def show_event(request: Request) -> Response:
    _query(request, parameters.NOTHING)
    return JSONResponse(shapes.event(await find_event(request.app.state.pool, request.path_params["name"])))


async def index_events(request: Request) -> Response:
    wish = _query(request, parameters.EVENT_LIST)
    rows, has_more = await latest_events(
        request.app.state.pool,
        kind=wish.get("type"),
        after=wish.get("starting_after"),
        limit=wish.get("limit", 10),
    )
    return JSONResponse(shapes.page([shapes.event(row) for row in rows], url="/v1/events", has_more=has_more))


async def unknown(request: Request) -> Response:
    raise Refusal(f"Unrecognized request URL ({request.method}: {request.url.path}).", status=404)


ROUTES = [
    Route("/checkout/sessions", checked(create_session), methods=["POST"]),
    Route("/checkout/sessions/{name}", checked(show_session), methods=["GET"]),
    Route("/checkout/sessions/{name}/expire", checked(create_session_expiry), methods=["POST"]),
    Route("/refunds", checked(create_refund), methods=["POST"]),
    Route("/refunds", checked(index_refunds), methods=["GET"]),
    Route("/refunds/{name}", checked(show_refund), methods=["GET"]),
    Route("/balance_transactions", checked(index_balance), methods=["GET"]),
    Route("/payment_intents/{name}", checked(show_intent), methods=["GET"]),
    Route("/events", checked(index_events), methods=["GET"]),
    Route("/events/{name}", checked(show_event), methods=["GET"]),
    Route("/{rest:path}", checked(unknown), methods=["GET", "POST", "DELETE"]),
]


def _check_key(request: Request) -> None:
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    key = word.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode("ascii").partition(":")[0]
        except ValueError:
            key = ""
    if not key.startswith(KEY_PREFIX):
        raise Refusal(f"This is the sandbox: it only takes keys that begin with {KEY_PREFIX}.", status=401)


def _query(request: Request, accepted: dict[str, Any]) -> dict[str, Any]:
    return read_parameters(request.query_params.multi_items(), accepted)


async def _form(request: Request, accepted: dict[str, Any]) -> dict[str, Any]:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise Refusal("The request is too large.", status=413)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500, errors="strict")
    except ValueError:
        raise Refusal("The request is not a form in UTF-8.") from None
    if any("\0" in part for pair in pairs for part in pair):
        raise Refusal("The request has a NUL character.")
    return read_parameters(pairs, accepted)


async def _once(request: Request, wish: dict[str, Any], act: Act) -> Response:
    key = request.headers.get("idempotency-key")
    asked = f"{request.url.path} {json.dumps(wish, sort_keys=True, ensure_ascii=False)}"
    answer = await answer_once(request.app.state.pool, key, asked, act)
    headers = {"idempotency-key": key} if key else {}
    if answer.is_replay:
        headers["idempotent-replayed"] = "true"
    return Response(answer.body, answer.status, headers, media_type="application/json")
