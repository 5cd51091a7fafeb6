"""The double-entry journal and the rules of commission; what was captured before is booked into it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from market.ledger.accounts import Account
from market.ledger.journal import Happening
from villages.listings import Kind, Tax

# CreateModel remembers a model's constraints but does not write them, see 0001.
CONSTRAINTS_AND_INDEXES = """
ALTER TABLE commission_rules ADD CONSTRAINT commission_rules_position UNIQUE (position);
ALTER TABLE commission_rules ADD CONSTRAINT commission_rules_share_or_fixed
    CHECK (basis_points BETWEEN 0 AND 10000 AND fixed >= 0 AND (basis_points = 0 OR fixed = 0));
ALTER TABLE commission_rules ADD CONSTRAINT commission_rules_bounds
    CHECK (least >= 0 AND (most IS NULL OR most >= least));
ALTER TABLE commission_rules ADD CONSTRAINT commission_rules_end_after_start
    CHECK (ends_on IS NULL OR ends_on >= starts_on);
ALTER TABLE journal_legs ADD CONSTRAINT journal_legs_move_something CHECK (amount <> 0);
CREATE INDEX journal_legs_village_day ON journal_legs (village_id, day) WHERE village_id IS NOT NULL;
"""
# A transaction and its legs are written by one statement, and at its end they must agree: so nobody ever sees an
# unbalanced one, not even whoever writes it, and no leg is added to an old one.
GUARDS = """
CREATE FUNCTION journal_legs_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT a.id INTO wrong FROM (
        SELECT transaction_id AS id, sum(amount) AS whole, count(*) AS legs FROM added GROUP BY 1
    ) a
    WHERE a.whole <> 0 OR a.legs < 2
       OR a.legs <> (SELECT count(*) FROM journal_legs l WHERE l.transaction_id = a.id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal transaction % is not two legs or more, written together, that sum to zero', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION journal_transactions_have_legs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT a.id INTO wrong FROM added a
    WHERE NOT EXISTS (SELECT FROM journal_legs l WHERE l.transaction_id = a.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal transaction % has no legs', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_legs_agree AFTER INSERT ON journal_legs
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_legs_agree();
CREATE TRIGGER journal_transactions_have_legs AFTER INSERT ON journal_transactions
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_transactions_have_legs();
CREATE TRIGGER journal_legs_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_legs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_transactions_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNGUARD = (
    "DROP FUNCTION journal_legs_agree() CASCADE; DROP FUNCTION journal_transactions_have_legs() CASCADE;"
)

# As `market.ledger.sales` books them, when there was no commission yet. The first money of a paid order paid it; all
# other money waits in suspense.
BOOK_THE_PAST = """
WITH captured AS (
    SELECT nextval('journal_transactions_id_seq') AS transaction_id, p.id, p.order_id, p.captured_at, p.confirmed_by,
           p.amount::bigint AS amount, o.sold_on,
           CASE p.tender WHEN 'card' THEN 'stripe' WHEN 'bank_transfer' THEN 'bank' WHEN 'invoice' THEN 'receivable'
                ELSE p.tender END AS account,
           o.paid_at IS NOT NULL AND p.captured_at >= o.paid_at
               AND row_number() OVER (PARTITION BY p.order_id, p.captured_at >= o.paid_at ORDER BY p.captured_at, p.id) = 1
               AS pays
    FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.state = 'captured' AND p.amount > 0
), booked AS (
    SELECT *, CASE WHEN pays THEN sold_on ELSE (captured_at AT TIME ZONE 'Asia/Seoul')::date END AS day FROM captured
), written AS (
    INSERT INTO journal_transactions (id, kind, subject, order_id, day, at, by)
    SELECT transaction_id, 'captured', 'payment ' || id, order_id, day, captured_at, confirmed_by FROM booked
), shares AS (
    SELECT b.transaction_id, b.day, p.id AS part_id, p.village_id, p.postage::bigint AS postage,
           CASE WHEN l.session_id IS NULL THEN 'goods' ELSE 'program' END AS kind, l.tax,
           sum(l.count * l.unit_price::bigint)::bigint AS won
    FROM booked b JOIN parts p ON p.order_id = b.order_id JOIN lines l ON l.part_id = p.id
    WHERE b.pays GROUP BY b.transaction_id, b.day, p.id, kind, l.tax
), postage AS (
    SELECT *, CASE WHEN taxable >= exempt THEN postage - postage * exempt / GREATEST(taxable + exempt, 1)
                   ELSE postage * taxable / (taxable + exempt) END AS taxed
    FROM (
        SELECT transaction_id, day, part_id, village_id, postage,
               COALESCE(sum(won) FILTER (WHERE tax = 'taxable'), 0)::bigint AS taxable,
               COALESCE(sum(won) FILTER (WHERE tax = 'exempt'), 0)::bigint AS exempt
        FROM shares WHERE kind = 'goods' AND postage > 0 GROUP BY 1, 2, 3, 4, 5
    ) carried
)
INSERT INTO journal_legs (transaction_id, day, account, village_id, part_id, kind, tax, amount)
SELECT transaction_id, day, account, village_id, part_id, kind, tax, amount FROM (
    SELECT 1 AS place, transaction_id, day, account,
           CASE WHEN account NOT IN ('stripe', 'bank')
                THEN (SELECT min(village_id) FROM parts WHERE parts.order_id = b.order_id) END AS village_id,
           NULL::bigint AS part_id, NULL::text AS kind, NULL::text AS tax, amount
    FROM booked b
    UNION ALL SELECT 2, transaction_id, day, 'suspense', NULL, NULL, NULL, NULL, -amount FROM booked WHERE NOT pays
    UNION ALL SELECT 2, transaction_id, day, 'village_payable', village_id, part_id, kind, tax, -won FROM shares
    UNION ALL SELECT 3, transaction_id, day, 'postage', village_id, part_id, NULL, 'taxable', -taxed FROM postage
    UNION ALL SELECT 3, transaction_id, day, 'postage', village_id, part_id, NULL, 'exempt', taxed - postage FROM postage
) legs
WHERE amount <> 0 ORDER BY transaction_id, place, part_id, kind, tax
"""


async def guard_and_book(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(CONSTRAINTS_AND_INDEXES + GUARDS)
    await schema_editor.client.execute_script(BOOK_THE_PAST)


async def unguard(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(UNGUARD)


class Migration(migrations.Migration):
    dependencies = [("market", "0005_deposit_sheets"), ("villages", "0003_edited_listings")]

    operations = [
        ops.CreateModel(
            name="CommissionRule",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("position", fields.IntField()),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharField(default="", max_length=10)),
                ("channel", fields.CharField(default="", max_length=10)),
                ("basis_points", fields.IntField(default=0)),
                ("fixed", fields.IntField(default=0)),
                ("per_line", fields.BooleanField(default=False)),
                ("least", fields.IntField(default=0)),
                ("most", fields.IntField(null=True)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField(null=True)),
            ],
            options={
                "table": "commission_rules",
                "app": "market",
                "constraints": [
                    UniqueConstraint(fields=("position",), name="commission_rules_position"),
                    CheckConstraint(
                        check="basis_points BETWEEN 0 AND 10000 AND fixed >= 0 AND (basis_points = 0 OR fixed = 0)",
                        name="commission_rules_share_or_fixed",
                    ),
                    CheckConstraint(
                        check="least >= 0 AND (most IS NULL OR most >= least)", name="commission_rules_bounds"
                    ),
                    CheckConstraint(
                        check="ends_on IS NULL OR ends_on >= starts_on",
                        name="commission_rules_end_after_start",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Which sales it is for (empty: all), from when until when (Seoul days of the sale), and how much.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalTransaction",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="captured: captured\nrefund_promised: refund_promised\nrefund_paid: refund_paid\nset_aside: set_aside\nsettled_aside: settled_aside\nprovider_fee: provider_fee\npayout: payout\ncorrected: corrected",
                        enum_type=Happening,
                        max_length=20,
                    ),
                ),
                ("subject", fields.CharField(max_length=80)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("by", fields.CharField(max_length=40)),
            ],
            options={
                "table": "journal_transactions",
                "app": "market",
                "unique_together": (("kind", "subject"),),
                "indexes": [Index(fields=["order_id"], name="journal_transactions_order")],
                "pk_attr": "id",
                "table_description": "One event in money. Written once together with its legs, in one statement.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalLeg",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "transaction",
                    fields.ForeignKeyField(
                        "market.JournalTransaction",
                        source_field="transaction_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="legs",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                (
                    "account",
                    fields.CharEnumField(
                        description="stripe: stripe\nbank: bank\ncash: cash\ncard_terminal: card_terminal\nlocal_voucher: local_voucher\nonnuri: onnuri\nreceivable: receivable\nvillage_payable: village_payable\npostage: postage\ncommission: commission\nsubsidy: subsidy\nprovider_fee: provider_fee\nrefunds_promised: refunds_promised\nsuspense: suspense",
                        enum_type=Account,
                        max_length=20,
                    ),
                ),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "part",
                    fields.ForeignKeyField(
                        "market.Part",
                        source_field="part_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        null=True, description="goods: goods\nprogram: program", enum_type=Kind, max_length=10
                    ),
                ),
                (
                    "tax",
                    fields.CharEnumField(
                        null=True,
                        description="taxable: taxable\nexempt: exempt",
                        enum_type=Tax,
                        max_length=10,
                    ),
                ),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "market.CommissionRule",
                        source_field="rule_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("amount", fields.BigIntField()),
            ],
            options={
                "table": "journal_legs",
                "app": "market",
                "constraints": [CheckConstraint(check="amount <> 0", name="journal_legs_move_something")],
                "indexes": [Index(fields=["transaction_id"], name="journal_legs_transaction")],
                "pk_attr": "id",
                "table_description": "Won on one account. `day` repeats the transaction's, so that a village's month is one stretch of an index.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=guard_and_book, reverse_code=unguard),
    ]
