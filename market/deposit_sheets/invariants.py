"""What must hold of the bank's sheets."""

from market.rules import Rule

DEPOSIT_RULES = (
    Rule(
        "a-deposit-row-is-accounted-for",
        "a matched row's won = what was captured through it + what stands in suspense; other rows have neither",
        """
        SELECT 'deposit row ' || r.id FROM deposit_rows r
        LEFT JOIN (SELECT row_id, sum(amount) AS won FROM deposit_matches GROUP BY 1) m ON m.row_id = r.id
        LEFT JOIN deposit_suspense k ON k.row_id = r.id
        WHERE CASE WHEN r.state = 'matched' THEN r.amount ELSE 0 END <> COALESCE(m.won, 0) + COALESCE(k.amount, 0)
        """,
    ),
    Rule(
        "a-transfer-has-one-row",
        "a payment is matched by at most one row of a sheet, is captured and a transfer, and took exactly its own won",
        """
        SELECT 'payment ' || d.id FROM payments d JOIN deposit_matches m ON m.payment_id = d.id
        GROUP BY d.id HAVING count(*) > 1 OR sum(m.amount) <> d.amount OR d.state <> 'captured' OR d.provider <> 'bank_transfer'
        """,
    ),
)
