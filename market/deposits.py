"""Bank transfers: the account to pay into, and a person's word that the money is there."""

from dataclasses import dataclass
from datetime import datetime

from tortoise import connections
from tortoise.transactions import in_transaction

from market.capture import Effect, capture_in
from market.retrying import retried
from villages.acts import record_act
from villages.refusals import NotFound, PriceChanged


@dataclass(frozen=True)
class WaitingDeposit:
    """One line of the list a person compares with the bank's."""

    number: str
    depositor: str
    buyer_name: str
    amount: int
    placed_at: datetime
    pay_before: datetime
    villages: str


async def waiting_deposits(*, village_ids: list[int] | None = None, most: int = 200) -> list[WaitingDeposit]:
    """Orders that wait for a transfer; with `village_ids` only those that are of these villages alone."""
    rows = await connections.get("default").execute_query_dict(WAITING, [village_ids, most])
    return [WaitingDeposit(**row) for row in rows]


@retried
async def confirm_deposit(
    number: str, *, amount: int, by: str, village_ids: list[int] | None = None, now: datetime
) -> Effect:
    """A person saw the money: `amount` is what her screen said. `village_ids` limits an operator to her own orders.

    Raises `NotFound` where this person has no such deposit, `PriceChanged` where the amount is another one.
    """
    async with in_transaction() as db:
        rows = await db.execute_query_dict(FIND, [number, village_ids])
        if not rows:
            raise NotFound("입금을 기다리는 주문이 아닙니다. 주문번호를 확인해 주세요.")
        if rows[0]["amount"] != amount:
            raise PriceChanged(
                f"이 주문의 입금액은 {rows[0]['amount']:,}원입니다. 통장의 금액과 견주어 주세요."
            )
        effect = await capture_in(db, rows[0]["id"], by=by, now=now)
        if effect != Effect.none:
            await record_act(
                db, "deposit confirmed", f"order {number}", by=by, village_id=rows[0]["village_id"],
                facts={"amount": amount, "effect": effect.value},
            )  # fmt: skip
        return effect


# Goes on after `WITH new_order AS (…)`: what we wait for, where the order is paid by transfer.
OPEN_DEPOSIT = """
INSERT INTO payments (order_id, provider, reference, tender, state, amount, url, opened_at, ends_at, confirmed_by)
SELECT id, 'bank_transfer', 'deposit ' || number, tender, 'open', total, '', placed_at, pay_before, ''
FROM new_order WHERE tender = 'bank_transfer'
"""
OWN_ALONE = """
($%d::bigint[] IS NULL OR NOT EXISTS (
    SELECT FROM parts p WHERE p.order_id = o.id AND p.village_id <> ALL($%d::bigint[])
))
"""
WAITING = f"""
SELECT o.number, o.depositor, o.buyer_name, d.amount, o.placed_at, o.pay_before,
       (SELECT string_agg(v.short_name, ' · ' ORDER BY v.id) FROM parts p JOIN villages v ON v.id = p.village_id
        WHERE p.order_id = o.id) AS villages
FROM orders o JOIN payments d ON d.order_id = o.id AND d.provider = 'bank_transfer'
WHERE o.paid_at IS NULL AND o.ended_as IS NULL AND d.state = 'open' AND {OWN_ALONE % (1, 1)}
ORDER BY o.placed_at DESC LIMIT $2
"""
FIND = f"""
SELECT d.id, d.amount,
       (SELECT CASE WHEN count(*) = 1 THEN min(p.village_id) END FROM parts p WHERE p.order_id = o.id) AS village_id
FROM orders o JOIN payments d ON d.order_id = o.id AND d.provider = 'bank_transfer' AND d.reference = 'deposit ' || o.number
WHERE o.number = $1 AND {OWN_ALONE % (2, 2)}
"""
