"""What a village can send on a day, what it has promised to send on it, and on which day it promised each part."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

# See 0001: CreateModel does not write constraints.
CONSTRAINTS = (
    "ALTER TABLE dispatch_days ADD CONSTRAINT dispatch_days_promised_not_negative CHECK (promised >= 0)",
    "ALTER TABLE dispatch_days ADD CONSTRAINT dispatch_days_capacity_not_negative CHECK (capacity >= 0)",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS))


class Migration(migrations.Migration):
    dependencies = [("market", "0008_waiting_lists"), ("villages", "0006_daily_parcels")]

    operations = [
        ops.CreateModel(
            name="DispatchDay",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dispatch_days",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                ("capacity", fields.IntField(null=True)),
                ("promised", fields.IntField(default=0, db_default=0)),
            ],
            options={
                "table": "dispatch_days",
                "app": "market",
                "unique_together": (("village", "day"),),
                "constraints": [
                    CheckConstraint(check="promised >= 0", name="dispatch_days_promised_not_negative"),
                    CheckConstraint(check="capacity >= 0", name="dispatch_days_capacity_not_negative"),
                ],
                "pk_attr": "id",
                "table_description": "A village's day of sending: its number, and what is promised.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
        ops.AddField(
            model_name="Part",
            name="dispatch_day",
            field=fields.ForeignKeyField(
                "market.DispatchDay",
                source_field="dispatch_day_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="parts",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(model_name="Part", name="ships_on", field=fields.DateField(null=True)),
    ]
