"""A return that ends without its goods: withdrawn, refused by the village (the city overrules), or awaited in vain."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.couriers import code_of, read_tracking
from market.orders import Order
from market.refund_rules import refund_from_data
from market.refunds import RefundQuote
from market.retrying import retried
from market.returns.halves import locked, sent_halves, set_free
from market.returns.tables import NotReturnable, Return, ReturnState
from market.returns.telling import tell_buyer_of, tell_village_of
from villages.acts import record_act
from villages.refusals import BadForm, Stale

GONE_ON = "이미 다음 단계로 넘어갔거나 끝난 신청입니다. 화면을 새로 고쳐 주세요."
NEVER_CAME = "새 물건을 보낸 교환을, 먼저 받으신 물건이 돌아오지 않은 채로 마쳤습니다. 이미 보내셨으면 마을로 전화해 주세요."


@retried
async def note_parcel_back(return_id: int, *, courier: str, tracking: str, now: datetime) -> Return:
    """The shopper says with which parcel the goods come; again: corrected. Raises `BadForm`, `Stale`."""
    async with in_transaction() as db:
        known, _ = await locked(db, return_id, None)
        if known.state not in (ReturnState.requested, ReturnState.resent):
            raise Stale(GONE_ON)
        number = read_tracking(courier, tracking)
        known.courier_back, known.tracking_back = code_of(courier), number
        known.sent_back_at = known.sent_back_at or now
        await known.save(using_db=db, update_fields=["courier_back", "tracking_back", "sent_back_at"])
    return known


@retried
async def withdraw_return(return_id: int, *, by: str, now: datetime) -> Return:
    """The shopper keeps the goods. Raises `Stale` where they are on their way, or the return has ended otherwise."""
    async with in_transaction() as db:
        known, _ = await locked(db, return_id, None)
        if known.state == ReturnState.withdrawn:
            return known
        if known.state != ReturnState.requested or known.sent_back_at:
            raise Stale("이미 보내셨거나 마을이 처리한 신청입니다. 마을로 전화해 주세요.")
        await _end(db, known, ReturnState.withdrawn, by=by, now=now)
    return known


@retried
async def refuse_return(
    return_id: int, words: str, *, village_ids: Sequence[int] | None = None, by: str, now: datetime
) -> Return:
    """The village does not take it back, and says why. Raises `BadForm` without words, `NotFound`, `Stale`."""
    async with in_transaction() as db:
        known, _ = await locked(db, return_id, village_ids)
        if known.state == ReturnState.refused:
            return known
        if known.state != ReturnState.requested:
            raise Stale(GONE_ON)
        if not words:
            raise BadForm(fields={"refusal": "왜 받지 못하는지 적어 주세요. 손님이 그대로 읽습니다."})
        known.refusal = words[:300]
        await _end(db, known, ReturnState.refused, by=by, now=now)
        number = await _record(db, known, "return refused", by)
        sentence = f"돌려보내기 신청을 마을이 받지 않았습니다. {known.refusal}"
        await tell_buyer_of(db, known, number, sentence, now=now)
    return known


@retried
async def end_without_goods(
    return_id: int, *, village_ids: Sequence[int] | None = None, by: str, now: datetime
) -> Return:
    """Of an exchange the new goods left, but the old ones never came: it ends with nothing received; again: the same.

    Raises `NotFound`, `Stale` where the goods did come, or nothing was sent anew.
    """
    async with in_transaction() as db:
        known, lines = await locked(db, return_id, village_ids)
        if known.state == ReturnState.received and not any(line.received for line in lines):
            return known
        if known.state != ReturnState.resent:
            raise Stale(GONE_ON)
        await _end(db, known, ReturnState.received, by=by, now=now)
        number = await _record(db, known, "exchange not returned", by)
        await tell_buyer_of(db, known, number, NEVER_CAME, now=now)
    return known


@retried
async def overrule_refusal(return_id: int, *, by: str, now: datetime) -> Return:
    """The city takes a refused return up again, as it was asked. Raises `NotReturnable` where its goods are gone."""
    async with in_transaction() as db:
        known, lines = await locked(db, return_id, None)
        if known.state == ReturnState.requested:
            return known
        if known.state != ReturnState.refused:
            raise Stale(GONE_ON)
        await _check_postage(db, known)
        taken = await db.execute_query_dict(TAKE_AGAIN, [return_id])
        if len(taken) != len(lines):
            raise NotReturnable("그사이 취소했거나 다시 신청한 물건이 있습니다. 주문을 확인해 주세요.")
        known.state, known.refusal, known.ended_at, known.ended_by = ReturnState.requested, "", None, ""
        await known.save(using_db=db, update_fields=["state", "refusal", "ended_at", "ended_by"])
        number = await _record(db, known, "refusal overruled", by)
        sentence = "마을이 받지 않은 신청을 시청이 다시 받아들였습니다. 물건을 마을로 보내 주세요."
        await tell_buyer_of(db, known, number, sentence, now=now)
        await tell_village_of(db, known, number, again_at=now)
    return known


async def _check_postage(db: BaseDBAsyncClient, known: Return) -> None:
    """What was promised of the half's postage must still be there, and promised to nobody else meanwhile."""
    promised = refund_from_data((await RefundQuote.get(id=known.quote_id, using_db=db)).body[0]).postage
    halves = {sent.half.id: sent for sent in await sent_halves(db, known.order_id)}
    sent = halves.get(known.part_id)
    if promised > 0 and (sent is None or promised > sent.half.postage - sent.postage_promised):
        raise NotReturnable(
            "그사이 다른 신청이 배송비를 돌려받기로 했습니다. 마을이나 손님께 새로 신청하시도록 말씀해 주세요."
        )


async def _end(db: BaseDBAsyncClient, known: Return, state: ReturnState, *, by: str, now: datetime) -> None:
    await set_free(db, known.id)
    known.state, known.ended_at, known.ended_by = state, now, by
    await known.save(using_db=db, update_fields=["state", "ended_at", "ended_by", "refusal"])


async def _record(db: BaseDBAsyncClient, known: Return, what: str, by: str) -> str:
    """Returns the order's number."""
    await known.fetch_related("part", using_db=db)
    order = await Order.get(id=known.order_id, using_db=db)
    await record_act(db, what, f"order {order.number}", by=by, village_id=known.part.village_id)
    return order.number


TAKE_AGAIN = """
WITH back AS (SELECT line_id, count FROM return_lines WHERE of_return_id = $1), part AS (
    UPDATE parts SET version = version + 1 FROM returns r WHERE r.id = $1 AND parts.id = r.part_id
)
UPDATE lines SET coming_back = coming_back + back.count FROM back
WHERE lines.id = back.line_id AND lines.count - cancelled - coming_back >= back.count RETURNING lines.id
"""
