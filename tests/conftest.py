"""What every test may ask for: a database, a browser; and what none may do: leave this machine."""

import gc
import itertools
import json
import os
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import tortoise.apps
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import sync_playwright
from tortoise.apps import Apps

from storefront.cluster import Cluster
from storefront.db import open_database
from tests.database import ResettableDatabase, cloned_database, make_template, resettable, shared_cluster
from tests.meeting import watching
from tests.shop import Shop, make_demo, running_shop
from tests.site import Site, a_site

hypothesis_settings.register_profile("jangnal", deadline=None)
hypothesis_settings.load_profile("jangnal")

WITHOUT_BROWSER = os.environ.get("WITHOUT_BROWSER") == "1"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
THIS_MACHINE = {"127.0.0.1", "localhost", "::1", b"127.0.0.1", b"localhost", b"::1", None}


@pytest.fixture(scope="session")
def cluster_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The same for all processes of this test run; `master` is a process that tests alone."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker_id == "master" else base.parent) / "cluster"


@pytest.fixture(scope="session")
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    """The private PostgreSQL of this test run."""
    with shared_cluster(cluster_folder) as running:
        yield running


@pytest.fixture(scope="session")
def migrated_cluster(cluster: Cluster, cluster_folder: Path) -> Cluster:
    """The cluster, with the migrated template in it."""
    make_template(cluster, lock=cluster_folder / "template.lock")
    return cluster


@pytest.fixture(scope="session")
def database_of_this_process(migrated_cluster: Cluster, worker_id: str) -> Iterator[ResettableDatabase]:
    with cloned_database(migrated_cluster, f"test_{worker_id}") as url, resettable(url) as database:
        yield database


@pytest.fixture
def database_url(database_of_this_process: ResettableDatabase) -> Iterator[str]:
    """A migrated database with nothing in it; emptied again after the test."""
    yield database_of_this_process.url
    database_of_this_process.reset()


@pytest.fixture
def audited_url(database_url: str, database_of_this_process: ResettableDatabase) -> Iterator[str]:
    """`database_url`; before it is emptied the auditor must find nothing."""
    yield database_url
    found = database_of_this_process.broken()
    assert not found, found


@pytest.fixture(scope="session", autouse=True)
def models_read_once() -> Iterator[None]:
    """Tortoise reads all models anew whenever it is opened; they are the same for every database of this process.

    `others` (the connections, and how tables are named) tell no reading from another: connections are only looked
    through for the names in `config` while models are read, and every model asks for its own when it is used; tables
    are named by the models themselves.
    """
    kept: dict[str, Apps] = {}

    def read(config: dict[str, dict[str, Any]], *others: Any, **options: Any) -> Apps:
        name = json.dumps((config, options), sort_keys=True)
        if name not in kept:
            kept[name] = Apps(config, *others, **options)
        return kept[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tortoise.apps, "Apps", read)
        yield


@pytest.fixture
async def db(audited_url: str) -> AsyncIterator[str]:
    """Tortoise is open on `audited_url`, which is also its value."""
    async with open_database(audited_url):
        yield audited_url


@pytest.fixture
def new_database(migrated_cluster: Cluster, worker_id: str) -> Iterator[Callable[[], str]]:
    """Makes one more migrated, empty database at every call: for tests that start whole processes on it."""
    with ExitStack() as databases:
        yield lambda: databases.enter_context(
            cloned_database(migrated_cluster, f"test_{worker_id}_{next(NUMBERS)}")
        )


@pytest.fixture
async def many(audited_url: str) -> AsyncIterator[str]:
    """`db` with 24 connections, so that people really meet in it."""
    async with open_database(audited_url, connections=24):
        yield audited_url


@pytest.fixture
async def unguarded(new_database: Callable[[], str]) -> AsyncIterator[str]:
    """A database of its own for the control of a race, which may take its constraints away; nobody audits it."""
    url = new_database()
    async with watching(url) as connection:
        await connection.execute(SOON_TOLD)
    async with open_database(url, connections=70):
        yield url


# Whoever waits in a circle is told soon: some controls make circles.
SOON_TOLD = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''50ms''', current_database()); END $$
"""


@pytest.fixture
async def site(db: str, tmp_path: Path) -> Site:
    """The whole site on `db`, with stand-ins for everything outside; see tests/site.py."""
    return await a_site(tmp_path)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement sent to the database from now on: `queries.clear()`, act, `len(queries)`."""
    sent: list[str] = []
    connection = asyncpg.Connection

    for name in ("fetch", "fetchrow", "execute", "executemany"):
        original = getattr(connection, name)

        async def noted(self, query, *args, _original=original, **kwargs):
            sent.append(query)
            return await _original(self, query, *args, **kwargs)

        monkeypatch.setattr(connection, name, noted)
    return sent


NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def shop(migrated_cluster: Cluster, cluster_folder: Path, worker_id: str) -> Iterator[Shop]:
    """The demo city behind real processes, one per test process; tests share it, so they bring their own wishes."""
    make_demo(migrated_cluster, cluster_folder)
    with running_shop(migrated_cluster, cluster_folder, worker_id) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[ChromiumBrowser]:
    """One Chromium per test module; every test opens a context of its own in it.

    It keeps an event loop running in this thread, so tests with coroutines live in other modules.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium that is installed. A test that asks for it is a browser test, with or without the mark."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not found:
        pytest.fail(
            "No Chromium: `make test` installs it or says how; WITHOUT_BROWSER=1 leaves these tests out."
        )
    return found


def needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None or "chromium_path" in getattr(
        item, "fixturenames", ()
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=turn)
    if WITHOUT_BROWSER:
        for item in filter(needs_browser, items):
            item.add_marker(pytest.mark.skip(reason="WITHOUT_BROWSER=1"))


def turn(item: pytest.Item) -> int:
    """Before all others the files that take longest: so no process waits at the end for one that has just begun them.

    Of the two that begin together one needs no demo city, which the other makes meanwhile.
    """
    return next((place for place, file in enumerate(LONGEST) if item.nodeid.startswith(file)), len(LONGEST))


LONGEST = (
    "tests/journeys/test_market_day.py",
    "tests/faults/test_kill_loop.py",
    "tests/history/test_scripted_history.py",
    "tests/a11y/test_staff_pages.py",
    "tests/a11y/test_pages.py",
    "tests/storefront/test_serving.py",
)


def pytest_configure() -> None:
    """As the shop's own processes do: at the usual 700 a third of the time goes into looking for circles."""
    gc.set_threshold(20_000, 20, 10)


def pytest_collection_finish() -> None:
    """What is there now stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kill-rounds", type=int, default=3, help="rounds of tests/faults; `make races`: 20")
    parser.addoption("--kill-seed", type=int, default=20261122, help="when and in which order it kills")
    parser.addoption("--search-minutes", type=float, default=1, help="how long search_machine.py searches")
    parser.addoption("--search-seed", type=int, default=None, help="where it begins; drawn anew without")


@pytest.fixture
def search_minutes(request: pytest.FixtureRequest) -> float:
    return request.config.option.search_minutes


@pytest.fixture
def search_seed(request: pytest.FixtureRequest) -> int:
    given = request.config.option.search_seed
    return secrets.randbelow(10**9) if given is None else given


@pytest.fixture
def kill_rounds(request: pytest.FixtureRequest) -> int:
    return request.config.option.kill_rounds


@pytest.fixture
def kill_seed(request: pytest.FixtureRequest) -> int:
    return request.config.option.kill_seed


def pytest_report_header() -> list[str]:
    return ["WITHOUT_BROWSER=1: tests that need a browser are left out"] if WITHOUT_BROWSER else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if WITHOUT_BROWSER:
        terminalreporter.write_line("WITHOUT_BROWSER=1: the tests that need a browser were left out.")


def refuse_other_machines(event: str, arguments: tuple) -> None:
    """Runs for every connection this process opens. Processes that tests start look after themselves."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in THIS_MACHINE:
        raise RuntimeError(f"A test wants to reach {arguments[1][0]}: tests stay on this machine.")
    if event == "socket.getaddrinfo" and arguments[0] not in THIS_MACHINE:
        raise RuntimeError(f"A test looks up {arguments[0]!r}: tests stay on this machine.")


sys.addaudithook(refuse_other_machines)
