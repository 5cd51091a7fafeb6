"""All that is offered at a moment, goods, programs and villages, in numbers that filters and orders are worked out by.

Each value of a filter is a set of bits (`market/bits.py`), so that a count is an "and" and a count of bits.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import compress
from typing import Any

from market.bits import bits_of, number_of, numbers_of, signs_of
from market.cards import Posting
from market.filters import MOST_WON, PRICE_BANDS, Choice, Filters, Sort
from villages.days import seoul_day

MOST_LIKES = (1 << 24) - 1
NEVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Left:
    """What filters leave, as bits, and the counts of each further filter beside the others."""

    bits: int
    kinds: dict[str, int]
    villages: list[Choice]
    categories: list[Choice]
    certificates: list[Choice]
    prices: list[Choice]
    this_week: int
    in_season: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Side by side, the cheapest first, so that a band of prices is a run of them; what has no price stands last.

    `id`: a listing's; of a village its own below zero, so that one number tells everything apart.
    `open_on`: of a program the next day that can be booked, as a number.
    """

    id: Sequence[int]
    kind: Sequence[str]
    village_id: Sequence[int]
    category: Sequence[str]
    popularity: Sequence[int]
    is_fresh: Sequence[bool]
    in_season: Sequence[bool]
    price: Sequence[int]
    left: Sequence[int]
    open_on: Sequence[int]


class Offered:
    def __init__(
        self, columns: Columns, certificates: Iterable[tuple[int, str]], villages: Sequence[dict[str, Any]], *, now: datetime
    ) -> None:  # fmt: skip
        """`certificates`: a listing's id and the kind of its certificate.

        `at_hand` becomes what can be ordered now: it is in stock, or has an open date; villages always.
        """
        self._columns = columns
        self._numbers = [number_of(each) for each in columns.id]
        self._size = max(self._numbers, default=0) + 1
        self.everything = bits_of(self._numbers)
        self._villages = villages
        self._ranks: dict[Sort, list[int]] = {}
        self._orders: dict[Sort, list[int]] = {}
        self._by_kind = self._sets(columns.kind)
        self._by_category = self._sets(columns.category)
        self._by_certificate = _sets((number_of(listing), kind) for listing, kind in certificates)
        self._in_season = self._where(columns.in_season)
        self.at_hand = self._where(left > 0 for left in columns.left)
        self._soon, leaves = _days(columns, villages, now)
        sunday = _end_of_week(now)
        self._this_week = self._where(
            left > 0 and day <= sunday for left, day in zip(columns.left, leaves, strict=True)
        )

        # Bits tell these now; a hundred thousand of each are many megabytes.
        self._columns = replace(columns, id=(), kind=(), category=(), is_fresh=(), open_on=())

    def narrow(self, bits: int | None, *, kind: str | None = None, filters: Filters) -> Left:
        """Among `bits` (None: among everything)."""
        chosen = self._chosen(kind, filters)
        of_kind = chosen.get("kind", self.everything)
        among = self.everything if bits is None else bits & self.everything

        def beside(name: str) -> int:
            """What the other filters leave."""
            left = among
            for other, bits in chosen.items():
                if other != name:
                    left &= bits
            return left

        return Left(
            bits=beside(""),
            kinds=_counts(beside("kind"), self._by_kind),
            villages=self._village_choices(beside("village")),
            categories=_choices(beside("category"), self._by_category, of_kind),
            certificates=_choices(beside("certificate"), self._by_certificate, of_kind),
            prices=self._price_choices(beside("price")),
            this_week=(beside("this_week") & self._this_week).bit_count(),
            in_season=(beside("in_season") & self._in_season).bit_count(),
        )

    def count(self, kind: str) -> int:
        return self._by_kind.get(kind, 0).bit_count()

    def in_order(self, bits: int, sort: Sort) -> list[int]:
        """The numbers of some of what is offered."""
        if bits.bit_count() < self._size // 20:
            return sorted(numbers_of(bits), key=self._ranks_by(sort).__getitem__)
        order = self._order(sort)
        if bits == self.everything:
            return order
        return list(compress(order, map(signs_of(bits, self._size).__getitem__, order)))

    def _chosen(self, kind: str | None, filters: Filters) -> dict[str, int]:
        """Of each filter in force the bits it leaves; an unknown value leaves nothing."""
        chosen: dict[str, int] = {}
        if kind:
            chosen["kind"] = self._by_kind.get(kind, 0)
        if filters.village:
            chosen["village"] = self._of_village(self._village_ids.get(filters.village, 0))
        if filters.category:
            chosen["category"] = self._by_category.get(filters.category, 0)
        if filters.certificate:
            chosen["certificate"] = self._by_certificate.get(filters.certificate, 0)
        if (filters.least, filters.most) != (0, MOST_WON):
            chosen["price"] = self._band(filters.least, filters.most)
        if filters.this_week:
            chosen["this_week"] = self._this_week
        if filters.in_season:
            chosen["in_season"] = self._in_season
        return chosen

    @cached_property
    def _village_ids(self) -> dict[str, int]:
        return {row["slug"]: row["id"] for row in self._villages}

    @cached_property
    def _village_of(self) -> list[int]:
        """By number; 0 where nothing is offered."""
        found = [0] * self._size
        for number, village in zip(self._numbers, self._columns.village_id, strict=True):
            found[number] = village
        return found

    def _of_village(self, village: int) -> int:
        return self._where(each == village for each in self._columns.village_id)

    def _village_choices(self, left: int) -> list[Choice]:
        if left.bit_count() < self._size // 4:
            counts = Counter(map(self._village_of.__getitem__, numbers_of(left)))
        else:
            counts = Counter(compress(self._village_of, signs_of(left, self._size)))
        return [
            Choice(none.value, none.text, count) if (count := counts[village]) else none
            for village, none in self._village_names
        ]

    @cached_property
    def _village_names(self) -> list[tuple[int, Choice]]:
        return [(row["id"], Choice(row["slug"], row["short_name"], 0)) for row in self._villages]

    def _price_choices(self, left: int) -> list[Choice]:
        return [
            Choice(f"{least}-{most}", text, (left & self._band(least, most)).bit_count())
            for least, most, text in PRICE_BANDS
        ]

    def _order(self, sort: Sort) -> list[int]:
        if sort not in self._orders:
            self._orders[sort] = sorted(self._numbers, key=self._ranks_by(sort).__getitem__)
        return self._orders[sort]

    def _ranks_by(self, sort: Sort) -> list[int]:
        """By number."""
        if sort not in self._ranks:
            ranks = self._ranks[sort] = [0] * self._size
            for place, number in enumerate(self._numbers):
                ranks[number] = self._rank(place, sort)
        return self._ranks[sort]

    def _rank(self, place: int, sort: Sort) -> int:
        """One number to sort by: sold out last, then what the order asks for, then what people like, newest first."""
        columns = self._columns
        first = {
            Sort.season: not columns.in_season[place],
            Sort.soon: self._soon[place],
            Sort.price: place,
            Sort.popular: 0,
        }[sort]
        likes = MOST_LIKES - min(columns.popularity[place], MOST_LIKES)
        return (
            ((((columns.left[place] <= 0) << 24) + first) << 64)
            + (likes << 40)
            + (MOST_LIKES - self._numbers[place])
        )

    def _band(self, least: int, most: int) -> int:
        if (least, most) in self._bands:
            return self._bands[least, most]
        return self._between(least, most)

    @cached_property
    def _bands(self) -> dict[tuple[int, int], int]:
        return {(least, most): self._between(least, most) for least, most, _ in PRICE_BANDS}

    def _between(self, least: int, most: int) -> int:
        prices = self._columns.price
        return bits_of(self._numbers[bisect_left(prices, least) : bisect_left(prices, most)])

    def _sets(self, values: Iterable[Any]) -> dict[Any, int]:
        return _sets(zip(self._numbers, values, strict=True))

    def _where(self, signs: Iterable[Any]) -> int:
        return bits_of(list(compress(self._numbers, signs)))


def _sets(pairs: Iterable[tuple[int, Any]]) -> dict[Any, int]:
    """By value, in the values' order."""
    sets: dict[Any, list[int]] = {}
    for number, value in pairs:
        sets.setdefault(value, []).append(number)
    return {value: bits_of(sets[value]) for value in sorted(sets)}


def _counts(left: int, sets: dict[str, int]) -> dict[str, int]:
    return {value: (left & bits).bit_count() for value, bits in sets.items()}


def _choices(left: int, sets: dict[str, int], of_kind: int) -> list[Choice]:
    """Also those that would leave nothing, where the kind has them at all."""
    return [
        Choice(value, value, (left & bits).bit_count())
        for value, bits in sets.items()
        if value and bits & of_kind
    ]


def _days(columns: Columns, villages: Sequence[dict[str, Any]], now: datetime) -> tuple[list[int], list[int]]:
    """By place, as numbers: the day it arrives or takes place, and the day it leaves the village (goods alone)."""
    promised = _promises(villages, now)
    soon, leaves = [], []
    for kind, village, fresh, opens in zip(
        columns.kind, columns.village_id, columns.is_fresh, columns.open_on, strict=True
    ):
        arrival, departure = promised(village, fresh) if kind == "goods" else (opens, NEVER)
        soon.append(arrival)
        leaves.append(departure)
    return soon, leaves


def _promises(villages: Sequence[dict[str, Any]], now: datetime) -> Callable[[int, bool], tuple[int, int]]:
    posting = Posting(now)
    terms = {row["village_id"]: posting.terms(row) for row in villages}
    kept: dict[tuple[int, bool], tuple[int, int]] = {}

    def promise(village: int, fresh: bool) -> tuple[int, int]:
        if (village, fresh) not in kept:
            found, _ = posting.promise(terms[village], fresh=fresh)
            kept[village, fresh] = (
                (found.arrives_on.toordinal(), found.ships_on.toordinal()) if found else (NEVER, NEVER)
            )
        return kept[village, fresh]

    return promise


def _end_of_week(now: datetime) -> int:
    today = seoul_day(now)
    return (today + timedelta(days=6 - today.weekday())).toordinal()
