"""The vocabulary of all documents, kept in memory per process and renewed when documents change."""

import asyncio
import time
from datetime import datetime, timedelta

from tortoise import connections

from market.finding.vocabulary import Vocabulary

LOOK_EVERY = 2.0  # seconds
READ_ALL_EVERY = 600.0  # seconds; till then words of withdrawn listings may linger, which harms nobody
MOST_WORDS = 60_000  # of names, and as many of others: the commonest, so that memory stays bounded
# A document may become visible a little after its time: what is that young is read once more.
OVERLAP = timedelta(seconds=10)


class KeptVocabulary:
    """`now()` costs nothing for two seconds, then one look at the newest document. Building is done in a thread."""

    def __init__(self) -> None:
        self._kept: Vocabulary | None = None
        self._newest: datetime | None = None
        self._look_at = 0.0
        self._read_all_at = 0.0
        self._turn = asyncio.Lock()

    async def now(self) -> Vocabulary:
        if self._kept is not None and (time.monotonic() < self._look_at or self._turn.locked()):
            return self._kept
        async with self._turn:
            if self._kept is None or time.monotonic() >= self._look_at:
                self._kept = await self._renewed(self._kept)
                self._look_at = time.monotonic() + LOOK_EVERY
            return self._kept

    def look_again(self) -> None:
        """The next question looks at the documents at once: for whoever has just written some."""
        self._look_at = 0.0

    async def _renewed(self, kept: Vocabulary | None) -> Vocabulary:
        db = connections.get("default")
        newest = (await db.execute_query_dict("SELECT max(updated_at) AS newest FROM search_documents"))[0][
            "newest"
        ]
        if kept is not None and newest == self._newest:
            return kept
        if kept is None or self._newest is None or time.monotonic() > self._read_all_at:
            rows = await db.execute_query_dict(ALL, [MOST_WORDS])
            self._read_all_at = time.monotonic() + READ_ALL_EVERY
            old = Vocabulary()
        else:
            rows = await db.execute_query_dict(SINCE, [self._newest - OVERLAP])
            old = kept
        self._newest = newest
        names = old.names | {row["word"] for row in rows if row["is_name"]}
        others = (old.others | {row["word"] for row in rows if not row["is_name"]}) - names
        if kept is not None and (names, others) == (kept.names, kept.others):
            return kept
        return await asyncio.to_thread(_ready, names, others)


def _ready(names: frozenset[str], others: frozenset[str]) -> Vocabulary:
    """Built and asked once, so that its tables are made here and not while a shopper waits."""
    vocabulary = Vocabulary(names, others)
    vocabulary.knows("무")
    vocabulary.expand("사과")
    vocabulary.by_choseong("ㄱㄱ")
    vocabulary.half_typed("사과즈")
    vocabulary.in_latin("sagwa")
    vocabulary.misspelt("꽂감말랭이")
    return vocabulary


ALL = """
(SELECT word, true AS is_name FROM search_documents, unnest(names) AS word GROUP BY word ORDER BY count(*) DESC LIMIT $1)
UNION ALL
(SELECT word, false FROM search_documents, unnest(others) AS word GROUP BY word ORDER BY count(*) DESC LIMIT $1)
"""
SINCE = """
SELECT DISTINCT word, true AS is_name FROM search_documents, unnest(names) AS word WHERE updated_at > $1
UNION ALL
SELECT DISTINCT word, false FROM search_documents, unnest(others) AS word WHERE updated_at > $1
"""
