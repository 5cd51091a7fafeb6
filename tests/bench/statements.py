"""The statements a page sends to the database: counted, and kept for the reference page to send the same ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote

import asyncpg
from starlette.types import ASGIApp, Message

from storefront.app import build_app
from storefront.services import SandboxAt, build_services
from storefront.settings import read_settings
from tests.bench.wire import HOST, Answer

Statement = tuple[str, tuple[Any, ...]]
NOWHERE = SandboxAt("http://127.0.0.1:9", "sk_test_sandbox_nobody", "whsec_nobody")


@contextmanager
def heard() -> Iterator[list[Statement]]:
    """Every statement of this process from now on, BEGIN and COMMIT too."""
    sent: list[Statement] = []
    kept = {
        name: getattr(asyncpg.Connection, name) for name in ("fetch", "fetchrow", "execute", "executemany")
    }

    def noting(original: Any) -> Any:
        async def noted(self: asyncpg.Connection, query: str, *values: Any, **more: Any) -> Any:
            sent.append((query, values))
            return await original(self, query, *values, **more)

        return noted

    for name, original in kept.items():
        setattr(asyncpg.Connection, name, noting(original))
    try:
        yield sent
    finally:
        for name, original in kept.items():
            setattr(asyncpg.Connection, name, original)


def app_of(data_dir: Path, database_url: str) -> ASGIApp:
    """The whole site for this process; whoever uses it opens the database."""
    settings = read_settings({"DATA_DIR": str(data_dir), "RATE_LIMITS": "off"}, env_file=None)
    return build_app(build_services(settings, sandbox=NOWHERE), database_url=database_url)


@dataclass
class Inside:
    """A shopper's line straight into the application, with nothing between that costs."""

    app: ASGIApp

    async def ask(self, method: str, path: str, *, cookies: str = "", form: str | None = None) -> Answer:
        route, _, query = path.partition("?")
        headers = [(b"host", HOST.encode()), (b"accept", b"text/html"), (b"cookie", cookies.encode())]
        if form is not None:
            headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(route), "raw_path": route.encode(), "query_string": query.encode(), "root_path": "",
            "headers": headers, "client": (HOST, 1), "server": (HOST, 80),
        }  # fmt: skip
        body = iter([{"type": "http.request", "body": (form or "").encode(), "more_body": False}])
        heard: list[Message] = []

        async def receive() -> Message:
            return next(body, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            heard.append(message)

        began = perf_counter()
        try:
            await self.app(scope, receive, send)
        except Exception as trouble:
            # A server would answer 500; which page it was is said by whoever asked.
            return Answer(500, (), repr(trouble).encode(), perf_counter() - began)
        start, *rest = heard
        pairs = tuple((name.decode().lower(), value.decode()) for name, value in start["headers"])
        return Answer(start["status"], pairs, b"".join(one["body"] for one in rest), perf_counter() - began)
