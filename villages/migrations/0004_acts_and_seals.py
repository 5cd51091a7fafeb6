"""Who did what, and the chain of seals over it; both are only added, the list of what waits for its seal is not."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

LEDGERS = ("acts", "seals")

# The villages' own: the market's function of the same kind may not be there yet.
REFUSE = """
CREATE FUNCTION refuse_change_of_acts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a ledger: its rows are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


async def guard(apps, schema_editor) -> None:
    guards = [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_acts();"
        for table in LEDGERS
    ]
    await schema_editor.client.execute_script(REFUSE + "\n".join(guards))


async def unguard(apps, schema_editor) -> None:
    await schema_editor.client.execute_script("DROP FUNCTION refuse_change_of_acts() CASCADE;")


class Migration(migrations.Migration):
    dependencies = [("villages", "0003_edited_listings")]

    operations = [
        ops.CreateModel(
            name="Act",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("by", fields.CharField(max_length=40)),
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
                ("what", fields.CharField(max_length=40)),
                ("subject", fields.CharField(max_length=60)),
                ("facts", fields.TextField(unique=False)),
            ],
            options={
                "table": "acts",
                "app": "villages",
                "indexes": [
                    Index(fields=["at", "id"], name="acts_at"),
                    Index(fields=["village_id", "at", "id"], name="acts_village"),
                    Index(fields=["by", "at", "id"], name="acts_by"),
                    Index(fields=["what", "at", "id"], name="acts_what"),
                ],
                "pk_attr": "id",
                "table_description": "One thing done. Only references, never names: who is meant is looked up when it is read. Never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Seal",
            fields=[
                ("number", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                (
                    "act",
                    fields.OneToOneField(
                        "villages.Act",
                        source_field="act_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("version", fields.SmallIntField()),
                ("previous", fields.BinaryField()),
                ("hash", fields.BinaryField()),
            ],
            options={
                "table": "seals",
                "app": "villages",
                "pk_attr": "number",
                "table_description": "The seal of one act. Never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UnsealedAct",
            fields=[
                (
                    "act",
                    fields.OneToOneField(
                        "villages.Act",
                        source_field="act_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "unsealed_acts",
                "app": "villages",
                "pk_attr": "act_id",
                "table_description": "An act that waits for its seal. It is seen with its act, however late that commits: none is passed over.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=guard, reverse_code=unguard),
    ]
