"""What must hold between our books and what the card provider has told."""

from market.rules import Rule

# Of each refund at the provider: whether it came through in the end. Once failed, it stays failed.
REFUNDS_TOLD = """
SELECT thing, max(amount) AS amount, bool_or(kind = 'refunded') AND NOT bool_or(kind = 'refund_failed') AS is_done
FROM payment_events WHERE thing <> '' AND kind IN ('refund_pending', 'refunded', 'refund_failed') AND doubt = '' GROUP BY 1
"""

PROVIDER_RULES = (
    Rule(
        "a-card-payment-is-its-events",
        "a card payment is captured exactly where its provider has told so, over that amount",
        """
        SELECT 'payment ' || p.id FROM payments p
        LEFT JOIN (
            SELECT payment_id, max(amount) AS amount FROM payment_events
            WHERE provider = 'stripe' AND kind = 'captured' AND doubt = '' GROUP BY 1
        ) e ON e.payment_id = p.id
        WHERE p.provider = 'stripe' AND CASE WHEN p.state = 'captured' THEN p.amount ELSE 0 END <> COALESCE(e.amount, 0)
        """,
    ),
    Rule(
        "a-card-refund-is-its-events",
        "a card has its money back exactly where its provider has told so, over that amount, and did not fail since",
        f"""
        SELECT 'refund ' || r.id FROM refunds r LEFT JOIN ({REFUNDS_TOLD}) e ON e.thing = r.reference AND r.reference <> ''
        WHERE r.amount > 0 AND (
            (r.state = 'paid' AND r.paid_by = 'stripe' AND (e.is_done IS NOT TRUE OR e.amount <> r.amount))
            OR (r.state <> 'paid' AND e.is_done AND e.amount = r.amount)
        )
        """,
    ),
    Rule(
        "what-is-held-back-is-booked",
        "what the provider holds back of an order's payments for disputes stands in the journal as disputed",
        """
        SELECT 'order ' || COALESCE(p.order_id, j.order_id) FROM (
            SELECT order_id, sum(disputed) AS won FROM payments GROUP BY 1 HAVING sum(disputed) <> 0
        ) p
        FULL JOIN (
            SELECT t.order_id, sum(l.amount) AS won FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE l.account = 'disputed' GROUP BY 1 HAVING sum(l.amount) <> 0
        ) j ON j.order_id = p.order_id
        WHERE p.won IS DISTINCT FROM j.won
        """,
    ),
    Rule(
        "the-providers-fee-is-the-citys",
        "what the provider keeps is taken from what stands there, and from no village",
        """
        SELECT 'journal ' || t.id || ' (' || t.subject || ')' FROM journal_transactions t
        JOIN journal_legs l ON l.transaction_id = t.id
        WHERE (t.kind = 'provider_fee') <> (l.account = 'provider_fee') AND NOT (t.kind = 'provider_fee' AND l.account = 'stripe')
        """,
    ),
)
