"""How the measured queries are scored: what must be found, how high, and which share of a category is enough."""

import csv
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
CASES = {"given": "search_cases.csv", "own": "own_search_cases.csv"}
"""Those that came with the task, and as many that we thought of ourselves."""

BARS = {
    "plain": 1.0, "spacing": 1.0, "choseong": 1.0, "field": 1.0, "no_result": 1.0, "layout": 0.95, "partial": 0.9,
    "compound": 0.9, "unit": 0.9, "homonym": 0.9, "josa_sentence": 0.85, "typo": 0.85, "latin_hanja": 0.7,
}  # fmt: skip
"""Synonyms are open-ended: their rate is told, and is no bar."""


@dataclass(frozen=True)
class Case:
    """`wanted`: all of them among the first `within`, nothing of `not_above` before any of them."""

    id: str
    category: str
    query: str
    wanted: frozenset[str]
    within: int
    not_above: frozenset[str]

    def passes(self, codes: list[str]) -> bool:
        if not self.wanted:
            return not codes
        if not self.wanted <= set(codes[: self.within]):
            return False
        worst = max(codes.index(code) for code in self.wanted)
        return not self.not_above & set(codes[:worst])


@dataclass(frozen=True)
class Outcome:
    """`codes`: what was found, in order."""

    case: Case
    codes: list[str]

    @property
    def passed(self) -> bool:
        return self.case.passes(self.codes)


@dataclass(frozen=True)
class Rate:
    category: str
    passed: int
    tried: int

    @property
    def share(self) -> float:
        return self.passed / self.tried

    @property
    def bar(self) -> float | None:
        return BARS.get(self.category)

    @property
    def is_enough(self) -> bool:
        return self.bar is None or self.share >= self.bar


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cases_of(which: str) -> list[Case]:
    return [
        Case(
            row["case_id"],
            row["category"],
            row["query"],
            frozenset(row["expect_all"].split()),
            int(row["within_top_n"]),
            frozenset(row["must_not_rank_above"].split()),
        )
        for row in rows_of(CASES[which])
    ]


async def outcomes_of(cases: Iterable[Case], found: Callable[[str], Awaitable[list[str]]]) -> list[Outcome]:
    """`found` gives the codes of a query's hits, the best first."""
    return [Outcome(case, await found(case.query)) for case in cases]


def rates_of(outcomes: Iterable[Outcome]) -> Iterator[Rate]:
    passed: dict[str, list[bool]] = {}
    for outcome in outcomes:
        passed.setdefault(outcome.case.category, []).append(outcome.passed)
    for category, each in sorted(passed.items()):
        yield Rate(category, sum(each), len(each))


def failures_below(outcomes: list[Outcome]) -> list[tuple[str, str, list[str]]]:
    """The failed queries of the categories that miss their bar; empty where all is well."""
    low = {rate.category for rate in rates_of(outcomes) if not rate.is_enough}
    return [
        (each.case.id, each.case.query, each.codes[:5])
        for each in outcomes
        if each.case.category in low and not each.passed
    ]
