"""One key, one order: also where nothing else makes the two wait for each other. With its control."""

import pytest

from market import checkout, stock
from market.orders import Order
from tests.builders import a_program, an_order, goods, shelf_of
from tests.meeting import meet, strip
from villages.notices import Notice
from villages.programs import Participant, Session
from villages.refusals import OutOfStock

WRITE_ORDER = checkout.WRITE_ORDER.sql


async def test_two_tabs_with_other_goods_make_one_order_and_the_loser_gives_back(many):
    apples, rice = await goods("사과"), await goods("쌀")

    ended = await meet(many, [an_order(apples, key="one"), an_order(rice, key="one")], before=WRITE_ORDER)

    assert ended == {"Placed": 1, "KeyReused": 1}
    assert await Order.all().count() == 1
    assert sorted([await shelf_of(apples), await shelf_of(rice)]) == [(10, 0, 0, 0), (10, 1, 0, 0)]


async def test_control_without_unique_keys_both_are_ordered(unguarded):
    await strip("orders")
    apples, rice = await goods("사과"), await goods("쌀")

    ended = await meet(
        unguarded, [an_order(apples, key="one"), an_order(rice, key="one")], before=WRITE_ORDER
    )

    assert ended == {"Placed": 2}
    assert await Order.all().count() == 2


async def test_the_same_seats_with_one_key_ten_times_at_once_are_held_once(many):
    session = await a_program(seats=20)

    ended = await meet(
        many,
        [an_order(seats={session.id: {Participant.adult: 2}}, key="one") for _ in range(10)],
        before="UPDATE sessions",
    )

    assert ended == {"Placed": 10}
    assert await Order.all().count() == 1
    assert (await Session.get()).held == 2


async def test_control_without_unique_keys_the_seats_are_held_ten_times(unguarded):
    await strip("orders")
    session = await a_program(seats=20)

    ended = await meet(
        unguarded,
        [an_order(seats={session.id: {Participant.adult: 2}}, key="one") for _ in range(10)],
        before="UPDATE sessions",
    )

    assert ended == {"Placed": 10}
    assert await Order.all().count() == 10
    assert (await Session.get()).held == 20


async def test_a_second_tap_that_waits_in_vain_for_the_shelf_still_shows_its_order(db, monkeypatch):
    apples = await goods()
    first = await an_order(apples, key="one")
    monkeypatch.setattr(stock, "LOCK", "SELECT pg_sleep(5) WHERE $1::bigint[] IS NOT NULL")
    await Order._meta.db.execute_script("SET statement_timeout = 1000")

    second = await an_order(apples, key="one")

    assert (second.is_new, second.order.id, second.token) == (False, first.order.id, first.token)


async def test_a_number_that_is_taken_is_drawn_again_and_nothing_of_the_first_try_stays(db, monkeypatch):
    earlier = await an_order(await goods("쌀"))
    drawn = iter([earlier.order.number, earlier.order.number, "261122-777777"])
    monkeypatch.setattr(checkout, "new_number", lambda now: next(drawn))
    apples = await goods("사과")

    placed = await an_order(apples)

    assert placed.order.number == "261122-777777"
    assert await shelf_of(apples) == (10, 1, 0, 0)
    assert await Notice.filter(subject=earlier.order.number).count() == 2
    assert await Notice.filter(subject="261122-777777").count() == 2


async def test_what_is_missing_under_a_key_of_nobody_is_still_refused(db):
    apples = await goods(left=1)

    with pytest.raises(OutOfStock):
        await an_order((apples, 2), key="nobody's")

    assert not await Order.exists()
