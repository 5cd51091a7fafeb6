"""Which goods a shopper's filters leave, in which order, and how many each further filter would leave.

What filters and orders need of all goods on sale is kept in this process for five seconds; each value of a filter is
one long number with a bit per goods, so that a count is an "and" and a count of bits. The cards themselves, with
prices and stock, are read for every page (`market/cards.py`).
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import compress
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections

from market.cards import GoodsCard, Posting, goods_cards
from market.dispatch_days import FULL_DAYS
from villages.days import seoul_day

SECONDS = 5.0
PER_PAGE = 24
MOST_SEARCHES = 60
MOST_WON = 100_000_001
"""One more than a price may be."""
MOST_LIKES = (1 << 24) - 1
NEVER = (date.max.toordinal(), date.max)
BITS = bytes.maketrans(b"01", b"\x00\x01")


class Sort(StrEnum):
    season = "season"
    soon = "soon"
    price = "price"
    popular = "popular"


SORT_NAMES = {
    Sort.season: "제철 먼저",
    Sort.soon: "빨리 오는 순",
    Sort.price: "낮은 가격순",
    Sort.popular: "인기순",
}

PRICE_BANDS = (
    (0, 30_000, "3만 원 아래"), (30_000, 50_000, "3만–5만 원"), (50_000, 100_000, "5만–10만 원"),
    (100_000, 150_000, "10만–15만 원"), (150_000, MOST_WON, "15만 원부터"),
)  # fmt: skip
"""Least (inclusive) and most (exclusive) won. Gifts are looked for by such bands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shopper asked to see; empty: all. `most` is exclusive."""

    village: str = ""
    category: str = ""
    certificate: str = ""
    least: int = 0
    most: int = MOST_WON
    this_week: bool = False
    in_season: bool = False
    sort: Sort = Sort.season


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, its word, and how many goods it would leave beside the other filters."""

    value: str
    text: str
    count: int


@dataclass(frozen=True)
class Found:
    """Everything that fits, best first, and the counts of the further filters."""

    ids: list[int]
    villages: list[Choice]
    categories: list[Choice]
    certificates: list[Choice]
    prices: list[Choice]
    this_week: int
    in_season: int


@dataclass(frozen=True)
class GoodsList:
    cards: list[GoodsCard]
    found: Found
    page: int
    pages: int

    @property
    def total(self) -> int:
        return len(self.found.ids)


async def goods_list(wanted: Wanted, *, page: int, now: datetime, size: int = PER_PAGE) -> GoodsList:
    """One page of cards; a page past the end is the last one. One query while the catalogue is young."""
    stock = await catalogue(now)
    found = stock.find(wanted)
    pages = max(1, -(-len(found.ids) // size))
    page = min(max(1, page), pages)
    cards = await goods_cards(found.ids[(page - 1) * size : page * size], now=now)
    return GoodsList(cards, found, page, pages)


async def catalogue(now: datetime) -> "Catalogue":
    """The kept one, or a new one; whoever comes while it is being read waits for the same."""
    client = connections.get("default")
    kept = KEPT.setdefault(client, Kept())
    stamp = await _stamp(client) if kept.catalogue else None
    if kept.catalogue is None or time.monotonic() > kept.until or stamp != kept.stamp:
        async with kept.lock:
            if kept.catalogue is None or time.monotonic() > kept.until or stamp != kept.stamp:
                kept.stamp = await _stamp(client)
                kept.catalogue = await _read_catalogue(client, now)
                kept.until = time.monotonic() + SECONDS
    return kept.catalogue


@dataclass
class Kept:
    catalogue: "Catalogue | None" = None
    until: float = 0.0
    stamp: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


KEPT: WeakKeyDictionary[Any, Kept] = WeakKeyDictionary()
"""By open database, so that it ends with it."""


class Catalogue:
    """All goods on sale, by place: the cheapest stands at place 0, so that a band of prices is a run of bits."""

    def __init__(
        self, goods: list[dict[str, Any]], certificates: list[dict[str, Any]], villages: list[dict[str, Any]],
        *, now: datetime,
    ) -> None:  # fmt: skip
        self._goods = goods
        self._prices = [row["price"] for row in goods]
        self._everything = (1 << len(goods)) - 1
        self._villages = villages
        self._searches: dict[Wanted, Found] = {}
        self._orders: dict[Sort, list[int]] = {}
        places = {row["id"]: place for place, row in enumerate(goods)}
        self._by_village = self._bits((row["village_id"], place) for place, row in enumerate(goods))
        self._by_category = self._bits((row["category"], place) for place, row in enumerate(goods))
        self._by_certificate = self._bits(
            (row["kind"], places[row["listing_id"]]) for row in certificates if row["listing_id"] in places
        )
        self._in_season = self._bits(
            (True, place) for place, row in enumerate(goods) if row["in_season"]
        ).get(True, 0)
        self._arrivals, leaving = _days(goods, villages, now)
        sunday = _end_of_week(now)
        self._this_week = self._bits(
            (True, place) for place, row in enumerate(goods) if row["left"] and leaving[place] <= sunday
        ).get(True, 0)

    def find(self, wanted: Wanted) -> Found:
        """Kept for as long as the catalogue; unknown values of a filter leave nothing."""
        found = self._searches.get(wanted)
        if found is None:
            if len(self._searches) >= MOST_SEARCHES:
                self._searches.clear()
            found = self._searches[wanted] = self._find(wanted)
        return found

    def _find(self, wanted: Wanted) -> Found:
        village = next((row["id"] for row in self._villages if row["slug"] == wanted.village), -1)
        chosen = {
            "village": self._by_village.get(village, 0) if wanted.village else self._everything,
            "category": self._by_category.get(wanted.category, 0) if wanted.category else self._everything,
            "certificate": self._by_certificate.get(wanted.certificate, 0)
            if wanted.certificate
            else self._everything,
            "price": self._band(wanted.least, wanted.most),
            "this_week": self._this_week if wanted.this_week else self._everything,
            "in_season": self._in_season if wanted.in_season else self._everything,
        }

        def beside(name: str) -> int:
            """What the other filters leave."""
            left = self._everything
            for other, bits in chosen.items():
                if other != name:
                    left &= bits
            return left

        by_village, by_category, by_certificate = beside("village"), beside("category"), beside("certificate")
        by_price = beside("price")
        return Found(
            ids=self._in_order(by_village & chosen["village"], wanted.sort),
            villages=[
                Choice(row["slug"], row["short_name"], (by_village & self._by_village.get(row["id"], 0)).bit_count())
                for row in self._villages
            ],
            categories=[Choice(name, name, (by_category & bits).bit_count()) for name, bits in self._by_category.items()],
            certificates=[
                Choice(name, name, (by_certificate & bits).bit_count()) for name, bits in self._by_certificate.items()
            ],
            prices=[
                Choice(f"{least}-{most}", text, (by_price & self._band(least, most)).bit_count())
                for least, most, text in PRICE_BANDS
            ],
            this_week=(beside("this_week") & self._this_week).bit_count(),
            in_season=(beside("in_season") & self._in_season).bit_count(),
        )  # fmt: skip

    def _in_order(self, bits: int, sort: Sort) -> list[int]:
        if sort not in self._orders:
            places = range(len(self._goods))
            self._orders[sort] = sorted(places, key=[self._rank(place, sort) for place in places].__getitem__)
        order = self._orders[sort]
        if bits != self._everything:
            signs = bin(bits)[:1:-1].ljust(len(self._goods), "0").encode().translate(BITS)
            order = compress(order, map(signs.__getitem__, order))
        goods = self._goods
        return [goods[place]["id"] for place in order]

    def _rank(self, place: int, sort: Sort) -> int:
        """One number to sort by: sold out last, then what the order asks for, then what people like, newest first."""
        row = self._goods[place]
        first = {
            Sort.season: not row["in_season"],
            Sort.soon: self._arrivals[place],
            Sort.price: place,
            Sort.popular: 0,
        }[sort]
        likes = MOST_LIKES - min(row["popularity"], MOST_LIKES)
        return ((((row["left"] <= 0) << 24) + first) << 64) + (likes << 40) + (MOST_LIKES - place)

    def _band(self, least: int, most: int) -> int:
        low, high = bisect_left(self._prices, least), bisect_left(self._prices, most)
        return ((1 << high) - 1) & ~((1 << low) - 1) if high > low else 0

    def _bits(self, pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
        size = len(self._goods) // 8 + 1
        sets: dict[Any, bytearray] = {}
        for value, place in pairs:
            if value not in sets:
                sets[value] = bytearray(size)
            sets[value][place >> 3] |= 1 << (place & 7)
        return {value: int.from_bytes(sets[value], "little") for value in sorted(sets)}


def _days(
    goods: list[dict[str, Any]], villages: list[dict[str, Any]], now: datetime
) -> tuple[list[int], list[date]]:
    """By place: the arrival day (as a number) and the day it leaves."""
    posting = Posting(now)
    terms = {row["village_id"]: posting.terms(row) for row in villages}
    arrivals: dict[tuple[str, frozenset[date], bool], tuple[int, date]] = {}
    by_place = []
    for row in goods:
        of_village = terms[row["village_id"]]
        key = (of_village.cut_off, of_village.full_days, row["is_fresh"])
        if key not in arrivals:
            found, _ = posting.promise(of_village, fresh=row["is_fresh"])
            arrivals[key] = (found.arrives_on.toordinal(), found.ships_on) if found else NEVER
        by_place.append(arrivals[key])
    return [arrives for arrives, _ in by_place], [leaves for _, leaves in by_place]


def _end_of_week(now: datetime) -> date:
    today = seoul_day(now)
    return today + timedelta(days=6 - today.weekday())


async def _stamp(client: Any) -> int:
    """Rises with every publication, so that what was put on sale just now is found at once."""
    return (await client.execute_query_dict(STAMP))[0]["stamp"]


async def _read_catalogue(client: Any, now: datetime) -> Catalogue:
    today = seoul_day(now)
    goods = await client.execute_query_dict(GOODS, [str(today.month)])
    certificates = await client.execute_query_dict(CERTIFICATES, [today])
    return Catalogue(goods, certificates, await client.execute_query_dict(VILLAGES, [today]), now=now)


STAMP = "SELECT last_value + is_called::int AS stamp FROM publications_id_seq"
VILLAGES = f"""
SELECT id, id AS village_id, slug, short_name, postage_fee, postage_free_over, cold_box_fee, cut_off,
       {FULL_DAYS.format(today="$1")}
FROM villages vi WHERE state = 'running' ORDER BY id
"""
CERTIFICATES = "SELECT DISTINCT listing_id, kind FROM certificates WHERE ends_on >= $1"
GOODS = """
SELECT l.id, l.village_id, l.category, l.popularity, l.is_fresh, l.season_months @> $1::jsonb AS in_season,
       COALESCE(min(v.price) FILTER (WHERE f.free > 0), min(v.price)) AS price, bool_or(f.free > 0)::int AS left
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
JOIN variants v ON v.listing_id = l.id AND v.withdrawn_at IS NULL
LEFT JOIN shelves s ON s.variant_id = v.id
CROSS JOIN LATERAL (SELECT COALESCE(s.on_hand - s.reserved - s.leased, 0) AS free) f
WHERE l.kind = 'goods'
GROUP BY l.id
ORDER BY price, l.id
"""
