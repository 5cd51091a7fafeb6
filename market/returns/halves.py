"""The halves of an order that were sent, as returns look at them; and the locks that every act on a return takes."""

import json
from collections.abc import Sequence
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.refund_confirmation import LOCK, LOCK_PARTS
from market.refund_quotes import halves_of
from market.refund_rules import Half
from market.returns.rules import Sent
from market.returns.tables import Return, ReturnLine
from villages.days import seoul_day
from villages.refusals import NotFound


async def sent_halves(
    db: BaseDBAsyncClient, order_id: int, village_ids: Sequence[int] | None = None
) -> list[Sent]:
    halves = await halves_of(db, order_id, village_ids)
    rows = {row["id"]: row for row in await db.execute_query_dict(SENT, [[half.id for half in halves]])}
    return [_sent(half, rows[half.id]) for half in halves]


async def locked(
    db: BaseDBAsyncClient, return_id: int, village_ids: Sequence[int] | None
) -> tuple[Return, list[ReturnLine]]:
    """A return of these villages (None: of any) with its order and its part locked. Raises `NotFound`."""
    found = await own_return(db, return_id, village_ids)
    await db.execute_query(LOCK, [found.order_id])
    await db.execute_query(LOCK_PARTS, [[found.part_id]])
    lines = await ReturnLine.filter(of_return_id=return_id).using_db(db).order_by("line_id")
    return await Return.get(id=return_id, using_db=db), lines


async def own_return(db: BaseDBAsyncClient, return_id: int, village_ids: Sequence[int] | None) -> Return:
    asked = Return.filter(id=return_id).using_db(db).select_related("order", "part")
    found = await (asked if village_ids is None else asked.filter(part__village_id__in=village_ids)).first()
    if found is None:
        raise NotFound("돌아오는 물건을 찾을 수 없습니다. 목록에서 다시 골라 주세요.")
    return found


async def set_free(db: BaseDBAsyncClient, return_id: int) -> None:
    """Its lines are no longer asked to come back; quotes made meanwhile end."""
    await db.execute_query(SET_FREE, [return_id])


def _sent(half: Half, row: dict[str, Any]) -> Sent:
    delivered_on = seoul_day(row["delivered_at"]) if row["delivered_at"] else None
    anew = {int(line): count for line, count in json.loads(row["anew"]).items()}
    return Sent(half, delivered_on, row["confirmed_by"], row["postage_fee"], row["postage_promised"], anew)


SENT = """
SELECT p.id, v.postage_fee, d.at AS delivered_at, COALESCE(c.by, '') AS confirmed_by,
       COALESCE((
           SELECT sum(r.promised - (SELECT sum(rl.count * l.unit_price) FROM return_lines rl JOIN lines l ON l.id = rl.line_id
                                    WHERE rl.of_return_id = r.id))
           FROM returns r WHERE r.part_id = p.id AND r.state = 'requested' AND r.return_postage = 0
       ), 0)::int AS postage_promised,
       (SELECT COALESCE(json_object_agg(line_id, count), '{}')::text FROM (
           SELECT rl.line_id, sum(rl.count) AS count FROM returns r JOIN return_lines rl ON rl.of_return_id = r.id
           WHERE r.part_id = p.id AND r.wish = 'exchange' AND r.state IN ('requested', 'resent') GROUP BY 1
       ) e) AS anew
FROM parts p JOIN villages v ON v.id = p.village_id
LEFT JOIN part_moves d ON d.part_id = p.id AND d.state = 'delivered'
LEFT JOIN part_moves c ON c.part_id = p.id AND c.state = 'confirmed'
WHERE p.id = ANY($1::bigint[])
"""
SET_FREE = """
WITH back AS (SELECT line_id, count FROM return_lines WHERE of_return_id = $1), freed AS (
    UPDATE lines SET coming_back = coming_back - back.count FROM back WHERE lines.id = back.line_id
)
UPDATE parts SET version = version + 1 FROM returns r WHERE r.id = $1 AND parts.id = r.part_id
"""
