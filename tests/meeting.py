"""Races without luck: whoever comes to a certain statement waits there for the others."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest
from tortoise import connections

PATIENCE = 120  # seconds; nothing but a broken test, or a machine that others keep busy, comes near them


async def all_at_once(acts: Iterable[Awaitable[object]]) -> Counter[str]:
    """Start them together; count how each ended: see `name_of`."""
    return Counter(map(name_of, await asyncio.gather(*acts, return_exceptions=True)))


async def meet(
    url: str, acts: Iterable[Awaitable[object]], *, before: str = "", after: str = ""
) -> Counter[str]:
    """Let them meet at one statement on this database, then go on together; count how each ended.

    `before` or `after` are words of that statement, where everyone stops. They set out in the order given, each
    as soon as those before it stand there, wait for a lock in the database, or have ended; when that is true of
    all, the place opens. So the worst moment comes every time, on any machine and in the same order; where the
    guard is in its place, the others wait for it at that moment.
    """
    place = Place(before or after, is_after=not before)
    racers: list[asyncio.Future[object]] = []
    try:
        async with asyncio.timeout(PATIENCE), watching(url) as watcher:
            with stopping(place):
                for act in acts:
                    racers.append(asyncio.ensure_future(act))
                    while not await all_settled(place, racers, watcher):  # noqa: ASYNC110  no bell rings
                        await asyncio.sleep(0.002)
                place.opened.set()
                ends = await asyncio.gather(*racers, return_exceptions=True)
    finally:
        for racer in racers:
            racer.cancel()
    assert place.here, f"nobody came to this statement: {place.words}"
    return Counter(map(name_of, ends))


def name_of(end: object) -> str:
    """A word, a number or a yes as it is; of anything else, returned or raised, the name of its type."""
    return str(end) if isinstance(end, str | int) else type(end).__name__


async def strip(*tables: str) -> None:
    """Take away these tables' unique constraints and checks, which would still save us; in `unguarded` only."""
    db = connections.get("default")
    for row in await db.execute_query_dict(CONSTRAINTS, [list(tables)]):
        await db.execute_script(f'ALTER TABLE {row["table"]} DROP CONSTRAINT "{row["name"]}"')


@dataclass
class Place:
    """The statement at which they meet, and how many are waiting there."""

    words: str
    is_after: bool
    here: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def stop(self) -> None:
        if not self.opened.is_set():
            self.here += 1
            await self.opened.wait()


async def all_settled(
    place: Place, racers: list[asyncio.Future[object]], watcher: asyncpg.Connection
) -> bool:
    settled = place.here + sum(racer.done() for racer in racers)
    waiting = int(await watcher.fetchval(WAITING) or 0)
    # Whoever came while we asked may have been counted twice: then we ask again.
    unchanged = settled == place.here + sum(racer.done() for racer in racers)
    return unchanged and settled + waiting >= len(racers)


async def somebody_waits(watcher: asyncpg.Connection) -> None:
    """Until one of this database waits for a lock."""
    async with asyncio.timeout(PATIENCE):
        while not await watcher.fetchval(WAITING):  # noqa: ASYNC110  no bell rings
            await asyncio.sleep(0.002)


@contextmanager
def stopping(place: Place) -> Iterator[None]:
    """Every statement sent meanwhile passes by the place."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
            original = getattr(asyncpg.Connection, name)

            async def sent(self, query, *args, _original=original, **kwargs):
                if place.words in query and not place.is_after:
                    await place.stop()
                answer = await _original(self, query, *args, **kwargs)
                if place.words in query and place.is_after:
                    await place.stop()
                return answer

            patch.setattr(asyncpg.Connection, name, sent)
        yield


@asynccontextmanager
async def watching(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    try:
        yield connection
    finally:
        await connection.close()


# `granted` becomes true when the other one lets go, not when the waiting one wakes up.
WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks
WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
WHERE conrelid = ANY ($1::text[]::regclass[]) AND contype IN ('u', 'c')
"""
