"""The goods came back: what was promised for them is refunded, and what can be sold again lies on its shelf."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import stock
from market.orders import Line, Order
from market.refund_confirmation import quote_to_pay, tell_buyer
from market.refund_quotes import halves_of
from market.refund_rules import Half, PartRefund, refund_data
from market.refund_writing import book_refund, within_taken, write_refund
from market.refunds import NO_ACCOUNT, RefundQuote
from market.retrying import retried
from market.returns.halves import locked, set_free
from market.returns.rules import refund_of_goods
from market.returns.tables import Return, ReturnLine, ReturnState, ReturnWish
from market.returns.telling import tell_buyer_of
from villages.acts import record_act
from villages.refusals import BadForm, Stale

CAME = "돌려보내신 물건을 마을이 잘 받았습니다."


class Came(NamedTuple):
    """How many of a line came back, and how many of them can be sold again."""

    received: int
    sellable: int


@retried
async def receive_return(
    return_id: int,
    came: Mapping[int, Came],
    *,
    village_ids: Sequence[int] | None = None,
    by: str,
    now: datetime,
) -> Return:
    """Take the goods (line → what came) back, once: a second tap answers the same.

    The refund is the promised one; where less came than was asked, it is for what came. Raises `BadForm`, `NotFound`,
    `Stale` where the return has ended otherwise, or the new goods of an exchange were not sent yet.
    """
    async with in_transaction() as db:
        known, lines = await locked(db, return_id, village_ids)
        if known.state == ReturnState.received:
            return _as_received(known, lines)
        if known.state != (
            ReturnState.resent if known.wish == ReturnWish.exchange else ReturnState.requested
        ):
            raise Stale("이미 끝났거나, 새 물건을 아직 보내지 않은 신청입니다. 화면을 새로 고쳐 주세요.")
        _check(lines, came)
        await set_free(db, return_id)
        restocked = await within_taken(db, {line: of.sellable for line, of in came.items() if of.sellable})
        order = await Order.get(id=known.order_id, using_db=db)
        if known.wish == ReturnWish.exchange:
            await _write(db, known, came, restocked, refund_id=None, by=by, now=now)
            ended = await Return.get(id=return_id, using_db=db)
            await tell_buyer_of(db, ended, order.number, CAME, now=now)
            await _record(db, known, order, by, won=0)
        else:
            await _refund(db, known, lines, came, restocked, by=by, now=now)
    return await Return.get(id=return_id)


def _as_received(known: Return, lines: list[ReturnLine]) -> Return:
    """The answer to a second tap."""
    if not any(line.received for line in lines):
        raise Stale(
            "돌아오지 않은 것으로 마친 교환입니다. 이제 왔으면 다시 팔 수 있는 것만 재고에 더해 주세요."
        )
    return known


def _check(lines: list[ReturnLine], came: Mapping[int, Came]) -> None:
    asked = {line.line_id: line.count for line in lines}
    for line, of in came.items():
        if line not in asked or not 0 <= of.sellable <= of.received <= asked[line]:
            raise BadForm(
                "돌아온 개수는 신청한 개수까지, 다시 팔 수 있는 개수는 돌아온 개수까지 적을 수 있습니다."
            )
    if not any(of.received for of in came.values()):
        raise BadForm("돌아온 개수를 적어 주세요. 돌아온 것이 없으면 아직 누르지 마세요.")


async def _refund(
    db: BaseDBAsyncClient, known: Return, lines: list[ReturnLine], came: Mapping[int, Came], restocked: dict[int, int], *,
    by: str, now: datetime,
) -> None:  # fmt: skip
    halves = {half.id: half for half in await halves_of(db, known.order_id)}
    counts = {line: of.received for line, of in came.items() if of.received}
    is_all = counts == {line.line_id: line.count for line in lines}
    given = _given(halves[known.part_id], known, counts, is_all=is_all)
    code = await _quote_of(db, known, given, is_all=is_all, by=by, now=now)
    quote = await quote_to_pay(db, code, known.order_id)
    assert quote is not None, "a paid order has its payment"
    refund = await write_refund(db, quote, [given], {}, by=by, account=NO_ACCOUNT, now=now)
    await _write(db, known, came, restocked, refund_id=refund.id, by=by, now=now)
    await tell_buyer(db, refund, quote, CAME)
    await _record(db, known, await Order.get(id=known.order_id, using_db=db), by, won=refund.amount)
    await book_refund(db, refund, quote, halves, [given], by=by)


def _given(half: Half, known: Return, counts: Mapping[int, int], *, is_all: bool) -> PartRefund:
    """The promise against the half as it stands now: the same won, whatever happened to the half meanwhile."""
    goods = refund_of_goods(half, counts, postage=0).goods
    if is_all:
        return refund_of_goods(half, counts, postage=known.promised - goods)
    return refund_of_goods(half, counts, postage=-min(goods, known.return_postage))


async def _quote_of(
    db: BaseDBAsyncClient, known: Return, given: PartRefund, *, is_all: bool, by: str, now: datetime
) -> str:
    """The promise itself, or what became of it where less came."""
    quote = await RefundQuote.get(id=known.quote_id, using_db=db)
    if not is_all:
        quote = await RefundQuote.create(
            code=secrets.token_hex(16), order_id=known.order_id, cause=quote.cause, by=by, amount=given.amount, made_at=now,
            ends_at=now, body=[refund_data(given)], using_db=db,
        )  # fmt: skip
    return quote.code


async def _write(
    db: BaseDBAsyncClient, known: Return, came: Mapping[int, Came], restocked: dict[int, int], *, refund_id: int | None,
    by: str, now: datetime,
) -> None:  # fmt: skip
    columns = [[line, of.received, of.sellable, restocked.get(line, 0)] for line, of in sorted(came.items())]
    await db.execute_query(RECEIVE, [known.id, refund_id, now, by])
    await db.execute_query(CAME_BACK, [known.id, *(list(column) for column in zip(*columns, strict=True))])
    variants = dict(await Line.filter(id__in=list(restocked)).using_db(db).values_list("id", "variant_id"))
    await stock.put_back(
        db,
        [
            stock.Returned(variants[line], count, f"return {known.id} line {line}")
            for line, count in restocked.items()
        ],
    )


async def _record(db: BaseDBAsyncClient, known: Return, order: Order, by: str, *, won: int) -> None:
    await known.fetch_related("part", using_db=db)
    await record_act(
        db,
        "return received",
        f"order {order.number}",
        by=by,
        village_id=known.part.village_id,
        facts={"won": won},
    )


RECEIVE = "UPDATE returns SET state = 'received', refund_id = $2, ended_at = $3, ended_by = $4 WHERE id = $1"
CAME_BACK = """
UPDATE return_lines SET received = c.received, sellable = c.sellable, restocked = c.restocked
FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[]) AS c (line, received, sellable, restocked)
WHERE of_return_id = $1 AND line_id = c.line
"""
