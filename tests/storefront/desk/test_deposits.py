"""입금: an operator's word counts for orders of her village alone, an officer's for all."""

from market.orders import Order
from tests.builders import a_village, an_order, goods


async def test_an_operator_confirms_the_deposit_of_her_own_order(site):
    village = await a_village()
    operator = await site.operator_of(village)
    order = (await an_order(await goods(village=village))).order

    listed = await operator.get("/desk/deposits")
    answer = await operator.post(
        f"/deposits/{order.number}/confirmation", {"amount": str(order.total), "back": "/desk/deposits"}
    )

    assert order.number in listed.text and f"{order.total:,}원" in listed.text
    assert answer.headers["location"] == "/desk/deposits"
    assert (await Order.get(id=order.id)).paid_at is not None


async def test_an_order_shared_with_another_village_is_the_citys_to_confirm(site):
    own, other = await a_village(), await a_village("대정마을")
    operator, officer = await site.operator_of(own), await site.officer()
    order = (await an_order(await goods(village=own), await goods(village=other))).order
    confirmation, words = (
        f"/deposits/{order.number}/confirmation",
        {"amount": str(order.total), "back": "/city/deposits"},
    )

    listed, refused = await operator.get("/desk/deposits"), await operator.post(confirmation, words)
    confirmed = await officer.post(confirmation, words)

    assert order.number not in listed.text and refused.status_code == 404
    assert confirmed.headers["location"] == "/city/deposits"
    assert (await Order.get(id=order.id)).paid_at is not None


async def test_another_amount_than_the_orders_is_refused(site):
    village = await a_village()
    operator = await site.operator_of(village)
    order = (await an_order(await goods(village=village))).order

    answer = await operator.post(f"/deposits/{order.number}/confirmation", {"amount": "1"})

    assert answer.status_code == 409
    assert (await Order.get(id=order.id)).paid_at is None


async def test_nobody_else_confirms_anything(site):
    village = await a_village()
    order = (await an_order(await goods(village=village))).order
    words = {"amount": str(order.total)}
    stranger, shopper = await site.operator_of(await a_village("대정마을")), await site.shopper()

    answers = [
        await stranger.post(f"/deposits/{order.number}/confirmation", words),
        await shopper.post(f"/deposits/{order.number}/confirmation", words),
        await site.browser().post(f"/deposits/{order.number}/confirmation", words),
    ]

    assert [answer.status_code for answer in answers] == [404, 403, 303]
    assert (await Order.get(id=order.id)).paid_at is None


async def test_the_way_back_leads_only_to_ourselves(site):
    village = await a_village()
    operator = await site.operator_of(village)
    order = (await an_order(await goods(village=village))).order

    answer = await operator.post(
        f"/deposits/{order.number}/confirmation", {"amount": str(order.total), "back": "https://evil.test/"}
    )

    assert answer.headers["location"] == "/desk"
