"""Booking what was sold: the money of a captured payment, shared out to villages, postage and commission."""

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import ACCOUNT_OF, HELD_BY_VILLAGE, sql_list
from market.ledger.commission import COMMISSION, RULE_THAT_FITS


async def book_sale(db: BaseDBAsyncClient, payment_id: int) -> None:
    """The captured payment that made its order paid. Booking it again is refused, and whatever was done with it."""
    await db.execute_query(SALE_OF_PAYMENT, [payment_id])


async def book_sale_made(db: BaseDBAsyncClient, order_id: int) -> None:
    """A sale that was paid when it was written down: its order has one payment."""
    await db.execute_query(SALE_OF_ORDER, [order_id])


async def book_past_sales(db: BaseDBAsyncClient, first_order: int, last_order: int) -> None:
    """All orders with these ids and those between them, each paid by one payment."""
    await db.execute_query(SALES_OF_ORDERS, [first_order, last_order])


MONEY_ACCOUNT = "CASE p.tender " + " ".join(
    f"WHEN '{tender.value}' THEN '{account.value}'" for tender, account in ACCOUNT_OF.items()
)


# The taxable part of a part's postage, as `money.split_taxable_postage` has it (a test holds them together): floored,
# the odd won to the larger side, then to taxable.
TAXED_POSTAGE = """
CASE WHEN taxable >= exempt THEN postage - postage * exempt / GREATEST(taxable + exempt, 1)
     ELSE postage * taxable / (taxable + exempt) END
"""


def _sales(which: str) -> str:
    """One statement: a transaction for each payment with its legs; goods and programs by VAT kind, before commission.

    A sale over nothing moves no money and is not booked.
    """
    return f"""
WITH paid AS (
    SELECT nextval('journal_transactions_id_seq') AS transaction_id, p.id, p.order_id, o.channel, o.sold_on AS day,
           p.captured_at, p.confirmed_by, p.amount::bigint AS amount, {MONEY_ACCOUNT} END AS account
    FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE {which} AND p.state = 'captured' AND p.amount > 0 AND o.paid_at IS NOT NULL
), written AS (
    INSERT INTO journal_transactions (id, kind, subject, order_id, day, at, by)
    SELECT transaction_id, 'captured', 'payment ' || id, order_id, day, captured_at, confirmed_by FROM paid
), shares AS (
    SELECT transaction_id, day, channel, p.id AS part_id, p.village_id, p.postage,
           CASE WHEN l.session_id IS NULL THEN 'goods' ELSE 'program' END AS kind, l.tax,
           sum(l.count * l.unit_price::bigint)::bigint AS won, count(*) AS lines
    FROM paid JOIN parts p ON p.order_id = paid.order_id JOIN lines l ON l.part_id = p.id
    GROUP BY transaction_id, day, channel, p.id, kind, l.tax
), carried AS (
    SELECT transaction_id, day, part_id, village_id, postage::bigint AS postage,
           COALESCE(sum(won) FILTER (WHERE tax = 'taxable'), 0)::bigint AS taxable,
           COALESCE(sum(won) FILTER (WHERE tax = 'exempt'), 0)::bigint AS exempt
    FROM shares WHERE kind = 'goods' AND postage > 0 GROUP BY 1, 2, 3, 4, 5
), postage AS (
    SELECT *, {TAXED_POSTAGE} AS taxed FROM carried
), sale AS (
    SELECT transaction_id, day, channel, part_id, village_id, kind, sum(won)::bigint AS won, sum(lines)::bigint AS lines
    FROM shares GROUP BY 1, 2, 3, 4, 5, 6
), kept AS (
    SELECT sale.*, rule.id AS rule_id, {COMMISSION} AS commission
    FROM sale CROSS JOIN LATERAL ({RULE_THAT_FITS}) rule
)
INSERT INTO journal_legs (transaction_id, day, account, village_id, part_id, kind, tax, rule_id, amount)
SELECT transaction_id, day, account, village_id, part_id, kind, tax, rule_id, amount FROM (
    SELECT 1 AS place, '' AS of, transaction_id, day, account,
           CASE WHEN account IN ({sql_list(HELD_BY_VILLAGE)})
                THEN (SELECT min(village_id) FROM parts WHERE parts.order_id = paid.order_id) END AS village_id,
           NULL::bigint AS part_id, NULL::text AS kind, NULL::text AS tax, NULL::bigint AS rule_id, amount
    FROM paid
    UNION ALL SELECT 2, kind, transaction_id, day, 'village_payable', village_id, part_id, kind, tax, NULL, -won FROM shares
    UNION ALL SELECT 3, '', transaction_id, day, 'postage', village_id, part_id, NULL, 'taxable', NULL, -taxed FROM postage
    UNION ALL SELECT 3, '', transaction_id, day, 'postage', village_id, part_id, NULL, 'exempt', NULL, taxed - postage FROM postage
    UNION ALL
    SELECT 4, kind, transaction_id, day, 'village_payable', village_id, part_id, NULL, NULL, rule_id, commission FROM kept
    UNION ALL SELECT 5, kind, transaction_id, day, 'commission', village_id, part_id, kind, NULL, rule_id, -commission FROM kept
) legs
WHERE amount <> 0 ORDER BY transaction_id, place, part_id, of, tax
"""


SALE_OF_PAYMENT = _sales("p.id = $1")
SALE_OF_ORDER = _sales("p.order_id = $1")
SALES_OF_ORDERS = _sales("p.order_id BETWEEN $1 AND $2")
