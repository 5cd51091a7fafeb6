"""The tests' own PostgreSQL: one private cluster for the whole run, a migrated template, and clones of it."""

import asyncio
import base64
import fcntl
import hashlib
import hmac
import secrets
import subprocess
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from market.audit import RULES, SETTINGS, question
from storefront.cluster import Cluster, ClusterTrouble, remove_cluster, running_cluster
from storefront.cluster_home import OWNER
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

# Empties what a test filled and puts back the rows that migrations had written. The function is written out table by
# table when the template is made, so that a session plans it once.
RESETTING = """
CREATE SCHEMA resetting;
DO $$
DECLARE t record; filled boolean; columns text; empties text := ''; refills text := '';
BEGIN
    FOR t IN
        SELECT tablename AS name, format('public.%I', tablename) AS here, format('resetting.%I', tablename) AS kept
        FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP
        empties := empties || format('IF EXISTS (SELECT FROM %1$s) THEN DELETE FROM %1$s; END IF; ', t.here);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.here) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE %s AS TABLE %s', t.kept, t.here);
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
            WHERE attrelid = t.here::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            refills := refills || format(
                'INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %s; ', t.here, columns, t.kept
            );
        END IF;
    END LOOP;
    EXECUTE format(
        'CREATE FUNCTION resetting.reset() RETURNS void LANGUAGE plpgsql AS %L', 'BEGIN ' || empties || refills || 'END'
    );
END $$;
"""
# `replica` lets a reset pass the triggers and foreign keys that the product itself must obey. It is what one connection
# is all its life: where it changes, PostgreSQL forgets every plan of the session. A lock that outlives its test is an
# error.
WHO_RESETS = {"session_replication_role": "replica", "lock_timeout": "20s", "statement_timeout": "60s"}

# The auditor's rules in one question, whose plans the session keeps: to make them costs ten times what they find out in
# a small database. STABLE: all of them see the same moment.
AUDITING = f"""
CREATE FUNCTION pg_temp.broken() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $rules$
BEGIN
    {" ".join(f"RETURN QUERY SELECT '{rule.name}: ' || id FROM ({question(rule)}) found;" for rule in RULES)}
END $rules$;
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
            cluster.run_sql(f"ALTER ROLE {cluster.user} PASSWORD '{soon_checked(cluster.password)}'")
            unfinished = f"{TEMPLATE}_unfinished"
            cluster.run_sql(f"DROP DATABASE IF EXISTS {unfinished}; CREATE DATABASE {unfinished};")
            run_apart(migrate(cluster.url(unfinished)))
            cluster.run_sql(RESETTING, unfinished)
            cluster.run_sql(f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE};")


def soon_checked(password: str) -> str:
    """The same password as PostgreSQL keeps it (RFC 5803), hashed once instead of 4096 times.

    That is a sixth of the work of connecting, and in some tests crowds of 70 connect.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))
    return "SCRAM-SHA-256$1:{}${}:{}".format(*(base64.b64encode(part).decode() for part in parts))


def copy_template(cluster: Cluster, other: Cluster) -> None:
    """Into the empty database of another cluster: as if it had been migrated there, for a tenth of the work."""
    pg_dump = [str(cluster.binaries / "pg_dump"), "--no-owner", "--exclude-schema=resetting", TEMPLATE]
    dump = subprocess.run(
        pg_dump, capture_output=True, text=True, check=True, env=cluster.environment(TEMPLATE)
    )
    other.run_sql(dump.stdout, OWNER)


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
    """Two connections of its own, kept for the whole run, so that an audit and a reset cost a few milliseconds."""

    url: str
    runner: asyncio.Runner
    connection: asyncpg.Connection
    resetter: asyncpg.Connection

    def reset(self) -> None:
        self.runner.run(self._reset())

    def broken(self) -> list[str]:
        """What `market.audit.violations` would say."""
        return self.runner.run(self._broken())

    async def _broken(self) -> list[str]:
        return [row["broken"] for row in await self.connection.fetch("SELECT pg_temp.broken()")]

    async def _reset(self) -> None:
        await self.resetter.execute("SELECT resetting.reset()")


@contextmanager
def resettable(url: str) -> Iterator[ResettableDatabase]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        connection, resetter = runner.run(_connected(url)), runner.run(_connected(url, WHO_RESETS))
        for statement in (*(f"SET {setting}" for setting in SETTINGS), AUDITING):
            runner.run(connection.execute(statement))
        try:
            yield ResettableDatabase(url, runner, connection, resetter)
        finally:
            runner.run(connection.close())
            runner.run(resetter.close())


async def _connected(url: str, settings: dict[str, str] | None = None) -> asyncpg.Connection:
    return await asyncpg.connect(
        url.replace("asyncpg://", "postgresql://", 1),
        server_settings=settings,
        max_cached_statement_lifetime=0,
    )
