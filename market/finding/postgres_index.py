"""Search in PostgreSQL: candidates by their words from the index, their order by `ranking`, all else live."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections

from market.finding.entries import Entry, Findable, document_of, remove_entries, write_entries
from market.finding.index import MOST_SUGGESTED, Found, Suggestion, Wanted
from market.finding.kept_vocabulary import KeptVocabulary
from market.finding.narrowing import Hits, found_among
from market.finding.nearby import nearby_words
from market.finding.quick_ranking import Standing, rank_quickly
from market.finding.ranking import GOOD, Hit
from market.finding.understanding import LONGEST_QUERY, Attempt, attempts
from market.finding.vocabulary import HEAD, Vocabulary

MOST_CANDIDATES = 400  # of one reading of the query; the commonest words of a large market reach it
MOST_QUESTIONS = 100  # in memory
MOST_KEPT = 8000  # documents in memory, about 4 kB each

INDEXES: WeakKeyDictionary[Any, "PostgresIndex"] = WeakKeyDictionary()
"""By open database, so that what is in memory ends with it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document read once and kept until it is written anew."""

    id: int
    standing: Standing
    updated_at: datetime


def shared_index() -> "PostgresIndex":
    """The index of the database that is open in this process; its memory is shared by all requests."""
    client = connections.get("default")
    if client not in INDEXES:
        INDEXES[client] = PostgresIndex()
    return INDEXES[client]


class PostgresIndex:
    """A `SearchIndex`. At most five statements per search: two rounds of candidates, what is not yet kept of
    them, and every two seconds a look whether the vocabulary is still right.
    """

    def __init__(self) -> None:
        self._vocabulary = KeptVocabulary()
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._questions: OrderedDict[str, Question] = OrderedDict()

    async def upsert(self, entries: Sequence[Entry]) -> None:
        await write_entries(entries)
        self.look_again()

    async def remove(self, keys: Sequence[str]) -> None:
        await remove_entries(keys)
        self.look_again()

    def look_again(self) -> None:
        """The next search looks for new words at once, not within two seconds."""
        self._vocabulary.look_again()

    async def vocabulary(self) -> Vocabulary:
        """The words of all documents and of the lexicon as they are now."""
        return await self._vocabulary.now()

    async def search(self, wanted: Wanted, *, now: datetime) -> Found:
        vocabulary = await self._vocabulary.now()
        question = self._question(wanted.query, vocabulary)
        known = await self._candidates(question.direct, wanted)
        hits = question.ranked(question.direct, known)
        if not wanted.exact and not any(hit.score >= GOOD for hit in hits):
            known |= await self._candidates(question.guesses, wanted)
            hits = question.ranked([*question.direct, *question.guesses], known)
        found = await found_among(
            Hits(
                [known[hit.code].id for hit in hits],
                corrected=hits[0].reads_as if hits else None,
                and_more=len(known) >= MOST_CANDIDATES,
            ),
            wanted,
            now=now,
        )
        if not found.total and wanted.query.strip():
            return replace(found, nearby=nearby_words(wanted.query, vocabulary))
        return found

    async def suggest(self, text: str, *, limit: int = MOST_SUGGESTED) -> tuple[Suggestion, ...]:
        return ()

    def _question(self, query: str, vocabulary: Vocabulary) -> "Question":
        """The same words are asked often: what they may mean is worked out once for each vocabulary."""
        query = query[:LONGEST_QUERY]
        question = self._questions.pop(query, None)
        if question is None or question.vocabulary is not vocabulary:
            question = Question(query, vocabulary)
        self._questions[query] = question
        if len(self._questions) > MOST_QUESTIONS:
            self._questions.popitem(last=False)
        return question

    async def _candidates(self, readings: list[Attempt], wanted: Wanted) -> dict[str, Kept]:
        """Documents that may answer, by the code ranking knows them by; on sale at this moment."""
        if not readings:
            return {}
        asked = [(words, "", "", "") for words in dict.fromkeys(map(_tsquery, readings))]
        if wanted.kind or wanted.filters.village or wanted.filters.category:
            # Asked for a second time with the filters, so that a common word's many others do not crowd them out.
            kind = wanted.kind.value if wanted.kind else ""
            asked += [(words, kind, wanted.filters.village, wanted.filters.category) for words, *_ in asked]
        rows = await connections.get("default").execute_query_dict(
            CANDIDATES, [*map(list, zip(*asked, strict=True)), _best_words(readings), MOST_CANDIDATES]
        )
        await self._read({row["id"]: row["updated_at"] for row in rows})
        return {kept.standing.code: kept for row in rows if (kept := self._kept.get(row["id"]))}

    async def _read(self, wanted: dict[int, datetime]) -> None:
        """Bring into memory what is not there or was written anew since."""
        missing = []
        for row_id, updated_at in wanted.items():
            if (kept := self._kept.get(row_id)) and kept.updated_at == updated_at:
                self._kept.move_to_end(row_id)
            else:
                missing.append(row_id)
        if missing:
            for row in await connections.get("default").execute_query_dict(DOCUMENTS, [missing]):
                self._kept[row["id"]] = _kept(row)
                self._kept.move_to_end(row["id"])
        while len(self._kept) > max(MOST_KEPT, len(wanted)):
            self._kept.popitem(last=False)


class Question:
    """The readings of a query, and its last ranking: that stands as long as the same documents answer."""

    def __init__(self, query: str, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._readings = attempts(query, vocabulary)
        self._first_guess: list[Attempt] = []
        self._last: dict[int, tuple[dict[str, Kept], list[Hit]]] = {}

    @cached_property
    def direct(self) -> list[Attempt]:
        """What was typed, and its other names."""
        direct: list[Attempt] = []
        for reading in self._readings:
            if reading.is_guess:
                self._first_guess = [reading]
                break
            direct.append(reading)
        return direct

    @cached_property
    def guesses(self) -> list[Attempt]:
        """Worked out only when what was typed finds nothing good."""
        return [*self._first_guess, *self._readings]

    def ranked(self, readings: list[Attempt], known: dict[str, Kept]) -> list[Hit]:
        kept, hits = self._last.get(len(readings), ({}, []))
        if kept != known:  # by identity, mostly: a document written anew is another one
            hits = rank_quickly(readings, [each.standing for each in known.values()])
            self._last[len(readings)] = (known.copy(), hits)
        return hits


def _tsquery(reading: Attempt) -> str:
    """Every group by one of its words; any group where part of the words is enough."""
    groups = ("(" + " | ".join(_quoted(near.word) for near in group) + ")" for group in reading.groups)
    return (" & " if reading.share >= 1 else " | ").join(groups)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _best_words(readings: Iterable[Attempt]) -> list[str]:
    return sorted(
        {
            near.word
            for reading in readings
            for group in reading.groups
            for near in group
            if near.closeness >= HEAD
        }
    )


def _kept(row: dict) -> Kept:
    kind = Findable(row["kind"])
    own_id = -row["village_id"] if kind == Findable.village else row["listing_id"]
    # The row's id makes it unique; the code before it keeps the order of equals that of the codes.
    document = document_of(f"{row['code']}#{row['id']:019}", row["payload"])
    return Kept(own_id, Standing.of(document), row["updated_at"])


# IS TRUE keeps the villages a table to look into; as a join they were gone through once for every document.
CANDIDATES = """
SELECT DISTINCT found.id, found.updated_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS asked (words, kind, village, category)
CROSS JOIN LATERAL (
    SELECT d.id, d.updated_at
    FROM search_documents d
    WHERE d.words @@ asked.words::tsquery
        AND (asked.kind = '' OR d.kind = asked.kind)
        AND (asked.village = '' OR d.village_id = (SELECT id FROM villages WHERE slug = asked.village))
        AND (asked.category = '' OR d.category = asked.category)
        AND (d.village_id IN (SELECT id FROM villages WHERE state = 'running')) IS TRUE
        AND (d.listing_id IS NULL OR EXISTS (SELECT FROM publications p WHERE p.listing_id = d.listing_id))
    ORDER BY (d.names && $5::text[]) DESC, length(d.name), d.id
    LIMIT $6
) found
"""
DOCUMENTS = """
SELECT d.id, d.kind, d.listing_id, d.village_id, d.code, d.payload, d.updated_at FROM search_documents d WHERE d.id = ANY($1::bigint[])
"""
