"""Cards in lists: what stands on them now. Prices, stock and seats are read for every page."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from tortoise import connections

from market.deliveries import PostageTerms, Promise, arrival_text, postage, promise
from market.dispatch_days import FULL_DAYS
from market.money import won_text
from market.quotes import postage_terms
from media.images import picture_url, srcset, widths_for
from villages.days import seoul_day

FEW = 15
"""From here down a card says how many are left."""
PREORDER = "예약"
SECONDS = 5.0
KEPT: WeakKeyDictionary[Any, tuple[float, dict[Any, "CardStory"]]] = WeakKeyDictionary()
"""Stories by open database, so that they end with it."""


class Shot(NamedTuple):
    """A picture as a page shows it."""

    hash: str
    w: int
    alt: str

    @property
    def src(self) -> str:
        return _addresses(self.hash, self.w)[0]

    @property
    def srcset(self) -> str:
        return _addresses(self.hash, self.w)[1]

    @property
    def largest(self) -> str:
        return picture_url(self.hash, widths_for(self.w)[-1])


class GoodsCard(NamedTuple):
    """Named tuples are made three times as fast as frozen dataclasses, and a list makes many."""

    id: int
    slug: str
    name: str
    village_name: str
    accent: str
    price: int
    price_from: bool
    unit_price_text: str
    arrival_text: str
    fee_text: str
    badges: tuple[str, ...]
    picture: Shot | None
    sold_out: bool
    few_left: int
    """How many are left when they are few; 0: enough, or none."""


class CardStory(NamedTuple):
    """What only an edit changes; kept for five seconds."""

    slug: str
    name: str
    village_name: str
    accent: str
    badges: tuple[str, ...]
    picture: Shot | None


async def goods_cards(ids: Sequence[int], *, now: datetime) -> list[GoodsCard]:
    """In the order of `ids`; what is no longer on sale is left out. One query, two when a story is not known."""
    if not ids:
        return []
    rows = await connections.get("default").execute_query_dict(LIVE, [list(ids), seoul_day(now)])
    offers: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        offers.setdefault(row["id"], []).append(row)
    stories = await _stories(offers, now)
    posting = Posting(now)
    return [
        _goods_card(stories[each], offers[each], posting)
        for each in ids
        if each in offers and each in stories
    ]


async def _stories(offers: dict[int, list[dict[str, Any]]], now: datetime) -> dict[int, CardStory]:
    """By listing, kept by version."""
    client = connections.get("default")
    until, kept = KEPT.get(client, (0.0, {}))
    if until < time.monotonic():
        until, kept = KEPT[client] = (time.monotonic() + SECONDS, {})
    today = seoul_day(now)
    keys = {
        each: (each, rows[0]["version"], rows[0]["village_version"], today) for each, rows in offers.items()
    }
    unknown = [each for each, key in keys.items() if key not in kept]
    if unknown:
        for row in await client.execute_query_dict(STORIES, [unknown, str(today.month), today]):
            kept[keys[row["id"]]] = _story(row)
    return {each: kept[key] for each, key in keys.items() if key in kept}


class Posting:
    """Fees and arrival days for many goods at one moment: villages share most of them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._today = seoul_day(now)
        self._terms: dict[int, PostageTerms] = {}
        self._promises: dict[tuple[str, frozenset[date], bool], tuple[Promise | None, str]] = {}
        self._fees: dict[tuple[int, bool, bool], str] = {}

    def terms(self, row: dict[str, Any]) -> PostageTerms:
        village = row["village_id"]
        if village not in self._terms:
            self._terms[village] = postage_terms(row)
        return self._terms[village]

    def promise(self, terms: PostageTerms, *, fresh: bool) -> tuple[Promise | None, str]:
        """When it leaves and arrives, and how a card says it; nothing where no day has room."""
        key = (terms.cut_off, terms.full_days, fresh)
        if key not in self._promises:
            found = promise(self._now, terms, fresh=fresh)
            self._promises[key] = (found, arrival_text(found.arrives_on) if found else "")
        return self._promises[key]

    def fee_text(self, row: dict[str, Any], price: int) -> str:
        """What must be paid besides the price, before anyone clicks (전자상거래법, 순차공개 가격책정)."""
        terms, cold = self.terms(row), row["ships_cold"]
        key = (row["village_id"], cold, terms.free_over is not None and price >= terms.free_over)
        if key not in self._fees:
            fee = postage(terms, max(price, 1), cold=cold, postcode=None, on=self._today).total
            self._fees[key] = (
                f"+ 배송비 {won_text(fee)}, 제주·섬 추가" if fee else "배송비 무료, 제주·섬 추가"
            )
        return self._fees[key]


def shot(columns: Sequence[Any] | None) -> Shot | None:
    """From (hash, w, alt), or nothing."""
    return Shot(*columns) if columns and columns[0] else None


def _story(row: dict[str, Any]) -> CardStory:
    badges = (
        *(["제철"] if row["in_season"] else []),
        *([PREORDER] if row["is_preorder"] else []),
        *row["certificates"],
    )
    picture = Shot(row["hash"], row["w"], row["alt"]) if row["hash"] else None
    return CardStory(row["slug"], row["name"], row["village_name"], row["accent"], badges, picture)


def _goods_card(story: CardStory, offers: list[dict[str, Any]], posting: Posting) -> GoodsCard:
    """The cheapest of what can be bought stands on the card; when all is sold, the cheapest of all."""
    best = offers[0] if len(offers) == 1 else min(offers, key=_rank)
    left = sum([max(0, row["free"]) for row in offers])
    price = best["price"]
    return GoodsCard(
        best["id"], story.slug, story.name, story.village_name, story.accent, price,
        len(offers) > 1 and max([row["price"] for row in offers]) > price, best["unit_price"],
        posting.promise(posting.terms(best), fresh=best["is_fresh"])[1], posting.fee_text(best, price), story.badges,
        story.picture, left <= 0, left if 0 < left <= FEW else 0,
    )  # fmt: skip


def _rank(row: dict[str, Any]) -> tuple[bool, int, int]:
    return row["free"] <= 0, row["price"], row["position"]


@lru_cache(maxsize=4096)
def _addresses(digest: str, w: int) -> tuple[str, str]:
    kept = widths_for(w)
    usual = next((width for width in kept if width >= 640), kept[-1])
    return picture_url(digest, usual), srcset(digest, w)


LIVE = f"""
SELECT l.id, v.price, v.unit_price, v.position, COALESCE(s.on_hand - s.reserved - s.leased, 0) AS free, l.version,
       vi.version AS village_version, l.is_fresh, l.ships_cold, l.village_id, vi.postage_fee, vi.postage_free_over,
       vi.cold_box_fee, vi.cut_off, {FULL_DAYS.format(today="$2")}
FROM variants v
JOIN listings l ON l.id = v.listing_id
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
LEFT JOIN shelves s ON s.variant_id = v.id
WHERE v.listing_id = ANY($1::bigint[]) AND v.withdrawn_at IS NULL
"""
STORIES = f"""
SELECT l.id, l.slug, l.name, l.season_months @> $2::jsonb AS in_season, l.tags @> '"{PREORDER}"' AS is_preorder,
       vi.short_name AS village_name, vi.accent, pic.hash, pic.w, pic.alt,
       ARRAY(SELECT DISTINCT c.kind FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $3 ORDER BY 1)
           AS certificates
FROM listings l
JOIN villages vi ON vi.id = l.village_id
LEFT JOIN LATERAL (
    SELECT lp.picture_id FROM listing_pictures lp WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id LIMIT 1
) first ON true
LEFT JOIN pictures pic ON pic.id = first.picture_id
WHERE l.id = ANY($1::bigint[])
"""
