"""The reset between tests: whatever a test wrote is gone, whatever the migrations wrote is back."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from market.audit import violations
from storefront.cluster import Cluster
from storefront.db import open_database
from tests.builders import goods, rows
from tests.database import RESETTING, ResettableDatabase, cloned_database, resettable

TABLES = """
CREATE TABLE city (id int PRIMARY KEY, name text, shout text GENERATED ALWAYS AS (upper(name)) STORED);
INSERT INTO city VALUES (1, 'Jeongeup');
CREATE TABLE ledger (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city int NOT NULL REFERENCES city);
CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''append-only''; END';
CREATE TRIGGER never BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION never();
"""


@pytest.fixture
def database(cluster: Cluster, worker_id: str) -> Iterator[ResettableDatabase]:
    with cloned_database(cluster, f"resetting_{worker_id}", template="template1") as url:
        cluster.run_sql(TABLES + RESETTING, f"resetting_{worker_id}")
        with resettable(url) as database:
            yield database


def ask(database: ResettableDatabase, query: str) -> list[tuple]:
    return [tuple(row) for row in database.runner.run(database.connection.fetch(query))]


def test_a_reset_empties_even_a_table_that_forbids_deletion(database: ResettableDatabase):
    ask(database, "INSERT INTO ledger (city) VALUES (1)")

    database.reset()

    assert ask(database, "SELECT * FROM ledger") == []


@pytest.mark.parametrize("harm", ["UPDATE city SET name = 'Elsewhere'", "DELETE FROM city"])
def test_a_reset_puts_back_what_the_migrations_wrote(database: ResettableDatabase, harm: str):
    ask(database, harm)

    database.reset()

    assert ask(database, "SELECT * FROM city") == [(1, "Jeongeup", "JEONGEUP")]


def test_after_a_reset_the_rules_of_the_database_hold_again(database: ResettableDatabase):
    database.reset()

    assert ask(database, "SHOW session_replication_role") == [("origin",)]


async def test_what_a_test_leaves_wrong_is_found(
    database_url: str, database_of_this_process: ResettableDatabase
):
    async with open_database(database_url):
        assert await asyncio.to_thread(database_of_this_process.broken) == []

        await goods(left=10)
        await rows("UPDATE shelves SET on_hand = 9")

        said = [f"{each.rule}: {only}" for each in await violations() for only in each.ids]
    found = await asyncio.to_thread(database_of_this_process.broken)
    assert found == said
    assert [each.partition(":")[0] for each in found] == ["on-hand-is-its-movements"]


def test_a_test_reaches_no_other_machine():
    with pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)


def test_a_test_looks_up_no_other_name():
    with pytest.raises(RuntimeError, match=r"example\.com"):
        socket.getaddrinfo("example.com", 443)
