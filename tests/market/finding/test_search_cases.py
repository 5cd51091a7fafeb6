"""The measured query set: every category reaches its bar on the demo catalogue."""

from collections import Counter

import pytest

from market.finding.documents import Offer, document
from market.finding.ranking import rank
from market.finding.understanding import attempts
from market.finding.vocabulary import Vocabulary
from tests.market.finding.scoring import CASES, cases_of, failures_below, outcomes_of, rows_of

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


@pytest.mark.parametrize("which", CASES)
async def test_every_category_reaches_its_bar(which: str):
    async def codes(query: str) -> list[str]:
        return found(query)

    assert failures_below(await outcomes_of(cases_of(which), codes)) == []


def test_there_are_as_many_cases_of_our_own_in_every_category():
    given, own = (Counter(case.category for case in cases_of(which)) for which in CASES)

    assert {category: own[category] for category in given if own[category] < given[category]} == {}
    assert {case.query for case in cases_of("given")} & {case.query for case in cases_of("own")} == set()


@pytest.mark.parametrize(
    "query", ["세탁기", "아이폰", "기저귀", "laptop", "커피 원두", "오이", "당근", "바나나", "냄비", "ㅋㅋㅋ"]
)
def test_what_nobody_sells_is_not_found(query):
    assert found(query) == []


@pytest.mark.parametrize(
    "query", ["", "   ", "!!!", "🍎", "좀 사고 싶어요", "5kg", "\x00", "ㅏ", "a" * 5000, "가" * 5000]
)
def test_queries_without_a_word_find_nothing(query):
    assert found(query) == []


def test_a_guess_says_how_it_was_read():
    assert rank(attempts("tkrhk", VOCABULARY), DOCUMENTS)[0].reads_as == "사과"
    assert rank(attempts("곳감", VOCABULARY), DOCUMENTS)[0].reads_as == "곶감"
    assert rank(attempts("사과", VOCABULARY), DOCUMENTS)[0].reads_as is None


def test_an_empty_shop_finds_nothing():
    assert list(rank(attempts("사과", Vocabulary()), [])) == []
