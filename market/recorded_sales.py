"""What was just written down at the stall, to be shown again: lines, sum and what was missing."""

from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.parts_to_send import PartLine


@dataclass(frozen=True)
class RecordedSale:
    number: str
    channel: str
    tender: str
    total: int
    placed_at: datetime
    note: str
    lines: list[PartLine]
    shortages: list[str]
    """A sentence for each thing that was not on the shelf; the sale stands all the same."""


async def recorded_sale(number: str, village_ids: list[int]) -> RecordedSale | None:
    """An offline sale of these villages; None for anything else."""
    db = connections.get("default")
    rows = await db.execute_query_dict(SALE, [number, village_ids])
    if not rows:
        return None
    lines = await db.execute_query_dict(LINES, [rows[0].pop("part_id")])
    tasks = await db.execute_query_dict(SHORTAGES, [f"{number} %", village_ids])
    return RecordedSale(
        **rows[0], lines=[PartLine(**line) for line in lines], shortages=[task["sentence"] for task in tasks]
    )


async def sold_today(village_ids: list[int], channel: str, *, since: datetime) -> int:
    """Won sold on one channel since that moment."""
    rows = await connections.get("default").execute_query_dict(SOLD, [village_ids, channel, since])
    return int(rows[0]["amount"])


SALE = """
SELECT o.number, o.channel, o.tender, o.total, o.placed_at, o.note, p.id AS part_id
FROM orders o JOIN parts p ON p.order_id = o.id
WHERE o.number = $1 AND p.village_id = ANY($2::bigint[]) AND o.channel NOT IN ('online', 'external') LIMIT 1
"""
LINES = "SELECT name, count, variant_id IS NOT NULL AS is_goods FROM lines WHERE part_id = $1 ORDER BY id"
SHORTAGES = """
SELECT sentence FROM tasks WHERE kind = 'shortage' AND subject LIKE $1 AND village_id = ANY($2::bigint[]) ORDER BY id
"""
SOLD = """
SELECT COALESCE(sum(p.goods + p.programs), 0)::bigint AS amount
FROM parts p JOIN orders o ON o.id = p.order_id
WHERE p.village_id = ANY($1::bigint[]) AND o.channel = $2 AND o.paid_at >= $3 AND p.state <> 'cancelled'
"""
