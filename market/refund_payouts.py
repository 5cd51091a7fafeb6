"""Promised money goes back: the worker asks the card's provider, a person sends a transfer or hands over cash."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.card_payments import take_event
from market.gateway import Event, Found, Gateway, GatewayTrouble, GivenBack, Reading
from market.payments import EventKind, Provider
from market.provider_refunds import refund_key
from market.refund_settling import settle_refund
from market.refunds import IS_THERE, Refund, RefundState, SealedAccount
from market.tasks import open_task
from villages.refusals import NotFound, Stale

log = logging.getLogger("jangnal.payments")
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
MANY_TRIES = 10  # some two hours
ACCOUNT_KEPT_FOR = timedelta(days=3)  # after it was paid
BY_ITSELF = "카드로 낸 돈은 카드사가 저절로 돌려줍니다. 손으로 보내지 마세요."
HELD_BACK = "손님이 카드사에 이의를 제기해서 결제사가 이 돈을 빼 갔습니다. 두 번 돌려주게 되니 다툼이 끝날 때까지 보내지 마세요."


@dataclass(frozen=True)
class Payout:
    """One refund that waits for a person. Won; `account` is sealed."""

    id: int
    number: str
    tender: str
    state: str
    amount: int
    at: datetime
    pay_before: date
    account: str
    buyer_name: str
    buyer_phone: str
    villages: str
    is_unused: bool
    """No order took it."""
    is_held_back: bool
    """The provider has taken the money for a dispute: until that ends, nothing is sent."""


@dataclass(frozen=True)
class PaidBack:
    """One refund that a person said to have sent. Won; `account` is sealed."""

    id: int
    number: str
    amount: int
    paid_at: datetime
    account: str
    buyer_name: str


async def pay_refunds(now: datetime, gateway: Gateway, *, most: int = 20) -> int:
    """Ask the provider to give back what is due, each under its own key: once, ever. Returns how many."""
    paid = 0
    for row in await connections.get("default").execute_query_dict(CLAIM, [now, now + LEASE, most]):
        try:
            given = await gateway.refund(row["reference"], amount=row["amount"], key=refund_key(row["id"]))
            paid += await _take(row, given, gateway, now=now)
        except GatewayTrouble as trouble:
            await _put_off(row, trouble, now=now)
        except Exception as broken:  # one refund that cannot be made must not hold up the others
            log.error("refund not made", exc_info=broken, extra={"facts": {"refund": row["id"]}})
    return paid


async def _take(row: dict[str, Any], given: GivenBack, gateway: Gateway, *, now: datetime) -> bool:
    """What the provider answered is told like a message of it; what it still works on is asked about again."""
    kind = EventKind.refunded if given.is_done else EventKind.refund_pending
    reading = Reading(
        row["reference"], Found.captured, row["amount"], "krw", gateway.livemode, row["number"], given.intent
    )
    event = Event(
        f"read {given.reference} {kind}", kind, reading, thing=given.reference, key=refund_key(row["id"])
    )
    await take_event(event, livemode=gateway.livemode, now=now)
    if not given.is_done:
        await connections.get("default").execute_query(PUT_OFF, [row["id"], now + LONGEST_WAIT])
    return given.is_done


async def payouts(*, most: int = 200) -> list[Payout]:
    """Refunds that a person of the city has to send, the most urgent first."""
    return [Payout(**row) for row in await connections.get("default").execute_query_dict(WAITING, [most])]


async def lately_paid(now: datetime, *, most: int = 200) -> list[PaidBack]:
    """What persons sent in the last days, the last first: whoever tapped one row too low still finds the account."""
    rows = await connections.get("default").execute_query_dict(LATELY, [now - ACCOUNT_KEPT_FOR, most])
    return [PaidBack(**row) for row in rows]


async def forget_accounts(now: datetime) -> int:
    """Of refunds that were paid days ago, but for their last digits. Returns how many were forgotten."""
    done, _ = await connections.get("default").execute_query(FORGET, [now - ACCOUNT_KEPT_FOR])
    return int(done)


async def mark_paid_back(refund_id: int, *, by: str, now: datetime) -> Refund:
    """A person has sent it back; a second tap answers the same.

    Raises `NotFound`, and `Stale` where the card gets it, or the provider holds it back for a dispute.
    """
    refund = await Refund.get_or_none(id=refund_id).select_related("payment")
    if refund is None:
        raise NotFound("돌려줄 돈을 찾을 수 없습니다. 목록에서 다시 골라 주세요.")
    if refund.state == RefundState.promised and refund.payment.provider == Provider.stripe:
        raise Stale(HELD_BACK if refund.payment.disputed else BY_ITSELF)
    async with in_transaction() as db:
        is_settled = await settle_refund(db, refund_id, by=by, now=now)
    refund = await Refund.get(id=refund_id)
    if refund.state != RefundState.paid:
        raise Stale(HELD_BACK)
    if not is_settled and refund.paid_by == "stripe":
        await _say_twice(refund)
    return refund


async def _say_twice(refund: Refund) -> None:
    """Whoever taps has sent it; and the card has it too."""
    async with in_transaction() as db:
        await open_task(
            db, kind="alarm", subject=f"refund {refund.id} twice",
            sentence=f"환불 {refund.id}: 카드사가 이미 {refund.amount:,}원을 돌려준 뒤에 손으로도 보냈다고 눌렀습니다. 두 번 나갔는지 확인해 주세요.",
        )  # fmt: skip
    raise Stale(
        "그사이 카드사가 이 돈을 돌려주었습니다. 계좌로도 보내셨으면 두 번 나간 것입니다. 할 일에 적어 두었습니다."
    )


async def keep_account(order_id: int, account: SealedAccount) -> bool:
    """Where the transfers that are due to this order go, told once; False where none waits for it."""
    kept, _ = await connections.get("default").execute_query(KEEP_ACCOUNT, [order_id, *account])
    return bool(kept)


async def _put_off(row: dict[str, Any], trouble: GatewayTrouble, *, now: datetime) -> None:
    """Later with the same key; where the provider never will, a person gives it back another way."""
    log.warning("refund waits", extra={"facts": {"refund": row["id"], "why": str(trouble)[:100]}})
    if trouble.retry:
        wait = min(LONGEST_WAIT, timedelta(seconds=10 * 2 ** min(row["tries"], 9)))
        statement, values = PUT_OFF, [row["id"], now + wait]
        sentence = f"주문 {row['number']}: 카드로 {row['amount']:,}원을 돌려주려 하는데 결제사가 답하지 않습니다. 결제사 화면을 확인해 주세요. 저절로 계속 다시 합니다."
    else:
        statement, values = STUCK, [row["id"]]
        sentence = f"주문 {row['number']}: 카드사가 {row['amount']:,}원을 돌려주지 못했습니다. 결제사 화면에서 이미 돌려주지 않았는지 먼저 보고, 전화해서 계좌를 물어보고 보내 주세요."
    async with in_transaction() as db:
        # Where nothing changes, a message of the provider was faster: it is paid.
        is_put_off, _ = await db.execute_query(statement, values)
        if is_put_off and (row["tries"] >= MANY_TRIES or not trouble.retry):
            await open_task(
                db, kind="refund_stuck", subject=f"refund {row['id']}", sentence=sentence, is_open_again=True
            )


CLAIM = f"""
WITH due AS (
    SELECT refunds.id FROM refunds JOIN payments p ON p.id = refunds.payment_id
    WHERE try_at <= $1 AND refunds.state = 'promised' AND {IS_THERE}
    ORDER BY try_at LIMIT $3 FOR UPDATE OF refunds SKIP LOCKED
)
UPDATE refunds SET try_at = $2, tries = tries + 1
FROM due, payments p, orders o WHERE refunds.id = due.id AND p.id = refunds.payment_id AND o.id = refunds.order_id
RETURNING refunds.id, refunds.amount, refunds.tries, p.reference, o.number
"""
PUT_OFF = "UPDATE refunds SET try_at = $2 WHERE id = $1 AND state = 'promised'"
STUCK = "UPDATE refunds SET state = 'stuck', try_at = NULL WHERE id = $1 AND state = 'promised'"
KEEP_ACCOUNT = """
UPDATE refunds SET account = $2, account_end = $3 FROM payments p
WHERE refunds.order_id = $1 AND p.id = refunds.payment_id AND refunds.state IN ('promised', 'stuck') AND refunds.account = ''
  AND (p.provider = 'bank_transfer' OR refunds.state = 'stuck')
"""
WAITING = f"""
SELECT refunds.id, o.number, p.tender, refunds.state, refunds.amount, refunds.at, refunds.pay_before, refunds.account, o.buyer_name, o.buyer_phone,
       COALESCE((SELECT string_agg(v.short_name, ' · ' ORDER BY v.id) FROM refund_parts rp JOIN parts half ON half.id = rp.part_id
        JOIN villages v ON v.id = half.village_id WHERE rp.refund_id = refunds.id), '') AS villages, refunds.cause = 'unused' AS is_unused,
       p.provider = 'stripe' AND NOT {IS_THERE} AS is_held_back
FROM refunds JOIN payments p ON p.id = refunds.payment_id JOIN orders o ON o.id = refunds.order_id
WHERE refunds.state = 'stuck' OR (refunds.state = 'promised' AND (p.provider <> 'stripe' OR NOT {IS_THERE}))
ORDER BY refunds.pay_before, refunds.id LIMIT $1
"""
LATELY = """
SELECT refunds.id, o.number, refunds.amount, refunds.paid_at, refunds.account, o.buyer_name
FROM refunds JOIN orders o ON o.id = refunds.order_id
WHERE refunds.state = 'paid' AND refunds.paid_at > $1 AND refunds.account <> '' AND refunds.paid_by <> 'stripe'
ORDER BY refunds.paid_at DESC, refunds.id LIMIT $2
"""
FORGET = "UPDATE refunds SET account = '' WHERE state = 'paid' AND paid_at <= $1 AND account <> ''"
