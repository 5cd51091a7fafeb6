"""Search in PostgreSQL: which documents have the words is asked of its index, their order is worked out here."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections

from market.finding.entries import Entry, remove_entries, write_entries
from market.finding.index import MOST_SUGGESTED, Found, Suggestion, Wanted
from market.finding.kept_vocabulary import KeptVocabulary
from market.finding.narrowing import Hits, found_among
from market.finding.nearby import nearby_words
from market.finding.postings import Document, Postings, Scores, ids_of
from market.finding.questions import Question, Questions
from market.finding.ranking import FAINT, GOOD
from market.finding.suggestions import Suggesting
from market.finding.understanding import Attempt
from market.finding.vocabulary import Vocabulary

MOST_OF_A_WORD = 4_000
"""Documents read of what is equally near in the same place; where there are more, the answer says so."""
SECONDS = 5.0
"""So long the same question has the same hits, unless a document changed. What is gone is left out at once."""

INDEXES: WeakKeyDictionary[Any, "PostgresIndex"] = WeakKeyDictionary()
"""By open database, so that what is in memory ends with it."""


def shared_index() -> "PostgresIndex":
    """The index of the database that is open in this process; its memory is shared by all requests."""
    client = connections.get("default")
    if client not in INDEXES:
        INDEXES[client] = PostgresIndex()
    return INDEXES[client]


@dataclass(frozen=True)
class Answered:
    hits: Hits
    newest: datetime | None
    until: float


class PostgresIndex:
    """A `SearchIndex`. What was asked a moment ago costs one look whether what it found is still on sale."""

    def __init__(self, *, most_of_a_word: int = MOST_OF_A_WORD) -> None:
        self._most = most_of_a_word
        self._vocabulary = KeptVocabulary()
        self._questions = Questions()
        self._suggesting = Suggesting()

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
        question = self._questions.of(wanted.query, await self._vocabulary.now())
        found = await found_among(await self._hits_of(question, exact=wanted.exact), wanted, now=now)
        if not found.total and wanted.query.strip():
            return replace(found, nearby=nearby_words(wanted.query, question.vocabulary))
        return found

    async def suggest(self, text: str, *, limit: int = MOST_SUGGESTED) -> tuple[Suggestion, ...]:
        return await self._suggesting.suggestions(text, await self._vocabulary.now(), limit=limit)

    async def _hits_of(self, question: Question, *, exact: bool) -> Hits:
        """The ranked answer to the words alone; whoever overrides it has another engine."""
        answered = question.answered.get(exact)
        newest = self._vocabulary.newest
        if answered is None or answered.newest != newest or time.monotonic() > answered.until:
            hits = await found_by(question, exact=exact, most=self._most)
            answered = question.answered[exact] = Answered(hits, newest, time.monotonic() + SECONDS)
        return answered.hits


async def found_by(question: Question, *, exact: bool, most: int) -> Hits:
    """As `ranking.rank`: what was typed, then one guess after the other until one finds something good."""
    postings, best = Postings(question.vocabulary.tags, most), Best()
    await postings.fetch(question.direct)
    for reading in question.direct:
        best.add(reading, postings.scores(reading))
    if not exact and not best.is_good_without(None):
        for reading in question.guesses:
            if best.is_good_without(reading.reads_as):
                break
            await postings.fetch([reading])
            best.add(reading, postings.scores(reading))
    return best.hits(is_cut=postings.is_cut)


class Best:
    """Of each document the best score, and the reading it came from."""

    def __init__(self) -> None:
        self._by_reading: list[tuple[str | None, Scores]] = []
        self._best: Scores = {}

    def add(self, reading: Attempt, scores: Scores) -> None:
        better = scores
        if self._best:
            better = {each: points for each, points in scores.items() if points > self._best.get(each, 0.0)}
            self._best |= better
        else:
            self._best = scores.copy()
        self._by_reading.append((reading.reads_as, better))

    def is_good_without(self, reads_as: str | None) -> bool:
        """Something good was found, and not by the same guess: its words and their other names stand together."""
        return any(
            points >= GOOD and self._best[each] == points
            for said, scores in self._by_reading
            if reads_as is None or said != reads_as
            for each, points in scores.items()
        )

    def hits(self, *, is_cut: bool) -> Hits:
        """Best first, among equals the shorter name; what has a word by chance (재배 for 배) is left out."""
        floor = max(self._best.values(), default=0.0) * FAINT
        alike: dict[float, list[Document]] = {}
        for each, points in self._best.items():
            alike.setdefault(points, []).append(each)
        ranked: dict[float, list[Document]] = {}
        for points in alike:
            if points >= floor:
                ranked.setdefault(round(points, 3), []).extend(alike[points])
        order = [each for points in sorted(ranked, reverse=True) for each in sorted(ranked[points])]
        return Hits(ids_of(order), corrected=self._read_as(order[0]) if order else None, and_more=is_cut)

    def _read_as(self, document: Document) -> str | None:
        return next(said for said, scores in self._by_reading if scores.get(document) == self._best[document])
