"""What must hold of refunds."""

from market.refund_payouts import ACCOUNT_KEPT_FOR
from market.rules import Rule

# Days are counted back from what was paid last: what is right today must not become wrong by lying still.
REFUND_RULES = (
    Rule(
        "accounts-are-forgotten",
        "where money was sent is known for some days after it was paid, and no longer",
        f"""
        SELECT 'refund ' || id FROM refunds
        WHERE state = 'paid' AND account <> ''
          AND paid_at < (SELECT max(paid_at) FROM refunds) - interval '{ACCOUNT_KEPT_FOR.days + 1} days'
        """,
    ),
    Rule(
        "what-goes-back-has-its-movement",
        "what a refund put back on a shelf is a movement with that refund as its cause, of the same size",
        """
        SELECT 'refund line ' || r.id FROM refund_lines r
        LEFT JOIN movements m ON m.cause = 'refund ' || r.refund_id || ' line ' || r.line_id
        WHERE r.restocked <> COALESCE(m.change, 0)
        """,
    ),
    Rule(
        "a-refund-is-booked",
        "what a refund promises, and what it has paid, stands in the journal; and nothing else is promised to an order",
        """
        SELECT 'refund ' || r.id FROM refunds r
        LEFT JOIN journal_transactions p ON p.kind = 'refund_promised' AND p.subject = 'refund ' || r.id
        LEFT JOIN journal_legs pl ON pl.transaction_id = p.id AND pl.account = 'refunds_promised'
        LEFT JOIN (
            SELECT split_part(t.subject, ' ', 2) AS id, sum(l.amount) AS amount FROM journal_transactions t
            JOIN journal_legs l ON l.transaction_id = t.id AND l.account = 'refunds_promised'
            WHERE t.kind IN ('refund_paid', 'corrected') AND t.subject LIKE 'refund %' GROUP BY 1
        ) dl ON dl.id = r.id::text
        WHERE COALESCE(-pl.amount, 0) <> r.amount
           OR COALESCE(dl.amount, 0) <> CASE WHEN r.state = 'paid' THEN r.amount ELSE 0 END
        UNION ALL
        SELECT t.subject FROM journal_transactions t
        WHERE t.kind IN ('refund_promised', 'refund_paid', 'corrected') AND t.subject LIKE 'refund %'
          AND NOT EXISTS (SELECT FROM refunds r WHERE r.id::text = split_part(t.subject, ' ', 2))
        """,
    ),
    Rule(
        "a-refund-is-its-parts-and-lines",
        "a refund = its quote = Σ its halves; each half's goods and programs = Σ its lines",
        """
        SELECT 'refund ' || r.id FROM refunds r JOIN refund_quotes q ON q.id = r.quote_id
        LEFT JOIN (SELECT refund_id, sum(goods + programs + postage) AS whole FROM refund_parts GROUP BY 1) p ON p.refund_id = r.id
        WHERE r.amount <> q.amount OR r.order_id <> q.order_id OR r.amount <> COALESCE(p.whole, 0)
        UNION ALL
        SELECT 'refund part ' || rp.id FROM refund_parts rp
        LEFT JOIN (
            SELECT rl.refund_id, l.part_id, sum(rl.amount) FILTER (WHERE l.variant_id IS NOT NULL) AS goods,
                   sum(rl.amount) FILTER (WHERE l.session_id IS NOT NULL) AS programs
            FROM refund_lines rl JOIN lines l ON l.id = rl.line_id GROUP BY 1, 2
        ) l ON l.refund_id = rp.refund_id AND l.part_id = rp.part_id
        WHERE rp.goods <> COALESCE(l.goods, 0) OR rp.programs <> COALESCE(l.programs, 0)
        """,
    ),
    Rule(
        "what-no-order-takes-goes-back-whole",
        "a refund of money that its order does not take is all of that payment, once, and nothing of the villages'",
        """
        SELECT 'refund ' || r.id FROM refunds r JOIN payments p ON p.id = r.payment_id
        WHERE r.cause = 'unused' AND (
            r.amount <> p.amount OR p.state <> 'captured' OR p.order_id <> r.order_id
            OR EXISTS (SELECT FROM refund_parts h WHERE h.refund_id = r.id)
            OR EXISTS (SELECT FROM refunds o WHERE o.payment_id = r.payment_id AND o.id <> r.id)
        )
        """,
    ),
    Rule(
        "refunded-is-its-refunds",
        "what lines, parts and payments say was given back = Σ their refunds, and never more than was paid",
        """
        SELECT 'line ' || l.id FROM lines l
        LEFT JOIN (SELECT line_id, sum(count) AS count, sum(amount) AS amount FROM refund_lines GROUP BY 1) r ON r.line_id = l.id
        WHERE l.cancelled <> COALESCE(r.count, 0) OR l.refunded <> COALESCE(r.amount, 0)
           OR l.cancelled > l.count OR l.refunded > l.cancelled * l.unit_price::bigint
        UNION ALL
        SELECT 'part ' || p.id FROM parts p
        LEFT JOIN (
            SELECT part_id, sum(goods) AS goods, sum(programs) AS programs, sum(postage) AS postage FROM refund_parts GROUP BY 1
        ) r ON r.part_id = p.id
        WHERE p.refunded_goods <> COALESCE(r.goods, 0) OR p.refunded_programs <> COALESCE(r.programs, 0)
           OR p.refunded_postage <> COALESCE(r.postage, 0)
        UNION ALL
        SELECT 'payment ' || p.id FROM payments p
        LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM refunds GROUP BY 1) r ON r.payment_id = p.id
        WHERE p.refunded <> COALESCE(r.amount, 0) OR p.refunded > p.amount OR (p.refunded > 0 AND p.state <> 'captured')
        """,
    ),
)
