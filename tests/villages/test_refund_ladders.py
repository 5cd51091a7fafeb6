"""Ladders that villages really post, and ours."""

import json
from datetime import datetime, timedelta

import pytest

from tests.villages.posted_ladders import BARAM, DUSEUNG, SALMON, WANGPI, YEONGWOL
from villages.days import SEOUL
from villages.refund_ladders import (
    PRESETS,
    RefundLadder,
    Season,
    Step,
    cause_sentences,
    ladder_as_data,
    ladder_from_data,
    ladder_sentences,
    refund_percent,
    refund_won,
)

STARTS = datetime(2026, 11, 28, 10, 0, tzinfo=SEOUL)


def days_before(days: int, clock: str = "12:00", starts: datetime = STARTS) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return (starts - timedelta(days=days)).replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("ladder", "days", "percent"),
    [
        (BARAM, 30, 100),
        (BARAM, 10, 100),
        (BARAM, 9, 100),  # the posted list leaves it out: the milder step
        (BARAM, 8, 100),
        (BARAM, 7, 80),
        (BARAM, 6, 80),
        (BARAM, 4, 60),
        (BARAM, 2, 40),
        (BARAM, 1, 10),
        (WANGPI, 8, 90),
        (WANGPI, 3, 30),
        (WANGPI, 1, 0),
        (DUSEUNG, 6, 70),
        (DUSEUNG, 5, 70),
        (DUSEUNG, 3, 50),
        (DUSEUNG, 2, 20),
        (PRESETS["usual"], 3, 100),
        (PRESETS["usual"], 2, 50),
        (PRESETS["usual"], 1, 50),
        (YEONGWOL, 2, 100),
        (YEONGWOL, 1, 90),
    ],
)
def test_steps_by_civil_day(ladder, days, percent):
    assert refund_percent(ladder, STARTS, days_before(days)) == percent


def test_a_day_ends_at_midnight_in_seoul():
    usual = PRESETS["usual"]

    assert refund_percent(usual, STARTS, days_before(3, "23:59")) == 100
    assert refund_percent(usual, STARTS, days_before(2, "00:00")) == 50
    assert refund_percent(usual, STARTS, days_before(1, "23:59")) == 50
    assert refund_percent(usual, STARTS, days_before(0, "00:00")) == 0


@pytest.mark.parametrize(
    ("days", "clock", "percent"), [(11, "17:00", 100), (11, "17:01", 90), (3, "17:00", 50), (2, "09:00", 0)]
)
def test_steps_may_end_at_a_clock_time(days, clock, percent):
    assert refund_percent(SALMON, STARTS, days_before(days, clock)) == percent


def test_steps_may_count_hours():
    ladder = RefundLadder("시간", (Step(100, hours=24), Step(50, hours=2)))

    assert refund_percent(ladder, STARTS, STARTS - timedelta(hours=24)) == 100
    assert refund_percent(ladder, STARTS, STARTS - timedelta(hours=23)) == 50
    assert refund_percent(ladder, STARTS, STARTS - timedelta(hours=1)) == 0


def test_seasons_have_their_own_steps():
    summer = datetime(2026, 8, 1, 15, 0, tzinfo=SEOUL)

    assert refund_percent(YEONGWOL, summer, days_before(1, starts=summer)) == 20
    assert refund_percent(YEONGWOL, summer, days_before(2, starts=summer)) == 50  # a gap: the milder step
    assert refund_percent(YEONGWOL, summer, days_before(10, starts=summer)) == 100
    assert Season("12-01", "02-28", ()).holds(STARTS.replace(month=1).date())


def test_booking_day_no_show_weather_and_too_few_people_are_causes_of_their_own():
    booked = days_before(0, "08:00")

    assert refund_percent(PRESETS["stay"], STARTS, days_before(0, "09:00"), booked_at=booked) == 100
    assert refund_percent(PRESETS["stay"], STARTS, days_before(0, "09:00"), booked_at=days_before(1)) == 0
    assert refund_percent(YEONGWOL, STARTS, STARTS) == 80
    assert refund_percent(WANGPI, STARTS, STARTS, cause="weather") == 100
    assert refund_percent(WANGPI, STARTS, STARTS, cause="too_few") == 100
    assert refund_percent(PRESETS["mild"], STARTS, STARTS) == 0


def test_the_villages_own_fault_gives_everything_back_whatever_the_ladder_says():
    hard = RefundLadder("없음", (), weather=0, too_few=0)

    assert refund_percent(hard, STARTS, STARTS, cause="operator") == 100
    assert refund_percent(hard, STARTS, STARTS, cause="weather") == 0


def test_a_season_may_have_its_own_no_show_and_booking_day():
    summer = datetime(2026, 8, 1, 15, 0, tzinfo=SEOUL)
    morning = days_before(0, "09:00", starts=summer)

    assert refund_percent(YEONGWOL, summer, summer) == 20
    assert refund_percent(YEONGWOL, summer, morning, booked_at=morning) == 100
    assert refund_percent(YEONGWOL, STARTS, days_before(0, "09:00"), booked_at=days_before(0, "08:00")) == 80


def test_a_ladder_frozen_before_seasons_had_terms_of_their_own_still_reads():
    old = {
        "name": "옛",
        "steps": [],
        "seasons": [{"first": "07-01", "last": "08-31", "steps": []}],
        "no_show": 5,
    }

    assert ladder_from_data(old).at(datetime(2026, 8, 1, 15, 0, tzinfo=SEOUL)).no_show == 5


def test_the_ladder_is_told_as_on_the_page():
    assert ladder_sentences(PRESETS["usual"]) == [
        ("3일 전까지", "전액 환불"),
        ("하루 전까지", "절반 환불"),
        ("당일", "환불되지 않습니다"),
    ]
    assert ladder_sentences(SALMON)[-2:] == [
        ("3일 전 17:00까지", "절반 환불"),
        ("그 뒤", "환불되지 않습니다"),
    ]
    assert ladder_sentences(PRESETS["mild"]) == [("하루 전까지", "전액 환불"), ("당일", "절반 환불")]
    assert ladder_sentences(PRESETS["stay"])[0] == ("예약하신 날 안에", "전액 환불")
    assert ladder_sentences(RefundLadder("없음", ())) == [("예약한 뒤", "환불되지 않습니다")]
    assert cause_sentences(PRESETS["usual"])[0] == ("비나 눈 때문에 못 할 때", "전액 환불")


@pytest.mark.parametrize("ladder", [*PRESETS.values(), YEONGWOL, SALMON, BARAM])
def test_a_ladder_survives_being_frozen_as_json(ladder):
    assert ladder_from_data(json.loads(json.dumps(ladder_as_data(ladder)))) == ladder


def test_refunds_are_floored_to_the_won():
    assert refund_won(9999, 50) == 4999
