"""All that is offered at a moment, goods, programs and villages, in numbers that filters and orders are worked out by.

Everything has a place; each value of a filter is one long number with a bit per place, so that a count is an "and"
and a count of bits.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import compress
from typing import Any

from market.cards import Posting
from market.filters import MOST_WON, PRICE_BANDS, Choice, Filters, Sort
from villages.days import seoul_day

MOST_LIKES = (1 << 24) - 1
NEVER = date.max.toordinal()
BITS = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True, slots=True)
class Left:
    """What filters leave, in order, and the counts of each further filter beside the others."""

    ids: Sequence[int]
    kinds: dict[str, int]
    villages: list[Choice]
    categories: list[Choice]
    certificates: list[Choice]
    prices: list[Choice]
    this_week: int
    in_season: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Side by side, the cheapest first, so that a band of prices is a run of places; what has no price stands last.

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
        """`certificates`: a listing's id and the kind of its certificate."""
        self._columns = columns
        self._size = len(columns.id)
        self._everything = (1 << self._size) - 1
        self._villages = villages
        self._places = {each: place for place, each in enumerate(columns.id)}
        self._ranks: dict[Sort, list[int]] = {}
        self._orders: dict[Sort, list[int]] = {}
        self._by_kind = self._bits(enumerate(columns.kind))
        self._by_village = self._bits(enumerate(columns.village_id))
        self._by_category = self._bits(enumerate(columns.category))
        self._by_certificate = self._bits(
            (self._places[listing], kind) for listing, kind in certificates if listing in self._places
        )
        self._in_season = self._bits(enumerate(columns.in_season)).get(True, 0)
        self._soon, leaves = _days(columns, villages, now)
        sunday = _end_of_week(now)
        self._this_week = self._bits(
            (place, True) for place, day in enumerate(leaves) if columns.left[place] > 0 and day <= sunday
        ).get(True, 0)

        # Bits tell these now; a hundred thousand of each are many megabytes.
        self._columns = replace(columns, kind=(), category=(), is_fresh=(), open_on=())

    def narrow(
        self, ids: Sequence[int] | None, *, kind: str | None = None, filters: Filters, sort: Sort | None = None
    ) -> Left:  # fmt: skip
        """Among `ids` (None: among everything); without `sort` they stay in the order given."""
        chosen = self._chosen(kind, filters)
        of_kind = chosen.get("kind", self._everything)
        places, among = None, self._everything
        if ids is not None:
            places = [place for each in ids if (place := self._places.get(each)) is not None]
            among = self._bits((place, True) for place in places).get(True, 0)

        def beside(name: str) -> int:
            """What the other filters leave."""
            left = among
            for other, bits in chosen.items():
                if other != name:
                    left &= bits
            return left

        left = beside("")
        if places is not None and chosen:
            signs = self._signs(left)
            places = [place for place in places if signs[place]]
        return Left(
            ids=self._in_order(left, places, sort),
            kinds=_counts(beside("kind"), self._by_kind),
            villages=self._village_choices(beside("village"), None if filters.village else places),
            categories=_choices(beside("category"), self._by_category, of_kind),
            certificates=_choices(beside("certificate"), self._by_certificate, of_kind),
            prices=self._price_choices(beside("price")),
            this_week=(beside("this_week") & self._this_week).bit_count(),
            in_season=(beside("in_season") & self._in_season).bit_count(),
        )

    def _chosen(self, kind: str | None, filters: Filters) -> dict[str, int]:
        """Of each filter in force the bits it leaves; an unknown value leaves nothing."""
        chosen: dict[str, int] = {}
        if kind:
            chosen["kind"] = self._by_kind.get(kind, 0)
        if filters.village:
            chosen["village"] = self._by_village.get(self._village_ids.get(filters.village, -1), 0)
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

    def _village_choices(self, left: int, places: Sequence[int] | None) -> list[Choice]:
        """Counted by the places left where they are known, else by bits."""
        if places is None:
            counts = {
                row["id"]: (left & self._by_village.get(row["id"], 0)).bit_count() for row in self._villages
            }
        else:
            counts = Counter(map(self._columns.village_id.__getitem__, places))
        return [Choice(row["slug"], row["short_name"], counts.get(row["id"], 0)) for row in self._villages]

    def _price_choices(self, left: int) -> list[Choice]:
        return [
            Choice(f"{least}-{most}", text, (left & self._band(least, most)).bit_count())
            for least, most, text in PRICE_BANDS
        ]

    def _in_order(self, bits: int, places: Sequence[int] | None, sort: Sort | None) -> list[int]:
        ids = self._columns.id
        if places is not None and (sort is None or len(places) < self._size // 20):
            if sort is not None:
                places = sorted(places, key=self._ranks_by(sort).__getitem__)
            return [ids[place] for place in places]
        order = self._order(sort or Sort.popular)
        if bits != self._everything:
            order = compress(order, map(self._signs(bits).__getitem__, order))
        return [ids[place] for place in order]

    def _signs(self, bits: int) -> bytes:
        return bin(bits)[:1:-1].ljust(self._size, "0").encode().translate(BITS)

    def _order(self, sort: Sort) -> list[int]:
        if sort not in self._orders:
            self._orders[sort] = sorted(range(self._size), key=self._ranks_by(sort).__getitem__)
        return self._orders[sort]

    def _ranks_by(self, sort: Sort) -> list[int]:
        if sort not in self._ranks:
            self._ranks[sort] = [self._rank(place, sort) for place in range(self._size)]
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
        return ((((columns.left[place] <= 0) << 24) + first) << 64) + (likes << 40) + (MOST_LIKES - place)

    def _band(self, least: int, most: int) -> int:
        prices = self._columns.price
        low, high = bisect_left(prices, least), bisect_left(prices, most)
        return ((1 << high) - 1) & ~((1 << low) - 1) if high > low else 0

    def _bits(self, pairs: Iterable[tuple[int, Any]]) -> dict[Any, int]:
        size = self._size // 8 + 1
        sets: dict[Any, bytearray] = {}
        for place, value in pairs:
            if value not in sets:
                sets[value] = bytearray(size)
            sets[value][place >> 3] |= 1 << (place & 7)
        return {value: int.from_bytes(sets[value], "little") for value in sorted(sets)}


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
