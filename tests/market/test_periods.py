"""Periods know their days, how far they have come, and the year before."""

from datetime import date

import pytest

from market.periods import PeriodName, a_year_before, days_between, named_period, share_of_month

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("name", "first", "last", "until"),
    [
        (PeriodName.this_year, date(2026, 1, 1), date(2026, 12, 31), TODAY),
        (PeriodName.this_month, date(2026, 11, 1), date(2026, 11, 30), TODAY),
        (PeriodName.last_month, date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31)),
        (PeriodName.last_year, date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31)),
    ],
)
def test_named_periods_have_their_days(name, first, last, until):
    period = named_period(name, today=TODAY)

    assert (period.first, period.last, period.until) == (first, last, until)


def test_last_month_in_january_is_december():
    period = named_period(PeriodName.last_month, today=date(2026, 1, 5))

    assert (period.first, period.last) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_running_year_is_held_against_the_same_days_of_last_year():
    assert named_period(PeriodName.this_year, today=TODAY).year_before == (
        date(2025, 1, 1),
        date(2025, 11, 21),
    )
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_a_running_month_is_not_finished():
    assert named_period(PeriodName.this_year, today=TODAY).finished_months == (
        date(2026, 1, 1),
        date(2026, 10, 1),
    )
    assert named_period(PeriodName.this_month, today=TODAY).finished_months is None
    assert days_between(date(2026, 3, 10), date(2026, 4, 30), today=TODAY).finished_months == (
        date(2026, 3, 1),
        date(2026, 4, 1),
    )


def test_a_month_is_shared_by_its_days():
    november = date(2026, 11, 1)

    assert share_of_month(3_000_000, november, november, TODAY) == 2_100_000
    assert share_of_month(3_000_000, november, date(2026, 1, 1), date(2026, 12, 31)) == 3_000_000
    assert share_of_month(3_000_000, november, date(2026, 12, 1), date(2026, 12, 31)) == 0
