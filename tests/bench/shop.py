"""The shop under load: `jangnal serve` as it is, on a folder, a cluster and a port of its own."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from storefront.cluster import Cluster
from tests.bench.processes import Household, children_of
from tests.bench.wire import HOST

ROOT = Path(__file__).parents[2]
WEB_PROCESSES = 2


class NoShop(Exception):
    """The server did not start; the text says what it said."""


@dataclass(frozen=True)
class Shop:
    port: int
    household: Household


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """Nothing of the person's own settings, least of all a DATABASE_URL."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {
        "DATA_DIR": str(data_dir), "DATABASE_URL": "", "RATE_LIMITS": "off", "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "DEMO_PASSWORD": secrets.token_urlsafe(9),
    }  # fmt: skip
    return kept | settings | more


@contextmanager
def running_shop(data_dir: Path, cluster: Cluster) -> Iterator[Shop]:
    """Two web processes, the worker and the payment sandbox; the cluster of `data_dir` must run already."""
    port = free_port()
    log = data_dir / "serve.log"
    command = [
        sys.executable,
        "-m",
        "storefront",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(WEB_PROCESSES),
    ]
    with log.open("wb") as said:
        parent = subprocess.Popen(
            command, cwd=_start_folder(data_dir), env=environment(data_dir), stdout=said, stderr=said
        )
    try:
        _wait_for_answer(parent, port, log)
        yield Shop(port, _household(parent.pid, cluster))
    except OSError as lost:
        raise NoShop(f"the connection was lost ({lost}):\n{_last_words(log)}") from lost
    finally:
        _stop(parent)


CHECK = [sys.executable, "-m", "storefront", "check"]


def checked(data_dir: Path) -> tuple[bool, str]:
    """What `jangnal check` says about this database, and whether it ended with 0."""
    run = subprocess.run(CHECK, **at_home(data_dir), capture_output=True, text=True, timeout=300, check=False)
    return run.returncode == 0, (run.stdout + run.stderr).strip()


def at_home(data_dir: Path) -> dict[str, Any]:
    """Where, and with which settings, our own commands run on this database."""
    return {"cwd": _start_folder(data_dir), "env": environment(data_dir)}


def postmaster_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def free_port() -> int:
    with socket.socket() as door:
        door.bind((HOST, 0))
        return door.getsockname()[1]


def _start_folder(data_dir: Path) -> Path:
    """Where programs are started: the code is found from there, and no `.env` of the person's."""
    folder = data_dir / "start"
    folder.mkdir(exist_ok=True)
    for package in ("storefront", "market", "villages", "media"):
        if not (folder / package).exists():
            (folder / package).symlink_to(ROOT / package, target_is_directory=True)
    return folder


def _household(parent: int, cluster: Cluster) -> Household:
    # The sandbox is a program of its own; web 1, web 2 and the worker are forks, started in this order.
    forks = [pid for pid in children_of(parent) if not _is_sandbox(pid)]
    *web, worker = forks
    if len(web) != WEB_PROCESSES:
        raise NoShop(f"expected {WEB_PROCESSES} web processes and a worker, found {len(forks)} processes")
    return Household(tuple(web), postmaster_of(cluster), worker)


def _is_sandbox(pid: int) -> bool:
    return b"storefront.sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _wait_for_answer(parent: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if parent.poll() is not None:
            break
        try:
            door = HTTPConnection(HOST, port, timeout=10)
            door.request("GET", "/readyz")
            if door.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            door.close()
    raise NoShop(f"jangnal serve did not start:\n{_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
