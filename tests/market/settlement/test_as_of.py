"""What a statement was on a past day can be reckoned again, to the byte, whatever has happened since."""

import importlib
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from tortoise import connections

from market.capture import Effect
from market.deposits import confirm_deposit
from market.expiry import end_order
from market.orders import Order, PartMove
from market.part_states import Ending
from market.settlement.closing import NothingDue
from market.settlement.reckoning import drafts, statement_as_of
from market.settlement.statements import Statement
from tests.builders import a_village, an_order, goods, rows
from tests.market.ledger.selling import paid
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
from villages.listings import Variant
from villages.village import Village

SECOND_ENDINGS = importlib.import_module("market.migrations.0018_accounts_forgotten_and_second_endings")


async def test_a_past_days_statement_is_the_same_bytes_after_all_that_came_later(db):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=99)
    orders = [await confirmed((apples, 2), sold=on(9, day), at=on(9, day + 5)) for day in (1, 8, 20)]
    then = {day: (await statement_as_of(maple.id, SEPTEMBER, day)).canonical for day in days(9, 1, 30)}
    assert len(set(then.values())) == 3 + 1

    await closed(maple, SEPTEMBER, now=on(10, 2))
    frozen = (await statement_as_of(maple.id, SEPTEMBER, date(2026, 10, 2))).canonical
    for order in orders:
        await refunded(order, count=1, now=on(10, 5))
    await confirmed(apples, sold=on(9, 28), at=on(10, 6))
    await stall_sale(apples, now=on(10, 7))
    october = {day: (await statement_as_of(maple.id, OCTOBER, day)).canonical for day in days(10, 1, 31)}
    await closed(maple, OCTOBER, now=on(11, 1))
    for order in orders:
        await refunded(order, now=on(11, 5))

    assert {day: (await statement_as_of(maple.id, SEPTEMBER, day)).canonical for day in then} == then
    assert {day: (await statement_as_of(maple.id, OCTOBER, day)).canonical for day in october} == october
    assert (await statement_as_of(maple.id, SEPTEMBER, date(2027, 1, 1))).canonical == frozen


async def test_a_closed_month_reckoned_anew_is_the_statement_that_stands(db):
    maple = await a_town()
    await closed(maple, SEPTEMBER, now=on(10, 1))
    await closed(maple, OCTOBER, now=on(11, 1))
    await closed(maple, NOVEMBER, now=on(12, 1))

    for statement in await Statement.all():
        again = await statement_as_of(maple.id, statement.month, date(2026, 12, 1))
        assert (again.opening, again.sums, again.payout, again.carried) == (
            statement.opening, statement.sums, statement.payout, statement.carried,
        )  # fmt: skip
        assert again.digest == statement.digest
        assert [entry.transaction_id for entry in again.entries] == [
            line.transaction_id for line in await statement.lines.order_by("transaction_id")
        ]


async def test_drafts_are_what_closing_them_in_turn_would_write(db):
    maple = await a_town()
    drawn = await drafts(connections.get("default"), [maple.id], until=on(11, 20).date())

    for draft, now in zip(drawn, (on(12, 1), on(12, 1), on(12, 1)), strict=True):
        statement = await closed(maple, draft.month, now=now)

        assert statement.digest == draft.digest
    assert await drafts(connections.get("default"), [maple.id], until=NOVEMBER) == []


async def test_villages_drawn_together_are_each_what_it_is_alone(db):
    """One that owes, one with a late fact in a closed month, one that never closed, one that never sold."""
    owing, late, new, idle = [await a_village() for _ in range(4)]
    apples, rice, beans = [await goods(village=each, price=35_000, left=99) for each in (owing, late, new)]
    given_back = await confirmed(apples, sold=on(9, 1), at=on(9, 5))
    await confirmed((rice, 2), sold=on(9, 2), at=on(9, 6))
    await closed(owing, SEPTEMBER, now=on(10, 1))
    await closed(late, SEPTEMBER, now=on(10, 1))
    await refunded(given_back, now=on(10, 3))
    await closed(owing, OCTOBER, now=on(11, 1))
    await stall_sale(rice, now=on(9, 20))
    await confirmed(beans, rice, sold=on(10, 8), at=on(10, 12))
    await confirmed(beans, apples, sold=on(11, 8), at=on(11, 12))
    villages, db = [owing.id, late.id, new.id, idle.id], connections.get("default")

    together = await drafts(db, villages, until=on(11, 20).date())

    alone = [each for village in villages for each in await drafts(db, [village], until=on(11, 20).date())]
    assert [each.canonical for each in together] == [each.canonical for each in alone]
    assert {each.village_id: each.opening for each in together if each.month == NOVEMBER}[owing.id] < 0
    assert {each.village_id for each in together if each.entries} == {owing.id, late.id, new.id}


async def test_a_late_fact_leaves_the_closed_month_as_it_was(db):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=99)
    await confirmed(apples, sold=on(10, 1), at=on(10, 5))
    statement = await closed(maple, OCTOBER, now=on(11, 1))

    await stall_sale(apples, now=on(10, 20))

    assert (await statement_as_of(maple.id, OCTOBER, date(2026, 12, 31))).digest == statement.digest
    assert (await statement_as_of(maple.id, NOVEMBER, date(2026, 11, 30))).sums.goods == 35_000


async def test_a_part_that_late_money_revived_is_due_when_it_is_called_off(db):
    maple = await a_village()
    order = await paid(await goods(village=maple, price=35_000), now=on(10, 20))
    await connections.get("default").execute_script(
        "SET session_replication_role = replica;"
        "UPDATE part_moves SET state = 'cancelled' WHERE state = 'awaiting_payment';"
        "SET session_replication_role = DEFAULT"
    )
    assert not (await statement_as_of(maple.id, OCTOBER, on(10, 31).date())).entries

    await refunded(order, now=on(11, 3))

    assert not (await statement_as_of(maple.id, OCTOBER, on(10, 31).date())).entries
    assert len((await statement_as_of(maple.id, NOVEMBER, on(11, 30).date())).entries) == 2


async def test_a_revived_part_called_off_with_the_clock_set_back_is_in_the_next_statement(db):
    """As where the closing and the calling off pass each other in the last second of a month."""
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=9)
    revived = await came_late(apples, now=on(10, 20))
    await confirmed(apples, sold=on(10, 1), at=on(10, 9))
    await closed(maple, OCTOBER, now=on(11, 1))

    await refunded(revived, now=on(10, 31))

    november = await closed(maple, NOVEMBER, now=on(12, 1))
    moves = await PartMove.filter(part__order_id=revived.id).order_by("id").values_list("state", "again")
    assert moves[-1] == ("cancelled", True)
    assert (november.entries, november.sums.goods) == (2, 0)


async def test_second_callings_off_from_before_they_had_moves_stay_in_the_statement_that_saw_them(db):
    maple = await a_village()
    revived = await came_late(await goods(village=maple, price=35_000, left=9), now=on(10, 20))
    await refunded(revived, now=on(10, 25))
    statement = await closed(maple, OCTOBER, now=on(11, 1))
    await connections.get("default").execute_script(
        "SET session_replication_role = replica; DELETE FROM part_moves WHERE again;"
        "SET session_replication_role = DEFAULT"
    )

    await SECOND_ENDINGS.mend_the_past(None, SimpleNamespace(client=connections.get("default")))

    (move,) = await PartMove.filter(again=True)
    assert (move.id, move.by, move.at) == (-move.part_id, "person 1", on(10, 25))
    assert (await statement_as_of(maple.id, OCTOBER, on(11, 3).date())).digest == statement.digest
    with pytest.raises(NothingDue):
        await closed(maple, NOVEMBER, now=on(12, 1))


async def came_late(apples: Variant, *, now: datetime) -> Order:
    """Ended unpaid; then the money came, and the goods were still there."""
    placed = await an_order(apples, now=now - timedelta(days=9))
    await end_order(placed.order.id, Ending.expired, by="clock", now=now - timedelta(days=1))
    effect = await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=now)
    assert effect == Effect.revived
    return await Order.get(id=placed.order.id)


async def a_town() -> Village:
    """Sales online and at the stall, confirmed, called off before and after, over three months."""
    maple, lake = await a_village(), await a_village()
    apples = await goods(village=maple, price=35_000, left=99)
    rice = await goods(village=lake, price=42_000, left=99)
    first = await confirmed((apples, 2), rice, sold=on(9, 1), at=on(9, 9))
    await stall_sale(apples, now=on(9, 20))
    await refunded(await paid(apples, now=on(10, 1)), now=on(10, 2))
    await refunded(first, village=maple, count=1, now=on(10, 9))
    sale = await stall_sale(apples, 3, now=on(10, 20))
    await confirmed(apples, rice, sold=on(10, 28), at=on(11, 4))
    await refunded(sale, count=1, now=on(11, 9))
    assert len(await rows("SELECT id FROM journal_transactions")) > 8
    return maple


def days(month: int, first: int, last: int) -> list[date]:
    return [date(2026, month, day) for day in range(first, last + 1)]
