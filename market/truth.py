"""The state of everything as plain numbers, read straight from the rows, for whoever checks us from outside."""

import json
from typing import Any

from tortoise.transactions import in_transaction

from market.part_states import Ending, PartState, derived_state


async def whole_state() -> dict[str, Any]:
    """Per listing stock, per session and shared bus seats, per order money, the sums of the journal; in one snapshot.

    `ledger` has the sales (before commission, after refunds); `accounts` all won by account and village: zero in all.
    """
    async with in_transaction() as db:
        await db.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await db.execute_query("SET LOCAL statement_timeout = 0")
        orders = await db.execute_query_dict(ORDERS)
        return {
            "listings": await db.execute_query_dict(LISTINGS),
            "sessions": await db.execute_query_dict(SESSIONS),
            "outings": await db.execute_query_dict(OUTINGS),
            "orders": [_order(row) for row in orders],
            "ledger": await db.execute_query_dict(LEDGER),
            "accounts": await db.execute_query_dict(ACCOUNTS),
        }


def _order(row: dict[str, Any]) -> dict[str, Any]:
    shares = json.loads(row.pop("shares"))
    ended_as = Ending(row["ended_as"]) if row["ended_as"] else None
    state = derived_state([PartState(share["state"]) for share in shares], ended_as=ended_as)
    return {**row, "state": state, "villages": shares}


LISTINGS = """
SELECT l.code, l.slug, vi.slug AS village, v.id AS variant, v.name, s.on_hand, s.reserved, s.leased, s.shortage,
       COALESCE((SELECT sum(change) FROM movements m WHERE m.shelf_id = s.id), 0)::bigint AS movements
FROM shelves s JOIN variants v ON v.id = s.variant_id JOIN listings l ON l.id = v.listing_id
JOIN villages vi ON vi.id = l.village_id ORDER BY l.id, v.id
"""
SESSIONS = """
SELECT s.id AS session, l.code, l.slug, s.starts_at, s.capacity, s.held, s.booked
FROM sessions s JOIN listings l ON l.id = s.listing_id ORDER BY s.id
"""
OUTINGS = """
SELECT u.id AS outing, po.name AS pool, v.slug AS village, u.begins_at, u.ends_at, u.capacity, u.held, u.booked,
       ARRAY(SELECT us.session_id FROM outing_sessions us WHERE us.outing_id = u.id ORDER BY us.session_id) AS sessions
FROM outings u JOIN pools po ON po.id = u.pool_id JOIN villages v ON v.id = po.village_id ORDER BY u.id
"""
ORDERS = """
SELECT o.number, o.channel, o.tender, o.total, o.ended_as, o.sold_on,
       COALESCE((SELECT sum(amount) FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'), 0)::bigint AS captured,
       COALESCE(back.refunded, 0)::bigint AS refunded,
       (SELECT json_agg(json_build_object('village', v.slug, 'state', p.state, 'goods', p.goods, 'programs', p.programs,
            'postage', p.postage) ORDER BY v.id)
        FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.order_id = o.id) AS shares
FROM orders o LEFT JOIN (
    SELECT t.order_id, sum(l.amount) AS refunded FROM journal_transactions t JOIN journal_legs l ON l.transaction_id = t.id
    WHERE t.kind IN ('refund_paid', 'corrected') AND l.account = 'refunds_promised' GROUP BY 1
) back ON back.order_id = o.id
ORDER BY o.id
"""
LEDGER = """
SELECT v.slug AS village, o.channel, COALESCE(l.kind, 'goods') AS kind,
       -COALESCE(sum(l.amount) FILTER (WHERE l.account = 'village_payable'), 0)::bigint AS amount,
       -COALESCE(sum(l.amount) FILTER (WHERE l.account = 'postage'), 0)::bigint AS postage
FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id JOIN orders o ON o.id = t.order_id
JOIN villages v ON v.id = l.village_id
WHERE l.account = 'postage' OR (l.account = 'village_payable' AND l.kind IS NOT NULL)
GROUP BY v.id, v.slug, o.channel, 3 ORDER BY v.id, o.channel, 3
"""
ACCOUNTS = """
SELECT l.account, v.slug AS village, sum(l.amount)::bigint AS amount
FROM journal_legs l LEFT JOIN villages v ON v.id = l.village_id GROUP BY l.account, v.id, v.slug ORDER BY l.account, v.id
"""
