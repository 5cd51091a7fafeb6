"""The filters of the figures as they stand in an address: read with care, and written again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from market.orders import CHANNEL_NAMES
from market.periods import Period, PeriodName, days_between, named_period
from market.reports import CHANNELS_OF, EVERY_OFFLINE, EVERY_ONLINE, Scope
from market.village_figures import Lens

KINDS = {"": "특산물 + 체험", "goods": "특산물", "program": "체험"}
CHANNELS = {"": "전체", EVERY_ONLINE: "온라인 모두", EVERY_OFFLINE: "오프라인 모두"} | {
    channel.value: name for channel, name in CHANNEL_NAMES.items()
}
FIRST_DAY = date(2000, 1, 1)
MOST_YEARS = 5


@dataclass(frozen=True)
class Filters:
    """What was asked, made sane. `doubts` says in sentences what we could not take as it was written."""

    scope: Scope
    doubts: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        """The same question as the end of an address: "?period=days&from=…", or nothing."""
        period = self.scope.period
        by_hand = period.name == PeriodName.days
        asked = {
            "period": "" if period.name == PeriodName.this_year else period.name.value,
            "from": period.first.isoformat() if by_hand else "",
            "to": period.last.isoformat() if by_hand else "",
            "village": self.scope.village,
            "channel": self.scope.channel,
            "kind": self.scope.kind,
        }
        return query_of(asked)


def query_of(asked: Mapping[str, str]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(given)}" if given else ""


def read_filters(asked: Mapping[str, str], *, today: date) -> Filters:
    """The question in an address. What nobody can mean becomes the usual thing, and a sentence says so."""
    doubts: list[str] = []
    period = _period(asked, doubts, today)
    lens = read_lens(asked, doubts)
    village = asked.get("village", "").strip()[:40]
    return Filters(Scope(period, village, lens.channel, lens.kind), doubts)


def read_lens(asked: Mapping[str, str], doubts: list[str]) -> Lens:
    channel, kind = asked.get("channel", "").strip(), asked.get("kind", "").strip()
    if channel not in CHANNELS_OF:
        channel = ""
        doubts.append("모르는 판매 경로라서 전체를 보여 드립니다.")
    if kind not in KINDS:
        kind = ""
        doubts.append("모르는 구분이라서 특산물과 체험을 모두 보여 드립니다.")
    return Lens(channel, kind)


def _period(asked: Mapping[str, str], doubts: list[str], today: date) -> Period:
    name = asked.get("period", "").strip()
    has_days = any(asked.get(end, "").strip() for end in ("from", "to"))
    if name == PeriodName.days or (not name and has_days):
        return _days(asked, doubts, today)
    if name in set(PeriodName):
        return named_period(PeriodName(name), today=today)
    if name:
        doubts.append("모르는 기간이라서 올해를 보여 드립니다.")
    return named_period(PeriodName.this_year, today=today)


def _days(asked: Mapping[str, str], doubts: list[str], today: date) -> Period:
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if first is None or last is None:
        doubts.append("시작일과 끝일을 모두 골라 주세요. 우선 올해를 보여 드립니다.")
        return named_period(PeriodName.this_year, today=today)
    if first > last:
        first, last = last, first
        doubts.append("시작일이 끝일보다 늦어서 두 날을 바꾸어 보여 드립니다.")
    if first > today:
        doubts.append("아직 오지 않은 날입니다. 우선 올해를 보여 드립니다.")
        return named_period(PeriodName.this_year, today=today)
    if last - first > timedelta(days=366 * MOST_YEARS):
        first = last - timedelta(days=365 * MOST_YEARS)
        doubts.append(f"한 번에 {MOST_YEARS}년까지 볼 수 있어서 끝일부터 {MOST_YEARS}년을 보여 드립니다.")
    return days_between(first, last, today=today)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= date(2100, 12, 31) else None


def period_choices(period: Period, *, today: date) -> list[tuple[str, str]]:
    """The choices of the form, each with its days."""
    names = [
        (PeriodName.this_year, "올해"),
        (PeriodName.this_month, "이번 달"),
        (PeriodName.last_month, "지난달"),
        (PeriodName.last_year, "지난해"),
    ]
    choices = []
    for name, word in names:
        own = named_period(name, today=today)
        choices.append((name.value, f"{word} ({short_day(own.first)}–{short_day(own.until)})"))
    return [*choices, (PeriodName.days.value, "날짜로 고르기")]


def short_day(day: date) -> str:
    """ "11.21."."""
    return f"{day.month}.{day.day}."


def days_text(first: date, last: date) -> str:
    """ "2026. 1. 1.–11. 21."; the second year only where it is another one."""
    end = (
        f"{last.month}. {last.day}." if first.year == last.year else f"{last.year}. {last.month}. {last.day}."
    )
    return f"{first.year}. {first.month}. {first.day}.–{end}"
