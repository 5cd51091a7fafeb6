"""정산: what each village is owed, month by month, with all lines behind it; an officer closes one that is over."""

import logging
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from market.settlement.closing import close_month
from market.settlement.figures import Sums, added
from market.settlement.overview import (
    VillageMonth,
    closed_in,
    closed_months,
    lines_of,
    open_months,
    village_month,
    years_closed,
)
from market.sheets import XLSX, csv_text, xlsx_apart
from storefront.asked_month import asked_month
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.city.statement_sheets import statement_sheets
from storefront.pages.pager import pages_of
from storefront.web import see_other, status_of, visit_of
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import NotFound, Refused
from villages.village import Village

LINES = 100

log = logging.getLogger("jangnal.city")


@dataclass(frozen=True)
class MonthOfAll:
    """A month of all its villages, summed."""

    month: date
    villages: list[VillageMonth]
    is_over: bool

    @property
    def sums(self) -> Sums:
        return added(each.sums for each in self.villages)

    @property
    def open_ones(self) -> list[VillageMonth]:
        return [each for each in self.villages if not each.number]

    @property
    def count(self) -> int:
        return sum(each.count for each in self.villages)

    @property
    def opening(self) -> int:
        return sum(each.opening for each in self.villages)

    @property
    def payout(self) -> int:
        return sum(each.payout for each in self.villages)

    @property
    def carried(self) -> int:
        return sum(each.carried for each in self.villages)


async def index(request: Request) -> Response:
    """Open months first, as they stand now; then a year's closed ones."""
    today = seoul_day(visit_of(request).now)
    years = [str(year) for year in await years_closed()]
    asked = request.query_params.get("year", "")
    year = asked if asked in years else max(years, default=str(today.year))
    done = request.query_params.get("closed", "")
    context = {
        "open_months": _by_month(await open_months(today), today), "closed": _by_month(await closed_months(int(year)), today),
        "year": year, "years": [(each, f"{each}년") for each in years], "done": done if done == "1" else "",
        "may_close": officer_of(request).may(Permission.close_statements),
        "doubts": ["그해에는 마감한 정산이 없어서 다른 해를 보여 드립니다."] if asked and asked != year else [],
    }  # fmt: skip
    return await render_city(request, "statements", context)


async def month(request: Request) -> Response:
    """What closing the month would do, before it is done."""
    return await _month_page(request)


async def close(request: Request) -> Response:
    """Every village's half of the month; again, it changes nothing."""
    try:
        await close_month(
            asked_month(request), by=f"person {officer_of(request).id}", now=visit_of(request).now
        )
    except Refused as refusal:
        return await _month_page(request, trouble=refusal.sentence, status=status_of(refusal))
    return see_other("/city/statements?closed=1")


async def show(request: Request) -> Response:
    """All the lines of one village's month, a hundred to the page."""
    shown = await _asked(request)
    last = max(1, -(-shown.count // LINES))
    asked = request.query_params.get("page", "1")
    page = min(int(asked), last) if asked.isascii() and asked.isdigit() and int(asked[:6]) >= 1 else 1
    here = f"/city/statements/{shown.month:%Y-%m}/{shown.village.slug}"
    context = {
        "shown": shown, "lines": await lines_of(shown, start=(page - 1) * LINES, most=LINES), "page": page, "here": here,
        "pages": pages_of(
            shown.count, page=page, size=LINES, address=lambda at: f"{here}?page={at}" if at > 1 else here
        ),
    }  # fmt: skip
    return await render_city(request, "statement", context)


async def csv(request: Request) -> Response:
    shown = await _asked(request)
    sheets = statement_sheets(shown, await lines_of(shown), now=visit_of(request).now)
    return _download(request, shown, csv_text(sheets).encode(), "csv", "text/csv; charset=utf-8")


async def xlsx(request: Request) -> Response:
    shown, now = await _asked(request), visit_of(request).now
    sheets = statement_sheets(shown, await lines_of(shown), now=now)
    body = await xlsx_apart(sheets, made_at=now)
    return _download(request, shown, body, "xlsx", XLSX)


async def _month_page(request: Request, *, trouble: str = "", status: int = 200) -> Response:
    asked, today = asked_month(request), seoul_day(visit_of(request).now)
    still_open = await open_months(today)
    villages = await closed_in(asked) + [each for each in still_open if each.month == asked]
    if not villages and not trouble:
        raise NotFound("이 달에는 정산할 것이 없습니다. 정산 화면에서 달을 골라 주세요.")
    earlier = [each.month for each in still_open if each.month < asked]
    (of_all,) = _by_month(villages, today) or [MonthOfAll(asked, [], is_over=False)]
    context = {
        "of_all": of_all, "first_open": min(earlier, default=None), "trouble": trouble,
        "may_close": officer_of(request).may(Permission.close_statements),
    }  # fmt: skip
    return await render_city(request, "statement_month", context, status=status)


def _by_month(villages: list[VillageMonth], today: date) -> list[MonthOfAll]:
    return [
        MonthOfAll(month, list(of_month), is_over=each_closes <= today)
        for (month, each_closes), of_month in groupby(villages, key=lambda each: (each.month, each.closes_on))
    ]


async def _asked(request: Request) -> VillageMonth:
    month = asked_month(request)
    village = await Village.get_or_none(slug=one_word(request.path_params["village"]))
    if village is None:
        raise NotFound("그런 마을은 없습니다. 주소를 확인해 주세요.")
    return await village_month(village, month, seoul_day(visit_of(request).now))


def _download(request: Request, shown: VillageMonth, body: bytes, ending: str, media_type: str) -> Response:
    log.info("statement exported", extra={"facts": {"person": officer_of(request).id, "as": ending, "village": shown.village.slug, "month": f"{shown.month:%Y-%m}"}})  # fmt: skip
    name = quote(f"{shown.village.name}_정산_{shown.month:%Y%m}.{ending}")
    disposition = f"attachment; filename=\"statement_{shown.month:%Y%m}.{ending}\"; filename*=UTF-8''{name}"
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition})
