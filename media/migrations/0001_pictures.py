from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Picture",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("hash", fields.CharField(unique=True, max_length=64)),
                ("alt", fields.CharField(max_length=300)),
                ("w", fields.IntField()),
                ("h", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "pictures",
                "app": "media",
                "pk_attr": "id",
                "table_description": "A photograph without its secrets. Written once; its files are there before the row is.",
            },
            bases=["Model"],
        ),
    ]
