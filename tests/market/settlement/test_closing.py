"""A month is closed: once, in its turn, when it is over; and what is to be paid out stands apart in the journal."""

from datetime import date

import pytest

from market.ledger.commission import CommissionRule
from market.settlement.closing import NothingDue, NotYet, close_month
from market.settlement.figures import Sums
from market.settlement.statements import Statement, StatementLine
from tests.builders import a_village, goods, rows
from tests.market.ledger.selling import paid, standing
from tests.market.settlement.settling import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    closed,
    confirmed,
    on,
    refunded,
    stall_sale,
)


@pytest.fixture
async def three_percent(db):
    await CommissionRule.create(position=1, basis_points=300, starts_on=SEPTEMBER)


async def test_what_was_confirmed_in_a_month_is_paid_out_by_its_statement(three_percent):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    order = await confirmed(apples, sold=on(9, 28), at=on(10, 2))

    statement = await closed(maple, OCTOBER, now=on(11, 1))

    assert statement.number == f"2610-{maple.id:03}"
    assert statement.sums == Sums(goods=35_000, postage=order.total - 35_000, commission=-1_050)
    assert (statement.opening, statement.payout, statement.carried) == (0, order.total - 1_050, 0)
    line = await StatementLine.get()
    assert (line.statement_id, line.day) == (statement.id, on(9, 28).date())


async def test_what_is_to_be_paid_out_leaves_the_villages_share_and_stands_apart(three_percent):
    maple = await a_village()
    await confirmed(await goods(village=maple, price=35_000), sold=on(9, 28), at=on(10, 2))

    statement = await closed(maple, OCTOBER, now=on(11, 1))

    books = await standing()
    assert books["payout_due"] == -statement.payout
    assert books["village_payable"] == books["postage"] == 0
    assert [row["what"] for row in await rows("SELECT what FROM acts WHERE what = 'statement closed'")]


async def test_what_is_not_confirmed_yet_waits(db):
    maple = await a_village()
    apples = await goods(village=maple, left=50)
    await paid(apples, now=on(10, 2))
    await confirmed(apples, sold=on(10, 2), at=on(11, 1))

    with pytest.raises(NothingDue):
        await closed(maple, OCTOBER, now=on(11, 2))

    assert (await closed(maple, NOVEMBER, now=on(12, 1))).entries == 1


async def test_a_second_time_answers_the_same(db):
    maple = await a_village()
    await confirmed(await goods(village=maple), sold=on(9, 28), at=on(10, 2))

    first, second = [await closed(maple, OCTOBER, now=on(11, day)) for day in (1, 2)]

    assert first == second
    assert second.closed_at == on(11, 1)
    assert await Statement.all().count() == 1


async def test_a_month_that_is_not_over_is_not_closed(db):
    maple = await a_village()
    await confirmed(await goods(village=maple), sold=on(9, 28), at=on(10, 2))

    with pytest.raises(NotYet):
        await closed(maple, OCTOBER, now=on(10, 31, hour=14))  # 23 o'clock in Seoul

    await closed(maple, OCTOBER, now=on(10, 31, hour=15))


async def test_months_are_closed_in_their_turn(db):
    maple = await a_village()
    apples = await goods(village=maple, left=50)
    await confirmed(apples, sold=on(9, 1), at=on(9, 5))
    await confirmed(apples, sold=on(10, 1), at=on(10, 5))

    with pytest.raises(NotYet, match="2026년 9월을 아직"):
        await closed(maple, OCTOBER, now=on(11, 1))

    await closed(maple, SEPTEMBER, now=on(11, 1))
    await closed(maple, OCTOBER, now=on(11, 1))


async def test_a_month_with_nothing_in_it_needs_no_closing(db):
    maple = await a_village()
    apples = await goods(village=maple, left=50)
    await confirmed(apples, sold=on(9, 1), at=on(9, 5))
    await confirmed(apples, sold=on(11, 1), at=on(11, 5))
    await closed(maple, SEPTEMBER, now=on(10, 1))

    with pytest.raises(NothingDue):
        await closed(maple, OCTOBER, now=on(12, 1))
    assert (await closed(maple, NOVEMBER, now=on(12, 1))).entries == 1
    with pytest.raises(NothingDue, match="이미 마감"):
        await closed(maple, OCTOBER, now=on(12, 1))


async def test_a_refund_after_closing_is_a_line_below_zero_in_the_next(three_percent):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    order = await confirmed((apples, 2), sold=on(9, 28), at=on(10, 2))
    first = await closed(maple, OCTOBER, now=on(11, 1))

    amount = await refunded(order, count=1, now=on(11, 3))

    second = await closed(maple, NOVEMBER, now=on(12, 1))
    assert first.sums.goods == 70_000
    assert second.sums == Sums(goods=-35_000, postage=35_000 - amount, commission=1_050)
    assert (second.opening, second.payout, second.carried) == (0, 0, second.sums.owed)
    assert second.carried < 0


async def test_what_a_village_owes_is_carried_until_there_is_enough(three_percent):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    order = await confirmed((apples, 2), sold=on(8, 28), at=on(9, 2))
    await closed(maple, SEPTEMBER, now=on(10, 1))
    await refunded(order, now=on(10, 3))
    second = await closed(maple, OCTOBER, now=on(11, 1))

    await confirmed((apples, 3), sold=on(11, 2), at=on(11, 9))

    third = await closed(maple, NOVEMBER, now=on(12, 1))
    assert third.opening == second.carried < 0
    assert third.payout == third.sums.owed + second.carried > 0


async def test_money_in_the_villages_own_cash_box_is_not_paid_out_again(three_percent):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    await stall_sale(apples, now=on(9, 3))
    first = await closed(maple, SEPTEMBER, now=on(10, 1))

    await confirmed(apples, sold=on(10, 2), at=on(10, 9))
    second = await closed(maple, OCTOBER, now=on(11, 1))

    assert first.sums == Sums(goods=35_000, commission=-1_050, held=35_000)
    assert (first.payout, first.carried) == (0, -1_050)
    assert (second.opening, second.payout) == (-1_050, second.sums.owed - 1_050)


async def test_what_goes_back_over_the_table_comes_out_of_the_villages_cash_box(three_percent):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    sale = await stall_sale(apples, now=on(9, 3))
    await closed(maple, SEPTEMBER, now=on(10, 1))

    await refunded(sale, now=on(10, 3))

    second = await closed(maple, OCTOBER, now=on(11, 1))
    assert second.sums == Sums(goods=-35_000, commission=1_050, held=-35_000)
    assert (second.opening, second.payout, second.carried) == (-1_050, 0, 0)
    assert second.entries == 2


async def test_what_was_called_off_before_it_was_sent_is_settled_with_what_was_kept(three_percent):
    maple = await a_village()
    order = await paid(await goods(village=maple, price=35_000), now=on(10, 2))

    await refunded(order, now=on(10, 3))

    statement = await closed(maple, OCTOBER, now=on(11, 1))
    assert (statement.entries, statement.sums, statement.payout) == (2, Sums(), 0)


async def test_a_late_fact_of_a_closed_month_falls_into_the_next(db):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    await confirmed(apples, sold=on(10, 1), at=on(10, 5))
    await closed(maple, OCTOBER, now=on(11, 1))

    await stall_sale(apples, now=on(10, 20))

    november = await closed(maple, NOVEMBER, now=on(12, 1))
    assert november.sums.goods == 35_000
    assert (await StatementLine.get(statement=november)).day == on(10, 20).date()


async def test_each_village_has_its_own(db):
    maple, lake = await a_village(), await a_village()
    apples, rice = await goods(village=maple, price=35_000), await goods(village=lake, price=42_000)
    await confirmed(apples, rice, sold=on(10, 1), at=on(10, 5))

    await close_month(OCTOBER, by="person 1", now=on(11, 1))

    assert {(row.village_id, row.goods) for row in await Statement.all()} == {
        (maple.id, 35_000),
        (lake.id, 42_000),
    }


async def test_a_month_is_closed_for_all_villages_again_and_again_with_the_same_answer(db):
    maple, lake = await a_village(), await a_village()
    await confirmed(await goods(village=maple), sold=on(10, 1), at=on(10, 5))
    await confirmed(await goods(village=lake), sold=on(11, 1), at=on(11, 5))

    first = await close_month(OCTOBER, by="person 1", now=on(12, 1))
    second = await close_month(OCTOBER, by="person 2", now=on(12, 2))

    assert [each.id for each in first] == [each.id for each in second]
    assert [each.village_id for each in first] == [maple.id]
    with pytest.raises(NothingDue):
        await close_month(SEPTEMBER, by="person 1", now=on(12, 2))


async def test_a_month_that_is_not_over_is_refused_before_anything_is_reckoned(db, queries):
    await confirmed(await goods(), sold=on(10, 1), at=on(10, 5))
    queries.clear()

    with pytest.raises(NotYet):
        await close_month(date(2100, 12, 1), by="person 1", now=on(11, 1))

    assert queries == []
