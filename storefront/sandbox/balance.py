"""The sandbox's account: what came in, what went back, and the fee that was kept; the newest first."""

from datetime import UTC, datetime
from typing import Any

from storefront.sandbox import shapes
from storefront.sandbox.database import Connection
from storefront.sandbox.refunds import find_refund
from storefront.sandbox.sessions import find_intent


async def balance_lines(connection: Connection, wish: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """One page, and whether there are more."""
    limit, created = wish.get("limit", 10), wish.get("created", {})
    rows = await connection.fetch(
        LINES, *(_moment(created.get(bound)) for bound in ("gte", "gt", "lt", "lte")), wish.get("type"), wish.get("source"),
        wish.get("starting_after"), limit + 1,
    )  # fmt: skip
    is_whole = "data.source" in wish.get("expand", [])
    return [await _line(connection, row, is_whole=is_whole) for row in rows[:limit]], len(rows) > limit


async def _line(connection: Connection, row: Any, *, is_whole: bool) -> dict[str, Any]:
    if row["type"] == "refund":
        source = shapes.refund(await find_refund(connection, row["source"]))
    else:
        source = shapes.charge(await find_intent(connection, row["source"]), refunded=row["refunded"])
    return shapes.balance_transaction(row, source=source if is_whole else source["id"])


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


LINES = """
select b.*, (select coalesce(sum(r.amount), 0)::bigint from refunds r where r.intent = b.source) as refunded
  from balance_rows b
 where ($1::timestamptz is null or date_trunc('second', created_at) >= $1)
   and ($2::timestamptz is null or date_trunc('second', created_at) > $2)
   and ($3::timestamptz is null or date_trunc('second', created_at) < $3)
   and ($4::timestamptz is null or date_trunc('second', created_at) <= $4)
   and ($5::text is null or type = $5) and ($6::text is null or source = $6)
   and ($7::text is null or (created_at, id) < (select created_at, id from balance_rows where id = $7))
 order by created_at desc, id desc limit $8
"""
