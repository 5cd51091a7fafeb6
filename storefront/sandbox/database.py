"""The sandbox's connection to its own database."""

import json
from pathlib import Path

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy


async def open_pool(database_url: str) -> asyncpg.Pool:
    """Connect and lay out the tables where they are missing. The database itself is the caller's to make.

    `asyncpg://…`, as our ORM writes it, is read as `postgresql://…`.
    """
    pool = await asyncpg.create_pool(
        database_url.replace("asyncpg://", "postgresql://", 1),
        min_size=1,
        max_size=5,
        command_timeout=8,
        init=_teach_json,
        server_settings={
            "search_path": "sandbox",
            "application_name": "sandbox",
            "client_min_messages": "warning",
        },
    )
    await pool.execute((Path(__file__).parent / "schema.sql").read_text("utf-8"))
    return pool


async def _teach_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
