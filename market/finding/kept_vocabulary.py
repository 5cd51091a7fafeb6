"""The vocabulary of all documents and the city's synonyms, kept in memory per process and renewed when they change."""

import asyncio
import time
from datetime import datetime, timedelta

from tortoise import connections

from market.finding.entries import AMOUNT, TAGS
from market.finding.lexicon import SHIPPED, Lexicon
from market.finding.vocabulary import Vocabulary

LOOK_EVERY = 2.0  # seconds
READ_ALL_EVERY = 600.0  # seconds; till then words of withdrawn listings may linger, which harms nobody
MOST_WORDS = 30_000  # of names, and as many of others: the commonest, so that memory stays bounded
# A document may become visible a little after its time: what is that young is read once more.
OVERLAP = timedelta(seconds=10)


class KeptVocabulary:
    """`now()` costs nothing for two seconds, then one look at the newest document and synonym.

    Building is done in a thread.
    """

    def __init__(self) -> None:
        self._kept: Vocabulary | None = None
        self.newest: datetime | None = None  # document's time
        self._synonyms: tuple[int, int] | None = None  # how many there are, the newest one's id
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
        """The next question looks at the database at once: for whoever has just written there."""
        self._look_at = 0.0

    async def _renewed(self, kept: Vocabulary | None) -> Vocabulary:
        db = connections.get("default")
        seen = (await db.execute_query_dict(NEWEST))[0]
        newest, synonyms = seen["newest"], (seen["synonyms"], seen["newest_synonym"])
        if kept is not None and (newest, synonyms) == (self.newest, self._synonyms):
            return kept
        lexicon = kept.lexicon if kept is not None else SHIPPED
        if synonyms != self._synonyms:
            rows = await db.execute_query_dict(SYNONYMS)
            lexicon = SHIPPED.with_synonyms((row["word"], row["means"]) for row in rows)
            self._synonyms = synonyms
        since, self.newest = self.newest, newest
        if kept is None or since is None or time.monotonic() > self._read_all_at:
            self._read_all_at = time.monotonic() + READ_ALL_EVERY
            tags = _tags(await db.execute_query_dict(ALL, [MOST_WORDS]))
            return await asyncio.to_thread(_ready, tags, lexicon)
        tags = _tags(await db.execute_query_dict(SINCE, [since - OVERLAP]))
        if lexicon != kept.lexicon:
            return await asyncio.to_thread(_ready, kept.tags | tags, lexicon)
        return kept.with_words(tags)


def _tags(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["word"]: row["tags"] for row in rows}


def _ready(tags: dict[str, str], lexicon: Lexicon) -> Vocabulary:
    """Built and asked once, so that its tables are made here and not while a shopper waits."""
    vocabulary = Vocabulary.tagged(tags, lexicon)
    vocabulary.knows("무")
    vocabulary.expand("사과")
    vocabulary.by_choseong("ㄱㄱ")
    vocabulary.half_typed("사과즈")
    vocabulary.in_latin("sagwa")
    vocabulary.misspelt("꽂감말랭이")
    return vocabulary


# Synonyms are only added and taken away, so that their number and the newest one's id tell of every change.
NEWEST = """
SELECT (SELECT max(updated_at) FROM search_documents) AS newest,
    count(*) AS synonyms, COALESCE(max(id), 0) AS newest_synonym FROM synonyms
"""
SYNONYMS = "SELECT word, means FROM synonyms ORDER BY id"
# Words as they stand in the index: their place's tag first. PostgreSQL counts them many times faster than rows of them.
ALL = f"""
WITH counted AS (
    SELECT substr(word, 2) AS word, string_agg(left(word, 1), '') AS tags, sum(ndoc) AS documents
    FROM ts_stat('SELECT words FROM search_words') WHERE left(word, 1) <> '{AMOUNT}' GROUP BY 1
), ranked AS (
    SELECT word, tags, row_number() OVER (
        PARTITION BY tags ~ '[{TAGS["name"]}{TAGS["category"]}]' ORDER BY documents DESC, length(word), word
    ) AS place FROM counted
)
SELECT word, tags FROM ranked WHERE place <= $1 ORDER BY place
"""
SINCE = f"""
SELECT substr(lexeme, 2) AS word, string_agg(DISTINCT left(lexeme, 1), '') AS tags
FROM search_documents d JOIN search_words w ON w.entry_id = d.id, unnest(w.words) WHERE d.updated_at > $1 AND left(lexeme, 1) <> '{AMOUNT}' GROUP BY 1
"""
