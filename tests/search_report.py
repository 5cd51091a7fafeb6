"""`make search-report`: how much of what people type is found, by category and engine, and every query that fails.

The demo catalogue is put on sale in a database of its own. Ends with 1 where a category stays below its bar; synonyms
have none.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from market.finding.index import SearchIndex, Wanted
from market.finding.meili.client import MeiliClient
from market.finding.meili.index import MeiliIndex
from market.finding.postgres_index import shared_index
from market.finding.upkeep import index_changed_listings
from storefront.cluster import ClusterTrouble, remove_cluster, running_cluster
from storefront.db import migrate, open_database
from tests.market.finding.catalogue import the_catalogue_on_sale
from tests.market.finding.meili.steps import in_step
from tests.market.finding.scoring import CASES, Outcome, cases_of, outcomes_of, rates_of, rows_of
from tests.meili_stand_in.server import KEY, running_stand_in

Engine = Callable[[], AbstractAsyncContextManager[SearchIndex]]
Report = dict[tuple[str, str], list[Outcome]]
"""By engine and set of cases."""

MOST_SHOWN = 5
NAMES = {row["id"]: row["name"] for row in rows_of("demo_catalogue.csv")}


@asynccontextmanager
async def in_postgres() -> AsyncIterator[SearchIndex]:
    yield shared_index()


@asynccontextmanager
async def in_meilisearch() -> AsyncIterator[SearchIndex]:
    """Its stand-in, which stores and filters as Meilisearch does."""
    with running_stand_in() as stand_in:
        client = MeiliClient(stand_in.url, KEY)
        try:
            await in_step(client)
            yield MeiliIndex(client, patience=30.0)
        finally:
            await client.close()


def engines() -> dict[str, Engine]:
    """Each is opened on a database whose catalogue is on sale and indexed."""
    return {"PostgreSQL": in_postgres, "Meilisearch": in_meilisearch}


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="jangnal-search-"))
    try:
        with running_cluster(folder) as cluster:
            cluster.run_sql("CREATE DATABASE search_report")
            url = cluster.url("search_report")
            asyncio.run(migrate(url))
            report = asyncio.run(_scored(url))
    except ClusterTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    finally:
        remove_cluster(folder)
        shutil.rmtree(folder, ignore_errors=True)
    return say(report)


async def _scored(url: str) -> Report:
    report: Report = {}
    async with open_database(url):
        await the_catalogue_on_sale()
        while await index_changed_listings(datetime.now(UTC)):
            pass
        for name, engine in engines().items():
            async with engine() as index:
                for which in CASES:
                    report[name, which] = await outcomes_of(
                        cases_of(which), lambda query, i=index: _codes(i, query)
                    )
    return report


async def _codes(index: SearchIndex, query: str) -> list[str]:
    """Of listings: the cases speak of those, and villages of the same name stand beside them."""
    found = await index.search(Wanted(query, limit=100), now=datetime.now(UTC))
    if found.fallen_back:
        raise RuntimeError(f"another engine answered ‘{query}’")
    return [item.code for item in found.items if item.code]


def say(report: Report) -> int:
    """Prints it; the command's exit status."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    rates = {
        column: {rate.category: rate for rate in rates_of(outcomes)} for column, outcomes in report.items()
    }
    table = Table("category", "bar", *(f"{engine}, {which}" for engine, which in report))
    for category in sorted({each for by_category in rates.values() for each in by_category}):
        row = [by_category[category] for by_category in rates.values()]
        bar = "-" if row[0].bar is None else f"≥ {row[0].bar:.0%}"
        cells = (
            f"{rate.passed}/{rate.tried} {rate.share:.0%}{'' if rate.is_enough else ' LOW'}" for rate in row
        )
        table.add_row(category, bar, *cells)
    out.print(table)
    for (engine, which), outcomes in report.items():
        for each in outcomes:
            if not each.passed:
                out.print(f"{engine}, {which}: {_told(each)}", markup=False)
    low = [
        rate.category for by_category in rates.values() for rate in by_category.values() if not rate.is_enough
    ]
    out.print("below the bar: " + ", ".join(sorted(set(low))) if low else "every bar is reached")
    return 1 if low else 0


def _told(outcome: Outcome) -> str:
    case = outcome.case
    wanted = ", ".join(f"{code} {NAMES[code]}" for code in sorted(case.wanted)) or "nothing"
    found = ", ".join(f"{code} {NAMES[code]}" for code in outcome.codes[:MOST_SHOWN]) or "nothing"
    return f"{case.id} {case.category} ‘{case.query}’ wants {wanted} within {case.within}; found {found}"


if __name__ == "__main__":
    sys.exit(main())
