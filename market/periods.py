"""Stretches of days that people compare: a year, a month, or days of their own choice; and the same a year before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from villages.days import first_of_month, next_month


class PeriodName(StrEnum):
    this_year = "this-year"
    this_month = "this-month"
    last_month = "last-month"
    last_year = "last-year"
    days = "days"


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included. `until` is the last day that has figures: `last`, or today before it."""

    name: PeriodName
    first: date
    last: date
    until: date

    @property
    def is_running(self) -> bool:
        return self.until < self.last

    @property
    def year_before(self) -> tuple[date, date]:
        """The same days of the year before, as far as this period has come."""
        return a_year_before(self.first), a_year_before(self.until)

    @property
    def months(self) -> tuple[date, date]:
        """The first days of the first and the last month it touches."""
        return first_of_month(self.first), first_of_month(max(self.until, self.first))

    @property
    def finished_months(self) -> tuple[date, date] | None:
        """Those of its months that are over, so that they can be held against whole months; None: not one."""
        first, last = self.months
        if self.until != last_of_month(last):
            last = first_of_month(last - timedelta(days=1))
        return (first, last) if last >= first else None


def named_period(name: PeriodName, *, today: date) -> Period:
    """One of the periods that need no dates."""
    month = first_of_month(today)
    if name == PeriodName.this_month:
        first, last = month, last_of_month(month)
    elif name == PeriodName.last_month:
        last = month - timedelta(days=1)
        first = first_of_month(last)
    else:
        year = today.year - (name == PeriodName.last_year)
        first, last = date(year, 1, 1), date(year, 12, 31)
    return Period(name, first, last, min(last, today))


def days_between(first: date, last: date, *, today: date) -> Period:
    return Period(PeriodName.days, first, last, min(last, today))


def last_of_month(day: date) -> date:
    return next_month(day) - timedelta(days=1)


def a_year_before(day: date) -> date:
    """29 February is held against the 28th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The first day of every month from one day's month to the other's."""
    month = first_of_month(first)
    while month <= last:
        yield month
        month = next_month(month)


def share_of_month(amount: int, month: date, first: date, last: date) -> int:
    """What falls on the days from `first` to `last` of a month's amount, day by day alike; floored."""
    end = last_of_month(month)
    days = (min(end, last) - max(month, first)).days + 1
    return amount * max(days, 0) // end.day
