"""What may be meant by what is typed so far: words of the listings, and the names people know best."""

import asyncio
import logging
import re
import time
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice, pairwise

from tortoise import connections

from market.finding.beginnings import Beginnings
from market.finding.documents import words_of_name
from market.finding.entries import Findable
from market.finding.hangul import choseong, half_typed, hangul_of, is_choseong, normalise, shifts
from market.finding.index import Suggestion
from market.finding.vocabulary import Vocabulary

log = logging.getLogger("jangnal.search")
SECONDS = 60.0
"""So long new names may be missing. What went off sale is asked for every time."""
MOST_NAMES = 3_000  # of each kind, the best liked
MOST_WORDS = 4  # beside names
MOST_LOOKED_AT = 24  # words, of which some say nothing new
LONGEST = 30  # characters; nobody wants a longer line completed
LONGEST_WORD = 8  # longer ones are runs of several


class Names:
    """The best-liked names by their strokes and by their initials, from every word of theirs on."""

    def __init__(self, named: Sequence[Suggestion]) -> None:
        """`named`: the best first."""
        self._strokes = Beginnings(named, lambda name: map(half_typed, _from_each_word(name)))
        self._initials = Beginnings(named, lambda name: map(choseong, _from_each_word(name)))
        self._written: dict[str, str] = {}
        for name in named:
            words = words_of_name(name.text)
            for run in (*zip(words), *pairwise(words), tuple(words)):
                self._written.setdefault("".join(run), " ".join(run))

    def beginning(self, text: str, most: int) -> list[Suggestion]:
        tight = "".join(text.split())
        return (
            self._initials.best(tight, most)
            if is_choseong(tight)
            else self._strokes.best(half_typed(tight), most)
        )

    def as_written(self, word: str, vocabulary: Vocabulary) -> str:
        """고구마캐기 → 고구마 캐기, where the best-liked name that has it writes it so; rare ones word by word."""
        return self._written.get(word) or " ".join(vocabulary.names_in(word)) or word


class Suggesting:
    """The first to ask waits until the names are read; later they are read anew while people are answered."""

    def __init__(self) -> None:
        self._names: Names | None = None
        self._until = 0.0
        self._first = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None  # kept, because the loop does not

    async def suggestions(self, text: str, vocabulary: Vocabulary, *, limit: int) -> tuple[Suggestion, ...]:
        """The first reading of the text that anything begins with: as typed, on the other keyboard, misspelt."""
        known = await self._known()
        for reading in _readings(text, vocabulary):
            found = known.beginning(reading, limit * 2)
            names = await _on_sale(found)
            said = _glued(names[: max(1, limit - MOST_WORDS)]) | {
                _tight(name) for name in found if name not in names
            }
            new = (
                known.as_written(word, vocabulary) for word in _words(reading, vocabulary) if word not in said
            )
            words = list(islice(new, MOST_WORDS))
            names = [name for name in names if name.text not in words or name.kind == Findable.village]
            if words or names:
                return (*map(Suggestion, words), *names)[:limit]
        return ()

    async def _known(self) -> Names:
        if self._names is None:
            async with self._first:
                if self._names is None:
                    await self._renew()
        elif time.monotonic() > self._until and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew_quietly())
        return self._names or Names(())

    async def _renew(self) -> None:
        rows = await connections.get("default").execute_query_dict(NAMES, [MOST_NAMES])
        self._names = await asyncio.to_thread(lambda: Names([_named(row) for row in rows]))
        self._until = time.monotonic() + SECONDS

    async def _renew_quietly(self) -> None:
        try:
            await self._renew()
        except Exception as trouble:  # whoever types is answered by the old ones
            log.warning("names not read", exc_info=trouble)


def _glued(names: Iterable[Suggestion]) -> frozenset[str]:
    """What names begin with, but for the spaces: beside 고구마 캐기 체험, 고구마캐기 says nothing new."""
    return frozenset(run for name in names for run in islice(accumulate(words_of_name(name.text)), 1, None))


def _tight(name: Suggestion) -> str:
    return "".join(words_of_name(name.text))


def _readings(text: str, vocabulary: Vocabulary) -> Iterable[str]:
    plain = " ".join(normalise(text[: LONGEST * 2]).split())[:LONGEST]
    if not plain:
        return
    yield plain.lower()
    if re.fullmatch(r"[A-Za-z ]{2,}", plain):
        if spelt := vocabulary.in_latin(plain):
            yield spelt
        yield from map(hangul_of, shifts(plain))
        return
    yield from vocabulary.misspelt("".join(plain.split()))[:2]


def _words(text: str, vocabulary: Vocabulary) -> list[str]:
    """Names' words that begin so, the commonest first; after a space those that go on with the last one."""
    found = vocabulary.beginning("".join(text.split()), MOST_LOOKED_AT)
    return [
        word for word in found if 1 < len(word) <= LONGEST_WORD and not any(sign.isdigit() for sign in word)
    ]


def _from_each_word(name: Suggestion) -> Iterable[str]:
    words = name.text.lower().split()
    for at in range(len(words)):
        yield "".join(words[at:])


async def _on_sale(names: list[Suggestion]) -> list[Suggestion]:
    if not names:
        return []
    rows = await connections.get("default").execute_query_dict(ON_SALE, [[name.slug for name in names]])
    there = {(row["kind"], row["slug"]) for row in rows}
    return [name for name in names if (name.kind, name.slug) in there]


def _named(row: dict[str, str]) -> Suggestion:
    return Suggestion(row["name"], Findable(row["kind"]), row["slug"], row["short_name"])


_BEST_LIKED = """
SELECT l.kind, l.slug, l.name, v.short_name, l.popularity, l.id
FROM listings l JOIN publications p ON p.listing_id = l.id JOIN villages v ON v.id = l.village_id
WHERE v.state = 'running' AND l.kind = '{kind}' ORDER BY l.popularity DESC, l.id LIMIT $1
"""
NAMES = f"""
SELECT 'village' AS kind, slug, name, short_name, 0 AS place FROM villages WHERE state = 'running'
UNION ALL SELECT kind, slug, name, short_name, row_number() OVER (PARTITION BY kind ORDER BY popularity DESC, id) FROM (
    ({_BEST_LIKED.format(kind=Findable.goods)}) UNION ALL ({_BEST_LIKED.format(kind=Findable.program)})
) best_liked
ORDER BY place, slug
"""
ON_SALE = """
SELECT l.kind, l.slug FROM listings l JOIN publications p ON p.listing_id = l.id
JOIN villages v ON v.id = l.village_id AND v.state = 'running' WHERE l.slug = ANY($1::text[])
UNION ALL SELECT 'village', slug FROM villages WHERE state = 'running' AND slug = ANY($1::text[])
"""
