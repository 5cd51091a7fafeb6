"""What a pack holds and what 100 g of it cost."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villages.unit_prices import Amount, amount_of, unit_price_text


@pytest.mark.parametrize(
    ("text", "measure", "quantity"),
    [
        ("5kg", "g", 5000),
        ("5㎏", "g", 5000),
        ("1.2kg", "g", 1200),
        ("1.5kg 40구", "g", 1500),
        ("7kg 1통", "g", 7000),
        ("3kg(5근)", "g", 3000),
        ("5근", "g", 3000),
        ("1,000g", "g", 1000),
        ("300g×3", "g", 900),
        ("30g 티백 15개", "g", 30),
        ("100ml×50", "ml", 5000),
        ("100ml 50포", "ml", 5000),
        ("350ml×2병", "ml", 700),
        ("1L", "ml", 1000),
        ("1접(100개)", "count", 100),
        ("30구", "count", 30),
        ("20포", "count", 20),
        ("한 상자", None, 0),
        ("1인", None, 0),
        ("1인 20분", None, 0),
        ("1가족", None, 0),
        ("3~4kg", None, 0),
        ("3kg~4kg", None, 0),
        ("300g 3봉", None, 0),  # each or all three: better none than a wrong one
        ("0kg", None, 0),
        ("", None, 0),
    ],
)
def test_packs_are_read_from_their_words(text, measure, quantity):
    assert amount_of(text) == (Amount(measure, Fraction(quantity)) if measure else None)


@pytest.mark.parametrize(
    ("price", "unit", "text"),
    [
        (24900, "5kg", "100g당 498원"),
        (49000, "10kg", "100g당 490원"),
        (16000, "30g", "10g당 5,334원"),
        (42000, "1.2kg", "100g당 3,500원"),
        (28000, "500ml", "100ml당 5,600원"),
        (11000, "100g", "10g당 1,100원"),
        (12000, "30구", "1개당 400원"),
        (30000, "7kg 1통", "100g당 429원"),
        (30000, "1통", None),
        (10000, "1인", None),
    ],
)
def test_unit_prices_round_up_to_the_won(price, unit, text):
    assert unit_price_text(price, amount_of(unit)) == text


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_none(text):
    amount = amount_of(text)

    assert amount is None or amount.quantity > 0
