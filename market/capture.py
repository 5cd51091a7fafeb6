"""Money came in: the one place where an order becomes paid."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import bookings, stock
from market.figures import ListingSale, Sale, add_sales
from market.ledger.sales import book_sale
from market.part_states import Ending
from market.retrying import retried
from market.ship_promises import promise_again
from market.unused_money import promise_unused_back
from villages.days import first_of_month, seoul_day
from villages.listings import Kind
from villages.notices import Told, tell, tell_each
from villages.refusals import Refused

PAID_TWICE = "이미 결제된 주문에 돈이 또 들어왔습니다."
TOO_LATE = "돈이 늦게 들어왔는데, 물건이나 자리가 남아 있지 않습니다."


class Effect(StrEnum):
    """What a success message did."""

    paid = "paid"
    none = "none"  # it was paid already
    revived = "revived"  # the order had ended, but the goods were still there
    refund_due = (
        "refund_due"  # it is paid already, or it had ended and the goods are gone: the money goes back
    )


@retried
async def capture(payment_id: int, *, by: str, now: datetime) -> Effect:
    """Book a payment as captured and its order as paid, once; a repeated call does nothing.

    Money is never swallowed: for an order that ended meanwhile the goods are taken again if they are there; otherwise
    it is promised back.
    """
    async with in_transaction() as db:
        return await capture_in(db, payment_id, by=by, now=now)


async def capture_in(db: BaseDBAsyncClient, payment_id: int, *, by: str, now: datetime) -> Effect:
    """`capture` inside the caller's transaction."""
    # Two statements: the second one's snapshot begins when the lock is ours, so it sees what the other one did.
    await db.execute_query_dict(LOCK, [payment_id])
    order = (await db.execute_query_dict(READ, [payment_id]))[0]
    if order["payment_state"] == "captured":
        return Effect.none
    await db.execute_query(BOOK_PAYMENT, [payment_id, now, by])
    await db.execute_query(CLOSE_OTHERS, [order["id"], payment_id, now])
    if order["paid_at"]:
        await promise_unused_back(db, order, PAID_TWICE, by=by, now=now)
        return Effect.refund_due
    if order["ended_as"] is None:
        await _hand_over_held(db, order, now)
        effect = Effect.paid
    elif await _take_again(db, order, now):
        effect = Effect.revived
    else:
        await promise_unused_back(db, order, TOO_LATE, by=by, now=now)
        return Effect.refund_due
    if effect == Effect.revived or (order["ships_on"] and order["ships_on"] < seoul_day(now)):
        await promise_again(db, order["id"], is_revived=effect == Effect.revived, now=now)
    await _mark_paid(db, order, by=by, now=now)
    return effect


async def _hand_over_held(db: BaseDBAsyncClient, order: dict[str, Any], now: datetime) -> None:
    held = await db.execute_query_dict(END_HOLDS, [order["id"], Ending.paid.value, now])
    await stock.hand_over(db, _off_the_shelf(order["number"], held))
    await bookings.book_seats(db, seat_wishes(held))


async def _take_again(db: BaseDBAsyncClient, order: dict[str, Any], now: datetime) -> bool:
    """Try to fulfil an order whose holds had ended; in a savepoint, so that half of it is never taken."""
    lines = await db.execute_query_dict(LINES, [order["id"]])
    if any(line["starts_at"] and line["starts_at"] <= now for line in lines):
        return False  # the day it was for is over
    try:
        async with in_transaction() as inner:
            goods = [line for line in lines if line["variant_id"]]
            wishes = [stock.Wish(line["variant_id"], line["count"], line["name"]) for line in goods]
            await stock.reserve(inner, wishes)
            await stock.hand_over(inner, _off_the_shelf(order["number"], goods))
            seats = seat_wishes(lines)
            await bookings.hold_seats(inner, seats)
            await bookings.book_seats(inner, seats)
    except Refused:
        return False
    return True


def _off_the_shelf(number: str, lines: list[dict[str, Any]]) -> list[stock.Promised]:
    return [
        stock.Promised(line["variant_id"], line["count"], f"order {number} line {line['line_id']}")
        for line in lines
        if line["variant_id"]
    ]


async def _mark_paid(db: BaseDBAsyncClient, order: dict[str, Any], *, by: str, now: datetime) -> None:
    day = seoul_day(now)
    await db.execute_query(MARK_ORDER, [order["id"], now, day])
    await db.execute_query(MARK_BOOKINGS, [order["id"], now])
    parts = await db.execute_query_dict(MARK_PARTS, [order["id"], now, by])
    await tell(
        db, kind="paid", subject=order["number"], mail=order["buyer_email"], phone=order["buyer_phone"],
        facts={"number": order["number"], "total": order["total"], "name": order["buyer_name"]},
    )  # fmt: skip
    await tell_villages(db, order["number"], [part["village_id"] for part in parts])
    await book_sale(db, order["payment_id"])
    await count_order(db, order["id"], day)


async def tell_villages(db: BaseDBAsyncClient, number: str, village_ids: list[int]) -> None:
    """A new order is work for its villages: one text message each."""
    rows = await db.execute_query_dict(
        "SELECT id, name, phone FROM villages WHERE id = ANY($1::bigint[]) ORDER BY id", [village_ids]
    )
    told = [
        Told(f"{number}/{row['id']}", {"number": number, "village": row["name"]}, row["phone"])
        for row in rows
    ]
    await tell_each(db, told, kind="new_part")


async def count_order(db: BaseDBAsyncClient, order_id: int, day: date) -> None:
    """Add a paid order to the figures; hot rows, so it comes last in its transaction."""
    rows = await db.execute_query_dict(SALES_OF_ORDER, [order_id])
    listings = await db.execute_query_dict(LISTINGS_OF_ORDER, [order_id])
    await add_sales(
        db,
        [
            Sale(row["village_id"], row["channel"], kind, day, amount, postage, 1, heads)
            for row in rows
            for kind, amount, postage, heads in (
                (Kind.goods.value, row["goods"], row["postage"], 0),
                (Kind.program.value, row["programs"], 0, row["heads"]),
            )
            if row["has_" + kind]
        ],
        [
            ListingSale(
                row["listing_id"], row["village_id"], first_of_month(day), row["amount"], row["units"]
            )
            for row in listings
        ],
    )


def seat_wishes(lines: list[dict[str, Any]]) -> list[bookings.SeatWish]:
    """What an order has of each session."""
    seats: dict[int, int] = {}
    for line in lines:
        if line["session_id"]:
            seats[line["session_id"]] = seats.get(line["session_id"], 0) + line["count"]
    return [bookings.SeatWish(*each) for each in seats.items()]


LOCK = "SELECT id FROM orders WHERE id = (SELECT order_id FROM payments WHERE id = $1) FOR NO KEY UPDATE"
READ = """
SELECT o.id, number, paid_at, ended_as, total, buyer_name, buyer_email, buyer_phone,
       p.id AS payment_id, p.amount, p.tender, p.provider, p.state AS payment_state,
       (SELECT min(ships_on) FROM parts WHERE order_id = o.id) AS ships_on
FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = $1
"""
BOOK_PAYMENT = """
UPDATE payments SET state = 'captured', captured_at = $2, confirmed_by = $3, ask_at = NULL WHERE id = $1
"""
# Other pages of this order must take no more money: the worker closes them at its next round.
CLOSE_OTHERS = """
UPDATE payments SET ask_at = $3 WHERE order_id = $1 AND id <> $2 AND provider = 'stripe' AND state IN ('open', 'unknown')
"""
END_HOLDS = """
UPDATE holds SET ended_as = $2, ended_at = $3
FROM lines l JOIN parts p ON p.id = l.part_id
WHERE holds.line_id = l.id AND p.order_id = $1 AND holds.ended_as IS NULL
RETURNING l.id AS line_id, l.variant_id, l.session_id, l.name, holds.count
"""
LINES = """
SELECT l.id AS line_id, l.variant_id, l.session_id, l.name, l.takes AS count, s.starts_at
FROM lines l JOIN parts p ON p.id = l.part_id LEFT JOIN sessions s ON s.id = l.session_id WHERE p.order_id = $1
"""
MARK_ORDER = "UPDATE orders SET paid_at = $2, sold_on = $3, ended_as = NULL WHERE id = $1"
MARK_BOOKINGS = """
UPDATE bookings SET state = 'confirmed', moved_at = $2
FROM parts p WHERE bookings.part_id = p.id AND p.order_id = $1
"""
MARK_PARTS = """
WITH moved AS (
    UPDATE parts SET state = 'paid', moved_at = $2, version = version + 1 WHERE order_id = $1 RETURNING id, village_id
), written AS (
    INSERT INTO part_moves (part_id, state, by, at) SELECT id, 'paid', $3, $2 FROM moved
)
SELECT id, village_id FROM moved
"""
SALES_OF_ORDER = """
SELECT p.village_id, o.channel, p.goods, p.programs, p.postage,
       EXISTS (SELECT FROM lines l WHERE l.part_id = p.id AND l.variant_id IS NOT NULL) AS has_goods,
       EXISTS (SELECT FROM lines l WHERE l.part_id = p.id AND l.session_id IS NOT NULL) AS has_program,
       (SELECT COALESCE(sum(b.heads), 0) FROM bookings b WHERE b.part_id = p.id)::int AS heads
FROM parts p JOIN orders o ON o.id = p.order_id WHERE o.id = $1
"""
LISTINGS_OF_ORDER = """
SELECT COALESCE(v.listing_id, s.listing_id) AS listing_id, p.village_id,
       sum(l.count * l.unit_price)::bigint AS amount, sum(l.count)::int AS units
FROM lines l JOIN parts p ON p.id = l.part_id
LEFT JOIN variants v ON v.id = l.variant_id LEFT JOIN sessions s ON s.id = l.session_id
WHERE p.order_id = $1 GROUP BY 1, 2
"""
