"""Parcels: what sending costs, when a parcel arrives, and where it is now."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from market import islands
from market.calendar_days import KOREAN_HOLIDAYS, KoreanHolidays
from market.money import won_text
from villages.days import SEOUL

WEEKDAYS = "월화수목금토일"
SUNDAY = 6
DAYS_AHEAD = 60
"""How far a promise may reach."""
NO_DAYS: frozenset[date] = frozenset()
Holidays = KoreanHolidays | frozenset[date]


class PostageTerms(NamedTuple):
    """A village's own terms. Weekdays count from Monday = 0; `rest_days` win over `ships_on`."""

    fee: int = 4000
    free_over: int | None = 50000  # goods of this sum or more: no fee; None: never free
    cold_box_fee: int = 0  # also where postage is free: the box costs the village the same
    cut_off: str = "11:00"  # Seoul time; an order at this minute still leaves the same day; "24:00": all day
    rest_days: frozenset[int] = frozenset()
    ships_on: frozenset[int] = frozenset(range(5))
    full_days: frozenset[date] = frozenset()  # what the village can send on them is promised already

    @property
    def cut_off_minute(self) -> int:
        """Minutes since midnight."""
        hours, _, minutes = self.cut_off.partition(":")
        return int(hours) * 60 + int(minutes or 0)


class Postage(NamedTuple):
    fee: int
    surcharge: int
    why: str

    @property
    def total(self) -> int:
        return self.fee + self.surcharge


@lru_cache(maxsize=4096)
def postage(terms: PostageTerms, goods_total: int, *, cold: bool, postcode: str | None, on: date) -> Postage:
    """What one village's parcel costs on a day; without a postcode the island surcharge is not yet known (0).

    `goods_total` is of goods alone, after discount: programs do not travel. Nothing to send costs nothing.
    """
    if goods_total <= 0:
        return Postage(0, 0, "보낼 상품이 없습니다")

    free = terms.free_over is not None and goods_total >= terms.free_over
    why = [_free_text(terms) if free else f"배송비 {won_text(terms.fee)}"]
    fee = 0 if free else terms.fee
    if cold and terms.cold_box_fee:
        fee += terms.cold_box_fee
        why.append(f"보냉 상자 {won_text(terms.cold_box_fee)}")

    row = islands.island_row(postcode, on) if postcode else None
    if row and row.won:
        why.append(f"{row.name} {won_text(row.won)} 더함")
    return Postage(fee, row.won if row else 0, " · ".join(why))


def _free_text(terms: PostageTerms) -> str:
    return f"{won_text(terms.free_over)} 이상 무료" if terms.free_over else "배송비 무료"


class Promise(NamedTuple):
    """When a parcel ordered now leaves and arrives. `full_on`: the day it would have left, were there still room."""

    ships_on: date
    arrives_on: date
    full_on: date | None = None


def promise(
    ordered_at: datetime,
    terms: PostageTerms,
    *,
    postcode: str | None = None,
    fresh: bool = False,
    not_before: date | None = None,
    holidays: Holidays = KOREAN_HOLIDAYS,
) -> Promise | None:
    """The first day the village sends and has room; None where there is none in the next `DAYS_AHEAD` days.

    Fresh goods never stand over a Sunday or a holiday on the way. `not_before` is a preorder's promised day. One
    delivery day after sending, two on Jeju and the islands; couriers deliver on Saturdays, not on Sundays and holidays.
    """
    local = ordered_at.astimezone(SEOUL)
    day = local.date()
    if local.hour * 60 + local.minute > terms.cut_off_minute:
        day += timedelta(days=1)
    return _promise(max(day, not_before or day), terms, postcode, fresh, holidays)


def _promise(
    day: date, terms: PostageTerms, postcode: str | None, is_fresh: bool, holidays: Holidays
) -> Promise | None:
    weekdays = terms.ships_on - terms.rest_days
    ships = _first_sending(day, weekdays, terms.full_days, is_fresh, holidays)
    if ships is None:
        return None
    usual = _first_sending(day, weekdays, NO_DAYS, is_fresh, holidays) if terms.full_days else ships
    arrives = _delivery(ships, 2 if postcode and islands.is_island(postcode, ships) else 1, holidays)
    return Promise(ships, arrives, usual if usual != ships else None)


def ship_day(
    ordered_at: datetime,
    terms: PostageTerms,
    *,
    fresh: bool = False,
    not_before: date | None = None,
    holidays: Holidays = KOREAN_HOLIDAYS,
) -> date:
    """`promise` of villages that certainly send. Raises ValueError for terms that never ship."""
    return _surely(promise(ordered_at, terms, fresh=fresh, not_before=not_before, holidays=holidays)).ships_on


def arrival_day(
    ordered_at: datetime,
    terms: PostageTerms,
    *,
    postcode: str | None = None,
    fresh: bool = False,
    not_before: date | None = None,
    holidays: Holidays = KOREAN_HOLIDAYS,
) -> date:
    """`promise` of villages that certainly send. Raises ValueError for terms that never ship."""
    found = promise(
        ordered_at, terms, postcode=postcode, fresh=fresh, not_before=not_before, holidays=holidays
    )
    return _surely(found).arrives_on


def _surely(found: Promise | None) -> Promise:
    if found is None:
        raise ValueError("these postage terms never ship")
    return found


@lru_cache(maxsize=4096)
def _first_sending(
    day: date, weekdays: frozenset[int], full_days: frozenset[date], is_fresh: bool, holidays: Holidays
) -> date | None:
    for _ in range(DAYS_AHEAD):
        sends = day.weekday() in weekdays and day not in holidays and day not in full_days
        if sends and not (is_fresh and _may_wait(day, holidays)):
            return day
        day += timedelta(days=1)
    return None


def _may_wait(day: date, holidays: Holidays) -> bool:
    # Friday and Saturday: a fresh parcel that is late by one day would spend the Sunday in a depot.
    return day.weekday() in {4, 5} or day + timedelta(days=1) in holidays


@lru_cache(maxsize=4096)
def _delivery(sent_on: date, days: int, holidays: Holidays) -> date:
    day = sent_on
    while days:
        day += timedelta(days=1)
        days -= day.weekday() != SUNDAY and day not in holidays
    return day


def arrival_text(day: date) -> str:
    """ "화 11/24 도착 예정"."""
    return f"{WEEKDAYS[day.weekday()]} {day.month}/{day.day} 도착 예정"


def day_text(day: date) -> str:
    """ "11/25(수)"."""
    return f"{day.month}/{day.day}({WEEKDAYS[day.weekday()]})"


def full_text(found: Promise, today: date) -> str:
    """Why a parcel leaves later than usual, and when; empty where it leaves as usual."""
    if found.full_on is None:
        return ""
    when = "오늘" if found.full_on == today else f"{day_text(found.full_on)}에"
    return f"{when} 보낼 수 있는 양이 다 찼어요. {day_text(found.ships_on)}에 보내 {day_text(found.arrives_on)} 도착"
