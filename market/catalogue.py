"""Which goods a shopper's filters leave, in which order, and how many each further filter would leave.

What filters and orders need of all that is offered is kept in this process for five seconds (`market/offered.py`).
The cards themselves, with prices and stock, are read for every page (`market/cards.py`).
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections

from market.bits import own_of
from market.cards import GoodsCard, goods_cards
from market.dispatch_days import FULL_DAYS
from market.filters import MOST_WON, Choice, Filters, Sort
from market.offered import Columns, Offered
from villages.days import seoul_day
from villages.seats_left import SEATS_LEFT

SECONDS = 5.0
PER_PAGE = 24
MOST_SEARCHES = 60


@dataclass(frozen=True, slots=True)
class Wanted(Filters):
    """What a shopper asked to see of the goods, and in which order."""

    sort: Sort = Sort.season


@dataclass(frozen=True)
class Found:
    """Everything that fits, best first, and the counts of the further filters."""

    ids: Sequence[int]
    villages: list[Choice]
    categories: list[Choice]
    certificates: list[Choice]
    prices: list[Choice]
    this_week: int
    in_season: int


COUNTS = tuple(each.name for each in fields(Found) if each.name != "ids")


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
    found = (await _kept(now)).find(wanted)
    pages = max(1, -(-len(found.ids) // size))
    page = min(max(1, page), pages)
    cards = await goods_cards(found.ids[(page - 1) * size : page * size], now=now)
    return GoodsList(cards, found, page, pages)


async def catalogue(now: datetime) -> Offered:
    """All that is offered; at most five seconds old, and what was published before is in it.

    Only where somebody looked between a publication and its commit it is missing, for those five seconds.
    """
    return (await _kept(now)).offered


class Catalogue:
    """What is offered, and what the goods list was asked of it."""

    def __init__(self, offered: Offered) -> None:
        self.offered = offered
        self._searches: dict[Wanted, Found] = {}

    def find(self, wanted: Wanted) -> Found:
        """Kept for as long as the catalogue; unknown values of a filter leave nothing."""
        found = self._searches.get(wanted)
        if found is None:
            if len(self._searches) >= MOST_SEARCHES:
                self._searches.clear()
            left = self.offered.narrow(None, kind="goods", filters=wanted)
            counts = {name: getattr(left, name) for name in COUNTS}
            ids = [own_of(number) for number in self.offered.in_order(left.bits, wanted.sort)]
            found = self._searches[wanted] = Found(ids, **counts)
        return found


@dataclass
class Kept:
    catalogue: Catalogue | None = None
    until: float = 0.0
    stamp: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def right(self, stamp: int) -> Catalogue | None:
        """Where it is young, and nothing was published since."""
        is_right = stamp == self.stamp and time.monotonic() <= self.until
        return self.catalogue if is_right else None


KEPT: WeakKeyDictionary[Any, Kept] = WeakKeyDictionary()
"""By open database, so that it ends with it."""


async def _kept(now: datetime) -> Catalogue:
    """The kept one, or a new one; whoever comes while it is being read waits for the same."""
    client = connections.get("default")
    kept = KEPT.setdefault(client, Kept())
    if found := kept.catalogue and kept.right(await _stamp(client)):
        return found
    async with kept.lock:
        stamp = await _stamp(client)
        if found := kept.right(stamp):
            return found
        found = Catalogue(await _read_offered(client, now))
        kept.catalogue, kept.stamp, kept.until = found, stamp, time.monotonic() + SECONDS
    return found


async def _stamp(client: Any) -> int:
    """Rises with every publication, a little before its commit: what was put on sale just now is found at once."""
    return (await client.execute_query_dict(STAMP))[0]["stamp"]


async def _read_offered(client: Any, now: datetime) -> Offered:
    today = seoul_day(now)
    columns = (await client.execute_query_dict(OFFERED, [str(today.month), now, date.max.toordinal()]))[0]
    certificates = await client.execute_query_dict(CERTIFICATES, [today])
    return Offered(
        Columns(**columns),
        [(row["listing_id"], row["kind"]) for row in certificates],
        await client.execute_query_dict(VILLAGES, [today]),
        now=now,
    )


STAMP = "SELECT last_value + is_called::int AS stamp FROM publications_id_seq"
VILLAGES = f"""
SELECT id, id AS village_id, slug, short_name, postage_fee, postage_free_over, cold_box_fee, cut_off,
       {FULL_DAYS.format(today="$1")}
FROM villages vi WHERE state = 'running' ORDER BY id
"""
CERTIFICATES = "SELECT DISTINCT listing_id, kind FROM certificates WHERE ends_on >= $1"
_COLUMNS = ", ".join(
    f"COALESCE(array_agg(ordered.{each.name}), '{{}}') AS {each.name}" for each in fields(Columns)
)
# A column is one array: it is read ten times as fast as rows.
OFFERED = f"""
WITH goods AS (
    SELECT l.id, l.kind, l.village_id, l.category, l.popularity, l.is_fresh, l.season_months @> $1::jsonb AS in_season,
           COALESCE(min(v.price) FILTER (WHERE f.free > 0), min(v.price)) AS price, bool_or(f.free > 0)::int AS left,
           $3::int AS open_on
    FROM listings l
    JOIN variants v ON v.listing_id = l.id AND v.withdrawn_at IS NULL
    LEFT JOIN shelves s ON s.variant_id = v.id
    CROSS JOIN LATERAL (SELECT COALESCE(s.on_hand - s.reserved - s.leased, 0) AS free) f
    WHERE l.kind = 'goods'
    GROUP BY l.id
), programs AS (
    SELECT l.id, l.kind, l.village_id, l.category, l.popularity, false, l.season_months @> $1::jsonb,
           -- The price that the card names (`market/program_cards.py`): an infant's 0 won is no stay's price.
           COALESCE((SELECT pp.price FROM participant_prices pp WHERE pp.listing_id = l.id
                     ORDER BY pp.price = 0, pp.position, pp.id LIMIT 1), {MOST_WON}),
           (open.first IS NOT NULL)::int,
           COALESCE((open.first AT TIME ZONE 'Asia/Seoul')::date - date '0001-01-01' + 1, $3::int)
    FROM listings l
    LEFT JOIN LATERAL (
        SELECT min(s.starts_at) AS first FROM sessions s
        WHERE s.listing_id = l.id AND s.closed_at IS NULL AND {SEATS_LEFT} > 0
          AND s.starts_at > $2::timestamptz + make_interval(hours => l.closes_hours_before)
    ) open ON true
    WHERE l.kind = 'program'
), everything AS (
    SELECT o.* FROM (SELECT * FROM goods UNION ALL SELECT * FROM programs) o
    JOIN publications p ON p.listing_id = o.id JOIN villages vi ON vi.id = o.village_id AND vi.state = 'running'
    UNION ALL
    SELECT -id, 'village', id, '', 0, false, false, {MOST_WON}, 1, $3::int FROM villages WHERE state = 'running'
)
SELECT {_COLUMNS} FROM (SELECT * FROM everything ORDER BY price, id) ordered
"""
