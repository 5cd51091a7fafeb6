"""What every page shares: who may, forms read once, CSRF, templates, and refusals as pages."""

import asyncio
import gettext
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, FileSystemLoader
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from media.storage import picture_url, srcset
from storefront.assets import Assets
from storefront.doorman import NONCE
from storefront.saying import FoldingEnvironment, saying
from storefront.services import Services
from storefront.visit import Visit, read_visit, set_cookie
from storefront.words import FILTERS
from villages.people import Permission
from villages.refusals import NotFound, Refused

Handler = Callable[[Request], Awaitable[Response]]

FORM_BYTES = 100_000
FORM_FIELDS = 400
UPLOAD_BYTES = 64_000_000
PATIENCE = {False: 6, True: 40}  # seconds; uploads come over a slow line
BIGGEST_ID = 2**63 - 1
SCHEMES = ("http", "https")
ONLY_JSON = (b"accept", b"application/json")
VISIT, FORM = "jangnal.visit", "jangnal.form"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Page:
    """A handler with its permission, as an endpoint: checks who asks and what was posted before the handler runs."""

    handler: Handler
    may: Permission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answered(Request(scope, receive, send))
        await response(scope, receive, send)

    @property
    def __name__(self) -> str:
        return f"{self.handler.__module__.rpartition('.')[2]}_{self.handler.__name__}"

    async def _answered(self, request: Request) -> Response:
        if ONLY_JSON in request.scope["headers"]:
            raise HTTPException(406)
        # Past this a person has gone; a database that hangs without a word ends as the 503 page.
        async with asyncio.timeout(PATIENCE[request.method in UNSAFE]):
            visit = await read_visit(request, services(request).cookies)
            request.scope[VISIT] = visit
            if refusal := _not_allowed(request, visit, self.may):
                return refusal
            response = await self._answer(request, visit)
        if visit.is_new and request.method == "GET":
            set_cookie(response, visit.jar, "visitor", visit.jar.seal("visitor", visit.visitor))
        if self.may != Permission.anyone or visit.actor:
            response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request, visit: Visit) -> Response:
        if request.method not in UNSAFE:
            return await self.handler(request)
        request.scope[FORM] = form = await _read_form(request, visit)
        try:
            return await self.handler(request)
        finally:
            await form.close()  # files that came with it stand on disk until then


def page(
    path: str,
    handler: Handler,
    *,
    may: Permission,
    methods: tuple[str, ...] = ("GET",),
    uploads: bool = False,
) -> Route:
    """A route of ours. `methods` beyond GET carry a form with `csrf_token`; only `uploads` may be large."""
    size = UPLOAD_BYTES if uploads else FORM_BYTES
    limit = [Middleware(BodyLimit, most=size)] if UNSAFE & set(methods) else None
    return Route(path, Page(handler, may), methods=list(methods), middleware=limit)


def machine(
    path: str, handler: Handler, *, methods: tuple[str, ...] = ("GET",), max_body_size: int = 1_000_000
) -> Route:
    """A route for machines: no cookies, no CSRF; a signature, a key or nothing, as its handler says."""

    async def answer(request: Request) -> Response:
        return await handler(request)

    answer.__name__ = f"{handler.__module__.rpartition('.')[2]}_{handler.__name__}"
    answer.may = Permission.machine
    limit = [Middleware(BodyLimit, most=max_body_size)] if UNSAFE & set(methods) else None
    return Route(path, answer, methods=list(methods), middleware=limit)


class BodyLimit:
    """Refuses a body above `most` bytes before it is read, and while it is read where its size was not told.

    Starlette has a limit too, but answers with plain English text; ours becomes the usual page.
    """

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope).get("content-length", "0")
        read = int(told) if told.isdecimal() else 0

        async def limited() -> Message:
            nonlocal read
            if read > self._most:
                raise HTTPException(413)
            message = await receive()
            if told == "0":
                read += len(message.get("body", b""))
            return message

        await self._app(scope, limited, send)


def services(request: Request) -> Services:
    return request.scope["app"].state.services


def visit_of(request: Request) -> Visit:
    return request.scope[VISIT]


def form_of(request: Request) -> FormData:
    return request.scope[FORM]


def path_id(request: Request, name: str = "id") -> int:
    """A row's id from the address; what no row can have is not found. Raises `NotFound`."""
    text = request.path_params[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= BIGGEST_ID):
        raise NotFound()
    return int(text)


def text_of(form: FormData, name: str, *, most: int = 200) -> str:
    """One plain value of a form: the last one given, cut to `most` signs; a file or nothing is empty text."""
    value = form.get(name)
    return value.replace("\x00", "").strip()[:most] if isinstance(value, str) else ""


def number_of(form: FormData, name: str) -> int | None:
    """A whole number as people type it ("1,200", full-width digits), or None."""
    text = text_of(form, name, most=20).replace(",", "").replace(" ", "")
    return int(text) if text.isdecimal() and len(text) < 12 else None


def own_path(wanted: str | None, *, instead: str = "/") -> str:
    """A return address: only a path of ours; everything else goes home."""
    text = wanted or ""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text:
        return instead
    return instead if any(ord(sign) < 32 for sign in text) else text


def see_other(path: str) -> Response:
    """After a good POST."""
    return RedirectResponse(path, status_code=303)


async def render(
    request: Request, name: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """A page from its template, with what every page shows."""
    visit = visit_of(request)
    shown = await services(request).brand.brand()
    html = TEMPLATES.get_template(name).render(
        city=shown.city,
        village_chips=shown.chips,
        village_count=len(shown.villages),
        cart_count=len(visit.cart.lines),
        csrf_token=visit.csrf_token,
        nonce=visit.nonce,
        scale=visit.scale,
        mode=visit.mode,
        path=request.url.path,
        person=visit.actor,
        now=visit.now,
        **(context or {}),
    )
    request.scope[NONCE] = visit.nonce
    return HTMLResponse(html, status_code=status)


def _not_allowed(request: Request, visit: Visit, may: Permission) -> Response | None:
    if may == Permission.anyone:
        return None
    if visit.actor is None:
        here = request.url.path if request.method == "GET" else "/"
        return see_other(f"/login?next={quote(here)}")
    if not visit.actor.may(may):
        raise HTTPException(403)
    return None


async def _read_form(request: Request, visit: Visit) -> FormData:
    """The posted form, after the Origin and the CSRF token were checked. Raises 403, 413 or 415."""
    _refuse_foreign_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(415)
    if kind == "multipart/form-data":
        form = await request.form(max_files=12, max_fields=FORM_FIELDS, max_part_size=FORM_BYTES)
    else:
        form = await _read_words(request)
    token = form.get("csrf_token")
    if not isinstance(token, str) or not _same(token, visit.csrf_token):
        raise HTTPException(403, detail="csrf")
    return form


async def _read_words(request: Request) -> FormData:
    """A form without files, read at once: Starlette's parser for them takes ten times as long."""
    body = await request.body()
    if len(body) > FORM_BYTES:
        raise HTTPException(413)
    try:
        words = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError as many:
        raise HTTPException(400) from many
    return FormData([*words])


def _refuse_foreign_origin(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, detail="csrf")
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return
    public = services(request).settings.public_url
    if origin.lower() not in (
        public.lower(),
        *(f"{scheme}://{request.headers.get('host', '')}" for scheme in SCHEMES),
    ):
        raise HTTPException(403, detail="csrf")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _templates() -> Environment:
    environment = FoldingEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = gettext.translation(
        "storefront", Path(__file__).parent / "locales", languages=["ko"], fallback=True
    )
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = saying(catalogue.gettext)
    environment.filters |= FILTERS
    environment.globals |= {"asset": Assets(), "picture_url": picture_url, "srcset": srcset}
    return environment


TEMPLATES = _templates()


def compile_templates() -> None:
    """All that shoppers see, before anybody asks: processes that part afterwards have it once."""
    for name in TEMPLATES.list_templates(filter_func=lambda name: name.startswith(("pages/", "parts/"))):
        TEMPLATES.get_template(name)


STATUSES: dict[str, int] = {
    "not-found": 404, "bad-form": 422, "too-many": 429, "picture-refused": 422,
}  # fmt: skip
"""Refusals by their code; all others are a conflict (409)."""


def status_of(refusal: Refused) -> int:
    return STATUSES.get(refusal.code, 409)
