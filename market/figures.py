"""Roll-ups of sales, written in the sale's own transaction, and the targets they are held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from market.orders import Channel
from villages.listings import Kind


class DailySales(Model):
    """Won sold per village, channel, kind and Seoul day; postage stands on the goods row, in its own column."""

    id = fields.BigIntField(primary_key=True)
    village = fields.ForeignKeyField(
        "villages.Village", related_name="daily_sales", on_delete=fields.RESTRICT
    )
    channel = fields.CharEnumField(Channel)
    kind = fields.CharEnumField(Kind)
    day = fields.DateField()
    amount = fields.BigIntField(default=0)
    postage = fields.BigIntField(default=0)
    orders = fields.IntField(default=0)
    heads = fields.IntField(default=0)

    class Meta:
        table = "daily_sales"
        unique_together = (("day", "village", "channel", "kind"),)
        indexes = (Index(fields=("village_id", "day"), name="daily_sales_village_day"),)


class MonthlyListingSales(Model):
    """Won and units sold per village, listing and month (`month` is its first day)."""

    id = fields.BigIntField(primary_key=True)
    village = fields.ForeignKeyField("villages.Village", related_name=False, on_delete=fields.RESTRICT)
    listing = fields.ForeignKeyField(
        "villages.Listing", related_name="monthly_sales", on_delete=fields.RESTRICT
    )
    month = fields.DateField()
    amount = fields.BigIntField(default=0)
    units = fields.IntField(default=0)

    class Meta:
        table = "monthly_listing_sales"
        unique_together = (("month", "village", "listing"),)


class Target(Model):
    """What a village means to sell in a month, over all channels and kinds unless it names one."""

    id = fields.BigIntField(primary_key=True)
    village = fields.ForeignKeyField("villages.Village", related_name="targets", on_delete=fields.CASCADE)
    month = fields.DateField()
    channel = fields.CharField(max_length=10, default="")
    kind = fields.CharField(max_length=10, default="")
    amount = fields.BigIntField()
    version = fields.IntField(default=1)

    class Meta:
        table = "targets"
        constraints = (
            UniqueConstraint(fields=("village_id", "month", "channel", "kind"), name="targets_once"),
        )


@dataclass(frozen=True, order=True)
class Sale:
    """What one part adds to the figures for one kind. A refund is the same with negative numbers."""

    village_id: int
    channel: str
    kind: str
    day: date
    amount: int
    postage: int
    orders: int
    heads: int


@dataclass(frozen=True, order=True)
class ListingSale:
    listing_id: int
    village_id: int
    month: date
    amount: int
    units: int


async def add_sales(db: BaseDBAsyncClient, sales: Iterable[Sale], listings: Iterable[ListingSale]) -> None:
    """Add to the roll-ups. Hot rows: call it last before commit; rows are taken in sorted order."""
    if daily := sorted(sales):
        await db.execute_query(ADD_DAILY, _columns(daily))
    if monthly := sorted(listings):
        await db.execute_query(ADD_MONTHLY, _columns(monthly))


def _columns(rows: Sequence[Sale] | Sequence[ListingSale]) -> list[list[Any]]:
    """As `unnest` wants them: one list for each field."""
    return [list(column) for column in zip(*(vars(row).values() for row in rows), strict=True)]


# Rows of one key are added up first (a statement may touch a row once), in the order in which everybody takes them.
ADD_DAILY = """
INSERT INTO daily_sales (village_id, channel, kind, day, amount, postage, orders, heads)
SELECT village, channel, kind, day, sum(amount)::bigint, sum(postage)::bigint, sum(orders)::int, sum(heads)::int
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::int[], $8::int[])
    AS s (village, channel, kind, day, amount, postage, orders, heads)
GROUP BY village, channel, kind, day ORDER BY village, channel, kind, day
ON CONFLICT (day, village_id, channel, kind) DO UPDATE SET
    amount = daily_sales.amount + EXCLUDED.amount, postage = daily_sales.postage + EXCLUDED.postage,
    orders = daily_sales.orders + EXCLUDED.orders, heads = daily_sales.heads + EXCLUDED.heads
"""
ADD_MONTHLY = """
INSERT INTO monthly_listing_sales (listing_id, village_id, month, amount, units)
SELECT listing, village, month, sum(amount)::bigint, sum(units)::int
FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::bigint[], $5::int[]) AS s (listing, village, month, amount, units)
GROUP BY listing, village, month ORDER BY listing, village, month
ON CONFLICT (month, village_id, listing_id) DO UPDATE SET
    amount = monthly_listing_sales.amount + EXCLUDED.amount, units = monthly_listing_sales.units + EXCLUDED.units
"""
