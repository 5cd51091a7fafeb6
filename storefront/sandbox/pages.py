"""The practice card page, in Korean: choose a card, confirm where it asks for it, go back to the shop."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from storefront.sandbox.cards import CARDS, STEP_FAILED
from storefront.sandbox.sessions import Paid, find_session, pay, take_step

templates = Jinja2Templates(Path(__file__).parent / "templates")
CHOOSE_ONE = "카드를 하나 골라 주세요."


async def show(request: Request) -> Response:
    row = await _session(request)
    if row["status"] != "open":
        return _page(request, "closed.html", row, status=200)
    return _page(request, "pay.html", row, chosen=next(iter(CARDS)), error="")


async def create(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=5) as form:
        card = CARDS.get(str(form.get("card", "")))
    row = await _session(request)
    if card is None:
        return _page(request, "pay.html", row, status=422, chosen="", error=CHOOSE_ONE)
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        paid = await pay(connection, row["id"], card)
    match paid:
        case Paid.done:
            return RedirectResponse(_back(row), 303)
        case Paid.asks_for_step:
            return RedirectResponse(f"/pay/{row['id']}/confirmation", 303)
        case Paid.declined:
            return _page(request, "pay.html", row, status=422, chosen=card.number, error=card.sentence)
        case Paid.closed:
            return _page(request, "closed.html", {**row, "status": "expired"}, status=409)


async def show_confirmation(request: Request) -> Response:
    row = await _session(request)
    if row["status"] != "open":
        return RedirectResponse(f"/pay/{row['id']}", 303)
    return _page(request, "confirmation.html", row)


async def create_confirmation(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=5) as form:
        confirmed = form.get("answer") == "confirm"
    row = await _session(request)
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        paid = await take_step(connection, row["id"], confirmed=confirmed)
    if paid is Paid.done:
        return RedirectResponse(_back(row), 303)
    if paid is Paid.closed:
        return _page(request, "closed.html", {**row, "status": "expired"}, status=409)
    return _page(request, "pay.html", row, status=422, chosen=next(iter(CARDS)), error=STEP_FAILED)


ROUTES = [
    Route("/pay/{name}", show, methods=["GET"]),
    Route("/pay/{name}", create, methods=["POST"]),
    Route("/pay/{name}/confirmation", show_confirmation, methods=["GET"]),
    Route("/pay/{name}/confirmation", create_confirmation, methods=["POST"]),
]


async def not_found(request: Request, _: Exception) -> Response:
    return templates.TemplateResponse(request, "missing.html", status_code=404)


async def _session(request: Request):
    async with request.app.state.pool.acquire() as connection:
        return await find_session(connection, request.path_params["name"])


def _back(row) -> str:
    return row["success_url"].replace("{CHECKOUT_SESSION_ID}", row["id"])


def _page(request: Request, template: str, row, *, status: int = 200, **more: object) -> Response:
    context = {
        "title": row["title"],
        "amount": f"{row['amount']:,}원",
        "number": row["client_reference_id"],
        "status": row["status"],
        "cards": list(CARDS.values()),
        "success_url": _back(row),
        "cancel_url": row["cancel_url"],
        "here": f"/pay/{row['id']}",
        **more,
    }
    response = templates.TemplateResponse(request, template, context, status_code=status)
    # Browsers hold a form's redirects to form-action too, so the way back to the shop must stand here.
    response.headers["content-security-policy"] = policy(row["success_url"])
    return response


def policy(shop: str = "") -> str:
    parts = urlsplit(shop)
    way_back = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{way_back}"
    )
