"""What machines may read of villages and goods on sale: one query per answer, pages by keyset."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tortoise import connections

from market.deliveries import PostageTerms, arrival_day, promise
from market.dispatch_days import FULL_DAYS
from market.quotes import postage_terms
from villages.days import seoul_day
from villages.refusals import NotFound

MOST_WON = 100_000_000


class Sort(StrEnum):
    season = "season"
    soon = "soon"
    price = "price"
    price_desc = "price_desc"
    popular = "popular"
    newest = "newest"


@dataclass(frozen=True)
class Wanted:
    """What a machine asked for; empty or None: all. Prices (won) are inclusive and of the cheapest variant."""

    village: str = ""
    category: str = ""
    min_price: int = 0
    max_price: int = MOST_WON
    in_season: bool | None = None
    sort: Sort = Sort.season


@dataclass(frozen=True)
class OpenVillage:
    id: int
    slug: str
    name: str
    short_name: str
    tagline: str
    story: str
    known_for: str
    state: str
    address: str
    phone: str
    phone_hours: str
    homepage: str
    latitude: float | None
    longitude: float | None
    company: str
    ceo: str
    business_no: str
    mail_order_no: str
    mail_order_exemption: str
    email: str
    terms: PostageTerms
    goods: int
    programs: int
    picture: tuple[str, int] | None


@dataclass(frozen=True)
class OpenVariant:
    """`available` is what can be ordered now."""

    id: int
    name: str
    unit: str
    price: int
    unit_price: str
    available: int


@dataclass(frozen=True)
class OpenGoods:
    """`place` is where it stands in its list: what a cursor carries."""

    id: int
    slug: str
    code: str | None
    name: str
    summary: str
    story: str
    category: str
    tax: str
    origin: str
    village: dict[str, str]
    season_months: list[int]
    in_season: bool
    no_islands: bool
    withdrawal_limit: str
    notice: dict[str, str]
    certificates: list[dict[str, str]]
    pictures: list[tuple[str, int, str]]
    price_from: int
    variants: tuple[OpenVariant, ...]
    terms: PostageTerms
    arrives_on: date | None
    """None where the village has room on no day."""
    place: tuple[int, int, int]


async def open_villages(*, after: int, most: int) -> list[OpenVillage]:
    """Villages in the order they joined, after an id; without those that are none any more."""
    rows = await connections.get("default").execute_query_dict(VILLAGES + ONE_PAGE_OF_VILLAGES, [after, most])
    return [_village(row) for row in rows]


async def open_village(slug: str) -> OpenVillage:
    rows = await connections.get("default").execute_query_dict(VILLAGES + "AND v.slug = $1", [slug])
    if not rows:
        raise NotFound()
    return _village(rows[0])


async def open_goods(
    wanted: Wanted, *, after: tuple[int, int, int] | None, most: int, now: datetime
) -> list[OpenGoods]:
    """Published goods that fit, in the wanted order, those after a place."""
    rows = await connections.get("default").execute_query_dict(
        GOODS_LISTS[wanted.sort],
        [
            json.dumps([seoul_day(now).month]), wanted.village, wanted.category, wanted.min_price, wanted.max_price,
            wanted.in_season, *(after or (None, None, None)), most, *_leaving(now), seoul_day(now),
        ],
    )  # fmt: skip
    return [_goods(row, now) for row in rows]


async def open_goods_called(slug: str, *, now: datetime) -> OpenGoods:
    rows = await connections.get("default").execute_query_dict(
        ONE_GOODS, [json.dumps([seoul_day(now).month]), slug, seoul_day(now)]
    )
    if not rows:
        raise NotFound()
    return _goods(rows[0], now)


def _leaving(now: datetime) -> tuple[list[int], list[bool], list[int]]:
    """The arrival day (as a number) for each cut-off hour, fresh or not: what «soon» sorts by."""
    kinds = [(hour, fresh) for hour in range(25) for fresh in (False, True)]
    days = [
        arrival_day(now, PostageTerms(cut_off=f"{hour:02}:00"), fresh=fresh).toordinal()
        for hour, fresh in kinds
    ]
    return [hour for hour, _ in kinds], [fresh for _, fresh in kinds], days


def _village(row: dict[str, Any]) -> OpenVillage:
    return OpenVillage(
        **{name: row[name] for name in VILLAGE_COLUMNS},
        latitude=_degrees(row["latitude"]),
        longitude=_degrees(row["longitude"]),
        terms=postage_terms(row),
        picture=(row["hash"], row["w"]) if row["hash"] else None,
    )


def _degrees(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _goods(row: dict[str, Any], now: datetime) -> OpenGoods:
    terms = postage_terms(row)
    promised = promise(now, terms, fresh=row["is_fresh"])
    return OpenGoods(
        **{name: row[name] for name in GOODS_COLUMNS},
        village={"slug": row["village_slug"], "name": row["village_name"]},
        season_months=json.loads(row["season_months"]),
        notice=json.loads(row["notice_rows"]),
        certificates=json.loads(row["certificates"] or "[]"),
        pictures=[tuple(picture) for picture in json.loads(row["pictures"] or "[]")],
        variants=tuple(OpenVariant(*values) for values in json.loads(row["variants"])),
        terms=terms,
        arrives_on=promised and promised.arrives_on,
        place=(row["first"], row["second"], row["id"]),
    )


VILLAGE_COLUMNS = (
    "id", "slug", "name", "short_name", "tagline", "story", "known_for", "state", "address", "phone", "phone_hours",
    "homepage", "company", "ceo", "business_no", "mail_order_no", "mail_order_exemption", "email", "goods", "programs",
)  # fmt: skip
GOODS_COLUMNS = (
    "id", "slug", "code", "name", "summary", "story", "category", "tax", "origin", "in_season", "no_islands",
    "withdrawal_limit", "price_from",
)  # fmt: skip

VILLAGES = """
SELECT v.*, pic.hash, pic.w,
       (SELECT count(*) FROM listings l JOIN publications p ON p.listing_id = l.id
        WHERE l.village_id = v.id AND l.kind = 'goods' AND v.state = 'running') AS goods,
       (SELECT count(*) FROM listings l JOIN publications p ON p.listing_id = l.id
        WHERE l.village_id = v.id AND l.kind = 'program' AND v.state = 'running') AS programs
FROM villages v LEFT JOIN pictures pic ON pic.id = v.picture_id
WHERE v.state <> 'released'
"""
ONE_PAGE_OF_VILLAGES = "AND v.id > $1 ORDER BY v.id LIMIT $2"

FACTS = """
l.id, l.slug, l.code, l.name, l.summary, l.story, l.category, l.tax, l.origin, l.season_months,
l.season_months @> $1::jsonb AS in_season, l.is_fresh, l.no_islands, l.withdrawal_limit, l.notice_rows,
vi.slug AS village_slug, vi.name AS village_name, vi.postage_fee, vi.postage_free_over, vi.cold_box_fee, vi.cut_off,
g.price_from
"""
ON_SALE = """
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
JOIN (
    SELECT v.listing_id, min(v.price) AS price_from FROM variants v WHERE v.withdrawn_at IS NULL GROUP BY v.listing_id
) o ON o.listing_id = l.id
"""
DETAILS = (
    """
(SELECT json_agg(json_build_array(v.id, v.name, v.unit_text, v.price, v.unit_price,
        GREATEST(COALESCE(s.on_hand - s.reserved - s.leased, 0), 0)) ORDER BY v.position, v.id)
 FROM variants v LEFT JOIN shelves s ON s.variant_id = v.id
 WHERE v.listing_id = l.id AND v.withdrawn_at IS NULL)::text AS variants,
(SELECT json_agg(json_build_object('kind', c.kind, 'number', c.number, 'issuer', c.issuer, 'ends_on', c.ends_on) ORDER BY c.id)
 FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= {today})::text AS certificates,
(SELECT json_agg(json_build_array(pi.hash, pi.w, pi.alt) ORDER BY lp.position, lp.id)
 FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id WHERE lp.listing_id = l.id)::text AS pictures,
"""
    + FULL_DAYS
)
# Which ones, and only then what there is to say of them: 10,000 goods are sorted by three numbers each.
GOODS_LIST = """
WITH leaving AS (SELECT * FROM unnest($11::int[], $12::bool[], $13::int[]) AS t (cut_off, is_fresh, day)),
g AS (
    SELECT * FROM (
        SELECT l.id, o.price_from, {first} AS first, {second} AS second {on_sale}
        JOIN leaving ON leaving.cut_off = vi.cut_off AND leaving.is_fresh = l.is_fresh
        WHERE l.kind = 'goods' AND ($2 = '' OR vi.slug = $2) AND ($3 = '' OR l.category = $3)
          AND o.price_from BETWEEN $4 AND $5 AND ($6::bool IS NULL OR (l.season_months @> $1::jsonb) = $6)
    ) fitting
    WHERE $9::bigint IS NULL OR (first, second, id) > ($7::bigint, $8::bigint, $9)
    ORDER BY first, second, id LIMIT $10
)
SELECT {facts}, {details}, g.first, g.second
FROM g JOIN listings l ON l.id = g.id JOIN villages vi ON vi.id = l.village_id
ORDER BY g.first, g.second, l.id
"""
ORDER_BY = {
    Sort.season: ("(NOT l.season_months @> $1::jsonb)::int", "-l.popularity"),
    Sort.soon: ("leaving.day", "-l.popularity"),
    Sort.price: ("o.price_from", "-l.popularity"),
    Sort.price_desc: ("-o.price_from", "-l.popularity"),
    Sort.popular: ("-l.popularity", "0"),
    Sort.newest: ("-(extract(epoch FROM p.at) * 1000)::bigint", "0"),
}
"""Two numbers, both ascending; the id decides between equals, so that no page repeats or skips a thing."""
GOODS_LISTS = {
    sort: GOODS_LIST.format(
        facts=FACTS, on_sale=ON_SALE, first=first, second=second, details=DETAILS.format(today="$14")
    )
    for sort, (first, second) in ORDER_BY.items()
}
ONE_GOODS = f"""
SELECT {FACTS}, {DETAILS.format(today="$3")}, 0 AS first, 0 AS second
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
CROSS JOIN LATERAL (
    SELECT min(v.price) AS price_from FROM variants v WHERE v.listing_id = l.id AND v.withdrawn_at IS NULL
) g
WHERE l.kind = 'goods' AND l.slug = $2 AND g.price_from IS NOT NULL
"""
