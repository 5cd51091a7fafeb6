"""For machines that watch over us: health, readiness, metrics, robots, and the API's own description."""

import asyncio
import hmac
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from tortoise import connections

from storefront.db import waiting_migrations
from storefront.web import services

OPENAPI = Path(__file__).parent / "openapi.json"
PATIENCE = 2.0  # seconds; who asks whether we are ready wants to know now


async def health(request: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """The database answers and is up to date; otherwise 503."""
    try:
        async with asyncio.timeout(PATIENCE):
            waiting = await waiting_migrations()
            await connections.get("default").execute_query("SELECT 1")
    except Exception as trouble:
        # Whatever keeps us from the database, the answer to "are you ready" is no.
        return JSONResponse({"ready": False, "why": type(trouble).__name__}, 503)
    return JSONResponse({"ready": not waiting, "waiting": waiting}, 503 if waiting else 200)


async def metrics(request: Request) -> Response:
    """Counts of this process in Prometheus' text form, for who has the token."""
    token = services(request).settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(404)
    tally = request.app.state.tally
    lines = ["# TYPE jangnal_answers_total counter"]
    lines += [
        f'jangnal_answers_total{{route="{route}",status="{status}"}} {n}'
        for (route, status), n in sorted(tally.answers.items())
    ]
    lines += ["# TYPE jangnal_seconds_total counter"]
    lines += [
        f'jangnal_seconds_total{{route="{route}"}} {seconds:.3f}'
        for route, seconds in sorted(tally.seconds.items())
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


async def openapi(request: Request) -> Response:
    return Response(OPENAPI.read_bytes(), media_type="application/json")


async def robots(request: Request) -> Response:
    """Private pages are nobody's search result."""
    closed = ("/orders", "/cart", "/checkout", "/desk", "/city", "/login", "/api")
    return PlainTextResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))
