"""A listing as search sees it: words by the place they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from market.finding.hangul import normalise
from market.finding.measures import apart_from_measures, measures_of
from market.finding.sentences import FILLER, stems, tokens

MOST_WORDS = 1000  # of a text, from its beginning; the other places are short
Place = Literal["name", "category", "certificate", "village", "text", "origin"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What search may know of a listing, in plain values. `unit` is the pack's words ("1.5kg 40구")."""

    code: str
    name: str
    village: str
    category: str = ""
    unit: str = ""
    origin: str = ""
    certificates: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """`words` are exact terms, ready for an index."""

    code: str
    words: dict[Place, frozenset[str]]
    joined: str  # the name without spaces and amounts
    measures: frozenset[str]  # g5000, ml100, count30


def document(offer: Offer) -> SearchDocument:
    name_words = words_of_name(offer.name)
    return SearchDocument(
        code=offer.code,
        words={
            "name": frozenset(_with_neighbours(name_words)),
            "category": frozenset(_plain(offer.category)),
            "certificate": frozenset(word for kind in offer.certificates for word in _plain(kind)),
            "village": frozenset(_plain(offer.village)),
            "text": frozenset(islice(dict.fromkeys(_without_tails(offer.description)), MOST_WORDS)),
            "origin": frozenset(_plain(offer.origin)),
        },
        joined="".join(name_words),
        measures=measures_of(offer.name) | measures_of(offer.unit),
    )


def words_of_name(name: str) -> list[str]:
    """Without its amounts."""
    return tokens(apart_from_measures(normalise(name).lower())[0])


def _plain(text: str) -> list[str]:
    return tokens(normalise(text))


def _with_neighbours(words: list[str]) -> Iterable[str]:
    """Each word, each run of two, and all of them: people write 유기농쌀, 씨없는수박."""
    yield from words
    yield from (first + second for first, second in pairwise(words))
    yield "".join(words)


def _without_tails(text: str) -> Iterable[str]:
    for word in _plain(text):
        if word not in FILLER:
            yield from stems(word)
