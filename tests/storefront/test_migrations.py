"""What the models say about the database is true of a migrated one."""

import importlib
from collections.abc import Iterator

import pytest
from tortoise.models import Model

from storefront.db import APPS, SchemaTooNew, migrate, missing_migrations
from tests.builders import rows


def models() -> Iterator[type[Model]]:
    for modules in APPS.values():
        for name in modules:
            for thing in vars(importlib.import_module(name)).values():
                if isinstance(thing, type) and issubclass(thing, Model) and thing.__module__ == name:
                    yield thing


async def test_every_constraint_of_the_models_stands_in_the_database(db):
    named = {constraint.name for model in models() for constraint in model._meta.constraints}
    found = await rows(
        "SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    )

    assert len(named) > 20
    assert named - {row["name"] for row in found} == set()


async def test_every_unique_together_stands_in_the_database(db):
    found = await rows(
        "SELECT conrelid::regclass::text AS name, array_length(conkey, 1) AS columns FROM pg_constraint "
        "WHERE contype = 'u' AND connamespace = 'public'::regnamespace"
    )
    there = {(row["name"], row["columns"]) for row in found}

    wanted = {
        (model._meta.db_table, len(columns)) for model in models() for columns in model._meta.unique_together
    }

    assert wanted - there == set()


async def test_ledgers_refuse_change_and_removal(db):
    ledgers = {"movements": "id", "payment_events": "id", "part_moves": "id", "acts": "id", "seals": "number"}
    ledgers |= dict.fromkeys(
        (
            "refund_parts",
            "refund_lines",
            "deposit_matches",
            "deposit_sheet_lines",
            "journal_legs",
            "journal_transactions",
            "statements",
            "statement_lines",
            "booking_moves",
            "offered_dates",
        ),
        "id",
    )
    for table, key in ledgers.items():
        for act in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(Exception, match="only added"):
                await rows(act)


async def test_no_change_of_the_models_waits_for_a_migration():
    assert await missing_migrations() == []


async def test_a_database_of_a_newer_version_is_refused(new_database):
    import asyncpg

    url = new_database()
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://"))
    await connection.execute(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('market', '9999_from_the_future', now())"
    )
    await connection.close()

    with pytest.raises(SchemaTooNew, match="9999_from_the_future"):
        await migrate(url)


async def test_migrating_twice_changes_nothing(new_database):
    assert await migrate(new_database()) == []
