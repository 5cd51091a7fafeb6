"""Sheets of deposits, their rows, what they paid and what stands in suspense."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from market.deposit_sheets.tables import RowState, SuspenseKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

# CreateModel remembers a model's constraints but does not write them: see 0001.
CONSTRAINTS_AND_INDEXES = (
    "ALTER TABLE deposit_rows ADD CONSTRAINT deposit_rows_brought_money CHECK (amount > 0)",
    "ALTER TABLE deposit_rows ADD CONSTRAINT deposit_rows_decided_by_someone CHECK ((state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by = ''))",
    "ALTER TABLE deposit_rows ADD CONSTRAINT deposit_rows_set_aside_for_a_reason CHECK (state <> 'set_aside' OR reason <> '')",
    "ALTER TABLE deposit_suspense ADD CONSTRAINT deposit_suspense_is_money CHECK (amount > 0 AND missing >= 0)",
    "ALTER TABLE deposit_suspense ADD CONSTRAINT deposit_suspense_short_lacks_won CHECK ((kind = 'short') = (missing > 0))",
    "ALTER TABLE deposit_suspense ADD CONSTRAINT deposit_suspense_settled_by_someone CHECK ((settled_at IS NULL) = (settled_by = '') AND (settled_at IS NULL) = (settled_as = ''))",
    "CREATE INDEX deposit_rows_waiting ON deposit_rows (day) WHERE state = 'waiting'",
    "CREATE INDEX deposit_sheets_unmatched ON deposit_sheets (id) WHERE matched_at IS NULL",
    "CREATE INDEX deposit_suspense_open ON deposit_suspense (id) WHERE settled_at IS NULL",
    # Late money: what was asked for lately and got nothing, and what a person confirmed without a sheet.
    "CREATE INDEX payments_ended_deposits ON payments (ends_at) WHERE provider = 'bank_transfer' AND state = 'expired'",
    "CREATE INDEX payments_confirmed_deposits ON payments (captured_at) WHERE provider = 'bank_transfer' AND state = 'captured'",
)
LEDGERS = ("deposit_matches", "deposit_sheet_lines")


async def add_constraints(apps, schema_editor) -> None:
    guards = (
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in LEDGERS
    )
    await schema_editor.client.execute_script(";".join((*CONSTRAINTS_AND_INDEXES, *guards)))


class Migration(migrations.Migration):
    dependencies = [("market", "0004_refunds")]

    operations = [
        ops.CreateModel(
            name="DepositSheet",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("hash", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=100)),
                ("sent_by", fields.CharField(max_length=40)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("withdrawals", fields.IntField()),
                ("left_out", fields.IntField()),
                ("matched_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "deposit_sheets",
                "app": "market",
                "indexes": [Index(fields=["sent_at"], name="deposit_sheets_sent_at")],
                "pk_attr": "id",
                "table_description": "One file, known by the SHA-256 of its bytes. `matched_at` is null until its sure rows have been looked for.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DepositRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("identity", fields.CharField(unique=True, max_length=64)),
                (
                    "sheet",
                    fields.ForeignKeyField(
                        "market.DepositSheet",
                        source_field="sheet_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="first_told",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                ("at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("name", fields.CharField(max_length=60)),
                ("remark", fields.CharField(default="", max_length=120)),
                ("amount", fields.BigIntField()),
                ("balance", fields.BigIntField(null=True)),
                (
                    "state",
                    fields.CharEnumField(
                        default=RowState.waiting,
                        description="waiting: waiting\nmatched: matched\nset_aside: set_aside",
                        enum_type=RowState,
                        max_length=9,
                    ),
                ),
                ("is_sure", fields.BooleanField(default=False)),
                ("decided_by", fields.CharField(default="", max_length=40)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "deposit_rows",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="amount > 0", name="deposit_rows_brought_money"),
                    CheckConstraint(
                        check="(state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by = '')",
                        name="deposit_rows_decided_by_someone",
                    ),
                    CheckConstraint(
                        check="state <> 'set_aside' OR reason <> ''",
                        name="deposit_rows_set_aside_for_a_reason",
                    ),
                ],
                "indexes": [
                    Index(fields=["sheet_id"], name="deposit_rows_sheet"),
                    Index(fields=["day", "amount"], name="deposit_rows_day_amount"),
                ],
                "pk_attr": "id",
                "table_description": "One deposit of the bank, once however often it is told: `identity` hashes moment, name, won, balance and place.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DepositMatch",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "row",
                    fields.ForeignKeyField(
                        "market.DepositRow",
                        source_field="row_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="matches",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "payment",
                    fields.OneToOneField(
                        "market.Payment",
                        source_field="payment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("amount", fields.IntField()),
                ("effect", fields.CharField(max_length=20)),
            ],
            options={
                "table": "deposit_matches",
                "app": "market",
                "indexes": [Index(fields=["row_id"], name="deposit_matches_row")],
                "pk_attr": "id",
                "table_description": "A row's money paid an order: written once. `effect` is what that did to the order, see `capture.Effect`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SheetLine",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "sheet",
                    fields.ForeignKeyField(
                        "market.DepositSheet",
                        source_field="sheet_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "row",
                    fields.ForeignKeyField(
                        "market.DepositRow",
                        source_field="row_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("line", fields.IntField()),
            ],
            options={
                "table": "deposit_sheet_lines",
                "app": "market",
                "unique_together": (("sheet", "row"),),
                "indexes": [Index(fields=["row_id"], name="deposit_sheet_lines_row")],
                "pk_attr": "id",
                "table_description": "Where a sheet tells a deposit; one that came before is told by several sheets.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Suspense",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "row",
                    fields.OneToOneField(
                        "market.DepositRow",
                        source_field="row_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="suspense",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="surplus: surplus\nshort: short", enum_type=SuspenseKind, max_length=7
                    ),
                ),
                ("amount", fields.BigIntField()),
                ("missing", fields.BigIntField(default=0)),
                ("orders", fields.CharField(max_length=200)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("settled_by", fields.CharField(default="", max_length=40)),
                ("settled_as", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "deposit_suspense",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="amount > 0 AND missing >= 0", name="deposit_suspense_is_money"),
                    CheckConstraint(
                        check="(kind = 'short') = (missing > 0)", name="deposit_suspense_short_lacks_won"
                    ),
                    CheckConstraint(
                        check="(settled_at IS NULL) = (settled_by = '') AND (settled_at IS NULL) = (settled_as = '')",
                        name="deposit_suspense_settled_by_someone",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Won of a matched row that no order took: they stand here until a person decides. `orders` are their numbers.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
