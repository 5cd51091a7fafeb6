"""A refund in the figures: a sale below zero on the day it is confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date

from tortoise.backends.base.client import BaseDBAsyncClient

from market.figures import ListingSale, Sale, add_sales
from market.refund_rules import Bought, Half, PartRefund
from villages.days import first_of_month
from villages.listings import Kind


async def take_off_figures(
    db: BaseDBAsyncClient, channel: str, halves: Mapping[int, Half], refunds: Sequence[PartRefund], day: date
) -> None:
    """Hot rows: it comes last in the refund's transaction."""
    rows = {
        row["id"]: row for row in await db.execute_query_dict(LISTINGS, [[refund.part for refund in refunds]])
    }
    sales, listings = [], []
    for refund in refunds:
        lines = {line.id: line for line in halves[refund.part].lines}
        village = next(rows[line]["village_id"] for line in lines)
        heads = sum(
            heads_of(lines[line.line], line.count) for line in refund.lines if lines[line.line].session_id
        )
        if refund.goods or refund.postage:
            sales.append(Sale(village, channel, Kind.goods.value, day, -refund.goods, -refund.postage, 0, 0))
        if refund.programs or heads:
            sales.append(Sale(village, channel, Kind.program.value, day, -refund.programs, 0, 0, -heads))
        listings += [
            ListingSale(
                rows[line.line]["listing_id"], village, first_of_month(day), -line.amount, -line.count
            )
            for line in refund.lines
        ]
    await add_sales(db, sales, listings)


def heads_of(line: Bought, count: int) -> int:
    return max(1, line.takes // line.count) * count


LISTINGS = """
SELECT l.id, p.village_id, COALESCE(v.listing_id, s.listing_id) AS listing_id
FROM lines l JOIN parts p ON p.id = l.part_id LEFT JOIN variants v ON v.id = l.variant_id
LEFT JOIN sessions s ON s.id = l.session_id WHERE p.id = ANY($1::bigint[])
"""
