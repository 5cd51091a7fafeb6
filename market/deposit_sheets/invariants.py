"""What must hold of the bank's sheets."""

from market.rules import Rule

DEPOSIT_RULES = (
    Rule(
        "a-deposit-row-is-accounted-for",
        "a matched row's won, and what came short before and was taken with it = what was captured through it + what went "
        "into suspense; other rows have neither",
        """
        SELECT 'deposit row ' || r.id FROM deposit_rows r
        LEFT JOIN (SELECT row_id, sum(amount) AS won FROM deposit_matches GROUP BY 1) m ON m.row_id = r.id
        LEFT JOIN (SELECT taken_with_id, sum(amount) AS won FROM deposit_suspense GROUP BY 1) t ON t.taken_with_id = r.id
        LEFT JOIN deposit_suspense k ON k.row_id = r.id
        WHERE CASE WHEN r.state = 'matched' THEN r.amount ELSE 0 END + COALESCE(t.won, 0) <> COALESCE(m.won, 0) + COALESCE(k.amount, 0)
        """,
    ),
    Rule(
        "suspense-stands-in-the-journal",
        "what a row brought too much or too little is set aside in the journal, and leaves it when it is settled",
        """
        SELECT COALESCE(s.subject, j.subject) FROM (
            SELECT 'deposit row ' || row_id AS subject, amount, CASE WHEN settled_at IS NULL THEN 0 ELSE amount END AS settled
            FROM deposit_suspense
        ) s
        FULL JOIN (
            SELECT t.subject, -COALESCE(sum(l.amount) FILTER (WHERE t.kind = 'set_aside'), 0) AS amount,
                   COALESCE(sum(l.amount) FILTER (WHERE t.kind = 'settled_aside'), 0) AS settled
            FROM journal_transactions t JOIN journal_legs l ON l.transaction_id = t.id AND l.account = 'suspense'
            WHERE t.kind IN ('set_aside', 'settled_aside') AND t.subject LIKE 'deposit row %' GROUP BY 1
        ) j ON j.subject = s.subject
        WHERE s.amount IS DISTINCT FROM j.amount OR s.settled IS DISTINCT FROM j.settled
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
