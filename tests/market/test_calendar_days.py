"""Holidays as parcels and calendars count them."""

from datetime import date

import pytest

from market.calendar_days import KOREAN_HOLIDAYS, names_of_holidays


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        (date(2026, 2, 17), True),  # 설날
        (date(2026, 9, 25), True),  # 추석
        (date(2026, 3, 2), True),  # a substitute day
        (date(2026, 5, 1), True),
        (date(2026, 7, 17), True),
        (date(2026, 11, 23), False),
        (date(2035, 9, 16), True),
    ],
)
def test_holidays_of_any_year(day, is_holiday):
    assert (day in KOREAN_HOLIDAYS) == is_holiday


def test_holidays_have_korean_names():
    assert names_of_holidays(2026)[date(2026, 9, 25)] == "추석"
