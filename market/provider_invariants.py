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
)
