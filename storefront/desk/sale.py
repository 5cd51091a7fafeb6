"""팔기: a sale made at the stall, at a festival, on the phone or in the village, written down in three taps."""

import secrets
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.offline_sales import OFFLINE_TENDERS, record_sale
from market.orders import CHANNEL_NAMES, Channel, Tender, is_offline
from market.quotes import Basket
from market.recorded_sales import recorded_sale, sold_today
from market.shelf_counts import own_goods
from market.visitors import sessions_on_sale
from storefront.desk.desk_page import actor_of, own_villages, render_desk, signature, village_to_write_for
from storefront.web import form_of, number_of, see_other, text_of, visit_of
from villages.days import seoul_day, seoul_midnight
from villages.people import Permission
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refusals import BadForm, KeyReused, NotFound, SessionFull

MAY_SELL = Permission.record_sales
MOST = 999
CHANNELS = [channel for channel in Channel if is_offline(channel)]
TENDERS = [
    (Tender.cash, "현금"),
    (Tender.bank_transfer, "계좌이체"),
    (Tender.local_voucher, "지역사랑상품권"),
    (Tender.onnuri, "온누리상품권"),
    (Tender.card_terminal, "카드 단말기"),
    (Tender.invoice, "외상(기관)"),
]


async def new(request: Request) -> Response:
    """The tiles; after a sale with what was just written down above them."""
    wanted = request.query_params.get("channel", "")
    channel = Channel(wanted) if wanted in {each.value for each in CHANNELS} else Channel.stall
    number = request.query_params.get("number", "")
    sold = await recorded_sale(number, own_villages(request, MAY_SELL)) if number else None
    return await _form(request, channel, {}, sold=sold)


async def create(request: Request) -> Response:
    form = form_of(request)
    wanted, tender = text_of(form, "channel"), text_of(form, "tender")
    channel = Channel(wanted) if wanted in {each.value for each in CHANNELS} else Channel.stall
    key = text_of(form, "key", most=40)
    try:
        if not key:
            raise BadForm("화면을 새로 고친 뒤 다시 적어 주세요.")
        if tender not in {each.value for each in OFFLINE_TENDERS}:
            raise BadForm(
                "무엇으로 받았는지 골라 주세요.", fields={"tender": "무엇으로 받았는지 골라 주세요."}
            )
        village = await village_to_write_for(request, MAY_SELL, text_of(form, "village_id"))
        sold = await record_sale(
            basket_of(form),
            village_id=village.id,
            key=f"sale {actor_of(request).id} {key}",
            channel=channel,
            tender=Tender(tender),
            person_id=actor_of(request).id,
            by=signature(request),
            note=text_of(form, "note"),
            now=visit_of(request).now,
        )
    except (BadForm, SessionFull, NotFound) as bad:
        typed = {name: text_of(form, name) for name in form}
        mistakes = getattr(bad, "fields", None) or {"": bad.sentence}
        return await _form(request, channel, typed, key=key, mistakes=mistakes)
    except KeyReused as reused:  # back, changed, sent again: a sale of its own, with a key of its own
        typed = {name: text_of(form, name) for name in form}
        return await _form(request, channel, typed, mistakes={"": reused.sentence})
    return see_other(f"/desk/sale?channel={channel.value}&number={sold.order.number}")


def basket_of(form: FormData) -> Basket:
    """Fields `v<variant>` and `s<session>-<kind>` with their counts; zeros are left out. Raises `BadForm`."""
    goods: dict[int, int] = {}
    seats: dict[int, dict[Participant, int]] = {}
    for name in form:
        thing, _, kind = name[1:].partition("-")
        if name[:1] not in ("v", "s") or not (thing.isascii() and thing.isdigit() and len(thing) < 19):
            continue
        count = number_of(form, name) if text_of(form, name) else 0
        if count is None or count > MOST:
            raise BadForm(
                f"개수는 0에서 {MOST} 사이의 숫자로 적어 주세요.",
                fields={name: f"{MOST}까지 적을 수 있습니다."},
            )
        if count and name[0] == "v" and not kind:
            goods[int(thing)] = count
        elif count and name[0] == "s" and kind in {each.value for each in Participant}:
            seats.setdefault(int(thing), {})[Participant(kind)] = count
    return Basket(goods, seats)


async def _form(
    request: Request,
    channel: Channel,
    typed: dict[str, str],
    *,
    key: str = "",
    sold: object = None,
    mistakes: dict[str, str] | None = None,
) -> Response:
    ids = own_villages(request, MAY_SELL)
    village = await village_to_write_for(
        request, MAY_SELL, typed.get("village_id", "") or request.query_params.get("village", "")
    )
    since = seoul_midnight(seoul_day(visit_of(request).now))
    tiles = await own_goods([village.id])
    sessions = await sessions_on_sale([village.id], since=since, until=since + timedelta(days=1))
    context = {
        "channel": channel.value,
        "channels": [(each.value, CHANNEL_NAMES[each]) for each in CHANNELS],
        "tenders": [(tender.value, name) for tender, name in TENDERS],
        "tiles": tiles,
        "sessions": sessions,
        "participants": {kind.value: name for kind, name in PARTICIPANT_NAMES.items()},
        "typed": typed,
        "key": key or secrets.token_urlsafe(16),
        "sold": sold,
        "sold_today": await sold_today([village.id], channel.value, since=since),
        "village": village,
        "has_many": len(ids) > 1,
        "mistakes": mistakes or {},
    }
    return await render_desk(request, "sale", context, status=422 if mistakes else 200)
