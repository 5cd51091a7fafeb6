"""The processes of production, started by the commands that `docker-compose.yml` names, and what kills them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from market.finding.meili.settings import SERVING
from storefront.cluster import running_cluster
from storefront.db import open_database
from tests.builders import goods
from tests.database import copy_template
from tests.meili_stand_in.server import KEY, StandIn, running_stand_in

JANGNAL = [sys.executable, "-m", "storefront"]


@pytest.fixture
def production(new_database: Callable[[], str], tmp_path: Path) -> dict[str, str]:
    return settings_of(new_database(), tmp_path)


def settings_of(url: str, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "production",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "only-for-this-test-" * 3,
        "PUBLIC_URL": "https://market.example.kr",
        "LOG_LEVEL": "WARNING",
    }


def test_the_commands_of_production_bring_up_a_shop_that_is_ready(production, tmp_path):
    heartbeat = tmp_path / "heartbeat"

    assert subprocess.run([*JANGNAL, "migrate"], env=production, timeout=60, check=False).returncode == 0
    with serving(production, "--no-worker", "--workers", "2") as (parent, origin):
        with started([*JANGNAL, "worker", "--heartbeat", str(heartbeat)], production) as worker:
            wait_until(heartbeat.exists)

            assert httpx.get(f"{origin}/healthz").status_code == 200
            assert httpx.get(f"{origin}/readyz").json() == {"ready": True, "waiting": []}
            assert len(children_of(parent.pid)) == 2
        assert worker.returncode == 0
        family = [parent.pid, *children_of(parent.pid)]
    assert parent.returncode == 0
    assert not [pid for pid in family if is_alive(pid)]


def test_a_web_process_that_is_killed_is_started_again(production):
    with serving(production, "--no-worker", "--workers", "1") as (parent, origin):
        (first,) = children_of(parent.pid)

        os.kill(first, signal.SIGKILL)

        wait_until(lambda: children_of(parent.pid) not in ([], [first]))
        wait_until(lambda: answers(origin))


def test_children_do_not_outlive_a_parent_that_is_killed(production):
    with serving(production, "--workers", "1") as (parent, _):
        children = children_of(parent.pid)

        parent.send_signal(signal.SIGKILL)
        parent.wait(5)

        wait_until(lambda: not any(is_alive(pid) for pid in children))
    assert len(children) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the sockets are found in /proc")
def test_each_web_process_holds_its_own_listener_and_the_worker_none(production):
    """Else a worker that ends its round would keep the port from the parent's successor."""
    with serving(production, "--workers", "2") as (parent, origin):
        listening = listeners_at(int(origin.rpartition(":")[2]))

        # The first one answers while the last one is still being born.
        wait_until(lambda: [len(listening & sockets_of(pid)) for pid in children_of(parent.pid)] == [1, 1, 0])

    assert len(listening) == 2


def test_a_taken_port_is_one_clear_line(production):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = subprocess.run(
            [*JANGNAL, "serve", "--port", port],
            env=production,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 2
    assert f"Port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_production_refuses_the_demo_city(production):
    ended = subprocess.run(
        [*JANGNAL, "demo"], env=production, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 2
    assert "production" in ended.stderr


def test_a_database_that_is_killed_gives_503_in_korean_and_comes_back(migrated_cluster, tmp_path):
    with running_cluster(tmp_path / "own", settings={"fsync": "off"}) as cluster:
        copy_template(migrated_cluster, cluster)
        postmaster = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
        with serving(settings_of(cluster.url(), tmp_path), "--no-worker", "--workers", "1") as (_, origin):
            assert httpx.get(f"{origin}/help").status_code == 200

            os.kill(postmaster, signal.SIGKILL)
            began = time.monotonic()
            lost = httpx.get(f"{origin}/goods?q={began}", timeout=10)

            assert time.monotonic() - began < 2
            assert lost.status_code == 503
            assert "잠시 후 다시 시도해 주세요" in lost.text
            wait_until(lambda: httpx.get(f"{origin}/goods", timeout=10).status_code == 200, seconds=10)


def test_meilisearch_is_kept_in_step_searched_done_without_and_used_again(production):
    asyncio.run(_apples_on_sale(production["DATABASE_URL"]))
    with running_stand_in() as stand_in:
        place = production | {"MEILI_URL": stand_in.url, "MEILI_KEY": KEY}
        with serving(place, "--workers", "1") as (_, origin):
            wait_until(lambda: SERVING in stand_in.engine.indexes)
            wait_until(lambda: len(stand_in.documents(SERVING)) == 3)  # the apples, their village, the mark
            wait_until(lambda: _found(origin) == ["꿀사과 5kg"] and _good_searches(stand_in))

            stand_in.stop()
            assert _found(origin) == ["꿀사과 5kg"]

            searched = _good_searches(stand_in)
            stand_in.start()
            wait_until(lambda: _found(origin) and _good_searches(stand_in) > searched)


async def _apples_on_sale(url: str) -> None:
    async with open_database(url):
        await goods("꿀사과 5kg")


def _found(origin: str) -> list[str]:
    return [item["name"] for item in httpx.get(f"{origin}/api/v1/search?q=꿀사과&kind=goods").json()["items"]]


def _good_searches(stand_in: StandIn) -> int:
    return sum(asked.status == 200 for asked in stand_in.requests("POST", "/multi-search"))


@contextmanager
def serving(env: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    with started([*JANGNAL, "serve", "--port", str(port), *options], env) as parent:
        wait_until(lambda: answers(origin) or parent.poll() is not None, seconds=120)
        yield parent, origin


@contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=env)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/healthz", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []


def listeners_at(port: int) -> set[str]:
    """Inodes; see proc_net(5)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}


def sockets_of(pid: int) -> set[str]:
    links = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            links.append(os.readlink(each))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so: Callable[[], object], *, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
