"""주문: this village's parts of orders, packed and sent one by one."""

from datetime import date, datetime
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from market.couriers import COURIERS, courier_called, read_tracking_number
from market.dates.moves import BookedThere
from market.dates.wishes import NotChangeable, changeable_visits
from market.dates.wishes import change_date as change_date_of
from market.deliveries import day_text
from market.fulfilment import begin_preparing, mark_delivered, send_parcel
from market.orders import Order
from market.part_states import PartState
from market.parts_to_send import (
    TAB_NAMES,
    OwnPart,
    PartRow,
    Tab,
    next_to_pack,
    number_of_part,
    own_part,
    parts_in,
    tab_counts,
)
from market.refund_record import refunds_of
from market.refund_rules import SENT
from market.returns.reading import returnable, returns_of
from storefront.desk.desk_page import actor_of, own_villages, render_desk, signature
from storefront.desk.refunds import CAUSES
from storefront.web import form_of, number_of, path_id, see_other, text_of, visit_of
from villages.contacts import BadValue
from villages.days import seoul_day
from villages.people import Permission
from villages.refusals import BadForm, SalesClosed, SessionFull

MAY_SEND = Permission.send_parcels


async def index(request: Request) -> Response:
    ids = own_villages(request, Permission.see_village)
    wanted = request.query_params.get("tab", "")
    tab = Tab(wanted) if wanted in set(Tab) else Tab.new
    counts = await tab_counts(ids)
    tabs = [(each.value, TAB_NAMES[each], counts[each]) for each in Tab]
    parts = await parts_in(tab, ids)
    today = seoul_day(visit_of(request).now)
    context = {
        "current": tab.value,
        "tab_name": TAB_NAMES[tab],
        "tabs": tabs,
        "groups": [(TAB_NAMES[tab], parts)] if tab == Tab.sent else _by_day(parts, today),
    }
    return await render_desk(request, "orders", context)


def _by_day(parts: list[PartRow], today: date) -> list[tuple[str, list[PartRow]]]:
    """What is to be sent by the day it was promised to leave: that is the order in which it is packed."""
    return [(name, list(of_day)) for name, of_day in groupby(parts, key=lambda part: _day_name(part, today))]


def _day_name(part: PartRow, today: date) -> str:
    if part.ships_on is None:
        return "보낼 날을 정하지 않은 것"
    days = (part.ships_on - today).days
    if days < 0:
        return "보낼 날이 지난 것"
    return {0: "오늘 보낼 것", 1: "내일 보낼 것"}.get(days, f"{day_text(part.ships_on)}에 보낼 것")


async def show(request: Request) -> Response:
    return await _show(request, request.path_params["number"])


async def prepare(request: Request) -> Response:
    part_id, ids = path_id(request), own_villages(request, MAY_SEND)
    await begin_preparing(part_id, village_ids=ids, by=signature(request), now=visit_of(request).now)
    return see_other(f"/desk/orders/{await number_of_part(part_id, ids)}")


async def send(request: Request) -> Response:
    """보냈어요: also corrects a wrong number. A bad number comes back with the words still in the field."""
    form, part_id, ids = form_of(request), path_id(request), own_villages(request, MAY_SEND)
    number = await number_of_part(part_id, ids)
    courier, tracking = text_of(form, "courier"), text_of(form, "tracking", most=60)
    try:
        await send_parcel(
            part_id,
            courier=courier,
            tracking=tracking,
            village_ids=ids,
            by=signature(request),
            now=visit_of(request).now,
        )
    except BadForm as bad:
        mistakes = bad.fields or {"": bad.sentence}
        return await _show(request, number, mistakes=mistakes, courier=courier, tracking=tracking)
    return see_other(f"/desk/orders/{number}?done=sent")


async def deliver(request: Request) -> Response:
    part_id, ids = path_id(request), own_villages(request, MAY_SEND)
    await mark_delivered(part_id, village_ids=ids, by=signature(request), now=visit_of(request).now)
    return see_other(f"/desk/orders/{await number_of_part(part_id, ids)}?done=delivered")


async def change_date(request: Request) -> Response:
    """날짜 바꾸기: at the party's wish; a refusal stands on the order's page."""
    number, form = request.path_params["number"], form_of(request)
    wanted = number_of(form, "session")
    if wanted is None:
        return await _show(request, number, mistakes={"": "언제로 바꿀지 골라 주세요."})
    try:
        await change_date_of(
            number_of(form, "booking") or 0, wanted, number=number,
            village_ids=own_villages(request, Permission.refund_own), by=signature(request), now=visit_of(request).now,
        )  # fmt: skip
    except (NotChangeable, SessionFull, SalesClosed, BookedThere) as refusal:
        return await _show(request, number, mistakes={"": refusal.sentence})
    return see_other(f"/desk/orders/{number}?done=moved")


async def _show(
    request: Request,
    number: str,
    *,
    mistakes: dict[str, str] | None = None,
    courier: str = "",
    tracking: str = "",
) -> Response:
    ids = own_villages(request, Permission.see_village)
    part = await own_part(number, ids)
    known = courier_called(part.courier)
    context = {
        "part": part,
        "couriers": [(each.code, each.name) for each in COURIERS],
        "courier": courier or part.courier,
        "tracking": tracking or part.tracking,
        "tracking_url": known.tracking_url(part.tracking) if known and part.tracking else "",
        "courier_name": known.name if known else "",
        "warning": _warning(part.courier, part.tracking),
        "next_number": await next_to_pack(part, ids),
        "can_prepare": part.state == PartState.paid and part.goods > 0,
        "can_send": part.goods > 0 and part.state in (PartState.paid, PartState.preparing),
        "can_correct": part.state == PartState.shipped,
        "can_deliver": part.state in (PartState.shipped, PartState.preparing)
        or (part.state == PartState.paid and not part.goods and _has_begun(part, visit_of(request).now)),
        "visits": await changeable_visits(
            number, village_ids=own_villages(request, Permission.refund_own), now=visit_of(request).now
        ),
        "causes": CAUSES,
        "returns": await returns_of(number, village_ids=ids),
        "can_take_back": await _can_take_back(request, part),
        "refunds": await refunds_of(number, village_ids=ids),
        "can_refund": actor_of(request).may(Permission.refund_own)
        and bool(part.paid_at)
        and part.state != PartState.cancelled,
        "done": request.query_params.get("done", ""),
        "mistakes": mistakes or {},
    }
    return await render_desk(request, "order", context, status=422 if mistakes else 200)


def _has_begun(part: OwnPart, now: datetime) -> bool:
    """Nobody has been at a visit that is still to come."""
    return part.last_visit_at is None or part.last_visit_at <= now


async def _can_take_back(request: Request, part: OwnPart) -> bool:
    """Whether something of it was sent, and is not on its way back already."""
    ids = own_villages(request, Permission.refund_own)
    if part.state not in SENT or not part.goods or part.village_id not in ids:
        return False
    order = await Order.get(number=part.number)
    return bool(await returnable(order.id, by_staff=True, village_ids=ids, now=visit_of(request).now))


def _warning(courier: str, tracking: str) -> str:
    """An odd length is told, never refused."""
    known = courier_called(courier)
    try:
        return (read_tracking_number(known, tracking).warning or "") if known and tracking else ""
    except BadValue:
        return ""
