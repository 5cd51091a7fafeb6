"""How fast this disk keeps what it is told to: every commit waits for it at least once."""

import os
import re
import subprocess
import time
from pathlib import Path

OF_ONE_WRITE = re.compile(r"^\s+fdatasync\s+([\d.]+) ops/sec")
BLOCK = bytes(8192)  # what PostgreSQL writes at a time


def flushes_a_second(folder: Path, binaries: Path) -> tuple[str, float]:
    """By whom it was measured, and how often a second fdatasync returned after a write of 8 kB, in one second."""
    scratch = folder / "flushing"
    try:
        if said := _pg_test_fsync(binaries / "pg_test_fsync", scratch):
            return "pg_test_fsync", said
        return "a loop of ours", _own_loop(scratch)
    finally:
        scratch.unlink(missing_ok=True)


def _pg_test_fsync(program: Path, scratch: Path) -> float | None:
    """Only as far as its line for fdatasync: it would go on for half a minute."""
    if not program.exists():
        return None
    command = [str(program), "--secs-per-test=1", f"--filename={scratch}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout
        found = next((found for line in run.stdout if (found := OF_ONE_WRITE.match(line))), None)
        run.kill()
    return float(found[1]) if found else None


def _own_loop(scratch: Path) -> float:
    handle, times = os.open(scratch, os.O_CREAT | os.O_WRONLY, 0o600), 0
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < 1:
        os.pwrite(handle, BLOCK, 0)
        os.fdatasync(handle)
        times += 1
    os.close(handle)
    return times / passed
