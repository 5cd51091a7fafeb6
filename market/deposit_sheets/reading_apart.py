"""Reads a stranger's spreadsheet in a child process that is stopped when it takes too long or too much.

One number in a workbook (`uniqueCount="99999999999"`) makes the reader ask for more memory than there is, and that ends
the whole process, not only the request. The numbers we know of are refused before; the child is for the others.
"""

import asyncio
import json
import sys
from datetime import date, datetime
from typing import Any

from market.deposit_sheets.reading import Deposit, DepositSheet, read_deposits
from market.deposit_sheets.refusals import MOST_BYTES, TOO_HEAVY, Mistake, SheetRefused
from media.apart import ask_child, limit_child

SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
DIED = "표를 여는 데 너무 오래 걸리거나 파일이 깨졌습니다. 기간을 나누어 은행에서 다시 받아 올려 주세요."


async def read_apart(body: bytes, *, today: date) -> DepositSheet:
    """`reading.read_deposits`, but answers within `SECONDS` whatever the bytes are. Raises `SheetRefused`."""
    if len(body) > MOST_BYTES:
        raise SheetRefused(TOO_HEAVY)
    try:
        async with asyncio.timeout(SECONDS):
            return unpacked(await ask_child(__name__, body, today.isoformat()))
    except TimeoutError as error:
        raise SheetRefused(DIED) from error


def main() -> None:
    """The child: today as its argument, a file on stdin, one JSON line on stdout."""
    limit_child(seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    sys.stdout.buffer.write(packed(sys.stdin.buffer.read(), today=date.fromisoformat(sys.argv[1])))


def packed(body: bytes, *, today: date) -> bytes:
    try:
        sheet = read_deposits(body, today=today)
    except SheetRefused as refused:
        answer: dict[str, Any] = {
            "refused": refused.sentence,
            "mistakes": [[mistake.row, mistake.sentence] for mistake in refused.mistakes],
            "count": refused.count,
        }
    else:
        deposits = [
            [each.row, each.day.isoformat(), each.at and each.at.isoformat(), each.name, each.remark, each.amount, each.balance]
            for each in sheet.deposits
        ]  # fmt: skip
        answer = {"deposits": deposits, "withdrawals": sheet.withdrawals, "totals": sheet.totals}
    return json.dumps(answer).encode()


def unpacked(answer: bytes) -> DepositSheet:
    """What the child wrote. Raises `SheetRefused`, also where it died without a word."""
    if not answer:
        raise SheetRefused(DIED)
    told = json.loads(answer)
    if "refused" in told:
        mistakes = [Mistake(row, sentence) for row, sentence in told["mistakes"]]
        raise SheetRefused(told["refused"], mistakes=mistakes, count=told["count"])
    deposits = [
        Deposit(row, date.fromisoformat(day), datetime.fromisoformat(at) if at else None, name, remark, amount, balance)
        for row, day, at, name, remark, amount, balance in told["deposits"]
    ]  # fmt: skip
    return DepositSheet(deposits, told["withdrawals"], told["totals"])
