"""Keeps Meilisearch in step with the documents in the database, and builds its index anew beside the serving one."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from market.finding.meili.client import MeiliClient, SearchDown
from market.finding.meili.documents import MARK, mark, meili_document
from market.finding.meili.keeper import Held, held, serving_build, wish_for_a_build
from market.finding.meili.sent import OVERLAP, changed, forget_build, gone, note_gone, note_sent, progress_of
from market.finding.meili.settings import BESIDE, SERVING, SETTINGS, differing

log = logging.getLogger("jangnal.search")
AT_ONCE = 1000  # documents of one request; about 5 MB
BATCHES = 20  # of one call at most
COMPARE_EVERY = timedelta(seconds=30)
TASK_TIME = 300.0  # seconds for Meilisearch to do one task
LOOK_UP = 5.0  # seconds of waiting between words that we still hold the lease
GIVE_UP_AFTER = 120.0  # seconds that a person who rebuilds waits for a server that is away
LOOK_AGAIN, AFTER_FAILURE = 0.2, 2.0


async def keep_meili_in_step(now: datetime, client: MeiliClient | None) -> int:
    """Send what changed; every 30 s compare everything. Returns how many documents went; without a client none.

    An index that is missing, of an older shape, not whole or not ours is built beside and swapped in. Nothing here
    stands in a transaction; a document sent twice is the same document.
    """
    if client is None:
        return 0
    async with held() as keeper:
        return await _step(keeper, client, now) if keeper else 0
    return 0  # it failed, and that was noted


async def rebuild_meili(
    progress: Callable[[int, int], None], client: MeiliClient, *, patience: float = GIVE_UP_AFTER
) -> int:
    """Build the whole index anew and swap it in; `progress(done, all)`. Goes on with a build that was broken off.

    A server that goes away meanwhile is waited for. Raises `SearchDown` when it refuses, or stays away for `patience`
    seconds.
    """
    build = await wish_for_a_build()
    give_up_at = time.monotonic() + patience
    while await serving_build() != build:
        try:
            async with held(at_once=True) as keeper:
                done = await _step(keeper, client, datetime.now(UTC)) if keeper else 0
            give_up_at = time.monotonic() + patience
            await asyncio.sleep(0 if done else LOOK_AGAIN)
        except SearchDown as down:
            if not down.retry or time.monotonic() > give_up_at:
                raise
            await asyncio.sleep(AFTER_FAILURE)
        progress(*await progress_of(build))
    sent, total = await progress_of(build)
    progress(sent, total)
    return sent


async def _step(keeper: Held, client: MeiliClient, now: datetime) -> int:
    there = await client.document(SERVING, MARK) or {}
    build = there.get("build") if there == mark(str(there.get("build")), whole=True) else ""
    if build and build == keeper.beside:
        await _serve(keeper, client)
    if not build or build != keeper.serving:
        keeper.beside = keeper.beside or await wish_for_a_build()
    # Also while a build is made beside: what is new must be found within seconds.
    sent = await _follow(keeper, client, now) if build and build == keeper.serving else 0
    return sent + (await _build(keeper, client) if keeper.beside else 0)


async def _follow(keeper: Held, client: MeiliClient, now: datetime) -> int:
    """The quick look at what is new, and now and then at everything: settings, all documents, what is gone."""
    if keeper.sent_until and keeper.compare_at and now < keeper.compare_at:
        since = keeper.sent_until - OVERLAP
        return await _send(keeper, client, SERVING, keeper.serving, since, batches=BATCHES)
    await _bring_settings(keeper, client, SERVING)
    sent = await _send(keeper, client, SERVING, keeper.serving, None, batches=BATCHES)
    removed = await _remove(keeper, client, SERVING, keeper.serving)
    if not (sent or removed or await _is_whole(client, SERVING, keeper.serving)):
        log.warning("meilisearch has other documents than it was sent: it is built anew")
        await wish_for_a_build()
    # In a busy city every comparison sends something: what counts is that it saw everything.
    if max(sent, removed) < BATCHES * AT_ONCE:
        keeper.sent_until, keeper.compare_at = now, now + COMPARE_EVERY
        await keeper.go_on()
    return sent + removed


async def _build(keeper: Held, client: MeiliClient) -> int:
    """A batch of the build beside; when nothing is missing there, it is marked whole and swapped in."""
    there = await client.document(BESIDE, MARK)
    if there is None or there.get("build") != keeper.beside:
        await _begin(keeper, client)
    sent = await _send(keeper, client, BESIDE, keeper.beside, None, batches=1)
    sent += await _remove(keeper, client, BESIDE, keeper.beside)
    if sent:
        return sent  # meanwhile more may have changed
    if not await _is_whole(client, BESIDE, keeper.beside):
        await _begin(keeper, client)
        raise SearchDown("the build has other documents than it was sent: it begins anew", retry=True)
    await _done(keeper, client, await client.put_documents(BESIDE, [mark(keeper.beside, whole=True)]))
    # The two need not both be there, but to be swapped they must. An empty one answers nothing: it has no mark.
    await _done(keeper, client, await client.begin_index(SERVING), unless="index_already_exists")
    # Whether it serves now is seen by its mark, at the next step: another swap may have stood in the queue still.
    await _done(keeper, client, await client.swap(SERVING, BESIDE))
    return 0


async def _begin(keeper: Held, client: MeiliClient) -> None:
    """An empty index beside; what was known of one by this name is forgotten."""
    await forget_build(keeper.beside)
    await _done(keeper, client, await client.drop_index(BESIDE), unless="index_not_found")
    await _done(keeper, client, await client.begin_index(BESIDE))
    await _bring_settings(keeper, client, BESIDE)
    await _done(keeper, client, await client.put_documents(BESIDE, [mark(keeper.beside, whole=False)]))


async def _serve(keeper: Held, client: MeiliClient) -> None:
    """The build beside serves now; the old one is dropped, and so is what was known of it."""
    await _done(keeper, client, await client.drop_index(BESIDE), unless="index_not_found")
    await forget_build(await keeper.serve())


async def _bring_settings(keeper: Held, client: MeiliClient, index: str) -> None:
    if wanted := differing(await client.settings(index), SETTINGS):
        await _done(keeper, client, await client.change_settings(index, wanted))


async def _is_whole(client: MeiliClient, index: str, build: str) -> bool:
    sent, _ = await progress_of(build)
    return await client.count(index) == sent + 1  # and the mark


async def _send(
    keeper: Held,
    client: MeiliClient,
    index: str,
    build: str,
    since: datetime | None,
    *,
    batches: int,
) -> int:
    sent = 0
    for _ in range(batches):
        rows = await changed(build, since=since, most=AT_ONCE)
        if not rows:
            break
        await _done(keeper, client, await client.put_documents(index, [meili_document(row) for row in rows]))
        await note_sent(build, rows)
        since = rows[-1]["updated_at"]
        sent += len(rows)
    return sent


async def _remove(keeper: Held, client: MeiliClient, index: str, build: str) -> int:
    removed = 0
    for _ in range(BATCHES):
        keys = await gone(build, most=AT_ONCE)
        if not keys:
            break
        await _done(keeper, client, await client.remove_documents(index, keys))
        await note_gone(build, keys)
        removed += len(keys)
    return removed


async def _done(keeper: Held, client: MeiliClient, task: int, *, unless: str = "") -> None:
    """Wait for it, holding on to the lease. `unless`: the one way to fail that is as good as done."""
    until = time.monotonic() + TASK_TIME
    try:
        while not await client.finished(task, within=LOOK_UP):
            if time.monotonic() > until:
                raise SearchDown(f"task {task} is not done within {TASK_TIME:.0f} s", retry=True)
            await keeper.go_on()
    except SearchDown as down:
        if not unless or down.code != unless:
            raise
    await keeper.go_on()
