"""`make races`: every race with its controls, the kill loop and a new search, and a table of them for the README.

A control is the same race with its guard taken away: it passes only where the race then shows.
"""

import argparse
import ast
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Family:
    """One module of races: what meets in it, and how its tests ended (True: passed)."""

    name: str
    says: str
    races: list[bool]
    controls: list[bool]

    @property
    def row(self) -> str:
        is_good = all(self.races + self.controls)
        counts = f"{sum(self.races)} of {len(self.races)} | {sum(self.controls)} of {len(self.controls)}"
        return f"| {self.says} | `{self.name}` | {counts} |{'' if is_good else ' **broken**'}"


def families(report: Path) -> Iterator[Family]:
    """From pytest's report in JUnit form."""
    ended: dict[str, list[tuple[str, bool]]] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        is_good = not any(case.find(trouble) is not None for trouble in ("failure", "error", "skipped"))
        ended.setdefault(str(case.get("classname")), []).append((str(case.get("name")), is_good))
    for module, tests in sorted(ended.items()):
        path = TESTS.parent / (module.replace(".", "/") + ".py")
        says = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        controls = [is_good for name, is_good in tests if name.startswith("test_control")]
        races = [is_good for name, is_good in tests if not name.startswith("test_control")]
        yield Family(str(path.relative_to(TESTS)), says.rstrip("."), races, controls)


def told(report: Path) -> Iterator[str]:
    """What tests wrote down about themselves."""
    for note in ElementTree.parse(report).getroot().iter("property"):
        yield f"{note.get('name')}: {note.get('value')}"


def run(report: Path, *arguments: str) -> int:
    """Pytest's exit status; its report in `report`."""
    # xunit1 is the form in which a test may say something about itself.
    form = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", "-q", *form, *arguments]
    return subprocess.run(command, check=False, env={**os.environ, "REFUND_QUOTES": "10000"}).returncode


def main() -> int:
    reader = argparse.ArgumentParser(
        prog="make races ARGS=…", description="What else stands there goes to pytest."
    )
    reader.add_argument("--minutes", type=float, default=10, help="how long is searched (10; 20 at most)")
    reader.add_argument("--rounds", type=int, default=20, help="of the kill loop (20)")
    reader.add_argument("--seed", type=int, help="where search and kills begin; without it, anywhere")
    wish, more = reader.parse_known_args()
    races = sorted(str(path) for path in TESTS.rglob("test_*races.py"))
    seed = str(secrets.randbelow(10**9) if wish.seed is None else wish.seed)
    kills = ["--kill-rounds", str(wish.rounds), "--kill-seed", seed]
    search = ["--search-minutes", str(min(wish.minutes, 20)), "--search-seed", seed]
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder) / f"{name}.xml" for name in ("races", "kills", "search")]
        # One after the other: whoever measures a recovery wants the machine for himself.
        ended = [
            run(
                reports[0],
                "-n",
                "2",
                "--dist",
                "loadfile",
                *races,
                str(TESTS / "market/test_quotes_are_paid.py"),
                *more,
            ),
            run(reports[1], *kills, str(TESTS / "faults"), *more),
            run(reports[2], *search, str(TESTS / "market/search_machine.py"), *more),
        ]
        sys.stdout.write(
            "\n| what meets | where | races held | controls that showed the race |\n|---|---|--:|--:|\n"
        )
        for report in reports[:2]:
            sys.stdout.writelines(family.row + "\n" for family in families(report))
        for report in reports[1:]:
            sys.stdout.writelines(f"\n{line}.\n" for line in told(report))
    return int(any(ended))


if __name__ == "__main__":
    sys.exit(main())
