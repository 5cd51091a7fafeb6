"""A large past (--large): a million order lines by the rules of live sales, and what a check of them costs.

Some thousand orders are written as the demo writes its history; then they are copied, row by row and with keys of their
own, inside the database. The journal books the copies itself; shelves get what they sold on top.
"""

import random
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from market.checkout import HoldTerms
from market.ledger.sales import book_past_sales
from market.orders import Channel, Hold, Line, Order, Part, PartMove, Tender
from market.part_states import PartState
from market.payments import Payment
from market.quotes import Basket
from storefront.db import open_database
from storefront.demo.past_sales import PastSale, PriceBook, Step, write_past_sales
from storefront.demo.shoppers import crowd, one_of
from tests.bench.api_orders import three_lines
from tests.bench.catalogue import Catalogue
from tests.bench.processes import Household, children_of, pss_mb
from villages.people import Person

ORDERS = 8_000
LINES = 3  # of each order, all of different villages
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class CheckResult:
    """`memory_mb`: the most that the command and its database server had between them, what they share counted once."""

    lines: int
    seconds: float
    own_mb: float
    memory_mb: float
    holds: bool
    said: str

    MOST_SECONDS = 60
    MOST_MB = 500

    def misses(self) -> list[str]:
        found = [] if self.holds else [f"check of a large past: {self.said}"]
        if self.seconds > self.MOST_SECONDS:
            found.append(f"check of {self.lines:,} lines: {self.seconds:.0f} s, promised {self.MOST_SECONDS}")
        if self.memory_mb > self.MOST_MB:
            found.append(f"check of {self.lines:,} lines: {self.memory_mb:.0f} MB, promised {self.MOST_MB}")
        return found

    @property
    def note(self) -> str:
        return (
            f"`jangnal check` over {self.lines:,} order lines: {self.seconds:.1f} s (promised ≤ {self.MOST_SECONDS}), at most "
            f"{self.memory_mb:.0f} MB with its database server (promised ≤ {self.MOST_MB}), {self.own_mb:.0f} MB of them its own"
        )


async def load_past(url: str, catalogue: Catalogue, lines: int, *, progress: Callable[[str], None]) -> int:
    """Returns how many order lines there are now."""
    async with open_database(url, connections=1):
        person = await Person.create(email="past@bench.example", name="이주무", password="")
        await _write(catalogue, person, progress)
        copies = max(0, -(-lines // (ORDERS * LINES)) - 1)
        for nth in range(1, copies + 1):
            progress(f"the past, {nth} of {copies}")
            await _copy(nth)
        db: Any = connections.get("default")
        await _multiply(copies + 1)
        async with db.acquire_connection() as connection:
            await connection.execute("VACUUM ANALYZE")
            await connection.execute("CHECKPOINT")
            return await connection.fetchval("SELECT count(*) FROM lines")


async def _write(catalogue: Catalogue, person: Person, progress: Callable[[str], None]) -> None:
    rng = random.Random(5)
    prices, shoppers, numbers = await PriceBook.open(), crowd(rng), set[str]()
    holds, now = HoldTerms(), datetime.now(UTC)
    for start in range(0, ORDERS, 2_000):
        progress(f"the past, {start} of {ORDERS} orders")
        sales = []
        for number in range(start, start + 2_000):
            at = now - timedelta(days=30 + rng.randrange(700), seconds=rng.randrange(86_400))
            variants = three_lines(catalogue, number)
            sales.append(await confirmed_sale(prices, variants, at, one_of(shoppers, rng), person))
        await write_past_sales(sales, secret="bench", holds=holds, rng=rng, taken_numbers=numbers)


async def confirmed_sale(
    prices: PriceBook, variants: Iterable[int], at: datetime, shopper: Any, person: Person
) -> PastSale:
    """One of each, paid an hour later and confirmed after six days."""
    quoted = await prices.quote(Basket(dict.fromkeys(variants, 1)), now=at, postcode="04524")
    paid_at, by = at + HOUR, f"person {person.id}"
    states = (PartState.awaiting_payment, PartState.paid, PartState.preparing, PartState.shipped, PartState.delivered, PartState.confirmed)  # fmt: skip
    steps = tuple(
        Step(state, by, at + (nth if nth < 2 else nth * 30) * HOUR) for nth, state in enumerate(states)
    )
    return PastSale(
        quoted, Channel.online, Tender.bank_transfer, at, paid_at, by, {part.seller.id: steps for part in quoted.parts},
        shopper.buyer, shopper.address, {part.seller.id: ("cj", "123456789012") for part in quoted.parts},
    )  # fmt: skip


async def _copy(nth: int) -> None:
    """Every order of the first thousands once more; ids are shifted by so many stretches."""
    async with in_transaction() as db:
        first = (await db.execute_query_dict(FIRST))[0]
        for statement, last_of in _copies():
            await db.execute_query(statement, [nth, first[last_of]])
        shift = nth * SHIFT
        await book_past_sales(db, shift + 1, shift + first["orders"])


async def _multiply(times: int) -> None:
    """Figures are those of the first orders so many times; what the copies sold came in before."""
    async with in_transaction() as db:
        for statement in MULTIPLY:
            await db.execute_query(statement, [times] if "$1" in statement else [])
        for table in ("orders", "parts", "lines", "holds", "part_moves", "payments", "movements"):
            await db.execute_query_dict(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )


SHIFT = 1_000_000  # more than any table of the first orders has rows
FIRST = f"""
SELECT (SELECT max(id) FROM orders WHERE id < {SHIFT}) AS orders, (SELECT max(id) FROM parts WHERE id < {SHIFT}) AS parts,
       (SELECT max(id) FROM lines WHERE id < {SHIFT}) AS lines
"""


def _copied(table: str, below: str, **changed: str) -> str:
    """A statement that copies a table's first rows; columns not named in `changed` are taken as they are."""
    columns = _columns_of(table)
    taken = ", ".join(changed.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} WHERE {below} ORDER BY id"


def _columns_of(table: str) -> list[str]:
    """Needs an open Tortoise, which knows them."""
    models = {model._meta.db_table: model for model in (Order, Part, Line, Hold, PartMove, Payment)}
    return list(models[table]._meta.fields_db_projection.values())


def _copies() -> list[tuple[str, str]]:
    """$1: which copy; $2: the last of the first orders, parts or lines. Numbers and keys get an end of their own."""
    shift = f"$1::bigint * {SHIFT}"
    return [
        (_copied("orders", "id <= $2", id=f"id + {shift}", number="number || '-' || $1", key="key || '-' || $1"), "orders"),
        (_copied("payments", "order_id <= $2", id=f"id + {shift}", order_id=f"order_id + {shift}", reference="reference || '-' || $1"),
         "orders"),
        (_copied("parts", "id <= $2", id=f"id + {shift}", order_id=f"order_id + {shift}"), "parts"),
        (_copied("part_moves", "part_id <= $2", id=f"id + {shift}", part_id=f"part_id + {shift}"), "parts"),
        (_copied("lines", "id <= $2", id=f"id + {shift}", part_id=f"part_id + {shift}"), "lines"),
        (_copied("holds", "line_id <= $2", id=f"id + {shift}", line_id=f"line_id + {shift}"), "lines"),
        (f"""
        INSERT INTO movements (id, shelf_id, change, cause, at)
        SELECT m.id + {shift}, m.shelf_id, m.change, 'order ' || o.number || '-' || $1 || ' line ' || (l.id + {shift}), m.at
        FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
        JOIN movements m ON m.cause = 'order ' || o.number || ' line ' || l.id
        WHERE l.id <= $2 ORDER BY m.id
        """, "lines"),
    ]  # fmt: skip


MULTIPLY = (
    "UPDATE daily_sales SET amount = amount * $1, postage = postage * $1, orders = orders * $1, heads = heads * $1",
    "UPDATE monthly_listing_sales SET amount = amount * $1, units = units * $1",
    """
    INSERT INTO movements (shelf_id, change, cause, at)
    SELECT shelf_id, -sum(change), 'harvest of the past', min(at) FROM movements WHERE cause LIKE 'order %' GROUP BY shelf_id
    """,
    """
    UPDATE shelves SET on_hand = m.whole
    FROM (SELECT shelf_id, sum(change) AS whole FROM movements GROUP BY shelf_id) m WHERE m.shelf_id = shelves.id
    """,
)


def check_large(lines: int, command: list[str], household: Household, **given: Any) -> CheckResult:
    """Run `jangnal check` and look at its memory, and at its server's, ten times a second."""
    began = time.monotonic()
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **given)
    own = most = 0.0
    while run.poll() is None:
        mine = _mb([run.pid, *children_of(run.pid)])
        own, most = max(own, mine), max(most, mine + _mb(_server(household)))
        time.sleep(0.1)
    assert run.stdout
    said = run.stdout.read().strip()
    return CheckResult(lines, time.monotonic() - began, own, most, run.returncode == 0, said.splitlines()[-1])


def _server(household: Household) -> Iterator[int]:
    yield household.postmaster
    yield from children_of(household.postmaster)


def _mb(pids: Iterable[int]) -> float:
    whole = 0.0
    for pid in pids:
        with suppress(OSError):  # it has ended
            whole += pss_mb(pid)
    return whole
