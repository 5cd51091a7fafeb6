"""The measured queries are scored as they say, and the report fails where a category stays below its bar."""

import pytest

from tests.market.finding.scoring import BARS, CASES, Case, Outcome, cases_of, failures_below
from tests.search_report import engines, say


def a_case(
    category: str = "plain", *, wanted: str = "P002 P003", within: int = 3, not_above: str = "P007"
) -> Case:
    return Case("T1", category, "사과", frozenset(wanted.split()), within, frozenset(not_above.split()))


@pytest.mark.parametrize(
    ("codes", "passes"),
    [
        ("P002 P003", True), ("P003 P002 P007", True), ("P001 P002 P003", True), ("P002", False), ("", False),
        ("P001 P004 P002 P003", False), ("P002 P007 P003", False), ("P007 P002 P003", False),
    ],
)  # fmt: skip
def test_all_that_is_wanted_stands_high_enough_and_below_nothing_forbidden(codes, passes):
    assert a_case().passes(codes.split()) is passes


def test_where_nothing_is_wanted_anything_found_is_wrong():
    nothing = a_case("no_result", wanted="", within=0, not_above="")

    assert nothing.passes([]) and not nothing.passes(["P001"])


@pytest.mark.parametrize(
    ("category", "good", "bad", "status"),
    [("typo", 17, 3, 0), ("typo", 16, 4, 1), ("plain", 19, 1, 1), ("plain", 1, 0, 0), ("synonym", 0, 5, 0)],
)
def test_the_report_ends_with_1_below_a_bar_and_names_what_failed(capsys, category, good, bad, status):
    case = a_case(category)
    outcomes = [Outcome(case, ["P002", "P003"])] * good + [Outcome(case, ["P061"])] * bad

    assert say({("PostgreSQL", "own"): outcomes}) == status

    told = capsys.readouterr().out
    assert (f"below the bar: {category}" in told) is bool(status)
    assert told.count("found P061 표고버섯 선물세트 500g") == bad
    assert (failures_below(outcomes) == []) is (status == 0)


def test_one_engine_below_a_bar_is_enough(capsys):
    good, bad = Outcome(a_case(), ["P002", "P003"]), Outcome(a_case(), [])

    assert say({("PostgreSQL", "given"): [good], ("Meilisearch", "given"): [bad]}) == 1
    assert "Meilisearch, given: T1 plain" in capsys.readouterr().out


def test_every_category_but_synonyms_has_its_bar_and_both_engines_are_asked():
    assert {case.category for which in CASES for case in cases_of(which)} == {*BARS, "synonym"}
    assert set(engines()) == {"PostgreSQL", "Meilisearch"}
