"""`make bench`: what pages and orders cost, and what happens when everybody wants the last ones.

Loads a large market into a database of its own, starts `jangnal serve` on it, measures from outside, and says what it
found beside what was promised. Ends with 1 when a promise is missed or anything was oversold. Needs Linux' /proc.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from storefront.cluster import Cluster, ClusterTrouble, remove_cluster, running_cluster
from storefront.db import migrate
from tests.bench import api_orders, scenarios
from tests.bench.catalogue import Catalogue, Size, load_catalogue, smaller
from tests.bench.flushing import flushes_a_second
from tests.bench.large import check_large, load_past
from tests.bench.processes import PROC, Household, OtherPeople, processor, pss_mb, yardstick_ms
from tests.bench.recording import Listener, listen
from tests.bench.reference import TABLES, running_reference
from tests.bench.results import Bar, PageResult, Report
from tests.bench.scenarios import Bench, Rounds
from tests.bench.search import measure_search
from tests.bench.shop import CHECK, NoShop, Shop, at_home, checked, postmaster_of, running_shop
from tests.bench.shopper import Lost
from villages.days import seoul_day

LARGE = 1_000_000  # order lines
MOST_MEMORY = 250  # MB: two web processes and the worker

console = Console(stderr=True, highlight=False, log_path=False, width=None if sys.stderr.isatty() else 160)


def main(
    only: Annotated[str, typer.Option(help="letters the scenarios' codes begin with: A, or W4")] = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="fewer rounds: to try it, not to publish it")
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="a tenth of the market: to try the bench itself")
    ] = False,
    large: Annotated[
        bool, typer.Option("--large", help="a past of a million order lines, and what a check of it costs")
    ] = False,
    search: Annotated[
        bool,
        typer.Option("--search", help="search alone: 100,000 listings, queries, typos, a whole new index"),
    ] = False,
    markdown: Annotated[Path | None, typer.Option(help="write the Markdown here too")] = None,
) -> None:
    """Measure Jangnal on this machine."""
    if not (PROC / "self" / "smaps_rollup").exists():
        console.print("make bench reads CPU and memory from /proc: it needs Linux.")
        raise typer.Exit(2)
    # Told to stop: leave through the `finally`s, so that nothing stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    data_dir = Path(tempfile.mkdtemp(prefix="jangnal-bench-"))
    try:
        size = smaller(Size(), 10) if small else Size()
        rounds = Rounds(rounds=5, pages=80, orders=12, burst=200) if quick else Rounds()
        past = (LARGE // 10 if small else LARGE) if large else 0
        report = (
            _run_search(data_dir, small) if search else _run(data_dir, size, replace(rounds, only=only), past)
        )
    except (ClusterTrouble, NoShop) as trouble:
        console.print(str(trouble), markup=False)
        raise typer.Exit(2) from None
    finally:
        remove_cluster(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)
    _say(report, markdown)
    raise typer.Exit(1 if report.all_misses() else 0)


def _run_search(data_dir: Path, small: bool) -> Report:
    with running_cluster(data_dir) as cluster, console.status("loading") as status:
        url = cluster.url()
        asyncio.run(migrate(url))
        yardstick = yardstick_ms()
        told = measure_search(url, small=small, progress=lambda what: status.update(what))
        speed = f"a fixed loop of this Python took {yardstick:.0f} ms of CPU before and {yardstick_ms():.0f} ms after"
        facts = [f"{seoul_day(datetime.now(UTC))}, {processor()}, {os.cpu_count()} cores", _flushing(cluster)]
    return Report(facts=facts, notes=[*told.notes, speed], misses=told.misses)


def _run(data_dir: Path, size: Size, rounds: Rounds, past: int) -> Report:
    with running_cluster(data_dir) as cluster:
        url = cluster.url()
        asyncio.run(migrate(url))
        with console.status("loading") as status:
            catalogue = asyncio.run(
                load_catalogue(url, size, progress=lambda what: status.update(f"loading {what}"))
            )
            if past:
                past = asyncio.run(
                    load_past(url, catalogue, past, progress=lambda what: status.update(f"loading {what}"))
                )
        report = Report(facts=[*asyncio.run(_facts(url, size)), _flushing(cluster)])
        with running_shop(data_dir, cluster) as shop:
            console.log("the worker indexes the market …")
            if not shop.household.wait_until_quiet():
                report.notes.append("the worker was still busy when the measurement began")
            fresh = shop.household.memory_mb()
            if past:
                console.log(f"a check of {past:,} order lines …")
                result = check_large(past, CHECK, shop.household, **at_home(data_dir))
                report.notes.append(result.note)
                report.misses += result.misses()
            console.log("statements are counted …")
            others, yardstick = OtherPeople(shop.household), yardstick_ms()
            listener = asyncio.run(listen(data_dir, url, catalogue))
            _measure(report, shop, cluster, listener, catalogue, rounds, data_dir)
            report.notes.append(
                f"other programs on this machine took {others.share():.0%} of its CPU time meanwhile; a fixed loop of this "
                f"Python took {yardstick:.0f} ms of CPU before and {yardstick_ms():.0f} ms after: where it is slower, so is all above"
            )
            shop.household.wait_until_quiet(seconds=20)
            _weigh(report, shop.household, fresh)
            holds, said = checked(data_dir)
            report.notes.append(f"`jangnal check` afterwards: {said.splitlines()[-1] if holds else 'FAILED'}")
            if not holds:
                report.misses.append(f"jangnal check: {said}")
    return report


def _measure(
    report: Report,
    shop: Shop,
    cluster: Cluster,
    listener: Listener,
    catalogue: Catalogue,
    rounds: Rounds,
    data_dir: Path,
) -> None:
    cluster.run_sql(TABLES, cluster.user)
    with running_reference(listener.recorded, cluster.url(), data_dir, postmaster_of(cluster)) as (
        port,
        household,
    ):
        bench = Bench(shop, catalogue, rounds, listener.queries, port, household, cluster.url())
        asyncio.run(_all(report, bench, listener))


async def _all(report: Report, bench: Bench, listener: Listener) -> None:
    market, rush = bench.catalogue, bench.catalogue.rush

    async def attempt(code: str, act: Callable[[], Awaitable[list[PageResult]]]) -> None:
        """One scenario that cannot be walked through leaves the others standing."""
        console.log(f"{code} …")
        try:
            if code in listener.trouble:
                raise Lost(listener.trouble[code])
            report.pages += await act()
        except Lost as lost:
            report.misses.append(f"{code}: not measured, {lost}")

    async def goods() -> list[PageResult]:
        return [
            await bench.page("W1", "goods page", scenarios.seen_goods(market), Bar(1.5, 6)),
            await bench.page("W1 first", "goods page nobody saw yet", scenarios.every_goods(market), Bar(), queries="W1 first", warm=False),
        ]  # fmt: skip

    async def lists() -> list[PageResult]:
        return [
            await bench.page("W2", "list of 24 with counts", scenarios.seen_lists(), Bar(4, 8)),
            await bench.page("W2 cold", "its counts asked anew", scenarios.new_lists(), Bar(None, 8), queries="W2 cold first", warm=False),
        ]  # fmt: skip

    async def search() -> list[PageResult]:
        return [await bench.page("W3", "search page", scenarios.searches(), Bar(5, 8))]

    async def order() -> list[PageResult]:
        return await bench.journey(
            "W4",
            "order of 3 goods of 3 villages",
            lambda number: scenarios.an_order(market, number),
            Bar(25),
            Bar(8),
        )

    async def program() -> list[PageResult]:
        return [await bench.page("B1", "program page, dates, live seats", scenarios.programs(market), Bar(2))]

    async def booking() -> list[PageResult]:
        return await bench.journey(
            "B4",
            "booking of 2 adults, 1 child",
            lambda number: scenarios.a_booking(market, number),
            Bar(25),
            Bar(),
        )

    async def last_units() -> list[PageResult]:
        report.rushes.append(await bench.rush(
            "W5", f"{rush.units} units, 200 buyers", lambda: scenarios.for_the_last_units(market), buyers=200, there=rush.units,
            promised=f"SELECT reserved FROM shelves WHERE variant_id = {rush.variant_id}", bar=Bar(seconds=5),
        ))  # fmt: skip
        return []

    async def last_seats() -> list[PageResult]:
        report.rushes.append(await bench.rush(
            "B5", f"{rush.seats} seats, 100 buyers", lambda: scenarios.for_the_last_seats(market), buyers=100, there=rush.seats,
            promised=f"SELECT held FROM sessions WHERE id = {rush.session_id}", bar=Bar(seconds=3),
        ))  # fmt: skip
        return []

    async def api() -> list[PageResult]:
        return await api_orders.one_order(bench)

    async def api_rates() -> list[PageResult]:
        report.rates += [
            await api_orders.rate(bench, "A2", "orders of 3 lines, distinct goods", api_orders.three_lines, Bar(a_second=200)),
            await api_orders.rate(bench, "A3", "orders of 3 lines, one of them what everybody wants", api_orders.one_hot_line, Bar(a_second=100)),
        ]  # fmt: skip
        return []

    for code, act in (
        ("W1", goods), ("W2", lists), ("W3", search), ("W4", order), ("W5", last_units), ("B1", program), ("B4", booking), ("B5", last_seats),
        ("A1", api), ("A2", api_rates),
    ):  # fmt: skip
        if code.startswith(bench.rounds.only):
            await attempt(code, act)


def _weigh(report: Report, household: Household, fresh: float) -> None:
    now = household.memory_mb()
    each = " + ".join(f"{pss_mb(pid):.0f}" for pid in household.everybody())
    report.notes.append(
        f"idle memory (PSS) of two web processes and the worker: {fresh:.0f} MB after the start, {now:.0f} MB after "
        f"everything above ({each}); promised ≤ {MOST_MEMORY} MB"
    )
    if max(fresh, now) > MOST_MEMORY:
        report.misses.append(f"memory: {max(fresh, now):.0f} MB, promised {MOST_MEMORY}")


async def _facts(url: str, size: Size) -> list[str]:
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    try:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        version, fsync, commit, buffers = [await connection.fetchval(f"SHOW {name}") for name in names]
    finally:
        await connection.close()
    return [
        f"{seoul_day(datetime.now(UTC))}, {processor()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, Linux {os.uname().release}",
        f"PostgreSQL {version} on the same machine, fsync {fsync}, synchronous_commit {commit}, shared_buffers {buffers}",
        f"{size.goods:,} goods of {size.villages} villages, {size.programs} programs of {size.dates} dates; two web processes",
        "CPU is user and system time of the web processes and of the whole database server, per request (per order for W4 and B4): the middle of several rounds, which the bars are held against, and beside it the lower quarter as quiet; W1, W2 and B1 ask for pages of a set that fits the web's memory; bare is Starlette with the same statements and no template in the same run, for orders one request that takes three goods",
    ]


def _flushing(cluster: Cluster) -> str:
    who, times = flushes_a_second(cluster.data.parent, cluster.binaries)
    return f"the disk below PostgreSQL: {times:,.0f} times a second written and flushed by fdatasync ({who}); every commit waits for one"


def _say(report: Report, markdown: Path | None) -> None:
    for table in report.tables():
        console.print(table)
    print(report.markdown())
    if markdown:
        markdown.write_text(report.markdown(), encoding="utf-8")
    for miss in report.all_misses():
        console.print(f"missed: {miss}", style="bold red", markup=False)


if __name__ == "__main__":
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command()(main)
    command()
