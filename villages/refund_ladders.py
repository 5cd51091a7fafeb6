"""How much comes back when a booking is cancelled, by how early: data, frozen on the order.

Days are civil days in Seoul. A step says "until N days before, so many percent"; posted texts that leave days out are
read in the shopper's favour (`ladder_from_posted`). Sources of the shapes: ladders that villages really post.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from villages.days import SEOUL, seoul_day

Cause = Literal["shopper", "weather", "too_few", "operator"]


@dataclass(frozen=True, slots=True)
class Step:
    """Cancelled `days` before the day of use (until that clock time) or `hours` before the start: `percent` back."""

    percent: int
    days: int = 0
    until: str | None = None  # "17:00"; None: until the day ends
    hours: int | None = None  # instead of days

    def ends_at(self, starts_at: datetime) -> datetime:
        """The last moment of the step; never after the start."""
        if self.hours is not None:
            return starts_at - timedelta(hours=self.hours)
        day = seoul_day(starts_at) - timedelta(days=self.days)
        if self.until:
            return min(starts_at, datetime.combine(day, time.fromisoformat(self.until), SEOUL))
        midnight = datetime.combine(day + timedelta(days=1), time(), SEOUL)
        return min(starts_at, midnight - timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Season:
    """Other terms from one day of use to another ("07-01" to "08-31"; may pass New Year). None: as the ladder says."""

    first: str
    last: str
    steps: tuple[Step, ...]
    no_show: int | None = None
    free_on_booking_day: bool | None = None

    def holds(self, day: date) -> bool:
        today = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last


@dataclass(frozen=True, slots=True)
class RefundLadder:
    name: str
    steps: tuple[Step, ...]  # earliest first; after the last one nothing comes back
    seasons: tuple[Season, ...] = ()
    no_show: int = 0
    weather: int = 100
    too_few: int = 100  # the minimum of people was not reached
    free_on_booking_day: bool = False  # changed her mind the same day: all back
    date_changes: int = 1  # how often the day may be moved instead

    def at(self, starts_at: datetime) -> "RefundLadder":
        """The ladder as it stands for a day of use: its season's terms in place of its own."""
        day = seoul_day(starts_at)
        season = next((season for season in self.seasons if season.holds(day)), None)
        if season is None:
            return self
        no_show = self.no_show if season.no_show is None else season.no_show
        free = self.free_on_booking_day if season.free_on_booking_day is None else season.free_on_booking_day
        return replace(self, steps=season.steps, no_show=no_show, free_on_booking_day=free, seasons=())


def refund_percent(
    ladder: RefundLadder,
    starts_at: datetime,
    at: datetime,
    *,
    cause: Cause = "shopper",
    booked_at: datetime | None = None,
) -> int:
    """Percent of what was paid that comes back when cancelled `at`; from the start on it is a no-show.

    Where the village itself is at fault everything comes back, whatever its ladder says.
    """
    if cause != "shopper":
        return {"weather": ladder.weather, "too_few": ladder.too_few, "operator": 100}[cause]
    terms = ladder.at(starts_at)
    if at >= starts_at:
        return terms.no_show
    if terms.free_on_booking_day and booked_at and seoul_day(booked_at) == seoul_day(at):
        return 100
    open_steps = (step.percent for step in terms.steps if at <= step.ends_at(starts_at))
    return next(open_steps, 0)


def refund_won(paid: int, percent: int) -> int:
    """Floored to the won; quoted and refunded are this same sum."""
    return paid * percent // 100


def ladder_from_posted(
    name: str, posted: Sequence[tuple[int, int]], *, no_show: int = 0, **terms: Any
) -> RefundLadder:
    """A ladder from a posted list of (days before, percent), the earliest first.

    A day the list leaves out counts as the step before it, the milder one: "10일 전 100, 7일 전 80" gives 100 on the
    9th and 8th day. So does the same day, where the list does not name it.
    """
    following = [*[days for days, _ in posted[1:]], -1]
    steps = tuple(
        Step(percent, days=after + 1) for (_, percent), after in zip(posted, following, strict=True)
    )
    return RefundLadder(name, steps, no_show=no_show, **terms)


def ladder_sentences(ladder: RefundLadder, *, starts_at: datetime | None = None) -> list[tuple[str, str]]:
    """When → what comes back, for the page: ("3일 전까지", "전액 환불") … ("당일", "환불되지 않습니다")."""
    ladder = ladder.at(starts_at) if starts_at else ladder
    steps = ladder.steps
    lines = [(_when(step), _what(step.percent)) for step in steps if step.percent > 0]
    paying = [step for step in steps if step.percent > 0]
    if not paying or paying[-1] != Step(paying[-1].percent, days=0):
        after = "당일" if paying and paying[-1] == Step(paying[-1].percent, days=1) else "그 뒤"
        lines.append((after if paying else "예약한 뒤", _what(0)))
    if ladder.free_on_booking_day:
        lines.insert(0, ("예약하신 날 안에", _what(100)))
    if ladder.no_show:
        lines.append(("오지 않으셨을 때", _what(ladder.no_show)))
    return lines


def cause_sentences(ladder: RefundLadder) -> list[tuple[str, str]]:
    """What comes back when it is not the shopper who cancels."""
    return [
        ("비나 눈 때문에 못 할 때", _what(ladder.weather)),
        ("최소 인원이 모이지 않을 때", _what(ladder.too_few)),
        ("마을 사정으로 못 할 때", _what(100)),
    ]


def _when(step: Step) -> str:
    if step.hours is not None:
        return f"시작 {step.hours}시간 전까지"
    if step.days == 0 and not step.until:
        return "당일"
    day = {0: "당일", 1: "하루 전"}.get(step.days, f"{step.days}일 전")
    return f"{day} {step.until}까지" if step.until else f"{day}까지"


def _what(percent: int) -> str:
    words = {100: "전액 환불", 50: "절반 환불", 0: "환불되지 않습니다"}
    return words.get(percent, f"{percent}% 환불")


def ladder_as_data(ladder: RefundLadder) -> dict[str, Any]:
    """Plain JSON, to be kept with the order."""
    return asdict(ladder)


def ladder_from_data(data: dict[str, Any]) -> RefundLadder:
    steps = tuple(Step(**step) for step in data["steps"])
    seasons = tuple(
        Season(**{**season, "steps": tuple(Step(**step) for step in season["steps"])})
        for season in data.get("seasons", ())
    )
    return RefundLadder(**{**data, "steps": steps, "seasons": seasons})


# Presets an operator chooses from; the demo city uses the first three.
PRESETS: dict[str, RefundLadder] = {
    "usual": RefundLadder("보통", (Step(100, days=3), Step(50, days=1))),
    "group": RefundLadder("단체", (Step(100, days=10), Step(80, days=7), Step(50, days=3), Step(20, days=1))),
    "stay": RefundLadder(
        "숙박",
        (Step(100, days=7), Step(80, days=5), Step(50, days=3), Step(20, days=1)),
        seasons=(
            Season(
                "07-01", "08-31", (Step(100, days=10), Step(80, days=7), Step(50, days=5), Step(20, days=3))
            ),
            Season(
                "10-20", "11-15", (Step(100, days=10), Step(80, days=7), Step(50, days=5), Step(20, days=3))
            ),
        ),
        free_on_booking_day=True,
    ),
    "mild": RefundLadder("너그럽게", (Step(100, days=1), Step(50, days=0))),
}
