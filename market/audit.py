"""The auditor: every invariant of stock, seats, money and figures as one query that must find nothing."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from market.chain_invariants import CHAIN_RULES
from market.dates.invariants import DATE_RULES
from market.deposit_sheets.invariants import DEPOSIT_RULES
from market.dispatch_invariants import DISPATCH_RULES
from market.ledger.invariants import JOURNAL_RULES
from market.outing_invariants import OUTING_RULES
from market.provider_invariants import PROVIDER_RULES
from market.refund_invariants import REFUND_RULES
from market.refunds import UNUSED
from market.returns.invariants import RETURN_RULES
from market.rules import Rule
from market.settlement.invariants import SETTLEMENT_RULES
from market.wishes.invariants import WISH_RULES

MOST_IDS = 20
# Every rule reads whole tables. Where their statistics are missing, as after a restore, PostgreSQL takes them for small
# and walks one of them for each row of another: a rule of half a second then takes minutes.
SETTINGS = ("statement_timeout = 0", "enable_nestloop = off")


@dataclass(frozen=True)
class Violation:
    rule: str
    says: str
    count: int
    ids: list[str]


async def violations(rules: "tuple[Rule, ...] | None" = None) -> list[Violation]:
    """What is wrong right now, rule by rule; empty means that everything holds. Reads in one snapshot."""
    found = []
    async with in_transaction() as db:
        await db.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for setting in SETTINGS:
            await db.execute_query(f"SET LOCAL {setting}")
        for rule in rules or RULES:
            rows = await db.execute_query_dict(question(rule))
            if rows:
                found.append(
                    Violation(rule.name, rule.says, rows[0]["whole"], [str(row["id"]) for row in rows])
                )
    return found


def question(rule: Rule) -> str:
    """The first ids that break the rule, each beside how many do."""
    return f"SELECT id, count(*) OVER () AS whole FROM ({rule.finds}) broken(id) LIMIT {MOST_IDS}"


RULES = (
    Rule(
        "on-hand-is-its-movements",
        "on_hand = Σ movements, for every shelf",
        """
        SELECT 'shelf ' || s.id || ' (' || l.name || '), movements ' || COALESCE(m.ids, '-')
        FROM shelves s JOIN variants v ON v.id = s.variant_id JOIN listings l ON l.id = v.listing_id
        LEFT JOIN (
            SELECT shelf_id, sum(change) AS whole, string_agg(id::text, ',' ORDER BY id DESC) AS ids
            FROM movements GROUP BY shelf_id
        ) m ON m.shelf_id = s.id
        WHERE s.on_hand <> COALESCE(m.whole, 0)
        """,
    ),
    Rule(
        "a-sale-has-its-movement",
        "what a paid order took from a shelf is a movement with the order as its cause, of the same size",
        """
        SELECT 'movement ' || m.id || ' (' || m.cause || ')'
        FROM movements m JOIN lines l ON m.cause LIKE 'order % line %' AND l.id = split_part(m.cause, ' ', 4)::bigint
        WHERE m.change < -l.takes OR m.change > 0
        """,
    ),
    Rule(
        "reserved-is-open-holds",
        "reserved = Σ open holds, for every shelf",
        """
        SELECT 'shelf ' || s.id FROM shelves s
        LEFT JOIN (
            SELECT l.variant_id, sum(h.count) AS whole FROM holds h JOIN lines l ON l.id = h.line_id
            WHERE h.ended_as IS NULL AND l.variant_id IS NOT NULL GROUP BY 1
        ) o ON o.variant_id = s.variant_id
        WHERE s.reserved <> COALESCE(o.whole, 0)
        """,
    ),
    Rule(
        "shelves-promise-what-is-there",
        "reserved + leased ≤ on_hand + shortage, nothing below zero",
        """
        SELECT 'shelf ' || id FROM shelves
        WHERE LEAST(on_hand, reserved, leased, shortage) < 0 OR reserved + leased > on_hand + shortage
        """,
    ),
    Rule(
        "held-seats-are-open-holds",
        "held = Σ open holds + Σ seats kept for waiting parties, for every session",
        """
        SELECT 'session ' || s.id FROM sessions s
        LEFT JOIN (
            SELECT l.session_id, sum(h.count) AS whole FROM holds h JOIN lines l ON l.id = h.line_id
            WHERE h.ended_as IS NULL AND l.session_id IS NOT NULL GROUP BY 1
        ) o ON o.session_id = s.id
        LEFT JOIN (SELECT session_id, sum(kept) AS whole FROM waiting_parties GROUP BY 1) w ON w.session_id = s.id
        WHERE s.held <> COALESCE(o.whole, 0) + COALESCE(w.whole, 0)
        """,
    ),
    Rule(
        "queues-keep-their-order",
        "nobody is offered seats, or has some kept, before a party of the same session that came earlier and waits",
        """
        SELECT 'waiting party ' || later.id FROM waiting_parties later JOIN waiting_parties earlier
            ON earlier.session_id = later.session_id AND earlier.id < later.id AND earlier.offered_at IS NULL
        WHERE earlier.state = 'waiting' AND later.kept > 0
           OR earlier.joined_at <= later.offered_at AND (earlier.ended_at IS NULL OR earlier.ended_at > later.offered_at)
        """,
    ),
    Rule(
        "an-accepted-offer-is-its-order",
        "a party that accepted has its order, with seats in that very session or moved on from it; one that did not has none",
        """
        SELECT 'waiting party ' || w.id FROM waiting_parties w
        WHERE (w.state = 'accepted') <> EXISTS (
            SELECT FROM lines l JOIN parts p ON p.id = l.part_id WHERE p.order_id = w.order_id AND (
                l.session_id = w.session_id OR EXISTS (
                    SELECT FROM booking_moves m JOIN bookings b ON b.id = m.booking_id
                    WHERE b.part_id = p.id AND m.from_session_id = w.session_id
                )
            )
        )
        """,
    ),
    Rule(
        "booked-seats-are-bookings",
        "booked = Σ seats of confirmed bookings ≤ capacity, for every session",
        """
        SELECT 'session ' || s.id FROM sessions s
        LEFT JOIN (
            SELECT session_id, sum(seats) AS whole FROM bookings WHERE state IN ('confirmed', 'attended', 'no_show') GROUP BY 1
        ) b ON b.session_id = s.id
        WHERE s.booked <> COALESCE(b.whole, 0) OR s.held + s.booked > s.capacity
        """,
    ),
    Rule(
        "seats-are-their-lines",
        "a booking's seats = Σ seats of those of its lines that were not called off",
        """
        SELECT 'booking ' || b.id FROM bookings b
        LEFT JOIN (
            SELECT part_id, session_id, sum(takes / count * (count - cancelled)) AS whole FROM lines
            WHERE session_id IS NOT NULL GROUP BY 1, 2
        ) l ON l.part_id = b.part_id AND l.session_id = b.session_id
        WHERE b.seats <> COALESCE(l.whole, 0)
        """,
    ),
    Rule(
        "a-hold-ends-once",
        "no open hold behind an order that was paid or ended; every line bought online had its hold",
        """
        SELECT 'hold ' || h.id FROM holds h JOIN lines l ON l.id = h.line_id JOIN parts p ON p.id = l.part_id
        JOIN orders o ON o.id = p.order_id
        WHERE h.ended_as IS NULL AND (o.paid_at IS NOT NULL OR o.ended_as IS NOT NULL)
        UNION ALL
        SELECT 'line ' || l.id FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
        WHERE o.paid_at IS NULL AND o.ended_as IS NULL AND NOT EXISTS (SELECT FROM holds h WHERE h.line_id = l.id)
        """,
    ),
    Rule(
        "a-part-is-its-lines",
        "a part's goods and programs = Σ count × unit price of its lines",
        """
        SELECT 'part ' || p.id FROM parts p
        LEFT JOIN (
            SELECT part_id,
                   sum(count * unit_price::bigint) FILTER (WHERE variant_id IS NOT NULL) AS goods,
                   sum(count * unit_price::bigint) FILTER (WHERE session_id IS NOT NULL) AS programs
            FROM lines GROUP BY 1
        ) l ON l.part_id = p.id
        WHERE p.goods <> COALESCE(l.goods, 0) OR p.programs <> COALESCE(l.programs, 0)
        """,
    ),
    Rule(
        "an-order-is-its-parts",
        "an order's total = Σ its parts' goods, programs and postage",
        """
        SELECT 'order ' || o.number FROM orders o
        LEFT JOIN (SELECT order_id, sum(goods + programs + postage) AS whole FROM parts GROUP BY 1) p ON p.order_id = o.id
        WHERE o.total <> COALESCE(p.whole, 0)
        """,
    ),
    Rule(
        "paid-is-captured",
        "an order is paid exactly when a payment over its total was captured; all else captured goes back",
        f"""
        SELECT 'order ' || o.number FROM orders o
        LEFT JOIN (
            SELECT order_id, count(*) AS times, max(amount) AS amount FROM payments p
            WHERE state = 'captured' AND NOT {UNUSED}
            GROUP BY 1
        ) p ON p.order_id = o.id
        WHERE (o.paid_at IS NOT NULL) <> (COALESCE(p.times, 0) = 1) OR (o.paid_at IS NOT NULL AND p.amount <> o.total)
           OR p.times > 1
        """,
    ),
    Rule(
        "parts-follow-their-order",
        "no part waits for payment behind a paid order, none is on its way behind an unpaid one; its last move is its state, and "
        "what is called off after it was paid has a move of its own for that",
        """
        SELECT 'part ' || p.id FROM parts p JOIN orders o ON o.id = p.order_id
        WHERE (o.paid_at IS NOT NULL AND p.state = 'awaiting_payment')
           OR (o.paid_at IS NULL AND p.state NOT IN ('awaiting_payment', 'cancelled'))
           OR NOT EXISTS (SELECT FROM part_moves m WHERE m.part_id = p.id AND m.state = p.state)
        UNION ALL
        SELECT 'part ' || p.id FROM parts p JOIN orders o ON o.id = p.order_id
        WHERE p.state = 'cancelled' AND o.paid_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM part_moves m LEFT JOIN part_moves paid ON paid.part_id = m.part_id AND paid.state = 'paid'
            WHERE m.part_id = p.id AND m.state = 'cancelled' AND (m.again OR paid.id IS NULL OR m.id > paid.id)
        )
        """,
    ),
    Rule(
        "monthly-figures-are-the-ledger",
        "monthly_listing_sales = Σ captured lines − Σ refunded lines, for every listing and month",
        """
        SELECT 'listing ' || COALESCE(f.listing_id, s.listing_id) || ' ' || COALESCE(f.month, s.month)
        FROM (SELECT * FROM monthly_listing_sales WHERE amount <> 0) f
        FULL JOIN (
            SELECT COALESCE(v.listing_id, se.listing_id) AS listing_id, date_trunc('month', m.day)::date AS month,
                   sum(m.amount) AS amount, sum(m.units) AS units
            FROM (
                SELECT l.variant_id, l.session_id, o.sold_on AS day, l.count * l.unit_price::bigint AS amount, l.count AS units
                FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id WHERE o.paid_at IS NOT NULL
                UNION ALL
                SELECT l.variant_id, l.session_id, r.day, -rl.amount::bigint, -rl.count
                FROM refund_lines rl JOIN refunds r ON r.id = rl.refund_id JOIN lines l ON l.id = rl.line_id
            ) m
            LEFT JOIN variants v ON v.id = m.variant_id LEFT JOIN sessions se ON se.id = m.session_id
            GROUP BY 1, 2 HAVING sum(m.amount) <> 0
        ) s ON s.listing_id = f.listing_id AND s.month = f.month
        WHERE f.amount IS DISTINCT FROM s.amount OR f.units IS DISTINCT FROM s.units
        """,
    ),
    Rule(
        "a-village-part-holds-its-own",
        "every line of a part is of the part's own village",
        """
        SELECT 'line ' || l.id FROM lines l JOIN parts p ON p.id = l.part_id
        LEFT JOIN variants v ON v.id = l.variant_id LEFT JOIN sessions s ON s.id = l.session_id
        JOIN listings li ON li.id = COALESCE(v.listing_id, s.listing_id) WHERE li.village_id <> p.village_id
        """,
    ),
    *REFUND_RULES,
    *RETURN_RULES,
    *PROVIDER_RULES,
    *DEPOSIT_RULES,
    *JOURNAL_RULES,
    *CHAIN_RULES,
    *SETTLEMENT_RULES,
    *DISPATCH_RULES,
    *OUTING_RULES,
    *DATE_RULES,
    *WISH_RULES,
)
