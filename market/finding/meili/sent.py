"""What Meilisearch has of our documents, as rows: whatever differs from `search_documents` is due to be sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections, fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

# A document may become visible a little after its time: the quick look begins that much earlier.
OVERLAP = timedelta(seconds=10)


class MeiliSent(Model):
    """A document that a build of the index has; `updated_at` is the document's own when it was read for sending."""

    id = fields.BigIntField(primary_key=True)
    build = fields.CharField(max_length=24)
    key = fields.CharField(max_length=24)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "meili_sent"
        unique_together = (("build", "key"),)


class MeiliKeeper(Model):
    """The one row about the server: who keeps it in step now, which build serves, which is made beside it.

    `sent_until`: the newest document that was sent; `compare_at`, `retry_at`: when the next whole comparison and,
    after `failures` in a row, the next try are due. Empty names: there is no such build.
    """

    id = fields.SmallIntField(primary_key=True, generated=False)
    held_by = fields.CharField(max_length=24, default="")
    held_until = fields.DatetimeField(null=True)
    serving = fields.CharField(max_length=24, default="")
    beside = fields.CharField(max_length=24, default="")
    sent_until = fields.DatetimeField(null=True)
    compare_at = fields.DatetimeField(null=True)
    retry_at = fields.DatetimeField(null=True)
    failures = fields.IntField(default=0)
    trouble = fields.CharField(max_length=300, default="")

    class Meta:
        table = "meili_keeper"
        constraints = (CheckConstraint(name="meili_keeper_is_one", check="id = 1"),)


async def changed(build: str, *, since: datetime | None, most: int) -> list[dict[str, Any]]:
    """Documents, oldest first, that the build does not have as they are; `since` leaves out what is older."""
    return await connections.get("default").execute_query_dict(CHANGED, [build, since, most])


async def gone(build: str, *, most: int) -> list[str]:
    """Keys that the build has and the documents no longer have."""
    rows = await connections.get("default").execute_query_dict(GONE, [build, most])
    return [row["key"] for row in rows]


async def note_sent(build: str, rows: Sequence[dict[str, Any]]) -> None:
    values = [build, [row["key"] for row in rows], [row["updated_at"] for row in rows]]
    await connections.get("default").execute_query(SENT, values)


async def note_gone(build: str, keys: Sequence[str]) -> None:
    await connections.get("default").execute_query(REMOVED, [build, list(keys)])


async def forget_build(build: str) -> None:
    await connections.get("default").execute_query("DELETE FROM meili_sent WHERE build = $1", [build])


async def progress_of(build: str) -> tuple[int, int]:
    """How many documents the build has, and how many there are."""
    row = (await connections.get("default").execute_query_dict(PROGRESS, [build]))[0]
    return row["sent"], row["total"]


CHANGED = """
SELECT d.id, d.key, d.kind, d.name, d.category, tsvector_to_array(w.words) AS words, d.updated_at,
    v.name AS village_name, v.state
FROM search_documents d JOIN villages v ON v.id = d.village_id JOIN search_words w ON w.entry_id = d.id
LEFT JOIN meili_sent s ON s.build = $1 AND s.key = d.key
WHERE d.updated_at >= COALESCE($2::timestamptz, '-infinity') AND s.updated_at IS DISTINCT FROM d.updated_at
ORDER BY d.updated_at, d.id LIMIT $3
"""
GONE = """
SELECT s.key FROM meili_sent s LEFT JOIN search_documents d ON d.key = s.key
WHERE s.build = $1 AND d.id IS NULL ORDER BY s.key LIMIT $2
"""
SENT = """
INSERT INTO meili_sent (build, key, updated_at) SELECT $1, * FROM unnest($2::text[], $3::timestamptz[])
ON CONFLICT (build, key) DO UPDATE SET updated_at = excluded.updated_at
"""
REMOVED = "DELETE FROM meili_sent WHERE build = $1 AND key = ANY($2::text[])"
PROGRESS = """
SELECT (SELECT count(*) FROM meili_sent WHERE build = $1)::int AS sent,
    (SELECT count(*) FROM search_documents)::int AS total
"""
