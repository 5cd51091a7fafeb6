"""What Meilisearch has of the search documents, and who keeps it in step."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


# See 0001: CreateModel does not write constraints.
async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(
        "ALTER TABLE meili_keeper ADD CONSTRAINT meili_keeper_is_one CHECK (id = 1)"
    )


class Migration(migrations.Migration):
    dependencies = [("market", "0016_words_by_their_place")]

    operations = [
        ops.CreateModel(
            name="MeiliKeeper",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("held_by", fields.CharField(default="", max_length=24)),
                ("held_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("serving", fields.CharField(default="", max_length=24)),
                ("beside", fields.CharField(default="", max_length=24)),
                ("sent_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("compare_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("retry_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("failures", fields.IntField(default=0)),
                ("trouble", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "meili_keeper",
                "app": "market",
                "constraints": [CheckConstraint(check="id = 1", name="meili_keeper_is_one")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MeiliSent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("build", fields.CharField(max_length=24)),
                ("key", fields.CharField(max_length=24)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "meili_sent",
                "app": "market",
                "unique_together": (("build", "key"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
