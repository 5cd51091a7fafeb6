"""입금표: a bank's sheet is sent, what it holds is shown, and a person decides about the rows that are not sure."""

import logging
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from market.deposit_sheets.deciding import match_row, set_row_aside, settle_suspense
from market.deposit_sheets.giving_back import give_row_back
from market.deposit_sheets.names import order_numbers
from market.deposit_sheets.refusals import MOST_BYTES, SheetRefused
from market.deposit_sheets.results import SheetResult, sheet_of_row, sheet_result
from market.deposit_sheets.sure import match_sure_rows
from market.deposit_sheets.taking import take_sheet
from storefront.city.city_page import officer_of, one_word, render_city
from storefront.city.deposit_words import shown_row
from storefront.city.deposits import show_deposits
from storefront.web import form_of, path_id, see_other, text_of, visit_of
from villages.refusals import BadForm

log = logging.getLogger("jangnal.city")


async def create(request: Request) -> Response:
    """Take a sheet and book what is sure. The same file again leads to its page."""
    file = form_of(request).get("sheet")
    if not isinstance(file, UploadFile) or not file.size:
        return await show_deposits(request, refused=SheetRefused("올릴 파일을 먼저 골라 주세요."), status=422)
    # Never read more than may be kept, however long the file is.
    body = await file.read(MOST_BYTES + 1)
    by, now = _signature(request), visit_of(request).now
    try:
        taken = await take_sheet(body, name=file.filename or "", by=by, now=now)
    except SheetRefused as refused:
        return await show_deposits(request, refused=refused, status=422)
    booked = await match_sure_rows(taken.id, now=now)
    log.info("deposit sheet sent", extra={"facts": {"by": by, "sheet": taken.id, "is_new": taken.is_new, "booked": booked}})  # fmt: skip
    return see_other(f"/city/deposit-sheets/{taken.id}{'' if taken.is_new else '?again=1'}")


async def show(request: Request) -> Response:
    return await _page(request, path_id(request))


async def match(request: Request) -> Response:
    """Numbers that were typed count instead of the choice."""
    row, form = path_id(request), form_of(request)
    typed = text_of(form, "numbers")
    numbers = order_numbers(typed) if typed else set(text_of(form, "orders").split())
    try:
        if typed and not numbers:
            raise BadForm(fields={"numbers": "주문번호는 261121-012345처럼 열두 자리로 적어 주세요."})
        matched = await match_row(row, sorted(numbers), by=_signature(request), now=visit_of(request).now)
    except BadForm as bad:
        return await _page(request, await _sheet(request, row), row=row, bad=bad, typed=typed)
    log.info("deposit matched", extra={"facts": {"by": _signature(request), "row": row, "difference": matched.difference}})  # fmt: skip
    return await _back(request, row)


async def give_back(request: Request) -> Response:
    """A second transfer for the order that was typed: its buyer gets it back."""
    row, typed = path_id(request), text_of(form_of(request), "back")
    try:
        if len(numbers := order_numbers(typed)) != 1:
            raise BadForm(fields={"back": "주문번호 하나를 261121-012345처럼 열두 자리로 적어 주세요."})
        await give_row_back(row, *numbers, by=_signature(request), now=visit_of(request).now)
    except BadForm as bad:
        return await _page(request, await _sheet(request, row), row=row, bad=bad, typed=typed)
    log.info("deposit given back", extra={"facts": {"by": _signature(request), "row": row}})
    return await _back(request, row)


async def set_aside(request: Request) -> Response:
    row, reason = path_id(request), text_of(form_of(request), "reason")
    try:
        await set_row_aside(row, reason=reason, by=_signature(request), now=visit_of(request).now)
    except BadForm as bad:
        return await _page(request, await _sheet(request, row), row=row, bad=bad, typed=reason)
    log.info("deposit set aside", extra={"facts": {"by": _signature(request), "row": row}})
    return await _back(request, row)


async def settle(request: Request) -> Response:
    row, words = path_id(request), text_of(form_of(request), "words")
    try:
        await settle_suspense(row, words=words, by=_signature(request), now=visit_of(request).now)
    except BadForm as bad:
        return await _page(request, await _sheet(request, row), row=row, bad=bad, typed=words)
    log.info("suspense settled", extra={"facts": {"by": _signature(request), "row": row}})
    return await _back(request, row)


async def _page(
    request: Request, sheet_id: int, *, row: int = 0, bad: BadForm | None = None, typed: str = ""
) -> Response:
    result = await sheet_result(sheet_id, now=visit_of(request).now)
    done = one_word(request.query_params.get("done", ""))
    decided = [*result.matched, *result.set_aside]
    context: dict[str, Any] = {
        "sheet": result,
        "waiting": [shown_row(each) for each in result.waiting],
        "matched": [shown_row(each) for each in result.matched],
        "aside": [shown_row(each) for each in result.set_aside],
        "done": next((shown_row(each) for each in decided if done == str(each.id)), None),
        "again": request.query_params.get("again") == "1",
        "bad_row": row, "bad": bad.fields if bad else {}, "typed": typed,
        "mistakes": {f"{_field(name, row, result)}-{row}": said for name, said in bad.fields.items()} if bad else {},
    }  # fmt: skip
    return await render_city(request, "deposit_sheet", context, status=422 if bad else 200)


def _field(name: str, row: int, result: SheetResult) -> str:
    """The control that a mistake belongs to: a row without candidates has nothing to choose from."""
    has_choices = any(each.id == row and each.finding and each.finding.candidates for each in result.waiting)
    return "numbers" if name == "orders" and not has_choices else name


async def _back(request: Request, row: int) -> Response:
    return see_other(f"/city/deposit-sheets/{await _sheet(request, row)}?done={row}")


async def _sheet(request: Request, row: int) -> int:
    """The sheet on whose page the person is; without a word of it, the one that told the row first."""
    asked = text_of(form_of(request), "sheet", most=19)
    return (
        int(asked) if asked.isascii() and asked.isdigit() and int(asked) < 2**63 else await sheet_of_row(row)
    )


def _signature(request: Request) -> str:
    """Who did it, as payments and steps remember it."""
    return f"person {officer_of(request).id}"
