"""The index of words tells the place each stands in, so that it alone ranks; long columns stand beside the rows."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from market.finding.entries import AMOUNT, MOST_LETTERS, TAGS

# Searches read the words' index and ids; kept out of their pages, texts do not slow them down.
NARROW = "ALTER TABLE search_documents SET (toast_tuple_target = 256)"
_PLACES = ", ".join(f"('{place}', '{tag}')" for place, tag in TAGS.items())
TAG_WORDS = f"""
UPDATE search_documents d SET
    letters = LEAST(length(d.payload->>'joined'), {MOST_LETTERS}),
    words = array_to_tsvector(
        ARRAY(
            SELECT t.tag || word FROM (VALUES {_PLACES}) AS t (place, tag)
            CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(d.payload->'words'->t.place, '[]')) AS word
        ) || ARRAY(SELECT '{AMOUNT}' || label FROM jsonb_array_elements_text(COALESCE(d.payload->'measures', '[]')) AS label)
    )
"""


async def tag_words(apps, schema_editor) -> None:
    for statement in (NARROW, TAG_WORDS):
        await schema_editor.client.execute_script(statement)


class Migration(migrations.Migration):
    dependencies = [("market", "0015_synonyms_and_missed_searches")]

    initial = False

    operations = [
        ops.AddField(
            model_name="SearchEntry",
            name="letters",
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.RunPython(code=tag_words, reverse_code=ops.RunPython.noop),
    ]
