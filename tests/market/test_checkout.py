"""Placing, paying and expiring: what is taken, what is given back, and what counts."""

from datetime import timedelta

import pytest

from market.capture import Effect
from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.orders import Order
from market.refunds import Refund
from market.stock import Movement
from tests.builders import NOW, a_program, a_village, an_order, goods, rows, shelf_of
from tests.fakes import FakeGateway
from villages.programs import Participant, Session
from villages.refusals import KeyReused, OutOfStock, PriceChanged, SessionFull


async def test_an_order_over_three_villages_is_one_total_and_three_parts(db):
    apples, rice = (
        await goods("사과", price=35000),
        await goods("쌀", village=await a_village("대정마을"), price=60000),
    )
    soap = await a_program(village=await a_village("옥정호마을"))

    placed = await an_order((apples, 2), rice, seats={soap.id: {Participant.adult: 2, Participant.child: 1}})

    parts = await rows(
        "SELECT goods, programs, postage FROM parts WHERE order_id = $1 ORDER BY id", placed.order.id
    )
    assert parts == [
        {"goods": 70000, "programs": 0, "postage": 0},
        {"goods": 60000, "programs": 0, "postage": 0},
        {"goods": 0, "programs": 25000, "postage": 0},
    ]
    assert placed.order.total == 155000
    assert await shelf_of(apples) == (10, 2, 0, 0)
    assert (await Session.get(id=soap.id)).held == 3


async def test_one_missing_item_refuses_the_whole_order(db):
    apples, rice = await goods("사과"), await goods("쌀", left=0)

    with pytest.raises(OutOfStock, match="쌀"):
        await an_order(apples, rice)

    assert await shelf_of(apples) == (10, 0, 0, 0)
    assert not await Order.exists()


async def test_a_full_session_refuses_the_whole_order(db):
    apples, soap = await goods("사과"), await a_program(seats=2)

    with pytest.raises(SessionFull, match="2자리 남았습니다"):
        await an_order(apples, seats={soap.id: {Participant.adult: 3}})

    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_the_same_key_answers_the_same_order_and_another_body_is_refused(db):
    apples = await goods()
    first = await an_order(apples, key="one")

    again = await an_order(apples, key="one")

    assert (again.order.id, again.token, again.is_new) == (first.order.id, first.token, False)
    assert await shelf_of(apples) == (10, 1, 0, 0)
    with pytest.raises(KeyReused):
        await an_order((apples, 2), key="one")


async def test_a_price_that_changed_since_it_was_seen_is_asked_again(db):
    apples = await goods(price=35000)

    with pytest.raises(PriceChanged, match="39,000원"):
        await an_order(apples, expected_total=30000)

    assert not await Order.exists()


async def test_a_confirmed_deposit_makes_the_sale_with_its_movement_and_figures(db):
    apples = await goods(price=35000)
    placed = await an_order((apples, 2))

    effect = await confirm_deposit(placed.order.number, amount=70000, by="officer", now=NOW)

    assert effect == Effect.paid
    assert await shelf_of(apples) == (8, 0, 0, 0)
    assert await Movement.filter(change=-2).count() == 1
    sales = await rows("SELECT channel, kind, amount, postage, orders FROM daily_sales")
    assert sales == [{"channel": "online", "kind": "goods", "amount": 70000, "postage": 0, "orders": 1}]
    assert await confirm_deposit(placed.order.number, amount=70000, by="officer", now=NOW) == Effect.none
    assert await shelf_of(apples) == (8, 0, 0, 0)


async def test_an_unpaid_order_gives_everything_back_once(db):
    apples, soap = await goods(), await a_program(seats=5)
    placed = await an_order(apples, seats={soap.id: {Participant.adult: 2}})
    late = NOW + timedelta(days=3, minutes=1)

    assert await expire_unpaid_orders(late, FakeGateway()) == 1
    assert await expire_unpaid_orders(late, FakeGateway()) == 0

    assert await shelf_of(apples) == (10, 0, 0, 0)
    assert (await Session.get(id=soap.id)).held == 0
    assert (await Order.get(id=placed.order.id)).ended_as == "expired"


async def test_money_after_expiry_revives_the_order_while_the_goods_are_there(db):
    apples = await goods(left=3)
    placed = await an_order((apples, 3))
    await expire_unpaid_orders(NOW + timedelta(days=4), FakeGateway())

    effect = await confirm_deposit(
        placed.order.number, amount=105000, by="officer", now=NOW + timedelta(days=4)
    )

    assert effect == Effect.revived
    assert await shelf_of(apples) == (0, 0, 0, 0)


async def test_money_after_expiry_goes_back_when_the_goods_are_gone(db):
    apples = await goods(left=3)
    placed = await an_order((apples, 3))
    await expire_unpaid_orders(NOW + timedelta(days=4), FakeGateway())
    await an_order(apples, now=NOW + timedelta(days=4))

    effect = await confirm_deposit(
        placed.order.number, amount=105000, by="officer", now=NOW + timedelta(days=4)
    )

    assert effect == Effect.refund_due
    assert await shelf_of(apples) == (3, 1, 0, 0)
    assert [(back.cause, back.amount, back.state) for back in await Refund.all()] == [
        ("unused", 105_000, "promised")
    ]
