"""`jangnal reindex`: all search documents anew, with either server, and whatever kills it in the middle."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from market.finding.entries import SearchEntry
from market.finding.meili.sent import MeiliKeeper
from market.finding.meili.settings import SERVING
from storefront.db import open_database
from tests.builders import goods
from tests.meili_stand_in.server import KEY, Asked, StandIn, running_stand_in

COMMAND = [sys.executable, "-m", "storefront", "reindex"]


@pytest.fixture
async def place(new_database: Callable[[], str], tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of a shop with three goods on sale, none of them in search yet."""
    url = new_database()
    async with open_database(url):
        for number in range(3):
            await goods(f"꿀사과 {number + 1}kg")
        yield {"PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}


async def reindexing(place: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *COMMAND, env=place, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


async def test_without_meilisearch_every_document_is_made_anew_in_the_database(place: dict[str, str]):
    code, said = await ended(await reindexing(place))

    assert code == 0, said
    assert "검색 문서" in said
    assert await SearchEntry.filter(kind="goods").count() == 3


async def test_killed_in_the_middle_it_leaves_the_old_index_and_goes_on_when_it_is_called_again(
    place: dict[str, str],
):
    with running_stand_in() as stand_in:
        place |= {"MEILI_URL": stand_in.url, "MEILI_KEY": KEY}
        assert (await ended(await reindexing(place)))[0] == 0
        served = stand_in.documents(SERVING)
        sending, loop = asyncio.Event(), asyncio.get_running_loop()

        def tell(stand_in: StandIn, asked: Asked) -> None:
            if isinstance(asked.body, list) and len(asked.body) > 1:
                loop.call_soon_threadsafe(sending.set)

        stand_in.after, stand_in.engine.pace = tell, 0.3
        process = await reindexing(place)
        await asyncio.wait_for(sending.wait(), 60)
        process.kill()
        await process.wait()
        assert stand_in.documents(SERVING) == served

        # As if its lease had ended.
        await MeiliKeeper.all().update(held_until=None)
        stand_in.after, stand_in.engine.pace = None, 0.0
        begun = (await MeiliKeeper.get(id=1)).beside
        code, said = await ended(await reindexing(place))

        assert code == 0, said
        assert (await MeiliKeeper.get(id=1)).serving == begun
        keys = {entry.key for entry in await SearchEntry.all()}
        assert set(stand_in.documents(SERVING)) == keys | {"mark"}


async def test_a_key_that_is_refused_is_one_clear_line(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    with running_stand_in() as stand_in:
        code, said = await ended(
            await reindexing(place | {"MEILI_URL": stand_in.url, "MEILI_KEY": "another"})
        )

    assert code == 2
    assert "invalid_api_key" in said
    assert "Traceback" not in said
    assert "another" not in said
