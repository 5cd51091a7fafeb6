"""A sheet in the database: each row once, sure ones paid, the rest waiting for a person, every won accounted for."""

import re
from datetime import timedelta

import pytest

from market.capture import Effect
from market.deposit_sheets.deciding import (
    DepositTaken,
    RowDecided,
    match_row,
    set_row_aside,
    settle_suspense,
)
from market.deposit_sheets.matching import Doubt
from market.deposit_sheets.results import sheet_result
from market.deposit_sheets.sure import match_sure_rows, match_unfinished_sheets
from market.deposit_sheets.tables import DepositMatch, DepositRow, DepositSheet, Suspense
from market.deposit_sheets.taking import take_sheet
from market.deposits import confirm_deposit
from market.expiry import end_order
from market.ledger.journal import JournalLeg
from market.order_keys import Key
from market.orders import Order
from market.part_states import Ending
from market.receipts import receipt
from market.refunds import Refund, RefundCause
from market.task_list import open_city_tasks
from market.tasks import Task
from tests.builders import NOW, Buyer, an_order, goods, shelf_of
from tests.market.deposit_sheets.sheets import a_csv
from villages.refusals import BadForm, NotFound

OFFICER = "person 7"
LATER = NOW + timedelta(hours=2)
MIN = Buyer("김민지", "01012345678", "min@example.kr")
DAY = "2026-11-21 11:00"  # an hour after the orders


async def test_the_same_won_and_name_pay_the_order(db):
    apples = await goods(left=5, price=35_000)
    order = await waiting_order(apples)

    result = await sent(f"{DAY},김민지,{order.total}")

    assert (result.sums.matched.rows, result.sums.matched.won) == (1, order.total)
    assert result.matched[0].orders == ((order.number, "paid"),)
    assert result.matched[0].is_sure
    await order.refresh_from_db()
    assert order.paid_at == LATER
    assert (await DepositRow.get()).decided_by == OFFICER
    assert (await shelf_of(apples))[:2] == (4, 0)


async def test_the_same_file_again_is_the_same_sheet(db):
    body = a_csv(f"{DAY},아무개,5000", f"{DAY},아무개,5000")

    first = await take_sheet(body, name="a.csv", by=OFFICER, now=LATER)
    again = await take_sheet(body, name="renamed.csv", by="person 8", now=LATER)

    assert (again.id, first.is_new, again.is_new) == (first.id, True, False)
    assert await DepositRow.all().count() == 2  # two equal deposits are two


async def test_rows_that_came_before_are_told_again_but_kept_once(db):
    order = await waiting_order(await goods(price=35_000))
    paid = f"{DAY},김민지,{order.total}"
    await sent("2026-11-20 09:00,아무개,1000", paid)

    result = await sent(paid, "2026-11-21 12:00,다른이,2000")

    assert await DepositRow.all().count() == 3
    assert await DepositMatch.all().count() == 1
    assert (result.sums.total.rows, result.sums.total.won) == (2, order.total + 2000)
    assert (result.sums.known.rows, result.sums.matched.rows, result.sums.waiting.rows) == (1, 1, 1)


async def test_a_deposit_told_with_and_without_its_time_is_never_booked_twice(db):
    apples = await goods(price=35_000)
    first = await waiting_order(apples)
    await sent(f"{DAY},김민지,{first.total}")
    second = await waiting_order(apples)

    result = await sent(f"2026-11-21,김민지,{first.total}")

    await second.refresh_from_db()
    assert second.paid_at is None
    assert finding_of(result).doubt == Doubt.twin


async def test_a_transfer_confirmed_by_hand_gets_its_row_and_is_not_paid_again(db):
    order = await waiting_order(await goods(left=5, price=35_000))
    await confirm_deposit(order.number, amount=order.total, by="person 3", now=NOW)

    result = await sent(f"{DAY},김민지,{order.total}", f"{DAY},김민지,{order.total}")

    assert result.matched[0].orders == ((order.number, "none"),)
    assert result.sums.waiting.rows == 1  # the second one is for nobody


async def test_what_is_not_sure_waits_with_its_candidates(db):
    apples = await goods(left=9, price=35_000)
    first, second = await waiting_order(apples), await waiting_order(apples)

    result = await sent(
        f"{DAY},김민지,{first.total}", f"{DAY},김민지,{first.total * 2}", "2026-11-21 11:01,아무개,777"
    )

    assert [row.finding.doubt for row in result.waiting if row.finding] == [
        Doubt.several,
        Doubt.together,
        Doubt.nobody,
    ]
    assert not await Order.filter(paid_at__isnull=False).exists()
    assert {first.number, second.number} == {each.orders[0].number for each in finding_of(result).candidates}


async def test_one_transfer_pays_two_orders_that_a_person_chose(db):
    apples = await goods(left=9, price=35_000)
    orders = [await waiting_order(apples), await waiting_order(apples)]
    result = await sent(f"{DAY},김민지,{sum(order.total for order in orders)}")

    matched = await chosen(result, *orders)

    assert matched.effects == {order.number: Effect.paid for order in orders}
    assert matched.difference == 0
    assert not await Suspense.exists()


async def test_too_much_pays_the_order_and_keeps_the_rest(db):
    order = await waiting_order(await goods(price=35_000))
    result = await sent(f"{DAY},김민지,{order.total + 500}")

    matched = await chosen(result, order)

    assert (matched.effects, matched.difference) == ({order.number: Effect.paid}, 500)
    kept = await Suspense.get()
    assert (kept.kind, kept.amount, kept.orders) == ("surplus", 500, order.number)
    task = await Task.get(kind="wrong_amount")
    assert "500원" in task.sentence


async def test_too_little_pays_nothing_and_is_kept_whole(db):
    order = await waiting_order(await goods(left=5, price=35_000))
    result = await sent(f"{DAY},김민지,{order.total - 1000}")

    matched = await chosen(result, order)

    assert (matched.effects, matched.difference) == ({}, -1000)
    await order.refresh_from_db()
    assert order.paid_at is None
    kept = await Suspense.get()
    assert (kept.kind, kept.amount, kept.missing) == ("short", order.total - 1000, 1000)
    assert "1,000원 모자라" in (await Task.get(kind="wrong_amount")).sentence


async def test_too_little_and_the_rest_of_it_pay_the_order_together(db):
    order = await waiting_order(await goods(left=5, price=35_000))
    await chosen(await sent(f"{DAY},김민지,20000"), order)
    short = await Suspense.get()

    await sent(f"2026-11-22 09:00,김민지,{order.total - 20_000}")

    await order.refresh_from_db()
    await short.refresh_from_db()
    assert order.paid_at is not None
    assert short.settled_as == f"다음 입금과 합침: {order.number}"
    assert await Suspense.all().count() == 1
    assert (await Task.get(kind="wrong_amount")).done_at is not None
    assert await booked("bank") == order.total and await booked("suspense") == 0


async def test_what_came_short_for_one_order_is_taken_with_a_transfer_for_it_and_another(db):
    apples = await goods(left=9, price=35_000)
    first, second = await waiting_order(apples), await waiting_order(apples)
    await chosen(await sent(f"{DAY},김민지,20000"), first)

    rest = first.total - 20_000 + second.total
    matched = await chosen(await sent(f"2026-11-22 09:00,모르는이,{rest}"), first, second)

    assert matched.effects == {first.number: Effect.paid, second.number: Effect.paid}
    assert await booked("suspense") == 0 and await booked("bank") == first.total + second.total


async def test_the_buyer_reads_what_came_and_what_is_missing_and_the_city_finds_the_row(db):
    placed = await an_order(await goods(left=5, price=35_000), buyer=MIN)
    order, key = placed.order, Key(placed.token)
    short = await chosen(await sent(f"{DAY},김민지,{order.total - 100}"), order)

    waiting, (task,) = await receipt(order.number, key), await open_city_tasks()
    await sent("2026-11-22 09:00,김민지,100")
    paid = await receipt(order.number, key)

    assert (waiting.came_short, waiting.missing) == (order.total - 100, 100)
    assert re.fullmatch(r"/city/deposit-sheets/\d+#row-\d+", task.place) and short.difference == -100
    assert (paid.state, paid.came_short) == ("paid", 0)


async def test_the_rest_of_it_may_come_in_several_pieces_and_be_too_much_in_the_end(db):
    order = await waiting_order(await goods(left=5, price=35_000))
    for minute, amount in enumerate((10_000, 15_000)):
        await chosen(await sent(f"2026-11-21 10:0{minute},김민지,{amount}"), order)

    matched = await chosen(await sent(f"2026-11-22 09:00,김민지,{order.total}"), order)

    assert (matched.effects, matched.difference) == ({order.number: Effect.paid}, 25_000)
    standing = await Suspense.get(settled_at=None)
    assert (standing.kind, standing.amount) == ("surplus", 25_000)
    assert await booked("bank") == order.total + 25_000 and await booked("suspense") == -25_000


async def test_money_that_is_kept_stands_in_the_journal_until_it_is_settled(db):
    order = await waiting_order(await goods(price=35_000))
    row = await chosen_row(await sent(f"{DAY},김민지,{order.total + 500}"), order)
    kept = await booked("suspense")

    await settle_suspense(row, words="500원을 돌려줌", by=OFFICER, now=LATER)

    assert kept == -500
    assert await booked("suspense") == 0 and await booked("bank") == order.total


async def test_kept_money_is_settled_once_by_a_person_with_words(db):
    order = await waiting_order(await goods(price=35_000))
    row = await chosen_row(await sent(f"{DAY},김민지,{order.total + 500}"), order)

    with pytest.raises(BadForm):
        await settle_suspense(row, words=" ", by=OFFICER, now=LATER)
    await settle_suspense(row, words="500원을 돌려줌", by=OFFICER, now=LATER)
    with pytest.raises(RowDecided):
        await settle_suspense(row, words="또 돌려줌", by=OFFICER, now=LATER)

    assert (await Suspense.get()).settled_as == "500원을 돌려줌"
    assert (await Task.get(kind="wrong_amount")).done_by == OFFICER


async def test_money_after_the_end_revives_the_order_when_a_person_chooses_it(db):
    apples = await goods(left=5, price=35_000)
    order = await waiting_order(apples)
    await end_order(order.id, Ending.cancelled, by="shopper", now=NOW)
    result = await sent(f"{DAY},김민지,{order.total}")
    assert finding_of(result).doubt == Doubt.ended

    assert (await chosen(result, order)).effects == {order.number: Effect.revived}


async def test_money_for_goods_that_are_gone_goes_back(db):
    apples = await goods(left=1, price=35_000)
    order = await waiting_order(apples)
    await end_order(order.id, Ending.cancelled, by="shopper", now=NOW)
    other = await waiting_order(apples, buyer=Buyer("박도윤", "01098765432", "park@example.kr"))
    await confirm_deposit(other.number, amount=other.total, by=OFFICER, now=NOW)

    matched = await chosen(await sent(f"{DAY},김민지,{order.total}"), order)

    assert matched.effects == {order.number: Effect.refund_due}
    assert (await Refund.get()).cause == RefundCause.unused


async def test_a_row_is_decided_once(db):
    order = await waiting_order(await goods(price=35_000))
    result = await sent(f"{DAY},모르는이,{order.total}")
    row = result.waiting[0].id

    with pytest.raises(BadForm):
        await set_row_aside(row, reason="  ", by=OFFICER, now=LATER)
    await set_row_aside(row, reason="시설 사용료", by=OFFICER, now=LATER)

    with pytest.raises(RowDecided):
        await match_row(row, [order.number], by=OFFICER, now=LATER)
    with pytest.raises(RowDecided):
        await set_row_aside(row, reason="또", by=OFFICER, now=LATER)
    after = await sheet_result(result.id, now=LATER)
    assert (after.sums.set_aside.won, after.set_aside[0].reason) == (order.total, "시설 사용료")


async def test_an_order_has_one_row_and_the_other_goes_on_waiting(db):
    order = await waiting_order(await goods(left=5, price=35_000))
    result = await sent(f"{DAY},김민지,{order.total}", f"{DAY},김민지,{order.total}")

    with pytest.raises(DepositTaken):
        await chosen(result, order)

    assert (await sheet_result(result.id, now=LATER)).sums.waiting.rows == 1


@pytest.mark.parametrize("number", ["261121-999999", "x' OR true", ""])
async def test_an_order_that_is_not_there_leaves_the_row_waiting(db, number):
    result = await sent(f"{DAY},김민지,35000")

    with pytest.raises(NotFound):
        await match_row(result.waiting[0].id, [number], by=OFFICER, now=LATER)

    assert (await DepositRow.get()).state == "waiting"


async def test_no_order_at_all_is_a_mistake_of_the_form(db):
    result = await sent(f"{DAY},김민지,35000")

    with pytest.raises(BadForm):
        await match_row(result.waiting[0].id, [], by=OFFICER, now=LATER)


async def test_what_one_go_did_not_reach_the_duty_books(db):
    apples = await goods(left=9, price=35_000)
    orders = [
        await waiting_order(apples, buyer=Buyer(name, "01012345678", "min@example.kr"))
        for name in ("가나다", "라마바", "사아자")
    ]
    taken = await take_sheet(
        a_csv(*(f"{DAY},{order.buyer_name},{order.total}" for order in orders)), name="a.csv", by=OFFICER, now=LATER
    )  # fmt: skip

    assert await match_sure_rows(taken.id, now=LATER, most=1) == 1
    assert (await DepositSheet.get()).matched_at is None
    assert await match_unfinished_sheets(LATER) == 0  # the web may still be at it
    assert await match_unfinished_sheets(LATER + timedelta(minutes=2)) == 2

    assert (await DepositSheet.get()).matched_at
    assert await match_unfinished_sheets(LATER + timedelta(minutes=4)) == 0


async def test_an_unknown_sheet_is_not_found(db):
    with pytest.raises(NotFound):
        await sheet_result(999, now=LATER)


async def waiting_order(apples, *, buyer: Buyer = MIN) -> Order:
    return (await an_order(apples, buyer=buyer)).order


async def sent(*rows: str):
    """A sheet of these rows, with what is sure booked."""
    taken = await take_sheet(a_csv(*rows), name="거래내역.csv", by=OFFICER, now=LATER)
    await match_sure_rows(taken.id, now=LATER)
    return await sheet_result(taken.id, now=LATER)


def finding_of(result):
    assert result.waiting[0].finding
    return result.waiting[0].finding


async def chosen(result, *orders: Order):
    return await match_row(result.waiting[0].id, [order.number for order in orders], by=OFFICER, now=LATER)


async def chosen_row(result, *orders: Order) -> int:
    await chosen(result, *orders)
    return result.waiting[0].id


async def booked(account: str) -> int:
    """Won on an account of the journal."""
    return sum(leg.amount for leg in await JournalLeg.filter(account=account))
