"""What groups of words find, kept in memory per process, and kept true by what was written since."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from tortoise import connections

from market.bits import NUMBER, Packed, bits_of, packed, unpacked, weight_of
from market.finding.entries import AMOUNT
from market.finding.hits import Letters
from market.finding.levels import Levels, merged
from market.finding.postings import Tier, Tiers, any_of, levels_of
from market.finding.vocabulary import Vocabulary

log = logging.getLogger("jangnal.search")
LOOK_EVERY = 2.0  # seconds
READ_ANEW_AFTER = 600.0  # seconds; should a change ever be missed, nobody sees it for longer
MOST_BYTES = 16 << 20
MOST_CHANGED = 2_000
"""Documents written anew that are remembered; after more of them everything is read again."""
MOST_COMMON, COMMON = 1_500, 100
"""So many of a vocabulary's words are likely common, and so many documents make one so."""
MOST_AMOUNTS = 40
LARGE, WARMED_AT_ONCE = 20_000, 100
"""Documents of a market whose common words are read beforehand."""
AT_ONCE = 8
"""Rare words asked for together: each document found is held against all of them, and each question costs too."""
# A document may become visible a little after its time: what is that young is read once more.
OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Change:
    """Documents written anew: their numbers, and those of them that have a word now."""

    numbers: Sequence[int]
    having: dict[str, list[int]]

    def made_to(self, levels: Levels, tiers: Tiers) -> Levels:
        others = ~bits_of(self.numbers)
        found = [
            bits_of([number for word in tier.words.split("\n") for number in self.having.get(word, ())])
            for tier in tiers
        ]
        kept = ((points, bits & others) for points, bits in levels.items())
        return merged((*kept, *levels_of(tiers, found).items()))


@dataclass
class Kept:
    """`seen`: how many of the changes are in it."""

    levels: list[tuple[float, Packed]]
    seen: int
    read_at: float
    bytes: int


class KeptPostings:
    """`levels()` asks the database once, for all groups that are not in memory."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._turn = asyncio.Lock()
        self._look_at = 0.0
        self._newest: tuple[datetime | None, int] | None = None
        self._warming: asyncio.Task[None] | None = None  # kept, because the loop does not
        self._forget()

    def _forget(self) -> None:
        self.state = object()
        """Another one after each change, so that an answer can tell whether it still holds."""
        self._is_warm = False
        self.letters = Letters()
        self._changes: list[Change] = []
        self._kept: OrderedDict[Tiers, Kept] = OrderedDict()
        self._bytes = 0

    def look_again(self) -> None:
        self._look_at = 0.0

    async def look(self, vocabulary: Vocabulary) -> None:
        """Costs nothing for two seconds, then one look at the newest document. The first one warms up."""
        if time.monotonic() < self._look_at or (self._newest is not None and self._turn.locked()):
            return
        async with self._turn:
            if time.monotonic() >= self._look_at:
                is_first = self._newest is None
                has_forgotten = await self._look()
                if is_first:
                    await self._warm_up_quietly(vocabulary)
                # While very many are written it would soon be for nothing.
                elif not (has_forgotten or self._is_warm):
                    self._warm_up_beside(vocabulary)
                self._look_at = time.monotonic() + LOOK_EVERY

    async def _look(self) -> bool:
        """Whether everything had to be forgotten."""
        db = connections.get("default")
        seen = (await db.execute_query_dict(NEWEST, [OVERLAP, MOST_CHANGED]))[0]
        newest = seen["newest"], seen["recent"]
        if newest == self._newest:
            return False
        since = self._newest[0] if self._newest else None
        rows = []
        if since is not None:
            rows = await db.execute_query_dict(CHANGED, [since - OVERLAP, MOST_CHANGED + 1])
        remembered = sum(len(change.numbers) for change in self._changes)
        has_forgotten = since is None or len(rows) + remembered > MOST_CHANGED
        if has_forgotten:
            letters = await db.execute_query_dict(LETTERS)
            self._forget()  # only now: others search meanwhile
            self.letters.write({row["letters"]: row["numbers"] for row in letters})
        else:
            self._note(rows)
        self._newest = newest
        return has_forgotten

    def _note(self, rows: Sequence[dict[str, Any]]) -> None:
        having: dict[str, list[int]] = {}
        letters: dict[int, list[int]] = {}
        for row in rows:
            letters.setdefault(row["letters"], []).append(row["number"])
            for word in row["words"]:
                having.setdefault(word, []).append(row["number"])
        self.letters.write(letters)
        self._changes.append(Change([row["number"] for row in rows], having))
        self.state = object()

    async def levels(self, wanted: Iterable[Tiers], vocabulary: Vocabulary) -> dict[Tiers, Levels]:
        wanted = list(dict.fromkeys(wanted))
        found = {tiers: levels for tiers in wanted if (levels := self._known(tiers)) is not None}
        if missing := [tiers for tiers in wanted if tiers not in found]:
            found |= await self._read(missing, vocabulary)
        return found

    def _known(self, tiers: Tiers) -> Levels | None:
        kept = self._kept.get(tiers)
        if kept is None or kept.read_at < time.monotonic() - READ_ANEW_AFTER:
            return None
        self._kept.move_to_end(tiers)
        levels = {points: unpacked(bits) for points, bits in kept.levels}
        if changes := self._changes[kept.seen :]:
            for change in changes:
                levels = change.made_to(levels, tiers)
            self._keep(tiers, levels, len(self._changes), kept.read_at)
        return levels

    def _warm_up_beside(self, vocabulary: Vocabulary) -> None:
        """Nobody waits for it."""
        if self._warming is None or self._warming.done():
            self._warming = asyncio.create_task(self._warm_up_quietly(vocabulary))

    async def _warm_up_quietly(self, vocabulary: Vocabulary) -> None:
        kept = self._kept
        try:
            if len(self.letters) >= LARGE:
                await self._warm_up(vocabulary)
            self._is_warm = kept is self._kept  # else it was forgotten meanwhile
        except Exception as trouble:  # whoever looks next goes on with it
            log.warning("postings not warmed up", exc_info=trouble)

    async def _warm_up(self, vocabulary: Vocabulary) -> None:
        """Of a large market the common words and amounts are read before anybody asks for them, some at a time."""
        words = [tag + word for word, tags in islice(vocabulary.tags.items(), MOST_COMMON) for tag in tags]
        amounts = await connections.get("default").execute_query_dict(COMMON_AMOUNTS, [MOST_AMOUNTS])
        words += [row["word"] for row in amounts]
        for at in range(0, len(words), WARMED_AT_ONCE):
            await self.levels(map(_alone, words[at : at + WARMED_AT_ONCE]), vocabulary)

    async def _read(self, missing: Sequence[Tiers], vocabulary: Vocabulary) -> dict[Tiers, Levels]:
        """Common words are kept by themselves too: several groups have them, and they cost the most."""
        kept, seen, now = self._kept, len(self._changes), time.monotonic()
        likely = frozenset(islice(vocabulary.tags, MOST_COMMON))
        parts = {tier: _parts(tier, likely) for tiers in missing for tier in tiers}
        asked = dict.fromkeys(part for several in parts.values() for part in several)
        common = {part: levels for part in asked if (levels := self._known(_alone(part))) is not None}
        numbers = await _numbers([part for part in asked if part not in common])

        def keep(tiers: Tiers, levels: Levels) -> Levels:
            if kept is self._kept:  # nobody forgot it meanwhile
                self._keep(tiers, levels, seen, now)
            return levels

        for part, found in numbers.items():
            if len(found) >= COMMON and "\n" not in part:
                common[part] = keep(_alone(part), {1.0: bits_of(found)})

        def found_by(tier: Tier) -> int:
            rare = [number for part in parts[tier] if part not in common for number in numbers[part]]
            return reduce(
                or_, (common[part].get(1.0, 0) for part in parts[tier] if part in common), bits_of(rare)
            )

        return {tiers: keep(tiers, levels_of(tiers, [found_by(tier) for tier in tiers])) for tiers in missing}

    def _keep(self, tiers: Tiers, levels: Levels, seen: int, read_at: float) -> None:
        if tiers in self._kept:
            self._bytes -= self._kept.pop(tiers).bytes
        at_rest = [(points, packed(bits)) for points, bits in levels.items()]
        size = sum(2 * len(tier.words) for tier in tiers) + sum(200 + weight_of(bits) for _, bits in at_rest)
        self._kept[tiers] = Kept(at_rest, seen, read_at, size)
        self._bytes += size
        while self._bytes > self._most_bytes:
            self._bytes -= self._kept.popitem(last=False)[1].bytes


def _parts(tier: Tier, likely: Collection[str]) -> list[str]:
    """What is asked for at once: a common word alone, some rare ones together."""
    common: list[str] = []
    rare: list[str] = []
    for word in tier.words.split("\n"):
        is_common = word[0] == AMOUNT or word[1:] in likely
        (common if is_common else rare).append(word)
    return common + ["\n".join(rare[at : at + AT_ONCE]) for at in range(0, len(rare), AT_ONCE)]


def _alone(word: str) -> Tiers:
    return (Tier(1.0, word[0], word),)


async def _numbers(parts: Sequence[str]) -> dict[str, list[int]]:
    if not parts:
        return {}
    rows = await connections.get("default").execute_query_dict(POSTINGS, [[any_of(part) for part in parts]])
    found = {row["place"] - 1: row["numbers"] for row in rows}
    return {part: found.get(place, []) for place, part in enumerate(parts)}


NEWEST = """
WITH newest AS (SELECT max(updated_at) AS at FROM search_documents)
SELECT at AS newest, (
    SELECT count(*) FROM (SELECT FROM search_documents WHERE updated_at > at - $1::interval LIMIT $2) few
) AS recent
FROM newest
"""
# Nobody counts amounts; some pages of the table tell which are common.
COMMON_AMOUNTS = f"""
SELECT lexeme AS word FROM search_words TABLESAMPLE SYSTEM (2) REPEATABLE (1), unnest(words)
WHERE left(lexeme, 1) = '{AMOUNT}' GROUP BY lexeme ORDER BY count(*) DESC, lexeme LIMIT $1
"""
CHANGED = f"""
SELECT {NUMBER.format("w.subject")} AS number, w.letters, tsvector_to_array(w.words) AS words
FROM search_documents d JOIN search_words w ON w.entry_id = d.id WHERE d.updated_at > $1 LIMIT $2
"""
LETTERS = (
    f"SELECT letters, array_agg({NUMBER.format('subject')}) AS numbers FROM search_words GROUP BY letters"
)
POSTINGS = f"""
SELECT asked.place, found.numbers
FROM unnest($1::text[]) WITH ORDINALITY AS asked (query, place)
CROSS JOIN LATERAL (
    SELECT array_agg({NUMBER.format("w.subject")}) AS numbers FROM search_words w WHERE w.words @@ asked.query::tsquery
) found
WHERE found.numbers IS NOT NULL
"""
