"""What people like: how often a listing was sold in a year. Orders and suggestions begin with it."""

from datetime import date, datetime

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model
from tortoise.transactions import in_transaction

from market.nightly_check import night_of
from villages.days import seoul_day

MONTHS = 12  # so that what has a season is held against all that sold in the others


class PopularityCount(Model):
    """The one row that says for which night it was counted last."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    night = fields.DateField()

    class Meta:
        table = "popularity_counts"
        constraints = (CheckConstraint(name="popularity_counts_is_one", check="id = 1"),)


async def count_popularity(now: datetime) -> int:
    """Units sold of each listing in this month and the eleven before it, counted once for each night. Returns 1 or 0.

    It is no edit of the listing: its `version` stays, so nothing is indexed anew.
    """
    async with in_transaction() as db:
        if not await db.execute_query_dict(CLAIM, [night_of(now)]):
            return 0
        await db.execute_query(COUNT, [_first_month(seoul_day(now))])
    return 1


def _first_month(today: date) -> date:
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


# Whoever comes second waits for the first here, and then finds nothing to do.
CLAIM = """
INSERT INTO popularity_counts AS counted (id, night) VALUES (1, $1)
ON CONFLICT (id) DO UPDATE SET night = excluded.night WHERE counted.night <> excluded.night RETURNING id
"""
# Few differ from one night to the next. A listing that somebody is editing keeps its number until the next night.
COUNT = """
WITH sold AS (
    SELECT listing_id, greatest(sum(units), 0)::int AS units FROM monthly_listing_sales WHERE month >= $1 GROUP BY 1
), differing AS (
    SELECT l.id, COALESCE(sold.units, 0) AS units FROM listings l LEFT JOIN sold ON sold.listing_id = l.id
    WHERE l.popularity <> COALESCE(sold.units, 0) ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED
)
UPDATE listings SET popularity = differing.units FROM differing WHERE differing.id = listings.id
"""
