"""Down to the rows behind a figure: a village's months, days and sales, and one order; buyers stay masked."""

import re
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.disputes import disputes_of
from market.order_record import order_record
from market.periods import last_of_month
from market.refund_record import refunds_of
from market.refunds import CAUSE_NAMES, CHOSEN_CAUSES
from market.reports import added
from market.returns.reading import returns_of
from market.village_figures import Figures, Lens, VillageMonth, days_of, months_of, sales_of
from storefront.asked_month import YEARS, asked_month
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.city.figure_charts import village_chart
from storefront.city.figure_tables import about_moment, growth, rate
from storefront.city.filters import CHANNELS, KINDS, query_of, read_lens
from storefront.web import visit_of
from villages.days import first_of_month, next_month, seoul_day
from villages.people import Permission
from villages.refusals import NotFound
from villages.village import Village

PAYMENT_STATES = {
    "open": "기다림",
    "unknown": "확인 중",
    "captured": "들어옴",
    "failed": "실패",
    "expired": "기한 지남",
}
DAY = re.compile(r"\d{1,2}", re.ASCII)


async def village(request: Request) -> Response:
    """The twelve months of a year."""
    place, lens, doubts = await _asked(request)
    today = seoul_day(visit_of(request).now)
    year = _year(request.query_params.get("year", ""), today, doubts)
    months = await months_of(place.id, year, lens)
    sums = _sum(month.figures for month in months)
    over = [month for month in months if last_of_month(month.month) < today]
    target = added(month.target for month in months)
    context = {
        "year": year, "earlier": year - 1, "later": year + 1 if year < today.year else None,
        "rows": [_month_row(month, today, f"/city/villages/{place.slug}/{month.month:%Y-%m}{_query(lens)}") for month in months],
        "sums": sums, "target": target, "rate": rate(sums.total, target), "last_year": sum(month.last_year for month in months),
        "growth": growth(sum(month.figures.total for month in over), sum(month.last_year for month in over)),
        "chart": village_chart(place.short_name, year, months, today),
    }  # fmt: skip
    return await _render(request, "village", place, lens, doubts, context)


async def month(request: Request) -> Response:
    """The days of a month on which something was sold."""
    place, lens, doubts = await _asked(request)
    first = asked_month(request)
    days = await days_of(place.id, first, lens)
    here = f"/city/villages/{place.slug}/{first:%Y-%m}"
    context = {
        "month": first, "rows": [(day.day, day.figures, f"{here}/{day.day:%d}{_query(lens)}") for day in days],
        "sums": _sum(day.figures for day in days), "earlier": a_month_before(first), "later": next_month(first),
        "has_later": next_month(first) <= seoul_day(visit_of(request).now),
    }  # fmt: skip
    return await _render(request, "month", place, lens, doubts, context)


async def day(request: Request) -> Response:
    """The sales of a day, a hundred to the page."""
    place, lens, doubts = await _asked(request)
    first = asked_month(request)
    text = request.path_params["day"]
    if not DAY.fullmatch(text) or not 1 <= int(text) <= last_of_month(first).day:
        raise NotFound("그런 날은 없습니다. 주소를 확인해 주세요.")
    on = first.replace(day=int(text))
    asked = request.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= 10_000 else 1
    sold = await sales_of(place.id, on, lens, page=page)
    if page > sold.pages:
        sold, page = await sales_of(place.id, on, lens, page=sold.pages), sold.pages
    here = f"/city/villages/{place.slug}/{first:%Y-%m}/{on:%d}"
    context = {
        "month": first,
        "day": on,
        "sold": sold,
        "page": page,
        "pages": _pages(here, lens, page, sold.pages),
    }
    return await _render(request, "day", place, lens, doubts, context)


async def order(request: Request) -> Response:
    record = await order_record(one_word(request.path_params["number"]))
    context = {
        "order": record,
        "payment_states": PAYMENT_STATES,
        "refunds": await refunds_of(record.number),
        "disputes": await disputes_of(record.number),
        "returns": await returns_of(record.number),
        "causes": [(cause, CAUSE_NAMES[cause]) for cause in CHOSEN_CAUSES],
        "can_refund": record.paid_at is not None
        and record.state != "refunded"
        and officer_of(request).may(Permission.refund_any),
    }
    return await render_city(request, "order", context)


def _month_row(month: VillageMonth, today: date, url: str) -> dict[str, Any]:
    """Only a month that is over is held against the year before, and one that has begun against its target."""
    total = month.figures.total
    return {
        "month": month.month, "figures": month.figures, "target": month.target, "rate": rate(total, month.target) if month.month <= today else None,
        "last_year": month.last_year, "url": url,
        "growth": growth(total, month.last_year) if last_of_month(month.month) < today else None,
    }  # fmt: skip


async def _asked(request: Request) -> tuple[Village, Lens, list[str]]:
    place = await Village.get_or_none(slug=one_word(request.path_params["slug"]))
    if place is None:
        raise NotFound("그런 마을은 없습니다. 주소를 확인해 주세요.")
    doubts: list[str] = []
    return place, read_lens(request.query_params, doubts), doubts


async def _render(
    request: Request, name: str, place: Village, lens: Lens, doubts: list[str], context: dict[str, Any]
) -> Response:
    shown = {
        "village": place, "lens": lens, "doubts": doubts, "lens_query": _query(lens), "lens_more": _query(lens).replace("?", "&"), "is_narrowed": lens != Lens(),
        "channel_name": CHANNELS[lens.channel], "kind_name": KINDS[lens.kind], "basis": about_moment(visit_of(request).now),
        "choices": {"channel": list(CHANNELS.items()), "kind": list(KINDS.items())},
    }  # fmt: skip
    return await render_city(request, name, shown | context)


def _query(lens: Lens, **more: str) -> str:
    return query_of({"channel": lens.channel, "kind": lens.kind, **more})


def _sum(figures) -> Figures:
    return reduce(add, figures, Figures())


def _year(text: str, today: date, doubts: list[str]) -> int:
    if text.isascii() and text.isdigit() and int(text[:6]) in YEARS:
        return int(text)
    if text:
        doubts.append("모르는 해라서 올해를 보여 드립니다.")
    return today.year


def a_month_before(month: date) -> date:
    return first_of_month(month - timedelta(days=1))


def _pages(here: str, lens: Lens, page: int, last: int) -> dict[str, Any] | None:
    """What parts/pager.html draws; None for a single page."""
    if last == 1:
        return None

    def url(number: int) -> str:
        return here + _query(lens, page=str(number) if number > 1 else "")

    near = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    return {
        "prev_url": url(page - 1) if page > 1 else None,
        "next_url": url(page + 1) if page < last else None,
        "links": [(str(number), url(number), number == page) for number in near],
    }
