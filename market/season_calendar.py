"""What a year brings: the goods and programs that are there only in some months, those of one month first."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.finding.measures import apart_from_measures
from market.village_window import Season
from market.wishes.presence import IS_THERE
from villages.listings import Kind

MONTHS = range(1, 13)
PER_PAGE = 36
LONGEST_WORDS = 24  # signs of a name that are looked for in all villages
EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")


@dataclass(frozen=True, slots=True)
class Seasonal:
    """Something of a village with its months. `words`: its name without amounts, to look for it in every village.

    `is_there`: now, whatever month is looked at.
    """

    kind: Kind
    season: Season
    words: str
    is_there: bool
    village_slug: str
    village_name: str
    accent: str


@dataclass(frozen=True)
class SeasonCalendar:
    """One page of it, seen from `month`: what is there then stands first, then what comes next, and so on.

    `counts` says for every month how many things there are.
    """

    month: int
    counts: dict[int, int]
    total: int
    page: int
    pages: int
    rows: list[Seasonal]

    @property
    def months(self) -> list[int]:
        """A year from `month` on."""
        return [after(self.month, by=number) for number in range(12)]

    @property
    def groups(self) -> list[tuple[int, list[Seasonal]]]:
        """The rows of this page by the month in which they come next."""
        found: dict[int, list[Seasonal]] = {}
        for row in self.rows:
            found.setdefault(after(self.month, by=wait(row.season.months, self.month)), []).append(row)
        return list(found.items())


async def season_calendar(month: int, *, now: datetime, page: int = 1) -> SeasonCalendar:
    """A page past the end is the last one. Two queries; what is there all year has no season and is left out."""
    client = connections.get("default")
    sets = {
        row["months"]: (frozenset(json.loads(row["months"])), row["count"])
        for row in await client.execute_query_dict(SETS)
    }
    total = sum(count for _, count in sets.values())
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    waits = [wait(months, month) for months, _ in sets.values()]
    rows = await client.execute_query_dict(PAGE, [[*sets], waits, PER_PAGE, (page - 1) * PER_PAGE, now])
    counts = {each: sum(count for months, count in sets.values() if each in months) for each in MONTHS}
    return SeasonCalendar(month, counts, total, page, pages, [_seasonal(row) for row in rows])


def wait(months: Iterable[int], month: int) -> int:
    """Months until it is there: 0 in its season."""
    return min((each - month) % 12 for each in months)


def after(month: int, *, by: int) -> int:
    return (month - 1 + by) % 12 + 1


def _seasonal(row: dict) -> Seasonal:
    kind = Kind(row["kind"])
    folder = "goods" if kind == Kind.goods else "programs"
    season = Season(row["name"], f"/{folder}/{row['slug']}", frozenset(json.loads(row["months"])))
    named = EMPTY_BRACKETS.sub(" ", apart_from_measures(row["name"])[0])
    words = " ".join(named.split())[:LONGEST_WORDS].strip() or row["name"]
    return Seasonal(
        kind, season, words, row["is_there"], row["village_slug"], row["village_name"], row["accent"]
    )


ON_SALE = """
FROM listings l JOIN publications p ON p.listing_id = l.id
JOIN villages v ON v.id = l.village_id AND v.state = 'running'
"""
SETS = f"""
SELECT l.season_months::text AS months, count(*)::int AS count {ON_SALE}
WHERE jsonb_array_length(l.season_months) BETWEEN 1 AND 11 GROUP BY 1
"""
PAGE = f"""
SELECT l.kind, l.name, l.slug, l.season_months::text AS months,
       v.slug AS village_slug, v.short_name AS village_name, v.accent, {IS_THERE.format(now="$5")} AS is_there
{ON_SALE}
JOIN unnest($1::text[], $2::int[]) AS sets (months, wait) ON sets.months = l.season_months::text
ORDER BY sets.wait, l.popularity DESC, l.id LIMIT $3 OFFSET $4
"""
