"""A village's month of 10,000 lines (S1): written before the shop opens, then looked at, closed, and downloaded."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tortoise import connections

from market.checkout import HoldTerms
from market.ledger.commission import CommissionRule
from storefront.db import open_database
from storefront.demo.past_sales import PriceBook, write_past_sales
from storefront.demo.shoppers import crowd, one_of
from tests.bench.catalogue import Catalogue, quiet_variant
from tests.bench.large import confirmed_sale
from tests.bench.officer import login_of_officer
from tests.bench.results import Bar, MonthResult
from tests.bench.scenarios import Bench
from tests.bench.shopper import Lost, Shopper
from tests.bench.wire import Wire
from villages.days import first_of_month, seoul_day, seoul_midnight
from villages.people import Person
from villages.village import Village

LINES = 10_000
AT_ONCE = 2_000  # orders written by one transaction
TIMES = 5
VILLAGE = 1
SOLD_IN = 20 * 86_400  # seconds of the month; confirmed six days later, still in it


@dataclass(frozen=True)
class VillageMonth:
    month: date
    village: str
    """Its slug."""
    lines: int


async def load_month(
    url: str, catalogue: Catalogue, lines: int, *, progress: Callable[[str], None]
) -> VillageMonth:
    """Last month of one village: as many orders of one of its goods each, all confirmed before the month's end."""
    month = first_of_month(first_of_month(seoul_day(datetime.now(UTC))) - timedelta(days=1))
    async with open_database(url, connections=1):
        village = await Village.get(id=VILLAGE)
        await CommissionRule.create(position=1, village=village, basis_points=300, starts_on=month)
        person = await Person.create(email="month@bench.example", name="이주무", password="")
        rng, numbers = random.Random(6), set[str]()
        prices, shoppers, begins = await PriceBook.open(), crowd(rng), seoul_midnight(month)
        for start in range(0, lines, AT_ONCE):
            progress(f"a village's month, {start} of {lines}")
            sales = [
                await confirmed_sale(
                    prices, [quiet_variant(catalogue, VILLAGE - 1, number)], begins + timedelta(seconds=rng.randrange(SOLD_IN)),
                    one_of(shoppers, rng), person,
                )
                for number in range(start, min(start + AT_ONCE, lines))
            ]  # fmt: skip
            await write_past_sales(sales, secret="bench", holds=HoldTerms(), rng=rng, taken_numbers=numbers)
        # A shop that sold these has had autovacuum in it many times.
        await connections.get("default").execute_query("VACUUM ANALYZE")
    return VillageMonth(month, village.slug, lines)


async def settle(bench: Bench, of: VillageMonth) -> list[MonthResult]:
    """S1: each page and file some times, before closing and after; closing itself once, as there is one."""
    month, bar = f"/city/statements/{of.month:%Y-%m}", Bar(seconds=2)
    own = f"{month}/{of.village}"
    async with Wire(bench.shop.port) as line:
        desk = Shopper(line, {"login": await login_of_officer(bench.database_url, "closing@bench.example")})

        async def asked(what: str, path: str, bar: Bar = bar) -> MonthResult:
            seconds = tuple([(await desk.go(path)).seconds for _ in range(TIMES)])
            return MonthResult("S1", what, of.lines, seconds, bar)

        before = [
            await asked("a month that is open, of all villages", month),
            await asked("its page, open", own),
        ]
        await desk.go(month)
        closing = await desk.post(desk.form(f"{month}/closing"))
        if closing.status != 303:
            raise Lost(f"closing a month was answered {closing.status}")
        after = [
            await asked("its page, closed", own),
            await asked("its lines as CSV", f"{own}/lines.csv"),
            await asked("its lines as a workbook", f"{own}/lines.xlsx", Bar()),
        ]
    return [*before, MonthResult("S1", "closing it", of.lines, (closing.seconds,), bar), *after]
