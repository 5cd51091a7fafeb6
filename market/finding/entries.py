"""The table of search documents: what search may know of each published listing and of each village."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import connections, fields
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index
from tortoise.models import Model

from market.finding.documents import Place, SearchDocument

if TYPE_CHECKING:
    from villages.listings import Listing
    from villages.village import Village

TAGS: dict[Place, str] = {
    "name": "n", "category": "c", "certificate": "e", "village": "v", "text": "t", "origin": "o",
}  # fmt: skip
"""What a word in the index begins with, by the place it stands in: so the index alone tells both."""
AMOUNT = "m"
MOST_LETTERS = 127
LONGEST_WORD = 60  # signs; an index word may have 2046 bytes, and nobody types one
MOST_WORDS = 1000  # of one document, beside its names


class Findable(StrEnum):
    goods = "goods"
    program = "program"
    village = "village"


class SearchEntry(Model):
    """One document. `version`, `village_version`, `publication_id`, `stale_on`: what it was made from, and till when.

    `names` are the words of name and category, `others` the rest, `payload` all by place: a search server is fed with
    them. Prices and stock are not in it: those are read live.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=24, unique=True)
    kind = fields.CharEnumField(Findable)
    listing: fields.OneToOneNullableRelation["Listing"] = fields.OneToOneField(
        "villages.Listing", related_name=False, null=True, on_delete=fields.CASCADE
    )
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name=False, on_delete=fields.CASCADE
    )
    code = fields.CharField(max_length=12, default="")
    slug = fields.CharField(max_length=80)
    name = fields.CharField(max_length=80)
    category = fields.CharField(max_length=20, default="")
    names = ArrayField("text")
    others = ArrayField("text")
    payload = fields.JSONField()
    version = fields.IntField()
    village_version = fields.IntField()
    publication_id = fields.BigIntField(null=True)
    stale_on = fields.DateField(null=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "search_documents"
        indexes = (Index(fields=("updated_at",), name="search_documents_updated_at"),)


class SearchWords(Model):
    """A document's words for the database's own index, in rows of their own: a search reads many, and these are narrow.

    `words`: each with the tag of its place, and amounts. `subject`: the listing's id; of a village its own below zero.
    `letters` are the name's, without spaces and amounts.
    """

    entry: fields.OneToOneRelation[SearchEntry] = fields.OneToOneField(
        "market.SearchEntry", related_name=False, primary_key=True, on_delete=fields.CASCADE
    )
    subject = fields.BigIntField()
    letters = fields.SmallIntField()
    words = TSVectorField()

    class Meta:
        table = "search_words"
        indexes = (GinIndex(fields=("words",), name="search_words_words"),)


@dataclass(frozen=True)
class Entry:
    """A document on its way into the index. `stale_on`: from this day on it must be made anew."""

    kind: Findable
    village_id: int
    document: SearchDocument
    slug: str
    name: str
    version: int
    village_version: int
    listing_id: int | None = None
    code: str = ""
    category: str = ""
    publication_id: int | None = None
    stale_on: date | None = None

    @property
    def key(self) -> str:
        return village_key(self.village_id) if self.listing_id is None else listing_key(self.listing_id)


def listing_key(listing_id: int) -> str:
    return f"L{listing_id}"


def village_key(village_id: int) -> str:
    return f"V{village_id}"


async def write_entries(entries: Sequence[Entry]) -> None:
    """Write or overwrite. The words too long for an index are left out."""
    if entries:
        await connections.get("default").execute_query(
            WRITE, [json.dumps([_row(entry) for entry in entries])]
        )


async def remove_entries(keys: Sequence[str]) -> None:
    if keys:
        await connections.get("default").execute_query(
            "DELETE FROM search_documents WHERE key = ANY($1::text[])", [list(keys)]
        )


def tagged(document: SearchDocument) -> list[str]:
    """As they stand in the index: n사과, mg5000."""
    words = [
        TAGS[place] + word
        for place, found in document.words.items()
        for word in sorted(found)[:MOST_WORDS]
        if len(word) <= LONGEST_WORD
    ]
    return words + [AMOUNT + label for label in document.measures]


def document_of(code: str, payload: str) -> SearchDocument:
    """What ranking needs of a written document; the fields only another search server reads stay empty."""
    plain = json.loads(payload)
    words: dict[Place, frozenset[str]] = {place: frozenset(found) for place, found in plain["words"].items()}
    return SearchDocument(code, words, plain["joined"], "", "", (), frozenset(plain["measures"]))


def _row(entry: Entry) -> dict:
    words = {
        place: [word for word in sorted(found) if len(word) <= LONGEST_WORD][:MOST_WORDS]
        for place, found in entry.document.words.items()
    }
    names = {*words["name"], *words["category"]}
    others = {word for found in words.values() for word in found} - names
    return {
        "key": entry.key,
        "kind": entry.kind.value,
        "listing_id": entry.listing_id,
        "village_id": entry.village_id,
        "code": entry.code,
        "slug": entry.slug,
        "name": entry.name,
        "category": entry.category,
        "names": sorted(names),
        "others": sorted(others)[:MOST_WORDS],
        "tagged": tagged(entry.document),
        "letters": min(len(entry.document.joined), MOST_LETTERS),
        "payload": {
            "words": words,
            "joined": entry.document.joined,
            "measures": sorted(entry.document.measures),
        },
        "version": entry.version,
        "village_version": entry.village_version,
        "publication_id": entry.publication_id,
        "stale_on": entry.stale_on.isoformat() if entry.stale_on else None,
    }


_COLUMNS = """
kind listing_id village_id code slug name category names others payload version village_version publication_id stale_on
""".split()
_OVERWRITTEN = ", ".join(f"{column} = excluded.{column}" for column in (*_COLUMNS, "updated_at"))
# The clock, not the transaction's time: whoever reads "what is newer than …" must not miss a slow writer by much.
WRITE = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS given (
        key text, kind text, listing_id bigint, village_id bigint, code text, slug text, name text, category text,
        names text[], others text[], tagged text[], letters smallint, payload jsonb, version int, village_version int,
        publication_id bigint, stale_on date
    )
), written AS (
    INSERT INTO search_documents (key, {", ".join(_COLUMNS)}, updated_at)
    SELECT key, {", ".join(_COLUMNS)}, clock_timestamp() FROM given
    ON CONFLICT (key) DO UPDATE SET {_OVERWRITTEN} RETURNING id, key
)
INSERT INTO search_words (entry_id, subject, letters, words)
SELECT w.id, COALESCE(g.listing_id, -g.village_id), g.letters, array_to_tsvector(g.tagged)
FROM written w JOIN given g ON g.key = w.key
ON CONFLICT (entry_id) DO UPDATE SET letters = excluded.letters, words = excluded.words
"""
