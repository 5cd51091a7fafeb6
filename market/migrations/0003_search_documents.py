"""What search may know of each published listing and of each village."""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from market.finding.entries import Findable


class Migration(migrations.Migration):
    dependencies = [("market", "0002_ledgers_are_only_added")]

    operations = [
        ops.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("key", fields.CharField(unique=True, max_length=24)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="goods: goods\nprogram: program\nvillage: village",
                        enum_type=Findable,
                        max_length=7,
                    ),
                ),
                (
                    "listing",
                    fields.OneToOneField(
                        "villages.Listing",
                        source_field="listing_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(default="", max_length=12)),
                ("slug", fields.CharField(max_length=80)),
                ("name", fields.CharField(max_length=80)),
                ("category", fields.CharField(default="", max_length=20)),
                ("names", ArrayField(element_type="TEXT")),
                ("others", ArrayField(element_type="TEXT")),
                ("words", TSVectorField(source_fields=(), stored=False)),
                (
                    "payload",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("version", fields.IntField()),
                ("village_version", fields.IntField()),
                ("publication_id", fields.BigIntField(null=True)),
                ("stale_on", fields.DateField(null=True)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "search_documents",
                "app": "market",
                "indexes": [
                    GinIndex(fields=["words"], name="search_documents_words"),
                    Index(fields=["updated_at"], name="search_documents_updated_at"),
                ],
                "pk_attr": "id",
                "table_description": "One document. `version`, `village_version`, `publication_id`, `stale_on`: what it was made from, and till when.",
            },
            bases=["Model"],
        ),
    ]
