"""목표: what the villages mean to sell in a year, month by month."""

import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.reports import added
from market.rounding import whole_units
from market.targets import MonthTarget, VillageTargets, read_amount, set_targets, targets_of, targets_of_all
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.city.filters import query_of
from storefront.web import form_of, number_of, see_other, text_of, visit_of
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import BadForm, NotFound, Stale
from villages.village import Village

log = logging.getLogger("jangnal.city")

MONTHS = range(1, 13)


async def index(request: Request) -> Response:
    asked = request.query_params
    doubts: list[str] = []
    year = _year(asked.get("year", ""), seoul_day(visit_of(request).now).year, doubts)
    village = await _village(asked.get("village", ""), doubts)
    saved = asked.get("saved", "") if asked.get("saved", "") in map(str, range(13)) else ""
    return await _page(request, year, village, doubts=doubts, saved=saved)


async def update(request: Request) -> Response:
    """Save one village's twelve months: all of them, or, with a mistake in one, none."""
    form = form_of(request)
    year = _year(text_of(form, "year"), 0, [])
    village = await Village.get_or_none(slug=text_of(form, "village"))
    if village is None or not year:
        raise NotFound()
    typed = {month: text_of(form, f"m{month}", most=40) for month in MONTHS}
    amounts, errors = _read(typed)
    if errors:
        return await _page(request, year, village, typed=typed, errors=errors, status=422)
    versions = {month: number_of(form, f"v{month}") or 0 for month in MONTHS}
    try:
        by = f"person {officer_of(request).id}"
        changed = await set_targets(village.id, year, amounts, versions, by=by)
    except Stale as stale:
        errors = {f"m{month}": sentence for month, sentence in stale.fields.items()}
        return await _page(request, year, village, typed=typed, errors=errors, status=409)
    log.info("targets set", extra={"facts": {"person": officer_of(request).id, "village": village.slug, "year": year, "changed": changed}})  # fmt: skip
    return see_other(
        "/city/targets" + query_of({"year": str(year), "village": village.slug, "saved": str(changed)})
    )


def _read(typed: dict[int, str]) -> tuple[dict[int, int | None], dict[str, str]]:
    amounts: dict[int, int | None] = {}
    errors: dict[str, str] = {}
    for month, text in typed.items():
        try:
            amounts[month] = read_amount(text)
        except BadForm as bad:
            errors[f"m{month}"] = f"{month}월: {bad.sentence}"
    return amounts, errors


async def _page(
    request: Request,
    year: int,
    village: Village | None,
    *,
    typed: dict[int, str] | None = None,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    saved: str = "",
    status: int = 200,
) -> Response:
    all_targets = await targets_of_all(year)
    context: dict[str, Any] = {
        "year": year, "village": village, "mistakes": errors or {}, "doubts": doubts or [], "saved": saved,
        "may_set": officer_of(request).may(Permission.set_targets), "years": _years(request, year),
        "choices": [(each.slug, each.name) for each in all_targets], "overview": _overview(all_targets, year),
    }  # fmt: skip
    if village is not None:
        months = await targets_of(village.id, year)
        context["months"] = [_row(month, typed) for month in months]
        context["sums"] = {
            "last_year": sum(month.last_year for month in months), "sold": sum(month.sold for month in months),
            "target": added(month.amount for month in months),
        }  # fmt: skip
    return await render_city(request, "targets", context, status=status)


def _row(month: MonthTarget, typed: dict[int, str] | None) -> dict[str, Any]:
    number = month.month.month
    written = "" if month.amount is None else f"{month.amount:,}"
    return {"number": number, "month": month, "text": typed[number] if typed else written}


def _overview(villages: list[VillageTargets], year: int) -> dict[str, Any]:
    """In 10,000 won. Each month's column adds up; a village's sum is that of its cells."""
    columns = [whole_units([village.months[at] or 0 for village in villages]) for at in range(12)]
    rows = [
        {
            "name": village.name, "slug": village.slug,
            "url": "/city/targets" + query_of({"year": str(year), "village": village.slug}),
            "cells": [None if village.months[at] is None else columns[at][place] for at in range(12)],
            "total": sum(column[place] for column in columns), "exact": added(village.months),
        }
        for place, village in enumerate(villages)
    ]  # fmt: skip
    return {
        "rows": rows, "sums": [sum(column) for column in columns], "total": sum(map(sum, columns)),
        "exact": sum(amount or 0 for village in villages for amount in village.months),
    }  # fmt: skip


def _years(request: Request, year: int) -> list[tuple[str, str]]:
    this = seoul_day(visit_of(request).now).year
    return [(str(each), f"{each}년") for each in sorted({this - 1, this, this + 1, year})]


def _year(text: str, instead: int, doubts: list[str]) -> int:
    if text.isascii() and text.isdigit() and 2000 <= int(text[:6]) <= 2100:
        return int(text)
    if text:
        doubts.append("모르는 해라서 올해를 보여 드립니다.")
    return instead


async def _village(slug: str, doubts: list[str]) -> Village | None:
    if not slug:
        return None
    village = await Village.get_or_none(slug=one_word(slug))
    if village is None:
        doubts.append("모르는 마을입니다. 아래 표에서 골라 주세요.")
    return village
