"""The table of search documents: what search may know of each published listing and of each village."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import connections, fields
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index
from tortoise.models import Model

from market.finding.documents import Place, SearchDocument, words_of_name

if TYPE_CHECKING:
    from villages.listings import Listing
    from villages.village import Village

TAGS: dict[Place, str] = {
    "name": "n", "category": "c", "certificate": "e", "village": "v", "text": "t", "origin": "o",
}  # fmt: skip
"""What a word in the index begins with, by the place it stands in: so the index alone tells both."""
_PLACES: dict[str, Place] = {tag: place for place, tag in TAGS.items()}
AMOUNT = "m"
MOST_LETTERS = 127
LONGEST_WORD = 60  # signs; an index word may have 2046 bytes, and nobody types one


class Findable(StrEnum):
    goods = "goods"
    program = "program"
    village = "village"


class SearchEntry(Model):
    """One document. `version`, `village_version`, `publication_id`, `stale_on`: what it was made from, and till when.

    Its words stand in `SearchWords`. Prices and stock are not in it: those are read live.
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
        columns = zip(*(_row(entry) for entry in entries), strict=True)
        await connections.get("default").execute_query(WRITE, [list(column) for column in columns])


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
        for word in sorted(found)
        if len(word) <= LONGEST_WORD
    ]
    return words + [AMOUNT + label for label in document.measures]


def document_of(code: str, name: str, tagged_words: Iterable[str]) -> SearchDocument:
    """A written document, from its words as they stand in the index."""
    words: dict[Place, set[str]] = {place: set() for place in TAGS}
    measures: set[str] = set()
    for word in tagged_words:
        (measures if word[0] == AMOUNT else words[_PLACES[word[0]]]).add(word[1:])
    found: dict[Place, frozenset[str]] = {place: frozenset(several) for place, several in words.items()}
    return SearchDocument(code, found, "".join(words_of_name(name)), frozenset(measures))


def _row(entry: Entry) -> tuple:
    """In the order of `WRITE`. Words have no spaces in them."""
    return (
        entry.key, entry.kind.value, entry.listing_id, entry.village_id, entry.code, entry.slug, entry.name, entry.category,
        entry.version, entry.village_version, entry.publication_id, entry.stale_on,
        " ".join(tagged(entry.document)), min(len(entry.document.joined), MOST_LETTERS),
    )  # fmt: skip


_COLUMNS = "kind listing_id village_id code slug name category version village_version publication_id stale_on".split()
_OVERWRITTEN = ", ".join(f"{column} = excluded.{column}" for column in (*_COLUMNS, "updated_at"))
# The clock, not the transaction's time: whoever reads "what is newer than …" must not miss a slow writer by much.
WRITE = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
        $10::int[], $11::bigint[], $12::date[], $13::text[], $14::smallint[]
    ) AS given (key, {", ".join(_COLUMNS)}, words, letters)
), written AS (
    INSERT INTO search_documents (key, {", ".join(_COLUMNS)}, updated_at)
    SELECT key, {", ".join(_COLUMNS)}, clock_timestamp() FROM given
    ON CONFLICT (key) DO UPDATE SET {_OVERWRITTEN} RETURNING id, key
)
INSERT INTO search_words AS there (entry_id, subject, letters, words)
SELECT w.id, COALESCE(g.listing_id, -g.village_id), g.letters, array_to_tsvector(string_to_array(g.words, ' '))
FROM written w JOIN given g ON g.key = w.key
ON CONFLICT (entry_id) DO UPDATE SET letters = excluded.letters, words = excluded.words
WHERE (there.letters, there.words) IS DISTINCT FROM (excluded.letters, excluded.words)
"""
