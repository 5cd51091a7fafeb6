"""The measured query set: every category reaches its bar on the demo catalogue."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from market.finding.documents import Offer, document
from market.finding.ranking import rank
from market.finding.understanding import attempts
from market.finding.vocabulary import Vocabulary

DATA = Path(__file__).parents[2] / "data"
BARS = {
    "plain": 1.0,
    "spacing": 1.0,
    "choseong": 1.0,
    "field": 1.0,
    "no_result": 1.0,
    "layout": 0.95,
    "partial": 0.9,
    "compound": 0.9,
    "unit": 0.9,
    "homonym": 0.9,
    "josa_sentence": 0.85,
    "typo": 0.85,
    "latin_hanja": 0.7,
    "synonym": 0.6,
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


DOCUMENTS = [
    document(
        Offer(
            code=row["id"],
            name=row["name"],
            village=row["village"],
            category=row["category"],
            unit=row["unit"],
            origin=row["origin"],
            certificates=(row["certification"],) if row["certification"] else (),
            description=row["description"],
        )
    )
    for row in rows_of("demo_catalogue.csv")
]
VOCABULARY = Vocabulary.of(DOCUMENTS)
NAMES = {row["id"]: row["name"] for row in rows_of("demo_catalogue.csv")}


def found(query: str) -> list[str]:
    return [hit.code for hit in rank(attempts(query, VOCABULARY), DOCUMENTS)]


def passes(case: dict[str, str]) -> bool:
    codes = found(case["query"])
    if case["category"] == "no_result":
        return not codes
    wanted = case["expect_all"].split()
    if not set(wanted) <= set(codes[: int(case["within_top_n"])]):
        return False
    worst = max(codes.index(code) for code in wanted)
    return all(code not in codes[:worst] for code in case["must_not_rank_above"].split())


def test_every_category_reaches_its_bar():
    results: dict[str, list[bool]] = defaultdict(list)
    missed = []
    for case in rows_of("search_cases.csv"):
        results[case["category"]].append(passes(case))
        if not results[case["category"]][-1]:
            missed.append(
                (case["case_id"], case["query"], [NAMES[code] for code in found(case["query"])[:3]])
            )

    rates = {category: sum(passed) / len(passed) for category, passed in results.items()}
    assert {category for category, rate in rates.items() if rate < BARS[category]} == set(), missed


@pytest.mark.parametrize(
    "query", ["세탁기", "아이폰", "기저귀", "laptop", "커피 원두", "오이", "당근", "바나나", "냄비", "ㅋㅋㅋ"]
)
def test_what_nobody_sells_is_not_found(query):
    assert found(query) == []


@pytest.mark.parametrize(
    "query", ["", "   ", "!!!", "🍎", "좀 사고 싶어요", "5kg", "\x00", "ㅏ", "a" * 5000, "가" * 5000]
)
def test_queries_without_a_word_are_answered_quietly(query):
    assert isinstance(found(query), list)


def test_a_guess_says_how_it_was_read():
    assert rank(attempts("tkrhk", VOCABULARY), DOCUMENTS)[0].reads_as == "사과"
    assert rank(attempts("곳감", VOCABULARY), DOCUMENTS)[0].reads_as == "곶감"
    assert rank(attempts("사과", VOCABULARY), DOCUMENTS)[0].reads_as is None


def test_an_empty_shop_finds_nothing():
    assert list(rank(attempts("사과", Vocabulary()), [])) == []
