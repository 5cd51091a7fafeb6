"""The figures as charts: which bars, which words; the geometry is storefront/charts.py's."""

from datetime import date

from market.orders import ONLINE, Channel
from market.periods import PeriodName
from market.reports import Report
from market.rounding import MAN, whole_units
from market.village_figures import VillageMonth
from storefront import charts
from storefront.city import sentences
from villages.days import first_of_month

SERIES = [
    (charts.Series("온라인", "c1"), ONLINE),
    (charts.Series("전화 주문", "c2"), {Channel.phone}),
    (charts.Series("직거래장터", "c3"), {Channel.stall}),
    (charts.Series("축제", "c4"), {Channel.festival}),
    (charts.Series("마을 현장", "c5"), {Channel.on_site}),
]
"""Other shops are online sales too: six channels in five colours, and the table behind the chart parts them."""
MOST_SHARES = 8
MONTHLY = (PeriodName.this_month, PeriodName.last_month)


def month_chart(report: Report, today: date) -> charts.MonthChart:
    """The whole year; the best month and, where its number has room, the running one carry their sums."""
    year, sentence = report.scope.chart_year, sentences.about_months(report, today)
    totals = [month.total for month in report.months]
    best = totals.index(max(totals))
    chosen = {first_of_month(report.scope.period.months[1])} if report.scope.period.name in MONTHLY else set()
    current = chosen or {first_of_month(today)}
    months = [
        charts.Month(
            label=f"{month.month.month}월", parts=_series_parts(month.by_channel), target=month.target,
            last_year=month.last_year or None, is_current=month.month in current,
            with_total=bool(month.total) and (at == best or (month.month in current and abs(at - best) > 1)),
        )
        for at, month in enumerate(report.months)
    ]  # fmt: skip
    return charts.month_chart(f"{year}년 월별 매출", sentence, [series for series, _ in SERIES], months)


SIDES = [charts.Series("온라인", "c1"), charts.Series("오프라인", "c3")]


def village_chart(name: str, year: int, months: list[VillageMonth], today: date) -> charts.MonthChart:
    """One village's year, online and offline."""
    best = max(months, key=lambda month: month.figures.total)
    bars = [
        charts.Month(
            label=f"{month.month.month}월",
            parts=_in_man([month.figures.online, month.figures.offline]),
            target=month.target,
            last_year=month.last_year or None,
            is_current=month.month == first_of_month(today),
            with_total=month is best and month.figures.total > 0,
        )
        for month in months
    ]
    sold = [sentences.SoldMonth(month.month, month.figures.total, month.target) for month in months]
    words = sentences.about_year(year, sold, today)
    return charts.month_chart(f"{name} {year}년 월별 매출", words, SIDES, bars)


def share_chart(report: Report) -> charts.ShareChart:
    """The villages that sold most; the table behind it has them all."""
    shown = [village for village in report.villages if village.total > 0][:MOST_SHARES]
    rows = [(village.short_name, _series_parts(village.by_channel)) for village in shown]
    return charts.share_chart(
        "마을별 판매 경로", sentences.about_shares(report.villages), [series for series, _ in SERIES], rows
    )


def _in_man(parts: list[int]) -> list[int]:
    """Rounded to whole 10,000 won, so that the number over a bar is the one in the sentence above it."""
    return [units * MAN for units in whole_units(parts)]


def _series_parts(by_channel: dict[str, int]) -> list[int]:
    return [
        sum(amount for channel, amount in by_channel.items() if channel in channels) for _, channels in SERIES
    ]
