"""교환: the same goods are sent anew; where they are short, the exchange becomes a return with all its money back."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import stock
from market.couriers import code_of, read_tracking
from market.orders import Line, Order
from market.retrying import retried
from market.returns.ending import GONE_ON
from market.returns.halves import locked
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
        known, _ = await locked(db, return_id, village_ids)
        if known.wish != ReturnWish.exchange or known.state != ReturnState.requested:
            raise Stale(GONE_ON)
        known.wish = ReturnWish.refund
        await known.save(using_db=db, update_fields=["wish"])
        number = (await Order.get(id=known.order_id, using_db=db)).number
        sentence = (
            f"새로 보낼 물건이 모자랍니다. 받으신 물건이 마을에 돌아오면 {known.promised:,}원을 돌려드립니다."
        )
        await tell_buyer_of(db, known, number, sentence, now=now)
        await _record(db, known, "exchange became a return", number, by)
    return known


async def _record(db: BaseDBAsyncClient, known: Return, what: str, number: str, by: str) -> None:
    await known.fetch_related("part", using_db=db)
    await record_act(db, what, f"order {number}", by=by, village_id=known.part.village_id)
