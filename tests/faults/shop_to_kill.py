"""A whole `jangnal serve` that may be killed with -9, part by part, and what must stand again afterwards."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from storefront.cluster import Cluster, ClusterTrouble, find_running, remove_cluster, running_cluster
from storefront.db import open_database
from storefront.services import SandboxAt
from storefront.serving import running_sandbox
from tests.bench.processes import children_of
from tests.bench.shop import environment, free_port, postmaster_of
from tests.builders import SECRET, a_city, a_program, a_village, goods
from tests.database import IN_HASTE, cloned_database, copy_template, run_apart
from tests.meeting import PATIENCE

WEB_PROCESSES = 2
VICTIMS = ("web", "worker", "postgres", "parent")
PLENTY, FEW = 100_000, 40
WRITERS = ("walwriter", "background writer", "checkpointer", "autovacuum")


class NotBack(Exception):
    """What was killed does not stand again; the text holds the last words of the shop."""


@dataclass(frozen=True)
class OnOffer:
    """Ids: goods of three villages, of which the last are few; programs, likewise."""

    variants: tuple[int, ...]
    sessions: tuple[int, ...]


@dataclass
class ShopToKill:
    data_dir: Path
    port: int
    sandbox: SandboxAt
    books_url: str
    """The sandbox's database."""
    on_offer: OnOffer
    said: BinaryIO
    parent: subprocess.Popen[bytes] | None = None
    crew: dict[str, int] = field(default_factory=dict)
    """Our processes by name. They are forks that look alike; in the order of their birth they are told apart."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Cluster:
        cluster = find_running(self.data_dir)
        assert cluster, "the private PostgreSQL does not run"
        return cluster

    @property
    def env(self) -> dict[str, str]:
        return environment(
            self.data_dir, SECRET_KEY=SECRET, STRIPE_SECRET_KEY=self.sandbox.secret_key,
            STRIPE_WEBHOOK_SECRET=self.sandbox.webhook_secret, STRIPE_API_BASE=self.sandbox.origin,
        )  # fmt: skip

    async def start(self) -> None:
        """As a supervisor does: started again whenever it ends, until it stands."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if self.parent is None or self.parent.poll() is not None:
                self.parent = self._parent()
            born = children_of(self.parent.pid)
            if len(born) == WEB_PROCESSES + 1:
                self.crew = dict(zip(("web 1", "web 2", "worker"), born, strict=True))
                return
            await asyncio.sleep(0.1)
        raise NotBack(self.last_words())

    def _parent(self) -> subprocess.Popen[bytes]:
        options = ["--workers", str(WEB_PROCESSES), "--port", str(self.port)]
        return subprocess.Popen(
            [sys.executable, "-m", "storefront", "serve", *options],
            cwd=self.data_dir, env=self.env, stdout=self.said, stderr=self.said,
        )  # fmt: skip

    def kill(self, victim: str, *, which: int = 1) -> Callable[[], Awaitable[None]]:
        """Ends it without a word. What comes back waits until the same stands again."""
        assert self.parent
        if victim == "postgres":
            postmaster = postmaster_of(self.database)
            for pid in (postmaster, *children_of(postmaster)):
                _kill(pid)
            return self._nothing_of_ours
        if victim == "parent":
            self.parent.kill()
            self.parent.wait()
            return self.start
        name = f"web {which}" if victim == "web" else victim
        _kill(self.crew[name])
        return lambda: self._one_more(name)

    def forget_to_write(self) -> None:
        """From its next start on PostgreSQL says "done" before anything is written; for the control."""
        self.database.run_sql("ALTER DATABASE jangnal SET synchronous_commit = off")

    def stop_the_writers(self) -> None:
        """Those who would write a little later what was only said to be done."""
        for pid in children_of(postmaster_of(self.database)):
            with suppress(FileNotFoundError, ProcessLookupError):  # one that ended meanwhile
                if any(name in Path(f"/proc/{pid}/cmdline").read_text() for name in WRITERS):
                    os.kill(pid, signal.SIGSTOP)

    async def _one_more(self, name: str) -> None:
        """The parent starts another in its place."""
        assert self.parent
        others = set(self.crew.values())
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if born := set(children_of(self.parent.pid)) - others:
                self.crew[name] = born.pop()
                return
            await asyncio.sleep(0.1)
        raise NotBack(f"no other {name} came\n{self.last_words()}")

    async def _nothing_of_ours(self) -> None:
        """Our own processes live on."""

    def check(self) -> tuple[int, str]:
        """How `jangnal check` ended, and what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "storefront", "check"], cwd=self.data_dir, env=self.env,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def last_words(self) -> str:
        return (self.data_dir / "serve.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        if self.parent and self.parent.poll() is None:
            self.parent.send_signal(signal.SIGTERM)
            try:
                self.parent.wait(30)
            except subprocess.TimeoutExpired:
                self.parent.kill()
                self.parent.wait()


@contextmanager
def a_shop_to_kill(folder: Path, *, beside: Cluster, name: str) -> Iterator[ShopToKill]:
    """Ready to be started, with the tables of the migrated cluster `beside`.

    There the payment sandbox keeps its books too: a provider does not fall when we do.
    """
    on_offer, port = _stocked(folder, beside), free_port()
    with (
        cloned_database(beside, name, template="template1") as books,
        running_sandbox(books, shop_port=port) as sandbox,
        (folder / "serve.log").open("ab") as said,
    ):
        shop = ShopToKill(folder, port, sandbox, books, on_offer, said)
        try:
            yield shop
        finally:
            shop.stop()
            with suppress(ClusterTrouble):  # after a test that failed somebody may still be in it
                remove_cluster(folder)


def _stocked(folder: Path, migrated: Cluster) -> OnOffer:
    """What is in it keeps the demo city away. Filled in haste; the shop starts it with the product's own settings."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_cluster(folder, settings=IN_HASTE) as cluster:
        copy_template(migrated, cluster)
        return run_apart(_fill(cluster.url()))


async def _fill(url: str) -> OnOffer:
    soon = datetime.now(UTC) + timedelta(days=7)
    async with open_database(url, connections=2):
        await a_city()
        villages = [await a_village(name) for name in ("내장산마을", "대정마을", "옥정호마을")]
        variants = [
            await goods(f"상품 {number}", village=villages[number % 3], left=FEW if number > 4 else PLENTY, price=9_000 + number)
            for number in range(7)
        ]  # fmt: skip
        sessions = [
            await a_program(f"체험 {seats}", village=villages[0], seats=seats, starts_at=soon)
            for seats in (PLENTY, FEW)
        ]
    return OnOffer(tuple(each.id for each in variants), tuple(each.id for each in sessions))


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself a moment ago
        pass
