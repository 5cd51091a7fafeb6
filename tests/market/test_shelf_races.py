"""The last of a shelf, paid, sold at a stall and given back in the same moment."""

import asyncio
from collections.abc import Awaitable

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market import stock
from market.deposits import confirm_deposit
from market.offline_sales import record_sale
from market.orders import Channel, Order, Tender
from market.quotes import Basket
from tests.builders import NOW, a_person, an_order, goods, shelf_of
from tests.meeting import meet, somebody_waits, watching
from villages.listings import Variant
from villages.people import Role
from villages.refusals import OutOfStock

NO_LOCK = "SELECT $1::bigint[]"


async def test_two_payments_for_the_last_two_are_both_paid(many):
    apples = await goods(left=2)
    orders = [(await an_order(apples)).order for _ in range(2)]

    ended = await meet(many, map(paid, orders), before=stock.LOCK)

    assert ended == {"paid": 2}
    assert await shelf_of(apples) == (0, 0, 0, 0)


async def test_two_payments_for_two_of_which_a_stall_sold_one_are_both_paid(many):
    apples, orders = await two_promised_and_one_sold()

    ended = await meet(many, map(paid, orders), before=stock.LOCK)

    assert ended == {"paid": 2}
    assert await shelf_of(apples) == (0, 0, 0, 1)


async def test_control_without_the_lock_both_take_the_one_that_is_there_and_one_breaks(
    unguarded, monkeypatch
):
    monkeypatch.setattr(stock, "LOCK", NO_LOCK)
    _, orders = await two_promised_and_one_sold()

    ended = await meet(unguarded, map(paid, orders), before=stock.HAND_OVER)

    assert ended == {"paid": 1, IntegrityError.__name__: 1}


async def test_a_stall_sells_while_all_that_is_left_is_being_paid(many):
    apples = await goods(left=5)
    order = (await an_order((apples, 5))).order

    ended = await meet(many, [paid(order), await a_sale(apples, key="one")], after=stock.HAND_OVER)

    assert ended == {"paid": 1, "Sold": 1}
    assert await shelf_of(apples) == (0, 0, 0, 1)


async def test_two_stalls_sell_the_last_one_at_once_and_one_is_short(many):
    apples = await goods(left=5)
    await an_order((apples, 4))

    ended = await meet(many, [await a_sale(apples, key=key) for key in ("one", "two")], before=stock.LOCK)

    assert ended == {"Sold": 2}
    assert await shelf_of(apples) == (3, 4, 0, 1)


async def test_what_is_given_back_while_one_waits_for_it_can_be_had(many):
    apples = await goods("사과", left=1)
    await promise(apples)

    async with watching(many) as other, other.transaction():
        await other.execute(stock.RELEASE, apples.id, 1)
        waiting = asyncio.ensure_future(promise(apples))
        await somebody_waits(other)

    await waiting
    assert await shelf_of(apples) == (1, 1, 0, 0)
    async with in_transaction() as db:
        await stock.release(db, apples.id, 1)


async def test_control_without_the_lock_it_is_refused_at_once(unguarded, monkeypatch):
    monkeypatch.setattr(stock, "LOCK", NO_LOCK)
    apples = await goods("사과", left=1)
    await promise(apples)

    async with watching(unguarded) as other, other.transaction():
        await other.execute(stock.RELEASE, apples.id, 1)
        with pytest.raises(OutOfStock):
            await promise(apples)


async def test_wishes_for_one_shelf_are_counted_together(db):
    apples = await goods("사과", left=3)

    with pytest.raises(OutOfStock, match="남은 개수가 3개"):
        await promise(apples, apples, apples, apples)

    assert await shelf_of(apples) == (3, 0, 0, 0)


async def promise(*variants: Variant) -> None:
    async with in_transaction() as db:
        await stock.reserve(db, [stock.Wish(variant.id, 1, "사과") for variant in variants])


def paid(order: Order) -> Awaitable[object]:
    return confirm_deposit(order.number, amount=order.total, by="officer", now=NOW)


async def two_promised_and_one_sold() -> tuple[Variant, list[Order]]:
    apples = await goods(left=2)
    orders = [(await an_order(apples)).order for _ in range(2)]
    await (await a_sale(apples, key="stall"))
    return apples, orders


async def a_sale(variant: Variant, *, key: str) -> Awaitable[object]:
    village = variant.listing.village
    seller = await a_person(village=village, role=Role.operator)
    return record_sale(
        Basket({variant.id: 1}), village_id=village.id, key=key, channel=Channel.festival, tender=Tender.cash,
        person_id=seller.id, by="seller", now=NOW,
    )  # fmt: skip
