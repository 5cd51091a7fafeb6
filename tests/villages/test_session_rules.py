"""Dates by weekday, times as people write them."""

from datetime import UTC, date, datetime, time

import pytest

from villages.contacts import BadValue
from villages.refusals import BadForm
from villages.session_rules import WeekdayRule, check_starts, read_times

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("11:00", [time(11)]),
        ("14:00, 11:00", [time(11), time(14)]),
        ("오전 11시, 오후 2시 30분", [time(11), time(14, 30)]),
        ("오후 12시", [time(12)]),
        ("오전 12시", [time(0)]),
        ("2시 반", [time(2, 30)]),
        ("１１：００", [time(11)]),
        ("11:00 11:00", [time(11)]),
    ],
)
def test_times_are_read_as_they_are_written(typed, times):
    assert list(read_times(typed)) == times


@pytest.mark.parametrize("typed", ["", "아침", "25:00", "11:60", "11:00 그리고 저녁", "1100"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(BadValue):
        read_times(typed)


def test_a_rule_makes_every_such_weekday_in_seoul():
    rule = WeekdayRule(frozenset({5}), (time(11), time(14)), date(2026, 12, 1), date(2026, 12, 12))

    assert rule.starts() == [
        datetime(2026, 12, 5, 2, 0, tzinfo=UTC),
        datetime(2026, 12, 5, 5, 0, tzinfo=UTC),
        datetime(2026, 12, 12, 2, 0, tzinfo=UTC),
        datetime(2026, 12, 12, 5, 0, tzinfo=UTC),
    ]


def test_a_rule_that_ends_before_it_begins_makes_nothing():
    assert not WeekdayRule(frozenset(range(7)), (time(11),), date(2026, 12, 5), date(2026, 12, 4)).starts()


@pytest.mark.parametrize(
    ("starts", "capacity", "field"),
    [
        ([], 10, "dates"),
        ([datetime(2026, 11, 20, tzinfo=UTC)], 10, "dates"),
        ([datetime(2030, 1, 1, tzinfo=UTC)], 10, "dates"),
        ([datetime(2026, 12, 1, tzinfo=UTC)], 0, "capacity"),
        ([datetime(2026, 12, 1, tzinfo=UTC)], 5000, "capacity"),
    ],
)
def test_dates_that_cannot_be_are_refused_at_their_field(starts, capacity, field):
    with pytest.raises(BadForm) as refusal:
        check_starts(starts, capacity=capacity, now=NOW)

    assert list(refusal.value.fields) == [field]
