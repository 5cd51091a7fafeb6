"""A refund's money left us; or it came back, and is to be paid again."""

from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book, money_leg
from market.orders import Tender
from market.payments import Provider
from market.refund_booking import book_payment
from market.refunds import IS_THERE
from villages.acts import record_act
from villages.notices import tell


async def settle_refund(
    db: BaseDBAsyncClient, refund_id: int, *, by: str, reference: str = "", now: datetime
) -> bool:
    """Book it as paid, once, and tell the buyer; False where it was before. `reference`: the provider's name for it.

    The account that it was sent to is forgotten some days later: `refund_payouts.forget_accounts`.
    """
    await db.execute_query(LOCK, [refund_id])
    rows = await db.execute_query_dict(SETTLE, [refund_id, now, by, reference])
    if not rows:
        return False
    row = rows[0]
    await db.execute_query(CLOSE_TASK, [f"refund {refund_id}", now, by])
    # What a card's provider would not take back was sent from the city's own account.
    is_by_card = by == "stripe" or row["provider"] != Provider.stripe
    await book_payment(
        db, refund_id, row["amount"], order_id=row["order_id"], tender=row["tender"] if is_by_card else Tender.bank_transfer,
        village_id=None, is_again=row["returned"], at=now, by=by,
    )  # fmt: skip
    if by.startswith("person "):
        await record_act(db, "refund paid", f"order {row['number']}", by=by, facts={"won": row["amount"]})
    facts: dict[str, object] = {
        "number": row["number"], "name": row["buyer_name"], "refunded": row["amount"],
    }  # fmt: skip
    await tell(
        db, kind="refund_paid", subject=f"{row['number']}/{refund_id}{'/again' if row['returned'] else ''}", facts=facts,
        mail=row["buyer_email"], phone=row["buyer_phone"],
    )  # fmt: skip
    return True


async def take_back(db: BaseDBAsyncClient, refund_id: int, *, by: str, now: datetime) -> int | None:
    """What a card was to get came back to us: a person pays it another way. Won, or None where it is known already.

    Where it was booked as paid, a correction says so; the row that said it stays.
    """
    await db.execute_query(LOCK, [refund_id])
    rows = await db.execute_query_dict(BEFORE, [refund_id])
    was_paid = bool(rows) and rows[0]["state"] == "paid"
    if not await db.execute_query_dict(RETURN, [refund_id]):
        return None
    amount = rows[0]["amount"]
    if was_paid:
        legs = [money_leg(Tender.card, amount), Leg(Account.refunds_promised, -amount)]
        await book(
            db, kind=Happening.corrected, subject=f"refund {refund_id} returned", order_id=rows[0]["order_id"], legs=legs, at=now,
            by=by,
        )  # fmt: skip
    return amount


LOCK = """
SELECT id FROM orders WHERE id = (SELECT order_id FROM refunds WHERE id = $1) FOR NO KEY UPDATE
"""
SETTLE = f"""
UPDATE refunds SET state = 'paid', paid_at = $2, paid_by = $3, reference = COALESCE(NULLIF($4, ''), refunds.reference), try_at = NULL
FROM orders o, payments p
WHERE refunds.id = $1 AND refunds.state IN ('promised', 'stuck') AND ($3 = 'stripe' OR p.provider <> 'stripe' OR {IS_THERE}) AND o.id = refunds.order_id AND p.id = refunds.payment_id
RETURNING refunds.amount, refunds.order_id, p.tender, p.provider, o.number, o.buyer_name, o.buyer_email, o.buyer_phone,
    EXISTS (SELECT FROM journal_transactions t WHERE t.kind = 'corrected' AND t.subject = 'refund ' || refunds.id || ' returned')
        AS returned
"""
CLOSE_TASK = """
UPDATE tasks SET done_at = $2, done_by = $3 WHERE kind = 'refund_stuck' AND subject = $1 AND done_at IS NULL
"""
BEFORE = "SELECT state, amount, order_id FROM refunds WHERE id = $1"
RETURN = """
UPDATE refunds SET state = 'stuck', try_at = NULL, paid_at = NULL, paid_by = ''
WHERE id = $1 AND (state = 'promised' OR (state = 'paid' AND paid_by = 'stripe'))
RETURNING id
"""
