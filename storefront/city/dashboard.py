"""한눈에 보기: the year's figures against targets and last year, and the same as files."""

import logging
from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from market.nightly_check import last_check
from market.periods import Period, PeriodName
from market.reports import Report, sales_report
from market.rounding import rounded
from market.sheets import XLSX, Sheets, csv_text, xlsx_bytes
from market.waiting_money import waiting_money
from storefront.city import sentences
from storefront.city.city_page import officer_of, render_city
from storefront.city.figure_charts import month_chart, share_chart
from storefront.city.figure_tables import (
    about_moment,
    about_scope,
    about_sellers,
    channels_table,
    file_sheets,
    growth,
    months_table,
    sellers_table,
    villages_table,
)
from storefront.city.filters import (
    CHANNELS,
    KINDS,
    Filters,
    days_text,
    period_choices,
    read_filters,
)
from storefront.city.overview import key_figures, villages_in_man
from storefront.web import services, visit_of
from villages.days import seoul_day

log = logging.getLogger("jangnal.city")


async def index(request: Request) -> Response:
    filters, report = await _asked(request)
    today = seoul_day(visit_of(request).now)
    waiting = await waiting_money()
    period = report.scope.period
    context = {
        "filters": filters, "report": report, "period": period, "period_text": days_text(period.first, period.until),
        "title": title_of(period), "basis": about_moment(visit_of(request).now), "scope": about_scope(report),
        "choices": {
            "period": period_choices(period, today=today), "channel": list(CHANNELS.items()), "kind": list(KINDS.items()),
            "village": [("", f"전체 {len(report.all_villages)}개 마을"), *((village.slug, village.name) for village in report.all_villages)],
        },
        "by_hand": period.name == PeriodName.days, "key_figures": key_figures(report), "villages_man": villages_in_man(report),
        "month_chart": month_chart(report, today), "share_chart": share_chart(report),
        "sellers": [(seller, rounded(seller.amount), growth(seller.comparable, seller.before)) for seller in report.sellers],
        "tables": {
            "villages": villages_table(report), "months": months_table(report, today), "channels": channels_table(report),
            "sellers": sellers_table(report),
        },
        "about_villages": sentences.about_villages(report), "about_sold": sentences.about_sold(report),
        "about_sellers": about_sellers(report), "say": sentences.manwon,
        "programs_query": replace(filters, scope=replace(filters.scope, kind="program")).query + "#villages",
    }  # fmt: skip
    context["check"] = await last_check(visit_of(request).now)
    return await render_city(request, "dashboard", context, waiting=waiting)


async def csv(request: Request) -> Response:
    sheets = await _sheets(request)
    return _download(request, csv_text(sheets).encode(), "csv", "text/csv; charset=utf-8")


async def xlsx(request: Request) -> Response:
    sheets = await _sheets(request)
    return _download(request, xlsx_bytes(sheets, made_at=visit_of(request).now), "xlsx", XLSX)


async def _asked(request: Request) -> tuple[Filters, Report]:
    filters = read_filters(request.query_params, today=seoul_day(visit_of(request).now))
    report = await sales_report(filters.scope)
    if filters.scope.village and report.village is None:
        doubt = "모르는 마을이라서 모든 마을을 보여 드립니다."
        filters = Filters(replace(filters.scope, village=""), [*filters.doubts, doubt])
    return filters, report


async def _sheets(request: Request) -> Sheets:
    _, report = await _asked(request)
    shown = await services(request).brand.brand()
    return file_sheets(report, city=shown.city.name, now=visit_of(request).now)


def _download(request: Request, body: bytes, ending: str, media_type: str) -> Response:
    day = seoul_day(visit_of(request).now)
    city = services(request).brand.last().city.name
    name = quote(f"{city}_판매현황_{day:%Y%m%d}.{ending}")
    log.info("figures exported", extra={"facts": {"person": officer_of(request).id, "as": ending, "asked": str(request.query_params)[:200]}})  # fmt: skip
    disposition = f"attachment; filename=\"sales_{day:%Y%m%d}.{ending}\"; filename*=UTF-8''{name}"
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition})


def title_of(period: Period) -> str:
    first = period.first
    if period.name in (PeriodName.this_year, PeriodName.last_year):
        return f"{first.year}년 판매 현황"
    if period.name == PeriodName.days:
        return "고른 날의 판매 현황"
    return f"{first.year}년 {first.month}월 판매 현황"
