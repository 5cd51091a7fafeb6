"""One plain sentence above each chart, computed from what it shows."""

from dataclasses import dataclass
from datetime import date

from market.orders import CHANNEL_NAMES, Channel
from market.periods import share_of_month
from market.reports import Report, VillageFigures
from market.rounding import percent
from storefront.words import ten_thousand_won
from villages.days import first_of_month


def about_months(report: Report, today: date) -> str:
    """ "10월이 4,510만 원으로 가장 많았습니다. 11월은 오늘까지 2,640만 원이고, 목표까지 …"."""
    months = [SoldMonth(month.month, month.total, month.target) for month in report.months]
    return about_year(report.scope.chart_year, months, today)


@dataclass(frozen=True)
class SoldMonth:
    month: date
    total: int
    target: int | None


def about_year(year: int, months: list[SoldMonth], today: date) -> str:
    sold = [month for month in months if month.total > 0]
    if not sold:
        return f"{year}년에는 {'아직 ' if year >= today.year else ''}매출이 없습니다."
    best = max(sold, key=lambda month: month.total)
    words = [f"{best.month.month}월이 {manwon(best.total)}으로 가장 많았습니다."]
    current = next((month for month in months if month.month == first_of_month(today)), None)
    if current:
        words.append(_running(current, today))
    elif (missed := _reached(months)) is not None:
        words.append(missed)
    return " ".join(words)


def _running(month: SoldMonth, today: date) -> str:
    so_far = f"{month.month.month}월은 오늘까지 {manwon(month.total)}"
    if not month.target:
        return f"{so_far}입니다."
    if month.total >= month.target:
        return f"{so_far}으로 목표를 {manwon(month.total - month.target)} 넘겼습니다."
    due = share_of_month(month.target, month.month, month.month, today)
    pace = "계획보다 빠릅니다" if month.total >= due else "계획보다 늦습니다"
    return f"{so_far}이고, 목표까지 {manwon(month.target - month.total)} 남아 {pace}."


def _reached(months: list[SoldMonth]) -> str | None:
    with_target = [month for month in months if month.target]
    if not with_target:
        return None
    reached = sum(1 for month in with_target if month.total >= (month.target or 0))
    return f"목표를 세운 {len(with_target)}달 가운데 {reached}달에 목표를 넘겼습니다."


def about_shares(villages: list[VillageFigures]) -> str:
    """ "온라인 비중이 가장 높은 마을: 대정 61%. 옥정호 매출의 30%는 마을 현장에서 나왔습니다."."""
    sold = [village for village in villages if village.total > 0]
    if not sold:
        return "고른 기간에는 매출이 없습니다."
    first = max(sold, key=lambda village: village.online / village.total)
    words = [f"온라인 비중이 가장 높은 마을: {first.short_name} {_percent(first.online, first.total)}."]
    offline = [(village, *_largest_offline(village)) for village in sold if village.offline > 0]
    if offline:
        village, channel, amount = max(offline, key=lambda item: item[2] / item[0].total)
        share = _percent(amount, village.total)
        words.append(f"{village.short_name} 매출의 {share}는 {CHANNEL_NAMES[channel]}에서 나왔습니다.")
    return " ".join(words)


def _largest_offline(village: VillageFigures) -> tuple[Channel, int]:
    offline = [
        (Channel(channel), amount)
        for channel, amount in village.by_channel.items()
        if channel not in ("online", "external")
    ]
    return max(offline, key=lambda item: item[1])


def about_villages(report: Report) -> str:
    """ "목표를 세운 마을 3곳 가운데 1곳이 계획보다 앞섭니다."."""
    planned = [village for village in report.villages if village.plan]
    if not planned:
        return (
            "이 조건으로 세운 목표가 없습니다." if not report.scope.channel and not report.scope.kind else ""
        )
    ahead = sum(1 for village in planned if village.total >= (village.plan or 0))
    return f"목표를 세운 마을 {len(planned)}곳 가운데 {ahead}곳이 계획보다 앞서 있습니다."


def about_sold(report: Report) -> str:
    """Amounts, no share of the whole: the list knows no channels, the whole may be narrowed to one."""
    if not report.sellers:
        return "고른 기간에 팔린 것이 없습니다."
    best = report.sellers[0]
    return f"가장 많이 팔린 것: {best.village_name} {best.name}, {manwon(best.amount)}."


def manwon(amount: int) -> str:
    """4,510만 원; under 10,000 won the exact sum."""
    return f"{ten_thousand_won(amount)} 원" if abs(amount) >= 10_000 else f"{amount:,}원"


def _percent(part: int, whole: int) -> str:
    return f"{percent(part, whole):.0f}%"
