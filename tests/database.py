"""The tests' own PostgreSQL: one private cluster for the whole run, a migrated template, and clones of it."""

import asyncio
import fcntl
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from market.audit import RULES, SETTINGS, question
from storefront.cluster import Cluster, ClusterTrouble, remove_cluster, running_cluster
from storefront.db import migrate

TEMPLATE = "jangnal_template"
R = TypeVar("R")
# A crash may lose these databases; nothing is written through to the disk.
IN_HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",  # two test processes may each let a crowd meet
}

# Empties what a test filled and puts back the rows that migrations had written. `replica` lets it pass the
# triggers and foreign keys that the product itself must obey. A lock that outlives its test is an error.
RESETTING = """
CREATE SCHEMA resetting;
CREATE VIEW resetting.tables AS
    SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations';
DO $$
DECLARE t record; filled boolean;
BEGIN
    FOR t IN SELECT name FROM resetting.tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t.name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE resetting.%I AS TABLE public.%I', t.name, t.name);
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION resetting.reset() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica SET lock_timeout = '20s' SET statement_timeout = '60s' AS $$
DECLARE t record; filled boolean;
BEGIN
    FOR t IN SELECT name FROM resetting.tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t.name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM public.%I', t.name);
        END IF;
    END LOOP;
    FOR t IN
        SELECT kept.tablename, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
        FROM pg_tables kept
        JOIN pg_attribute ON attrelid = format('public.%I', kept.tablename)::regclass
            AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        WHERE kept.schemaname = 'resetting'
        GROUP BY kept.tablename
    LOOP
        EXECUTE format('INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM resetting.%I',
            t.tablename, t.columns, t.columns, t.tablename);
    END LOOP;
END $$;
"""


@contextmanager
def shared_cluster(folder: Path) -> Iterator[Cluster]:
    """The cluster of this run. Parallel test processes name the same folder and share it."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_cluster(folder, settings=IN_HASTE) as cluster:
        yield cluster
    with suppress(ClusterTrouble):  # a process that is still testing removes it instead
        remove_cluster(folder)


def make_template(cluster: Cluster, *, lock: Path) -> None:
    """Migrate once for all test processes; whoever comes later finds it done."""
    with lock.open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not cluster.run_sql(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            unfinished = f"{TEMPLATE}_unfinished"
            cluster.run_sql(f"DROP DATABASE IF EXISTS {unfinished}; CREATE DATABASE {unfinished};")
            run_apart(migrate(cluster.url(unfinished)))
            cluster.run_sql(RESETTING, unfinished)
            cluster.run_sql(f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE};")


def run_apart(act: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end in a thread of its own: a browser's event loop may be running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, act).result()


@contextmanager
def cloned_database(cluster: Cluster, name: str, *, template: str = TEMPLATE) -> Iterator[str]:
    """The address of a copy of the template; dropped afterwards, whoever is still in it."""
    cluster.run_sql(f'CREATE DATABASE "{name}" TEMPLATE {template};')
    try:
        yield cluster.url(name)
    finally:
        cluster.run_sql(f'DROP DATABASE "{name}" WITH (FORCE);')


@dataclass
class ResettableDatabase:
    """One connection of its own, kept for the whole run, so that a reset costs a few milliseconds.

    The auditor's rules are asked through it too: their plans cost ten times what they find out in a small database.
    """

    url: str
    runner: asyncio.Runner
    connection: asyncpg.Connection

    def reset(self) -> None:
        self.runner.run(self._reset())

    def broken(self) -> list[str]:
        """What `market.audit.violations` would say."""
        return self.runner.run(self._broken())

    async def _broken(self) -> list[str]:
        async with self.connection.transaction(isolation="repeatable_read", readonly=True):
            for setting in SETTINGS:
                await self.connection.execute(f"SET LOCAL {setting}")
            return [
                f"{rule.name}: {row['id']}"
                for rule in RULES
                for row in await self.connection.fetch(question(rule))
            ]

    async def _reset(self) -> None:
        await self.connection.execute("SELECT resetting.reset()")


@contextmanager
def resettable(url: str) -> Iterator[ResettableDatabase]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        connection = runner.run(_connected(url))
        try:
            yield ResettableDatabase(url, runner, connection)
        finally:
            runner.run(connection.close())


async def _connected(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        url.replace("asyncpg://", "postgresql://", 1),
        statement_cache_size=2 * len(RULES) + 20,
        max_cached_statement_lifetime=0,
    )
