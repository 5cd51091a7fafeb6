"""What happened, written in the transaction in which it happened; `delivery.py` carries it to the shop."""

import secrets
from typing import Any

from storefront.sandbox.database import Connection
from storefront.sandbox.refusals import known_name, missing


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(16)}"


async def record(connection: Connection, kind: str, thing: dict[str, Any]) -> None:
    await connection.execute(
        "insert into events (id, type, object) values ($1, $2, $3)", new_id("evt"), kind, thing
    )


async def find_event(connection: Connection, name: str) -> Any:
    row = await connection.fetchrow("select * from events where id = $1", known_name("event", name))
    if row is None:
        raise missing("event", name)
    return row


async def latest_events(
    connection: Connection, *, kind: str | None, after: str | None, limit: int
) -> tuple[list[Any], bool]:
    """The newest first, and whether there are more."""
    rows = await connection.fetch(
        """select * from events
            where ($1::text is null or type = $1)
              and ($2::text is null or number < (select number from events where id = $2))
            order by number desc limit $3""",
        kind,
        after,
        limit + 1,
    )
    return rows[:limit], len(rows) > limit
