"""The folder a private cluster lives in, who owns it, and its making.

An ordinary user's cluster stands in DATA_DIR/postgres. PostgreSQL refuses to run as root, and an unprivileged
account cannot enter root's folders; so root's cluster stands under /var/lib/jangnal, and DATA_DIR/postgres.at
says where.
"""

# ruff: noqa: S603  every program started here is named here

import hashlib
import itertools
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storefront.locks import give_to_folders_owner
from storefront.postgres_binaries import Binaries, ClusterTrouble

ROOT_HOME = Path("/var/lib/jangnal")
OWNER = "jangnal"
# The system allows 103 bytes (macOS) for the path of a socket, and "/.s.PGSQL.5432" is 14 of them.
LONGEST_SOCKET_DIR = 85
# PostgreSQL's programs get no PGHOST, PGPORT, PGOPTIONS of the person's own, and speak English to our logs.
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Home:
    folder: Path
    account: pwd.struct_passwd | None = None  # who runs the server when we are root

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def run_as(self) -> dict[str, Any]:
        """Arguments for subprocess: programs of this cluster run as its owner."""
        if not self.account:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def password(self) -> str:
        try:
            return self.password_file.read_text().strip()
        except FileNotFoundError:
            raise ClusterTrouble(
                f"데이터베이스의 비밀번호 파일 {self.password_file}이(가) 없습니다. 백업에서 되살려 주세요."
            ) from None

    def major(self) -> int | None:
        """The major version the cluster was made with; None when there is no cluster yet."""
        if not self.data.exists():
            return None
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            raise ClusterTrouble(
                f"{self.data}은(는) PostgreSQL의 데이터 폴더가 아닙니다. 옮겨 두고 다시 시작해 주세요."
            ) from None


def existing_home(data_dir: Path) -> Home | None:
    pointer = data_dir / "postgres.at"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        if os.geteuid() != 0:
            raise ClusterTrouble(
                f"이 데이터베이스는 root가 {home}에 만들었습니다. root로 실행하거나 다른 DATA_DIR을 쓰세요."
            )
        if not (home / "data").exists():
            raise ClusterTrouble(
                f"데이터베이스 폴더 {home}이(가) 없어졌습니다. 되돌려 놓거나,"
                f" 빈 것으로 새로 시작하려면 {pointer} 파일을 지우세요."
            )
    else:
        home = data_dir / "postgres"
    if os.geteuid() != 0:
        return Home(home) if home.exists() else None
    if not (home / "data").exists():
        return None
    owner = (home / "data").stat().st_uid
    try:
        return Home(home, pwd.getpwuid(owner))
    except KeyError:
        raise ClusterTrouble(
            f"{home}의 주인({owner}번)은 이 컴퓨터에 없는 사용자입니다. chown으로 주인을 바꿔 주세요."
        ) from None


def new_home(data_dir: Path, root_home: Path) -> Home:
    """The place for a cluster that does not exist yet; a half-made one is taken up again."""
    if os.geteuid() != 0:
        home = Home(data_dir / "postgres")
        home.folder.mkdir(mode=0o700, exist_ok=True)
        return home
    account = _unprivileged_account()
    open_to_all(root_home)
    stem = re.sub(r"[^\w.-]", "_", data_dir.name, flags=re.ASCII) or "data"
    stem += "-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:8]
    # Without its pointer (the person deleted DATA_DIR) an older cluster is neither used nor lost.
    places = (root_home / (stem if count == 1 else f"{stem}-{count}") for count in itertools.count(1))
    folder = next(place for place in places if not (place / "data").exists())
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    return Home(folder, account)


def make_cluster(home: Home, binaries: Binaries, *, data_dir: Path, in_haste: bool) -> None:
    """initdb beside its place, then a rename: a cluster is whole or not there. `in_haste`: no fsync."""
    unfinished = home.folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    home.give(unfinished)
    if not home.password_file.exists() or not home.password_file.read_text().strip():
        write_private(home.password_file, secrets.token_hex(24))
    home.give(home.password_file)
    try:
        _initdb(home, binaries, unfinished, in_haste)
        unfinished.rename(home.data)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    if home.account and home.folder.parent != data_dir:
        write_private(data_dir / "postgres.at", f"{home.folder}\n")
        sys.stderr.write(
            f"데이터베이스를 {home.folder}에 두었습니다. 서버는 {home.account.pw_name} 계정으로 돕니다.\n"
        )


def socket_dir(home: Home, earlier: Path | None) -> Path:
    """A 0700 folder with a short, plain path: in the home where that is short enough, else in /tmp."""
    place = home.folder / "socket"
    if len(os.fsencode(place)) > LONGEST_SOCKET_DIR or not re.fullmatch(r"[\w/.+-]+", str(place), re.ASCII):
        if earlier and earlier.parent == Path("/tmp") and _is_private(earlier, home):  # noqa: S108
            place = earlier
        else:
            place = Path(tempfile.mkdtemp(prefix="jangnal-", dir="/tmp"))
    place.mkdir(mode=0o700, exist_ok=True)
    place.chmod(0o700)
    home.give(place)
    return place


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, 0600, owned by the owner of the folder."""
    fd, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(fd, "w") as file:
        file.write(text)
    give_to_folders_owner(Path(name))
    os.replace(name, path)


def reason(output: str) -> str:
    """The line of a PostgreSQL program's output that says why it gave up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line or "Check free disk space" in line for line in lines):
        return "디스크에 자리가 없습니다"
    for line in reversed(lines):
        if found := re.search(r"(?:FATAL|PANIC|ERROR|error): +(.*)", line):
            return found[1]
    return lines[-1] if lines else "까닭을 남기지 않고 멈췄습니다"


def _initdb(home: Home, binaries: Binaries, target: Path, in_haste: bool) -> None:
    command = [str(binaries.folder / "initdb"), "-D", str(target), "-U", OWNER, "--encoding=UTF8"]
    command += [
        "--auth=scram-sha-256",
        f"--pwfile={home.password_file}",
        *(["--no-sync"] if in_haste else []),
    ]
    for locale in ("C.UTF-8", "C"):  # macOS and some small systems have no C.UTF-8
        answer = _run([*command, f"--locale={locale}"], home)
        if answer.returncode == 0:
            return
        if "invalid locale" not in answer.stderr:
            break
    raise ClusterTrouble(f"{home.folder}에 데이터베이스를 만들지 못했습니다: {reason(answer.stderr)}")


def _run(command: list[str], home: Home) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env=clean_environment(), **home.run_as
    )


def clean_environment(more: Mapping[str, str] = {}) -> dict[str, str]:
    return {**CLEAN_ENVIRONMENT, **more}


def _is_private(folder: Path, home: Home) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owner = home.account.pw_uid if home.account else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", OWNER, "_postgres"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", OWNER], capture_output=True, check=False
        )
    try:
        return pwd.getpwnam(OWNER)
    except KeyError:
        raise ClusterTrouble(
            f"PostgreSQL은 root로 돌지 않고, '{OWNER}' 계정도 만들지 못했습니다. 일반 사용자로 실행해 주세요."
        ) from None


def open_to_all(root_home: Path) -> None:
    """Raises ClusterTrouble when an unprivileged account could not reach the folder."""
    try:
        root_home.mkdir(parents=True, exist_ok=True)
        root_home.chmod(0o755)
    except OSError as error:
        raise ClusterTrouble(
            f"{root_home}에 쓸 수 없어 root의 데이터베이스를 둘 곳이 없습니다 ({error.strerror})."
            " 일반 사용자로 실행하거나 DATABASE_URL을 정해 주세요."
        ) from error
    for folder in root_home.resolve().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise ClusterTrouble(
                f"{folder}에 다른 계정이 들어갈 수 없어 데이터베이스를 {root_home}에 둘 수 없습니다."
            )
