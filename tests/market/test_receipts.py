"""An order as its buyer reads it."""

import pytest

from market.capture import capture
from market.fulfilment import begin_preparing, send_parcel
from market.order_keys import Key, order_for
from market.orders import Part
from market.payments import Payment
from market.receipts import receipt
from tests.builders import NOW, a_program, a_village, an_order, goods
from villages.programs import Participant
from villages.refusals import NotFound


async def test_each_village_has_its_own_state_and_the_order_the_least_advanced(db: str):
    village = await a_village("내장산마을")
    apples, rice = (
        await goods("사과", village=village),
        await goods("쌀", village=await a_village("대정마을")),
    )
    placed = await an_order(apples, rice)
    await capture((await Payment.get()).id, by="officer", now=NOW)
    part = await Part.get(village_id=village.id)
    await begin_preparing(part.id, village_ids=[village.id], by="operator", now=NOW)
    await send_parcel(
        part.id, courier="cj", tracking="612345678901", village_ids=[village.id], by="operator", now=NOW
    )

    order = await receipt(placed.order.number, Key(placed.token))

    assert [[step.name for step in part.steps if step.is_now] for part in order.parts] == [
        ["보냈어요"],
        ["결제 완료"],
    ]
    assert [step.when for step in order.parts[0].steps] == ["11/21", "11/21", "11/21", "11/21", ""]
    assert order.state == "paid"
    assert sum(part.total for part in order.parts) == order.total


async def test_a_visit_is_never_sent_and_its_people_are_one_booking(db: str):
    session = await a_program()
    placed = await an_order(seats={session.id: {Participant.adult: 2, Participant.child: 1}})

    part = (await receipt(placed.order.number, Key(placed.token))).parts[0]

    assert [step.name for step in part.steps] == ["주문", "예약 확정", "다녀오심"]
    assert part.lines == () and [line.count for line in part.visits[0].lines] == [2, 1]


async def test_without_its_key_there_is_no_order(db: str):
    placed = await an_order(await goods())

    for key in (Key(), Key("wrong"), Key(person_id=1)):
        with pytest.raises(NotFound):
            await receipt(placed.order.number, key)
        with pytest.raises(NotFound):
            await order_for(placed.order.number, key)
