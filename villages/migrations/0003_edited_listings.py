"""Which listings were edited since search last read them: asked every two seconds, so not by reading them all."""

from tortoise import migrations
from tortoise.migrations import operations as ops


async def make(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(
        "CREATE INDEX listings_edited_since_indexed ON listings (id) WHERE indexed_version < version;"
    )


async def drop(apps, schema_editor) -> None:
    await schema_editor.client.execute_script("DROP INDEX listings_edited_since_indexed;")


class Migration(migrations.Migration):
    dependencies = [("villages", "0002_rate_counters")]

    operations = [ops.RunPython(code=make, reverse_code=drop)]
