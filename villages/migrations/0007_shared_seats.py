"""A bus or a guide that programs share: what there is, which programs use it, its seats at each time."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

# See 0001: CreateModel does not write constraints.
CONSTRAINTS = (
    "ALTER TABLE pools ADD CONSTRAINT pools_have_seats CHECK (seats BETWEEN 1 AND 1000)",
    "ALTER TABLE outings ADD CONSTRAINT outings_seats_within_capacity CHECK (held >= 0 AND booked >= 0 AND held + booked <= capacity)",
    "ALTER TABLE outings ADD CONSTRAINT outings_last_a_while CHECK (begins_at < ends_at)",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS))


class Migration(migrations.Migration):
    dependencies = [("villages", "0006_daily_parcels")]

    operations = [
        ops.CreateModel(
            name="Pool",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="pools",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=40)),
                ("seats", fields.IntField()),
                ("version", fields.IntField(default=1)),
                ("key", fields.CharField(unique=True, max_length=10)),
            ],
            options={
                "table": "pools",
                "app": "villages",
                "unique_together": (("village", "name"),),
                "constraints": [CheckConstraint(check="seats BETWEEN 1 AND 1000", name="pools_have_seats")],
                "pk_attr": "id",
                "table_description": "What is shared: the village's bus, its guide. `seats`: how many it takes at one time.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Outing",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "pool",
                    fields.ForeignKeyField(
                        "villages.Pool",
                        source_field="pool_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="outings",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("begins_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("capacity", fields.IntField()),
                ("held", fields.IntField()),
                ("booked", fields.IntField()),
            ],
            options={
                "table": "outings",
                "app": "villages",
                "unique_together": (("pool", "begins_at"),),
                "constraints": [
                    CheckConstraint(
                        check="held >= 0 AND booked >= 0 AND held + booked <= capacity",
                        name="outings_seats_within_capacity",
                    ),
                    CheckConstraint(check="begins_at < ends_at", name="outings_last_a_while"),
                ],
                "pk_attr": "id",
                "table_description": "A pool's seats over one stretch of time. `held` and `booked`: those of all its sessions together.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OutingSession",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "outing",
                    fields.ForeignKeyField(
                        "villages.Outing",
                        source_field="outing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="outings",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "pool",
                    fields.ForeignKeyField(
                        "villages.Pool",
                        source_field="pool_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "outing_sessions",
                "app": "villages",
                "unique_together": (("session", "pool"),),
                "indexes": [Index(fields=["outing_id"], name="outing_sessions_outing")],
                "pk_attr": "id",
                "table_description": "A session that takes its seats from an outing too; from one of each pool at most.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PoolProgram",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "pool",
                    fields.ForeignKeyField(
                        "villages.Pool",
                        source_field="pool_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="programs",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="pools",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "pool_programs",
                "app": "villages",
                "unique_together": (("pool", "listing"),),
                "indexes": [Index(fields=["listing_id"], name="pool_programs_listing")],
                "pk_attr": "id",
                "table_description": "A program that uses a pool: every session of it that begins after `since` stands in one of its outings.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Session",
            name="shares_seats",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
