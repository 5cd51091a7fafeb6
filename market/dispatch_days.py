"""How many parcels a village can send on a day, and how many it has promised; each act is one guarded statement."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from villages.village import Village


class DispatchDay(Model):
    """A village's day of sending. There is a row for a day with a number of its own, or with a counted promise.

    `capacity` None: the village's usual number (`daily_parcels`, None: no limit). A number lowered below what is
    promised stands beside it: promises are kept, and nothing more is taken. So no CHECK bounds `promised` by it.
    """

    id = fields.BigIntField(primary_key=True)
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name="dispatch_days", on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    capacity = fields.IntField(null=True)
    promised = fields.IntField(default=0, db_default=0)
    """How many parts refer to this row (`Part.dispatch_day`): each is one parcel that is to be sent, or was."""

    village_id: int

    class Meta:
        table = "dispatch_days"
        unique_together = (("village", "day"),)
        constraints = (
            CheckConstraint(check="promised >= 0", name="dispatch_days_promised_not_negative"),
            CheckConstraint(check="capacity >= 0", name="dispatch_days_capacity_not_negative"),
        )


async def take(db: BaseDBAsyncClient, order_id: int, days: Mapping[int, date]) -> set[int]:
    """Count an order's parcels on these days, village → day. Returns the villages that had room; the rest took nothing.

    The rows are hot: every order of a village's day writes the same one. So it is the last statement but the commit,
    in the order of villages and days, and only for villages with a limit.
    """
    if not days:
        return set()
    wanted = sorted(days.items())
    rows = await db.execute_query_dict(
        TAKE, [order_id, [village for village, _ in wanted], [day for _, day in wanted]]
    )
    return {row["village_id"] for row in rows}


async def give_back(db: BaseDBAsyncClient, part_ids: Sequence[int]) -> None:
    """These parts' parcels will not be sent: whoever orders next may have their room. Twice is once."""
    if part_ids and await db.execute_query_dict(LOCK, [list(part_ids)]):
        await db.execute_query(GIVE_BACK, [list(part_ids)])


async def lock(db: BaseDBAsyncClient, part_ids: Sequence[int], days: Mapping[int, date]) -> None:
    """First where parcels leave their days for others (village → day): the days of both, in one order."""
    await db.execute_query(LOCK_BOTH, [list(part_ids), list(days), list(days.values())])


async def count(db: BaseDBAsyncClient, village_id: int, part_ids: Sequence[int]) -> None:
    """Count parcels that are promised already, whatever the numbers of their days. The caller has locked the parts."""
    if part_ids:
        await db.execute_query(COUNT, [village_id, list(part_ids)])


# In one statement: what a conflict updates is the row as it is when its lock is ours, so the guard sees everybody who
# came before. A day without a row has room, for no village's usual number is nought.
TAKE = """
WITH taken AS (
    INSERT INTO dispatch_days AS d (village_id, day, promised)
    SELECT village, day, 1 FROM unnest($2::bigint[], $3::date[]) AS wanted (village, day) ORDER BY village, day
    ON CONFLICT (village_id, day) DO UPDATE SET promised = d.promised + 1
        WHERE COALESCE(d.promised < COALESCE(d.capacity, (SELECT daily_parcels FROM villages v WHERE v.id = d.village_id)), true)
    RETURNING d.id, d.village_id
)
UPDATE parts SET dispatch_day_id = taken.id FROM taken
WHERE parts.order_id = $1 AND parts.village_id = taken.village_id
RETURNING parts.village_id
"""
LOCK = """
SELECT id FROM dispatch_days WHERE id IN (SELECT dispatch_day_id FROM parts WHERE id = ANY($1::bigint[]))
ORDER BY village_id, day FOR NO KEY UPDATE
"""
LOCK_BOTH = """
INSERT INTO dispatch_days AS d (village_id, day, promised)
SELECT village_id, day, 0 FROM (
    SELECT village_id, day FROM dispatch_days WHERE id IN (SELECT dispatch_day_id FROM parts WHERE id = ANY($1::bigint[]))
    UNION SELECT * FROM unnest($2::bigint[], $3::date[])
) both_days ORDER BY village_id, day
ON CONFLICT (village_id, day) DO UPDATE SET promised = d.promised
"""
GIVE_BACK = """
WITH linked AS (
    SELECT id, dispatch_day_id FROM parts WHERE id = ANY($1::bigint[]) AND dispatch_day_id IS NOT NULL
), freed AS (
    UPDATE parts SET dispatch_day_id = NULL FROM linked WHERE parts.id = linked.id RETURNING linked.dispatch_day_id
)
UPDATE dispatch_days SET promised = promised - freed.parcels
FROM (SELECT dispatch_day_id, count(*)::int AS parcels FROM freed GROUP BY 1) freed WHERE dispatch_days.id = freed.dispatch_day_id
"""
COUNT = """
WITH uncounted AS (SELECT id, ships_on FROM parts WHERE id = ANY($2::bigint[])), counted AS (
    INSERT INTO dispatch_days AS d (village_id, day, promised)
    SELECT $1, ships_on, count(*)::int FROM uncounted GROUP BY ships_on ORDER BY ships_on
    ON CONFLICT (village_id, day) DO UPDATE SET promised = d.promised + excluded.promised
    RETURNING d.id, d.day
)
UPDATE parts SET dispatch_day_id = counted.id FROM uncounted JOIN counted ON counted.day = uncounted.ships_on
WHERE parts.id = uncounted.id
"""
IS_TO_SEND = "EXISTS (SELECT FROM lines l WHERE l.part_id = p.id AND l.variant_id IS NOT NULL AND l.count > l.cancelled)"
"""Of `parts p`. Only a statement that begins when the part is locked sees what a refund has just taken."""
FULL_DAYS = """
ARRAY(SELECT d.day FROM dispatch_days d WHERE d.village_id = vi.id AND d.day >= {today}::date
      AND d.promised >= COALESCE(d.capacity, vi.daily_parcels)) AS full_days
"""
IS_LIMITED = """
(vi.daily_parcels IS NOT NULL OR EXISTS (
    SELECT FROM dispatch_days d WHERE d.village_id = vi.id AND d.day >= {today}::date AND d.capacity IS NOT NULL
)) AS is_limited
"""
