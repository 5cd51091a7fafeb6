"""A document's words stand in the index alone, and a row tells those of all documents.

Twice more beside the index they cost more than all else of a document.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


# See 0001: CreateModel does not write constraints.
async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(
        "ALTER TABLE counted_words ADD CONSTRAINT counted_words_is_one CHECK (id = 1)"
    )


class Migration(migrations.Migration):
    dependencies = [("market", "0020_accounts_kept_some_days")]

    initial = False

    operations = [
        ops.RemoveField(model_name="SearchEntry", name="names"),
        ops.RemoveField(model_name="SearchEntry", name="others"),
        ops.RemoveField(model_name="SearchEntry", name="payload"),
        ops.CreateModel(
            name="CountedWords",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("words", fields.TextField(unique=False)),
                ("newest", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("counted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "counted_words",
                "app": "market",
                "constraints": [CheckConstraint(check="id = 1", name="counted_words_is_one")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
