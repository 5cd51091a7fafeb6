"""The dashboard's key figures, and its table of villages in 10,000 won that adds up."""

from dataclasses import dataclass

from market.reports import EVERY_OFFLINE, EVERY_ONLINE, Report
from market.rounding import rounded, whole_units
from storefront.city.figure_tables import growth, rate
from storefront.city.filters import query_of


@dataclass(frozen=True)
class KeyFigures:
    """Rates in percent with one decimal; None where there is nothing to hold against."""

    total: int
    goal: int | None
    rate: float | None
    plan_rate: float | None
    ahead: float | None
    """Percent points before (or behind) the plan."""
    change: float | None
    more: int
    heads: int
    heads_change: float | None


def key_figures(report: Report) -> KeyFigures:
    goal = report.goal
    reached, due = rate(report.total, goal), rate(report.plan or 0, goal)
    return KeyFigures(
        total=report.total, goal=goal, rate=reached, plan_rate=due,
        ahead=round(reached - due, 1) if reached is not None and due is not None else None,
        change=growth(report.total, report.last_year), more=report.total - report.last_year,
        heads=report.heads, heads_change=growth(report.heads, report.last_heads),
    )  # fmt: skip


@dataclass(frozen=True)
class VillageInMan:
    """A row of the table in 10,000 won. `exact` are the same in won, for the titles of the cells."""

    name: str
    goal: int | None
    total: int
    online: int
    offline: int
    postage: int
    heads: int
    rate: float | None
    change: float | None
    exact: dict[str, int]
    url: str = ""
    online_url: str = ""
    offline_url: str = ""
    programs_url: str = ""


def villages_in_man(report: Report) -> list[VillageInMan]:
    """The rows of the table, its sums as the last one.

    The whole is rounded first, then its two sides, then each side's villages; a village's sum is that of its cells.
    """
    villages, scope = report.villages, report.scope
    online, offline = (
        sum(village.online for village in villages),
        sum(village.offline for village in villages),
    )
    sides = whole_units([online, offline])
    columns = zip(
        whole_units([village.online for village in villages], whole=sides[0]),
        whole_units([village.offline for village in villages], whole=sides[1]),
        whole_units([village.goal or 0 for village in villages]),
        whole_units([village.postage for village in villages]),
        strict=True,
    )
    rows = []
    for village, (of_online, of_offline, goal, postage) in zip(villages, columns, strict=True):
        address = f"/city/villages/{village.slug}"
        asked = {"year": str(scope.chart_year), "channel": scope.channel, "kind": scope.kind}
        rows.append(
            VillageInMan(
                name=village.name, goal=None if village.goal is None else goal, total=of_online + of_offline, online=of_online,
                offline=of_offline, postage=postage, heads=village.heads, rate=rate(village.total, village.goal),
                change=growth(village.total, village.last_year),
                exact={"total": village.total, "online": village.online, "offline": village.offline,
                       "postage": village.postage, "goal": village.goal or 0},
                url=address + query_of(asked),
                online_url=address + query_of(asked | {"channel": scope.channel or EVERY_ONLINE}),
                offline_url=address + query_of(asked | {"channel": scope.channel or EVERY_OFFLINE}),
                programs_url=address + query_of(asked | {"kind": "program"}),
            )
        )  # fmt: skip
    postage = sum(village.postage for village in villages)
    total = VillageInMan(
        name="합계", goal=None if report.goal is None else rounded(report.goal), total=sum(sides), online=sides[0], offline=sides[1],
        postage=rounded(postage), heads=report.heads, rate=rate(report.total, report.goal),
        change=growth(report.total, report.last_year),
        exact={"total": report.total, "online": online, "offline": offline, "postage": postage, "goal": report.goal or 0},
    )  # fmt: skip
    return [*rows, total]
