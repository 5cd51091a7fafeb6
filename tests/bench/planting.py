"""Many rows at once: a model's own defaults, PostgreSQL's COPY."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
from tortoise.fields import DatetimeField
from tortoise.models import Model


async def plant(
    connection: asyncpg.Connection, model: type[Model], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write rows given by column (`listing_id`, not `listing`); what they leave out is the model's default.

    Afterwards the table numbers on behind the last id. Needs an open Tortoise, which knows the columns.
    """
    meta = model._meta
    columns = dict(meta.fields_db_projection)
    table, blank = meta.db_table, model()

    def record(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(_database_value(blank, name, row) for name in columns)

    await connection.copy_records_to_table(
        table, records=[record(row) for row in rows], columns=list(columns.values())
    )
    await connection.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
    )


def _database_value(blank: Model, name: str, row: Mapping[str, Any]) -> Any:
    field: Any = blank._meta.fields_map[name]
    if name in row:
        value = row[name]
    elif isinstance(field, DatetimeField) and (field.auto_now_add or field.auto_now):
        value = datetime.now(UTC)
    elif callable(field.default):
        value = field.default()
    else:
        value = field.default
    return field.to_db_value(value, blank)  # type: ignore[arg-type]
