"""Rows for the tables of the market, gathered in memory and copied into PostgreSQL together."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.sales import book_past_sales
from market.quote_lines import QuoteLine

COLUMNS: dict[str, tuple[str, ...]] = {
    "orders": (
        "number", "key", "body_hash", "channel", "tender", "total", "placed_at", "token_hash", "pay_before", "paid_at",
        "sold_on", "person_id", "recorded_by_id", "buyer_name", "buyer_phone", "buyer_email", "depositor", "receiver_name",
        "receiver_phone", "postcode", "road", "detail", "message", "agreed_at", "note",
    ),
    "parts": (
        "order_id", "village_id", "goods", "programs", "postage", "vat", "state", "promised_on", "ships_on", "courier",
        "tracking", "moved_at", "version",
    ),
    "part_moves": ("part_id", "state", "by", "at"),
    "lines": (
        "part_id", "variant_id", "session_id", "participant", "name", "count", "unit_price", "takes", "tax", "terms",
    ),
    "holds": ("line_id", "count", "ended_as", "ended_at"),
    "bookings": ("part_id", "session_id", "seats", "heads", "state", "moved_at"),
    "payments": (
        "order_id", "provider", "reference", "tender", "state", "amount", "url", "opened_at", "ends_at", "captured_at",
        "confirmed_by",
    ),
    "payment_events": ("provider", "event_id", "kind", "payment_id", "amount", "effect", "at"),
    "movements": ("shelf_id", "change", "cause", "at"),
}  # fmt: skip
"""Tables in the order in which they refer to each other."""


@dataclass
class LedgerRows:
    """Whoever adds rows here is alone in the database: ids are counted on from the highest there is."""

    db: BaseDBAsyncClient
    last_ids: dict[str, int]
    shelf_ids: dict[int, int]
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    taken: Counter[int] = field(default_factory=Counter)
    """Variant → units that left its shelf."""
    seats: Counter[int] = field(default_factory=Counter)
    """Session → seats booked."""
    days: defaultdict[tuple[int, str, str, date], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    months: defaultdict[tuple[int, int, date], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    @classmethod
    async def begin(cls, db: BaseDBAsyncClient) -> "LedgerRows":
        """Inside a transaction; nobody else adds orders until it ends."""
        await db.execute_query("LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE")
        ids = {
            table: (await db.execute_query_dict(f"SELECT COALESCE(max(id), 0) AS id FROM {table}"))[0]["id"]
            for table in COLUMNS
        }
        shelves = await db.execute_query_dict("SELECT id, variant_id FROM shelves")
        return cls(db, ids, {row["variant_id"]: row["id"] for row in shelves})

    def add(self, table: str, values: tuple[Any, ...]) -> int:
        self.last_ids[table] += 1
        self.rows[table].append((self.last_ids[table], *values))
        return self.last_ids[table]

    def add_line(self, part_id: int, line: QuoteLine) -> int:
        return self.add(
            "lines",
            (part_id, line.variant_id, line.session_id, line.participant.value if line.participant else None, line.name,
             line.count, line.unit_price, line.takes, line.tax.value, json.dumps(line.terms, ensure_ascii=False)),
        )  # fmt: skip

    def take(self, variant_id: int, count: int, cause: str, at: datetime) -> None:
        self.taken[variant_id] += count
        self.add("movements", (self.shelf_ids[variant_id], -count, cause, at))

    async def write(self) -> None:
        """Everything, what the journal says of it, then the hot rows."""
        connection: Any = self.db._connection  # type: ignore[attr-defined]  COPY is asyncpg's own
        for table, columns in COLUMNS.items():
            await connection.copy_records_to_table(table, records=self.rows[table], columns=("id", *columns))
            await self.db.execute_query_dict(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST(1, $1))",
                [self.last_ids[table]],
            )
        if orders := self.rows["orders"]:
            await book_past_sales(self.db, orders[0][0], orders[-1][0])
        await self.db.execute_query(TAKE, [list(self.taken), list(self.taken.values())])
        await self.db.execute_query(BOOK, [list(self.seats), list(self.seats.values())])
        await self.db.execute_query(
            ADD_DAYS, self._columns_of(self.days, ("amount", "postage", "orders", "heads"))
        )
        await self.db.execute_query(ADD_MONTHS, self._columns_of(self.months, ("amount", "units")))

    def _columns_of(self, figures: dict[Any, Counter[str]], names: tuple[str, ...]) -> list[list[object]]:
        keys = sorted(figures)
        width = len(keys[0]) if keys else (4 if len(names) == 4 else 3)
        return [
            *([key[place] for key in keys] for place in range(width)),
            *([figures[key][name] for key in keys] for name in names),
        ]


TAKE = """
UPDATE shelves SET on_hand = on_hand - t.count FROM unnest($1::bigint[], $2::int[]) t(variant_id, count)
WHERE shelves.variant_id = t.variant_id
"""
BOOK = """
UPDATE sessions SET booked = booked + b.seats FROM unnest($1::bigint[], $2::int[]) b(id, seats) WHERE sessions.id = b.id
"""
ADD_DAYS = """
INSERT INTO daily_sales (village_id, channel, kind, day, amount, postage, orders, heads)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::int[], $8::int[])
ON CONFLICT (day, village_id, channel, kind) DO UPDATE SET
    amount = daily_sales.amount + EXCLUDED.amount, postage = daily_sales.postage + EXCLUDED.postage,
    orders = daily_sales.orders + EXCLUDED.orders, heads = daily_sales.heads + EXCLUDED.heads
"""
ADD_MONTHS = """
INSERT INTO monthly_listing_sales (village_id, listing_id, month, amount, units)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::bigint[], $5::int[])
ON CONFLICT (month, village_id, listing_id) DO UPDATE SET
    amount = monthly_listing_sales.amount + EXCLUDED.amount, units = monthly_listing_sales.units + EXCLUDED.units
"""
