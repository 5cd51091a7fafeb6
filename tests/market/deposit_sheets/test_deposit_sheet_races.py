"""Two officers, two sheets, two processes at one moment; for each race its control: without the guard money doubles."""

from collections.abc import Awaitable
from datetime import timedelta

from market import capture
from market.deposit_sheets import deciding, taking
from market.deposit_sheets.deciding import match_row, set_row_aside
from market.deposit_sheets.results import sheet_result
from market.deposit_sheets.sure import match_sure_rows
from market.deposit_sheets.tables import DepositMatch, DepositRow, DepositSheet, SheetLine
from market.deposit_sheets.taking import take_sheet
from market.deposits import confirm_deposit
from market.figures import DailySales
from market.orders import Order
from tests.builders import NOW, Buyer, an_order, goods
from tests.market.deposit_sheets.sheets import a_csv
from tests.meeting import meet, strip

LATER = NOW + timedelta(hours=2)
DAY = "2026-11-21 11:00"
DECIDE_AGAIN = deciding.DECIDE.replace("AND state = 'waiting'", "")
NOTE_AGAIN = deciding.NOTE_MATCH.replace("ON CONFLICT (payment_id) DO NOTHING", "")
KEEP_AGAIN = taking.KEEP_ROWS.replace("ON CONFLICT (identity) DO NOTHING", "")
NO_LOCK = "SELECT $1::bigint"


async def test_ten_officers_who_choose_for_one_row_at_once_pay_one_order(many):
    row, orders = await a_row_for_two()

    ended = await meet(
        many, [chosen(row, orders[n % 2], f"person {n}") for n in range(10)], before=deciding.DECIDE
    )

    assert ended == {"Matched": 1, "RowDecided": 9}
    assert await paid_orders() == await DepositMatch.all().count() == 1


async def test_control_without_the_guard_one_deposit_pays_two_orders(unguarded, monkeypatch):
    monkeypatch.setattr(deciding, "DECIDE", DECIDE_AGAIN)
    row, orders = await a_row_for_two()

    ended = await meet(unguarded, [chosen(row, order, "person 1") for order in orders], before=DECIDE_AGAIN)

    assert ended == {"Matched": 2}
    assert await paid_orders() == 2


async def test_one_chooses_while_the_other_sets_aside(many):
    row, orders = await a_row_for_two()

    ended = await meet(
        many,
        [chosen(row, orders[0], "person 1"), set_row_aside(row, reason="모름", by="person 2", now=LATER)],
        after=deciding.DECIDE,
    )

    assert ended == {"Matched": 1, "RowDecided": 1}


async def test_two_rows_for_one_order_at_once_pay_it_once_and_one_goes_on_waiting(many):
    rows, order = await two_rows_for_one()

    ended = await meet(many, [chosen(row, order, "person 1") for row in rows], before=deciding.LOCK_ORDERS)

    assert ended == {"Matched": 1, "DepositTaken": 1}
    assert sorted([row.state for row in await DepositRow.all()]) == ["matched", "waiting"]
    assert await sold() == order.total


async def test_control_without_unique_payment_and_lock_both_rows_pay_it(unguarded, monkeypatch):
    monkeypatch.setattr(deciding, "NOTE_MATCH", NOTE_AGAIN)
    monkeypatch.setattr(deciding, "LOCK_ORDERS", "SELECT $1::text[]")
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    await strip("deposit_matches", "part_moves", "journal_transactions")
    rows, order = await two_rows_for_one()

    ended = await meet(unguarded, [chosen(row, order, "person 1") for row in rows], after=capture.READ)

    assert ended == {"Matched": 2}
    assert await sold() == 2 * order.total


async def test_the_web_and_the_duty_book_a_sheet_at_once_and_every_order_is_paid_once(many):
    taken, orders = await a_sheet_for_many()

    ended = await meet(many, [match_sure_rows(taken, now=LATER) for _ in range(3)], before=deciding.DECIDE)

    assert sum(int(count) * times for count, times in ended.items()) == len(orders)
    assert await paid_orders() == await DepositMatch.all().count() == len(orders)
    assert await sold() == sum(order.total for order in orders)


async def test_a_row_is_booked_while_a_person_confirms_by_hand(many):
    order = (await an_order(await goods(left=5, price=35_000))).order
    taken = await take_sheet(
        a_csv(f"{DAY},{order.buyer_name},{order.total}"), name="a", by="person 1", now=LATER
    )
    by_hand = confirm_deposit(order.number, amount=order.total, by="person 2", now=LATER)

    ended = await meet(many, [match_sure_rows(taken.id, now=LATER), by_hand], before=capture.LOCK)

    assert ended in ({"1": 1, "none": 1}, {"1": 1, "paid": 1})
    assert await sold() == order.total
    assert (await sheet_result(taken.id, now=LATER)).sums.matched.won == order.total


async def test_one_file_sent_ten_times_at_once_is_one_sheet(many):
    body = a_csv(f"{DAY},김민지,1", f"{DAY},김민지,1", f"{DAY},박도윤,2")

    ended = await meet(many, [sent(body) for _ in range(10)], before=taking.MAKE_SHEET)

    assert ended == {"TakenSheet": 10}
    assert (await DepositSheet.all().count(), await DepositRow.all().count()) == (1, 3)
    assert await SheetLine.all().count() == 3


async def test_overlapping_sheets_at_once_keep_each_deposit_once(many):
    shared = [f"{DAY},김민지,{number}" for number in range(1, 40)]
    bodies = [a_csv(*(shared if n % 2 else reversed(shared)), f"{DAY},다른이,{1000 + n}") for n in range(6)]

    ended = await meet(many, [sent(body) for body in bodies], before=taking.KEEP_ROWS)

    assert ended == {"TakenSheet": 6}
    assert await DepositRow.all().count() == 39 + 6
    assert await SheetLine.all().count() == 6 * 40


async def test_control_without_unique_rows_every_sheet_brings_the_same_money_again(unguarded, monkeypatch):
    monkeypatch.setattr(taking, "KEEP_ROWS", KEEP_AGAIN)
    await strip("deposit_rows", "deposit_sheet_lines")
    bodies = [a_csv(f"{DAY},김민지,1000", f"{DAY},다른이,{n}") for n in range(1, 5)]

    ended = await meet(unguarded, [sent(body) for body in bodies], before=KEEP_AGAIN)

    assert ended == {"TakenSheet": 4}
    assert await DepositRow.filter(amount=1000).count() == 4


def chosen(row: int, order: Order, by: str) -> Awaitable[object]:
    return match_row(row, [order.number], by=by, now=LATER)


def sent(body: bytes) -> Awaitable[object]:
    return take_sheet(body, name="a.csv", by="person 1", now=LATER)


async def a_row_for_two() -> tuple[int, list[Order]]:
    """One deposit that would fit either of two orders."""
    apples = await goods(left=9, price=35_000)
    orders = [(await an_order(apples)).order for _ in range(2)]
    await sent(a_csv(f"{DAY},모르는이,{orders[0].total}"))
    return (await DepositRow.get()).id, orders


async def two_rows_for_one() -> tuple[list[int], Order]:
    order = (await an_order(await goods(left=9, price=35_000))).order
    await sent(a_csv(*[f"{DAY},모르는이,{order.total}"] * 2))
    return [row.id for row in await DepositRow.all()], order


async def a_sheet_for_many() -> tuple[int, list[Order]]:
    apples = await goods(left=50, price=35_000)
    names = ("가나다", "라마바", "사아자", "차카타", "파하거", "너더러")
    orders = [
        (await an_order(apples, buyer=Buyer(name, "01012345678", "min@example.kr"))).order for name in names
    ]
    taken = await take_sheet(
        a_csv(*(f"{DAY},{order.buyer_name},{order.total}" for order in orders)), name="a", by="person 1", now=LATER
    )  # fmt: skip
    return taken.id, orders


async def paid_orders() -> int:
    return await Order.filter(paid_at__isnull=False).count()


async def sold() -> int:
    """Won in the figures, postage with them."""
    return sum([row.amount + row.postage for row in await DailySales.all()])
