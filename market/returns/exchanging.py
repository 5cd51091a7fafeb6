"""교환: the same goods are sent anew; where they are short, the exchange becomes a return with all its money back."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import stock
from market.couriers import code_of, read_tracking
from market.orders import Line, Order
from market.refund_rules import refund_data
from market.refunds import RefundCause, RefundQuote
from market.retrying import retried
from market.returns.ending import GONE_ON
from market.returns.halves import locked, sent_halves
from market.returns.rules import postage_due, refund_of_goods
from market.returns.tables import Return, ReturnLine, ReturnState, ReturnWish
from market.returns.telling import tell_buyer_of
from villages.acts import record_act
from villages.refusals import OutOfStock, Stale


async def send_anew(
    return_id: int,
    *,
    courier: str,
    tracking: str,
    village_ids: Sequence[int] | None = None,
    by: str,
    now: datetime,
) -> Return:
    """The new goods left their shelf with this parcel; again: its number corrected.

    What comes back tells what became of it: still an exchange, or (stock was short) a return. Raises `BadForm`,
    `NotFound`, `Stale`.
    """
    try:
        return await _send(return_id, courier, tracking, village_ids, by=by, now=now)
    except OutOfStock:
        return await _refund_instead(return_id, village_ids, by=by, now=now)


@retried
async def _send(
    return_id: int, courier: str, tracking: str, village_ids: Sequence[int] | None, *, by: str, now: datetime
) -> Return:
    async with in_transaction() as db:
        known, lines = await locked(db, return_id, village_ids)
        if known.wish != ReturnWish.exchange or known.state not in (
            ReturnState.requested,
            ReturnState.resent,
        ):
            raise Stale(GONE_ON)
        number = read_tracking(courier, tracking)
        is_new = known.state == ReturnState.requested
        if is_new:
            await _take(db, known, lines)
        known.courier, known.tracking, known.state = code_of(courier), number, ReturnState.resent
        known.resent_at = known.resent_at or now
        await known.save(using_db=db, update_fields=["courier", "tracking", "state", "resent_at"])
        order = await Order.get(id=known.order_id, using_db=db)
        if is_new:
            await tell_buyer_of(
                db,
                known,
                order.number,
                "새 물건을 보냈습니다. 받으신 물건은 마을로 돌려보내 주세요.",
                now=now,
            )
            await _record(db, known, "exchange sent", order.number, by)
    return known


async def _take(db: BaseDBAsyncClient, known: Return, lines: list[ReturnLine]) -> None:
    """Promised and handed over at once. Raises `OutOfStock`."""
    bought = {
        line.id: line for line in await Line.filter(id__in=[line.line_id for line in lines]).using_db(db)
    }
    await stock.reserve(
        db,
        [stock.Wish(bought[of.line_id].variant_id or 0, of.count, bought[of.line_id].name) for of in lines],
    )
    cause = {of.line_id: f"return {known.id} line {of.line_id} anew" for of in lines}
    left = await stock.hand_over(
        db, [stock.Promised(bought[of.line_id].variant_id or 0, of.count, cause[of.line_id]) for of in lines]
    )
    for of in lines:
        of.resent = left.get(cause[of.line_id], 0)
        await of.save(using_db=db, update_fields=["resent"])


@retried
async def _refund_instead(
    return_id: int, village_ids: Sequence[int] | None, *, by: str, now: datetime
) -> Return:
    async with in_transaction() as db:
        known, lines = await locked(db, return_id, village_ids)
        if known.wish != ReturnWish.exchange or known.state != ReturnState.requested:
            raise Stale(GONE_ON)
        known.wish = ReturnWish.refund
        await known.save(using_db=db, update_fields=["wish"])
        if known.reason.is_the_sellers:
            await _promise_postage(db, known, lines, by=by, now=now)
        number = (await Order.get(id=known.order_id, using_db=db)).number
        sentence = (
            f"새로 보낼 물건이 모자랍니다. 받으신 물건이 마을에 돌아오면 {known.promised:,}원을 돌려드립니다."
        )
        await tell_buyer_of(db, known, number, sentence, now=now)
        await _record(db, known, "exchange became a return", number, by)
    return known


async def _promise_postage(
    db: BaseDBAsyncClient, known: Return, lines: list[ReturnLine], *, by: str, now: datetime
) -> None:
    """With nothing sent anew all of the half may be coming back: then its postage goes back too."""
    (sent,) = [sent for sent in await sent_halves(db, known.order_id) if sent.half.id == known.part_id]
    due = postage_due(sent)
    if due <= 0:
        return
    counts = {line.line_id: line.count for line in lines}
    goods = refund_of_goods(sent.half, counts, postage=0).goods
    promise = refund_of_goods(sent.half, counts, postage=known.promised - goods + due)
    quote = await RefundQuote.create(
        code=secrets.token_hex(16), order_id=known.order_id, cause=RefundCause.operator, by=by, amount=promise.amount,
        made_at=now, ends_at=now, body=[refund_data(promise)], using_db=db,
    )  # fmt: skip
    known.quote_id, known.promised = quote.id, promise.amount
    await known.save(using_db=db, update_fields=["quote_id", "promised"])


async def _record(db: BaseDBAsyncClient, known: Return, what: str, number: str, by: str) -> None:
    await known.fetch_related("part", using_db=db)
    await record_act(db, what, f"order {number}", by=by, village_id=known.part.village_id)
