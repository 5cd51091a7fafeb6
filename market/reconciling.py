"""A day's money at the card provider against our books: what stands only here, only there, or over another amount."""

import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.gateway import Gateway, GatewayTrouble, Moved, MovedKind
from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book
from market.tasks import open_task
from villages.days import seoul_day, seoul_midnight

log = logging.getLogger("jangnal.payments")

AFTER_MIDNIGHT = timedelta(
    hours=4, minutes=30
)  # Seoul: after the auditor, when the provider has its day together
CLAIMED_FOR = timedelta(minutes=30)
DAYS_BACK = 7


class Odd(StrEnum):
    here_only = "here_only"
    there_only = "there_only"
    other_amount = "other_amount"


ODD_NAMES = {
    Odd.here_only: "장터 장부에만 있습니다",
    Odd.there_only: "결제사에만 있습니다",
    Odd.other_amount: "금액이 다릅니다",
}
WHAT_NAMES = {
    MovedKind.charge: "카드 결제",
    MovedKind.refund: "카드 환불",
    MovedKind.refund_failed: "되돌아온 환불",
    MovedKind.dispute: "카드 다툼",
}


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree; won. `reference` is the provider's name for it, `order` our number or empty."""

    odd: Odd
    what: MovedKind
    reference: str
    ours: int
    theirs: int
    order: str

    @property
    def sentence(self) -> str:
        about = f"주문 {self.order}: " if self.order else ""
        return (
            f"{about}{WHAT_NAMES[self.what]} {self.reference}이(가) {ODD_NAMES[self.odd]}. "
            f"장터 {self.ours:,}원, 결제사 {self.theirs:,}원. 결제사 화면에서 확인해 주세요."
        )


async def reconcile_day(day: date, gateway: Gateway, *, now: datetime) -> list[Difference]:
    """Read the Seoul day at the provider and compare; its fees are booked on the way, each once, ever.

    Raises `GatewayTrouble` where the provider does not tell.
    """
    moved = await gateway.moved(seoul_midnight(day), seoul_midnight(day + timedelta(days=1)))
    await _book_fees(moved, now=now)
    there = [difference for each in moved if (difference := await _there(each))]
    return there + await _here(day, moved, gateway)


async def reconcile_nightly(now: datetime, gateway: Gateway) -> int:
    """Yesterday, and days that were slept through, one at a time; each difference is a task of the city. 1 or 0."""
    yesterday = seoul_day(now - AFTER_MIDNIGHT) - timedelta(days=1)
    db = connections.get("default")
    claimed = await db.execute_query_dict(CLAIM, [yesterday, DAYS_BACK, now, now + CLAIMED_FOR])
    if not claimed:
        return 0
    day = claimed[0]["day"]
    try:
        found = await reconcile_day(day, gateway, now=now)
    except GatewayTrouble as trouble:  # the claim runs out, and somebody asks again
        log.warning("day not reconciled", extra={"facts": {"day": str(day), "why": str(trouble)[:100]}})
        return 0
    async with in_transaction() as tx:
        for each in found:
            subject = f"{each.what} {each.reference}"
            await open_task(tx, kind="provider", subject=subject, sentence=each.sentence)
        await tx.execute_query(DONE, [day, now, len(found)])
    for each in found:
        log.error("provider differs", extra={"facts": asdict(each)})
    return 1


async def _there(moved: Moved) -> Difference | None:
    """What the provider moved and we do not know as it knows it."""
    if moved.kind not in KNOWN:
        return None
    name = moved.intent if moved.kind == MovedKind.charge else moved.thing
    rows = await connections.get("default").execute_query_dict(KNOWN[moved.kind], [name])
    if not rows:
        return Difference(Odd.there_only, moved.kind, moved.thing, 0, moved.amount, "")
    row = rows[0]
    if (row["amount"], moved.currency) == (moved.amount, "krw"):
        return None
    return Difference(Odd.other_amount, moved.kind, moved.thing, row["amount"], moved.amount, row["number"])


async def _here(day: date, moved: list[Moved], gateway: Gateway) -> list[Difference]:
    """What we booked that day and the provider did not name: it is asked, since its day may have been another."""
    named = {each.intent for each in moved if each.kind == MovedKind.charge}
    named |= {each.thing for each in moved if each.kind == MovedKind.refund}
    bounds = [seoul_midnight(day), seoul_midnight(day + timedelta(days=1))]
    rows = await connections.get("default").execute_query_dict(BOOKED, bounds)
    found = []
    for row in rows:
        if row["name"] in named:
            continue
        theirs = await _asked(row, gateway)
        if theirs != row["amount"]:
            odd = Odd.other_amount if theirs else Odd.here_only
            found.append(
                Difference(
                    odd, MovedKind(row["what"]), row["reference"], row["amount"], theirs, row["number"]
                )
            )
    return found


async def _asked(row: dict[str, Any], gateway: Gateway) -> int:
    """Won that the provider knows under this name; trouble that may pass is passed on."""
    try:
        if row["what"] == MovedKind.refund:
            return await gateway.refunded(row["reference"])
        reading = await gateway.read(row["reference"])
        return reading.amount if reading.state == "captured" else 0
    except GatewayTrouble as trouble:
        if trouble.retry:
            raise
        return 0


async def _book_fees(moved: list[Moved], *, now: datetime) -> None:
    """The city bears them: they are taken from what stands at the provider, and from no village's share."""
    for each in moved:
        if not each.fee:
            continue
        if each.fee_currency != "krw":
            log.error("fee not in won", extra={"facts": {"transaction": each.name, "in": each.fee_currency}})
            continue
        subject = f"charge {each.thing}" if each.kind == MovedKind.charge else f"transaction {each.name}"
        async with in_transaction() as db:
            known = await db.execute_query_dict(ORDER, [each.intent])
            await book(
                db, kind=Happening.provider_fee, subject=subject[:80], order_id=known[0]["order_id"] if known else None,
                legs=[Leg(Account.provider_fee, each.fee), Leg(Account.stripe, -each.fee)], at=now, by="stripe",
            )  # fmt: skip


KNOWN = {
    MovedKind.charge: """
SELECT p.amount, o.number FROM payment_events e JOIN payments p ON p.id = e.payment_id JOIN orders o ON o.id = p.order_id
WHERE e.intent = $1 AND e.kind = 'captured' AND e.doubt = '' AND p.state = 'captured' LIMIT 1
""",
    MovedKind.refund: """
SELECT r.amount, o.number FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.reference = $1 LIMIT 1
""",
    MovedKind.refund_failed: """
SELECT e.amount, '' AS number FROM payment_events e WHERE e.thing = $1 AND e.kind = 'refund_failed' AND e.doubt = '' LIMIT 1
""",
    MovedKind.dispute: """
SELECT e.amount, '' AS number FROM payment_events e
WHERE e.thing = $1 AND e.kind IN ('funds_withdrawn', 'funds_reinstated') AND e.doubt = '' LIMIT 1
""",
}
# Without a page nothing was ever opened at the provider: the demo's past is of no provider.
BOOKED = """
SELECT 'charge' AS what, COALESCE((SELECT max(intent) FROM payment_events e WHERE e.payment_id = p.id AND e.kind = 'captured'
           AND e.doubt = ''), '') AS name, p.reference, p.amount, o.number
FROM payments p JOIN orders o ON o.id = p.order_id
WHERE p.provider = 'stripe' AND p.state = 'captured' AND p.url <> '' AND p.captured_at >= $1 AND p.captured_at < $2
UNION ALL
SELECT 'refund', r.reference, r.reference, r.amount, o.number FROM refunds r JOIN orders o ON o.id = r.order_id
WHERE r.state = 'paid' AND r.paid_by = 'stripe' AND r.amount > 0 AND r.paid_at >= $1 AND r.paid_at < $2
ORDER BY 1, 3
"""
ORDER = """
SELECT p.order_id FROM payment_events e JOIN payments p ON p.id = e.payment_id
WHERE e.intent = $1 AND $1 <> '' AND e.kind = 'captured' LIMIT 1
"""
CLAIM = """
INSERT INTO reconciled_days (day, claimed_until, found)
SELECT d::date, $4, 0 FROM generate_series($1::date - ($2::int - 1), $1::date, interval '1 day') d
WHERE NOT EXISTS (
    SELECT FROM reconciled_days r WHERE r.day = d::date AND (r.done_at IS NOT NULL OR r.claimed_until > $3)
)
ORDER BY d LIMIT 1
ON CONFLICT (day) DO UPDATE SET claimed_until = EXCLUDED.claimed_until
WHERE reconciled_days.done_at IS NULL AND reconciled_days.claimed_until <= $3
RETURNING day
"""
DONE = "UPDATE reconciled_days SET done_at = $2, found = $3 WHERE day = $1"
