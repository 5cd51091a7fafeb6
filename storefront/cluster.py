"""The private PostgreSQL of a machine without one: made, started, shared, and stopped by its last user.

Three locks, all dropped by the kernel when their holder dies:
- DATA_DIR/postgres.lock, exclusive: one process at a time makes, starts, joins or leaves.
- users.lock, shared: held by every process inside `running_cluster`. The watcher waits for it exclusively.
- watch.lock, exclusive: held by the watcher (`cluster_watch.py`) as long as it keeps a server.
"""

# ruff: noqa: S603  the one program started here is the cluster's own psql

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from storefront.cluster_home import (
    OWNER,
    ROOT_HOME,
    Home,
    clean_environment,
    existing_home,
    make_cluster,
    new_home,
    open_to_all,
    reason,
)
from storefront.cluster_server import (
    PORT,
    answers,
    earlier_socket_dir,
    is_running,
    is_watched,
    live_server,
    start_server,
    state_of,
    wait_for_end,
)
from storefront.locks import came_true, locked, open_lock
from storefront.postgres_binaries import Binaries, ClusterTrouble, choose_binaries, copy_of_wheel

__all__ = ["Cluster", "ClusterTrouble", "find_running", "remove_cluster", "running_cluster"]


@dataclass(frozen=True)
class Cluster:
    socket_dir: Path
    user: str
    password: str = field(repr=False)
    data: Path
    binaries: Path

    def url(self, database: str = "jangnal", *, role: str | None = None) -> str:
        """For Tortoise. It carries the owner's password: whoever creates another `role` gives it the same."""
        query = urlencode({"host": self.socket_dir, "port": PORT}, safe="/")
        return f"asyncpg://{quote(role or self.user)}:{quote(self.password)}@/{quote(database)}?{query}"

    def environment(self, database: str = "jangnal") -> dict[str, str]:
        """For psql, pg_dump and pg_restore in `binaries`: where to connect and as whom."""
        return clean_environment(
            {
                "PGHOST": str(self.socket_dir),
                "PGPORT": str(PORT),
                "PGUSER": self.user,
                "PGPASSWORD": self.password,
                "PGDATABASE": database,
            }
        )

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Statement by statement, outside a transaction, as the owner; what psql prints, unadorned.

        Raises ClusterTrouble with the server's words.
        """
        psql = [str(self.binaries / "psql"), "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        try:
            answer = subprocess.run(
                psql, input=sql, capture_output=True, text=True, check=False, env=self.environment(database)
            )
        except OSError as error:
            raise ClusterTrouble(f"{psql[0]} 프로그램을 실행하지 못했습니다: {error.strerror}") from error
        if answer.returncode:
            raise ClusterTrouble(reason(answer.stderr))
        return answer.stdout.rstrip("\n")


@contextmanager
def running_cluster(
    data_dir: Path,
    *,
    settings: Mapping[str, str] = {},
    binaries: Path | None = None,
    root_home: Path = ROOT_HOME,
) -> Iterator[Cluster]:
    """Joins the running cluster of `data_dir` or starts it; the last process to leave stops it.

    `settings` are PostgreSQL's and count for the process that starts the server. `binaries` is a bin folder
    to use instead of the search. `root_home` is where root's clusters stand. Raises ClusterTrouble.
    """
    data_dir = Path(data_dir).resolve()
    with _trouble_in_words(), _alone(data_dir):
        home = existing_home(data_dir) or new_home(data_dir, root_home.resolve())
        if home.major() is None:
            chosen = _runnable(home, binaries, root_home)
            make_cluster(home, chosen, data_dir=data_dir, in_haste=settings.get("fsync") == "off")
        users = open_lock(home.folder / "users.lock")
        try:
            _become_user(home, users)
            if not is_running(home):
                start_server(home, _runnable(home, binaries, root_home), settings)
                _make_database(_described(home))
            cluster = _described(home)
        except BaseException:
            os.close(users)
            raise
    joined_by = os.getpid()
    try:
        yield cluster
    finally:
        # A forked child that falls out of the block must not give up its parent's lock, which it shares.
        if os.getpid() != joined_by:
            os.close(users)
        else:
            with _trouble_in_words(), _alone(data_dir):
                _leave(home, users)


def find_running(data_dir: Path) -> Cluster | None:
    """The cluster of `data_dir` while others keep it running; to keep it from stopping, join it."""
    with _trouble_in_words():
        home = existing_home(Path(data_dir).resolve())
        return _described(home) if home and is_watched(home) and answers(home) else None


def remove_cluster(data_dir: Path) -> None:
    """The whole database of `data_dir`, gone for good. Raises ClusterTrouble while somebody uses it."""
    data_dir = Path(data_dir).resolve()
    with _trouble_in_words():
        if not data_dir.exists():
            return
        with _alone(data_dir):
            home = existing_home(data_dir)
            if home is None:
                return
            if is_watched(home) or live_server(home):
                raise ClusterTrouble(f"{home.folder}의 데이터베이스를 누가 쓰고 있어 지우지 않았습니다.")
            if sockets := earlier_socket_dir(home):
                shutil.rmtree(sockets, ignore_errors=True)
            shutil.rmtree(home.folder)
            (data_dir / "postgres.at").unlink(missing_ok=True)


def _runnable(home: Home, forced: Path | None, root_home: Path) -> Binaries:
    """Programs that fit the cluster's version and that its account may run."""
    chosen = choose_binaries(home.major(), forced=forced)
    if not (home.account and chosen.from_wheel):
        return chosen
    open_to_all(root_home)
    return copy_of_wheel(chosen, root_home)


def _become_user(home: Home, users: int) -> None:
    # Not free while the watcher stops the server of those who have just left.
    if not came_true(lambda: locked(users, fcntl.LOCK_SH), seconds=90):
        raise ClusterTrouble(f"데이터베이스가 멈추는 중인데 끝나지 않습니다. {home.log}를 보세요.")


def _make_database(cluster: Cluster) -> None:
    if not cluster.run_sql(f"SELECT 1 FROM pg_database WHERE datname = '{OWNER}'"):
        cluster.run_sql(f"CREATE DATABASE {OWNER}")


def _described(home: Home) -> Cluster:
    state = state_of(home)
    return Cluster(Path(state["socket_dir"]), OWNER, home.password(), home.data, Path(state["binaries"]))


def _leave(home: Home, users: int) -> None:
    """Gives the shared lock up; whoever was the last waits until the server has stopped."""
    try:
        last = locked(users, fcntl.LOCK_EX)
        # Somebody else holds it: other users, with whom it can be shared, or the watcher, which is stopping.
        last = last or not locked(users, fcntl.LOCK_SH)
    finally:
        os.close(users)
    if last:
        wait_for_end(home)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = open_lock(data_dir / "postgres.lock")
    try:
        if not came_true(lambda: locked(lock, fcntl.LOCK_EX), seconds=240):
            raise ClusterTrouble(f"다른 프로세스가 {data_dir}의 데이터베이스를 시작하거나 멈추는 중입니다.")
        yield
    finally:
        os.close(lock)


@contextmanager
def _trouble_in_words() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ClusterTrouble(
            f"{error.filename or '데이터베이스 폴더'}에 접근할 권한이 없습니다."
            " 그 폴더의 주인으로 실행하거나 다른 DATA_DIR을 쓰세요."
        ) from error
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        raise ClusterTrouble(
            f"데이터베이스를 준비하지 못했습니다 ({error.strerror or error}){place}"
        ) from error
