"""Counters of tries: an unlogged table, cheap to write and worth nothing after a crash."""

from tortoise import migrations
from tortoise.migrations import operations as ops


async def make(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(
        "CREATE UNLOGGED TABLE rate_counters ("
        "key varchar(120) NOT NULL, began_at timestamptz NOT NULL, tries int NOT NULL, PRIMARY KEY (key));"
    )


async def drop(apps, schema_editor) -> None:
    await schema_editor.client.execute_script("DROP TABLE rate_counters;")


class Migration(migrations.Migration):
    dependencies = [("villages", "0001_places_people_offers")]

    operations = [ops.RunPython(code=make, reverse_code=drop)]
