"""The auditor's nightly rounds."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("market", "0006_journal")]

    operations = [
        ops.CreateModel(
            name="NightlyCheck",
            fields=[
                ("day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("claimed_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("rules", fields.IntField(default=0)),
                ("found", fields.IntField(default=0)),
                ("took_ms", fields.IntField(default=0)),
                ("head_number", fields.BigIntField(default=0)),
                ("head_hash", fields.CharField(default="", max_length=64)),
            ],
            options={
                "table": "nightly_checks",
                "app": "market",
                "pk_attr": "day",
                "table_description": "One night's round. Claimed before it is made; a claim whose worker died is another one's after a while.",
            },
            bases=["Model"],
        ),
    ]
