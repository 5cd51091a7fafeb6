"""The demo's past months as an officer closed them, each on the fifth of the next one; the last two are still open."""

from collections.abc import Iterable
from datetime import date, timedelta

from market.periods import months_between
from market.settlement.closing import close_past_month
from villages.days import first_of_month, next_month, seoul_moment
from villages.people import Person

CLOSED_ON = 5


async def load_statements(village_ids: Iterable[int], *, officer: Person, first: date, today: date) -> int:
    """Closes the months from `first` on for these villages; returns how many months."""
    last_month = first_of_month(today) - timedelta(days=1)
    months = [month for month in months_between(first, last_month) if next_month(month) <= last_month]
    for month in months:
        closed_at = seoul_moment(next_month(month).replace(day=CLOSED_ON), 10)
        for village in sorted(village_ids):
            await close_past_month(village, month, by=f"person {officer.id}", now=closed_at)
    return len(months)
