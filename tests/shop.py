"""A whole shop for browsers: the demo city in a database of its own, real processes, the practice Stripe beside it."""

import fcntl
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from market.truth import whole_state
from media.resize import PreparedPicture, prepare
from storefront.cluster import Cluster
from storefront.db import open_database
from storefront.demo.art_shapes import Illustration
from storefront.demo.load import load_demo
from storefront.serving import running_sandbox
from tests.database import TEMPLATE, cloned_database, run_apart
from tests.site import test_services

PASSWORD = "장날-연습-2026"
DEMO = "jangnal_demo"
HISTORY_MONTHS = 3


@dataclass(frozen=True)
class Shop:
    origin: str
    database_url: str
    data_dir: Path
    env: dict[str, str]
    password: str = PASSWORD
    addresses: dict[str, str] = field(default_factory=dict)

    def address_of(self, code: str) -> str:
        """Where the demo catalogue's listing of this code is shown."""
        if not self.addresses:
            state = self.state()
            self.addresses.update({row["code"]: f"/goods/{row['slug']}" for row in state["listings"]})
            self.addresses.update({row["code"]: f"/programs/{row['slug']}" for row in state["sessions"]})
        return self.addresses[code]

    def state(self) -> dict[str, Any]:
        """What `jangnal state` says, without a process for it."""
        return run_apart(_state(self.database_url))

    def jangnal(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours against this shop's database."""
        return subprocess.run(
            [sys.executable, "-m", "storefront", *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


async def _state(url: str) -> dict[str, Any]:
    async with open_database(url, connections=1):
        return json.loads(json.dumps(await whole_state(), default=str))


def make_demo(cluster: Cluster, folder: Path) -> None:
    """The demo city as one more template of a migrated cluster, and its pictures; made once, whoever asks first."""
    with (folder / "demo.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if cluster.run_sql(f"SELECT 1 FROM pg_database WHERE datname = '{DEMO}'"):
            return
        cluster.run_sql(f"CREATE DATABASE {DEMO}_raw TEMPLATE {TEMPLATE}")
        cluster.run_sql("DROP SCHEMA resetting CASCADE", f"{DEMO}_raw")
        run_apart(_load(cluster.url(f"{DEMO}_raw"), folder / "demo"))
        cluster.run_sql(f"ALTER DATABASE {DEMO}_raw RENAME TO {DEMO}")


async def _load(url: str, folder: Path) -> None:
    async with open_database(url, connections=4):
        await load_demo(
            test_services(folder),
            password=PASSWORD,
            history_months=HISTORY_MONTHS,
            progress=lambda *_: None,
            develop=in_one_colour,
        )


def in_one_colour(drawn: Iterable[Illustration]) -> list[PreparedPicture]:
    """Plain pictures of the right shape, each its own: what tests look at is the page around them."""
    prepared = []
    for number, drawing in enumerate(drawn):
        wide, high = drawing.size
        body = io.BytesIO()
        Image.new("RGB", (wide // 4, high // 4), (200, number, 255 - number)).save(body, "WEBP")
        prepared.append(prepare(body.getvalue()))
    return prepared


@contextmanager
def running_shop(cluster: Cluster, folder: Path, name: str) -> Iterator[Shop]:
    """A shop of this test process: clone of the demo database, two web processes, a worker, the practice Stripe."""
    port = free_port()
    with (
        cloned_database(cluster, f"shop_{name}", template=DEMO) as url,
        cloned_database(cluster, f"pay_{name}", template="template1") as pay_url,
        running_sandbox(pay_url, shop_port=port) as sandbox,
    ):
        env = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "demo"),
            "PORT": str(port),
            "STRIPE_SECRET_KEY": sandbox.secret_key,
            "STRIPE_WEBHOOK_SECRET": sandbox.webhook_secret,
            "STRIPE_API_BASE": sandbox.origin,
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
            "DEMO_PASSWORD": PASSWORD,
        }
        process = subprocess.Popen([sys.executable, "-m", "storefront", "serve", "--workers", "2"], env=env)
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait_for(f"{origin}/readyz", process)
            yield Shop(origin, url, folder / "demo", env)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, "the shop did not start"
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the shop did not become ready")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
