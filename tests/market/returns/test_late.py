"""A return that waits too long is somebody's task, once, until it is done."""

from datetime import timedelta

from market.refund_payouts import mark_paid_back
from market.refunds import Refund
from market.returns.ending import end_without_goods, note_parcel_back
from market.returns.late import remind_of_late_returns
from market.tasks import Task
from tests.builders import goods
from tests.market.returns.test_exchanges import FAULTY, sent_anew
from tests.market.returns.test_returns import SOON, arrived, asked, received
from tests.market.test_refunds import line_of

IN_TIME, LATE = SOON + timedelta(days=2), SOON + timedelta(days=9)


async def test_a_refund_that_is_not_sent_in_three_working_days_is_the_citys_task(db):
    apples = await goods()
    order = await arrived(apples)
    await received(await asked(order, {(await line_of(apples)).id: 1}))

    assert await remind_of_late_returns(IN_TIME) == 0
    assert [await remind_of_late_returns(LATE) for _ in range(2)] == [1, 0]

    task = await Task.get()
    assert (task.kind, task.done_at) == ("refund_late", None)
    assert order.number in task.sentence
    await mark_paid_back((await Refund.get()).id, by="person 1", now=LATE)
    await remind_of_late_returns(LATE)
    assert (await Task.get()).done_at


async def test_a_parcel_that_nobody_answers_for_is_the_villages_task(db):
    apples = await goods()
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1})
    assert await remind_of_late_returns(LATE) == 0
    await note_parcel_back(back.id, courier="cj", tracking="123456789012", now=SOON)

    assert await remind_of_late_returns(IN_TIME) == 0
    assert [await remind_of_late_returns(LATE) for _ in range(2)] == [1, 0]

    task = await Task.get()
    assert (task.kind, task.done_at) == ("return_waits", None)
    await received(back)
    await remind_of_late_returns(LATE)
    assert (await Task.get(kind="return_waits")).done_at


async def test_an_exchange_whose_old_goods_nobody_sends_is_the_villages_task_after_two_weeks(db):
    apples = await goods(left=5)
    order = await arrived(apples)
    back = await sent_anew(await asked(order, {(await line_of(apples)).id: 1}, **FAULTY))
    in_time, late = SOON + timedelta(days=14), SOON + timedelta(days=14, minutes=1)

    assert await remind_of_late_returns(in_time) == 0
    assert [await remind_of_late_returns(late) for _ in range(2)] == [1, 0]

    task = await Task.get(village_id=(await apples.listing).village_id)
    assert (task.kind, task.subject, task.done_at) == ("return_waits", f"return {back.id}", None)
    await end_without_goods(back.id, by="person 1", now=late)
    await remind_of_late_returns(late)
    assert (await Task.get()).done_at
