"""The product's ladders against a calculator written from the posted text alone, moment by moment and won by won."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from tests.market.policy_calculator import VILLAGES, refund
from tests.villages.posted_ladders import BARAM, DUSEUNG, MFMOVE, MUGUNGHWA, OKDANG, SALMON, WANGPI, YEONGWOL
from villages.days import seoul_midnight, seoul_moment
from villages.refund_ladders import Cause, RefundLadder, Season, Step, refund_percent, refund_won

POSTED: dict[str, RefundLadder] = dict(
    zip(VILLAGES, (BARAM, WANGPI, MUGUNGHWA, YEONGWOL, SALMON, MFMOVE, DUSEUNG, OKDANG), strict=True)
)
CAUSES: tuple[Cause, ...] = get_args(Cause)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
# New Year, leap days and the years without them, both ends of the summer.
EDGE_DAYS = [
    date(2024, 2, 29), date(2024, 3, 1), date(2025, 3, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 9),
    date(2026, 8, 31), date(2026, 9, 1), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    village: str
    booked: datetime
    starts: datetime
    cancelled: datetime
    cause: Cause
    paid: int


def by_the_product(case: Case, posted: dict[str, RefundLadder]) -> tuple[int, int]:
    percent = refund_percent(
        posted[case.village], case.starts, case.cancelled, cause=case.cause, booked_at=case.booked
    )
    return percent, refund_won(case.paid, percent)


def by_the_text(case: Case) -> tuple[int, int]:
    booked, starts, cancelled = (
        (moment - EPOCH) // TICK for moment in (case.booked, case.starts, case.cancelled)
    )
    return refund(case.village, booked, starts, cancelled, case.cause, case.paid)


def disagreements(cases: list[Case], posted: dict[str, RefundLadder]) -> list[Case]:
    return [case for case in cases if by_the_product(case, posted) != by_the_text(case)]


def random_cases(count: int, seed: int, villages: Sequence[str] = VILLAGES) -> list[Case]:
    """Any moment of 2024-2031; half of the cancellations fall on an edge or a tick beside it."""
    chance = random.Random(seed)
    return [_random_case(chance, villages) for _ in range(count)]


def _random_case(chance: random.Random, villages: Sequence[str]) -> Case:
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(365 * 8))
    starts = seoul_moment(day, chance.randrange(24), chance.choice((0, 0, 30, 59)))
    cancelled = starts - timedelta(seconds=chance.randrange(-86_400, 15 * 86_400))
    if chance.random() < 0.5:
        clock = chance.choice((timedelta(0), timedelta(hours=17), starts - seoul_midnight(day)))
        cancelled = seoul_midnight(day) - timedelta(days=chance.randrange(15)) + clock
        cancelled += chance.choice((-SECOND, -TICK, timedelta(0), TICK, SECOND))
    booked = cancelled - timedelta(seconds=chance.choice((0, 3_600, 86_400, 40 * 86_400)))
    cause: Cause = chance.choice(("shopper", "shopper", "shopper", *CAUSES))
    return Case(
        chance.choice(VILLAGES),
        booked,
        starts,
        cancelled,
        cause,
        chance.randrange(chance.choice((10, 10**7))),
    )


def edge_cases() -> Iterator[Case]:
    """Every village on days that break calendars, cancelled around each midnight, each stroke of five, each start."""
    for village in VILLAGES:
        for day in EDGE_DAYS:
            for hour in (0, 10, 17):
                starts = seoul_moment(day, hour)
                yield from _around(village, starts)


def _around(village: str, starts: datetime) -> Iterator[Case]:
    midnight = starts.astimezone(UTC) - timedelta(hours=(starts.hour + 9) % 24)
    for days in range(-1, 14):
        for clock in (timedelta(0), timedelta(hours=17), starts - midnight):
            for off in (-SECOND, timedelta(0), SECOND):
                cancelled = midnight - timedelta(days=days) + clock + off
                for booked in (cancelled - TICK, cancelled - timedelta(days=1)):
                    yield Case(village, booked, starts, cancelled, "shopper", 9_999)


def test_ten_thousand_random_cases_agree_to_the_won():
    cases = random_cases(10_000, seed=20_261_122)

    assert disagreements(cases, POSTED) == []
    assert {case.village for case in cases} == set(VILLAGES)
    assert {case.cause for case in cases} == set(CAUSES)


def test_every_edge_agrees():
    cases = list(edge_cases())

    assert disagreements(cases, POSTED) == []
    assert len(cases) > 10_000


@pytest.mark.parametrize("village", VILLAGES)
def test_any_step_of_any_ladder_moved_by_one_day_is_seen(village):
    cases = random_cases(6_000, seed=7, villages=[village])

    for wrong in one_day_off(POSTED[village]):
        posted = POSTED | {village: wrong}
        assert any(by_the_product(case, posted) != by_the_text(case) for case in cases), wrong


def one_day_off(ladder: RefundLadder) -> Iterator[RefundLadder]:
    """Each step ending a day earlier; where two neighbours give the same, nobody could see the first one move."""
    for at in range(len(ladder.steps)):
        if _differs_from_the_next(ladder.steps, at):
            yield replace(ladder, steps=_earlier(ladder.steps, at))
    for season in ladder.seasons:
        for at in range(len(season.steps)):
            if _differs_from_the_next(season.steps, at):
                yield replace(ladder, seasons=(replace(season, steps=_earlier(season.steps, at)),))


def _differs_from_the_next(steps: tuple[Step, ...], at: int) -> bool:
    following = steps[at + 1].percent if at + 1 < len(steps) else 0
    return following != steps[at].percent


def _earlier(steps: tuple[Step, ...], at: int) -> tuple[Step, ...]:
    return (*steps[:at], replace(steps[at], days=steps[at].days + 1), *steps[at + 1 :])


SUMMER_EDGE = [case for case in edge_cases() if case.village == "yeongwol"]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(YEONGWOL, no_show=20),
        replace(YEONGWOL, free_on_booking_day=True),
        replace(YEONGWOL, seasons=()),
        replace(YEONGWOL, seasons=(replace(YEONGWOL.seasons[0], first="07-02"),)),
        replace(YEONGWOL, seasons=(replace(YEONGWOL.seasons[0], no_show=None),)),
        replace(YEONGWOL, seasons=(replace(YEONGWOL.seasons[0], free_on_booking_day=None),)),
        replace(YEONGWOL, weather=80),
        replace(YEONGWOL, too_few=80),
    ],
)
def test_any_wrong_term_of_a_season_is_seen(wrong):
    assert disagreements(
        random_cases(4_000, seed=11, villages=["yeongwol"]) + SUMMER_EDGE, POSTED | {"yeongwol": wrong}
    )


def test_a_season_over_new_year_holds_on_both_sides():
    winter = Season("12-20", "01-10", (Step(70, 1),))
    ladder = RefundLadder("겨울", (Step(100, 1),), seasons=(winter,))

    held = {
        day: refund_percent(ladder, seoul_moment(day, 10), seoul_moment(day - timedelta(days=3), 10))
        for day in (
            date(2026, 12, 19),
            date(2026, 12, 20),
            date(2027, 1, 1),
            date(2027, 1, 10),
            date(2027, 1, 11),
        )
    }

    assert list(held.values()) == [100, 70, 70, 70, 100]
