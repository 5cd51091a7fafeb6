"""The sentence above a chart says what the chart shows."""

from datetime import date

import pytest

from market.reports import VillageFigures
from storefront.city.sentences import SoldMonth, about_shares, about_year, manwon

TODAY = date(2026, 11, 21)


def months(**sold: tuple[int, int | None]) -> list[SoldMonth]:
    return [SoldMonth(date(2026, number, 1), *sold.get(f"m{number}", (0, None))) for number in range(1, 13)]


@pytest.mark.parametrize(
    ("november", "ending"),
    [
        ((26_400_000, 30_200_000), "목표까지 380만 원 남아 계획보다 빠릅니다."),
        ((10_000_000, 30_200_000), "목표까지 2,020만 원 남아 계획보다 늦습니다."),
        ((31_000_000, 30_000_000), "목표를 100만 원 넘겼습니다."),
        ((1_000_000, None), "11월은 오늘까지 100만 원입니다."),
    ],
)
def test_the_running_month_is_held_against_its_target(november, ending):
    sentence = about_year(2026, months(m10=(45_100_000, None), m11=november), TODAY)

    assert sentence.startswith("10월이 4,510만 원으로 가장 많았습니다.")
    assert sentence.endswith(ending)


def test_a_year_that_is_over_counts_the_months_that_reached_their_target():
    sentence = about_year(2025, months(m1=(10_000, 5_000), m2=(20_000, 30_000)), TODAY.replace(year=2027))

    assert sentence.endswith("목표를 세운 2달 가운데 1달에 목표를 넘겼습니다.")


def test_nothing_sold_is_said():
    assert about_year(2026, months(), TODAY) == "2026년에는 아직 매출이 없습니다."
    assert about_shares([]) == "고른 기간에는 매출이 없습니다."


def test_shares_name_the_most_online_village_and_the_largest_other_channel():
    maple = VillageFigures(1, "maple", "내장산마을", "내장산", by_channel={"online": 40, "stall": 60})
    lake = VillageFigures(2, "lake", "옥정호마을", "옥정호", by_channel={"online": 61, "phone": 39})

    assert about_shares([maple, lake]) == (
        "온라인 비중이 가장 높은 마을: 옥정호 61%. 내장산 매출의 60%는 직거래장터에서 나왔습니다."
    )


def test_small_sums_are_told_in_won():
    assert (manwon(9_900), manwon(10_000)) == ("9,900원", "1만 원")
