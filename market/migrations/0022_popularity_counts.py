"""A row tells for which night it was counted what people like."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


# See 0001: CreateModel does not write constraints.
async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(
        "ALTER TABLE popularity_counts ADD CONSTRAINT popularity_counts_is_one CHECK (id = 1)"
    )


class Migration(migrations.Migration):
    dependencies = [("market", "0021_words_stand_once_and_are_counted")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PopularityCount",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("night", fields.DateField()),
            ],
            options={
                "table": "popularity_counts",
                "app": "market",
                "constraints": [CheckConstraint(check="id = 1", name="popularity_counts_is_one")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
