"""The index of words tells the place each stands in, so that it alone ranks, and it lies apart from the long texts."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# As they were when this was written.
AMOUNT, MOST_LETTERS = "m", 127
TAGS = {"name": "n", "category": "c", "certificate": "e", "village": "v", "text": "t", "origin": "o"}
_PLACES = ", ".join(f"('{place}', '{tag}')" for place, tag in TAGS.items())
MOVE_WORDS = f"""
INSERT INTO search_words (entry_id, subject, letters, words)
SELECT d.id, COALESCE(d.listing_id, -d.village_id), LEAST(length(COALESCE(d.payload->>'joined', '')), {MOST_LETTERS}),
    array_to_tsvector(
        ARRAY(
            SELECT t.tag || word FROM (VALUES {_PLACES}) AS t (place, tag)
            CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(d.payload->'words'->t.place, '[]')) AS word
        ) || ARRAY(SELECT '{AMOUNT}' || label FROM jsonb_array_elements_text(COALESCE(d.payload->'measures', '[]')) AS label)
    )
FROM search_documents d
"""


async def move_words(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(MOVE_WORDS)


class Migration(migrations.Migration):
    dependencies = [("market", "0015_synonyms_and_missed_searches")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SearchWords",
            fields=[
                (
                    "entry",
                    fields.OneToOneField(
                        "market.SearchEntry",
                        source_field="entry_id",
                        primary_key=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("subject", fields.BigIntField()),
                ("letters", fields.SmallIntField()),
                ("words", TSVectorField(source_fields=(), stored=False)),
            ],
            options={
                "table": "search_words",
                "app": "market",
                "indexes": [GinIndex(fields=["words"], name="search_words_words")],
                "pk_attr": "entry_id",
                "table_description": "A document's words for the database's own index, in rows of their own: a search reads many, and these are narrow.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=move_words, reverse_code=ops.RunPython.noop),
        ops.RemoveIndex(model_name="SearchEntry", name="search_documents_words"),
        ops.RemoveField(model_name="SearchEntry", name="words"),
    ]
