"""보내는 날: how many parcels leave on each coming day; «오늘은 그만», another number for a day, the usual number."""

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.dispatch_limits import MOST_PARCELS, coming_days, set_day, set_usual
from storefront.desk.desk_page import own_villages, render_desk, signature, village_to_write_for
from storefront.web import form_of, number_of, see_other, text_of, visit_of
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import BadForm

MAY_SEND = Permission.send_parcels


async def index(request: Request) -> Response:
    return await _page(request)


async def usual(request: Request) -> Response:
    form = form_of(request)
    village = await village_to_write_for(request, MAY_SEND, text_of(form, "village"))
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        await set_usual(village.id, _parcels(form), village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        return await _page(request, f"usual-{village.id}", bad.sentence)
    return see_other("/desk/dispatch?done=usual")


async def day(request: Request) -> Response:
    """Another number for one day; empty: as usual."""
    form = form_of(request)
    village = await village_to_write_for(request, MAY_SEND, text_of(form, "village"))
    wanted = _day(form)
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        await set_day(village.id, wanted, _parcels(form), village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        return await _page(request, f"day-{village.id}-{wanted}", bad.sentence)
    return see_other(f"/desk/dispatch?done=day#d-{village.id}-{wanted}")


def _parcels(form: FormData) -> int | None:
    """None where nothing was typed; what is no number is refused."""
    if not text_of(form, "parcels"):
        return None
    parcels = number_of(form, "parcels")
    if parcels is None:
        raise BadForm("개수를 숫자로 적어 주세요. 예: 20")
    return parcels


def _day(form: FormData) -> date:
    try:
        return date.fromisoformat(text_of(form, "day", most=10))
    except ValueError:
        raise BadForm("날을 목록에서 골라 주세요.") from None


async def _page(request: Request, wrong: str = "", sentence: str = "") -> Response:
    visit = visit_of(request)
    context = {
        "villages": await coming_days(own_villages(request, Permission.see_village), now=visit.now),
        "most": MOST_PARCELS,
        "tomorrow": date.fromordinal(seoul_day(visit.now).toordinal() + 1),
        "done": request.query_params.get("done", ""),
        "wrong": wrong,
        "mistakes": {wrong: sentence} if wrong else {},
        "typed": text_of(form_of(request), "parcels", most=20) if wrong else "",
    }
    return await render_desk(request, "dispatch", context, status=422 if wrong else 200)
