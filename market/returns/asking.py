"""Somebody asks to send goods back: what it brings is promised, and nobody else may call those goods off meanwhile."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.orders import Line, Order
from market.refund_confirmation import LOCK, LOCK_PARTS
from market.refund_rules import PartRefund, refund_data
from market.refunds import RefundCause, RefundQuote
from market.retrying import retried
from market.returns.halves import sent_halves
from market.returns.rules import Sent, return_refund
from market.returns.tables import NotReturnable, Return, ReturnReason, ReturnWish
from market.returns.telling import tell_buyer_of, tell_village_of
from villages.acts import record_act
from villages.days import seoul_day
from villages.named import Named
from villages.refusals import KeyReused, NotFound, Stale

SHOPPER = "shopper"


async def return_offer(
    order_id: int, wanted: Mapping[int, int], *, reason: ReturnReason, by: str, village_ids: Sequence[int] | None = None,
    now: datetime,
) -> PartRefund:  # fmt: skip
    """What would be promised now; nothing is written. Raises `NotReturnable`, `NotFound` for lines of nobody's."""
    sent = await _half_with(connections.get("default"), order_id, wanted, village_ids)
    return return_refund(sent, wanted, reason, by_staff=by != SHOPPER, today=seoul_day(now))


@retried
async def ask_return(
    order: Order, wanted: Mapping[int, int], *, reason: ReturnReason, wish: ReturnWish = ReturnWish.refund, words: str = "",
    key: str, expected: int | None = None, by: str, village_ids: Sequence[int] | None = None, now: datetime,
) -> Return:  # fmt: skip
    """Take the wish down, once for each key. `wanted` are lines (→ how many) of one village's half.

    `expected` is the sum that whoever asks has seen. Raises `NotReturnable`, `Stale` where the sum is another one now,
    `NotFound` for lines of nobody's, `KeyReused`.
    """
    if wish == ReturnWish.exchange and not reason.is_the_sellers:
        raise NotReturnable("마음이 바뀌신 때는 바꿔 드리지 못합니다. 돌려보내시고 새로 주문해 주세요.")
    async with in_transaction() as db:
        await db.execute_query(LOCK, [order.id])
        if known := await Return.get_or_none(key=key, using_db=db):
            return _same(known, order, reason, wish)
        part_id = (await _half_with(db, order.id, wanted, village_ids)).half.id
        await db.execute_query(LOCK_PARTS, [[part_id]])
        sent = await _half_with(db, order.id, wanted, village_ids)
        offer = return_refund(sent, wanted, reason, by_staff=by != SHOPPER, today=seoul_day(now))
        if expected is not None and expected != offer.amount:
            raise Stale("그사이 주문이 바뀌어 돌려받으실 돈이 달라졌습니다. 다시 확인해 주세요.")
        asked = await _write(
            db, order.id, offer, reason=reason, wish=wish, words=words, key=key, by=by, now=now
        )
        await _tell(db, asked, order)
        if by != SHOPPER:
            facts = {"won": asked.promised, "reason": reason.value, "wish": wish.value}
            await record_act(db, "return asked", f"order {order.number}", by=by, village_id=await _village(db, part_id), facts=facts)  # fmt: skip
    return asked


async def _half_with(
    db: BaseDBAsyncClient, order_id: int, wanted: Mapping[int, int], village_ids: Sequence[int] | None
) -> Sent:
    """The one half that all these lines are of."""
    halves = await sent_halves(db, order_id, village_ids)
    lines = {line for line, count in wanted.items() if count}
    own = [sent for sent in halves if lines & {line.id for line in sent.half.lines}]
    if unknown := lines - {line.id for sent in own for line in sent.half.lines}:
        # A half that was all called off counts no more: its lines are told apart from those of another order.
        theirs = Line.filter(id__in=unknown, part__order_id=order_id).using_db(db)
        if village_ids is not None:
            theirs = theirs.filter(part__village_id__in=village_ids)
        if await theirs.count() < len(unknown):
            raise NotFound("이 주문에 없는 것입니다. 주문 화면에서 다시 골라 주세요.")
        raise NotReturnable("지금은 돌려보내실 수 없는 것이 있습니다. 주문 화면에서 다시 골라 주세요.")
    if len(own) != 1:
        raise NotReturnable(
            "돌려보내실 것을 골라 주세요."
            if not own
            else "마을마다 따로 신청해 주세요. 물건을 판 마을로 돌려보냅니다."
        )
    return own[0]


def _same(known: Return, order: Order, reason: ReturnReason, wish: ReturnWish) -> Return:
    """The answer to a second tap. An exchange may have become a return since."""
    is_same = known.order_id == order.id and known.reason == reason
    if not is_same or (wish == ReturnWish.refund and known.wish != wish):
        raise KeyReused
    return known


async def _write(
    db: BaseDBAsyncClient, order_id: int, offer: PartRefund, *, reason: ReturnReason, wish: ReturnWish, words: str, key: str,
    by: str, now: datetime,
) -> Return:  # fmt: skip
    """The return with its promise. The quote has ended when it is made: only receiving the goods makes it good."""
    cause = RefundCause.operator if reason.is_the_sellers else RefundCause.shopper
    quote = await RefundQuote.create(
        code=secrets.token_hex(16), order_id=order_id, cause=cause, by=by, amount=offer.amount, made_at=now, ends_at=now,
        body=[refund_data(offer)], using_db=db,
    )  # fmt: skip
    rows = await db.execute_query_dict(ASK.sql, ASK.values({
        "key": key, "order_id": order_id, "part_id": offer.part, "quote_id": quote.id, "reason": reason.value,
        "wish": wish.value, "words": words[:300], "promised": offer.amount, "return_postage": max(0, -offer.postage), "by": by,
        "now": now, "lines": [line.line for line in offer.lines], "counts": [line.count for line in offer.lines],
    }))  # fmt: skip
    if rows[0]["taken"] != len(offer.lines):
        raise NotReturnable("그사이 돌려보내거나 취소한 것이 있습니다. 주문 화면에서 다시 골라 주세요.")
    return await Return.get(id=rows[0]["id"], using_db=db)


async def _tell(db: BaseDBAsyncClient, asked: Return, order: Order) -> None:
    if asked.wish == ReturnWish.exchange:
        sentence = "교환 신청을 받았습니다. 마을이 새 물건을 보내면 알려 드립니다."
    else:
        sentence = f"반품 신청을 받았습니다. 물건이 마을에 돌아오면 {asked.promised:,}원을 돌려드립니다."
    await tell_buyer_of(db, asked, order.number, sentence, now=asked.asked_at)
    await tell_village_of(db, asked, order.number)


async def _village(db: BaseDBAsyncClient, part_id: int) -> int:
    return (await db.execute_query_dict("SELECT village_id FROM parts WHERE id = $1", [part_id]))[0][
        "village_id"
    ]


# Lines are taken only where so many are left, whoever came first; the caller counts them.
ASK_TEXT = """
WITH wanted AS (
    SELECT * FROM unnest(:lines::bigint[], :counts::int[]) AS w (line, count)
), taken AS (
    UPDATE lines SET coming_back = coming_back + wanted.count FROM wanted
    WHERE lines.id = wanted.line AND lines.count - cancelled - coming_back >= wanted.count RETURNING lines.id
), new_return AS (
    INSERT INTO returns (key, order_id, part_id, quote_id, reason, wish, state, words, promised, return_postage, by, asked_at,
        courier_back, tracking_back, courier, tracking, refusal, ended_by)
    VALUES (:key, :order_id, :part_id, :quote_id, :reason, :wish, 'requested', :words, :promised, :return_postage, :by, :now,
        '', '', '', '', '', '')
    RETURNING id
), new_lines AS (
    INSERT INTO return_lines (of_return_id, line_id, count, received, sellable, restocked, resent)
    SELECT new_return.id, line, count, 0, 0, 0, 0 FROM new_return CROSS JOIN wanted ORDER BY line
), part AS (
    UPDATE parts SET version = version + 1 WHERE id = :part_id
)
SELECT new_return.id, (SELECT count(*) FROM taken)::int AS taken FROM new_return
"""
ASK = Named(ASK_TEXT)
