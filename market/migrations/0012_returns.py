"""Returns of goods that were sent, with their lines; how many of a line are asked to come back."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from market.returns.tables import ReturnReason, ReturnState, ReturnWish

# See 0001: CreateModel does not write constraints.
CONSTRAINTS = (
    "ALTER TABLE returns ADD CONSTRAINT returns_money_not_negative CHECK (promised >= 0 AND return_postage >= 0)",
    "ALTER TABLE returns ADD CONSTRAINT returns_end_at_a_moment CHECK ((state IN ('received', 'refused', 'withdrawn')) = (ended_at IS NOT NULL))",
    "ALTER TABLE returns ADD CONSTRAINT returns_received_are_refunded CHECK ((refund_id IS NOT NULL) = (state = 'received' AND wish = 'refund'))",
    "ALTER TABLE returns ADD CONSTRAINT returns_refused_with_words CHECK ((state = 'refused') = (refusal <> ''))",
    """
    ALTER TABLE returns ADD CONSTRAINT returns_sent_anew_by_exchange CHECK (
        CASE WHEN wish = 'exchange' THEN (resent_at IS NOT NULL) = (state IN ('resent', 'received'))
        ELSE resent_at IS NULL AND state <> 'resent' END
    )
    """,
    """
    ALTER TABLE return_lines ADD CONSTRAINT return_lines_within_bounds CHECK (
        count > 0 AND restocked >= 0 AND restocked <= sellable AND sellable <= received
        AND received <= count AND resent >= 0 AND resent <= count
    )
    """,
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS))


class Migration(migrations.Migration):
    dependencies = [("market", "0011_other_dates"), ("villages", "0005_cancelled_sessions")]

    operations = [
        ops.CreateModel(
            name="Return",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("key", fields.CharField(unique=True, max_length=64)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="returns",
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
                        related_name="returns",
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
                        related_name="promised_return",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "refund",
                    fields.OneToOneField(
                        "market.Refund",
                        source_field="refund_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="of_return",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reason",
                    fields.CharEnumField(
                        description="changed_mind: changed_mind\nfaulty: faulty\nwrong: wrong",
                        enum_type=ReturnReason,
                        max_length=20,
                    ),
                ),
                (
                    "wish",
                    fields.CharEnumField(
                        description="refund: refund\nexchange: exchange", enum_type=ReturnWish, max_length=20
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        default=ReturnState.requested,
                        description="requested: requested\nresent: resent\nreceived: received\nrefused: refused\nwithdrawn: withdrawn",
                        enum_type=ReturnState,
                        max_length=20,
                    ),
                ),
                ("words", fields.CharField(default="", max_length=300)),
                ("promised", fields.IntField()),
                ("return_postage", fields.IntField()),
                ("by", fields.CharField(max_length=40)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("courier_back", fields.CharField(default="", max_length=20)),
                ("tracking_back", fields.CharField(default="", max_length=40)),
                ("sent_back_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("courier", fields.CharField(default="", max_length=20)),
                ("tracking", fields.CharField(default="", max_length=40)),
                ("resent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("refusal", fields.CharField(default="", max_length=300)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_by", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "returns",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="promised >= 0 AND return_postage >= 0", name="returns_money_not_negative"
                    ),
                    CheckConstraint(
                        check="(state IN ('received', 'refused', 'withdrawn')) = (ended_at IS NOT NULL)",
                        name="returns_end_at_a_moment",
                    ),
                    CheckConstraint(
                        check="(refund_id IS NOT NULL) = (state = 'received' AND wish = 'refund')",
                        name="returns_received_are_refunded",
                    ),
                    CheckConstraint(
                        check="(state = 'refused') = (refusal <> '')", name="returns_refused_with_words"
                    ),
                    CheckConstraint(
                        check="CASE WHEN wish = 'exchange' THEN (resent_at IS NOT NULL) = (state IN ('resent', 'received')) ELSE resent_at IS NULL AND state <> 'resent' END",
                        name="returns_sent_anew_by_exchange",
                    ),
                ],
                "indexes": [
                    Index(fields=["order_id"], name="returns_order"),
                    Index(fields=["part_id", "state"], name="returns_part_state"),
                ],
                "pk_attr": "id",
                "table_description": "Some of one village's half, asked to be taken back. What is promised (won) does not change any more.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "of_return",
                    fields.ForeignKeyField(
                        "market.Return",
                        source_field="of_return_id",
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
                        related_name="returns",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("count", fields.IntField()),
                ("received", fields.IntField(default=0)),
                ("sellable", fields.IntField(default=0)),
                ("restocked", fields.IntField(default=0)),
                ("resent", fields.IntField(default=0)),
            ],
            options={
                "table": "return_lines",
                "app": "market",
                "unique_together": (("of_return", "line"),),
                "constraints": [
                    CheckConstraint(
                        check="count > 0 AND restocked >= 0 AND restocked <= sellable AND sellable <= received AND received <= count AND resent >= 0 AND resent <= count",
                        name="return_lines_within_bounds",
                    )
                ],
                "indexes": [Index(fields=["line_id"], name="return_lines_line")],
                "pk_attr": "id",
                "table_description": "So many of a line; of those that came, `sellable` ones, of which `restocked` lie on the shelf again.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Line",
            name="coming_back",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Line",
            constraint=CheckConstraint(
                check="coming_back >= 0 AND cancelled + coming_back <= count", name="lines_come_back_once"
            ),
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
