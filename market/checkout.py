"""Placing an order: take goods and seats and write the order together, or refuse and change nothing."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from asyncpg.exceptions import LockNotAvailableError, QueryCanceledError
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import bookings, seat_offers, ship_promises, stock
from market.deposits import OPEN_DEPOSIT
from market.order_parts import WRITE_PARTS, by_session, parts_of
from market.orders import Channel, Order, Tender
from market.part_states import PartState
from market.quotes import Basket, Quote, quote, refuse_trouble
from market.retrying import retried
from villages.days import seoul_day
from villages.named import Named
from villages.notices import NEW_NOTICES, TOLD_ONCE, notices
from villages.refusals import BadForm, KeyReused, PriceChanged, Refused


@dataclass(frozen=True)
class Buyer:
    name: str
    phone: str
    email: str = ""
    depositor: str = ""
    """The name on a bank transfer, where it is not the buyer's."""


@dataclass(frozen=True)
class Address:
    name: str
    phone: str
    postcode: str
    road: str
    detail: str = ""
    message: str = ""


@dataclass(frozen=True)
class HoldTerms:
    """How long an unpaid order keeps its goods and seats."""

    card_minutes: int = 40
    transfer_days: int = 3

    def pay_before(self, tender: Tender, now: datetime) -> datetime:
        return now + (
            timedelta(days=self.transfer_days)
            if tender == Tender.bank_transfer
            else timedelta(minutes=self.card_minutes)
        )


@dataclass(frozen=True)
class Placed:
    """`token` opens the order's page to whoever holds it; only its hash is stored."""

    order: Order
    token: str
    is_new: bool


@retried
async def place_order(
    basket: Basket,
    *,
    key: str,
    buyer: Buyer,
    address: Address | None,
    tender: Tender,
    secret: str,
    holds: HoldTerms,
    expected_total: int | None = None,
    expected_arrivals: Mapping[str, date] | None = None,
    person_id: int | None = None,
    offered_to: int | None = None,
    now: datetime,
) -> Placed:
    """Take the goods and seats and write the order in one transaction; hold them until it is paid or expires.

    `offered_to`: the waiting party whose offered seats this order, of that one session, takes (`OfferOver`).
    A transfer's deposit and the buyer's notice are written with it. Shelves, sessions, the order, days: always so.
    The same key with the same wishes answers the order it made before; with others it raises `KeyReused`.
    Raises `OutOfStock`, `SessionFull`, `SalesClosed`, `PriceChanged` (the total is not `expected_total`), `BadForm`,
    `ShipDayChanged` (a parcel comes later than in `expected_arrivals`, by the village's slug, or its day just filled).
    """
    if basket.is_empty():
        raise BadForm("장바구니가 비어 있습니다. 살 것을 먼저 담아 주세요.")
    digest = _digest(basket, buyer, address, tender)
    try:
        async with in_transaction() as db:
            before = await seat_offers.take_up(db, offered_to, basket, now=now) if offered_to else {}
            quoted = await quote(db, basket, now=now, postcode=address.postcode if address else None)
            refuse_trouble(quoted, basket)
            _refuse_unsaid(quoted, address, expected_total)
            ship_promises.refuse_later(quoted, expected_arrivals or {}, now=now)
            await take_all(db, quoted)
            order = await _write_order(
                db, quoted, key=key, digest=digest, buyer=buyer, address=address, tender=tender, secret=secret, holds=holds,
                person_id=person_id, now=now,
            )  # fmt: skip
            if offered_to:
                await seat_offers.took_up(db, offered_to, order.id, before, now=now)
            await ship_promises.take_room(db, order.id, quoted, now=now)
    except (Refused, KeyTaken, LockNotAvailableError, QueryCanceledError):
        # What is missing now may be what this very key has ordered; a second tap may wait in vain in a rush.
        if earlier := await Order.get_or_none(key=key):
            return _earlier(earlier, digest, secret)
        raise
    return Placed(order, token_of(order.key, secret), True)


class KeyTaken(Exception):
    """This key has its order: whatever was taken for another one goes back."""


def _refuse_unsaid(quoted: Quote, address: Address | None, expected_total: int | None) -> None:
    if quoted.has_parcels and address is None:
        raise BadForm("받을 곳의 주소를 적어 주세요.")
    if expected_total is not None and quoted.total != expected_total:
        raise PriceChanged(
            f"보신 뒤에 금액이 바뀌었습니다. 지금 금액은 {quoted.total:,}원입니다. 확인하고 다시 눌러 주세요."
        )


async def take_all(db: BaseDBAsyncClient, quoted: Quote) -> None:
    """Hold all that a quote wants: shelves first, then sessions, then what they share, each in the order of their ids.

    One order for everybody: two baskets with the same goods never wait for each other in a circle.
    """
    await stock.reserve(
        db, [stock.Wish(line.variant_id, line.takes, line.name) for line in quoted.lines if line.variant_id]
    )
    await bookings.hold_seats(db, seat_wishes(quoted))


def seat_wishes(quoted: Quote) -> list[bookings.SeatWish]:
    return [
        bookings.SeatWish(session_id, sum(line.takes for line in lines), lines[0].name.rsplit(" · ", 1)[0])
        for session_id, lines in by_session(quoted.lines).items()
    ]


def token_of(key: str, secret: str) -> str:
    """The order's token (128 bit), made from its key so that a repeated request can be answered with it again."""
    return hmac.new(secret.encode(), f"order-token:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_number(now: datetime) -> str:
    """A number that can be read out on the phone: the Seoul day and six digits."""
    return f"{seoul_day(now):%y%m%d}-{secrets.randbelow(1_000_000):06}"


async def _write_order(
    db: BaseDBAsyncClient, quoted: Quote, *, key: str, digest: str, buyer: Buyer, address: Address | None, tender: Tender,
    secret: str, holds: HoldTerms, person_id: int | None, now: datetime,
) -> Order:  # fmt: skip
    """The whole order in one statement, with what waits for its transfer and what is told to its buyer.

    A number that is taken is drawn again. Raises `KeyTaken`.
    """
    sent_to = address or Address("", "", "", "")
    row: dict[str, Any] = {
        "number": "", "key": key, "body_hash": digest, "token_hash": token_hash(token_of(key, secret)),
        "channel": Channel.online, "tender": tender, "total": quoted.total, "placed_at": now,
        "pay_before": _pay_before(quoted, tender, holds, now), "person_id": person_id, "buyer_name": buyer.name,
        "buyer_phone": buyer.phone, "buyer_email": buyer.email, "depositor": buyer.depositor or buyer.name,
        "receiver_name": sent_to.name, "receiver_phone": sent_to.phone, "postcode": sent_to.postcode, "road": sent_to.road,
        "detail": sent_to.detail, "message": sent_to.message, "agreed_at": now, "note": "",
    }  # fmt: skip
    parts = parts_of(quoted, state=PartState.awaiting_payment, by="shopper", now=now)
    for _ in range(5):
        row["number"] = new_number(now)
        told = notices(
            kind="placed", subject=row["number"], mail=buyer.email, phone=buyer.phone,
            facts={"number": row["number"], "total": quoted.total, "name": buyer.name, "tender": tender.value,
                   "pay_before": row["pay_before"]},
        )  # fmt: skip
        if written := await db.execute_query_dict(WRITE_ORDER.sql, WRITE_ORDER.values(row | parts | told)):
            return Order.construct(_saved_in_db=True, id=written[0]["id"], **row)
        if await Order.filter(key=key).using_db(db).exists():
            raise KeyTaken
    raise RuntimeError("no free order number")


def _pay_before(quoted: Quote, tender: Tender, holds: HoldTerms, now: datetime) -> datetime:
    """As the terms say, but seats are not held past the moment their session begins."""
    usual = holds.pay_before(tender, now)
    begins = [line.starts_at for line in quoted.lines if line.starts_at]
    # A card needs its whole time: the provider's page cannot be open for less.
    return usual if tender == Tender.card else min([usual, *begins])


def _earlier(order: Order, digest: str, secret: str) -> Placed:
    if order.body_hash != digest:
        raise KeyReused()
    return Placed(order, token_of(order.key, secret), False)


def _digest(basket: Basket, buyer: Buyer, address: Address | None, tender: Tender) -> str:
    # As dataclasses name and order their fields: a digest of yesterday must equal today's.
    body = [
        sorted(basket.goods.items()),
        sorted((session, sorted(people.items())) for session, people in basket.seats.items()),
        vars(buyer),
        address and vars(address),
        tender.value,
    ]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


WRITE_ORDER = Named(f"""
WITH new_order AS (
    INSERT INTO orders (number, key, body_hash, token_hash, channel, tender, total, placed_at, pay_before, person_id,
        buyer_name, buyer_phone, buyer_email, depositor, receiver_name, receiver_phone, postcode, road, detail, message,
        agreed_at, note)
    VALUES (:number, :key, :body_hash, :token_hash, :channel, :tender, :total, :placed_at, :pay_before, :person_id,
        :buyer_name, :buyer_phone, :buyer_email, :depositor, :receiver_name, :receiver_phone, :postcode, :road, :detail,
        :message, :agreed_at, :note)
    ON CONFLICT DO NOTHING RETURNING id, number, tender, total, placed_at, pay_before
), new_deposit AS ({OPEN_DEPOSIT}), new_notices AS (
    {NEW_NOTICES} CROSS JOIN new_order {TOLD_ONCE}
),
{WRITE_PARTS}
""")
