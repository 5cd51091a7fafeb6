"""The sure rows of a sheet are booked without asking: each in a transaction of its own, and again after a break."""

import logging
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections

from market.deposit_sheets.awaited import awaited_orders
from market.deposit_sheets.deciding import match_row
from market.deposit_sheets.matching import Came, match_deposit
from villages.refusals import Refused

log = logging.getLogger("jangnal.payments")

AT_ONCE = 1000  # rows that one statement reads, which has two seconds
MOST = 200  # rows booked in one go; a person waits for the answer
UNDISTURBED = timedelta(minutes=1)  # what was sent within it is still in the hands of the web


async def match_sure_rows(sheet_id: int, *, now: datetime, most: int = MOST) -> int:
    """Book what is sure in this sheet, for the person who sent it; all else goes on waiting. Returns how many."""
    db = connections.get("default")
    pool = await awaited_orders(now)
    booked = last = 0
    while rows := await db.execute_query_dict(WAITING_ROWS, [sheet_id, last, AT_ONCE]):
        last = rows[-1]["id"]
        for row in rows:
            if booked >= most:
                return booked  # the duty goes on
            finding = match_deposit(came_of(row), pool)
            if finding.sure:
                booked += await _book(row, finding.sure.number, now=now)
                pool.remove(finding.sure.number)
    await db.execute_query(DONE, [sheet_id, now])
    return booked


async def match_unfinished_sheets(now: datetime) -> int:
    """The duty: sheets whose sure rows were not all booked, because they are many or the process ended."""
    rows = await connections.get("default").execute_query_dict(UNFINISHED, [now - UNDISTURBED])
    return sum([await match_sure_rows(row["id"], now=now) for row in rows])


def came_of(row: dict[str, Any]) -> Came:
    return Came(row["day"], row["at"], row["name"], row["remark"], row["amount"], row["is_twin"])


async def _book(row: dict[str, Any], number: str, *, now: datetime) -> int:
    try:
        await match_row(row["id"], [number], by=row["sent_by"], now=now, is_sure=True)
    except Refused:
        return 0  # someone decided meanwhile; a person sees what is left
    except Exception as broken:  # one order that cannot be booked must not keep back all others
        log.error("deposit row not booked", exc_info=broken, extra={"facts": {"row": row["id"]}})
        return 0
    return 1


# Two sheets may tell one deposit in two ways, with its time and without: then its row stands here twice.
IS_TWIN = """
EXISTS (SELECT FROM deposit_rows t WHERE t.day = r.day AND t.amount = r.amount AND t.name = r.name AND t.id <> r.id
        AND t.sheet_id <> r.sheet_id AND ((t.at IS NULL) <> (r.at IS NULL) OR (t.balance IS NULL) <> (r.balance IS NULL)))
"""
WAITING_ROWS = f"""
SELECT r.id, r.day, r.at, r.name, r.remark, r.amount, s.sent_by, {IS_TWIN} AS is_twin
FROM deposit_sheet_lines l JOIN deposit_rows r ON r.id = l.row_id JOIN deposit_sheets s ON s.id = l.sheet_id
WHERE l.sheet_id = $1 AND r.state = 'waiting' AND r.id > $2 ORDER BY r.id LIMIT $3
"""
DONE = "UPDATE deposit_sheets SET matched_at = $2 WHERE id = $1 AND matched_at IS NULL"
UNFINISHED = "SELECT id FROM deposit_sheets WHERE matched_at IS NULL AND sent_at < $1 ORDER BY id LIMIT 5"
