"""Korean public holidays, substitute and election days among them."""

from datetime import date
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
