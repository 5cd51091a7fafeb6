"""The sandbox as one application: the API under /v1, the card page under /pay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.sandbox import api, pages
from storefront.sandbox.database import open_pool
from storefront.sandbox.delivery import Postman
from storefront.sandbox.refusals import Refusal

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": pages.policy(),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def build_app(*, origin: str, database_url: str, webhook_url: str, webhook_secret: str) -> Starlette:
    """`origin` is where this app is reached, as `http://127.0.0.1:4242`."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pool = await open_pool(database_url)
        app.state.pool, app.state.origin = pool, origin
        app.state.postman = Postman(pool, url=webhook_url, secret=webhook_secret)
        rounds = asyncio.create_task(app.state.postman.run())
        try:
            yield
        finally:
            rounds.cancel()
            with suppress(asyncio.CancelledError):
                await rounds
            await pool.close()

    return Starlette(
        routes=[
            Mount("/v1", routes=api.ROUTES),
            *pages.ROUTES,
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(Around),
        ],
        exception_handlers={Refusal: pages.not_found, 404: pages.not_found, Exception: broken},
        lifespan=lifespan,
    )


async def broken(_: Request, __: Exception) -> Response:
    return JSONResponse(
        {"error": {"type": "api_error", "message": "The sandbox itself failed."}}, status_code=500
    )


class Around:
    """Headers on every answer, and a nudge to the postman after every call that may have written."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
        if scope["method"] == "POST":
            scope["app"].state.postman.nudge()
