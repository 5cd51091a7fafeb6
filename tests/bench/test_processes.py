"""CPU and memory are read from /proc as they are."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.processes import children_of, cpu_seconds, family_cpu_seconds, pss_mb, stat_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="there is no /proc here")


def test_work_done_is_seen():
    me, before = os.getpid(), cpu_seconds(os.getpid())

    ends = time.process_time() + 0.05
    while time.process_time() < ends:
        pass

    assert cpu_seconds(me) - before >= 0.04


def test_what_an_ended_child_used_stays_with_its_parent():
    before = family_cpu_seconds(os.getpid())

    subprocess.run([sys.executable, "-c", "sum(range(4_000_000))"], check=True)

    assert family_cpu_seconds(os.getpid()) - before >= 0.03


def test_a_living_child_is_found():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in children_of(os.getpid())
        assert pss_mb(child.pid) >= 0
    finally:
        child.communicate(b"\n")

    assert stat_of(child.pid) is None
