"""A sheet is taken: its file once, each of its rows once, however often and under whatever name they come."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.deposit_sheets.reading import Deposit, DepositSheet
from market.deposit_sheets.reading_apart import read_apart
from market.retrying import retried
from villages.contacts import tidy
from villages.days import seoul_day

NAME_SIGNS = 100
AT_ONCE = 500  # rows of one statement, which has two seconds


@dataclass(frozen=True)
class TakenSheet:
    """`is_new` is false where these very bytes were taken before."""

    id: int
    is_new: bool


async def take_sheet(body: bytes, *, name: str, by: str, now: datetime) -> TakenSheet:
    """Keep what a person sent. Raises `SheetRefused`; then nothing is kept."""
    digest = hashlib.sha256(body).hexdigest()
    known = await connections.get("default").execute_query_dict(FIND_SHEET, [digest])
    if known:
        return TakenSheet(known[0]["id"], is_new=False)
    sheet = await read_apart(body, today=seoul_day(now))
    return await _keep(sheet, digest=digest, name=tidy(name)[:NAME_SIGNS] or "이름 없는 파일", by=by, now=now)


@retried
async def _keep(sheet: DepositSheet, *, digest: str, name: str, by: str, now: datetime) -> TakenSheet:
    async with in_transaction() as db:
        made = await db.execute_query_dict(
            MAKE_SHEET, [digest, name, by, now, sheet.withdrawals, sheet.totals]
        )
        if not made:  # the same file was sent at the same moment
            return TakenSheet((await db.execute_query_dict(FIND_SHEET, [digest]))[0]["id"], is_new=False)
        # Sorted, so that two sheets with the same rows never wait for each other.
        told = sorted(zip(identities(sheet.deposits), sheet.deposits, strict=True))
        for start in range(0, len(told), AT_ONCE):
            await _keep_rows(db, made[0]["id"], told[start : start + AT_ONCE])
    return TakenSheet(made[0]["id"], is_new=True)


async def _keep_rows(db: BaseDBAsyncClient, sheet_id: int, told: Sequence[tuple[str, Deposit]]) -> None:
    own = [identity for identity, _ in told]
    facts = [[getattr(deposit, field) for _, deposit in told] for field in FIELDS]
    await db.execute_query_dict(KEEP_ROWS, [sheet_id, own, *facts])
    await db.execute_query_dict(KEEP_LINES, [sheet_id, own, [deposit.row for _, deposit in told]])


def identities(deposits: Sequence[Deposit]) -> Iterator[str]:
    """What makes a deposit itself: moment, name, won, balance, and its place among rows that are equal in all those."""
    places: Counter[str] = Counter()
    for deposit in deposits:
        name = re.sub(r"\s", "", unicodedata.normalize("NFKC", deposit.name)).casefold()
        at = deposit.at.isoformat() if deposit.at else ""
        facts = json.dumps([deposit.day.isoformat(), at, name, deposit.amount, deposit.balance])
        places[facts] += 1
        yield hashlib.sha256(f"{facts} {places[facts]}".encode()).hexdigest()


FIELDS = ("day", "at", "name", "remark", "amount", "balance")
FIND_SHEET = "SELECT id FROM deposit_sheets WHERE hash = $1"
MAKE_SHEET = """
INSERT INTO deposit_sheets (hash, name, sent_by, sent_at, withdrawals, left_out) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (hash) DO NOTHING RETURNING id
"""
KEEP_ROWS = """
INSERT INTO deposit_rows (identity, sheet_id, day, at, name, remark, amount, balance, state, is_sure, decided_by, reason)
SELECT told.identity, $1, told.day, told.at, told.name, told.remark, told.amount, told.balance, 'waiting', false, '', ''
FROM unnest($2::text[], $3::date[], $4::timestamptz[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
     AS told(identity, day, at, name, remark, amount, balance)
ON CONFLICT (identity) DO NOTHING
"""
KEEP_LINES = """
INSERT INTO deposit_sheet_lines (sheet_id, row_id, line)
SELECT $1, r.id, told.line FROM unnest($2::text[], $3::int[]) AS told(identity, line)
JOIN deposit_rows r ON r.identity = told.identity
"""
