"""The database: how to reach it, how to bring it up to date, and what a connection promises."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.operations import AlterModelOptions

APPS = {
    "media": ["media.images"],
    "villages": [
        "villages.city",
        "villages.village",
        "villages.people",
        "villages.listings",
        "villages.programs",
        "villages.pools",
        "villages.notices",
        "villages.acts",
        "villages.seals",
    ],
    "market": [
        "market.stock",
        "market.orders",
        "market.dispatch_days",
        "market.bookings",
        "market.dates.offers",
        "market.waiting_parties",
        "market.wishes.tables",
        "market.payments",
        "market.reconciled_days",
        "market.refunds",
        "market.returns.tables",
        "market.figures",
        "market.tasks",
        "market.nightly_check",
        "market.popularity",
        "market.ledger.journal",
        "market.ledger.commission",
        "market.settlement.statements",
        "market.finding.entries",
        "market.finding.counted_words",
        "market.finding.meili.sent",
        "market.finding.synonyms",
        "market.finding.missed",
        "market.deposit_sheets.tables",
    ],
}
"""Each package's modules with tables; its migrations stand beside them in `<package>/migrations`."""

WEB_SETTINGS = {
    "lock_timeout": "1500",
    "statement_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "plan_cache_mode": "force_generic_plan",
}
"""Timeouts in milliseconds: a person does not wait longer; past them we answer the 503 page.

Plans are made once for each statement, not for each value: planning a quote takes eight times as long as answering it,
and no statement of the web is written so that its best way hangs on its values.
"""


class SchemaTooNew(Exception):
    """The database was migrated by a newer version of us; its text is one clear line."""


class PlainConnection(asyncpg.Connection):
    """A pooled connection that is not reset between uses, which would cost a round trip after every query.

    Nothing here leaves state in a session: no SET outside a transaction, no advisory session lock, no LISTEN.
    """

    def get_reset_query(self) -> str:
        return ""


def configuration(
    url: str, *, timeouts: dict[str, str] | None = None, connections: int = 8, patience: float | None = None
) -> dict[str, Any]:
    """What Tortoise wants to know about this database. `patience`: seconds that one statement may keep us waiting."""
    connection = expand_db_url(url)
    connection["engine"] = "storefront.kept_connections"
    connection["credentials"] |= {
        "connection_class": PlainConnection,
        "server_settings": {"application_name": "jangnal", "timezone": "UTC", "jit": "off"}
        | (timeouts or {}),
        "minsize": 1,
        "maxsize": connections,
        "max_inactive_connection_lifetime": 300.0,
        "timeout": 5.0,
        "command_timeout": patience,
    }
    return {
        "connections": {"default": connection},
        "apps": {
            label: {"models": modules, "migrations": f"{label}.migrations", "default_connection": "default"}
            for label, modules in APPS.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def open_database(
    url: str, *, timeouts: dict[str, str] | None = None, connections: int = 8, patience: float | None = None
) -> AsyncIterator[None]:
    """Open Tortoise on this database for the whole process; closes it afterwards."""
    config = configuration(url, timeouts=timeouts, connections=connections, patience=patience)
    if _laid_out is None:
        await Tortoise.init(config=config, _enable_global_fallback=True)
    else:
        _laid_out.connections.db_config.update(config["connections"])
        _laid_out.connections.discard("default")  # it was never used, and has other settings
    try:
        yield
    finally:
        await Tortoise.close_connections()


def lay_out_tables(url: str) -> None:
    """Tortoise's picture of all tables, made by a parent before its children part: each of its own takes 15 MB.

    From then on `open_database` uses it. Nothing is connected yet.
    """
    global _laid_out
    _laid_out = asyncio.run(Tortoise.init(config=configuration(url), _enable_global_fallback=True))


_laid_out: TortoiseContext | None = None


async def migrate(url: str) -> list[str]:
    """Bring the database up to date; returns what was applied. Raises `SchemaTooNew`.

    Two processes that start together wait for each other on an advisory lock.
    """
    config = configuration(url)
    applied: list[str] = []

    def progress(event: str, app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(f"{app}.{name}")

    async with _one_at_a_time(config["connections"]["default"]["credentials"]):
        try:
            await Tortoise.init(config=config)
            await _refuse_newer(config["apps"])
            with _collecting_seldom():
                await MigrationExecutor(Tortoise.get_connection("default"), config["apps"]).migrate(
                    direction="forward", progress=progress
                )
        finally:
            await Tortoise.close_connections()
    return applied


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """For each step Tortoise makes all models anew: half of its time went into looking for circles of objects."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def waiting_migrations() -> list[str]:
    """Migrations of this version that the open database has not seen (for `/readyz`)."""
    apps = configuration("asyncpg://nobody@/nothing")["apps"]
    plan = await MigrationExecutor(Tortoise.get_connection("default"), apps).plan()
    return [f"{step.migration.app_label}.{step.migration.name}" for step in plan]


async def missing_migrations() -> list[str]:
    """Changes of the models that no migration carries yet; reads code only, no database."""
    config = configuration("asyncpg://nobody@/nothing")
    context = await Tortoise.init(config=config, init_connections=False)
    assert context.apps is not None
    writers = await MigrationAutodetector(context.apps, config["apps"]).changes()
    # A table's description is its model's docstring: it may be reworded without a migration. Whatever else an
    # option can change (name, constraints, indexes) comes as an operation of its own.
    return [
        f"{writer.app_label}: {operation.describe()}"
        for writer in writers
        for operation in writer.operations
        if not isinstance(operation, AlterModelOptions)
    ]


async def _refuse_newer(apps: dict[str, Any]) -> None:
    executor = MigrationExecutor(Tortoise.get_connection("default"), apps)
    await executor.loader.build_graph()
    known = {(key.app_label, key.name) for key in executor.loader.graph.nodes}
    unknown = [
        key for key in await executor.recorder.applied_migrations() if (key.app_label, key.name) not in known
    ]
    if unknown:
        raise SchemaTooNew(
            f"The database was brought up to {unknown[-1].app_label}.{unknown[-1].name} by a newer version of Jangnal. "
            "Start that version, or restore the backup made before it."
        )


@asynccontextmanager
async def _one_at_a_time(credentials: dict[str, Any]) -> AsyncIterator[None]:
    connection = await asyncpg.connect(
        **{key: credentials[key] for key in CONNECT_BY if credentials.get(key)}
    )
    try:
        await connection.execute("SELECT pg_advisory_lock(20261121)")
        yield
    finally:
        await connection.close()


CONNECT_BY = ("user", "password", "database", "host", "port")


def run_migrations(url: str) -> list[str]:
    """`migrate`, for commands that are not coroutines."""
    return asyncio.run(migrate(url))
