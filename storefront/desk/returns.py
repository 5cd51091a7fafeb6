"""돌아오는 물건: what came back is written down, or refused with words; of an exchange the new goods are sent."""

import re

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.couriers import COURIERS
from market.orders import Order
from market.parts_to_send import own_part
from market.returns.ending import end_without_goods, refuse_return
from market.returns.exchanging import send_anew
from market.returns.reading import recent_returns, return_note
from market.returns.receiving import Came, receive_return
from storefront.desk.desk_page import actor_of, own_villages, render_desk, signature
from storefront.pages.return_forms import (
    Asker,
    ReturnForm,
    ask_as_written,
    asked_in,
    read_return,
    return_page_facts,
)
from storefront.web import form_of, number_of, path_id, see_other, status_of, text_of, visit_of
from villages.people import Permission
from villages.refusals import BadForm, Refused

MAY_SEE, MAY_RECEIVE = Permission.see_village, Permission.refund_own
LINE = re.compile(r"came-([0-9]{1,18})")


async def index(request: Request) -> Response:
    notes = await recent_returns(own_villages(request, MAY_SEE))
    context = {
        "open": [note for note in notes if note.is_open],
        "ended": [note for note in notes if not note.is_open],
    }
    return await render_desk(request, "returns", context)


async def show(request: Request) -> Response:
    return await _page(request)


async def receive(request: Request) -> Response:
    """잘 받았어요: the money goes back by this."""
    try:
        await receive_return(
            path_id(request), came_in(form_of(request)), village_ids=own_villages(request, MAY_RECEIVE), by=signature(request),
            now=visit_of(request).now,
        )  # fmt: skip
    except BadForm as bad:
        return await _page(request, mistakes={"came": bad.sentence})
    return see_other(f"/desk/returns/{path_id(request)}?done=received")


async def refuse(request: Request) -> Response:
    words = text_of(form_of(request), "refusal", most=300)
    try:
        await refuse_return(
            path_id(request), words, village_ids=own_villages(request, MAY_RECEIVE), by=signature(request),
            now=visit_of(request).now,
        )  # fmt: skip
    except BadForm as bad:
        return await _page(request, mistakes=bad.fields)
    return see_other(f"/desk/returns/{path_id(request)}?done=refused")


async def miss(request: Request) -> Response:
    """돌아오지 않았어요: of an exchange whose new goods left."""
    await end_without_goods(
        path_id(request), village_ids=own_villages(request, MAY_RECEIVE), by=signature(request), now=visit_of(request).now
    )  # fmt: skip
    return see_other(f"/desk/returns/{path_id(request)}?done=missed")


async def send(request: Request) -> Response:
    """새로 보냈어요: of an exchange; again: its number corrected."""
    form = form_of(request)
    courier, tracking = text_of(form, "courier"), text_of(form, "tracking", most=60)
    try:
        back = await send_anew(
            path_id(request), courier=courier, tracking=tracking, village_ids=own_villages(request, MAY_RECEIVE),
            by=signature(request), now=visit_of(request).now,
        )  # fmt: skip
    except BadForm as bad:
        return await _page(request, mistakes=bad.fields, typed={"courier": courier, "tracking": tracking})
    return see_other(f"/desk/returns/{back.id}?done={'resent' if back.resent_at else 'short'}")


async def new(request: Request) -> Response:
    """A shopper has called: the operator writes it down for her."""
    return await _form_page(request, asked_in(request))


async def create(request: Request) -> Response:
    form = read_return(form_of(request))
    try:
        asked = await ask_as_written(await _order(request), form, _asker(request), now=visit_of(request).now)
    except Refused as refusal:
        return await _form_page(request, form, trouble=refusal.sentence, status=status_of(refusal))
    return see_other(f"/desk/returns/{asked.id}")


def came_in(form: FormData) -> dict[int, Came]:
    """Line → how many came, and how many of them can be sold again; an empty field is none."""
    lines = [int(found[1]) for name in form if (found := LINE.fullmatch(name))]
    return {
        line: Came(number_of(form, f"came-{line}") or 0, number_of(form, f"sellable-{line}") or 0)
        for line in lines
    }


async def _order(request: Request) -> Order:
    number = request.path_params["number"]
    await own_part(number, own_villages(request, MAY_RECEIVE))
    return await Order.get(number=number)


def _asker(request: Request) -> Asker:
    return Asker(signature(request), own_villages(request, MAY_RECEIVE))


async def _form_page(request: Request, form: ReturnForm, *, trouble: str = "", status: int = 200) -> Response:
    facts = await return_page_facts(await _order(request), form, _asker(request), now=visit_of(request).now)
    context = facts | ({"trouble": trouble} if trouble else {})
    return await render_desk(request, "return_new", context, status=status)


async def _page(
    request: Request, *, mistakes: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response:
    form = form_of(request) if mistakes else FormData()
    context = {
        "back": await return_note(path_id(request), village_ids=own_villages(request, MAY_SEE)),
        "may_receive": actor_of(request).may(MAY_RECEIVE),
        "couriers": [(each.code, each.name) for each in COURIERS],
        "came": came_in(form),
        "refusal": text_of(form, "refusal", most=300),
        "typed": typed or {},
        "mistakes": mistakes or {},
        "done": request.query_params.get("done", ""),
    }
    return await render_desk(request, "return", context, status=422 if mistakes else 200)
