"""A quote frozen as an order's parts: each village's half with its lines, holds and bookings."""

import json
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market import bookings
from market.orders import PartState
from market.quotes import Quote, QuoteLine, QuotePart


def by_session(lines: list[QuoteLine]) -> dict[int, list[QuoteLine]]:
    found: dict[int, list[QuoteLine]] = {}
    for line in lines:
        if line.session_id:
            found.setdefault(line.session_id, []).append(line)
    return found


async def write_parts(
    db: BaseDBAsyncClient,
    order_id: int,
    quoted: Quote,
    *,
    state: PartState,
    by: str,
    now: datetime,
    held: bool = True,
) -> None:
    """Freeze a quote as parts, lines (with their holds) and bookings, in one statement."""
    booking = bookings.BookingState.held if held else bookings.BookingState.confirmed
    await db.execute_query_dict(
        WRITE_PARTS,
        [
            order_id, state.value, by, now, *_part_columns(quoted.parts), *_line_columns(quoted.parts), held,
            *_booking_columns(quoted.parts), booking.value,
        ],
    )  # fmt: skip


def _part_columns(parts: tuple[QuotePart, ...]) -> list[list[object]]:
    return _columns(
        [
            (part.seller.id, part.goods, part.programs, part.postage.total, part.vat, part.arrives_on)
            for part in parts
        ],
        6,
    )


def _line_columns(parts: tuple[QuotePart, ...]) -> list[list[object]]:
    return _columns(
        [
            (part.seller.id, line.variant_id, line.session_id, line.participant and line.participant.value, line.name,
             line.count, line.unit_price, line.takes, line.tax.value, json.dumps(line.terms, ensure_ascii=False))
            for part in parts for line in part.lines
        ], 10,
    )  # fmt: skip


def _booking_columns(parts: tuple[QuotePart, ...]) -> list[list[object]]:
    return _columns(
        [
            (part.seller.id, session_id, sum(line.takes for line in lines), sum(line.heads for line in lines))
            for part in parts
            for session_id, lines in sorted(by_session(list(part.lines)).items())
        ],
        4,
    )


def _columns(rows: list[tuple[object, ...]], width: int) -> list[list[object]]:
    """As `unnest` wants them."""
    return [[row[at] for row in rows] for at in range(width)]


# Each table's rows in the order of the villages, and of the lines in each: numbered as if written one by one.
WRITE_PARTS = """
WITH new_parts AS (
    INSERT INTO parts (order_id, village_id, goods, programs, postage, vat, state, promised_on, courier, tracking, moved_at,
        version)
    SELECT $1, village, goods, programs, postage, vat, $2, promised_on, '', '', $4, 1
    FROM unnest($5::bigint[], $6::int[], $7::int[], $8::int[], $9::int[], $10::date[])
        AS p (village, goods, programs, postage, vat, promised_on)
    RETURNING id, village_id
), moves AS (
    INSERT INTO part_moves (part_id, state, by, at) SELECT id, $2, $3, $4 FROM new_parts ORDER BY id
), new_lines AS (
    INSERT INTO lines (part_id, variant_id, session_id, participant, name, count, unit_price, takes, tax, terms)
    SELECT new_parts.id, variant, session, participant, name, count, price, takes, tax, terms
    FROM unnest($11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[], $16::int[], $17::int[], $18::int[],
            $19::text[], $20::jsonb[]) WITH ORDINALITY
        AS l (village, variant, session, participant, name, count, price, takes, tax, terms, place)
    JOIN new_parts ON new_parts.village_id = l.village
    ORDER BY place
    RETURNING id, takes
), new_holds AS (
    INSERT INTO holds (line_id, count) SELECT id, takes FROM new_lines WHERE $21 ORDER BY id
)
INSERT INTO bookings (part_id, session_id, seats, heads, state, moved_at)
SELECT new_parts.id, session, seats, heads, $26, $4
FROM unnest($22::bigint[], $23::bigint[], $24::int[], $25::int[]) WITH ORDINALITY
    AS b (village, session, seats, heads, place)
JOIN new_parts ON new_parts.village_id = b.village
ORDER BY place
"""
