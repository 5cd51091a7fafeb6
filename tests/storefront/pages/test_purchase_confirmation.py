"""구매 확정 on the order's page: by the buyer alone, once, of what is on its way or has come."""

from datetime import UTC, datetime

import pytest

from market.checkout import token_of
from market.fulfilment import mark_delivered, send_parcel
from market.orders import Order, Part, PartMove
from market.part_states import PartState
from tests.builders import SECRET, goods
from tests.market.ledger.selling import paid
from tests.storefront.pages.shopping import Shopper, a_shopper

NOW = datetime.now(UTC)


@pytest.fixture
async def bought(site) -> tuple[Shopper, Order, Part]:
    """Paid and sent; the shopper has opened her order."""
    order = await paid(await goods(), now=NOW)
    part = await Part.get(order_id=order.id)
    await send_parcel(
        part.id, courier="cj", tracking="123456789012", village_ids=[part.village_id], by="person 1", now=NOW
    )
    shopper = a_shopper(site)
    await shopper.get(f"/orders/{order.number}?t={token_of(order.key, SECRET)}")
    return shopper, order, part


def confirmation(order: Order, part: Part) -> str:
    return f"/orders/{order.number}/parts/{part.id}/confirmation"


@pytest.mark.parametrize("has_come", [False, True])
async def test_the_buyer_confirms_what_was_sent_or_has_come(bought, has_come):
    shopper, order, part = bought
    if has_come:
        await mark_delivered(part.id, village_ids=[part.village_id], by="person 1", now=NOW)
    assert confirmation(order, part) in (await shopper.get(f"/orders/{order.number}")).text

    answer = await shopper.post(confirmation(order, part))

    assert answer.status_code == 303
    assert (await Part.get(id=part.id)).state == PartState.confirmed
    assert await PartMove.filter(part=part, state=PartState.delivered).count() == 1
    assert (await PartMove.get(part=part, state=PartState.confirmed)).by == "shopper"
    page = await shopper.get(f"/orders/{order.number}")
    assert "구매 확정</p>" in page.text
    assert confirmation(order, part) not in page.text


async def test_twice_is_once(bought):
    shopper, order, part = bought

    for _ in range(2):
        assert (await shopper.post(confirmation(order, part))).status_code == 303

    assert await PartMove.filter(part=part, state=PartState.confirmed).count() == 1


async def test_what_is_not_sent_is_not_confirmed(site):
    order = await paid(await goods(), now=NOW)
    part = await Part.get(order_id=order.id)
    shopper = a_shopper(site)
    await shopper.get(f"/orders/{order.number}?t={token_of(order.key, SECRET)}")
    assert "구매 확정" not in (await shopper.get(f"/orders/{order.number}")).text

    answer = await shopper.post(confirmation(order, part))

    assert answer.status_code == 409
    assert "아직 보내지 않았거나" in answer.text
    assert (await Part.get(id=part.id)).state == PartState.paid


async def test_nobody_else_confirms_it(site, bought):
    _, order, part = bought

    assert (await a_shopper(site).post(confirmation(order, part))).status_code == 404
    assert (await Part.get(id=part.id)).state == PartState.shipped


async def test_a_part_of_another_order_is_not_found(bought):
    shopper, order, _ = bought
    other = await Part.get(order_id=(await paid(await goods(), now=NOW)).id)

    assert (await shopper.post(confirmation(order, other))).status_code == 404
    assert (
        await shopper.post(f"/orders/{order.number}/parts/99999999999999999999/confirmation")
    ).status_code == 404
