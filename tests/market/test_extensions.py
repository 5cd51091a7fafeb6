"""More time to pay: once, and only while there is something to hold."""

import asyncio
from datetime import timedelta

import pytest

from market.expiry import end_order
from market.extensions import extend_hold
from market.orders import Order, Tender
from market.part_states import Ending
from tests.builders import NOW, an_order, goods
from villages.refusals import Refused, SalesClosed

HOLD = timedelta(minutes=40)


async def test_one_hold_is_added_to_the_time_left(db: str):
    placed = await an_order(await goods(), tender=Tender.card)

    until = await extend_hold(placed.order.number, hold=HOLD, now=NOW + timedelta(minutes=30))

    assert until == NOW + 2 * HOLD == (await Order.get()).pay_before


async def test_of_many_taps_at_once_one_is_given(db: str):
    placed = await an_order(await goods(), tender=Tender.card)

    answers = await asyncio.gather(
        *(extend_hold(placed.order.number, hold=HOLD, now=NOW) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == 4
    assert (await Order.get()).pay_before == NOW + 2 * HOLD


async def test_none_for_transfers_for_what_is_over_and_for_what_ended(db: str):
    transfer = await an_order(await goods())
    card = await an_order(await goods(), tender=Tender.card)
    ended = await an_order(await goods(), tender=Tender.card)
    await end_order(ended.order.id, Ending.cancelled, by="shopper", now=NOW)

    for number, now in (
        (transfer.order.number, NOW),
        (card.order.number, NOW + HOLD),
        (ended.order.number, NOW),
    ):
        with pytest.raises(SalesClosed):
            await extend_hold(number, hold=HOLD, now=now)
