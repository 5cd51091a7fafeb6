"""The private PostgreSQL, with real processes, each ended by its own number."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tortoise import Tortoise, connections, fields
from tortoise.models import Model

from storefront.cluster import (
    Cluster,
    ClusterTrouble,
    find_running,
    remove_cluster,
    running_cluster,
)
from storefront.postgres_binaries import _wheel_folders

PROJECT = Path(__file__).parents[2]
IN_HASTE = {"fsync": "off"}
MEMBER = """
import sys
from pathlib import Path
from storefront.cluster import running_cluster

with running_cluster(Path(sys.argv[1]), root_home=Path(sys.argv[2]), settings={"fsync": "off"}) as cluster:
    try:
        print("joined", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print(cluster.run_sql("SELECT 'still there'"), flush=True)
"""


class Village(Model):
    """Tortoise does not begin without a model."""

    id = fields.IntField(primary_key=True)


class Place:
    """A DATA_DIR, and where root's cluster of it goes, in a folder that other accounts may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "var"
        self.root_home = folder / "root"

    def cluster(self, **more):
        return running_cluster(self.data_dir, root_home=self.root_home, settings=IN_HASTE, **more)

    @contextmanager
    def member(self) -> Iterator[subprocess.Popen[str]]:
        """Another process that uses the cluster, in a process group of its own."""
        command = [sys.executable, "-c", MEMBER, str(self.data_dir), str(self.root_home)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.stdin and not process.stdin.closed:
                    process.stdin.close()
                process.wait(20)


@pytest.fixture
def place() -> Iterator[Place]:
    """For tests of making a cluster, and those that harm it."""
    with a_place() as place:
        yield place


@pytest.fixture(scope="module")
def town() -> Iterator[Place]:
    """Making a cluster takes a second: tests that leave it whole share this one."""
    with a_place() as place:
        yield place


@contextmanager
def a_place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="jangnal-test-"))
    folder.chmod(0o755)
    yield Place(folder)
    assert within(5, lambda: find_running(folder / "var") is None)
    shutil.rmtree(folder)


def within(seconds: float, condition: Callable[[], object]) -> bool:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def running(place: Place) -> Cluster:
    cluster = find_running(place.data_dir)
    assert cluster
    return cluster


def leave(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait(60)


def server_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def parent_of(pid: int) -> int:
    answer = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(answer.stdout)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_tortoise_reaches_it_by_its_address(town):
    with town.cluster() as cluster:
        await Tortoise.init(db_url=cluster.url(), modules={"models": [__name__]})
        _, rows = await connections.get("default").execute_query(
            "SELECT current_user AS who, current_setting('TimeZone') AS zone, '곶감' AS word"
        )
        await Tortoise.close_connections()

    assert dict(rows[0]) == {"who": "jangnal", "zone": "UTC", "word": "곶감"}


def test_one_server_serves_everyone_until_the_last_has_left(town):
    with town.member() as first:
        assert heard(first) == "joined"
        with town.cluster() as second:
            server = server_of(second)
            leave(first)

            assert second.run_sql("SELECT 1") == "1"
            assert server_of(second) == server
            assert find_running(town.data_dir) == second

    assert not is_alive(server)
    assert find_running(town.data_dir) is None


def test_two_that_start_at_once_get_one_server(town):
    with town.member() as one, town.member() as other:
        assert heard(one) == heard(other) == "joined"

        assert running(town).run_sql("SELECT 1") == "1"


def test_the_next_start_is_quick_and_finds_the_data_again(town):
    with town.cluster() as cluster:
        cluster.run_sql("CREATE TABLE harvest AS SELECT 'persimmons' AS name", "jangnal")

    began = time.monotonic()
    with town.cluster() as again:
        took = time.monotonic() - began

        assert again.run_sql("SELECT name FROM harvest", "jangnal") == "persimmons"
        assert again == cluster
    assert took < 1.5


def test_a_killed_user_leaves_no_server_behind(town):
    with town.member() as member:
        heard(member)
        server = server_of(running(town))

        os.killpg(member.pid, signal.SIGKILL)

        assert within(5, lambda: not is_alive(server))


def test_a_user_killed_while_it_starts_the_server_leaves_none_behind(town):
    with town.cluster() as cluster:
        pass

    with town.member() as member:
        assert within(10, lambda: (cluster.data / "postmaster.pid").exists())
        os.killpg(member.pid, signal.SIGKILL)

    with town.cluster() as again:
        assert again.run_sql("SELECT 1") == "1"


def test_one_killed_user_does_not_take_the_server_from_the_other(town):
    with town.cluster() as cluster, town.member() as member:
        heard(member)

        os.killpg(member.pid, signal.SIGKILL)
        member.wait()

        time.sleep(0.3)
        assert cluster.run_sql("SELECT 1") == "1"


def test_ctrl_c_leaves_time_for_the_last_words(town):
    with town.member() as member:
        heard(member)

        os.killpg(member.pid, signal.SIGINT)

        assert heard(member) == "still there"


def test_a_forked_child_that_leaves_does_not_take_the_server_from_its_parent(town):
    with town.member() as other:
        heard(other)
        with town.cluster() as cluster:
            script = (
                "import os, sys\nfrom pathlib import Path\nfrom storefront.cluster import running_cluster\n"
                "with running_cluster(Path(sys.argv[1])) as cluster:\n"
                "    child = os.fork()\n"
                "    if child:\n"
                "        os.waitpid(child, 0)\n"
                "        print(cluster.run_sql('SELECT 1'))\n"
            )
            answer = subprocess.run(
                [sys.executable, "-c", script, town.data_dir], cwd=PROJECT, capture_output=True, text=True
            )
            assert (answer.stdout, answer.stderr) == ("1\n", "")
            assert cluster.run_sql("SELECT 1") == "1"


def test_a_killed_server_is_started_again(town):
    with town.cluster() as cluster:
        server = server_of(cluster)

        os.kill(server, signal.SIGKILL)

        assert within(10, lambda: (now := find_running(town.data_dir)) and server_of(now) != server)
        assert cluster.run_sql("SELECT 1") == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_watcher_takes_the_server_with_it(town):
    with town.cluster() as cluster:
        server = server_of(cluster)

        os.kill(parent_of(server), signal.SIGKILL)

        assert within(5, lambda: not is_alive(server))
        with town.cluster() as again:
            assert again.run_sql("SELECT 1") == "1"


def test_nobody_else_can_reach_it(town):
    with town.cluster() as cluster:
        wrong = cluster.environment() | {"PGPASSWORD": "guess"}
        answer = subprocess.run(
            [cluster.binaries / "psql", "-w", "-c", "SELECT 1"], env=wrong, capture_output=True, text=True
        )

        assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
        assert cluster.run_sql("SHOW listen_addresses") == ""
        assert "password authentication failed" in answer.stderr
        assert len(cluster.password) >= 32
        assert cluster.password not in repr(cluster)
        password_file = cluster.data.parent / "password"
        assert stat.S_IMODE(password_file.stat().st_mode) == 0o600


def test_an_interrupted_making_is_done_again(place):
    with place.member() as member:
        assert within(10, lambda: any(place.folder.rglob("data.unfinished/PG_VERSION")))
        os.killpg(member.pid, signal.SIGKILL)

    with place.cluster() as cluster:
        assert cluster.run_sql("SELECT 1") == "1"
        assert not (cluster.data.parent / "data.unfinished").exists()


def test_what_a_crash_of_the_machine_left_is_no_hindrance(town):
    with town.cluster() as cluster:
        as_after_a_crash = (cluster.data / "postmaster.pid").read_text().splitlines()
    as_after_a_crash[0] = str(os.getpid())  # the number now belongs to somebody else
    (cluster.data / "postmaster.pid").write_text("\n".join(as_after_a_crash))
    (cluster.socket_dir / ".s.PGSQL.5432").touch()
    (cluster.socket_dir / ".s.PGSQL.5432.lock").write_text("\n".join(as_after_a_crash))

    with town.cluster() as again:
        assert again.run_sql("SELECT 1") == "1"


def test_a_long_or_odd_path_gets_its_socket_elsewhere(place):
    place.data_dir = place.folder / ("a long, 긴 path " * 6) / "var"
    place.root_home = place.folder / ("a long, 긴 path " * 6) / "root"

    with place.cluster() as cluster:
        assert len(os.fsencode(cluster.socket_dir)) < 86
        assert cluster.run_sql("SELECT 1") == "1"
    with place.cluster() as again:
        assert again.socket_dir == cluster.socket_dir

    remove_cluster(place.data_dir)
    assert not cluster.socket_dir.exists()
    assert not cluster.data.exists()


def test_a_cluster_of_another_version_is_refused_in_one_line(place):
    with place.cluster() as cluster:
        have = cluster.run_sql("SHOW server_version").split()[0]
    (cluster.data / "PG_VERSION").write_text("11\n")

    with pytest.raises(ClusterTrouble) as trouble, place.cluster():
        pass

    assert "PostgreSQL 11" in str(trouble.value)
    assert have in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_a_strangers_server_on_the_folder_is_named_and_left_alone(place):
    with place.cluster() as cluster:
        account = (cluster.data).stat()
    drop = {"user": account.st_uid, "group": account.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    elsewhere = place.folder / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={elsewhere}"]
    with subprocess.Popen(
        [cluster.binaries / "postgres", "-D", cluster.data, *options],
        stderr=subprocess.DEVNULL,
        cwd="/",
        **drop,
    ) as stranger:
        assert within(10, lambda: "ready" in read_if_there(cluster.data / "postmaster.pid"))

        with pytest.raises(ClusterTrouble, match=str(stranger.pid)), place.cluster():
            pass

        assert stranger.poll() is None
        stranger.send_signal(signal.SIGINT)


def read_if_there(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_setting_postgres_does_not_accept_is_told_in_its_words(town):
    settings = {"shared_buffers": "lots"}

    with (
        pytest.raises(ClusterTrouble, match="shared_buffers"),
        running_cluster(town.data_dir, root_home=town.root_home, settings=settings),
    ):
        pass


def test_a_file_in_the_way_is_named(place):
    place.data_dir.write_text("not a folder")

    with pytest.raises(ClusterTrouble, match=str(place.data_dir)), place.cluster():
        pass

    place.data_dir.unlink()


def test_a_cluster_in_use_is_not_removed(place):
    with place.cluster() as cluster:
        with pytest.raises(ClusterTrouble):
            remove_cluster(place.data_dir)
        assert cluster.run_sql("SELECT 1") == "1"

    remove_cluster(place.data_dir)
    assert not cluster.data.exists()


def test_the_wheels_programs_do_where_the_system_has_none(place):
    newest = max(_wheel_folders(), key=lambda folder: folder.parent.name)

    with place.cluster(binaries=newest) as cluster:
        assert cluster.run_sql("SHOW server_encoding") == "UTF8"


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="for root; all the other tests are an ordinary user's")


@as_root
def test_a_lost_root_cluster_is_not_replaced_by_an_empty_one(place):
    with place.cluster() as cluster:
        pass
    shutil.rmtree(cluster.data.parent)

    with pytest.raises(ClusterTrouble, match=r"postgres\.at"), place.cluster():
        pass

    (place.data_dir / "postgres.at").unlink()


@as_root
def test_a_deleted_data_dir_begins_anew_and_keeps_the_old_cluster(place):
    with place.cluster() as cluster:
        pass
    shutil.rmtree(place.data_dir)

    with place.cluster() as again:
        assert again.data != cluster.data
        assert cluster.data.exists()


@as_root
def test_a_root_cluster_out_of_reach_of_its_account_is_refused_in_one_line(place):
    place.folder.chmod(0o700)

    with pytest.raises(ClusterTrouble, match=str(place.folder)), place.cluster():
        pass


@as_root
def test_an_ordinary_user_has_it_in_the_data_dir_and_root_may_join(place, town):
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python:
        pytest.skip("no Python that an ordinary user may run")
    with town.cluster() as cluster:  # its programs are such that every account may run them
        binaries = cluster.binaries
    # The project may stand in root's home.
    copy = shutil.copytree(
        PROJECT / "storefront",
        place.folder / "code/storefront",
        ignore=lambda _, names: not_modules(names),
    )
    place.data_dir.mkdir()
    os.chown(place.data_dir, 65534, 65534)
    script = (
        "import sys\nfrom pathlib import Path\nfrom storefront.cluster import running_cluster\n"
        "with running_cluster(Path(sys.argv[1]), binaries=Path(sys.argv[2])) as cluster:\n"
        "    print(cluster.run_sql('SELECT 1'), cluster.data, flush=True)\n"
        "    sys.stdin.read()\n"
    )

    def user() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [python, "-c", script, str(place.data_dir), str(binaries)],
            user=65534, group=65534, extra_groups=[], cwd=Path(copy).parent,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    with user() as first:
        assert heard(first) == f"1 {place.data_dir}/postgres/data"
        with place.cluster() as joined:
            assert joined.run_sql("SELECT 1") == "1"
            leave(first)
            assert joined.run_sql("SELECT 1") == "1"
    with place.cluster(binaries=binaries) as by_root:
        assert by_root.data.stat().st_uid == 65534
    with user() as later:
        assert heard(later).startswith("1 ")
        leave(later)


def not_modules(names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py")}
