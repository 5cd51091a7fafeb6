"""Closing a month: its statement is written down, and what is to be paid out stands apart in the journal. Once."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book
from market.periods import last_of_month
from market.retrying import retried
from market.settlement.due import NOTHING_YET, Sight, Window, entries_of, sight_of
from market.settlement.figures import Reckoning
from market.settlement.reckoning import drafts, last_closed, selling_villages
from market.settlement.statements import Statement, statement_number
from villages.acts import record_act
from villages.days import first_of_month, next_month, seoul_day
from villages.named import Named
from villages.refusals import Refused

PATIENCE = 1.5  # seconds for whoever was writing when we came


class NotYet(Refused):
    """The month is not over, or an earlier one is open."""

    code = "month-not-over"
    usual = "아직 끝나지 않은 달은 마감할 수 없습니다. 다음 달 1일부터 마감해 주세요."


class NothingDue(Refused):
    code = "nothing-due"
    usual = "이 달에는 정산할 것이 없습니다. 다른 달을 골라 주세요."


class StillWriting(Refused):
    code = "still-writing"
    usual = "지금 들어오는 주문을 적고 있어서 마감하지 못했습니다. 잠시 뒤에 다시 눌러 주세요."


async def close_month(month: date, *, by: str, now: datetime) -> list[Statement]:
    """Close it for every village that has something in it; those that are closed already answer as they are.

    A village at a time: where one refuses, those before it stay closed, and the same again goes on from there.
    Raises `NotYet`, `NothingDue`, `StillWriting`.
    """
    month = first_of_month(month)
    if next_month(month) > seoul_day(now):
        raise NotYet
    closed = []
    for village_id in await _with_something(month):
        try:
            closed.append(await close_statement(village_id, month, by=by, now=now))
        except NothingDue:
            continue
    if not closed:
        raise NothingDue
    return closed


async def _with_something(month: date) -> list[int]:
    """Villages that have closed this month, or have something in it or in an earlier one that is open."""
    drawn = await drafts(connections.get("default"), await selling_villages(), until=last_of_month(month))
    closed = await Statement.filter(month=month)
    return sorted({each.village_id for each in drawn if each.entries} | {each.village_id for each in closed})


@retried
async def close_statement(village_id: int, month: date, *, by: str, now: datetime) -> Statement:
    """Write down one village's month; closed before: the statement that stands.

    Raises `NotYet` where it is not over or an earlier one has something and is open, `NothingDue`, `StillWriting`.
    """
    month = first_of_month(month)
    async with in_transaction() as db:
        await db.execute_query(LOCK, [village_id])
        if statement := await Statement.get_or_none(village_id=village_id, month=month, using_db=db):
            return statement
        if next_month(month) > seoul_day(now):
            raise NotYet
        statement = await _close(db, village_id, month, by=by, now=now)
        facts = {"month": f"{month:%Y-%m}", "won": statement.payout, "lines": statement.entries}
        await record_act(
            db, "statement closed", f"statement {statement.number}", by=by, village_id=village_id, facts=facts
        )
    return statement


async def close_past_month(village_id: int, month: date, *, by: str, now: datetime) -> None:
    """For the demo's history, which has no acts: as `close_statement`; a month without anything is passed over."""
    async with in_transaction() as db:
        try:
            await _close(db, village_id, month, by=by, now=now)
        except NothingDue:
            return


async def _close(db: BaseDBAsyncClient, village_id: int, month: date, *, by: str, now: datetime) -> Statement:
    closed = (await last_closed(db, [village_id])).get(village_id)
    if closed and closed.month > month:
        raise NothingDue("다음 달까지 이미 마감했습니다. 늦게 적힌 것은 다음 정산에 들어갑니다.")
    await _refuse_out_of_turn(db, village_id, month)
    journal_before, moves_before = await all_written(db)
    sight = Sight(last_of_month(month), journal_before, moves_before)
    after = sight_of(closed) if closed else NOTHING_YET
    (entries,) = await entries_of(db, [Window(village_id, month, after, sight)])
    if not entries:
        raise NothingDue
    reckoned = Reckoning(village_id, month, closed.carried if closed else 0, entries)
    statement = await _write(db, reckoned, sight, by=by, now=now)
    await _book(db, reckoned, by=by, now=now)
    return statement


async def _refuse_out_of_turn(db: BaseDBAsyncClient, village_id: int, month: date) -> None:
    for earlier in await drafts(db, [village_id], until=month - timedelta(days=1)):
        if earlier.entries:
            raise NotYet(
                f"{earlier.month.year}년 {earlier.month.month}월을 아직 마감하지 않았습니다. 그달부터 마감해 주세요."
            )


async def all_written(db: BaseDBAsyncClient) -> tuple[int, int]:
    """Ids of the journal and of moves below which everything is there to be seen: nothing more will appear.

    Whoever took a lower one did so with its table locked for writing (every INSERT does that first), so those who hold
    such a lock now are waited for, and nobody else is kept waiting. Raises `StillWriting` where one takes too long.
    """
    (ids,) = await db.execute_query_dict(NEXT_IDS)
    writing = {row["virtualtransaction"] for row in await db.execute_query_dict(WRITERS)}
    try:
        async with asyncio.timeout(PATIENCE):
            while writing:
                await asyncio.sleep(0.01)
                writing &= {row["virtualtransaction"] for row in await db.execute_query_dict(WRITERS)}
    except TimeoutError:
        raise StillWriting from None
    return ids["journal"], ids["moves"]


async def _write(
    db: BaseDBAsyncClient, reckoned: Reckoning, sight: Sight, *, by: str, now: datetime
) -> Statement:
    entries = reckoned.entries
    rows = await db.execute_query_dict(WRITE.sql, WRITE.values({
        "village": reckoned.village_id, "month": reckoned.month,
        "number": statement_number(reckoned.village_id, reckoned.month), "opening": reckoned.opening,
        **reckoned.sums._asdict(), "payout": reckoned.payout, "carried": reckoned.carried, "entries": len(entries),
        "journal_before": sight.journal_before, "moves_before": sight.moves_before, "now": now, "by": by,
        "digest": reckoned.digest,
        "l_transaction": [entry.transaction_id for entry in entries], "l_part": [entry.part_id for entry in entries],
        "l_day": [entry.day for entry in entries], **_columns(reckoned),
    }))  # fmt: skip
    return await Statement.get(id=rows[0]["id"], using_db=db)


def _columns(reckoned: Reckoning) -> dict[str, Sequence[int]]:
    names = reckoned.sums._fields
    return {f"l_{name}": [getattr(entry.sums, name) for entry in reckoned.entries] for name in names}


async def _book(db: BaseDBAsyncClient, reckoned: Reckoning, *, by: str, now: datetime) -> None:
    """What is to be paid out leaves the village's share, its postage as far as that goes, and is owed by statement."""
    if not reckoned.payout:
        return
    village = reckoned.village_id
    postage = max(0, min(reckoned.payout, reckoned.sums.postage))
    legs = [
        Leg(Account.village_payable, reckoned.payout - postage, village_id=village),
        Leg(Account.postage, postage, village_id=village),
        Leg(Account.payout_due, -reckoned.payout, village_id=village),
    ]
    subject = f"statement {statement_number(village, reckoned.month)}"
    await book(db, kind=Happening.statement_closed, subject=subject, legs=legs, at=now, by=by)


LOCK = "SELECT id FROM villages WHERE id = $1 FOR NO KEY UPDATE"
NEXT_IDS = "SELECT nextval('journal_transactions_id_seq') AS journal, nextval('part_moves_id_seq') AS moves"
WRITERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation IN ('journal_transactions'::regclass, 'part_moves'::regclass)
"""
WRITE_TEXT = """
WITH new_statement AS (
    INSERT INTO statements (village_id, month, number, opening, goods, programs, postage, commission, held, payout, carried,
        entries, journal_before, moves_before, closed_at, closed_by, digest)
    VALUES (:village, :month, :number, :opening, :goods, :programs, :postage, :commission, :held, :payout, :carried,
        :entries, :journal_before, :moves_before, :now, :by, :digest)
    RETURNING id
), new_lines AS (
    INSERT INTO statement_lines (statement_id, transaction_id, part_id, day, goods, programs, postage, commission, held)
    SELECT new_statement.id, l.* FROM new_statement CROSS JOIN unnest(:l_transaction::bigint[], :l_part::bigint[],
        :l_day::date[], :l_goods::bigint[], :l_programs::bigint[], :l_postage::bigint[], :l_commission::bigint[],
        :l_held::bigint[]) l
)
SELECT id FROM new_statement
"""
WRITE = Named(WRITE_TEXT)
