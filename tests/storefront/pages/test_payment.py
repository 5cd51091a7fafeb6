"""Paying by card: the provider's page, once more time, and what happens when the provider is away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from market.gateway import GatewayTrouble, Opened
from market.orders import Order, Tender
from tests.builders import an_order, goods
from tests.fakes import FakeGateway
from tests.site import Site
from tests.storefront.pages.shopping import Shopper, a_shopper, words

HOLD = timedelta(minutes=40)


class SilentGateway(FakeGateway):
    """A provider that does not answer in time."""

    async def open(self, **asked: object) -> Opened:
        raise GatewayTrouble("timeout", retry=True)


async def a_card_order(shopper: Shopper) -> str:
    """An order of this moment that this shopper may open; returns its number."""
    placed = await an_order(await goods(), tender=Tender.card, now=datetime.now(UTC))
    await shopper.get(f"/orders/{placed.order.number}?t={placed.token}")
    return placed.order.number


async def test_the_button_leads_to_one_payment_page_however_often_it_is_tapped(shopper: Shopper, site: Site):
    number = await a_card_order(shopper)

    first, second = [await shopper.post(f"/orders/{number}/payment") for _ in range(2)]

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"] != f"/orders/{number}"
    assert len(site.gateway.opened) == 1


async def test_a_provider_in_trouble_leads_to_the_order_which_offers_the_button_again(site: Site):
    shopper = a_shopper(Site(replace(site.services, gateway=SilentGateway())))
    apples = await goods()
    await shopper.puts(variant=apples.id, count=1)
    await shopper.tells_who_and_where()

    answer = await shopper.pays(tender="card")
    page = await shopper.follow(answer)

    assert answer.headers["location"] == f"/orders/{(await Order.get()).number}"
    assert "결제 확인 중" in words(page) and "카드로 39,000원 결제하기" in words(page)


async def test_more_time_is_given_once(shopper: Shopper):
    number = await a_card_order(shopper)
    before = (await Order.get()).pay_before
    offered = await shopper.get(f"/orders/{number}")

    first = await shopper.post(f"/orders/{number}/extension")
    second = await shopper.post(f"/orders/{number}/extension")

    assert before and (await Order.get()).pay_before == before + HOLD
    assert first.status_code == 303 and second.status_code == 409
    assert "시간 더 받기" in words(offered) and "시간 더 받기" not in words(
        await shopper.get(f"/orders/{number}")
    )
    assert "한 번만" in words(second)


async def test_a_transfer_has_no_payment_page(shopper: Shopper, site: Site):
    placed = await an_order(await goods())
    await shopper.get(f"/orders/{placed.order.number}?t={placed.token}")

    answer = await shopper.post(f"/orders/{placed.order.number}/payment")

    assert answer.headers["location"] == f"/orders/{placed.order.number}"
    assert site.gateway.opened == []
