"""What sending costs and when a parcel arrives."""

from datetime import date, datetime

import pytest

from market.deliveries import (
    PostageTerms,
    arrival_day,
    arrival_text,
    postage,
    ship_day,
)
from villages.days import SEOUL

TODAY = date(2026, 11, 21)
TERMS = PostageTerms(fee=4000, free_over=50000, cold_box_fee=2000)


def seoul(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("goods", "cold", "postcode", "fee", "surcharge", "why"),
    [
        (49999, False, "56190", 4000, 0, "배송비 4,000원"),
        (50000, False, "56190", 0, 0, "50,000원 이상 무료"),
        (50000, True, None, 2000, 0, "50,000원 이상 무료 · 보냉 상자 2,000원"),
        (30000, False, "63100", 4000, 3000, "배송비 4,000원 · 제주특별자치도 3,000원 더함"),
        (60000, False, "63365", 0, 9000, "50,000원 이상 무료 · 제주시 우도면 9,000원 더함"),
        (0, True, "63100", 0, 0, "보낼 상품이 없습니다"),
    ],
)
def test_postage_says_why(goods, cold, postcode, fee, surcharge, why):
    cost = postage(TERMS, goods, cold=cold, postcode=postcode, on=TODAY)

    assert (cost.fee, cost.surcharge, cost.why, cost.total) == (fee, surcharge, why, fee + surcharge)


def test_a_village_may_never_send_free():
    assert postage(PostageTerms(free_over=None), 10**6, cold=False, postcode=None, on=TODAY).fee == 4000


@pytest.mark.parametrize(
    ("ordered", "fresh", "postcode", "ships", "arrives"),
    [
        ("2026-11-16 11:00", False, None, date(2026, 11, 16), date(2026, 11, 17)),  # Monday at the cut-off
        ("2026-11-16 11:01", False, None, date(2026, 11, 17), date(2026, 11, 18)),
        ("2026-11-20 09:00", False, None, date(2026, 11, 20), date(2026, 11, 21)),  # Friday
        (
            "2026-11-20 09:00",
            True,
            None,
            date(2026, 11, 23),
            date(2026, 11, 24),
        ),  # fresh: not over the weekend
        ("2026-11-20 12:00", False, None, date(2026, 11, 23), date(2026, 11, 24)),
        ("2026-11-20 09:00", False, "63100", date(2026, 11, 20), date(2026, 11, 23)),  # Saturday, then Monday
        (
            "2026-09-23 09:00",
            False,
            None,
            date(2026, 9, 23),
            date(2026, 9, 28),
        ),  # the day before Chuseok's days
        ("2026-09-23 09:00", True, None, date(2026, 9, 28), date(2026, 9, 29)),
        ("2026-12-24 09:00", True, None, date(2026, 12, 28), date(2026, 12, 29)),
        ("2026-12-31 12:00", False, None, date(2027, 1, 4), date(2027, 1, 5)),  # over the year's end
    ],
)
def test_parcels_leave_and_arrive_on_working_days(ordered, fresh, postcode, ships, arrives):
    assert ship_day(seoul(ordered), TERMS, fresh=fresh) == ships
    assert arrival_day(seoul(ordered), TERMS, fresh=fresh, postcode=postcode) == arrives


def test_rest_days_preorders_and_own_holidays_move_the_day():
    monday = seoul("2026-11-16 09:00")

    assert ship_day(monday, PostageTerms(rest_days=frozenset({0, 1}))) == date(2026, 11, 18)
    assert ship_day(monday, TERMS, not_before=date(2026, 12, 1)) == date(2026, 12, 1)
    assert ship_day(seoul("2026-11-16 23:59"), PostageTerms(cut_off="24:00")) == date(2026, 11, 16)
    assert ship_day(monday, TERMS, holidays=frozenset({date(2026, 11, 16)})) == date(2026, 11, 17)
    with pytest.raises(ValueError, match="never ship"):
        ship_day(monday, PostageTerms(ships_on=frozenset()))


def test_days_count_in_seoul():
    utc = seoul("2026-11-17 08:00").astimezone(tz=None)

    assert ship_day(utc, TERMS) == date(2026, 11, 17)


def test_the_day_is_told_as_people_say_it():
    assert arrival_text(date(2026, 11, 24)) == "화 11/24 도착 예정"
