"""Roll-ups of sales, written in the sale's own transaction, and the targets they are held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
    for sale in sorted(sales):
        await db.execute_query(
            ADD_DAILY,
            [
                sale.village_id,
                sale.channel,
                sale.kind,
                sale.day,
                sale.amount,
                sale.postage,
                sale.orders,
                sale.heads,
            ],
        )
    for item in sorted(listings):
        await db.execute_query(
            ADD_MONTHLY, [item.village_id, item.listing_id, item.month, item.amount, item.units]
        )


ADD_DAILY = """
INSERT INTO daily_sales (village_id, channel, kind, day, amount, postage, orders, heads)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (day, village_id, channel, kind) DO UPDATE SET
    amount = daily_sales.amount + EXCLUDED.amount, postage = daily_sales.postage + EXCLUDED.postage,
    orders = daily_sales.orders + EXCLUDED.orders, heads = daily_sales.heads + EXCLUDED.heads
"""
ADD_MONTHLY = """
INSERT INTO monthly_listing_sales (village_id, listing_id, month, amount, units) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (month, village_id, listing_id) DO UPDATE SET
    amount = monthly_listing_sales.amount + EXCLUDED.amount, units = monthly_listing_sales.units + EXCLUDED.units
"""
