"""교환: the new goods leave the shelf once, no money moves; where they are short it becomes a return with all of it."""

from datetime import timedelta

import pytest

from market.audit import violations
from market.fulfilment import move_parts_on
from market.orders import Line, Part
from market.part_states import PartState
from market.refunds import Refund
from market.returns.ending import end_without_goods
from market.returns.exchanging import send_anew
from market.returns.tables import NotReturnable, Return, ReturnReason, ReturnState, ReturnWish
from tests.builders import a_village, goods, rows, shelf_of
from tests.market.returns.test_returns import DELIVERED, SOON, arrived, asked, received
from tests.market.test_refunds import line_of
from villages.acts import Act
from villages.notices import Notice
from villages.refusals import BadForm, NotFound, Stale

FAULTY = {"reason": ReturnReason.faulty, "wish": ReturnWish.exchange}


async def sent_anew(back: Return, tracking: str = "1234-5678-9012") -> Return:
    return await send_anew(back.id, courier="cj", tracking=tracking, by="person 1", now=SOON)


async def test_the_same_is_sent_anew_and_the_old_one_received_without_money(db):
    apples = await goods(left=5)
    order = await arrived((apples, 2))
    line = await line_of(apples)
    back = await asked(order, {line.id: 1}, **FAULTY)

    back = await sent_anew(back)
    assert (back.state, back.tracking) == (ReturnState.resent, "123456789012")
    assert await shelf_of(apples) == (2, 0, 0, 0)
    back = await received(back, **{f"line_{line.id}": (1, 0)})

    assert (back.state, back.refund_id) == (ReturnState.received, None)
    assert await shelf_of(apples) == (2, 0, 0, 0)
    assert not await Refund.exists()
    assert await rows("SELECT cause, change FROM movements WHERE cause LIKE 'return%'") == [
        {"cause": f"return {back.id} line {line.id} anew", "change": -1}
    ]
    line = await Line.get()
    assert (line.cancelled, line.coming_back) == (0, 0)


async def test_a_second_tap_sends_nothing_twice_and_corrects_the_number(db):
    apples = await goods(left=5)
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1}, **FAULTY)

    await sent_anew(back)
    back = await sent_anew(back, "999988887777")

    assert back.tracking == "999988887777"
    assert await shelf_of(apples) == (3, 0, 0, 0)
    assert (
        await Notice.filter(kind="return_news", subject__contains="exchange-resent", channel="sms").count()
        == 1
    )


async def test_where_stock_is_short_it_becomes_a_return_with_all_of_its_money(db):
    apples = await goods(left=2)
    order = await arrived((apples, 2))
    line = await line_of(apples)
    back = await asked(order, {line.id: 2}, **FAULTY)

    back = await sent_anew(back)
    assert (back.wish, back.state) == (ReturnWish.refund, ReturnState.requested)
    back = await received(back, **{f"line_{line.id}": (2, 0)})

    assert (await Refund.get(id=back.refund_id)).amount == order.total
    assert await shelf_of(apples) == (0, 0, 0, 0)


async def test_what_was_sent_anew_may_come_back_too_and_lie_on_the_shelf_again(db):
    apples = await goods(left=5)
    order = await arrived(apples)
    line = await line_of(apples)
    back = await asked(order, {line.id: 1}, **FAULTY)
    await received(await sent_anew(back), **{f"line_{line.id}": (1, 0)})

    again = await received(await asked(order, {line.id: 1}))

    assert await shelf_of(apples) == (4, 0, 0, 0)
    assert (await Refund.get(id=again.refund_id)).amount == again.promised
    assert (await Part.get()).state == "cancelled"


async def test_nothing_is_received_before_the_new_goods_left(db):
    apples = await goods()
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1}, **FAULTY)

    with pytest.raises(Stale):
        await received(back)


async def test_a_change_of_mind_is_no_exchange(db):
    apples = await goods()
    order = await arrived(apples)

    with pytest.raises(NotReturnable, match="새로 주문"):
        await asked(order, {(await line_of(apples)).id: 1}, wish=ReturnWish.exchange)


async def test_a_number_that_is_none_is_refused_and_nothing_leaves(db):
    apples = await goods(left=5)
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1}, **FAULTY)

    with pytest.raises(BadForm):
        await sent_anew(back, "6.12E+11")

    assert (await Return.get()).state == ReturnState.requested
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_what_is_sent_anew_keeps_its_postage_and_where_it_cannot_be_all_of_it_goes_back(db):
    village = await a_village()
    apples, pears = [await goods(name, village=village, price=10_000, left=1) for name in ("사과", "배")]
    order = await arrived(apples, pears)
    exchange = await asked(order, {(await line_of(apples)).id: 1}, **FAULTY)

    faulty = await asked(order, {(await line_of(pears)).id: 1}, reason=ReturnReason.faulty)
    assert (exchange.promised, faulty.promised) == (10_000, 10_000)
    short = await sent_anew(exchange)
    assert (short.wish, short.promised) == (ReturnWish.refund, 14_000)
    for back in (short, faulty):
        await received(back)

    assert (await Part.get()).refunded_postage == 4_000
    assert not await violations()


async def missed(back: Return, **values) -> Return:
    return await end_without_goods(back.id, by="person 1", now=SOON, **values)


async def test_where_the_old_goods_never_come_the_exchange_ends_once_and_the_half_is_confirmed(db):
    apples = await goods(left=5)
    order = await arrived((apples, 2))
    line = await line_of(apples)
    back = await sent_anew(await asked(order, {line.id: 1}, **FAULTY))

    ends = [await missed(back) for _ in range(2)]
    await move_parts_on(DELIVERED + timedelta(days=8))

    assert [end.state for end in ends] == [ReturnState.received] * 2
    assert await shelf_of(apples) == (2, 0, 0, 0)
    assert not await Refund.exists()
    assert (await Line.get()).coming_back == 0
    assert (await Part.get()).state == PartState.confirmed
    assert await Act.filter(what="exchange not returned").count() == 1
    assert await Notice.filter(kind="return_news", subject__contains="received", channel="sms").count() == 1
    assert not await violations()


async def test_goods_that_come_after_the_end_are_not_called_received(db):
    apples = await goods(left=5)
    back = await sent_anew(await asked(await arrived(apples), {(await line_of(apples)).id: 1}, **FAULTY))
    await missed(back)

    with pytest.raises(Stale, match="재고에 더해"):
        await received(back)

    assert await shelf_of(apples) == (3, 0, 0, 0)


async def test_only_what_was_sent_anew_and_did_not_come_ends_without_its_goods(db):
    apples = await goods(left=5)
    order = await arrived((apples, 2))
    line = await line_of(apples)
    back = await asked(order, {line.id: 1}, **FAULTY)

    with pytest.raises(Stale):
        await missed(back)
    await sent_anew(back)
    with pytest.raises(NotFound):
        await missed(back, village_ids=[(await a_village()).id])
    await received(back)
    with pytest.raises(Stale):
        await missed(back)

    assert not await Act.filter(what="exchange not returned").exists()
