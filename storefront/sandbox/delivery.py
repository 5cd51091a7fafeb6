"""Carries events to the shop's webhook, signed, again and again with growing pauses until it says 2xx."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from typing import Any

import asyncpg
import httpx

from storefront.sandbox import shapes
from storefront.sandbox.sessions import expire_due_sessions

PAUSES = (1, 5, 30, 120, 600)  # seconds after each failed try; the last one repeats
LEASE = 30  # seconds after which a claim that nobody finished is tried by another
AT_ONCE = 8
log = logging.getLogger("sandbox")


class Postman:
    """Runs until cancelled. `nudge()` says that something was written."""

    def __init__(self, pool: asyncpg.Pool, *, url: str, secret: str) -> None:
        self._pool, self._url, self._secret = pool, url, secret
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        self._nudged.set()

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while True:
                try:
                    busy = await self._round(client)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as trouble:
                    log.warning("the sandbox's database is away: %s", type(trouble).__name__)
                    busy = False
                if not busy:
                    await self._rest()

    async def _round(self, client: httpx.AsyncClient) -> bool:
        self._nudged.clear()
        async with self._pool.acquire() as connection:
            await expire_due_sessions(connection)
            rows = await connection.fetch(
                """update events set attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
                    where number in (select number from events where delivered_at is null and due_at <= now()
                                      order by number limit $2 for update skip locked)
                    returning *""",
                LEASE,
                AT_ONCE,
            )
        await asyncio.gather(*(self._carry(client, row) for row in rows))
        return len(rows) == AT_ONCE

    async def _carry(self, client: httpx.AsyncClient, row: Any) -> None:
        body = json.dumps(shapes.event(row), ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": sign(body, self._secret),
        }
        try:
            taken = (await client.post(self._url, content=body, headers=headers)).is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            taken = False
        if taken:
            await self._pool.execute(
                "update events set delivered_at = now() where number = $1", row["number"]
            )
        else:
            pause = PAUSES[min(row["attempts"], len(PAUSES)) - 1]
            await self._pool.execute(
                "update events set due_at = now() + make_interval(secs => $2) where number = $1",
                row["number"],
                pause,
            )

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), timeout=1)
        except TimeoutError:
            return


def sign(body: bytes, secret: str, *, at: int | None = None) -> str:
    """The `Stripe-Signature` header for a body sent now, or `at` some second."""
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"
