"""More time to pay by card: once for each order, and only while it still holds its goods."""

from datetime import datetime, timedelta

from tortoise import connections

from villages.refusals import SalesClosed


async def extend_hold(number: str, *, hold: timedelta, now: datetime) -> datetime:
    """Add one more hold to the time left; returns the new end. Raises `SalesClosed` where that is over or was done."""
    rows = await connections.get("default").execute_query_dict(EXTEND, [number, hold, now])
    if not rows:
        raise SalesClosed(
            "결제 시간은 한 번만, 끝나기 전에 늘릴 수 있습니다. 시간이 지났으면 다시 담아 주문해 주세요."
        )
    return rows[0]["pay_before"]


EXTEND = """
UPDATE orders SET pay_before = pay_before + $2::interval, extended_at = $3
WHERE number = $1 AND tender = 'card' AND extended_at IS NULL AND paid_at IS NULL AND ended_as IS NULL AND pay_before > $3
RETURNING pay_before
"""
