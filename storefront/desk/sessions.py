"""체험 자리: who comes today and on the days to come; close, open again, change how many may come."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from market.dates.decisions import say_go
from market.session_seats import reopen as reopen_session
from market.session_seats import resize as resize_session
from market.visitors import own_sessions
from storefront.desk.desk_page import own_villages, render_desk, signature
from storefront.web import form_of, number_of, own_path, path_id, see_other, text_of, visit_of
from villages.days import seoul_day, seoul_midnight
from villages.people import Permission
from villages.refusals import BadForm
from villages.session_rules import close_session, set_minimum

MAY_EDIT = Permission.edit_listings
DAYS_SHOWN = 60


async def index(request: Request) -> Response:
    return await _list(request)


async def close(request: Request) -> Response:
    session_id = path_id(request)
    ids, by = own_villages(request, MAY_EDIT), signature(request)
    await close_session(session_id, village_ids=ids, by=by, now=visit_of(request).now)
    return see_other(_back(request, session_id))


async def reopen(request: Request) -> Response:
    session_id = path_id(request)
    ids, now = own_villages(request, MAY_EDIT), visit_of(request).now
    await reopen_session(session_id, village_ids=ids, by=signature(request), now=now)
    return see_other(_back(request, session_id))


async def resize(request: Request) -> Response:
    session_id, form = path_id(request), form_of(request)
    try:
        capacity = number_of(form, "capacity")
        if capacity is None:
            raise BadForm("정원을 숫자로 적어 주세요. 예: 20")
        ids, now = own_villages(request, MAY_EDIT), visit_of(request).now
        await resize_session(session_id, capacity, village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        typed = text_of(form, "capacity", most=20)
        return await _list(request, mistakes={f"capacity-{session_id}": bad.sentence}, typed=typed)
    return see_other(f"/desk/sessions?changed={session_id}#s{session_id}")


async def say_minimum(request: Request) -> Response:
    """How many must come on this one date; blank: what the program says."""
    session_id, form = path_id(request), form_of(request)
    name = f"people-{session_id}"
    try:
        people = number_of(form, name)
        if people is None and text_of(form, name):
            raise BadForm("최소 인원을 숫자로 적어 주세요. 예: 8")
        ids, now = own_villages(request, MAY_EDIT), visit_of(request).now
        await set_minimum(session_id, people, village_ids=ids, by=signature(request), now=now)
    except BadForm as bad:
        return await _list(request, mistakes={name: bad.sentence}, typed=text_of(form, name, most=20))
    return see_other(f"/desk/sessions?changed={session_id}#s{session_id}")


async def go(request: Request) -> Response:
    """그대로 열기: it takes place however few come."""
    session_id = path_id(request)
    ids, now = own_villages(request, MAY_EDIT), visit_of(request).now
    await say_go(session_id, village_ids=ids, by=signature(request), now=now)
    return see_other(_back(request, session_id))


def _back(request: Request, session_id: int) -> str:
    back = own_path(text_of(form_of(request), "back"), instead="/desk/sessions")
    return f"{back}#s{session_id}"


async def _list(request: Request, *, mistakes: dict[str, str] | None = None, typed: str = "") -> Response:
    now = visit_of(request).now
    since = seoul_midnight(seoul_day(now))
    sessions = await own_sessions(
        own_villages(request, Permission.see_village), since=since, until=since + timedelta(days=DAYS_SHOWN)
    )
    today = seoul_day(now)
    days: dict[str, list] = {}
    for session in sessions:
        day = seoul_day(session.starts_at)
        word = {0: "오늘", 1: "내일"}.get((day - today).days, "")
        days.setdefault(f"{word}|{day.isoformat()}", []).append(session)
    context = {
        "days": [(key.partition("|")[0], found[0].starts_at, found) for key, found in days.items()],
        "mistakes": mistakes or {},
        "typed_capacity": typed,
        "changed": request.query_params.get("changed", ""),
        "may_edit": bool(own_villages(request, MAY_EDIT)),
    }
    return await render_desk(request, "sessions", context, status=422 if mistakes else 200)
