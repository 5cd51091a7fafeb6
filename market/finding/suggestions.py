"""What may be meant by what is typed so far: words of the listings, and the names people know best."""

import re
import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tortoise import connections

from market.finding.entries import Findable
from market.finding.hangul import choseong, half_typed, hangul_of, is_choseong, normalise
from market.finding.index import Suggestion
from market.finding.vocabulary import Vocabulary

SECONDS = 60.0
"""So long new names may be missing. What went off sale is asked for every time."""
MOST_NAMES = 3_000  # of each kind, the best liked
MOST_LOOKED_AT = 1_000
MOST_WORDS = 4  # beside names
LONGEST = 30  # characters; nobody wants a longer line completed
LONGEST_WORD = 8  # longer ones are runs of several


class Name(NamedTuple):
    rank: int
    suggestion: Suggestion


class Names:
    """The best-liked names by their strokes and by their initials, from every word of theirs on."""

    def __init__(self, named: Sequence[Suggestion]) -> None:
        """`named`: the best first."""
        names = [Name(rank, suggestion) for rank, suggestion in enumerate(named)]
        self._strokes = sorted((half_typed(text), name) for name in names for text in _from_each_word(name))
        self._initials = sorted((choseong(text), name) for name in names for text in _from_each_word(name))

    def beginning(self, text: str, most: int) -> list[Suggestion]:
        tight = "".join(text.split())
        found = (
            _run(self._strokes, half_typed(tight)) if not is_choseong(tight) else _run(self._initials, tight)
        )
        best: dict[str, Suggestion] = {}
        for name in sorted(set(found)):
            best.setdefault(f"{name.suggestion.kind} {name.suggestion.slug}", name.suggestion)
        return list(best.values())[:most]


class Suggesting:
    def __init__(self) -> None:
        self._names = Names(())
        self._until = 0.0

    async def suggestions(self, text: str, vocabulary: Vocabulary, *, limit: int) -> tuple[Suggestion, ...]:
        """The first reading of the text that anything begins with: as typed, on the other keyboard, misspelt."""
        if time.monotonic() > self._until:
            self._until = time.monotonic() + SECONDS
            rows = await connections.get("default").execute_query_dict(NAMES, [MOST_NAMES])
            self._names = Names([_named(row) for row in rows])
        for reading in _readings(text, vocabulary):
            words = [Suggestion(word) for word in _words(reading, vocabulary)[:MOST_WORDS]]
            names = await _on_sale(self._names.beginning(reading, limit * 2))
            said = {word.text for word in words}
            names = [name for name in names if name.text not in said or name.kind == Findable.village]
            if words or names:
                return (*words, *names)[:limit]
        return ()


def _readings(text: str, vocabulary: Vocabulary) -> Iterable[str]:
    plain = " ".join(normalise(text[: LONGEST * 2]).split())[:LONGEST]
    if not plain:
        return
    yield plain.lower()
    if re.fullmatch(r"[A-Za-z ]{2,}", plain):
        if spelt := vocabulary.in_latin(plain):
            yield spelt
        yield hangul_of(plain)
        return
    yield from vocabulary.misspelt("".join(plain.split()))[:2]


def _words(text: str, vocabulary: Vocabulary) -> list[str]:
    """Names' words that begin so, the commonest first; after a space those that go on with the last one."""
    tight = "".join(text.split())
    if is_choseong(tight):
        return [near.word for near in vocabulary.by_choseong(tight) if _is_word(near.word)]
    return [word for word in vocabulary.beginning(tight, 4 * MOST_WORDS) if _is_word(word)]


def _is_word(word: str) -> bool:
    return 1 < len(word) <= LONGEST_WORD and not any(sign.isdigit() for sign in word)


def _run(table: list[tuple[str, Name]], beginning: str) -> Iterable[Name]:
    start = bisect_left(table, (beginning,)) if beginning else len(table)
    for letters, name in table[start : start + MOST_LOOKED_AT]:
        if not letters.startswith(beginning):
            return
        yield name


def _from_each_word(name: Name) -> Iterable[str]:
    words = name.suggestion.text.lower().split()
    for at in range(len(words)):
        yield "".join(words[at:])


async def _on_sale(names: list[Suggestion]) -> list[Suggestion]:
    if not names:
        return []
    rows = await connections.get("default").execute_query_dict(ON_SALE, [[name.slug for name in names]])
    there = {(row["kind"], row["slug"]) for row in rows}
    return [name for name in names if (name.kind, name.slug) in there]


def _named(row: dict[str, str]) -> Suggestion:
    kind = Findable(row["kind"])
    return Suggestion(row["name"], kind, row["slug"], row["short_name"] if kind != Findable.village else "")


NAMES = """
SELECT 'village' AS kind, slug, name, short_name, 0 AS place FROM villages WHERE state = 'running'
UNION ALL
SELECT kind, slug, name, short_name, place FROM (
    SELECT l.kind, l.slug, l.name, v.short_name,
        row_number() OVER (PARTITION BY l.kind ORDER BY l.popularity DESC, l.id) AS place
    FROM listings l JOIN publications p ON p.listing_id = l.id JOIN villages v ON v.id = l.village_id
    WHERE v.state = 'running'
) ranked WHERE place <= $1
ORDER BY place, slug
"""
ON_SALE = """
SELECT l.kind, l.slug FROM listings l JOIN publications p ON p.listing_id = l.id
JOIN villages v ON v.id = l.village_id AND v.state = 'running' WHERE l.slug = ANY($1::text[])
UNION ALL SELECT 'village', slug FROM villages WHERE state = 'running' AND slug = ANY($1::text[])
"""
