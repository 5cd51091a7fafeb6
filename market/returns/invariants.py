"""What must hold of returns."""

from market.rules import Rule

RETURN_RULES = (
    Rule(
        "no-more-comes-back-than-was-bought",
        "a line's goods that come back = Σ its open returns; with what returns have refunded, never more than were bought",
        """
        SELECT 'line ' || l.id FROM lines l
        LEFT JOIN (
            SELECT rl.line_id, COALESCE(sum(rl.count) FILTER (WHERE r.state IN ('requested', 'resent')), 0) AS open,
                   COALESCE(sum(rl.received) FILTER (WHERE r.refund_id IS NOT NULL), 0) AS refunded
            FROM return_lines rl JOIN returns r ON r.id = rl.of_return_id GROUP BY 1
        ) b ON b.line_id = l.id
        WHERE l.coming_back <> COALESCE(b.open, 0) OR b.open + b.refunded > l.count OR b.refunded > l.cancelled
           OR l.cancelled + l.coming_back > l.count
        UNION ALL
        SELECT 'return line ' || rl.id FROM return_lines rl JOIN returns r ON r.id = rl.of_return_id
        JOIN lines l ON l.id = rl.line_id JOIN parts p ON p.id = r.part_id
        WHERE l.part_id <> r.part_id OR p.order_id <> r.order_id OR l.variant_id IS NULL
        """,
    ),
    Rule(
        "a-received-return-is-refunded",
        "goods that came back were refunded once, with the won that were promised; less only where less came",
        """
        SELECT 'return ' || r.id FROM returns r JOIN refund_quotes q ON q.id = r.quote_id
        LEFT JOIN refunds f ON f.id = r.refund_id
        LEFT JOIN (SELECT of_return_id, bool_and(received = count) AS is_all FROM return_lines GROUP BY 1) l ON l.of_return_id = r.id
        WHERE q.amount <> r.promised OR q.order_id <> r.order_id OR l.is_all IS NULL
           OR (r.state = 'received' AND r.wish = 'refund') <> (f.id IS NOT NULL)
           OR f.order_id <> r.order_id OR f.amount > r.promised OR (l.is_all AND f.amount <> r.promised)
        UNION ALL
        SELECT 'return line ' || rl.id FROM returns r JOIN return_lines rl ON rl.of_return_id = r.id
        LEFT JOIN refund_lines f ON f.refund_id = r.refund_id AND f.line_id = rl.line_id
        WHERE r.refund_id IS NOT NULL AND rl.received <> COALESCE(f.count, 0)
           OR r.state <> 'received' AND rl.received > 0
        """,
    ),
    Rule(
        "what-comes-back-has-its-movement",
        "a return moved stock only as its lines say: back on the shelf what was received, off it what an exchange sent anew",
        """
        SELECT 'movement ' || m.id || ' (' || m.cause || ')' FROM movements m JOIN shelves s ON s.id = m.shelf_id
        LEFT JOIN return_lines rl ON rl.of_return_id = split_part(m.cause, ' ', 2)::bigint
            AND rl.line_id = split_part(m.cause, ' ', 4)::bigint
        LEFT JOIN lines l ON l.id = rl.line_id
        WHERE m.cause LIKE 'return % line %' AND (
            s.variant_id IS DISTINCT FROM l.variant_id
            OR m.change IS DISTINCT FROM CASE WHEN m.cause LIKE '% anew' THEN -rl.resent ELSE rl.restocked END
        )
        UNION ALL
        SELECT 'return line ' || rl.id FROM return_lines rl JOIN returns r ON r.id = rl.of_return_id
        WHERE (rl.restocked > 0 AND (r.state <> 'received' OR NOT EXISTS (
                   SELECT FROM movements m WHERE m.cause = 'return ' || r.id || ' line ' || rl.line_id)))
           OR (rl.resent > 0 AND (r.resent_at IS NULL OR NOT EXISTS (
                   SELECT FROM movements m WHERE m.cause = 'return ' || r.id || ' line ' || rl.line_id || ' anew')))
        """,
    ),
)
