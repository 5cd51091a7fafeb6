"""What processes cost, read from /proc: CPU seconds and memory. Linux only."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stat:
    pid: int
    parent: int
    started: int
    ticks: int
    """User and system time of the process itself."""
    ticks_of_dead_children: int


def stat_of(pid: int) -> Stat | None:
    """None when it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold anything; after it come the fields from the third on.
    values = text.rpartition(")")[2].split()
    user, system, dead_user, dead_system = (int(values[at]) for at in (11, 12, 13, 14))
    return Stat(pid, int(values[1]), int(values[19]), user + system, dead_user + dead_system)


def children_of(parent: int) -> list[int]:
    """Its children, the oldest first."""
    found = [stat for pid in _all_pids() if (stat := stat_of(pid)) and stat.parent == parent]
    return [stat.pid for stat in sorted(found, key=lambda stat: (stat.started, stat.pid))]


def cpu_seconds(pid: int) -> float:
    """What the process has used so far; to the nanosecond where the kernel says it, else to the hundredth."""
    try:
        threads = list((PROC / str(pid) / "task").iterdir())
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (FileNotFoundError, ProcessLookupError, IndexError):
        stat = stat_of(pid)
        return stat.ticks / TICK if stat else 0.0


def family_cpu_seconds(parent: int) -> float:
    """A process with all its children, the ended ones too: a PostgreSQL server with its backends."""
    stat = stat_of(parent)
    ended = stat.ticks_of_dead_children / TICK if stat else 0.0
    return ended + sum(cpu_seconds(pid) for pid in (parent, *children_of(parent)))


def pss_mb(pid: int) -> float:
    """Its share of memory in MB (2**20): what it shares with others counts by part."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


@dataclass(frozen=True)
class Cost:
    """CPU seconds."""

    web: float
    database: float

    def __sub__(self, earlier: "Cost") -> "Cost":
        return Cost(self.web - earlier.web, self.database - earlier.database)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.web + other.web, self.database + other.database)

    @property
    def whole(self) -> float:
        return self.web + self.database


@dataclass(frozen=True)
class Household:
    """The processes of one server; `postmaster` is its PostgreSQL's."""

    web: tuple[int, ...]
    postmaster: int
    worker: int | None = None

    def cost(self) -> Cost:
        return Cost(sum(map(cpu_seconds, self.web)), family_cpu_seconds(self.postmaster))

    def memory_mb(self) -> float:
        """Web processes and worker together."""
        return sum(pss_mb(pid) for pid in self.everybody())

    def everybody(self) -> Iterable[int]:
        return (*self.web, self.worker) if self.worker else self.web

    def wait_until_quiet(self, *, seconds: float = 300, busy: float = 0.03) -> bool:
        """Until nobody works for two seconds: what starts with the server is done. False when that does not come."""
        ends, still = time.monotonic() + seconds, 0
        while still < 4 and time.monotonic() < ends:
            before = self.all_cpu()
            time.sleep(0.5)
            still = still + 1 if self.all_cpu() - before < busy / 2 else 0
        return still >= 4

    def all_cpu(self) -> float:
        """Seconds of the whole house and its database."""
        return family_cpu_seconds(self.postmaster) + sum(map(cpu_seconds, self.everybody()))


class OtherPeople:
    """How much of the machine others used since this was made. What we start later, and stop, is ours."""

    def __init__(self, household: Household) -> None:
        self._household = household
        self._before = self._all()

    def share(self) -> float:
        """Of all cores' time; 0.5 on two cores is one core."""
        whole, busy, ours = (now - then for now, then in zip(self._all(), self._before, strict=True))
        return max(0.0, busy - ours) / whole

    def _all(self) -> tuple[float, float, float]:
        names = (PROC / "stat").read_text().splitlines()[0].split()[1:9]
        times = [int(value) / TICK for value in names]
        idle = times[3] + times[4]
        own = os.times()
        ours = own.user + own.system + own.children_user + own.children_system + self._household.all_cpu()
        return sum(times), sum(times) - idle, ours


def processor() -> str:
    """Its model's name."""
    for line in (PROC / "cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return "unknown"


def yardstick_ms() -> float:
    """CPU milliseconds of a fixed piece of Python, the best of five: how fast machine and interpreter are just now."""
    return min(_fixed_work() for _ in range(5)) * 1000


def _fixed_work() -> float:
    began, total = time.process_time(), 0
    for number in range(500_000):
        total += number * number
    return time.process_time() - began


def _all_pids() -> Iterable[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
