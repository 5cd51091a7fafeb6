"""When the demo's villages sell: what a year brings, day by day and channel by channel.

The sizes are those of the three villages of Jeongeup in the articles: 300 million won a year on- and offline, a third
of it in the weeks before Seollal; nationwide a fifth comes before Chuseok.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from market.calendar_days import names_of_holidays
from market.orders import Channel

YEAR = 300_000_000
"""Won a year over the three villages and all channels."""

Weight = Callable[[date], int]


@dataclass(frozen=True)
class Stream:
    """One habit of buying: so many won a year, spread over the days by weight."""

    name: str
    channel: Channel
    pool: str
    """What is bought: everyday, gift, kimjang, leaf or program."""
    yearly: int
    weight: Weight

    def won_by_day(self, first: date, last: date) -> dict[date, int]:
        """What each day is to bring (won), days of nothing left out."""
        plan: dict[date, int] = {}
        for year in range(first.year, last.year + 1):
            weights = _weights_of_year(self.weight, year)
            whole = sum(weights.values())
            for day, weight in weights.items():
                if weight and first <= day <= last:
                    plan[day] = self.yearly * weight // whole
        return plan


@lru_cache(maxsize=256)
def _weights_of_year(weight: Weight, year: int) -> dict[date, int]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    return {day: weight(day) for day in days}


@lru_cache(maxsize=32)
def holiday_of(year: int, name: str) -> date:
    """ "설날" or "추석" of that year."""
    return next(day for day, names in names_of_holidays(year).items() if name in names.split("; "))


def _any_day(day: date) -> int:
    return EVERY_MONTH[day.month - 1] * EVERY_WEEKDAY[day.weekday()]


def _market_saturday(day: date) -> int:
    """직거래장터: the second and fourth Saturday from April to December."""
    return int(day.weekday() == 5 and day.month >= 4 and (day.day - 1) // 7 in (1, 3))


def _weekend(day: date) -> int:
    return EVERY_MONTH[day.month - 1] * (3 if day.weekday() >= 5 else 1)


def _before(name: str, shape: dict[int, int]) -> Weight:
    """By the days that are left until the holiday."""

    def weight(day: date) -> int:
        return shape.get((holiday_of(day.year, name) - day).days, 0)

    return weight


def _kimjang(day: date) -> int:
    return {10: int(day.day >= 20), 11: 4, 12: int(day.day <= 10)}.get(day.month, 0)


def _leaf_festival(day: date) -> int:
    """단풍 축제: the weekends from late October to the middle of November."""
    is_season = date(day.year, 10, 23) <= day <= date(day.year, 11, 15)
    return (3 if day.weekday() >= 5 else 1) if is_season and day.weekday() >= 4 else 0


def _visits(day: date) -> int:
    return VISITS[day.month - 1] * (4 if day.weekday() >= 5 else 1)


EVERY_MONTH = (9, 7, 8, 8, 9, 11, 9, 8, 9, 11, 12, 11)
EVERY_WEEKDAY = (12, 11, 10, 10, 8, 8, 11)
VISITS = (4, 4, 5, 7, 9, 7, 6, 7, 8, 13, 13, 5)

# Shops close their specials four days before the holiday; people who come by themselves come until the eve.
SHAPE = {
    **dict.fromkeys(range(22, 29), 3),
    **dict.fromkeys(range(15, 22), 6),
    **dict.fromkeys(range(8, 15), 9),
    **dict.fromkeys(range(4, 8), 4),
}
EVE_MARKET: dict[int, int] = {8: 1, 9: 1, 10: 1}

SEOLLAL, CHUSEOK = _before("설날", SHAPE), _before("추석", SHAPE)
SEOLLAL_MARKET, CHUSEOK_MARKET = _before("설날", EVE_MARKET), _before("추석", EVE_MARKET)

STREAMS = (
    Stream("everyday", Channel.online, "everyday", 55_000_000, _any_day),
    Stream("everyday by phone", Channel.phone, "everyday", 12_000_000, _any_day),
    Stream("market", Channel.stall, "everyday", 11_000_000, _market_saturday),
    Stream("at the village", Channel.on_site, "everyday", 6_000_000, _weekend),
    Stream("other malls", Channel.external, "everyday", 4_600_000, _any_day),
    Stream("seollal", Channel.online, "gift", 60_000_000, SEOLLAL),
    Stream("seollal by phone", Channel.phone, "gift", 18_000_000, SEOLLAL),
    Stream("seollal market", Channel.stall, "gift", 8_200_000, SEOLLAL_MARKET),
    Stream("seollal on other malls", Channel.external, "gift", 4_500_000, SEOLLAL),
    Stream("chuseok", Channel.online, "gift", 33_500_000, CHUSEOK),
    Stream("chuseok by phone", Channel.phone, "gift", 10_000_000, CHUSEOK),
    Stream("chuseok market", Channel.stall, "gift", 4_700_000, CHUSEOK_MARKET),
    Stream("chuseok on other malls", Channel.external, "gift", 2_500_000, CHUSEOK),
    Stream("kimjang", Channel.online, "kimjang", 9_000_000, _kimjang),
    Stream("kimjang by phone", Channel.phone, "kimjang", 3_000_000, _kimjang),
    Stream("leaf festival", Channel.festival, "leaf", 24_000_000, _leaf_festival),
    Stream("programs", Channel.online, "program", 15_000_000, _visits),
    Stream("programs on the spot", Channel.on_site, "program", 16_000_000, _visits),
    Stream("programs by phone", Channel.phone, "program", 3_000_000, _visits),
)


def grown(won: int, day: date, today: date) -> int:
    """The villages grow: the last twelve months bring six in a hundred more than those before."""
    return won * (103 if day >= today - timedelta(days=365) else 97) // 100


def monthly_plan(year: int) -> list[int]:
    """The year's 300 million by month, in steps of 100,000 won; the odd ones go to December."""
    months = [0] * 12
    for stream in STREAMS:
        for day, won in stream.won_by_day(date(year, 1, 1), date(year, 12, 31)).items():
            months[day.month - 1] += won
    whole = sum(months)
    rounded = [YEAR * won // whole // 100_000 * 100_000 for won in months]
    rounded[-1] += YEAR - sum(rounded)
    return rounded
