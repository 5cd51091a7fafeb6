"""The city's synonyms, and the searches that found nothing."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

# See 0001: CreateModel does not write constraints.
CONSTRAINTS = (
    "ALTER TABLE synonyms ADD CONSTRAINT synonyms_say_something CHECK (word <> means AND word <> '' AND means <> '')",
    "ALTER TABLE missed_searches ADD CONSTRAINT missed_searches_add_up CHECK (times >= days AND days >= 1 AND first_on <= last_on)",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS))


class Migration(migrations.Migration):
    dependencies = [("market", "0014_money_nobody_takes")]

    operations = [
        ops.CreateModel(
            name="MissedSearch",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("query", fields.CharField(unique=True, max_length=40)),
                ("times", fields.IntField()),
                ("days", fields.IntField()),
                ("first_on", fields.DateField()),
                ("last_on", fields.DateField()),
            ],
            options={
                "table": "missed_searches",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="times >= days AND days >= 1 AND first_on <= last_on",
                        name="missed_searches_add_up",
                    )
                ],
                "indexes": [
                    Index(fields=["first_on"], name="missed_searches_first_on"),
                    Index(fields=["last_on"], name="missed_searches_last_on"),
                ],
                "pk_attr": "id",
                "table_description": "One query that found nothing, without talk and amounts. `days`: on how many different ones, in Seoul.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Synonym",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("word", fields.CharField(max_length=20)),
                ("means", fields.CharField(max_length=20)),
                ("added_by", fields.CharField(max_length=40)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "synonyms",
                "app": "market",
                "unique_together": (("word", "means"),),
                "constraints": [
                    CheckConstraint(
                        check="word <> means AND word <> '' AND means <> ''", name="synonyms_say_something"
                    )
                ],
                "pk_attr": "id",
                "table_description": "Who looks for `word` also finds what `means` finds. Taken away, the row is gone: its acts remain.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
