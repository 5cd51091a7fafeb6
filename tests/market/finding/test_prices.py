"""Prices among the words of a wish."""

import pytest

from market.filters import MOST_WON
from market.finding.prices import price_in


@pytest.mark.parametrize(
    ("wish", "rest", "least", "most"),
    [
        ("사과 3만원 이하", "사과", 0, 30_001), ("30,000원까지 사과", "사과", 0, 30_001), ("사과 3만 원 미만", "사과", 0, 30_000),
        ("5만원대 선물", "선물", 50_000, 60_000), ("십만원대 선물세트", "선물세트", 100_000, 200_000),
        ("12,000원대 차", "차", 12_000, 13_000), ("15만원대 배", "배", 150_000, 160_000), ("오만원 이상 곶감", "곶감", 50_000, MOST_WON),
        ("만원 이하 체험", "체험", 0, 10_001), ("5천원 이하로 두부", "두부", 0, 5001), ("1만5천원부터 3만원까지 꿀", "꿀", 15_000, 30_001),
        ("1.5만원 이하 꿀 5kg", "꿀 5kg", 0, 15_001), ("3만 이하 꿀", "꿀", 0, 30_001), ("2만원 넘는 꿀", "꿀", 20_001, MOST_WON),
        ("3만원 이하", "", 0, 30_001), ("3만원 이하 것", "", 0, 30_001), ("5만원 넘는 것", "", 50_001, MOST_WON),
    ],
)  # fmt: skip
def test_bounds_are_read_as_people_say_them(wish, rest, least, most):
    price = price_in(wish)

    assert price and (price.rest, price.least, price.most) == (rest, least, most)


@pytest.mark.parametrize(
    "wish",
    [
        "", "사과", "사과 3만원", "천대 받는 쌀", "만대 감", "이천까지 쌀", "사과 10개 이상", "사과 10 이상", "곶감 40구 이하", "순대", "대추", "만두 이하", "사과 0원 이하",
        "사과 5만원 이상 3만원 이하", "사과 99999999999999999만원 이하", "천원사과", "밤 부터 대추 까지", "원대", "천년초 이상",
    ],
)  # fmt: skip
def test_what_is_no_bound_of_a_price_stays_a_word(wish):
    assert price_in(wish) is None


def test_the_words_are_told_again_as_they_were_said():
    price = price_in("1만 원 이상 사과, 3만 원 이하")

    assert price and (price.words, price.rest) == ("1만 원 이상 3만 원 이하", "사과,")
