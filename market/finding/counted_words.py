"""The words of all listings, counted now and then by the worker, so that no web process has to count them."""

from datetime import datetime, timedelta

from tortoise import connections, fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.finding.entries import AMOUNT, TAGS

COUNT_EVERY = timedelta(minutes=10)
"""At least, and only where something was written since: till then a withdrawn word may linger, which harms nobody."""
MOST_COUNTED = 30_000  # of names, and as many of others: the commonest, so that memory stays bounded


class CountedWords(Model):
    """The one row about them. `words`: a line for each, the word and the tags of its places, the commonest first.

    `newest`: the newest document that was counted.
    """

    id = fields.SmallIntField(primary_key=True, generated=False)
    words = fields.TextField()
    newest = fields.DatetimeField()
    counted_at = fields.DatetimeField()

    class Meta:
        table = "counted_words"
        constraints = (CheckConstraint(name="counted_words_is_one", check="id = 1"),)


async def count_words(now: datetime) -> int:
    """Count them anew where a document changed since, and ten minutes went by. Returns 1 when it was done.

    Two workers at once do the same work twice, and the later count stays.
    """
    db = connections.get("default")
    if not (await db.execute_query_dict(IS_DUE, [now - COUNT_EVERY]))[0]["due"]:
        return 0
    await db.execute_query(COUNT, [MOST_COUNTED, now])
    return 1


async def tags_of_words() -> tuple[dict[str, str], datetime | None]:
    """Each word and the tags of its places, the commonest first; and the newest document they were counted in.

    Where no worker has counted yet they are counted here, which at 100,000 listings takes a second.
    """
    db = connections.get("default")
    rows = await db.execute_query_dict(
        "SELECT words, newest FROM counted_words"
    ) or await db.execute_query_dict(COUNTED, [MOST_COUNTED])
    lines = rows[0]["words"].split("\n") if rows[0]["words"] else ()
    return {word: tags for word, _, tags in (line.partition(" ") for line in lines)}, rows[0]["newest"]


IS_DUE = """
SELECT EXISTS (SELECT FROM search_documents) AND NOT EXISTS (
    SELECT FROM counted_words WHERE counted_at > $1 OR newest = (SELECT max(updated_at) FROM search_documents)
) AS due
"""
# Words as they stand in the index: their place's tag first. PostgreSQL counts them many times faster than rows of them.
COUNTED = f"""
WITH counted AS (
    SELECT substr(word, 2) AS word, string_agg(left(word, 1), '') AS tags, sum(ndoc) AS documents
    FROM ts_stat('SELECT words FROM search_words') WHERE left(word, 1) <> '{AMOUNT}' GROUP BY 1
), ranked AS (
    SELECT word, tags, row_number() OVER (
        PARTITION BY tags ~ '[{TAGS["name"]}{TAGS["category"]}]' ORDER BY documents DESC, length(word), word
    ) AS place FROM counted
)
SELECT COALESCE(string_agg(word || ' ' || tags, E'\\n' ORDER BY place, word), '') AS words,
    (SELECT max(updated_at) FROM search_documents) AS newest
FROM ranked WHERE place <= $1
"""
COUNT = f"""
INSERT INTO counted_words (id, words, newest, counted_at) SELECT 1, words, newest, $2::timestamptz FROM ({COUNTED}) counted
ON CONFLICT (id) DO UPDATE SET words = excluded.words, newest = excluded.newest, counted_at = excluded.counted_at
WHERE counted_words.counted_at < excluded.counted_at
"""
