"""Sales made at a stall, a festival, on the phone or in the village: orders on another channel, paid at once."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import bookings, stock
from market.capture import count_order
from market.checkout import new_number, seat_wishes
from market.deliveries import Postage
from market.ledger.sales import book_sale_made
from market.order_parts import WRITE_PARTS, parts_of
from market.orders import Channel, Order, Tender, is_offline
from market.part_states import PartState
from market.quotes import MOST_WON, Basket, Quote, quote
from market.retrying import retried
from market.tasks import open_task
from villages.acts import record_act
from villages.days import seoul_day
from villages.named import Named
from villages.refusals import BadForm, KeyReused, NotFound

OFFLINE_TENDERS = frozenset(
    {
        Tender.cash,
        Tender.card_terminal,
        Tender.bank_transfer,
        Tender.local_voucher,
        Tender.onnuri,
        Tender.invoice,
    }
)


@dataclass(frozen=True)
class Sold:
    """`missing` is how many units were not free on the shelf: they became its shortage and a task."""

    order: Order
    missing: int
    is_new: bool


@retried
async def record_sale(
    basket: Basket,
    *,
    village_id: int,
    key: str,
    channel: Channel,
    tender: Tender,
    person_id: int,
    by: str,
    note: str = "",
    now: datetime,
) -> Sold:
    """Write down a sale that was made: it always stands for goods, and counts from now in the same figures.

    The same key is recorded once. Seats are guarded by the session's capacity like any others.
    Raises `BadForm` (empty, wrong channel or tender), `NotFound` (not this village's), `SessionFull`, `KeyReused`.
    """
    _refuse_strange(basket, channel, tender)
    digest = _digest(basket, village_id, channel, tender, note)
    async with in_transaction() as db:
        if earlier := await Order.get_or_none(key=key, using_db=db):
            return _earlier(earlier, digest)
        quoted = await _price(db, basket, village_id, now)
        order = await _write_paid_order(
            db, quoted, key=key, digest=digest, channel=channel, tender=tender, person_id=person_id, by=by, note=note, now=now,
        )  # fmt: skip
        if order is None:
            return _earlier(await Order.get(key=key, using_db=db), digest)
        missing = await _take_goods(db, quoted, order.number, village_id)
        await bookings.take_seats(db, seat_wishes(quoted))
        await record_act(
            db, "sale recorded", f"order {order.number}", by=by, village_id=village_id,
            facts={"total": order.total, "channel": channel.value, "tender": tender.value, "missing": missing},
        )  # fmt: skip
        await book_sale_made(db, order.id)
        await count_order(db, order.id, seoul_day(now))
    return Sold(order, missing, True)


def _earlier(order: Order, digest: str) -> Sold:
    """The sale that this key recorded before; `KeyReused` where it was another sale (back, changed, sent again)."""
    if order.body_hash != digest:
        raise KeyReused(
            "이 화면으로 이미 다른 판매를 적었습니다. 이것도 판 것이 맞으면 한 번 더 눌러 주세요."
        )
    return Sold(order, 0, False)


def _digest(basket: Basket, village_id: int, channel: Channel, tender: Tender, note: str) -> str:
    seats = sorted((session, sorted(people.items())) for session, people in basket.seats.items())
    body = [sorted(basket.goods.items()), seats, village_id, channel.value, tender.value, note]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


def _refuse_strange(basket: Basket, channel: Channel, tender: Tender) -> None:
    if basket.is_empty():
        raise BadForm("판 것의 개수를 적어 주세요.")
    if not is_offline(channel) or tender not in OFFLINE_TENDERS:
        raise BadForm("어디에서 무엇으로 받으셨는지 골라 주세요.")


async def _price(db: BaseDBAsyncClient, basket: Basket, village_id: int, now: datetime) -> Quote:
    """Today's prices, without postage and promise: it was carried home by hand. Only its own things are found."""
    quoted = await quote(db, basket, now=now)
    by_hand = {"postage": Postage(0, 0, ""), "promise": None}
    own = [part._replace(**by_hand) for part in quoted.parts if part.seller.id == village_id]
    lines = [line for part in own for line in part.lines]
    wanted = len(basket.goods) + sum(count > 0 for kinds in basket.seats.values() for count in kinds.values())
    if not own or len(lines) < wanted:  # one line for each variant, and for each kind of each session
        raise NotFound("이 마을의 물건이나 체험이 아닙니다. 목록에서 다시 골라 주세요.")
    if sum(part.total for part in own) > MOST_WON:
        raise BadForm(f"한 번에 {MOST_WON:,}원까지 적을 수 있습니다. 개수를 확인하고 나누어 적어 주세요.")
    return Quote(tuple(own))


async def _take_goods(db: BaseDBAsyncClient, quoted: Quote, number: str, village_id: int) -> int:
    missing = 0
    for line in sorted(
        (line for line in quoted.lines if line.variant_id), key=lambda line: line.variant_id or 0
    ):
        short = await stock.take(
            db, line.variant_id or 0, line.takes, cause=f"order {number} variant {line.variant_id}"
        )
        if short:
            await open_task(
                db, kind="shortage", subject=f"{number} variant {line.variant_id}", village_id=village_id,
                sentence=f"{line.name}: 남은 개수보다 {short}개 더 팔았습니다. 온라인 주문을 확인하고 개수를 맞춰 주세요.",
            )  # fmt: skip
        missing += short
    return missing


async def _write_paid_order(
    db: BaseDBAsyncClient, quoted: Quote, *, key: str, digest: str, channel: Channel, tender: Tender, person_id: int, by: str,
    note: str, now: datetime,
) -> Order | None:  # fmt: skip
    """The order, its parts and its captured payment; or None where this key was written a moment ago."""
    row: dict[str, Any] = {
        "key": key, "body_hash": digest, "channel": channel, "tender": tender, "total": quoted.total, "placed_at": now,
        "sold_on": seoul_day(now), "recorded_by_id": person_id, "note": note,
    }  # fmt: skip
    parts = parts_of(quoted, state=PartState.confirmed, by=by, now=now, held=False)
    for _ in range(5):
        row["number"] = new_number(now)
        values = WRITE_PAID_ORDER.values(row | parts)
        if written := await db.execute_query_dict(WRITE_PAID_ORDER.sql, values):
            return await Order.get(id=written[0]["id"], using_db=db)
        if await Order.filter(key=key).using_db(db).exists():
            return None
    raise RuntimeError("no free order number")


WRITE_PAID_ORDER = Named(f"""
WITH new_order AS (
    INSERT INTO orders (number, key, body_hash, token_hash, channel, tender, total, placed_at, paid_at, sold_on,
        recorded_by_id, buyer_name, buyer_phone, buyer_email, depositor, receiver_name, receiver_phone, postcode, road,
        detail, message, note)
    VALUES (:number, :key, :body_hash, '', :channel, :tender, :total, :placed_at, :placed_at, :sold_on, :recorded_by_id,
        '', '', '', '', '', '', '', '', '', '', :note)
    ON CONFLICT DO NOTHING RETURNING id, number, tender, total, placed_at
), new_payment AS (
    INSERT INTO payments (order_id, provider, reference, tender, state, amount, url, opened_at, captured_at, confirmed_by)
    SELECT id, 'desk', 'desk ' || number, tender, 'captured', total, '', placed_at, placed_at, :by FROM new_order
),
{WRITE_PARTS}
""")
