"""Connections at hand: taken again without ado, and never one that something happened to."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tortoise import connections
from tortoise.exceptions import OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from storefront.db import open_database
from storefront.kept_connections import AT_HAND, KeepingClient, is_open
from tests.meeting import watching


@pytest.fixture
async def alone(database_url: str) -> AsyncIterator[str]:
    """An open database with a single connection: whoever keeps it keeps it from everybody."""
    async with open_database(database_url, connections=1):
        yield database_url


async def backend() -> int:
    rows = await connections.get("default").execute_query_dict("SELECT pg_backend_pid() AS pid")
    return rows[0]["pid"]


def keeper() -> KeepingClient:
    client = connections.get("default")
    assert isinstance(client, KeepingClient)
    return client


def at_hand() -> list[Any]:
    """After any trouble nothing: the pool looks that connection over before anybody has it again."""
    return keeper()._at_hand


@contextmanager
def silent(pid: int) -> Iterator[None]:
    """The server's side of a connection answers nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_the_connection_used_last_is_used_next(db: str):
    first = await backend()

    async with in_transaction():
        assert await backend() == first
    assert await backend() == first


async def test_many_at_once_are_answered_and_only_some_connections_stay_at_hand(db: str):
    client = keeper()

    rows = await asyncio.gather(
        *(client.execute_query_dict("SELECT $1::int AS n, pg_sleep(0.02)", [n]) for n in range(40))
    )

    assert [found[0]["n"] for found in rows] == list(range(40))
    assert len(at_hand()) <= AT_HAND


async def test_whoever_waits_for_the_only_connection_gets_it(alone: str):
    async with asyncio.timeout(5):
        seen = await asyncio.gather(*(backend() for _ in range(5)))

    assert len(set(seen)) == 1


async def test_a_connection_that_the_server_closed_is_replaced(alone: str):
    first = await backend()
    async with watching(alone) as beside:
        await beside.execute("SELECT pg_terminate_backend($1, 5000)", first)
    async with asyncio.timeout(5):
        while is_open(at_hand()[0]):  # noqa: ASYNC110  no bell rings
            await asyncio.sleep(0.002)

    assert await backend() != first


async def test_a_statement_that_fails_leaves_its_connection_in_order(alone: str):
    first = await backend()

    with pytest.raises(OperationalError):
        await keeper().execute_query("SELECT no_such_column")

    assert at_hand() == []
    assert await backend() == first


async def test_a_statement_that_is_broken_off_answers_nobody_else(alone: str):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await keeper().execute_query_dict("SELECT pg_sleep(5), 1 AS pid")

    assert at_hand() == []
    async with asyncio.timeout(4):
        assert await backend() > 1


async def test_what_a_transaction_did_before_it_failed_is_undone(alone: str):
    db = connections.get("default")
    await db.execute_query("CREATE TABLE IF NOT EXISTS pg_temp.notes (word text)")

    async def fail() -> None:
        async with in_transaction() as within:
            await within.execute_query("INSERT INTO pg_temp.notes VALUES ('lost')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert at_hand() == []
    assert await db.execute_query_dict("SELECT word FROM pg_temp.notes") == []


async def test_a_transaction_broken_off_at_its_beginning_gives_its_connection_back(alone: str):
    async def begin() -> None:
        async with asyncio.timeout(0.2), in_transaction():
            raise AssertionError("nobody answered its BEGIN")

    with silent(await backend()), pytest.raises(TimeoutError):
        await begin()

    assert at_hand() == []
    async with asyncio.timeout(5):
        assert await backend()
        async with in_transaction():
            assert await backend()


async def test_a_transaction_broken_off_at_its_end_gives_its_connection_back(alone: str):
    async def nobody_answers_its_commit(pid: int) -> None:
        async with asyncio.timeout(0.5), in_transaction() as within:
            await within.execute_query("SELECT 1")
            os.kill(pid, signal.SIGSTOP)

    pid = await backend()
    try:
        with pytest.raises(TimeoutError):
            await nobody_answers_its_commit(pid)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert at_hand() == []
    async with asyncio.timeout(5):
        assert await backend()


async def test_what_is_asked_of_a_transaction_after_its_end_is_refused(db: str):
    async with in_transaction() as within:
        await within.execute_query("SELECT 1")

    with pytest.raises(TransactionManagementError):
        await within.execute_query("SELECT 1")


async def test_a_database_that_closes_waits_for_no_connection_at_hand(database_url: str):
    async with asyncio.timeout(5), open_database(database_url):
        assert await backend()
