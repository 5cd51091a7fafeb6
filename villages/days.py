"""Days as people here count them: stored moments are UTC, days are Seoul's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def seoul_day(at: datetime) -> date:
    """The civil day in Seoul of a moment."""
    return at.astimezone(SEOUL).date()


def seoul_midnight(day: date) -> datetime:
    """The moment at which this Seoul day begins, in UTC."""
    return datetime.combine(day, time(), SEOUL).astimezone(UTC)


def seoul_moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock moment in Seoul, in UTC."""
    return datetime.combine(day, time(hour, minute), SEOUL).astimezone(UTC)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
