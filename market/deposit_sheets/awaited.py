"""The orders that a deposit may be for: those that wait, those that ended lately, those confirmed without a sheet."""

from datetime import datetime, timedelta

from tortoise import connections

from market.deposit_sheets.matching import Awaited, Pool, Standing
from market.deposit_sheets.tables import CAME_SHORT

LATE = timedelta(days=30)
"""Money that comes longer after an order's end, or is told longer after it was confirmed, is found by its number."""


async def awaited_orders(now: datetime) -> Pool:
    rows = await connections.get("default").execute_query_dict(AWAITED, [now - LATE])
    return Pool(
        Awaited(
            row["number"], row["depositor"], row["buyer_name"], row["amount"], row["placed_at"], Standing(row["standing"])
        )
        for row in rows
    )  # fmt: skip


# Less what came short for this order alone: it waits for the rest.
SHOWN = f"o.number, o.depositor, o.buyer_name, o.placed_at, d.amount - {CAME_SHORT} AS amount"
AWAITED = f"""
SELECT {SHOWN}, 'waits' AS standing FROM payments d JOIN orders o ON o.id = d.order_id
WHERE d.provider = 'bank_transfer' AND d.state = 'open' AND o.paid_at IS NULL AND o.ended_as IS NULL
UNION ALL
SELECT {SHOWN}, 'ended' FROM payments d JOIN orders o ON o.id = d.order_id
WHERE d.provider = 'bank_transfer' AND d.state = 'expired' AND d.ends_at >= $1 AND o.paid_at IS NULL
UNION ALL
SELECT {SHOWN}, 'confirmed' FROM payments d JOIN orders o ON o.id = d.order_id
WHERE d.provider = 'bank_transfer' AND d.state = 'captured' AND d.captured_at >= $1
  AND NOT EXISTS (SELECT FROM deposit_matches m WHERE m.payment_id = d.id)
"""
