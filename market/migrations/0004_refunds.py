"""Quotes of refunds, refunds, and what each takes off lines and parts, bounded by the database."""

from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from market.refunds import RefundCause, RefundState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint


# What CreateModel remembers but does not write, see 0001.
CONSTRAINTS = (
    "ALTER TABLE refund_quotes ADD CONSTRAINT refund_quotes_amount_not_negative CHECK (amount >= 0)",
    "ALTER TABLE refunds ADD CONSTRAINT refunds_amount_not_negative CHECK (amount >= 0)",
    "ALTER TABLE refunds ADD CONSTRAINT refunds_paid_at_a_moment CHECK ((state = 'paid') = (paid_at IS NOT NULL))",
    "ALTER TABLE refund_parts ADD CONSTRAINT refund_parts_not_negative CHECK (goods >= 0 AND programs >= 0 AND goods + programs + postage >= 0)",
    "ALTER TABLE refund_lines ADD CONSTRAINT refund_lines_within_bounds CHECK (count > 0 AND amount >= 0 AND restocked >= 0 AND restocked <= count)",
)
LEDGERS = ("refund_parts", "refund_lines")


async def guard(apps, schema_editor) -> None:
    only_added = [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in LEDGERS
    ]
    await schema_editor.client.execute_script(";".join([*CONSTRAINTS, *only_added]))


class Migration(migrations.Migration):
    dependencies = [("market", "0003_search_documents"), ("villages", "0003_edited_listings")]

    operations = [
        ops.CreateModel(
            name="RefundQuote",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=32)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refund_quotes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "cause",
                    fields.CharEnumField(
                        description="shopper: shopper\noperator: operator\nweather: weather\ntoo_few: too_few",
                        enum_type=RefundCause,
                        max_length=8,
                    ),
                ),
                ("by", fields.CharField(max_length=40)),
                ("amount", fields.IntField()),
                (
                    "body",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "refund_quotes",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="amount >= 0", name="refund_quotes_amount_not_negative")
                ],
                "indexes": [
                    Index(fields=["order_id"], name="refund_quotes_order"),
                    Index(fields=["ends_at"], name="refund_quotes_ends_at"),
                ],
                "pk_attr": "id",
                "table_description": "What would come back, to the won, if it is confirmed before `ends_at`. `code` is all that confirming needs.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Refund",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refunds",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "payment",
                    fields.ForeignKeyField(
                        "market.Payment",
                        source_field="payment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refunds",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "quote",
                    fields.OneToOneField(
                        "market.RefundQuote",
                        source_field="quote_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refund",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "cause",
                    fields.CharEnumField(
                        description="shopper: shopper\noperator: operator\nweather: weather\ntoo_few: too_few",
                        enum_type=RefundCause,
                        max_length=8,
                    ),
                ),
                ("amount", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="promised: promised\npaid: paid\nstuck: stuck",
                        enum_type=RefundState,
                        max_length=8,
                    ),
                ),
                ("by", fields.CharField(max_length=40)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("day", fields.DateField()),
                ("pay_before", fields.DateField()),
                ("account", fields.CharField(default="", max_length=400)),
                ("reference", fields.CharField(default="", max_length=120)),
                ("try_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("tries", fields.SmallIntField(default=0)),
                ("paid_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("paid_by", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "refunds",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="amount >= 0", name="refunds_amount_not_negative"),
                    CheckConstraint(
                        check="(state = 'paid') = (paid_at IS NOT NULL)", name="refunds_paid_at_a_moment"
                    ),
                ],
                "indexes": [
                    Index(fields=["order_id"], name="refunds_order"),
                    Index(fields=["day"], name="refunds_day"),
                    Index(fields=["try_at"], name="refunds_try_at"),
                ],
                "pk_attr": "id",
                "table_description": "A confirmed quote. Its sums never change; how far the money has come does.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefundLine",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "refund",
                    fields.ForeignKeyField(
                        "market.Refund",
                        source_field="refund_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "line",
                    fields.ForeignKeyField(
                        "market.Line",
                        source_field="line_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refunds",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("count", fields.IntField()),
                ("percent", fields.SmallIntField()),
                ("amount", fields.IntField()),
                ("restocked", fields.IntField(default=0)),
            ],
            options={
                "table": "refund_lines",
                "app": "market",
                "unique_together": (("refund", "line"),),
                "constraints": [
                    CheckConstraint(
                        check="count > 0 AND amount >= 0 AND restocked >= 0 AND restocked <= count",
                        name="refund_lines_within_bounds",
                    )
                ],
                "indexes": [Index(fields=["line_id"], name="refund_lines_line")],
                "pk_attr": "id",
                "table_description": "So many of a line are called off, for so much; `restocked` of them went back to the shelf.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefundPart",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "refund",
                    fields.ForeignKeyField(
                        "market.Refund",
                        source_field="refund_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="parts",
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
                        related_name="refunds",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("goods", fields.IntField()),
                ("programs", fields.IntField()),
                ("postage", fields.IntField()),
                ("vat", fields.IntField()),
            ],
            options={
                "table": "refund_parts",
                "app": "market",
                "unique_together": (("refund", "part"),),
                "constraints": [
                    CheckConstraint(
                        check="goods >= 0 AND programs >= 0 AND goods + programs + postage >= 0",
                        name="refund_parts_not_negative",
                    )
                ],
                "indexes": [Index(fields=["part_id"], name="refund_parts_part")],
                "pk_attr": "id",
                "table_description": "One village's half of a refund (won). Postage below zero: it keeps what carrying the goods back costs.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Line",
            name="cancelled",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Line",
            name="refunded",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Line",
            constraint=CheckConstraint(
                check="cancelled >= 0 AND cancelled <= count AND refunded >= 0 AND refunded <= cancelled::bigint * unit_price",
                name="lines_refunded_within_price",
            ),
        ),
        ops.AddField(
            model_name="Part",
            name="refunded_goods",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Part",
            name="refunded_postage",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Part",
            name="refunded_programs",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Part",
            constraint=CheckConstraint(
                check="refunded_goods >= 0 AND refunded_goods <= goods AND refunded_programs >= 0 AND refunded_programs <= programs AND refunded_postage <= postage AND refunded_goods + refunded_programs + refunded_postage >= 0",
                name="parts_refunded_within_share",
            ),
        ),
        ops.AddField(
            model_name="Payment",
            name="refunded",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(
                check="refunded >= 0 AND refunded <= amount", name="payments_refunded_within_amount"
            ),
        ),
        ops.RunPython(code=guard),
    ]
