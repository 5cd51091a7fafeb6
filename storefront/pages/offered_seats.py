"""A waiting party's page: its place in the queue, and, once seats are offered, the way to order them."""

from starlette.requests import Request
from starlette.responses import Response
from tortoise import connections

from market.bills import Bill, bill_of
from market.cart import Cart
from market.checkout import token_of
from market.order_keys import number_of_key
from market.orders import Order, Tender
from market.quotes import Basket, quote
from market.waiting_lists import order_offered
from market.waiting_parties import WaitingParty, WaitingState
from market.waiting_window import parties_before, waited_session
from storefront.frames import render_framed
from storefront.pages import slips
from storefront.pages.order_draft import Words, read_payment
from storefront.pages.own_orders import keep_order
from storefront.pages.own_parties import own_party
from storefront.pages.payment import way_to_pay
from storefront.pages.tries import Limit, address_of, count_tries
from storefront.web import form_of, number_of, see_other, services, status_of, visit_of
from villages.refusals import KeyReused, NotFound, Refused


async def create(request: Request) -> Response:
    """Order the offered seats; a second tap shows the order of the first one."""
    visit, form, shop = visit_of(request), form_of(request), services(request)
    party = await own_party(request)
    payment, typed, mistakes = read_payment(form, takes_cards=shop.takes_cards)
    if payment is None:
        return await party_page(request, party, typed, mistakes, status=422)
    seen = number_of(form, "expected_total")
    try:
        await count_tries(request, Limit(f"orders {address_of(request)}", most=30, minutes=10))
        placed = await order_offered(
            party, tender=payment.tender, depositor=payment.depositor, secret=shop.settings.secret_key, holds=shop.holds,
            expected_total=-1 if seen is None else seen, person_id=visit.actor.id if visit.actor else None, now=visit.now,
        )  # fmt: skip
    except KeyReused:
        return _to_order(request, await number_of_key(party.order_key), party)
    except Refused as refusal:
        status = 409 if isinstance(refusal, NotFound) else status_of(refusal)
        return await party_page(request, party, typed, trouble=refusal.sentence, status=status)
    order = placed.order
    path = await way_to_pay(request, order) if order.tender == Tender.card else ""
    return _to_order(request, order.number, party, path)


def _to_order(request: Request, number: str, party: WaitingParty, path: str = "") -> Response:
    response = see_other(path or f"/orders/{number}")
    token = token_of(party.order_key, services(request).settings.secret_key)
    keep_order(response, visit_of(request), number, token)
    return response


async def party_page(
    request: Request, party: WaitingParty, typed: Words | None = None, mistakes: Words | None = None, *, trouble: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    visit, shop = visit_of(request), services(request)
    await party.refresh_from_db()
    session = await waited_session(party.session_id)
    is_offered = (
        party.state == WaitingState.offered
        and party.offer_ends_at is not None
        and visit.now < party.offer_ends_at
    )
    context = {
        "party": party,
        "session": session,
        "slips": slips,
        "people": [(price, party.people.get(price.kind, 0)) for price in session.prices],
        "before": await parties_before(party),
        "is_waiting": party.state == WaitingState.waiting,
        "is_offered": is_offered,
        "bill": await _bill(party, request) if is_offered else None,
        "can_wait_again": session.takes_parties(visit.now),
        "order_url": await _order_url(party, request),
        "typed": typed or {},
        "mistakes": mistakes or {},
        "trouble": trouble,
        "takes_cards": shop.takes_cards,
        "transfer_days": shop.holds.transfer_days,
        "card_minutes": shop.holds.card_minutes,
    }
    response = await render_framed(request, "pages/waiting.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _bill(party: WaitingParty, request: Request) -> Bill:
    """What the offered seats cost today; they are held, but for this very party."""
    basket = Basket(seats={party.session_id: party.participants})
    kept = {party.session_id: party.kept}
    quoted = await quote(connections.get("default"), basket, now=visit_of(request).now, kept=kept)
    prices = {line.participant: line.unit_price for line in quoted.lines}
    people = {kind: (count, prices.get(kind, 0)) for kind, count in party.participants.items()}
    return bill_of(quoted, Cart().with_people(party.session_id, people))


async def _order_url(party: WaitingParty, request: Request) -> str:
    if party.order_id is None:
        return ""
    order = await Order.get(id=party.order_id)
    return f"/orders/{order.number}?t={token_of(order.key, services(request).settings.secret_key)}"
