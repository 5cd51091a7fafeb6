"""The auditor's rules for statements."""

from market.rules import Rule
from market.settlement.due import OWED, SUMS, due_moves

# A statement's bytes from its rows, as `figures.Reckoning.canonical` writes them.
CANONICAL = """
'village ' || s.village_id || ' month ' || to_char(s.month, 'YYYY-MM') || ' opening ' || s.opening || E'\\n' || l.lines
|| 'sums ' || s.goods || ' ' || s.programs || ' ' || s.postage || ' ' || s.commission || ' ' || s.held || E'\\n'
|| 'payout ' || s.payout || ' carried ' || s.carried || E'\\n'
"""
LINES = """
SELECT statement_id, string_agg(concat_ws(' ', transaction_id, part_id, to_char(day, 'YYYY-MM-DD'), goods, programs, postage,
    commission, held) || E'\\n', '' ORDER BY transaction_id, part_id) AS lines
FROM statement_lines GROUP BY 1
"""
# What a statement saw, see `due.Sight`: the first moment of the next month in Seoul ends it.
ENDS = "(s.month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Seoul'"
SEEN = "t.day < (s.month + interval '1 month')::date AND t.id < s.journal_before"

SETTLEMENT_RULES = (
    Rule(
        "a-settled-thing-is-in-one-statement",
        "what the journal says of a part is in one statement at most, that of the part's own village",
        """
        SELECT 'journal ' || transaction_id || ' part ' || part_id FROM statement_lines GROUP BY transaction_id, part_id
        HAVING count(*) > 1
        UNION ALL
        SELECT 'statement line ' || l.id FROM statement_lines l JOIN statements s ON s.id = l.statement_id
        JOIN parts p ON p.id = l.part_id WHERE p.village_id <> s.village_id
        """,
    ),
    Rule(
        "a-line-is-what-the-journal-says",
        "a statement's line = the village's legs of that transaction, on its day",
        f"""
        SELECT 'statement line ' || sl.id FROM statement_lines sl
        LEFT JOIN (
            SELECT t.id, l.village_id, t.order_id, t.day, {SUMS}
            FROM journal_transactions t JOIN journal_legs l ON l.transaction_id = t.id
            WHERE {OWED} AND t.order_id IS NOT NULL GROUP BY t.id, l.village_id
        ) j ON j.id = sl.transaction_id AND (j.order_id, j.village_id) = (SELECT order_id, village_id FROM parts WHERE id = sl.part_id)
        WHERE (sl.day, sl.goods, sl.programs, sl.postage, sl.commission, sl.held)
            IS DISTINCT FROM (j.day, j.goods, j.programs, j.postage, j.commission, j.held)
        """,
    ),
    Rule(
        "a-statement-is-its-lines",
        "a statement's sums = Σ its lines; what it pays out and carries = opening + Σ; its bytes are those it was closed with",
        f"""
        SELECT 'statement ' || s.number FROM statements s
        LEFT JOIN (
            SELECT statement_id, count(*) AS entries, sum(goods) AS goods, sum(programs) AS programs, sum(postage) AS postage,
                   sum(commission) AS commission, sum(held) AS held
            FROM statement_lines GROUP BY 1
        ) l ON l.statement_id = s.id
        WHERE (s.entries, s.goods, s.programs, s.postage, s.commission, s.held)
              IS DISTINCT FROM (l.entries, l.goods, l.programs, l.postage, l.commission, l.held)
           OR s.payout + s.carried <> s.opening + l.goods + l.programs + l.postage + l.commission - l.held
        UNION
        SELECT 'statement ' || s.number FROM statements s LEFT JOIN ({LINES}) l ON l.statement_id = s.id
        WHERE s.digest IS DISTINCT FROM encode(sha256(convert_to({CANONICAL}, 'UTF8')), 'hex')
        """,
    ),
    Rule(
        "a-statement-opens-with-what-was-carried",
        "a statement's opening = what the village's one before it carried; the first opens with nothing",
        """
        SELECT 'statement ' || number FROM (
            SELECT number, opening, lag(carried, 1, 0::bigint) OVER (PARTITION BY village_id ORDER BY month) AS carried FROM statements
        ) s WHERE opening <> carried
        """,
    ),
    Rule(
        "a-payout-is-within-its-balance",
        "0 ≤ payout ≤ balance: all of it where there is one, nothing where the village owes",
        """
        SELECT 'statement ' || number FROM statements
        WHERE payout <> GREATEST(0, opening + goods + programs + postage + commission - held)
        """,
    ),
    Rule(
        "payouts-due-are-statements",
        "what the journal says is to be paid out by statement = Σ payouts of closed statements, one by one",
        """
        SELECT COALESCE(s.subject, j.subject) FROM (
            SELECT 'statement ' || number AS subject, village_id, payout FROM statements WHERE payout > 0
        ) s
        FULL JOIN (
            SELECT t.subject, l.village_id, -sum(l.amount) AS payout FROM journal_transactions t
            JOIN journal_legs l ON l.transaction_id = t.id AND l.account = 'payout_due'
            WHERE t.kind = 'statement_closed' GROUP BY 1, 2
        ) j ON (j.subject, j.village_id) = (s.subject, s.village_id)
        WHERE s.payout IS DISTINCT FROM j.payout
        """,
    ),
    Rule(
        "nothing-due-is-left-out",
        "what a closed statement saw is in it or in one before it, and none lists what it could not see",
        f"""
        WITH latest AS (
            SELECT DISTINCT ON (village_id) * FROM statements ORDER BY village_id, month DESC
        ), due AS MATERIALIZED (
            SELECT part_id, move_id, at FROM ({due_moves("parts")}) m
        )
        SELECT 'journal ' || transaction_id || ' part ' || part_id FROM (
            SELECT t.id AS transaction_id, p.id AS part_id FROM latest s
            JOIN parts p ON p.village_id = s.village_id
            JOIN due ON due.part_id = p.id AND due.at < {ENDS} AND due.move_id < s.moves_before
            JOIN journal_transactions t ON t.order_id = p.order_id AND {SEEN}
            JOIN journal_legs l ON l.transaction_id = t.id AND l.village_id = p.village_id AND {OWED}
            EXCEPT SELECT transaction_id, part_id FROM statement_lines
        ) left_out
        UNION ALL
        SELECT 'statement line ' || id FROM (
            SELECT id FROM statement_lines
            EXCEPT
            SELECT sl.id FROM statement_lines sl JOIN statements s ON s.id = sl.statement_id
            JOIN journal_transactions t ON t.id = sl.transaction_id AND {SEEN}
            JOIN due ON due.part_id = sl.part_id AND due.at < {ENDS} AND due.move_id < s.moves_before
        ) unseen
        """,
    ),
)
