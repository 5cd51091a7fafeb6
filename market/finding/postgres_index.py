"""Search in PostgreSQL: which documents have the words is asked of its index, their order is worked out here."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections

from market.catalogue import catalogue
from market.finding.hits import Hits, Letters, Levelled, in_bands
from market.finding.index import MOST_SUGGESTED, Found, Suggestion, Wanted
from market.finding.kept_postings import KeptPostings
from market.finding.kept_vocabulary import KeptVocabulary
from market.finding.levels import first_of, merged, within
from market.finding.narrowing import found_among
from market.finding.nearby import nearby_words
from market.finding.postings import Tiers, amounts_of, scored, tiers_of
from market.finding.questions import Question, Questions
from market.finding.ranking import FAINT, GOOD
from market.finding.suggestions import Suggesting
from market.finding.understanding import Attempt
from market.finding.vocabulary import Vocabulary
from market.offered import Offered

log = logging.getLogger("jangnal.search")
MOST_ANSWERS = 32
"""Kept for further pages, other filters and the next who asks the same, while documents and offers stay as they are."""

INDEXES: WeakKeyDictionary[Any, "PostgresIndex"] = WeakKeyDictionary()
"""By open database, so that what is in memory ends with it."""


def shared_index() -> "PostgresIndex":
    """The index of the database that is open in this process; its memory is shared by all requests."""
    client = connections.get("default")
    if client not in INDEXES:
        INDEXES[client] = PostgresIndex()
    return INDEXES[client]


@asynccontextmanager
async def warming_up_search() -> AsyncIterator[None]:
    """Beside whatever is done meanwhile: before the first shopper searches."""
    task = asyncio.create_task(shared_index().warm_up_quietly())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class PostgresIndex:
    """A `SearchIndex`. What was asked a moment ago costs one look whether what it found is still on sale."""

    def __init__(self) -> None:
        self._vocabulary = KeptVocabulary()
        self._postings = KeptPostings()
        self._answers = KeptAnswers()
        self._questions = Questions()
        self._suggesting = Suggesting()

    def look_again(self) -> None:
        """The next search looks for new words at once, not within two seconds."""
        self._vocabulary.look_again()
        self._postings.look_again()

    async def warm_up_quietly(self) -> None:
        """What the first search would have to read: of a large market that takes seconds."""
        try:
            await self._postings.look(await self._vocabulary.now())
        except Exception as trouble:  # whoever searches first tries again
            log.warning("search not warmed up", exc_info=trouble)

    async def vocabulary(self) -> Vocabulary:
        """The words of all documents and of the lexicon as they are now."""
        return await self._vocabulary.now()

    async def search(self, wanted: Wanted, *, now: datetime) -> Found:
        question = self._questions.of(wanted.query, await self._vocabulary.now())
        found = await self._found(question, wanted, await catalogue(now))
        # Where a filter may be why nothing is left, other words are no help.
        if not (found.total or wanted.is_narrowed) and wanted.query.strip():
            return replace(found, nearby=nearby_words(wanted.query, question.vocabulary))
        return found

    async def suggest(self, text: str, *, limit: int = MOST_SUGGESTED) -> tuple[Suggestion, ...]:
        return await self._suggesting.suggestions(text, await self._vocabulary.now(), limit=limit)

    async def _found(self, question: Question, wanted: Wanted, stock: Offered) -> Found:
        """Whoever overrides it has another engine for the words alone."""
        return await found_among(await self._hits_of(question, stock, exact=wanted.exact), wanted, stock)

    async def _hits_of(self, question: Question, stock: Offered, *, exact: bool) -> Hits:
        await self._postings.look(question.vocabulary)
        answers = self._answers = self._answers.while_same(self._postings.state, stock, question.vocabulary)
        hits = answers.pop((question, exact), None)
        if hits is None:
            hits = await found_by(question, self._postings, stock.everything, exact=exact)
        answers[question, exact] = hits
        if len(answers) > MOST_ANSWERS:
            answers.popitem(last=False)
        return hits


class KeptAnswers(OrderedDict[tuple[Question, bool], Hits]):
    """By question, and whether exactly; `of`: what they hold for. Older ones can never be right again."""

    def __init__(self, *of: object) -> None:
        super().__init__()
        self._of = of

    def while_same(self, *of: object) -> "KeptAnswers":
        is_same = len(of) == len(self._of) and all(map(is_, of, self._of))
        return self if is_same else KeptAnswers(*of)


async def found_by(question: Question, postings: KeptPostings, offered: int, *, exact: bool) -> Hits:
    """As `ranking.rank`: what was typed, then one guess after the other until one finds something good.

    `offered`: what is on sale; of what is gone the postings may know for a while, and it keeps nobody from guessing.
    """
    answers = Answers(offered)
    await answers.add(question.direct, question, postings)
    if not exact and not answers.are_good_without(None):
        for reading in question.guesses:
            if answers.are_good_without(reading.reads_as):
                break
            await answers.add([reading], question, postings)
    return answers.hits(postings.letters)


class Answers:
    """Of each document the best score, and the reading it came from."""

    def __init__(self, offered: int) -> None:
        self._offered = offered
        self._best: dict[tuple[float, str | None], int] = {}

    async def add(self, readings: Sequence[Attempt], question: Question, postings: KeptPostings) -> None:
        """One statement at most, for all of them."""
        asked = [_asked(reading, question.vocabulary.tags) for reading in readings]
        found = await postings.levels(
            (tiers for groups, amounts in asked for tiers in (*groups, *amounts)), question.vocabulary
        )
        sets = list(self._best.items())
        for reading, (groups, amounts) in zip(readings, asked, strict=True):
            levels = scored(reading, [found[each] for each in groups], [found[each] for each in amounts])
            sets += [
                ((points, reading.reads_as), bits) for points, bits in within(levels, self._offered).items()
            ]
        self._best = first_of(sorted(sets, key=lambda pair: -pair[0][0]))

    def are_good_without(self, reads_as: str | None) -> bool:
        """Something good was found, and not by the same guess: its words and their other names stand together."""
        return any(points >= GOOD and (reads_as is None or said != reads_as) for points, said in self._best)

    def hits(self, letters: Letters) -> Hits:
        """Best first, among equals the shorter name; what has a word by chance (재배 for 배) is left out."""
        floor = max((points for points, _ in self._best), default=0.0) * FAINT
        levels = merged(
            (round(points, 3), bits) for (points, _), bits in self._best.items() if points >= floor
        )
        best = letters.in_order(next(iter(levels.values()), 0), 1)
        read_as = (said for (_, said), bits in self._best.items() if bits >> best[0] & 1)
        return Levelled(in_bands(levels.items()), letters, corrected=next(read_as) if best else None)


def _asked(reading: Attempt, tags: Mapping[str, str]) -> tuple[list[Tiers], list[Tiers]]:
    """What it asks of the postings: its groups and its amounts."""
    groups = [tiers_of(group, tags) for group in reading.groups]
    return groups, [amounts_of(labels) for labels in reading.measures]
