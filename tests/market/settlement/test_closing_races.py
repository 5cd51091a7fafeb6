"""A month is closed by many at once, or while a sale of it is being written; for each race its control."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from tortoise.transactions import in_transaction

from market.audit import violations
from market.ledger import journal
from market.settlement import closing
from market.settlement.reckoning import statement_as_of
from market.settlement.statements import Statement
from tests.builders import a_village, goods
from tests.market.ledger.selling import standing
from tests.market.settlement.settling import OCTOBER, closed, on, paid_out, stall_sale
from tests.meeting import Place, meet, stopping, strip
from villages.listings import Variant
from villages.named import Named
from villages.village import Village

NO_LOCK = "SELECT $1::bigint"
NOBODY_WRITES = "SELECT '' AS virtualtransaction WHERE false"
BOOK_AGAIN = Named(journal.BOOK_TEXT.replace("ON CONFLICT (kind, subject) DO NOTHING", ""))


async def test_a_month_closed_by_eight_officers_at_once_is_closed_once(many):
    maple = await a_village()
    won = await paid_out(maple, OCTOBER)

    ended = await meet(many, [its_number(maple) for _ in range(8)], before=closing.NEXT_IDS)

    assert ended == {f"2610-{maple.id:03}": 8}
    assert await Statement.all().count() == 1
    assert (await standing())["payout_due"] == -won


async def test_control_without_lock_and_unique_names_it_is_closed_eight_times(unguarded, monkeypatch):
    monkeypatch.setattr(closing, "LOCK", NO_LOCK)
    monkeypatch.setattr(journal, "BOOK", BOOK_AGAIN)
    await strip("statements", "statement_lines", "journal_transactions")
    maple = await a_village()
    won = await paid_out(maple, OCTOBER)

    ended = await meet(unguarded, [its_number(maple) for _ in range(8)], before=closing.WRITE.sql)

    assert ended == {f"2610-{maple.id:03}": 8}
    assert await Statement.all().count() == 8
    assert (await standing())["payout_due"] == -8 * won


async def test_a_sale_that_is_being_written_is_waited_for_and_settled(many):
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    place = Place(closing.WRITERS, is_after=True)

    async with a_sale_being_written(apples) as commit:
        with stopping(place):
            close = asyncio.ensure_future(closed(maple, OCTOBER, now=on(11, 1)))
            while not place.here:  # noqa: ASYNC110  no bell rings
                await asyncio.sleep(0.002)
            await commit()
            place.opened.set()
            statement = await close

    assert (statement.entries, statement.sums.held) == (1, 35_000)
    assert (await statement_as_of(maple.id, OCTOBER, date(2026, 12, 1))).digest == statement.digest


async def test_control_without_waiting_it_is_in_no_statement_for_ever(unguarded, monkeypatch):
    monkeypatch.setattr(closing, "WRITERS", NOBODY_WRITES)
    maple = await a_village()
    apples = await goods(village=maple, price=35_000, left=50)
    await stall_sale(apples, now=on(10, 3))

    async with a_sale_being_written(apples) as commit:
        statement = await closed(maple, OCTOBER, now=on(11, 1))
        await commit()

    assert statement.entries == 1
    assert [found.rule for found in await violations()] == ["nothing-due-is-left-out"]
    assert (await statement_as_of(maple.id, OCTOBER, date(2026, 12, 1))).digest != statement.digest


async def its_number(village: Village) -> str:
    return (await closed(village, OCTOBER, now=on(11, 1))).number


@asynccontextmanager
async def a_sale_being_written(variant: Variant) -> AsyncIterator:
    """In October's last minute, and not committed before `commit()`."""
    written, go_on = asyncio.Event(), asyncio.Event()

    async def sell() -> None:
        async with in_transaction():
            await stall_sale(variant, now=on(10, 31, hour=14))
            written.set()
            await go_on.wait()

    sale = asyncio.ensure_future(sell())
    await asyncio.wait({sale, asyncio.ensure_future(written.wait())}, return_when=asyncio.FIRST_COMPLETED)

    async def commit() -> None:
        go_on.set()
        await sale

    yield commit
    await commit()
