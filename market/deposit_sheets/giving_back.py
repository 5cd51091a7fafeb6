"""A second transfer for an order that has its money: the row is that order's, and all of it goes back."""

from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.capture import Effect
from market.deposit_sheets.deciding import NOTE_MATCH, decide, subject_of
from market.deposit_sheets.tables import RowState
from market.orders import Tender
from market.payments import Provider
from market.retrying import retried
from market.unused_money import promise_unused_back
from villages.acts import record_act
from villages.refusals import BadForm, NotFound

MOST_WON = 2**31 - 1  # of one payment
SENT_AGAIN = "이 주문에 돈을 한 번 더 보내셔서, 뒤에 들어온 돈을 돌려드립니다."


@retried
async def give_row_back(row_id: int, number: str, *, by: str, now: datetime) -> int:
    """Money that no order takes, promised to the buyer of this one. Returns the won.

    Where the order waits for its transfer, or nobody has matched that with its own row, this may be the very money:
    then it is matched, not given back. Raises `RowDecided`, `NotFound` and `BadForm`.
    """
    async with in_transaction() as db:
        row = await decide(db, row_id, RowState.matched, by=by, now=now)
        orders = await db.execute_query_dict(LOCK_ORDER, [number])
        if not orders:
            raise NotFound("그런 주문이 없습니다. 주문번호를 확인해 주세요.")
        order = orders[0]
        await _check(db, order, row["amount"])
        payment = await db.execute_query_dict(
            SECOND_PAYMENT, [order["id"], f"{subject_of(row_id)} {number}", row["amount"], now, by]
        )
        await db.execute_query_dict(
            NOTE_MATCH, [row_id, payment[0]["payment_id"], row["amount"], Effect.refund_due.value]
        )
        await promise_unused_back(db, order | payment[0], SENT_AGAIN, by=by, now=now)
        facts = {"won": row["amount"], "orders": number}
        await record_act(db, "deposit given back", subject_of(row_id), by=by, facts=facts)
    return row["amount"]


async def _check(db: BaseDBAsyncClient, order: dict[str, Any], amount: int) -> None:
    own = await db.execute_query_dict(OWN_TRANSFER, [order["id"], order["number"]])
    if own and not own[0]["is_matched"]:
        raise BadForm(
            fields={
                "back": "이 주문은 아직 제 입금 줄과 맞추지 않았습니다. 이 돈이 그 입금일 수 있으니, 위에서 이 주문에 맞춰 주세요."
            }
        )
    if amount > MOST_WON:
        raise BadForm(
            fields={"back": f"한 번에 {MOST_WON:,}원까지 돌려줄 수 있습니다. 금액을 확인해 주세요."}
        )


LOCK_ORDER = """
SELECT id, number, buyer_name, buyer_email, buyer_phone FROM orders WHERE number = $1 FOR NO KEY UPDATE
"""
OWN_TRANSFER = """
SELECT EXISTS (SELECT FROM deposit_matches m WHERE m.payment_id = d.id) AS is_matched
FROM payments d WHERE d.order_id = $1 AND d.provider = 'bank_transfer' AND d.reference = 'deposit ' || $2::text
"""
SECOND_PAYMENT = f"""
INSERT INTO payments (order_id, provider, reference, tender, state, amount, url, opened_at, captured_at, confirmed_by)
VALUES ($1, '{Provider.bank_transfer.value}', $2, '{Tender.bank_transfer.value}', 'captured', $3, '', $4, $4, $5)
RETURNING id AS payment_id, amount, tender, provider
"""
