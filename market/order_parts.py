"""A quote frozen as an order's parts: each village's half with its lines, holds and bookings."""

import json
from datetime import datetime
from typing import Any

from market import bookings
from market.part_states import PartState
from market.quote_lines import QuoteLine
from market.quotes import Quote, QuotePart


def by_session(lines: list[QuoteLine]) -> dict[int, list[QuoteLine]]:
    found: dict[int, list[QuoteLine]] = {}
    for line in lines:
        if line.session_id:
            found.setdefault(line.session_id, []).append(line)
    return found


def parts_of(quoted: Quote, *, state: PartState, by: str, now: datetime, held: bool = True) -> dict[str, Any]:
    """The values of `WRITE_PARTS`: columns of parts (`p_`), lines (`l_`, with their holds) and bookings (`b_`)."""
    booking = bookings.BookingState.held if held else bookings.BookingState.confirmed
    return {
        "state": state.value, "by": by, "now": now, "held": held, "booking": booking.value,
        **_columns(_PART, _part_rows(quoted.parts)),
        **_columns(_LINE, _line_rows(quoted.parts)),
        **_columns(_BOOKING, _booking_rows(quoted.parts)),
    }  # fmt: skip


_PART = ("p_village", "p_goods", "p_programs", "p_postage", "p_vat", "p_promised_on", "p_ships_on")
_LINE = (
    "l_village", "l_variant", "l_session", "l_participant", "l_name", "l_count", "l_price", "l_takes", "l_tax", "l_terms",
)  # fmt: skip
_BOOKING = ("b_village", "b_session", "b_seats", "b_heads")


def _part_rows(parts: tuple[QuotePart, ...]) -> list[tuple[object, ...]]:
    return [
        (part.seller.id, part.goods, part.programs, part.postage.total, part.vat, part.arrives_on, part.ships_on)
        for part in parts
    ]  # fmt: skip


def _line_rows(parts: tuple[QuotePart, ...]) -> list[tuple[object, ...]]:
    return [
        (part.seller.id, line.variant_id, line.session_id, line.participant and line.participant.value, line.name,
         line.count, line.unit_price, line.takes, line.tax.value, json.dumps(line.terms, ensure_ascii=False))
        for part in parts for line in part.lines
    ]  # fmt: skip


def _booking_rows(parts: tuple[QuotePart, ...]) -> list[tuple[object, ...]]:
    return [
        (part.seller.id, session_id, sum(line.takes for line in lines), sum(line.heads for line in lines))
        for part in parts
        for session_id, lines in sorted(by_session(list(part.lines)).items())
    ]


def _columns(names: tuple[str, ...], rows: list[tuple[object, ...]]) -> dict[str, list[object]]:
    """As `unnest` wants them."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


# Goes on after `WITH new_order AS (…)`: where that gives no row, nothing is written. Each table's rows in the order of
# the villages, and of the lines in each: numbered as if written one by one.
WRITE_PARTS = """
new_parts AS (
    INSERT INTO parts (order_id, village_id, goods, programs, postage, vat, state, promised_on, ships_on, courier, tracking,
        moved_at, version)
    SELECT new_order.id, village, goods, programs, postage, vat, :state, promised_on, ships_on, '', '', :now, 1
    FROM new_order CROSS JOIN unnest(:p_village::bigint[], :p_goods::int[], :p_programs::int[], :p_postage::int[],
            :p_vat::int[], :p_promised_on::date[], :p_ships_on::date[])
        AS p (village, goods, programs, postage, vat, promised_on, ships_on)
    RETURNING id, village_id
), moves AS (
    INSERT INTO part_moves (part_id, state, by, at) SELECT id, :state, :by, :now FROM new_parts ORDER BY id
), new_lines AS (
    INSERT INTO lines (part_id, variant_id, session_id, participant, name, count, unit_price, takes, tax, terms)
    SELECT new_parts.id, variant, session, participant, name, count, price, takes, tax, terms
    FROM unnest(:l_village::bigint[], :l_variant::bigint[], :l_session::bigint[], :l_participant::text[], :l_name::text[],
            :l_count::int[], :l_price::int[], :l_takes::int[], :l_tax::text[], :l_terms::jsonb[]) WITH ORDINALITY
        AS l (village, variant, session, participant, name, count, price, takes, tax, terms, place)
    JOIN new_parts ON new_parts.village_id = l.village
    ORDER BY place
    RETURNING id, takes
), new_holds AS (
    INSERT INTO holds (line_id, count) SELECT id, takes FROM new_lines WHERE :held ORDER BY id
), new_bookings AS (
    INSERT INTO bookings (part_id, session_id, seats, heads, state, moved_at)
    SELECT new_parts.id, session, seats, heads, :booking, :now
    FROM unnest(:b_village::bigint[], :b_session::bigint[], :b_seats::int[], :b_heads::int[]) WITH ORDINALITY
        AS b (village, session, seats, heads, place)
    JOIN new_parts ON new_parts.village_id = b.village
    ORDER BY place
)
SELECT id FROM new_order
"""
