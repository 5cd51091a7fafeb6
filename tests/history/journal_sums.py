"""What the city sold, added up from the legs of the journal alone; shares nothing with the product's figures."""

from collections import Counter
from datetime import date
from typing import NamedTuple

import asyncpg


class Cell(NamedTuple):
    village: str
    month: date
    channel: str
    kind: str


async def sums_of_journal(connection: asyncpg.Connection) -> tuple[Counter[Cell], Counter[Cell]]:
    """Won sold, and postage, by village, month, channel and kind."""
    sold: Counter[Cell] = Counter()
    postage: Counter[Cell] = Counter()
    for leg in await connection.fetch(LEGS):
        if leg["account"] == "postage":
            postage[Cell(leg["village"], leg["month"], leg["channel"], "goods")] -= leg["amount"]
        elif leg["kind"]:
            sold[Cell(leg["village"], leg["month"], leg["channel"], leg["kind"])] -= leg["amount"]
    return sold, postage


# What is owed to a village for goods and programs; its commission has no kind on that account and stays out.
LEGS = """
SELECT v.name AS village, make_date(extract(year FROM t.day)::int, extract(month FROM t.day)::int, 1) AS month,
       o.channel::text AS channel, l.account::text AS account, l.kind::text AS kind, l.amount
FROM journal_legs l, journal_transactions t, orders o, villages v
WHERE t.id = l.transaction_id AND o.id = t.order_id AND v.id = l.village_id AND l.account IN ('village_payable', 'postage')
"""
