"""The auditor's rules for the journal."""

from market.ledger.accounts import MONEY, sql_list
from market.rules import Rule

MONEY_LEGS = f"account IN ({sql_list(MONEY)})"

# Of each part and kind: sold before commission and commission, as they stand after refunds.
SHARES = """
SELECT part_id, kind, -sum(amount) FILTER (WHERE account = 'village_payable') AS sold,
       COALESCE(-sum(amount) FILTER (WHERE account = 'commission'), 0) AS commission
FROM journal_legs WHERE kind IS NOT NULL GROUP BY 1, 2
"""

JOURNAL_RULES = (
    Rule(
        "journal-sums-to-zero",
        "every transaction of the journal has two legs or more, and they sum to zero",
        """
        SELECT 'journal ' || t.id || ' (' || t.kind || ' ' || t.subject || ')' FROM journal_transactions t
        LEFT JOIN (SELECT transaction_id, sum(amount) AS whole, count(*) AS legs FROM journal_legs GROUP BY 1) l
            ON l.transaction_id = t.id
        WHERE COALESCE(l.legs, 0) < 2 OR l.whole <> 0
        """,
    ),
    Rule(
        "the-whole-journal-is-zero",
        "Σ journal = 0",
        "SELECT 'journal, over by ' || whole FROM (SELECT sum(amount) AS whole FROM journal_legs) j WHERE whole <> 0",
    ),
    Rule(
        "legs-agree-with-their-transaction",
        "a leg's day is its transaction's, its part is of the transaction's order, its village is the part's",
        """
        SELECT 'journal ' || t.id || ' leg ' || l.id FROM journal_legs l
        JOIN journal_transactions t ON t.id = l.transaction_id LEFT JOIN parts p ON p.id = l.part_id
        WHERE l.day <> t.day OR p.order_id IS DISTINCT FROM CASE WHEN l.part_id IS NULL THEN p.order_id ELSE t.order_id END
           OR (l.part_id IS NOT NULL AND l.village_id IS DISTINCT FROM p.village_id)
        """,
    ),
    Rule(
        "captured-money-is-booked-once",
        "every captured payment has one booking of its amount, and every such booking its payment",
        f"""
        SELECT COALESCE(p.subject, b.subject) FROM (
            SELECT 'payment ' || id AS subject, order_id, amount FROM payments WHERE state = 'captured' AND amount > 0
        ) p
        FULL JOIN (
            SELECT t.subject, t.order_id, l.amount FROM journal_transactions t LEFT JOIN (
                SELECT transaction_id, sum(amount) AS amount FROM journal_legs WHERE {MONEY_LEGS} GROUP BY 1
            ) l ON l.transaction_id = t.id
            WHERE t.kind = 'captured'
        ) b ON b.subject = p.subject
        WHERE b.amount IS DISTINCT FROM p.amount OR b.order_id IS DISTINCT FROM p.order_id
        """,
    ),
    Rule(
        "a-sale-is-booked-as-it-was-sold",
        "what a paid order booked for a part = Σ its lines by kind and VAT kind, and its postage, on the day it was sold",
        """
        SELECT DISTINCT 'part ' || part_id FROM (
            SELECT l.part_id, o.sold_on AS day, CASE WHEN l.session_id IS NULL THEN 'goods' ELSE 'program' END AS kind, l.tax,
                   l.count * l.unit_price::bigint AS won
            FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id WHERE o.paid_at IS NOT NULL
            UNION ALL
            SELECT p.id, o.sold_on, 'postage', NULL, p.postage FROM parts p JOIN orders o ON o.id = p.order_id
            WHERE o.paid_at IS NOT NULL AND p.postage <> 0
            UNION ALL
            SELECT l.part_id, l.day, COALESCE(l.kind, l.account), CASE WHEN l.kind IS NOT NULL THEN l.tax END, l.amount
            FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE t.kind = 'captured' AND (l.account = 'postage' OR (l.account = 'village_payable' AND l.kind IS NOT NULL))
        ) sold_and_booked
        GROUP BY part_id, day, kind, tax HAVING sum(won) <> 0
        """,
    ),
    Rule(
        "commission-is-within-its-sale",
        "0 ≤ commission ≤ what is sold, for every part and kind; and the village's share is less by exactly that",
        f"""
        SELECT 'part ' || part_id || ' ' || kind FROM ({SHARES}) s WHERE commission < 0 OR commission > sold
        UNION ALL
        SELECT 'part ' || part_id FROM journal_legs
        WHERE account = 'commission' OR (account = 'village_payable' AND kind IS NULL AND part_id IS NOT NULL)
        GROUP BY part_id HAVING sum(amount) <> 0
        """,
    ),
    Rule(
        "an-orders-money-adds-up",
        "captured − refunded = Σ villages' shares and postage + commission + provider's fee + refunds promised + suspense",
        f"""
        SELECT 'order ' || o.number FROM (
            SELECT order_id, sum(amount) AS captured FROM payments WHERE state = 'captured' GROUP BY 1
        ) p
        FULL JOIN (
            SELECT t.order_id,
                   -COALESCE(sum(l.amount) FILTER (WHERE NOT {MONEY_LEGS}), 0) AS owed,
                   -COALESCE(sum(l.amount) FILTER (WHERE t.kind = 'refund_paid' AND {MONEY_LEGS}), 0) AS refunded,
                   COALESCE(sum(l.amount) FILTER (WHERE t.kind <> 'refund_paid' AND t.kind <> 'captured' AND {MONEY_LEGS}), 0)
                       AS other,
                   COALESCE(sum(l.amount) FILTER (WHERE l.account = 'provider_fee'), 0) AS fee
            FROM journal_transactions t JOIN journal_legs l ON l.transaction_id = t.id
            WHERE t.order_id IS NOT NULL GROUP BY 1
        ) b ON b.order_id = p.order_id
        JOIN orders o ON o.id = COALESCE(p.order_id, b.order_id)
        WHERE COALESCE(p.captured, 0) + COALESCE(b.other, 0) - COALESCE(b.refunded, 0) <> COALESCE(b.owed, 0)
           OR b.refunded < 0 OR b.refunded > COALESCE(p.captured, 0) + b.other + b.fee
        """,
    ),
    Rule(
        "nothing-is-given-back-twice",
        "no order owes less than nothing: neither a part's share or postage, nor refunds promised, nor suspense but for "
        "deposits that came short",
        """
        SELECT COALESCE('order ' || o.number, 'without an order') || ' ' || b.account FROM (
            SELECT t.order_id, l.account FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
            WHERE (l.account IN ('refunds_promised', 'suspense')
                   OR (t.order_id IS NOT NULL AND l.account IN ('village_payable', 'postage', 'commission')))
              AND NOT (t.kind = 'set_aside' AND l.account = 'suspense' AND l.amount > 0)
            GROUP BY t.order_id, l.account, l.part_id HAVING sum(l.amount) > 0
        ) b LEFT JOIN orders o ON o.id = b.order_id
        """,
    ),
    Rule(
        "daily-figures-are-the-ledger",
        "daily_sales = Σ journal, for every village, channel, kind and day",
        """
        SELECT 'village ' || COALESCE(f.village_id, s.village_id) || ' ' || COALESCE(f.channel, s.channel) || ' '
            || COALESCE(f.kind, s.kind) || ' ' || COALESCE(f.day, s.day)
        FROM (SELECT * FROM daily_sales WHERE amount <> 0 OR postage <> 0) f
        FULL JOIN (
            SELECT l.village_id, o.channel, COALESCE(l.kind, 'goods') AS kind, l.day,
                   -COALESCE(sum(l.amount) FILTER (WHERE l.account = 'village_payable'), 0) AS amount,
                   -COALESCE(sum(l.amount) FILTER (WHERE l.account = 'postage'), 0) AS postage
            FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id JOIN orders o ON o.id = t.order_id
            WHERE l.account = 'postage' OR (l.account = 'village_payable' AND l.kind IS NOT NULL)
            GROUP BY 1, 2, 3, 4
            HAVING sum(l.amount) FILTER (WHERE l.account = 'village_payable') <> 0
                OR sum(l.amount) FILTER (WHERE l.account = 'postage') <> 0
        ) s ON (s.village_id, s.channel, s.kind, s.day) = (f.village_id, f.channel, f.kind, f.day)
        WHERE f.amount IS DISTINCT FROM s.amount OR f.postage IS DISTINCT FROM s.postage
        """,
    ),
)
