"""What eight villages' posted terms give back, written again from their text alone.

It shares no code, no table and no library of days with the product: moments are whole microseconds since 1970 in UTC,
days are numbers counted from there, each village is a chain of ifs read off its own page. How the text is read:

- Days are civil days of Seoul between the day of cancelling and the (first) day of use; Seoul has no summer time.
- A number of days says that day. What lies between two posted days, or after the last one, is a gap, and a gap is read
  as the next milder step for the shopper: the one with the larger number of days.
- A shopper who says nothing, or only at the start or later, did not come. Where the page is silent about that, it is a
  gap after the day of use, and reads as the day of use.
- What is not the shopper's doing (weather, too few people, the operator's fault) gives everything back on any day;
  pages that say so say 100, the others say nothing.
- Won are floored. Transfer charges between banks belong to the paying out, not to the ladder.
"""

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SEOUL = 9 * HOUR

VILLAGES = (
    "balamsae", "wangpicheon", "mugunghwa", "yeongwol", "yeoneo", "mfmove56", "geumgang", "okdanggeol"
)  # fmt: skip
NOT_THE_SHOPPERS_DOING = ("weather", "operator", "too_few")


def refund(
    village: str, booked: int, start: int, cancelled: int | None, cause: str, paid: int
) -> tuple[int, int]:
    """Percent and won given back. Moments in microseconds since 1970 UTC; cancelled None: never a word."""
    percent = 100 if cause in NOT_THE_SHOPPERS_DOING else by_the_page(village, booked, start, cancelled)
    return percent, paid * percent // 100


def by_the_page(village: str, booked: int, start: int, cancelled: int | None) -> int:
    came_not = cancelled is None or cancelled >= start
    moment = start if cancelled is None else cancelled
    left = day_number(start) - day_number(moment)
    if village == "balamsae":
        return balamsae(left, came_not)
    if village == "wangpicheon":
        return wangpicheon(left, came_not)
    if village == "mugunghwa":
        return mugunghwa(left)
    if village == "yeongwol":
        return yeongwol(left, came_not, month_of(day_number(start)), day_number(booked) == day_number(moment))
    if village == "yeoneo":
        return yeoneo(start, moment)
    if village == "mfmove56":
        return mfmove56(left)
    if village == "geumgang":
        return geumgang(left)
    assert village == "okdanggeol", village
    return okdanggeol(left)


def balamsae(left: int, came_not: bool) -> int:
    if came_not:
        return 0
    if left > 7:
        return 100  # ten days and more; nine and eight are a gap
    if left > 5:
        return 80
    if left > 3:
        return 60
    if left > 1:
        return 40
    return 10  # the day before; the day itself is a gap


def wangpicheon(left: int, came_not: bool) -> int:
    if came_not or left < 2:
        return 0
    if left == 2:
        return 20
    if left == 3:
        return 30
    if left == 4:
        return 50
    if left == 5:
        return 70
    if left == 6:
        return 80
    return 90  # seven days and every day before: the page has nothing above ninety


def mugunghwa(left: int) -> int:
    """The village chooses 3-5 days and 80-90 percent; here the kindest of both."""
    return 100 if left >= 3 else 90


def yeongwol(left: int, came_not: bool, month: int, on_the_day_of_booking: bool) -> int:
    if month != 7 and month != 8:
        if came_not or left <= 0:
            return 80
        return 90 if left == 1 else 100
    if came_not:
        return 20
    if on_the_day_of_booking or left > 7:
        return 100
    if left > 5:
        return 90
    if left > 3:
        return 70
    if left > 1:
        return 50
    return 20


def yeoneo(start: int, moment: int) -> int:
    """By the hour: the last good moment is five in the afternoon, that stroke included."""
    first_night = day_number(start) * DAY - SEOUL
    five_of_the_day = first_night + 17 * HOUR
    if moment <= five_of_the_day - 11 * DAY:
        return 100
    if moment <= five_of_the_day - 8 * DAY:
        return 90
    if moment <= five_of_the_day - 6 * DAY:
        return 80
    if moment <= five_of_the_day - 4 * DAY:
        return 70
    if moment <= five_of_the_day - 3 * DAY:
        return 50
    return 0


def mfmove56(left: int) -> int:
    if left >= 7:
        return 90
    if left == 6:
        return 80
    if left == 5:
        return 50
    if left == 4:
        return 40
    if left == 3:
        return 30
    if left == 2:
        return 20
    return 10  # the day before; the day itself and not coming are gaps


def geumgang(left: int) -> int:
    if left >= 9:
        return 100
    if left == 8:
        return 90
    if left == 7:
        return 85
    if left == 6 or left == 5:
        return 70
    if left == 4 or left == 3:
        return 50
    if left == 2:
        return 20
    return 0


def okdanggeol(left: int) -> int:
    if left >= 7:
        return 100
    if left == 6:
        return 90
    if left == 5:
        return 70
    if left == 4:
        return 50
    if left == 3:
        return 40
    if left == 2:
        return 20
    return 0


def day_number(moment: int) -> int:
    """The civil day of Seoul, counted from 1970-01-01."""
    return (moment + SEOUL) // DAY


def month_of(number: int) -> int:
    """Counted month by month from January 1970, years of 365 or 366 days."""
    year = 1970
    while number >= days_in(year):
        number -= days_in(year)
        year += 1
    february = days_in(year) - 337
    month = 1
    for length in (31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
        if number < length:
            return month
        number -= length
        month += 1
    raise AssertionError("no month")


def days_in(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
