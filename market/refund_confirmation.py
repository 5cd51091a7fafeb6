"""A quote is confirmed: goods and seats go back, the sums are promised, the figures take them off. Once."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import bookings, dispatch_days, stock
from market.refund_figures import heads_of
from market.refund_quotes import halves_of
from market.refund_rules import UNSENT, Bought, Half, PartRefund, refund_from_data
from market.refund_writing import book_refund, within_taken, write_refund
from market.refunds import (
    NO_ACCOUNT,
    UNUSED,
    QuoteEnded,
    Refund,
    SealedAccount,
)
from market.retrying import retried
from market.seat_offers import lock_seats, offer_freed_seats
from villages.acts import record_act
from villages.notices import tell
from villages.refusals import NotFound

WHY = {
    "operator": "마을 사정으로 주문을 취소했습니다.",
    "weather": "날씨 때문에 체험을 취소했습니다.",
    "too_few": "최소 인원이 모이지 않아 체험을 취소했습니다.",
}
"""What the buyer reads where somebody else called it off; her own cancelling needs no reason."""


@retried
async def confirm_refund(
    code: str,
    order_id: int,
    *,
    by: str,
    account: SealedAccount = NO_ACCOUNT,
    why: str = "",
    village_ids: Sequence[int] | None = None,
    now: datetime,
) -> Refund:
    """Promise exactly what was quoted; the same quote again answers the same refund.

    `account` says where a transfer goes back to, `why` what the buyer is told. Raises `QuoteEnded` where the
    quote is too old or the order has changed since (sent, called off by somebody else), `NotFound` for a quote of
    another order or village.
    """
    async with in_transaction() as db:
        await db.execute_query(LOCK, [order_id])
        quote = await _quote(db, code, order_id, by)
        if quote["refund_id"]:
            return await Refund.get(id=quote["refund_id"], using_db=db)
        refunds = [refund_from_data(part) for part in json.loads(quote["body"])]
        halves = await _unchanged(db, order_id, refunds, village_ids)
        if quote["ends_at"] <= now or quote["is_overtaken"]:
            raise QuoteEnded
        restocked = await _restockable(db, halves, refunds, is_across_the_table=quote["provider"] == "desk")
        refund = await write_refund(db, quote, refunds, restocked, by=by, account=account, now=now)
        await _put_back(db, refund.id, halves, refunds, restocked, now=now)
        await dispatch_days.give_back(db, _never_sent(halves, refunds))
        await tell_buyer(db, refund, quote, why)
        await _tell_villages(db, refund, quote["number"], refunds)
        if by.startswith("person "):  # what shoppers call off stands in the refund itself
            facts = {"won": refund.amount, "cause": quote["cause"]}
            (village_id, *others) = {
                row["id"] for row in await db.execute_query_dict(VILLAGES, [[part.part for part in refunds]])
            }
            village_id = None if others else village_id
            await record_act(
                db, "order refunded", f"order {quote['number']}", by=by, village_id=village_id, facts=facts
            )
        await book_refund(db, refund, quote, halves, refunds, by=by)
    return refund


async def _quote(db: BaseDBAsyncClient, code: str, order_id: int, by: str) -> dict[str, Any]:
    """What staff have worked out, for a cause of theirs, is not the shopper's to confirm."""
    quote = await quote_to_pay(db, code, order_id)
    if quote is None or (by == "shopper" and quote["by"] != "shopper"):
        raise NotFound("계산한 금액을 찾을 수 없습니다. 주문 화면에서 다시 눌러 주세요.")
    return quote


async def quote_to_pay(db: BaseDBAsyncClient, code: str, order_id: int) -> dict[str, Any] | None:
    """A quote with the payment its money goes back to, and its order's buyer."""
    rows = await db.execute_query_dict(QUOTE, [code, order_id])
    return rows[0] if rows else None


async def _unchanged(
    db: BaseDBAsyncClient, order_id: int, refunds: list[PartRefund], village_ids: Sequence[int] | None
) -> dict[int, Half]:
    """The halves the quote is about, locked, as they were when it was made."""
    await db.execute_query(LOCK_PARTS, [[refund.part for refund in refunds]])
    halves = {half.id: half for half in await halves_of(db, order_id, village_ids)}
    for refund in refunds:
        half = halves.get(refund.part)
        if half is None or half.version != refund.version:
            raise QuoteEnded
    return halves


async def _restockable(
    db: BaseDBAsyncClient, halves: dict[int, Half], refunds: list[PartRefund], *, is_across_the_table: bool
) -> dict[int, int]:
    """Line → how many go back on the shelf: what is still in the village, and was on the shelf when it was sold.

    What was sold across a table comes back across it, or was typed wrong and never left.
    """
    wanted = {
        line.line: line.count
        for refund in refunds
        if is_across_the_table or halves[refund.part].state in UNSENT
        for line in refund.lines
    }
    return await within_taken(db, wanted)


async def _put_back(
    db: BaseDBAsyncClient,
    refund_id: int,
    halves: dict[int, Half],
    refunds: list[PartRefund],
    restocked: dict[int, int],
    *,
    now: datetime,
) -> None:
    """Shelves first, then sessions and what they share, each in the order of their ids, as everybody takes them."""
    lines = {line.id: line for half in halves.values() for line in half.lines}
    await stock.put_back(
        db,
        [
            stock.Returned(lines[line].variant_id or 0, count, f"refund {refund_id} line {line}")
            for line, count in restocked.items()
        ],
    )
    gone = [
        bookings.ComesNot(refund.part, bought.session_id, seats_of(bought, line.count), heads_of(bought, line.count))
        for refund in refunds for line in refund.lines
        if (bought := lines[line.line]).session_id
    ]  # fmt: skip
    if gone:
        before = await lock_seats(db, [some.session_id for some in gone])
        await bookings.give_back_seats(db, gone)
        await offer_freed_seats(db, before, now=now)


def _never_sent(halves: dict[int, Half], refunds: list[PartRefund]) -> list[int]:
    """The parts whose parcel was not sent and has nothing left in it now."""
    found = []
    for refund in refunds:
        half, counts = halves[refund.part], {line.line: line.count for line in refund.lines}
        goods = sum(line.left - counts.get(line.id, 0) for line in half.lines if line.variant_id)
        if half.state in UNSENT and not goods:
            found.append(refund.part)
    return found


def seats_of(line: Bought, count: int) -> int:
    return line.takes // line.count * count


async def tell_buyer(db: BaseDBAsyncClient, refund: Refund, quote: dict[str, Any], why: str) -> None:
    facts: dict[str, object] = {
        "number": quote["number"],
        "name": quote["buyer_name"],
        "refunded": refund.amount,
        "why": why or WHY.get(quote["cause"], ""),
    }
    await tell(
        db, kind="refund_promised", subject=f"{quote['number']}/{refund.id}", facts=facts, mail=quote["buyer_email"],
        phone=quote["buyer_phone"],
    )  # fmt: skip


async def _tell_villages(
    db: BaseDBAsyncClient, refund: Refund, number: str, refunds: list[PartRefund]
) -> None:
    for row in await db.execute_query_dict(VILLAGES, [[part.part for part in refunds]]):
        await tell(
            db, kind="part_cancelled", subject=f"{number}/{refund.id}/{row['id']}", phone=row["phone"],
            facts={"number": number, "village": row["name"]},
        )  # fmt: skip


# NO KEY: whoever has its part locked and writes it twice must look at the order's key once more, and would wait for us
# while we wait for the part.
LOCK = "SELECT id FROM orders WHERE id = $1 FOR NO KEY UPDATE"
LOCK_PARTS = "SELECT id FROM parts WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
QUOTE = f"""
SELECT q.id, q.order_id, q.by, q.cause, q.amount, q.body, q.ends_at,
       -- Her own quote is by her ladder; since her session was called off more comes back.
       q.cause = 'shopper' AND EXISTS (
           SELECT FROM parts p JOIN lines l ON l.part_id = p.id JOIN sessions s ON s.id = l.session_id
           WHERE p.order_id = q.order_id AND s.cancelled_at > q.made_at
       ) AS is_overtaken, r.id AS refund_id, o.number, o.channel, o.buyer_name,
       o.buyer_email, o.buyer_phone, pay.id AS payment_id, pay.provider, pay.tender,
       CASE WHEN pay.provider = 'desk' THEN (SELECT min(village_id) FROM parts WHERE order_id = o.id) END AS village_id
FROM refund_quotes q JOIN orders o ON o.id = q.order_id LEFT JOIN refunds r ON r.quote_id = q.id
JOIN LATERAL (
    SELECT id, provider, tender FROM payments p WHERE p.order_id = o.id AND p.state = 'captured'
        AND NOT {UNUSED}
    ORDER BY p.id LIMIT 1
) pay ON true
WHERE q.code = $1 AND q.order_id = $2
"""
VILLAGES = """
SELECT v.id, v.name, v.phone FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.id = ANY($1::bigint[])
"""
