"""The same key again gives the same answer, for a day; the same key for something else is refused."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from storefront.sandbox.database import Connection
from storefront.sandbox.refusals import Refusal

Act = Callable[[Connection], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    is_replay: bool = False


async def answer_once(pool: asyncpg.Pool, key: str | None, request: str, act: Act) -> Answer:
    """Do it and keep the answer in one transaction: a second request under the key waits for the first."""
    async with pool.acquire() as connection, connection.transaction():
        kept = await _claim(connection, key, request) if key else None
        if kept is not None:
            return kept
        answer = await _answer(connection, act)
        if key:
            await connection.execute(
                "update answers set status = $2, body = $3 where key = $1", key, answer.status, answer.body
            )
        return answer


async def _claim(connection: Connection, key: str, request: str) -> Answer | None:
    if len(key) > 255:
        raise Refusal("Idempotency keys may have at most 255 characters.", kind="idempotency_error")
    await connection.execute("delete from answers where created_at < now() - interval '24 hours'")
    mine = await connection.fetchval(
        "insert into answers (key, request) values ($1, $2) on conflict do nothing returning key",
        key,
        request,
    )
    if mine is not None:
        return None
    row = await connection.fetchrow("select request, status, body from answers where key = $1", key)
    if row is None or row["request"] != request:
        raise Refusal(
            "Keys for idempotent requests can only be used with the parameters they were first used with.",
            kind="idempotency_error",
        )
    return Answer(row["status"], row["body"], is_replay=True)


async def _answer(connection: Connection, act: Act) -> Answer:
    try:
        async with connection.transaction():  # a refusal takes back what was begun, not the claim
            return Answer(200, json.dumps(await act(connection), ensure_ascii=False))
    except Refusal as refusal:
        return Answer(refusal.status, json.dumps(refusal.body(), ensure_ascii=False))
