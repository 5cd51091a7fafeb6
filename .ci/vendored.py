"""Compare the vendored files with `.ci/vendored.txt`; with `--write`, write that list again."""

import hashlib
import re
import sys
from pathlib import Path

LIST = Path(".ci/vendored.txt")
STATIC = Path("storefront/static")
VERSION = re.compile(r"-\d+(\.\d+)+")
"""Vendored things in `static/` carry their version in their name; ours do not."""


def vendored_things() -> list[Path]:
    versioned = [path for path in sorted(STATIC.rglob("*")) if VERSION.search(path.name)]
    outermost = [path for path in versioned if not any(parent in versioned for parent in path.parents)]
    return [*outermost, Path("tests/vendor")]


def sum_of(thing: Path) -> str:
    """One hash for a file, or for the names and contents of everything in a folder."""
    if thing.is_file():
        return hashlib.sha256(thing.read_bytes()).hexdigest()
    files = sorted(path for path in thing.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(thing).as_posix()}\n"
        for path in files
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def main() -> int:
    found = {thing.as_posix(): sum_of(thing) for thing in vendored_things()}
    if "--write" in sys.argv:
        LIST.write_text("".join(f"{digest}  {name}\n" for name, digest in found.items()), encoding="utf-8")
        return 0
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    written = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    wrong = sorted(name for name in found.keys() | written.keys() if found.get(name) != written.get(name))
    for name in wrong:
        sys.stderr.write(
            f"{name}: changed, new or gone; if meant: .venv/bin/python .ci/vendored.py --write\n"
        )
    return 1 if wrong else 0


sys.exit(main())
