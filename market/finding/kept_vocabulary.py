"""The vocabulary of all documents and the city's synonyms, kept in memory per process and renewed when they change."""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from tortoise import connections

from market.finding.counted_words import tags_of_words
from market.finding.entries import AMOUNT
from market.finding.lexicon import SHIPPED, Lexicon
from market.finding.nearby import nearby_words
from market.finding.vocabulary import Vocabulary

log = logging.getLogger("jangnal.search")
LOOK_EVERY = 2.0  # seconds
BUILD_EVERY = 600.0
"""Seconds at least, and only where something was written since the last count: till then words are only added.

So a withdrawn word may linger in a quiet market, which harms nobody.
"""
MOST_WRITTEN = (
    3_000  # documents whose words are read at once, which takes 0.15 s; the others' come with a new count
)
MOST_KNOWN = 80_000  # words in memory: all that are counted, and so many of newer documents
# A document may become visible a little after its time: what is that young is read once more.
OVERLAP = timedelta(seconds=3)


class KeptVocabulary:
    """`now()` costs nothing for two seconds, then one look at the newest document and synonym.

    The first to ask waits for the first vocabulary. A new one is built in a thread, while all are answered by the old.
    """

    def __init__(self, *, most_known: int = MOST_KNOWN, build_every: float = BUILD_EVERY) -> None:
        self._most = most_known
        self._build_every = build_every
        self._kept: Vocabulary | None = None
        self._newest: datetime | None = None  # document's time
        self._counted: datetime | None = None  # the newest document's of the count that it was built from
        self._synonyms = 0, 0  # how many there are, the newest one's id
        self._look_at = 0.0
        self._build_at = 0.0
        self._turn = asyncio.Lock()
        self._building: asyncio.Task[None] | None = None  # kept, because the loop does not

    async def now(self) -> Vocabulary:
        if self._kept is not None and (time.monotonic() < self._look_at or self._turn.locked()):
            return self._kept
        async with self._turn:
            if self._kept is None or time.monotonic() >= self._look_at:
                self._kept = await self._renewed_quietly(self._kept or await self._first())
                self._look_at = time.monotonic() + LOOK_EVERY
            return self._kept

    def look_again(self) -> None:
        """The next question looks at the database at once: for whoever has just written there."""
        self._look_at = 0.0

    async def _first(self) -> Vocabulary:
        _, self._synonyms = await _seen()
        vocabulary, self._counted = await _built(await _lexicon())
        self._newest, self._build_at = self._counted, time.monotonic() + self._build_every
        return vocabulary

    async def _renewed_quietly(self, kept: Vocabulary) -> Vocabulary:
        try:
            return await self._renewed(kept)
        except Exception as trouble:  # whoever searches is answered by the old one
            log.warning("vocabulary not renewed", exc_info=trouble)
            return kept

    async def _renewed(self, kept: Vocabulary) -> Vocabulary:
        newest, synonyms = await _seen()
        self._build_if_due(newest)
        vocabulary = kept
        if synonyms != self._synonyms:
            vocabulary = await asyncio.to_thread(_ready, kept.with_lexicon(await _lexicon()))
        if newest != self._newest:
            vocabulary = await self._with_newer(vocabulary, self._newest)
        self._newest, self._synonyms = newest, synonyms
        return vocabulary

    def _build_if_due(self, newest: datetime | None) -> None:
        is_due = newest != self._counted and time.monotonic() > self._build_at
        if is_due and (self._building is None or self._building.done()):
            self._building = asyncio.create_task(self._build_quietly())

    async def _build_quietly(self) -> None:
        try:
            await self.build()
        except Exception as trouble:  # whoever searches is answered by the old one
            log.warning("vocabulary not built", exc_info=trouble)

    async def build(self) -> None:
        """Take all words anew, the withdrawn ones not; nobody waits for it.

        Where very much was written since the count, it knows less than we do, and waits for the next one.
        """
        self._build_at = time.monotonic() + self._build_every
        synonyms = self._synonyms
        vocabulary, counted = await _built(await _lexicon())
        async with self._turn:
            # Else it is built in ten minutes.
            if synonyms == self._synonyms and not await _is_far_behind(counted):
                newest, _ = await _seen()
                self._kept = await self._with_newer(vocabulary, counted)
                self._newest, self._counted = newest, counted

    async def _with_newer(self, vocabulary: Vocabulary, since: datetime | None) -> Vocabulary:
        """And the words of the documents written since; none were written where none has a time.

        Where everything was made anew those are all words there are: of the unknown ones only the newest are taken.
        """
        rows = await connections.get("default").execute_query_dict(
            SINCE, [since - OVERLAP if since else None]
        )
        if not rows:
            return vocabulary
        unknown = [row["word"] for row in rows if row["word"] not in vocabulary.tags]
        too_many = set(unknown[max(0, self._most - len(vocabulary.tags)) :])
        tags = {row["word"]: row["tags"] for row in rows if row["word"] not in too_many}
        return await asyncio.to_thread(vocabulary.with_words, tags)


async def _seen() -> tuple[datetime | None, tuple[int, int]]:
    """The newest document's time; how many synonyms there are, and the newest one's id."""
    seen = (await connections.get("default").execute_query_dict(NEWEST))[0]
    return seen["newest"], (seen["synonyms"], seen["newest_synonym"])


async def _built(lexicon: Lexicon) -> tuple[Vocabulary, datetime | None]:
    tags, newest = await tags_of_words()
    return await asyncio.to_thread(lambda: _ready(Vocabulary.tagged(tags, lexicon))), newest


async def _is_far_behind(counted: datetime | None) -> bool:
    rows = await connections.get("default").execute_query_dict(
        WRITTEN, [counted - OVERLAP if counted else None]
    )
    return rows[0]["written"] > MOST_WRITTEN


async def _lexicon() -> Lexicon:
    rows = await connections.get("default").execute_query_dict(SYNONYMS)
    return SHIPPED.with_synonyms((row["word"], row["means"]) for row in rows)


def _ready(vocabulary: Vocabulary) -> Vocabulary:
    """Asked once, so that its tables are made here and not while a shopper waits."""
    vocabulary.knows("무")
    vocabulary.expand("사과")
    vocabulary.by_choseong("ㄱㄱ")
    vocabulary.half_typed("사과즈")
    vocabulary.in_latin("sagwa")
    vocabulary.misspelt("꽂감말랭이")
    nearby_words("꽂감말랭이", vocabulary)
    return vocabulary


# Synonyms are only added and taken away, so that their number and the newest one's id tell of every change.
NEWEST = """
SELECT (SELECT max(updated_at) FROM search_documents) AS newest,
    count(*) AS synonyms, COALESCE(max(id), 0) AS newest_synonym FROM synonyms
"""
WRITTEN = f"""
SELECT count(*) AS written FROM (
    SELECT FROM search_documents WHERE updated_at > COALESCE($1::timestamptz, '-infinity') LIMIT {MOST_WRITTEN + 1}
) newer
"""
SYNONYMS = "SELECT word, means FROM synonyms ORDER BY id"
SINCE = f"""
SELECT substr(lexeme, 2) AS word, string_agg(DISTINCT left(lexeme, 1), '') AS tags
FROM (
    SELECT id, updated_at FROM search_documents
    WHERE updated_at > COALESCE($1::timestamptz, '-infinity') ORDER BY updated_at DESC LIMIT {MOST_WRITTEN}
) d JOIN search_words w ON w.entry_id = d.id, unnest(w.words)
WHERE left(lexeme, 1) <> '{AMOUNT}'
GROUP BY 1 ORDER BY max(d.updated_at) DESC, 1
"""
