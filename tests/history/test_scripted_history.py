"""Two years of the demo city and 2,000 live acts on top of them: every won and every seat is where it must be."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import asyncpg
import pytest

from market.audit import violations
from market.offline_sales import OFFLINE_TENDERS
from market.refunds import CHOSEN_CAUSES, RefundCause
from storefront.cluster import Cluster
from storefront.db import open_database
from storefront.demo.history import months_before
from storefront.demo.load import load_demo
from tests.database import cloned_database
from tests.history.acts import ACTS, OFFLINE
from tests.history.dashboard_cells import Dashboard, read_dashboard
from tests.history.journal_sums import Cell, sums_of_journal
from tests.history.live_city import LiveCity
from tests.site import a_site, test_services
from tests.storefront.test_demo import undeveloped
from villages.days import first_of_month, next_month, seoul_day, seoul_moment

TODAY = date(2026, 8, 30)
"""Long enough before any day on which this runs: the dashboard shows no day that has not come."""
MONTHS = 24
LIVE_ACTS = 2000


@dataclass(frozen=True)
class History:
    name: str
    url: str
    folder: Path
    ends: datetime
    done: Counter[str]
    duties: Counter[str]


@pytest.fixture(scope="module")
def history(
    migrated_cluster: Cluster, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[History]:
    """Lived once; these tests read it, or spoil a clone of it."""
    name, folder = f"history_{worker_id}", tmp_path_factory.mktemp("history")
    with cloned_database(migrated_cluster, name) as url:
        city = asyncio.run(lived(url, folder))
        print(said(city))
        yield History(name, url, folder, city.now, city.done, city.duties)


async def lived(url: str, folder: Path) -> LiveCity:
    async with open_database(url):
        services = test_services(folder)
        await load_demo(
            services, password="demo-password-1", today=TODAY, history_months=MONTHS, progress=lambda *_: None,
            develop=undeveloped,
        )  # fmt: skip
        city = await LiveCity.open(services, seoul_moment(TODAY, 10))
        await city.live(ACTS, until=LIVE_ACTS)
        await city.work()
    return city


def said(city: LiveCity) -> str:
    """What happened, for whoever runs this with -s."""
    lines = [f"{count:5}  {what}" for what, count in sorted(city.done.items())]
    lines += [f"{count:5}  by the worker: {what}" for what, count in sorted(city.duties.items())]
    lines += [f"{count:5}  refused: {what}" for what, count in sorted(city.refused.items())]
    return "\n".join([f"\nuntil {city.now:%Y-%m-%d %H:%M} UTC", *lines])


# The least that must have happened of each kind: a script that does nothing proves nothing.
FLOORS = {
    "ordered by card": 100, "ordered by bank_transfer": 100, "ordered by card, several villages": 30,
    "ordered by bank_transfer, several villages": 30, "paid at the provider": 100, "message: paid": 50,
    "deposit: paid": 50, "deposit of a sheet": 20, "row matched by hand": 3, "row set aside": 5, "late deposit: revived": 1,
    "unpaid order called off": 5, "preparing": 50, "sent": 50, "delivered": 20, "stock counted": 50,
    "session closed": 5, "session opened again": 2, "session resized": 10, "a group took a whole session": 5,
    "joined a waiting list": 20, "left a waiting list": 2, "took offered seats": 1, "transfer sent back": 20,
    "days passed": 10,
}  # fmt: skip
FLOORS |= {f"sold {channel}, {tender}": 1 for channel in OFFLINE for tender in OFFLINE_TENDERS}
FLOORS |= {f"session cancelled: {cause}": 1 for cause in CHOSEN_CAUSES if cause != RefundCause.shopper}
FLOORS |= {f"refund by {who}: {cause}": 1 for who in ("village", "city") for cause in CHOSEN_CAUSES}
FLOORS |= {"refund by shopper: shopper": 30}
DUTY_FLOORS = {
    "give back unpaid goods and seats": 30, "ask about open card payments": 1, "give cards their money back": 10,
    "offer freed seats to the next": 3, "parcels arrive, visits end": 50,
}  # fmt: skip


def test_everything_that_can_happen_did_happen(history):
    assert history.done.total() >= LIVE_ACTS
    assert not {what: history.done[what] for what, floor in FLOORS.items() if history.done[what] < floor}
    assert not {
        duty: history.duties[duty] for duty, floor in DUTY_FLOORS.items() if history.duties[duty] < floor
    }


async def test_the_auditor_finds_nothing_and_the_journal_is_zero(history):
    async with open_database(history.url), journal_of(history.url) as journal:
        assert not await violations()
        assert await journal.fetchval("SELECT sum(amount) FROM journal_legs") == 0


async def test_the_dashboard_is_the_journal_for_every_village_month_channel_and_kind(history):
    booked, postage, shown = await both(history.url, history)

    assert shown.sold == booked
    assert shown.postage == postage
    assert shown.months == summed(booked)
    assert len({cell.village for cell in booked}) == 3
    assert len({cell.month for cell in booked}) > MONTHS
    assert len(booked) > 300


SPOILED = {
    "a figure of one day": """
        UPDATE daily_sales SET amount = amount + 1 WHERE id = (SELECT id FROM daily_sales ORDER BY day DESC, id LIMIT 1)
    """,
    "a leg, and another that hides it": """
        UPDATE journal_legs SET amount = amount + CASE WHEN kind IS NULL THEN 1 ELSE -1 END
        WHERE transaction_id = (SELECT min(id) FROM journal_transactions) AND (part_id IS NULL OR id = (
            SELECT min(id) FROM journal_legs WHERE account = 'village_payable' AND kind IS NOT NULL
        ))
    """,
    "a leg that moves to another village": """
        UPDATE journal_legs SET village_id = (SELECT min(id) FROM villages WHERE id <> journal_legs.village_id)
        WHERE id = (SELECT min(id) FROM journal_legs WHERE account = 'village_payable' AND kind IS NOT NULL)
    """,
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
async def test_control_one_spoiled_row_is_found_by_both(history, migrated_cluster, worker_id, spoil):
    with cloned_database(migrated_cluster, f"spoiled_{worker_id}", template=history.name) as url:
        async with journal_of(url) as owner:
            await owner.execute("SET session_replication_role = replica")  # as nobody but the owner could
            assert (await owner.execute(spoil)).split()[-1] in ("1", "2")

        booked, _, shown = await both(url, history)
        async with open_database(url):
            found = await violations()

        assert shown.sold != booked
        assert found


async def both(url: str, history: History) -> tuple[Counter[Cell], Counter[Cell], Dashboard]:
    """Won sold and postage as the journal has them, and what the dashboard shows."""
    month, months = first_of_month(months_before(TODAY, MONTHS)), []
    while month <= seoul_day(history.ends):
        months.append(month)
        month = next_month(month)
    async with open_database(url), journal_of(url) as journal:
        officer = await (await a_site(history.folder)).officer()
        shown = await read_dashboard(officer, months)
        booked, postage = await sums_of_journal(journal)
    return booked, postage, shown


def summed(cells: Counter[Cell]) -> Counter[tuple[date, str, str]]:
    whole: Counter[tuple[date, str, str]] = Counter()
    for cell, won in cells.items():
        whole[cell.month, cell.channel, cell.kind] += won
    return whole


@asynccontextmanager
async def journal_of(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection, with nothing of the product in between."""
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://", 1))
    try:
        yield connection
    finally:
        await connection.close()
