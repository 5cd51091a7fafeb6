"""Amounts in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.finding.measures import apart_from_measures, measures_of


@pytest.mark.parametrize(
    ("query", "rest", "label"),
    [
        ("쌀 10kg", "쌀", "g10000"),
        ("들깨 1㎏", "들깨", "g1000"),
        ("딸기 2000g", "딸기", "g2000"),
        ("딸기 2킬로", "딸기", "g2000"),
        ("유과 800그램짜리", "유과", "g800"),
        ("고추 5근", "고추", "g3000"),
        ("마늘 한접", "마늘", "count100"),
        ("계란 한 판", "계란", "count30"),
        ("사과즙50포", "사과즙", "count50"),
        ("매실청 1리터", "매실청", "ml1000"),
    ],
)
def test_amounts_are_taken_out_of_a_query(query, rest, label):
    bare, wanted = apart_from_measures(query)

    assert bare == rest
    assert label in wanted[0]


@pytest.mark.parametrize("query", ["한과", "세포", "두부 만들기", "운동화"])
def test_words_that_only_look_like_amounts_stay(query):
    assert apart_from_measures(query) == (query, ())


def test_a_listing_names_parts_and_products():
    assert measures_of("100ml×50") == {"ml100", "ml5000", "count50"}
    assert {"g1500", "count40"} <= measures_of("1.5kg 40구")


@given(st.integers(min_value=1, max_value=999))
def test_an_amount_is_the_same_however_its_unit_is_written(number):
    kilos = [f"{number}{unit}" for unit in ("kg", "KG", " kg", "㎏", "킬로", "키로", "킬로그램")]
    litres = [f"{number}{unit}" for unit in ("L", "l", "리터", "ℓ")]

    assert {measures_of(text) for text in [*kilos, f"{number * 1000}g", f"{number * 1000}그램"]} == {
        frozenset({f"g{number * 1000}"})
    }
    assert {measures_of(text) for text in [*litres, f"{number * 1000}ml"]} == {
        frozenset({f"ml{number * 1000}"})
    }


@given(st.text(max_size=60))
def test_no_text_breaks_the_amounts(text):
    rest, _ = apart_from_measures(text)

    assert apart_from_measures(rest)[0] == rest
