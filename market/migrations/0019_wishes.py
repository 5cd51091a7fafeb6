"""Who wants to be told when something is there again."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from market.wishes.tables import WishState

# See 0001: CreateModel does not write constraints. The indexes are no model's: one telephone, one mail address waits
# once for a listing; the duties look for wishes that wait; and for the few messages of wishes among all others.
CONSTRAINTS_AND_INDEXES = (
    """
    ALTER TABLE wishes ADD CONSTRAINT wishes_forget_who_when_they_end CHECK (
        CASE state WHEN 'waiting' THEN ended_at IS NULL AND (phone <> '' OR email <> '')
        ELSE ended_at IS NOT NULL AND phone = '' AND email = '' END
    )
    """,
    "CREATE UNIQUE INDEX wishes_once_by_phone ON wishes (listing_id, phone) WHERE state = 'waiting' AND phone <> ''",
    "CREATE UNIQUE INDEX wishes_once_by_email ON wishes (listing_id, email) WHERE state = 'waiting' AND email <> ''",
    "CREATE INDEX wishes_waiting ON wishes (listing_id, id) WHERE state = 'waiting'",
    "CREATE INDEX notices_of_wishes ON notices (subject) WHERE kind IN ('wish_kept', 'wish_came')",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS_AND_INDEXES))


class Migration(migrations.Migration):
    dependencies = [("market", "0018_accounts_forgotten_and_second_endings")]

    operations = [
        ops.CreateModel(
            name="Wish",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="wishes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("phone", fields.CharField(default="", max_length=20)),
                ("email", fields.CharField(default="", max_length=120)),
                ("consent", fields.CharField(max_length=20)),
                ("key", fields.CharField(unique=True, max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        default=WishState.waiting,
                        description="waiting: waiting\ntold: told\nstopped: stopped\nlapsed: lapsed",
                        enum_type=WishState,
                        max_length=7,
                    ),
                ),
                ("wished_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "wishes",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="CASE state WHEN 'waiting' THEN ended_at IS NULL AND (phone <> '' OR email <> '') "
                        "ELSE ended_at IS NOT NULL AND phone = '' AND email = '' END",
                        name="wishes_forget_who_when_they_end",
                    )
                ],
                "pk_attr": "id",
                "table_description": "Whoever it is of is known while it waits, and no longer: what has ended is a listing and two moments.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
