"""`make races`: every race with its controls, and a table of them for the README.

A control is the same race with its guard taken away: it passes only where the race then shows.
"""

import ast
import os
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


def main() -> int:
    files = sorted(str(path) for path in TESTS.rglob("test_*races.py"))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "races.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--dist",
            "loadfile",
            f"--junitxml={report}",
            *files,
            str(TESTS / "market" / "test_quotes_are_paid.py"),
        ]
        status = subprocess.run(
            [*command, *sys.argv[1:]], check=False, env={**os.environ, "REFUND_QUOTES": "10000"}
        ).returncode
        sys.stdout.write(
            "\n| what meets | where | races held | controls that showed the race |\n|---|---|--:|--:|\n"
        )
        for family in families(report):
            sys.stdout.write(family.row + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
