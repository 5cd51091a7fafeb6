"""The cart: what is wished for, by village; nothing is held yet, and it says so."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from market.bills import bill_of
from market.cart import Cart
from market.quotes import Basket, Quote, quote, refuse_trouble
from storefront.frames import render_framed
from storefront.pages import slips
from storefront.visit import Visit, keep_cart
from storefront.web import form_of, number_of, see_other, services, text_of, visit_of
from villages.programs import Participant
from villages.refusals import BadForm, NotFound, Refused

UNKNOWN = "찾을 수 없는 상품입니다. 상품 화면에서 다시 골라 담아 주세요."
NO_NUMBER = "개수는 숫자로 적어 주세요. 예: 2"


async def show(request: Request) -> Response:
    return await _page(request, visit_of(request).cart)


async def create(request: Request) -> Response:
    """Goods (`variant`, `count`) or people (`session` and a count for each kind); `then=checkout` goes straight on."""
    visit, form = visit_of(request), form_of(request)
    try:
        cart = await (_with_people if text_of(form, "session") else _with_goods)(visit, form)
    except Refused as refusal:
        return await _page(request, visit.cart, refusal.sentence, status=422)
    response = see_other("/checkout" if text_of(form, "then") == "checkout" else "/cart")
    keep_cart(response, visit, cart)
    return response


async def update(request: Request) -> Response:
    """Other counts for the lines that are there; 0, or its name as `remove`, takes one out.

    One form for all of them, `then=checkout` included: whoever changes a count and orders at once gets that count.
    """
    visit, form = visit_of(request), form_of(request)
    typed = {line.id: text_of(form, line.id) for line in visit.cart.lines if line.id in form}
    try:
        cart = visit.cart
        removed = text_of(form, "remove")
        for line in typed:
            count = 0 if removed == line else number_of(form, line)
            if count is not None:
                cart = cart.with_count(line, count)
            elif not removed:  # whoever takes one out is not kept by what stands in another line
                raise BadForm(NO_NUMBER)
    except Refused as refusal:
        return await _page(request, visit.cart, refusal.sentence, status=422, typed=typed)
    response = see_other("/checkout" if text_of(form, "then") == "checkout" else "/cart")
    keep_cart(response, visit, cart)
    return response


async def accept(request: Request) -> Response:
    """Today's prices are fine: they count as seen, and what is not sold any more is left out."""
    visit = visit_of(request)
    cart = visit.cart.seen_now(await _quote(visit, visit.cart.basket))
    response = see_other("/cart")
    keep_cart(response, visit, cart)
    return response


async def _page(
    request: Request, cart: Cart, trouble: str = "", *, status: int = 200, typed: dict[str, str] | None = None
) -> Response:
    bill = bill_of(await _quote(visit_of(request), cart.basket), cart)
    context = {
        "bill": bill,
        "slips": slips,
        "trouble": trouble,
        "typed": typed or {},
        "transfer_days": services(request).holds.transfer_days,
    }
    response = await render_framed(request, "pages/cart.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _quote(visit: Visit, basket: Basket) -> Quote:
    return await quote(connections.get("default"), basket, now=visit.now)


async def _with_goods(visit: Visit, form: FormData) -> Cart:
    """The cart with more of one variant, at the price it has now. Raises what stands in the way of buying that many."""
    variant_id, count = number_of(form, "variant"), number_of(form, "count")
    if variant_id is None:
        raise NotFound(UNKNOWN)
    if count is None:
        raise BadForm(NO_NUMBER)
    cart = visit.cart.with_goods(variant_id, count, seen=0)
    wanted = Basket({variant_id: cart.count_of(f"v{variant_id}")})
    quoted = await _quote(visit, wanted)
    if not quoted.lines:
        raise NotFound(UNKNOWN)
    refuse_trouble(quoted, wanted)
    return visit.cart.with_goods(variant_id, count, seen=quoted.lines[0].unit_price)


async def _with_people(visit: Visit, form: FormData) -> Cart:
    """The cart with these people in one session; they replace whoever stood there."""
    session_id = number_of(form, "session")
    if session_id is None:
        raise NotFound(UNKNOWN)
    people = {kind: _people(form, kind) for kind in Participant}
    wanted = Basket(seats={session_id: {kind: count for kind, count in people.items() if count}})
    visit.cart.with_people(session_id, {kind: (count, 0) for kind, count in people.items()})
    quoted = await _quote(visit, wanted)
    priced = {line.participant: line.unit_price for line in quoted.lines}
    if not priced or any(kind not in priced for kind in wanted.seats[session_id]):
        raise NotFound("이 체험에서 고를 수 없는 날짜나 인원입니다. 체험 화면에서 다시 골라 주세요.")
    refuse_trouble(quoted, wanted)
    return visit.cart.with_people(
        session_id, {kind: (people[kind], price) for kind, price in priced.items() if kind}
    )


def _people(form: FormData, kind: Participant) -> int:
    if not text_of(form, kind):
        return 0
    count = number_of(form, kind)
    if count is None:
        raise BadForm("인원은 숫자로 적어 주세요. 예: 2")
    return count
