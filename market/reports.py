"""Sales figures for the city, from the roll-ups only, held against targets and last year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tortoise import connections

from market.orders import ONLINE, Channel
from market.periods import Period, a_year_before, months_between, share_of_month
from villages.village import VillageState

EVERY_ONLINE, EVERY_OFFLINE = "online-all", "offline-all"
CHANNELS_OF = {
    "": None,
    EVERY_ONLINE: sorted(channel.value for channel in ONLINE),
    EVERY_OFFLINE: sorted(channel.value for channel in set(Channel) - ONLINE),
} | {channel.value: [channel.value] for channel in Channel}
"""What a filter by channel lets through; None: everything."""
MOST_SELLERS = 10


@dataclass(frozen=True)
class Scope:
    """What is asked: some days, and all or one village (its slug), channel (a key of `CHANNELS_OF`) and kind."""

    period: Period
    village: str = ""
    channel: str = ""
    kind: str = ""

    @property
    def chart_year(self) -> int:
        return self.period.until.year


@dataclass
class VillageFigures:
    """One village in the period. Won without postage, which stands apart."""

    id: int
    slug: str
    name: str
    short_name: str
    goal: int | None = None
    """Its targets over the whole period."""
    plan: int | None = None
    """The part of them that falls on the days until now."""
    by_channel: dict[str, int] = field(default_factory=dict)
    last_year: int = 0
    heads: int = 0
    last_heads: int = 0
    postage: int = 0

    @property
    def online(self) -> int:
        return sum(amount for channel, amount in self.by_channel.items() if channel in ONLINE)

    @property
    def offline(self) -> int:
        return self.total - self.online

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())


@dataclass(frozen=True)
class MonthFigures:
    """One month of the chart's year, whole, whatever the period. Won without postage."""

    month: date
    by_channel: dict[str, int]
    last_year: int
    target: int | None

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())


@dataclass(frozen=True)
class Seller:
    """What a listing sold in the months the period touches. `before` is None where nothing can be compared."""

    name: str
    village_slug: str
    village_name: str
    kind: str
    units: int
    amount: int
    comparable: int
    """Won of its finished months only, to be held against `before`: the same months of the year before."""
    before: int | None


@dataclass(frozen=True)
class VillageName:
    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Report:
    scope: Scope
    all_villages: list[VillageName]
    """Those one may choose from."""
    village: VillageName | None
    """The chosen one; None: all of them, or the one asked for is not known."""
    villages: list[VillageFigures]
    """The best seller first."""
    months: list[MonthFigures]
    sellers: list[Seller]

    @property
    def total(self) -> int:
        return sum(village.total for village in self.villages)

    @property
    def last_year(self) -> int:
        return sum(village.last_year for village in self.villages)

    @property
    def heads(self) -> int:
        return sum(village.heads for village in self.villages)

    @property
    def last_heads(self) -> int:
        return sum(village.last_heads for village in self.villages)

    @property
    def goal(self) -> int | None:
        return added(village.goal for village in self.villages)

    @property
    def plan(self) -> int | None:
        return added(village.plan for village in self.villages)


async def sales_report(scope: Scope) -> Report:
    """Three queries, however many villages and months there are."""
    db = connections.get("default")
    period, year = scope.period, scope.chart_year
    targets = await db.execute_query_dict(
        VILLAGES_AND_TARGETS,
        [scope.channel, scope.kind, min(period.months[0], date(year, 1, 1)), date(max(period.last.year, year), 12, 31)],
    )  # fmt: skip
    village = next(
        (VillageName(row["id"], row["slug"], row["name"]) for row in targets if row["slug"] == scope.village),
        None,
    )
    only = village.id if village else None
    figures = await db.execute_query_dict(FIGURES, _figures_values(scope, only))
    finished = period.finished_months or (None, None)
    sellers = await db.execute_query_dict(
        SELLERS,
        [*period.months, *finished, *(month and a_year_before(month) for month in finished), only, scope.kind, MOST_SELLERS],
    )  # fmt: skip
    return Report(
        scope=scope,
        all_villages=_names(targets),
        village=village,
        villages=_villages(scope, only, targets, figures),
        months=_months(scope, only, targets, figures),
        sellers=[Seller(**row) for row in sellers],
    )


def added(amounts: Iterable[int | None]) -> int | None:
    """The sum of those that are known; None where none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _figures_values(scope: Scope, village_id: int | None) -> list[object]:
    period, year = scope.period, scope.chart_year
    before_first, before_until = period.year_before
    return [
        min(before_first, date(year - 1, 1, 1)), max(period.until, date(year, 12, 31)), period.first, period.until,
        before_first, before_until, village_id, CHANNELS_OF[scope.channel], scope.kind, date(year - 1, 1, 1),
    ]  # fmt: skip


def _names(rows: list[dict[str, Any]]) -> list[VillageName]:
    selling = (row for row in rows if row["state"] != VillageState.neighbour)
    return list({row["id"]: VillageName(row["id"], row["slug"], row["name"]) for row in selling}.values())


def _villages(
    scope: Scope, only: int | None, targets: list[dict[str, Any]], figures: list[dict[str, Any]]
) -> list[VillageFigures]:
    period = scope.period
    found: dict[int, VillageFigures] = {}
    running = set()
    for row in targets:
        if only not in (None, row["id"]):
            continue
        village = found.setdefault(
            row["id"], VillageFigures(row["id"], row["slug"], row["name"], row["short_name"])
        )
        if row["state"] == VillageState.running:
            running.add(row["id"])
        if row["month"] and period.months[0] <= row["month"] <= period.last:
            share = share_of_month(row["amount"], row["month"], period.first, period.last)
            due = share_of_month(row["amount"], row["month"], period.first, period.until)
            village.goal, village.plan = (village.goal or 0) + share, (village.plan or 0) + due
    for row in figures:
        if row["village_id"] is None:
            continue
        village = found[row["village_id"]]
        village.by_channel[row["channel"]] = row["amount"]
        village.last_year += row["last_year"]
        village.heads += row["heads"]
        village.last_heads += row["last_heads"]
        village.postage += row["postage"]
    shown = [
        village for village in found.values()
        if village.id in running or village.id == only or village.total or village.last_year or village.postage or village.goal
    ]  # fmt: skip
    return sorted(shown, key=lambda village: (-village.total, village.id))


def _months(
    scope: Scope, only: int | None, targets: list[dict[str, Any]], figures: list[dict[str, Any]]
) -> list[MonthFigures]:
    by_month: dict[date, dict[str, int]] = defaultdict(dict)
    goals: dict[date, list[int]] = defaultdict(list)
    for row in figures:
        if row["month"]:
            by_month[row["month"]][row["channel"]] = row["whole"]
    for row in targets:
        if row["month"] and only in (None, row["id"]):
            goals[row["month"]].append(row["amount"])
    year = scope.chart_year
    return [
        MonthFigures(
            month, by_month[month], sum(by_month[month.replace(year=year - 1)].values()), added(goals[month])
        )
        for month in months_between(date(year, 1, 1), date(year, 12, 31))
    ]


VILLAGES_AND_TARGETS = """
SELECT v.id, v.slug, v.name, v.short_name, v.state, t.month, t.amount
FROM villages v LEFT JOIN targets t
    ON t.village_id = v.id AND t.channel = $1 AND t.kind = $2 AND t.month BETWEEN $3 AND $4
ORDER BY v.id, t.month
"""
# Read once, grouped twice: rows with a village are the period's, rows with a month are the chart's.
FIGURES = """
SELECT village_id, channel, date_trunc('month', day::timestamp)::date AS month,
       COALESCE(sum(amount), 0)::bigint AS amount, COALESCE(sum(whole), 0)::bigint AS whole,
       COALESCE(sum(last_year), 0)::bigint AS last_year, COALESCE(sum(postage), 0)::bigint AS postage,
       COALESCE(sum(heads), 0)::int AS heads, COALESCE(sum(last_heads), 0)::int AS last_heads
FROM (
    SELECT village_id, channel, day,
           sum(amount) FILTER (WHERE day BETWEEN $3 AND $4) AS amount,
           sum(amount) FILTER (WHERE day >= $10) AS whole,
           sum(amount) FILTER (WHERE day BETWEEN $5 AND $6) AS last_year,
           sum(postage) FILTER (WHERE day BETWEEN $3 AND $4) AS postage,
           sum(heads) FILTER (WHERE day BETWEEN $3 AND $4) AS heads,
           sum(heads) FILTER (WHERE day BETWEEN $5 AND $6) AS last_heads
    FROM daily_sales
    WHERE day BETWEEN $1 AND $2 AND ($7::bigint IS NULL OR village_id = $7)
      AND ($8::text[] IS NULL OR channel = ANY($8)) AND ($9 = '' OR kind = $9)
    GROUP BY GROUPING SETS ((village_id, channel), (day, channel))
) sold
GROUP BY 1, 2, 3
"""
SELLERS = """
SELECT l.name, v.slug AS village_slug, v.short_name AS village_name, l.kind, s.units, s.amount, s.comparable, s.before
FROM (
    SELECT m.listing_id,
           (sum(units) FILTER (WHERE month BETWEEN $1 AND $2))::bigint AS units,
           (sum(amount) FILTER (WHERE month BETWEEN $1 AND $2))::bigint AS amount,
           COALESCE(sum(amount) FILTER (WHERE month BETWEEN $3 AND $4), 0)::bigint AS comparable,
           (sum(amount) FILTER (WHERE month BETWEEN $5 AND $6))::bigint AS before
    FROM monthly_listing_sales m JOIN listings li ON li.id = m.listing_id
    WHERE (month BETWEEN $1 AND $2 OR month BETWEEN $5 AND $6)
      AND ($7::bigint IS NULL OR m.village_id = $7) AND ($8 = '' OR li.kind = $8)
    GROUP BY m.listing_id HAVING sum(amount) FILTER (WHERE month BETWEEN $1 AND $2) > 0
    ORDER BY amount DESC, m.listing_id LIMIT $9
) s JOIN listings l ON l.id = s.listing_id JOIN villages v ON v.id = l.village_id
ORDER BY s.amount DESC, l.id
"""
