"""보내는 날: how many parcels leave on a day; «오늘은 그만», another number for one day, the usual one, +5일."""

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.delays import delay_day, delay_of
from market.dispatch_limits import MOST_PARCELS, coming_days, set_day, set_usual
from storefront.desk.desk_page import own_villages, render_desk, signature
from storefront.web import form_of, number_of, see_other, text_of, visit_of
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import BadForm, NotFound
from villages.village import Village

MAY_SEND = Permission.send_parcels


async def index(request: Request) -> Response:
    return await _page(request)


async def usual(request: Request) -> Response:
    form = form_of(request)
    village = await _village(request, text_of(form, "village"))
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        await set_usual(village.id, _parcels(form), village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        return await _page(request, f"usual-{village.id}", bad.sentence)
    return see_other("/desk/dispatch?done=usual")


async def day(request: Request) -> Response:
    """Another number for one day; empty: as usual."""
    form = form_of(request)
    village = await _village(request, text_of(form, "village"))
    wanted = _day(text_of(form, "day", most=10))
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        await set_day(village.id, wanted, _parcels(form), village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        return await _page(request, f"day-{village.id}-{wanted}", bad.sentence)
    return see_other(f"/desk/dispatch?done=day#d-{village.id}-{wanted}")


async def new_delay(request: Request) -> Response:
    """Who would be told what; nothing is done yet."""
    query = request.query_params
    return await _delay_page(
        request, query.get("village", ""), query.get("day", ""), query.get("days") or "5"
    )


async def create_delay(request: Request) -> Response:
    form = form_of(request)
    village = await _village(request, text_of(form, "village"))
    day, days = _day(text_of(form, "day", most=10)), number_of(form, "days") or 0
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        await delay_day(village.id, day, days, village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        typed = text_of(form, "days", most=20)
        return await _delay_page(request, str(village.id), day.isoformat(), typed, bad.sentence)
    return see_other(f"/desk/dispatch?done=delay#d-{village.id}-{day}")


async def _delay_page(request: Request, wanted: str, day: str, typed: str, refused: str = "") -> Response:
    village = await _village(request, wanted)
    chosen, mistakes = _day(day), {"days": refused} if refused else {}
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    ids, now = own_villages(request, MAY_SEND), visit_of(request).now
    try:
        delay = await delay_of(village.id, chosen, days, village_ids=ids, now=now)
    except BadForm as bad:
        delay, mistakes = None, mistakes or {"days": bad.sentence}
    context = {"delay": delay, "day": chosen, "days": typed, "of": village, "mistakes": mistakes}
    return await render_desk(request, "delay", context, status=422 if mistakes else 200)


async def _village(request: Request, wanted: str) -> Village:
    """The one named: what is promised there is there already, so no other village of hers may stand in for it."""
    own = {str(each): each for each in own_villages(request, MAY_SEND)}
    if wanted not in own:
        raise NotFound()
    return await Village.get(id=own[wanted])


def _parcels(form: FormData) -> int | None:
    """None where nothing was typed; what is no number is refused."""
    if not text_of(form, "parcels"):
        return None
    parcels = number_of(form, "parcels")
    if parcels is None:
        raise BadForm("개수를 숫자로 적어 주세요. 예: 20")
    return parcels


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
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
