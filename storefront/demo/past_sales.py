"""Sales of the past, many at once: the very rows that placing, paying and sending one by one would have left."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.card_payments import PAGE_LIVES
from market.checkout import Address, Buyer, HoldTerms, token_hash, token_of
from market.order_parts import by_session
from market.orders import Channel, Tender
from market.part_states import Ending, PartState
from market.payments import PaymentState, Provider
from market.pricing import GOODS, SEATS
from market.quotes import Basket, Quote, QuotePart, quote
from storefront.demo.ledger_rows import LedgerRows
from villages.days import first_of_month, seoul_day

ALWAYS_THERE = {"free": 1_000_000, "on_sale": True}


@dataclass(frozen=True)
class Step:
    """One move of a part."""

    state: PartState
    by: str
    at: datetime


@dataclass(frozen=True)
class PastSale:
    """One sale that was made. With a buyer: an order of the shop; without: written down in the village."""

    quoted: Quote
    channel: Channel
    tender: Tender
    placed_at: datetime
    paid_at: datetime
    by: str
    """Who confirmed the payment, or recorded the sale."""
    steps: dict[int, tuple[Step, ...]]
    """Village → the moves of its part, in their order."""
    buyer: Buyer | None = None
    address: Address | None = None
    parcels: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Village → courier and tracking number."""
    person_id: int | None = None
    """Who bought, or who recorded."""
    note: str = ""


class PriceBook:
    """Answers the two questions of `market.quotes.quote` from memory, so that the same rule prices all sales."""

    def __init__(self, answers: dict[str, dict[int, list[dict[str, Any]]]]) -> None:
        self._answers = answers

    @classmethod
    async def open(cls) -> "PriceBook":
        """Read all goods and sessions. What lay on the shelf of a day long past, and was to be sent, nobody knows."""
        db = connections.get("default")
        answers: dict[str, dict[int, list[dict[str, Any]]]] = {}
        for query, table, key, more in (
            (GOODS, "variants", "variant_id", [date.max]),
            (SEATS, "sessions", "session_id", []),
        ):
            ids = [row["id"] for row in await db.execute_query_dict(f"SELECT id FROM {table}")]
            rows = answers.setdefault(query, {})
            for row in await db.execute_query_dict(query, [ids, *more]):
                rows.setdefault(row[key], []).append(row | ALWAYS_THERE)
        return cls(answers)

    async def execute_query_dict(self, query: str, values: list[Any]) -> list[dict[str, Any]]:
        return [row for wanted in values[0] for row in self._answers[query].get(wanted, ())]

    async def quote(self, basket: Basket, *, now: datetime, postcode: str | None = None) -> Quote:
        return await quote(cast(BaseDBAsyncClient, self), basket, now=now, postcode=postcode)


async def write_past_sales(
    sales: Sequence[PastSale], *, secret: str, holds: HoldTerms, rng: random.Random, taken_numbers: set[str]
) -> None:
    """Write them in one transaction. Shelves and sessions must have had enough (their CHECKs decide).

    `taken_numbers` are the order numbers drawn so far; it grows.
    """
    async with in_transaction() as db:
        rows = await LedgerRows.begin(db)
        for sale in sales:
            _write(rows, sale, _number(sale.placed_at, rng, taken_numbers), secret, holds, rng)
        await rows.write()


async def write_harvests(harvests: Iterable[tuple[int, int, datetime]]) -> None:
    """What came in: (variant, count, moment). A variant has at most one harvest a day."""
    came = list(harvests)
    async with in_transaction() as db:
        await db.execute_query(
            HARVESTS,
            [
                [variant for variant, _, _ in came],
                [count for _, count, _ in came],
                [f"harvest {seoul_day(at)}" for _, _, at in came],
                [at for _, _, at in came],
            ],
        )
        await db.execute_query(
            FILL_SHELVES, [[variant for variant, _, _ in came], [count for _, count, _ in came]]
        )


def _number(at: datetime, rng: random.Random, taken: set[str]) -> str:
    """As `market.checkout.new_number` draws them, but the same each time."""
    while (number := f"{seoul_day(at):%y%m%d}-{rng.randrange(1_000_000):06}") in taken:
        pass
    taken.add(number)
    return number


def _write(
    rows: LedgerRows, sale: PastSale, number: str, secret: str, holds: HoldTerms, rng: random.Random
) -> None:
    key = f"demo-{rng.getrandbits(128):032x}"
    order_id = rows.add("orders", _order_values(sale, number, key, secret, holds))
    _write_payment(rows, sale, number, order_id, holds, rng)
    for part in sale.quoted.parts:
        _write_part(rows, sale, part, order_id, number)
        for line in part.lines:
            rows.months[part.seller.id, line.listing_id, first_of_month(seoul_day(sale.paid_at))] += Counter(
                amount=line.amount, units=line.count
            )


def _order_values(sale: PastSale, number: str, key: str, secret: str, holds: HoldTerms) -> tuple[Any, ...]:
    buyer, day = sale.buyer, seoul_day(sale.paid_at)
    common = (number, key, hashlib.sha256(key.encode()).hexdigest(), sale.channel.value, sale.tender.value, sale.quoted.total, sale.placed_at)  # fmt: skip
    if buyer is None:
        return (*common, "", None, sale.paid_at, day, None, sale.person_id, *[""] * 10, None, sale.note)
    to = sale.address or Address("", "", "", "")
    return (
        *common, token_hash(token_of(key, secret)), holds.pay_before(sale.tender, sale.placed_at), sale.paid_at, day,
        sale.person_id, None, buyer.name, buyer.phone, buyer.email, buyer.depositor or buyer.name, to.name, to.phone,
        to.postcode, to.road, to.detail, to.message, sale.placed_at, sale.note,
    )  # fmt: skip


def _write_payment(
    rows: LedgerRows, sale: PastSale, number: str, order_id: int, holds: HoldTerms, rng: random.Random
) -> None:
    opened = sale.placed_at
    if sale.buyer is None:
        provider, reference, ends = Provider.desk, f"desk {number}", None
    elif sale.tender == Tender.bank_transfer:
        provider, reference, ends = (
            Provider.bank_transfer,
            f"deposit {number}",
            holds.pay_before(sale.tender, opened),
        )
    else:
        provider, reference, ends = (
            Provider.stripe,
            f"cs_test_demo{rng.getrandbits(96):024x}",
            opened + PAGE_LIVES,
        )
    payment_id = rows.add(
        "payments",
        (order_id, provider.value, reference, sale.tender.value, PaymentState.captured.value, sale.quoted.total, "",
         opened, ends, sale.paid_at, sale.by),
    )  # fmt: skip
    if provider == Provider.stripe:
        rows.add(
            "payment_events",
            (provider.value, f"evt_demo{rng.getrandbits(96):024x}", "captured", payment_id, sale.quoted.total, "", sale.paid_at),
        )  # fmt: skip


def _write_part(rows: LedgerRows, sale: PastSale, part: QuotePart, order_id: int, number: str) -> None:
    village, steps = part.seller.id, sale.steps[part.seller.id]
    part_id = rows.add(
        "parts",
        (order_id, village, part.goods, part.programs, part.postage.total, part.vat, steps[-1].state.value, part.arrives_on,
         part.ships_on, *sale.parcels.get(village, ("", "")), steps[-1].at, len(steps)),
    )  # fmt: skip
    for step in steps:
        rows.add("part_moves", (part_id, step.state.value, step.by, step.at))
    _write_lines(rows, sale, part, part_id, number)
    heads = 0
    for session_id, lines in sorted(by_session(list(part.lines)).items()):
        seats = sum(line.takes for line in lines)
        heads += (came := sum(line.heads for line in lines))
        rows.add("bookings", (part_id, session_id, seats, came, "confirmed", sale.paid_at))
        rows.seats[session_id] += seats
    day, channel = seoul_day(sale.paid_at), sale.channel.value
    if part.goods_lines:
        rows.days[village, channel, "goods", day] += Counter(
            amount=part.goods, postage=part.postage.total, orders=1
        )
    if part.program_lines:
        rows.days[village, channel, "program", day] += Counter(amount=part.programs, orders=1, heads=heads)


def _write_lines(rows: LedgerRows, sale: PastSale, part: QuotePart, part_id: int, number: str) -> None:
    for line in part.lines:
        line_id = rows.add_line(part_id, line)
        if sale.buyer:
            rows.add("holds", (line_id, line.takes, Ending.paid.value, sale.paid_at))
        if line.variant_id:
            what = f"line {line_id}" if sale.buyer else f"variant {line.variant_id}"
            rows.take(line.variant_id, line.takes, f"order {number} {what}", sale.paid_at)


def moment_after(at: datetime, rng: random.Random, *, least: timedelta, most: timedelta) -> datetime:
    """Some whole second between the two."""
    return at + timedelta(seconds=rng.randint(int(least.total_seconds()), int(most.total_seconds())))


HARVESTS = """
INSERT INTO movements (shelf_id, change, cause, at)
SELECT s.id, h.count, h.cause, h.at
FROM unnest($1::bigint[], $2::int[], $3::text[], $4::timestamptz[]) h(variant_id, count, cause, at)
JOIN shelves s ON s.variant_id = h.variant_id
"""
FILL_SHELVES = """
UPDATE shelves SET on_hand = on_hand + h.count
FROM (SELECT variant_id, sum(count)::int AS count FROM unnest($1::bigint[], $2::int[]) h(variant_id, count) GROUP BY 1) h
WHERE shelves.variant_id = h.variant_id
"""
