"""What a search is asked and what it answers, whichever server keeps the documents."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from market.filters import Choice, Filters, Sort
from market.finding.entries import Findable

NO_FILTERS = Filters()
MOST_SUGGESTED = 8


@dataclass(frozen=True)
class Wanted:
    """A shopper's question. `sort` None: what fits the words best; `exact`: the words as typed, nothing guessed."""

    query: str
    kind: Findable | None = None
    filters: Filters = NO_FILTERS
    sort: Sort | None = None
    exact: bool = False
    offset: int = 0
    limit: int = 24

    @property
    def is_narrowed(self) -> bool:
        return self.kind is not None or self.filters != NO_FILTERS


@dataclass(frozen=True)
class Item:
    """One thing found. `id` is the listing's, or the village's where the kind is village."""

    kind: Findable
    id: int
    slug: str
    code: str
    name: str
    village_slug: str
    village_name: str


Facet = Choice
"""How many of what was found have this value; the filter of the facet itself is left out of the count.

Of a price `value` is "30000-50000", least and most (exclusive) won.
"""


@dataclass(frozen=True)
class Found:
    """`items` are the page asked for, in order; `total` counts all of them.

    `corrected` is what the words were read as when they were not taken as typed; `nearby` are words to try when
    nothing was found. The facets name only values that something found has, the commonest first (prices: each
    band, in order); they may be five seconds old. `this_week` and `in_season` count what those filters would leave.
    `fallen_back`: the search server is away, and the database answered.
    """

    items: tuple[Item, ...] = ()
    total: int = 0
    corrected: str | None = None
    kinds: tuple[Facet, ...] = ()
    villages: tuple[Facet, ...] = ()
    categories: tuple[Facet, ...] = ()
    certificates: tuple[Facet, ...] = ()
    prices: tuple[Facet, ...] = ()
    this_week: int = 0
    in_season: int = 0
    nearby: tuple[str, ...] = field(default=())
    fallen_back: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What may be meant by what is typed so far. `kind` None: a word to search for; else a page to go to.

    `village_short` stands beside goods and programs, and for a village itself, which is also found by its whole name.
    """

    text: str
    kind: Findable | None = None
    slug: str = ""
    village_short: str = ""


class SearchIndex(Protocol):
    """Never finds what is not on sale at the moment of the question."""

    async def search(self, wanted: Wanted, *, now: datetime) -> Found: ...

    async def suggest(self, text: str, *, limit: int = MOST_SUGGESTED) -> tuple[Suggestion, ...]: ...
