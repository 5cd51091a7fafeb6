"""What a search is asked and what it answers, whichever server keeps the documents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from market.finding.entries import Entry, Findable


@dataclass(frozen=True)
class Wanted:
    """A shopper's question. `village` is a slug; `exact`: the words as typed, nothing guessed."""

    query: str
    kind: Findable | None = None
    village: str = ""
    category: str = ""
    exact: bool = False
    offset: int = 0
    limit: int = 24


@dataclass(frozen=True)
class Item:
    """One thing found. `id` is the listing's, or the village's where the kind is village."""

    kind: Findable
    id: int
    slug: str
    code: str
    name: str
    category: str
    village_slug: str
    village_name: str
    village_short: str


@dataclass(frozen=True)
class Facet:
    """How many of what was found have this value; the filter of the facet itself is left out of the count."""

    value: str
    text: str
    count: int


@dataclass(frozen=True)
class Found:
    """`items` are the page asked for, best first; `total` counts all, at most `and_more` says that it was cut.

    `corrected` is what the words were read as when they were not taken as typed; `nearby` are words to try when
    nothing was found.
    """

    items: tuple[Item, ...] = ()
    total: int = 0
    and_more: bool = False
    corrected: str | None = None
    kinds: tuple[Facet, ...] = ()
    villages: tuple[Facet, ...] = ()
    categories: tuple[Facet, ...] = ()
    nearby: tuple[str, ...] = field(default=())


class SearchIndex(Protocol):
    """Keeps documents and finds them. Never finds what is not on sale at the moment of the question."""

    async def upsert(self, entries: Sequence[Entry]) -> None: ...

    async def remove(self, keys: Sequence[str]) -> None: ...

    async def search(self, wanted: Wanted) -> Found: ...
