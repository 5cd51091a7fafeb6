"""The figures as tables in exact won: the ones behind the charts on the page, and the very same in the files."""

from collections.abc import Sequence
from datetime import date, datetime

from market.orders import CHANNEL_NAMES, ONLINE, Channel
from market.reports import Report
from market.rounding import percent
from market.sheets import Cell, Sheets, Table
from storefront.city.filters import CHANNELS, KINDS, days_text
from villages.days import SEOUL, seoul_day


def basis_of(report: Report, now: datetime) -> list[str]:
    """What these figures are, in the order in which one asks."""
    return [about_moment(now), about_scope(report), "단위: 원, 명"]


def about_moment(now: datetime) -> str:
    """ "11월 21일 09:00 기준, 환불 뺀 금액, 부가세 포함, 배송비는 따로"."""
    here = now.astimezone(SEOUL)
    return f"{here.month}월 {here.day}일 {here:%H:%M} 기준, 환불 뺀 금액, 부가세 포함, 배송비는 따로"


def about_scope(report: Report) -> str:
    scope = report.scope
    where = report.village.name if report.village else "모든 마을"
    return (
        f"기간 {days_text(scope.period.first, scope.period.until)}, 마을 {where}, "
        f"판매 경로 {CHANNELS[scope.channel]}, 구분 {KINDS[scope.kind]}"
    )


def file_sheets(report: Report, *, city: str, now: datetime) -> Sheets:
    """Everything that stands on the page."""
    tables = [
        villages_table(report),
        months_table(report, seoul_day(now)),
        channels_table(report),
        sellers_table(report),
    ]
    return Sheets(f"{city} 판매 현황", basis_of(report, now), tables)


def villages_table(report: Report) -> Table:
    header = (
        "마을", "목표", "매출", "달성률(%)", "지난해 같은 기간", "지난해보다(%)", "온라인", "오프라인",
        "체험 인원(명)", "배송비(따로)",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            village.name, village.goal, village.total, rate(village.total, village.goal), village.last_year,
            growth(village.total, village.last_year), village.online, village.offline, village.heads, village.postage,
        )
        for village in report.villages
    ]  # fmt: skip
    totals = (
        "합계", report.goal, report.total, rate(report.total, report.goal), report.last_year,
        growth(report.total, report.last_year), sum(village.online for village in report.villages),
        sum(village.offline for village in report.villages), report.heads,
        sum(village.postage for village in report.villages),
    )  # fmt: skip
    return Table("마을별 실적", header, rows, totals)


def months_table(report: Report, today: date) -> Table:
    """The whole year of the chart, whatever the period. A month that has not begun has no rate."""
    used = channels_used(month.by_channel for month in report.months)
    header = ("월", "목표", "매출", "달성률(%)", "지난해", *(CHANNEL_NAMES[channel] for channel in used))
    rows = [
        (
            f"{month.month.month}월", month.target, month.total, rate(month.total, month.target) if month.month <= today else None, month.last_year,
            *(month.by_channel.get(channel, 0) for channel in used),
        )
        for month in report.months
    ]  # fmt: skip
    goal = sum(month.target or 0 for month in report.months) or None
    total = sum(month.total for month in report.months)
    totals = (
        "합계", goal, total, rate(total, goal), sum(month.last_year for month in report.months),
        *(sum(month.by_channel.get(channel, 0) for month in report.months) for channel in used),
    )  # fmt: skip
    return Table(f"{report.scope.chart_year}년 월별 매출", header, rows, totals)


def channels_table(report: Report) -> Table:
    used = channels_used(village.by_channel for village in report.villages)
    header = ("마을", *(CHANNEL_NAMES[channel] for channel in used), "합계", "온라인(%)")
    rows = [
        (
            village.name, *(village.by_channel.get(channel, 0) for channel in used), village.total,
            percent(village.online, village.total),
        )
        for village in report.villages
    ]  # fmt: skip
    online = sum(village.online for village in report.villages)
    totals = (
        "합계", *(sum(village.by_channel.get(channel, 0) for village in report.villages) for channel in used),
        report.total, percent(online, report.total),
    )  # fmt: skip
    return Table("마을별 판매 경로", header, rows, totals)


def sellers_table(report: Report) -> Table:
    header = ("상품·체험", "마을", "개수", "매출", "지난해보다(%)")
    rows = [
        (
            seller.name,
            seller.village_name,
            seller.units,
            seller.amount,
            growth(seller.comparable, seller.before),
        )
        for seller in report.sellers
    ]
    return Table("많이 팔린 것", header, rows, about=about_sellers(report))


def about_sellers(report: Report) -> str:
    """What one must know of the list: it counts whole months, and knows no channels."""
    first, last = report.scope.period.months
    months = f"{first.month}월" if first == last else f"{first.month}–{last.month}월"
    if first.year != last.year:
        months = f"{first.year}. {first.month}.–{last.year}. {last.month}."
    finished = report.scope.period.finished_months
    words = [f"{months}을 달 단위로 셌습니다"]
    if finished and finished[1] != last:
        words.append("지난해와는 끝난 달끼리 견줍니다")
    elif not finished:
        words.append("끝난 달이 없어 지난해와 견주지 않습니다")
    if report.scope.channel:
        words.append("판매 경로는 가리지 않은 값입니다")
    return ". ".join(words) + "."


def channels_used(figures) -> list[Channel]:
    """The channels to show, in their usual order; 다른 쇼핑몰 only where it sold something."""
    sold = {channel for by_channel in figures for channel, amount in by_channel.items() if amount}
    return [
        channel
        for channel in Channel
        if channel in sold or channel not in ONLINE or channel == Channel.online
    ]


def rate(amount: int, goal: int | None) -> float | None:
    return percent(amount, goal) if goal else None


def growth(amount: int, before: int | None) -> float | None:
    """The change in percent; None where there was nothing before."""
    return percent(amount - before, before) if before and before > 0 else None
