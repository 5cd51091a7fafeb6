"""Where a page's CPU goes: `python -m tests.bench.profile /goods/goods-7 [/cart …] [--times 300]`, or W4, B4.

Runs the application in this process on a tenth of the bench's market, or with --whole on all of it; time in `poll` is
waiting for the database. With --data-dir the market is kept there for the next time.
"""

import asyncio
import cProfile
import itertools
import pstats
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from storefront.cluster import Cluster, remove_cluster, running_cluster
from storefront.db import WEB_SETTINGS, migrate, open_database
from tests.bench.catalogue import Catalogue, Size, load_catalogue, smaller
from tests.bench.scenarios import a_booking, an_order
from tests.bench.shopper import Shopper
from tests.bench.statements import Inside, app_of, heard
from tests.bench.wire import Answer


def main(
    what: Annotated[list[str], typer.Argument(help="addresses, or W4, B4")],
    times: Annotated[int, typer.Option(help="requests, or orders")] = 100,
    lines: Annotated[int, typer.Option(help="lines of each table")] = 25,
    data_dir: Annotated[Path | None, typer.Option(help="keep the market here")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="10,000 goods instead of 1,000")] = False,
) -> None:
    """Profile pages of a large market in this process."""
    size = Size() if whole else smaller(Size(), 10)
    folder = data_dir or Path(tempfile.mkdtemp(prefix="jangnal-profile-"))
    try:
        with running_cluster(folder) as cluster:
            asyncio.run(_profile_all(cluster, folder, what, times, lines, catalogue=_market(cluster, size)))
    finally:
        if data_dir is None:
            remove_cluster(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _market(cluster: Cluster, size: Size) -> Catalogue:
    asyncio.run(migrate(cluster.url()))
    if cluster.run_sql("SELECT count(*) FROM listings", cluster.user) != "0":
        return Catalogue(size)
    return asyncio.run(load_catalogue(cluster.url(), size, progress=lambda _: None))


@dataclass
class Watched:
    """A line into the application on which only the application's own time is seen, not the shopper's."""

    inside: Inside
    profiler: cProfile.Profile = field(default_factory=cProfile.Profile)
    asked: dict[str, list[float]] = field(default_factory=dict)
    """Request → CPU milliseconds of this process, profiler included."""

    async def ask(self, method: str, path: str, *, cookies: str = "", form: str | None = None) -> Answer:
        began = time.process_time()
        self.profiler.enable()
        try:
            return await self.inside.ask(method, path, cookies=cookies, form=form)
        finally:
            self.profiler.disable()
            kind = re.sub(r"\d{2,}(-\d+)?", "…", f"{method} {path}")
            self.asked.setdefault(kind, []).append((time.process_time() - began) * 1000)


async def _profile_all(
    cluster: Cluster, folder: Path, what: list[str], times: int, lines: int, *, catalogue: Catalogue
) -> None:
    inside = Inside(app_of(folder, cluster.url()))
    async with open_database(cluster.url(), timeouts=WEB_SETTINGS):
        for each in what:
            warming, numbers = Shopper(inside), itertools.count(1)
            for _ in range(3):
                await _act(each, warming, catalogue, next(numbers))
            with heard() as sent:
                await _act(each, warming, catalogue, next(numbers))
            watched = Watched(inside)
            for _ in range(times):
                await _act(each, Shopper(watched, dict(warming.cookies)), catalogue, next(numbers))
            print(f"\n== {each}: {len(sent)} statements")
            for query, _ in sent:
                print("   ", " ".join(query.split())[:150])
            _say(watched, lines)


async def _act(what: str, shopper: Shopper, catalogue: Catalogue, number: int) -> None:
    if what not in ("W4", "B4"):
        await shopper.go(what)
        return
    journey = (an_order if what == "W4" else a_booking)(catalogue, number)
    await journey.get_ready(shopper)
    await journey.to_the_last_page(shopper)
    await journey.see_the_order(shopper, await journey.place(shopper))


def _say(watched: Watched, lines: int) -> None:
    print("\nCPU ms of each request in this process, with the profiler on (it about doubles them)")
    for kind, each in watched.asked.items():
        print(f"    {sum(each) / len(each):7.2f}  {len(each):5} × {kind}")
    found = pstats.Stats(watched.profiler)
    found.sort_stats("tottime").print_stats(lines)
    found.sort_stats("cumulative").print_stats(
        r"storefront|market|villages|templates|jinja2|asyncpg|tortoise", lines
    )


if __name__ == "__main__":
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command()(main)
    command()
