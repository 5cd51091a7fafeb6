"""On the order's page, what is not paid can be called off; what is paid is a matter for the phone."""

from market.capture import capture
from market.orders import Order
from market.payments import Payment
from tests.builders import NOW, an_order, goods, shelf_of
from tests.site import Site
from tests.storefront.pages.shopping import a_shopper, words


async def test_two_taps_call_an_unpaid_order_off(shopper):
    apples = await goods()
    placed = await an_order(apples)
    path = f"/orders/{placed.order.number}"
    await shopper.get(f"{path}?t={placed.token}")
    offered = words(await shopper.get(path))

    answer = await shopper.post(f"{path}/cancellation")
    page = words(await shopper.get(path))

    assert "주문 취소하기" in offered and "이 주문 모두 취소하기" in offered
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "취소된 주문입니다" in page and "주문 취소하기" not in page
    assert "이미 입금하셨으면 취소하지 말고" in offered and "낼 돈" not in page
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_called_off_again_by_the_back_button_it_is_the_same_page(shopper):
    placed = await an_order(await goods())
    path = f"/orders/{placed.order.number}"
    await shopper.get(f"{path}?t={placed.token}")

    first, second = [await shopper.post(f"{path}/cancellation") for _ in range(2)]

    assert first.headers["location"] == second.headers["location"] == path


async def test_paid_meanwhile_it_says_whom_to_call(shopper):
    placed = await an_order(await goods())
    path = f"/orders/{placed.order.number}"
    await shopper.get(f"{path}?t={placed.token}")
    await capture((await Payment.get()).id, by="officer", now=NOW)

    answer = await shopper.post(f"{path}/cancellation")

    assert answer.status_code == 409
    assert "이미 결제된 주문입니다" in words(answer) and "결제를 확인했습니다" in words(answer)
    assert (await Order.get()).ended_as is None


async def test_a_stranger_finds_no_such_order(shopper, site: Site):
    placed = await an_order(await goods())

    answer = await a_shopper(site).post(f"/orders/{placed.order.number}/cancellation")

    assert answer.status_code == 404
    assert (await Order.get()).ended_as is None
