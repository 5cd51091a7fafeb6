"""What was measured beside what was promised, as a table for the terminal and as Markdown for the README."""

from dataclasses import dataclass, field

from rich.table import Table

from tests.bench.measuring import Measured


@dataclass(frozen=True)
class Bar:
    """What must not be passed. None: nothing was promised."""

    cpu_ms: float | None = None
    queries: int | None = None
    seconds: float | None = None
    a_second: float | None = None
    """The least."""


@dataclass(frozen=True)
class PageResult:
    code: str
    what: str
    measured: Measured
    queries: int | None
    """None: not counted."""
    requests: int = 1
    reference: Measured | None = None
    bar: Bar = Bar()

    def misses(self) -> list[str]:
        found = []
        if self.bar.cpu_ms is not None and self.measured.cpu_ms > self.bar.cpu_ms:
            found.append(f"{self.code}: {self.measured.cpu_ms:.2f} ms CPU, promised {self.bar.cpu_ms:g}")
        if self.bar.queries is not None and self.queries is not None and self.queries > self.bar.queries:
            found.append(f"{self.code}: {self.queries} queries, promised {self.bar.queries}")
        return found

    def cells(self) -> list[str]:
        it, bare = self.measured, self.reference
        return [
            self.code, self.what, str(self.requests), f"{it.web_ms:.2f}", f"{it.database_ms:.2f}", f"{it.cpu_ms:.2f}",
            f"{it.quiet_ms:.2f}", _promised(self.bar.cpu_ms, " ms"), f"{it.waited_ms(50):.1f} / {it.waited_ms(95):.1f}",
            "" if self.queries is None else f"{self.queries}" + (f" (≤ {self.bar.queries})" if self.bar.queries is not None else ""),
            f"{bare.cpu_ms:.2f}" if bare else "", f"× {it.cpu_ms / bare.cpu_ms:.1f}" if bare else "",
        ]  # fmt: skip


@dataclass(frozen=True)
class RushResult:
    """`answers` counts status codes; `promised` is what the database holds for buyers afterwards."""

    code: str
    what: str
    there: int
    promised: int
    buyers: int
    answers: dict[int, int]
    seconds: float
    bar: Bar

    @property
    def oversold(self) -> int:
        return max(0, self.promised - self.there, self.answers.get(303, 0) - self.there)

    def misses(self) -> list[str]:
        found = []
        if self.oversold:
            found.append(f"{self.code}: {self.oversold} oversold")
        if self.promised != self.there or self.answers.get(303) != self.there:
            found.append(
                f"{self.code}: {self.promised} of {self.there} sold, {self.answers.get(303, 0)} buyers told so"
            )
        if sum(self.answers.values()) != self.buyers:
            found.append(f"{self.code}: {self.buyers - sum(self.answers.values())} buyers got no answer")
        if strange := {
            status: count for status, count in self.answers.items() if status not in (303, 409, 422)
        }:
            found.append(f"{self.code}: neither sold nor refused but {strange}")
        if self.bar.seconds is not None and self.seconds > self.bar.seconds:
            found.append(f"{self.code}: {self.seconds:.2f} s, promised {self.bar.seconds:g}")
        return found

    def cells(self) -> list[str]:
        codes = ", ".join(f"{count} × {status}" for status, count in sorted(self.answers.items()))
        return [
            self.code, self.what, f"{self.promised} of {self.there}", str(self.oversold), codes, f"{self.seconds:.2f} s",
            _promised(self.bar.seconds, " s"),
        ]  # fmt: skip


@dataclass(frozen=True)
class RateResult:
    """Orders taken one burst after the other; the middle burst counts."""

    code: str
    what: str
    orders: int
    """Of one burst."""
    bursts: tuple[float, ...]
    """Seconds of each."""
    answers: dict[int, int]
    waited: tuple[float, ...]
    web_cpu: tuple[float, ...]
    """Seconds of each web process: whether they shared the work."""
    database_cpu: float
    own_cpu: float
    """Of whoever sent the orders, on the same cores."""
    bar: Bar = Bar()

    @property
    def a_second(self) -> float:
        return self.orders / sorted(self.bursts)[len(self.bursts) // 2]

    def misses(self) -> list[str]:
        found = []
        if self.bar.a_second is not None and self.a_second < self.bar.a_second:
            found.append(f"{self.code}: {self.a_second:.0f} a second, promised {self.bar.a_second:g}")
        if set(self.answers) - {201}:
            found.append(f"{self.code}: not taken but {self.answers}")
        return found

    def cells(self) -> list[str]:
        ranked, whole = sorted(self.waited), self.orders * len(self.bursts)
        at = [ranked[len(ranked) * percent // 100] * 1000 for percent in (50, 95)]
        cpu = [sum(self.web_cpu), self.database_cpu, self.own_cpu]
        return [
            self.code, self.what, str(whole), f"{self.a_second:.0f}",
            f"{self.orders / max(self.bursts):.0f} – {self.orders / min(self.bursts):.0f}",
            f"≥ {self.bar.a_second:g}" if self.bar.a_second is not None else "", f"{at[0]:.1f} / {at[1]:.1f}",
            " / ".join(f"{seconds / whole * 1000:.2f}" for seconds in cpu),
            " : ".join(f"{seconds / sum(self.web_cpu):.0%}" for seconds in self.web_cpu),
        ]  # fmt: skip


@dataclass(frozen=True)
class MonthResult:
    """One thing done with a village's month of so many lines; the slowest time counts."""

    code: str
    what: str
    lines: int
    seconds: tuple[float, ...]
    bar: Bar

    def misses(self) -> list[str]:
        if self.bar.seconds is None or max(self.seconds) <= self.bar.seconds:
            return []
        return [f"{self.code} {self.what}: {max(self.seconds):.2f} s, promised {self.bar.seconds:g}"]

    def cells(self) -> list[str]:
        middle = sorted(self.seconds)[len(self.seconds) // 2]
        return [
            self.code, self.what, f"{self.lines:,}", str(len(self.seconds)), f"{middle:.2f} s", f"{max(self.seconds):.2f} s",
            _promised(self.bar.seconds, " s"),
        ]  # fmt: skip


@dataclass
class Report:
    facts: list[str] = field(default_factory=list)
    pages: list[PageResult] = field(default_factory=list)
    rushes: list[RushResult] = field(default_factory=list)
    rates: list[RateResult] = field(default_factory=list)
    months: list[MonthResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def all_misses(self) -> list[str]:
        return [
            miss
            for result in (*self.pages, *self.rushes, *self.rates, *self.months)
            for miss in result.misses()
        ] + self.misses

    def tables(self) -> list[Table]:
        return [
            _table("CPU per request", PAGE_HEADS, [page.cells() for page in self.pages]),
            _table("Everybody at once", RUSH_HEADS, [rush.cells() for rush in self.rushes]),
            _table("Orders by the API", RATE_HEADS, [rate.cells() for rate in self.rates]),
            _table("A village's month", MONTH_HEADS, [month.cells() for month in self.months]),
        ]

    def markdown(self) -> str:
        parts = [
            "\n".join(f"- {fact}" for fact in self.facts),
            _markdown(PAGE_HEADS, [page.cells() for page in self.pages]),
            _markdown(RUSH_HEADS, [rush.cells() for rush in self.rushes]),
            _markdown(RATE_HEADS, [rate.cells() for rate in self.rates]),
            _markdown(MONTH_HEADS, [month.cells() for month in self.months]),
            "\n".join(f"- {note}" for note in self.notes),
        ]
        return "\n\n".join(parts) + "\n"


PAGE_HEADS = [
    "", "what", "requests", "web ms", "database ms", "CPU ms", "quiet", "promised", "p50 / p95 ms", "queries", "bare ms", "to bare",
]  # fmt: skip
RUSH_HEADS = ["", "what", "sold", "oversold", "answers", "last answer", "promised"]

RATE_HEADS = [
    "", "what", "orders", "a second", "slowest – fastest", "promised", "p50 / p95 ms", "CPU ms web / database / sender",
    "web processes",
]  # fmt: skip
MONTH_HEADS = ["", "what", "lines", "times", "middle", "slowest", "promised"]


def _promised(value: float | None, unit: str) -> str:
    return f"≤ {value:g}{unit}" if value is not None else ""


def _table(title: str, heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < 2 else "right")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    ruler = ["---", "---", *("--:" for _ in heads[2:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, ruler, *rows])
