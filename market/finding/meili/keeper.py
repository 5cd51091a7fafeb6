"""Who keeps Meilisearch in step: one at a time, by a lease that ends by itself; and what failed, with a next try."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.finding.meili.client import SearchDown
from market.tasks import open_task

log = logging.getLogger("jangnal.search")
LEASE = 20  # seconds without a word of the holder's; every wait of ours is shorter
LONGEST_PAUSE = 30  # seconds between tries while Meilisearch is away
TELL_AFTER = 6  # failures in a row; about a minute
SENTENCE = "검색 서버(Meilisearch)가 거듭 일을 받지 못해, 검색은 데이터베이스로 답하고 있습니다. 서버를 살펴 주세요. {trouble}"


@dataclass
class Held:
    """The keeper's row while we hold it. Others may wish for a build meanwhile, so `beside` is not ours to write."""

    holder: str
    serving: str
    beside: str
    sent_until: datetime | None
    compare_at: datetime | None

    async def go_on(self) -> None:
        """Hold the lease anew, and write how far we are. Raises `SearchDown` when another holds it by now."""
        await self._write(SAVE, [self.holder, self.sent_until, self.compare_at, LEASE])

    async def serve(self) -> str:
        """From now on the build beside is the one that serves. Returns the name of the one before."""
        await self._write(SERVE, [self.holder, self.beside])
        old, self.serving, self.beside = self.serving, self.beside, ""
        self.sent_until = self.compare_at = None
        return old

    async def _write(self, statement: str, values: list[Any]) -> None:
        if not await _rows(statement, values):
            raise SearchDown("another process keeps Meilisearch in step by now", retry=True)


@asynccontextmanager
async def held(*, at_once: bool = False) -> AsyncIterator[Held | None]:
    """The lease for as long as the block runs; None while another has it or the next try is not due.

    A `SearchDown` inside is noted and ends the block: the next try waits, longer each time, and after some the city
    is told. `at_once`: a person asked, so it neither waits for the next try nor ends quietly.
    """
    holder = secrets.token_hex(12)
    await _rows(BE_THERE, [])
    rows = await _rows(TAKE, [holder, LEASE, at_once])
    if not rows:
        yield None
        return
    try:
        yield Held(holder, **rows[0])
    except SearchDown as down:
        await _note_failure(holder, down)
        if at_once:
            raise
    except BaseException:
        await _rows(LET_GO, [holder])
        raise
    else:
        await _rows(WENT_WELL, [holder])


async def wish_for_a_build() -> str:
    """The name of the build that is made beside the one that serves: the one under way, or a new one."""
    await _rows(BE_THERE, [])
    return (await _rows(WISH, [secrets.token_hex(8)]))[0]["beside"]


async def serving_build() -> str:
    await _rows(BE_THERE, [])
    return (await _rows("SELECT serving FROM meili_keeper", []))[0]["serving"]


async def _note_failure(holder: str, down: SearchDown) -> None:
    trouble = str(down)
    async with in_transaction() as db:
        rows = await db.execute_query_dict(FAILED, [holder, trouble, LONGEST_PAUSE])
        failures = rows[0]["failures"] if rows else 0
        if failures == TELL_AFTER:
            await open_task(
                db, kind="search", subject="meilisearch", sentence=SENTENCE.format(trouble=trouble),
                is_open_again=True,
            )  # fmt: skip
    log.warning("meilisearch failed", extra={"facts": {"trouble": trouble, "failures": failures}})


async def _rows(statement: str, values: list[Any]) -> list[dict[str, Any]]:
    return await connections.get("default").execute_query_dict(statement, values)


BE_THERE = """
INSERT INTO meili_keeper (id, held_by, serving, beside, failures, trouble) VALUES (1, '', '', '', 0, '')
ON CONFLICT DO NOTHING
"""
TAKE = """
UPDATE meili_keeper SET held_by = $1, held_until = clock_timestamp() + make_interval(secs => $2::int)
WHERE (held_until IS NULL OR held_until < clock_timestamp())
    AND ($3::boolean OR retry_at IS NULL OR retry_at <= clock_timestamp())
RETURNING serving, beside, sent_until, compare_at
"""
SAVE = """
UPDATE meili_keeper
SET sent_until = $2, compare_at = $3, held_until = clock_timestamp() + make_interval(secs => $4::int)
WHERE held_by = $1 RETURNING id
"""
SERVE = """
UPDATE meili_keeper SET serving = beside, beside = '', sent_until = NULL, compare_at = NULL
WHERE held_by = $1 AND beside = $2 RETURNING id
"""
LET_GO = "UPDATE meili_keeper SET held_by = '', held_until = NULL WHERE held_by = $1"
WENT_WELL = """
UPDATE meili_keeper SET held_by = '', held_until = NULL, failures = 0, retry_at = NULL, trouble = '' WHERE held_by = $1
"""
FAILED = """
UPDATE meili_keeper SET held_by = '', held_until = NULL, failures = failures + 1, trouble = $2,
    retry_at = clock_timestamp() + make_interval(secs => least($3::int, (2 ^ least(failures, 10))::int))
WHERE held_by = $1 RETURNING failures
"""
WISH = """
UPDATE meili_keeper SET beside = CASE beside WHEN '' THEN $1 ELSE beside END RETURNING beside
"""
