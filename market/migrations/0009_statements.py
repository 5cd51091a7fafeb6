"""Closed statements and their lines, only added; an account for what is to be paid out by them."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from market.ledger.accounts import Account
from market.ledger.journal import Happening

LEDGERS = ("statements", "statement_lines")
# See 0001: CreateModel does not write constraints. The index is no model's: most moves are not of these two kinds.
CONSTRAINTS_AND_INDEXES = """
ALTER TABLE statements ADD CONSTRAINT statements_add_up
    CHECK (carried = opening + goods + programs + postage + commission - held - payout);
ALTER TABLE statements ADD CONSTRAINT statements_pay_out_what_there_is
    CHECK (payout >= 0 AND carried <= 0 AND (payout = 0 OR carried = 0));
ALTER TABLE statements ADD CONSTRAINT statements_of_a_month
    CHECK (opening <= 0 AND entries > 0 AND EXTRACT(day FROM month) = 1);
CREATE INDEX part_moves_due ON part_moves (at) WHERE state IN ('confirmed', 'cancelled');
"""


async def guard(apps, schema_editor) -> None:
    guards = [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        for table in LEDGERS
    ]
    await schema_editor.client.execute_script(CONSTRAINTS_AND_INDEXES + "\n".join(guards))


async def unguard(apps, schema_editor) -> None:
    await schema_editor.client.execute_script("DROP INDEX part_moves_due;")


class Migration(migrations.Migration):
    dependencies = [("market", "0008_waiting_lists"), ("villages", "0005_cancelled_sessions")]

    operations = [
        ops.CreateModel(
            name="Statement",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("month", fields.DateField()),
                ("number", fields.CharField(unique=True, max_length=20)),
                ("opening", fields.BigIntField()),
                ("goods", fields.BigIntField()),
                ("programs", fields.BigIntField()),
                ("postage", fields.BigIntField()),
                ("commission", fields.BigIntField()),
                ("held", fields.BigIntField()),
                ("payout", fields.BigIntField()),
                ("carried", fields.BigIntField()),
                ("entries", fields.IntField()),
                ("journal_before", fields.BigIntField()),
                ("moves_before", fields.BigIntField()),
                ("closed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_by", fields.CharField(max_length=40)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "statements",
                "app": "market",
                "unique_together": (("village", "month"),),
                "constraints": [
                    CheckConstraint(
                        check="carried = opening + goods + programs + postage + commission - held - payout",
                        name="statements_add_up",
                    ),
                    CheckConstraint(
                        check="payout >= 0 AND carried <= 0 AND (payout = 0 OR carried = 0)",
                        name="statements_pay_out_what_there_is",
                    ),
                    CheckConstraint(
                        check="opening <= 0 AND entries > 0 AND EXTRACT(day FROM month) = 1",
                        name="statements_of_a_month",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What one village is owed for one month, closed. Money in won, see `figures.Sums` for the signs.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StatementLine",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "statement",
                    fields.ForeignKeyField(
                        "market.Statement",
                        source_field="statement_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "transaction",
                    fields.ForeignKeyField(
                        "market.JournalTransaction",
                        source_field="transaction_id",
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
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                ("goods", fields.BigIntField()),
                ("programs", fields.BigIntField()),
                ("postage", fields.BigIntField()),
                ("commission", fields.BigIntField()),
                ("held", fields.BigIntField()),
            ],
            options={
                "table": "statement_lines",
                "app": "market",
                "unique_together": (("transaction", "part"),),
                "indexes": [
                    Index(fields=["statement_id", "transaction_id"], name="statement_lines_statement")
                ],
                "pk_attr": "id",
                "table_description": "One transaction of the journal for one part. It is in one statement, and in no other.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="JournalLeg",
            name="account",
            field=fields.CharEnumField(
                description="stripe: stripe\nbank: bank\ncash: cash\ncard_terminal: card_terminal\nlocal_voucher: local_voucher\nonnuri: onnuri\nreceivable: receivable\nvillage_payable: village_payable\npostage: postage\ncommission: commission\nsubsidy: subsidy\nprovider_fee: provider_fee\nrefunds_promised: refunds_promised\nsuspense: suspense\npayout_due: payout_due",
                enum_type=Account,
                max_length=20,
            ),
        ),
        ops.AlterField(
            model_name="JournalTransaction",
            name="kind",
            field=fields.CharEnumField(
                description="captured: captured\nrefund_promised: refund_promised\nrefund_paid: refund_paid\nset_aside: set_aside\nsettled_aside: settled_aside\nprovider_fee: provider_fee\nstatement_closed: statement_closed\npayout: payout\ncorrected: corrected",
                enum_type=Happening,
                max_length=20,
            ),
        ),
        ops.RunPython(code=guard, reverse_code=unguard),
    ]
