"""The page of a called-off party: dates with seats, one tap each, and the tap for the money."""

from datetime import UTC, datetime, timedelta

from market.checkout import token_of
from market.dates.offers import DateOffer
from market.deposits import confirm_deposit
from market.orders import Order
from market.refunds import Refund
from tests.builders import SECRET, an_order
from tests.market.dates.parties import call_off, dates
from tests.site import Site
from tests.storefront.pages.shopping import Shopper, words
from villages.programs import Participant, Session


async def a_called_off_party(*rooms: int) -> tuple[Order, str, list[Session]]:
    """The order, the address in its letter, and the sessions: the first one was called off."""
    now = datetime.now(UTC)
    sessions = await dates(*rooms, starts_at=now + timedelta(days=2))
    two = {sessions[0].id: {Participant.adult: 2}}
    order = (await an_order(seats=two, address=None, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    await call_off(*sessions, now=now)
    offer = await DateOffer.get()
    return order, f"/orders/{order.number}/date-offers/{offer.id}", sessions


async def opened(shopper: Shopper, order: Order, path: str) -> str:
    answer = await shopper.get(f"{path}?t={token_of(order.key, SECRET)}")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    return words(await shopper.get(path))


async def test_one_tap_on_a_date_moves_the_party(shopper):
    order, path, (_, later, _) = await a_called_off_party(9, 9, 1)
    page = await opened(shopper, order, path)

    answer = await shopper.post(f"{path}/move", {"session": later.id})
    after = words(await shopper.get(answer.headers["location"]))

    assert "바꾸기" in page and "9자리 남음" in page and "1자리만 남음" in page and "돌려받기" in page
    assert answer.status_code == 303 and "날짜를 바꾸었습니다" in after
    assert (await Session.get(id=later.id)).booked == 2
    assert "다른 날짜 고르기" not in words(await shopper.get(f"/orders/{order.number}"))


async def test_a_date_that_has_filled_up_meanwhile_is_said_and_the_others_stay(shopper):
    order, path, (_, later, latest) = await a_called_off_party(9, 2, 9)
    await opened(shopper, order, path)
    await Session.filter(id=later.id).update(capacity=1)

    answer = await shopper.post(f"{path}/move", {"session": later.id})

    assert answer.status_code == 409
    assert "1자리만 남았습니다" in words(answer) and f'value="{latest.id}"' in answer.text


async def test_the_tap_for_the_money_leads_to_the_order_and_its_refund(shopper):
    order, path, _ = await a_called_off_party(9, 9)
    await opened(shopper, order, path)
    offered = words(await shopper.get(f"/orders/{order.number}"))

    answer = await shopper.post(f"{path}/refund")
    page = words(await shopper.get(answer.headers["location"]))

    assert "다른 날짜 고르기" in offered
    assert answer.headers["location"] == f"/orders/{order.number}"
    assert "18,000원" in page and "어디로 보내 드릴까요" in page
    assert (await Refund.get()).amount == order.total
    assert "돌려드립니다" in words(await shopper.get(path))


async def test_nobody_else_sees_or_moves_it(shopper, stranger: Shopper, site: Site):
    _, path, (_, later) = await a_called_off_party(9, 9)
    other = await an_order(seats={later.id: {Participant.adult: 1}}, address=None, now=datetime.now(UTC))
    await stranger.get(f"/orders/{other.order.number}?t={other.token}")
    foreign = f"/orders/{other.order.number}/date-offers/{path.rpartition('/')[2]}"

    for address in (path, foreign):
        assert (await stranger.get(address)).status_code == 404
        assert (await stranger.post(f"{address}/move", {"session": later.id})).status_code == 404
        assert (await stranger.post(f"{address}/refund")).status_code == 404
    assert (await stranger.get(f"{path}?t=wrong")).status_code == 404
    assert (await Session.get(id=later.id)).booked == 0 and not await Refund.exists()
