"""The server of a private cluster: started under its watcher, looked at, cleared of what a crash left."""

# ruff: noqa: S603  every program started here is named here

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from storefront.cluster_home import Home, clean_environment, reason, socket_dir, write_private
from storefront.locks import came_true, locked, open_lock, open_private
from storefront.postgres_binaries import Binaries, ClusterTrouble

PORT = 5432  # no TCP port: the last part of the socket's name
LOG_LIMIT = 5_000_000  # bytes; then the log begins anew and the old one is kept beside it
RECOVERY = 180  # seconds a server may need before it answers, after a crash of the machine
WATCHER = Path(__file__).with_name("cluster_watch.py")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
}


def start_server(home: Home, binaries: Binaries, settings: Mapping[str, str]) -> None:
    """Returns when the server answers. Raises ClusterTrouble with what it said when it does not."""
    watch = open_lock(home.folder / "watch.lock")
    try:
        if not came_true(lambda: locked(watch, fcntl.LOCK_EX), seconds=90):
            raise ClusterTrouble(f"{home.folder}의 데이터베이스를 다른 프로그램이 잡고 있습니다.")
        _clear_the_way(home)
        sockets = socket_dir(home, earlier_socket_dir(home))
        for left in sockets.glob(".s.PGSQL.*"):
            left.unlink()
        state = {"socket_dir": str(sockets), "binaries": str(binaries.folder)}
        write_private(home.folder / "cluster.json", json.dumps(state))
        said_before = _hand_to_watcher(home, watch, settings)
    finally:
        os.close(watch)
    if not is_running(home):
        said = home.log.read_bytes()[said_before:].decode(errors="replace")
        raise ClusterTrouble(f"데이터베이스가 시작하지 못했습니다: {reason(said)} (기록: {home.log})")


def is_running(home: Home) -> bool:
    """Whether the server answers; waits for one that is starting, however long its recovery takes."""
    if not came_true(lambda: not is_watched(home) or answers(home), seconds=RECOVERY):
        raise ClusterTrouble(f"데이터베이스가 {RECOVERY}초가 지나도 대답하지 않습니다. {home.log}를 보세요.")
    return is_watched(home)


def wait_for_end(home: Home) -> None:
    """After the last user has left: the watcher stops the server."""
    if not came_true(lambda: not is_watched(home), seconds=90):
        raise ClusterTrouble(f"데이터베이스가 멈추지 않습니다. {home.log}를 보세요.")
    # Without a watcher (somebody killed it, on a system without parent death signals) the server goes on.
    if server := live_server(home):
        os.kill(server, signal.SIGINT)


def is_watched(home: Home) -> bool:
    try:
        watch = os.open(home.folder / "watch.lock", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        return not locked(watch, fcntl.LOCK_SH)
    finally:
        os.close(watch)


def answers(home: Home) -> bool:
    if [line.strip() for line in _pid_file(home)[7:8]] != ["ready"]:
        return False
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(f"{state_of(home)['socket_dir']}/.s.PGSQL.{PORT}")
        except OSError:
            return False
    return True


def live_server(home: Home) -> int | None:
    """The process PostgreSQL's own lock file names, if it is alive and really a PostgreSQL on this data."""
    pid = int(next(iter(_pid_file(home)), "0") or 0)
    if pid <= 0:
        return None
    if sys.platform != "linux":
        ps = ["/bin/ps", "-o", "comm=", "-p", str(pid)]
        return (
            pid
            if "postgres" in subprocess.run(ps, capture_output=True, text=True, check=False).stdout
            else None
        )
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return pid if name == "postgres" and os.readlink(f"/proc/{pid}/cwd") == str(home.data) else None
    except OSError:  # gone, or somebody else's, which cannot be a server on our 0700 folder
        return None


def state_of(home: Home) -> dict[str, str]:
    """What the last start decided: socket_dir, binaries."""
    return json.loads((home.folder / "cluster.json").read_text())


def earlier_socket_dir(home: Home) -> Path | None:
    try:
        return Path(state_of(home)["socket_dir"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _clear_the_way(home: Home) -> None:
    """Takes away what a crash left. Raises ClusterTrouble when a server we do not know runs on the data."""
    if server := live_server(home):
        # On our socket: ours, of a watcher that was killed. It is stopping, or never will by itself.
        if _pid_file(home)[4:5] != [str(earlier_socket_dir(home))]:
            raise ClusterTrouble(
                f"다른 PostgreSQL(프로세스 {server})이 {home.data}를 쓰고 있습니다."
                " 그것을 멈추고 다시 시작해 주세요."
            )
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGINT)
        if not came_true(lambda: not live_server(home), seconds=30):
            raise ClusterTrouble(f"프로세스 {server}가 {home.data}를 놓지 않습니다. 그것을 멈춰 주세요.")
    # PostgreSQL would believe a number that another process has taken since.
    (home.data / "postmaster.pid").unlink(missing_ok=True)


def _hand_to_watcher(home: Home, watch: int, settings: Mapping[str, str]) -> int:
    """Starts the watcher, which starts the server; returns where in the log (bytes) it begins."""
    state = state_of(home)
    server = [f"{state['binaries']}/postgres", "-D", str(home.data), "-p", str(PORT)]
    every = {**SETTINGS, "unix_socket_directories": state["socket_dir"], **settings}
    server += [part for name, value in every.items() for part in ("-c", f"{name}={value}")]
    account = [str(home.account.pw_uid), str(home.account.pw_gid)] if home.account else ["", ""]
    watcher = [
        sys.executable,
        "-I",
        "-S",
        str(WATCHER),
        str(watch),
        str(home.folder / "users.lock"),
        *account,
    ]
    with suppress(FileNotFoundError):
        if home.log.stat().st_size > LOG_LIMIT:
            home.log.replace(home.log.with_suffix(".old.log"))
    log = open_private(home.log, os.O_WRONLY | os.O_APPEND)
    try:
        begins = os.fstat(log).st_size
        subprocess.run(
            [*watcher, *server],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            pass_fds=[watch], start_new_session=True, env=clean_environment(), check=True,
        )  # fmt: skip
    finally:
        os.close(log)
    return begins


def _pid_file(home: Home) -> list[str]:
    """Lines: process, data, start time, port, socket folder, address, shared memory, status."""
    try:
        return (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
