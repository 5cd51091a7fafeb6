"""Korean public holidays, substitute and election days among them."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=16)
def names_of_holidays(year: int) -> dict[date, str]:
    """Day → its Korean name; two of the same day are joined with "; "."""
    return dict(holidays.country_holidays("KR", years=year, language="ko"))


class KoreanHolidays:
    """Answers `day in KOREAN_HOLIDAYS`; a year is worked out when its first day is asked for."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in names_of_holidays(day.year)


KOREAN_HOLIDAYS = KoreanHolidays()


def working_days_after(day: date, count: int) -> date:
    """Saturdays, Sundays and public holidays do not count (영업일)."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in KOREAN_HOLIDAYS
    return day
