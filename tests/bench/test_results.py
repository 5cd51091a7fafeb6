"""The bench says no: what passes its bar, what is oversold, and who got no answer."""

from dataclasses import replace

from tests.bench.large import CheckResult
from tests.bench.measuring import Measured
from tests.bench.processes import Cost
from tests.bench.results import Bar, PageResult, RateResult, Report, RushResult


def measured(*milliseconds: float) -> Measured:
    it = Measured()
    for each in milliseconds:
        it.add(Cost(web=each / 1000 * 10, database=0.0), [0.001] * 10)
    return it


def a_rush(*, promised: int = 50, answers: dict[int, int] | None = None, seconds: float = 1.0) -> RushResult:
    return RushResult(
        "W5", "", 50, promised, 200, answers or {303: 50, 409: 150}, seconds, Bar(seconds=5)
    )  # fmt: skip


def test_the_middle_round_counts_and_the_lower_quarter_is_told():
    it = measured(9.0, 1.0, 3.0, 2.0, 5.0, 4.0, 8.0, 7.0, 6.0)

    assert (round(it.cpu_ms, 3), round(it.quiet_ms, 3)) == (5.0, 3.0)
    assert round(measured(2.0).cpu_ms, 3) == 2.0


def test_a_page_misses_by_cpu_and_by_queries():
    dear = PageResult("W1", "", measured(2.0), queries=7, bar=Bar(1.5, 6))

    assert dear.misses() == ["W1: 2.00 ms CPU, promised 1.5", "W1: 7 queries, promised 6"]
    assert not PageResult("W1", "", measured(1.5), queries=6, bar=Bar(1.5, 6)).misses()


def test_a_good_rush_misses_nothing():
    assert a_rush().misses() == []


def test_one_oversold_is_said_whoever_says_so():
    assert a_rush(promised=51).oversold == 1
    assert a_rush(answers={303: 51, 409: 149}).oversold == 1
    assert "W5: 1 oversold" in a_rush(promised=51).misses()


def test_too_few_sold_silence_and_slowness_are_misses():
    assert a_rush(promised=49, answers={303: 49, 409: 151}).misses()
    assert a_rush(answers={303: 50, 409: 149}).misses() == ["W5: 1 buyers got no answer"]
    assert a_rush(answers={303: 50, 409: 146, 503: 4}).misses() == [
        "W5: neither sold nor refused but {503: 4}"
    ]
    assert a_rush(seconds=5.5).misses() == ["W5: 5.50 s, promised 5"]


def test_the_report_is_markdown_with_every_line():
    report = Report(
        facts=["two cores"],
        pages=[PageResult("W1", "goods", measured(1.0), 1, bar=Bar(1.5))],
        rushes=[a_rush()],
    )

    text = report.markdown()

    assert "- two cores" in text
    assert "| W1 | goods | 1 | 1.00 | 0.00 | 1.00 | 1.00 | ≤ 1.5 ms |" in text
    assert "| W5 |  | 50 of 50 | 0 | 50 × 303, 150 × 409 | 1.00 s | ≤ 5 s |" in text


def a_rate(*bursts: float, answers: dict[int, int] | None = None) -> RateResult:
    return RateResult(
        "A2", "", 600, bursts, answers or {201: 600 * len(bursts)}, (0.01,) * 600, (1.0, 3.0), 2.0, 0.3, Bar(a_second=200)
    )  # fmt: skip


def test_the_middle_burst_counts_and_every_order_must_be_taken():
    assert a_rate(2.0, 9.0, 3.0).a_second == 200
    assert a_rate(2.0, 9.0, 3.0).misses() == []
    assert a_rate(3.1, 2.0, 3.1).misses() == ["A2: 194 a second, promised 200"]
    assert a_rate(2.0, answers={201: 599, 503: 1}).misses() == ["A2: not taken but {201: 599, 503: 1}"]
    assert a_rate(3.0).cells()[-1] == "25% : 75%"


def test_a_check_misses_by_time_by_memory_and_by_what_it_found():
    good = CheckResult(1_000_000, 59.0, 70.0, 480.0, True, "35 rules hold")

    assert good.misses() == []
    assert len(replace(good, seconds=61.0, memory_mb=501.0, holds=False).misses()) == 3
