"""`jangnal serve`: a parent that starts the web processes, one worker and the payment sandbox."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn

from market.calendar_days import names_of_holidays
from storefront.app import build_app
from storefront.cluster import Cluster, running_cluster
from storefront.db import lay_out_tables, open_database
from storefront.services import SandboxAt, Services
from storefront.settings import BadSettings, Settings
from storefront.spare_memory import giving_back_spare_memory
from storefront.web import compile_templates
from storefront.worker import work
from villages.days import seoul_day

log = logging.getLogger("jangnal.serving")
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def database_of(settings: Settings) -> Iterator[tuple[str, Cluster | None]]:
    """The database's address: the configured one, or that of the private cluster, which runs meanwhile."""
    if settings.database_url:
        yield settings.database_url, None
        return
    with running_cluster(settings.data_dir) as cluster:
        yield cluster.url(), cluster


@contextmanager
def sandbox_beside(settings: Settings, cluster: Cluster | None, *, port: int) -> Iterator[SandboxAt | None]:
    """The practice Stripe on a free loopback port, in a process and a database of its own; none beside a real key."""
    if settings.stripe_secret_key or settings.is_production:
        yield None
        return
    if cluster is None:
        raise BadSettings(
            "With your own DATABASE_URL set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET too (test keys will do)"
        )
    if not cluster.run_sql("SELECT 1 FROM pg_database WHERE datname = 'jangnal_sandbox'"):
        cluster.run_sql("CREATE DATABASE jangnal_sandbox")
    with running_sandbox(cluster.url("jangnal_sandbox"), shop_port=port) as sandbox:
        yield sandbox


@contextmanager
def running_sandbox(database_url: str, *, shop_port: int) -> Iterator[SandboxAt]:
    """The practice Stripe with keys made for this run; it sends its webhooks to our port on loopback."""
    secret_key, webhook_secret = f"sk_test_sandbox_{secrets.token_hex(12)}", f"whsec_{secrets.token_hex(16)}"
    process = subprocess.Popen(
        [sys.executable, "-m", "storefront.sandbox", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={
            "PATH": "/usr/bin:/bin",
            "SANDBOX_DATABASE_URL": database_url,
            "SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{shop_port}/hooks/stripe",
            "SANDBOX_WEBHOOK_SECRET": webhook_secret,
        },
    )
    try:
        assert process.stdout is not None
        origin = process.stdout.readline().strip()
        if not origin:
            raise BadSettings("The payment sandbox did not start; its own message stands above")
        yield SandboxAt(origin, secret_key, webhook_secret)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=5)


@dataclass
class Household:
    """The parent's children: forked after everything is imported, so that they share its memory."""

    chores: dict[str, Callable[[], None]]
    pids: dict[int, str] = field(default_factory=dict)
    leaving: bool = False

    def run(self) -> None:
        """Start all, start again what dies, and stop all at SIGTERM or Ctrl-C."""
        for number in STOPPING:
            signal.signal(number, self._leave)
        gc.collect()
        gc.freeze()
        # A page makes and drops some thousand objects, hardly any in a circle: at the usual 700 a third of its time
        # goes into looking for circles.
        gc.set_threshold(20_000, 20, 10)
        for name in self.chores:
            self._start(name)
        while self.pids:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                break
            name = self.pids.pop(pid, None)
            if self.leaving:
                continue
            # Who is none of ours was started beside us, as the payment sandbox was: only a new start brings it back.
            log.error("process died", extra={"facts": {"process": name or f"pid {pid}", "status": status}})
            if name:
                time.sleep(0.5)  # a process that cannot live must not start a thousand times a second
                self._start(name)

    def _start(self, name: str) -> None:
        """A word to stop waits while a child is born: then the parent knows its number, and the child can heed it."""
        parent = os.getpid()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        if self.leaving:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return
        pid = os.fork()
        if pid:
            self.pids[pid] = name
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return
        try:
            for number in STOPPING:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            _die_with(parent)
            self.chores[name]()
        except KeyboardInterrupt:
            pass
        except BaseException:
            log.exception("process failed", extra={"facts": {"process": name}})
            os._exit(1)
        os._exit(0)

    def _leave(self, *_: object) -> None:
        self.leaving = True
        for pid in list(self.pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def serve(services: Services, *, database_url: str, listeners: list[socket.socket], worker: bool) -> None:
    """A web process at each of the listeners; until told to stop."""
    _make_ready(database_url)

    def web(config: uvicorn.Config, own: socket.socket) -> None:
        _close_but(listeners, own)
        _serve_web(config, own)

    def duties() -> None:
        _close_but(listeners)
        run_worker(services, database_url)

    chores = {
        f"web {number}": partial(web, _loaded(services, database_url), own)
        for number, own in enumerate(listeners, start=1)
    }
    Household(chores | ({"worker": duties} if worker else {})).run()


def _close_but(listeners: list[socket.socket], own: socket.socket | None = None) -> None:
    """Whoever is still busy when the parent is gone must not keep its successor from the port, nor callers waiting."""
    for listener in listeners:
        if listener is not own:
            listener.close()


def _make_ready(database_url: str) -> None:
    """What each process would make or import at its first page, made before they part: so they share its memory."""
    lay_out_tables(database_url)
    compile_templates()
    today = seoul_day(datetime.now(UTC))
    for year in (today.year, today.year + 1):
        names_of_holidays(year)


def run_worker(services: Services, database_url: str, *, heartbeat: Path | None = None) -> None:
    """The duties, until SIGTERM. `heartbeat` is touched while they go round, for a health check."""

    async def until_told() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        try:
            async with (
                open_database(database_url, connections=3, patience=60.0),
                giving_back_spare_memory(),
            ):
                await work(services, until=stop, heartbeat=heartbeat)
        finally:
            await services.close()

    asyncio.run(until_told())


def _serve_web(config: uvicorn.Config, listener: socket.socket) -> None:
    uvicorn.Server(config).run(sockets=[listener])


def _loaded(services: Services, database_url: str) -> uvicorn.Config:
    """The site and all that uvicorn imports for it, in the parent's memory, which its children share."""
    config = uvicorn.Config(
        build_app(services, database_url=database_url),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(services.settings.trusted_proxies),
        forwarded_allow_ips=",".join(services.settings.trusted_proxies) or None,
        timeout_graceful_shutdown=10,
    )
    config.load()
    return config


def _die_with(parent: int) -> None:
    """Linux: the kernel ends us when the parent is killed. Elsewhere a killed parent leaves its children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os._exit(0)
