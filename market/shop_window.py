"""One goods page: what is asked anew for every visitor (prices, stock), and the story, which may be kept."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise import connections

from market.cards import PREORDER, Posting, Shot, shot
from market.deliveries import PostageTerms, Promise, full_text
from market.dispatch_days import FULL_DAYS
from villages.days import seoul_day
from villages.legal_notices import NOTICE_ROWS
from villages.refusals import NotFound

WEEKDAYS = "월화수목금토일"
RELATED = 4


@dataclass(frozen=True, slots=True)
class Variant:
    id: int
    name: str
    unit_text: str
    price: int
    unit_price: str
    left: int


@dataclass(frozen=True)
class Offer:
    """What is on sale at this moment. `story_key` changes with everything the story shows."""

    listing_id: int
    slug: str
    accent: str
    is_fresh: bool
    in_season: bool
    is_out_of_season: bool
    is_preorder: bool
    no_islands: bool
    ships_cold: bool
    variants: tuple[Variant, ...]
    terms: PostageTerms
    promise: Promise | None
    """When it leaves and arrives if it is ordered now; None where the village has room on no day."""
    full_text: str
    """Why it leaves later than usual; mostly empty."""
    fee_text: str
    story_key: tuple[Any, ...]

    @property
    def cheapest(self) -> Variant | None:
        """Of what can be bought; when all is sold, of all."""
        return min(self.variants, key=lambda variant: (variant.left <= 0, variant.price), default=None)

    @property
    def sold_out(self) -> bool:
        return all(variant.left <= 0 for variant in self.variants)

    @property
    def has_prices(self) -> bool:
        return len({variant.price for variant in self.variants}) > 1


@dataclass(frozen=True)
class Certificate:
    kind: str
    number: str
    issuer: str
    ends_on: date


@dataclass(frozen=True)
class Face:
    """A person of the village, in her own words."""

    name: str
    trade: str
    words: str
    picture: Shot | None


@dataclass(frozen=True)
class SellerFacts:
    """Who sells, as the law wants it seen before paying (전자상거래법 §20②)."""

    slug: str
    name: str
    short_name: str
    company: str
    ceo: str
    business_no: str
    mail_order_no: str
    mail_order_exemption: str
    address: str
    phone: str
    phone_hours: str
    email: str


@dataclass(frozen=True)
class Related:
    """Other goods of the village: no price, so that the story may be kept."""

    slug: str
    name: str
    picture: Shot | None


@dataclass(frozen=True)
class Story:
    """Everything of the page that only an edit changes."""

    listing_id: int
    name: str
    summary: str
    story: str
    category: str
    origin: str
    withdrawal_limit: str
    notice_rows: list[tuple[str, str]]
    pictures: list[Shot]
    certificates: list[Certificate]
    face: Face | None
    seller: SellerFacts
    related: list[Related]


async def offer_of(slug: str, *, now: datetime) -> Offer:
    """One query. Raises `NotFound` for what is not on sale."""
    today = seoul_day(now)
    rows = await connections.get("default").execute_query_dict(OFFER, [slug, str(today.month), today])
    if not rows:
        raise NotFound("이 상품은 지금 팔지 않습니다. 다른 특산물을 둘러봐 주세요.")
    row = rows[0]
    variants = tuple(Variant(*columns) for columns in json.loads(row["variants"]))
    posting = Posting(now)
    terms = posting.terms(row)
    promised, _ = posting.promise(terms, fresh=row["is_fresh"])
    prices = (
        [variant.price for variant in variants if variant.left > 0]
        or [variant.price for variant in variants]
        or [0]
    )
    return Offer(
        listing_id=row["id"], slug=row["slug"], accent=row["accent"], is_fresh=row["is_fresh"],
        in_season=row["in_season"], is_out_of_season=row["is_out_of_season"], is_preorder=row["is_preorder"], no_islands=row["no_islands"], ships_cold=row["ships_cold"], variants=variants,
        terms=terms, promise=promised, full_text=full_text(promised, today) if promised else "",
        fee_text=posting.fee_text(row, min(prices)),
        story_key=(row["id"], row["version"], row["village_version"], *row["certificates"], 0, *row["pictures"]),
    )  # fmt: skip


async def story_of(offer: Offer, *, now: datetime) -> Story:
    """One query, wanted only when the kept story is of another version."""
    rows = await connections.get("default").execute_query_dict(STORY, [offer.listing_id, seoul_day(now)])
    if not rows:
        raise NotFound()
    row = rows[0]
    return Story(
        **{name: row[name] for name in ("listing_id", "name", "summary", "story", "category", "origin", "withdrawal_limit")},
        notice_rows=notice_lines(json.loads(row["notice_rows"])),
        pictures=[Shot(*columns) for columns in json.loads(row["pictures"])],
        certificates=row_certificates(row),
        face=row_face(row),
        seller=row_seller(row),
        related=row_related(row),
    )  # fmt: skip


def notice_lines(rows: dict[str, str]) -> list[tuple[str, str]]:
    """상품정보제공고시 as (label, answer), in the order of the form that fits best; an unknown key is its own label."""
    form = max(NOTICE_ROWS.values(), key=lambda form: sum(row.key in rows for row in form))
    lines = [(row.label, rows[row.key]) for row in form if rows.get(row.key)]
    known = {row.key for row in form}
    return lines + [(key, answer) for key, answer in rows.items() if key not in known and answer]


def row_certificates(row: dict[str, Any]) -> list[Certificate]:
    return [
        Certificate(kind, number, issuer, date.fromisoformat(ends_on))
        for kind, number, issuer, ends_on in json.loads(row["certificates"])
    ]


def row_related(row: dict[str, Any]) -> list[Related]:
    return [Related(slug, name, shot(columns)) for slug, name, *columns in json.loads(row["related"])]


def row_face(row: dict[str, Any]) -> Face | None:
    if not row["face_name"]:
        return None
    return Face(
        row["face_name"], row["trade"], row["words"], shot((row["face_hash"], row["face_w"], row["face_alt"]))
    )


def row_seller(row: dict[str, Any]) -> SellerFacts:
    return SellerFacts(**{name: row[f"seller_{name}"] for name in SellerFacts.__annotations__})


OFFER = f"""
SELECT l.id, l.slug, l.version, l.is_fresh, l.ships_cold, l.no_islands, l.season_months @> $2::jsonb AS in_season,
       jsonb_array_length(l.season_months) BETWEEN 1 AND 11 AND NOT l.season_months @> $2::jsonb AS is_out_of_season,
       l.tags @> '"{PREORDER}"' AS is_preorder, vi.id AS village_id, vi.version AS village_version, vi.accent,
       vi.postage_fee, vi.postage_free_over, vi.cold_box_fee, vi.cut_off, {FULL_DAYS.format(today="$3")},
       (SELECT COALESCE(json_agg(json_build_array(v.id, v.name, v.unit_text, v.price, v.unit_price,
                GREATEST(0, COALESCE(s.on_hand - s.reserved - s.leased, 0))) ORDER BY v.position, v.id), '[]')
        FROM variants v LEFT JOIN shelves s ON s.variant_id = v.id
        WHERE v.listing_id = l.id AND v.withdrawn_at IS NULL) AS variants,
       ARRAY(SELECT c.id FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $3 ORDER BY 1) AS certificates,
       ARRAY(SELECT lp.picture_id FROM listing_pictures lp WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id)
           AS pictures
FROM listings l
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
WHERE l.slug = $1 AND l.kind = 'goods'
"""
STORY = f"""
SELECT l.id AS listing_id, l.name, l.summary, l.story, l.category, l.origin, l.withdrawal_limit, l.notice_rows,
       vi.slug AS seller_slug, vi.name AS seller_name, vi.short_name AS seller_short_name,
       vi.company AS seller_company, vi.ceo AS seller_ceo, vi.business_no AS seller_business_no,
       vi.mail_order_no AS seller_mail_order_no, vi.mail_order_exemption AS seller_mail_order_exemption,
       vi.address AS seller_address, vi.phone AS seller_phone, vi.phone_hours AS seller_phone_hours,
       vi.email AS seller_email, face.name AS face_name, face.trade, face.words, face.hash AS face_hash,
       face.w AS face_w, face.alt AS face_alt,
       (SELECT COALESCE(json_agg(json_build_array(pi.hash, pi.w, pi.alt) ORDER BY lp.position, lp.id), '[]')
        FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id WHERE lp.listing_id = l.id) AS pictures,
       (SELECT COALESCE(json_agg(json_build_array(c.kind, c.number, c.issuer, c.ends_on) ORDER BY c.id), '[]')
        FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $2) AS certificates,
       (SELECT COALESCE(json_agg(json_build_array(near.slug, near.name, pi.hash, pi.w, pi.alt) ORDER BY near.place), '[]')
        FROM (
            SELECT o.id, o.slug, o.name, row_number() OVER () AS place
            FROM (
                SELECT o.id, o.slug, o.name FROM listings o JOIN publications op ON op.listing_id = o.id
                WHERE o.village_id = l.village_id AND o.kind = 'goods' AND o.id <> l.id
                ORDER BY o.category = l.category DESC, o.popularity DESC, o.id LIMIT {RELATED}
            ) o
        ) near
        LEFT JOIN LATERAL (
            SELECT lp.picture_id FROM listing_pictures lp WHERE lp.listing_id = near.id
            ORDER BY lp.position, lp.id LIMIT 1
        ) first ON true
        LEFT JOIN pictures pi ON pi.id = first.picture_id) AS related
FROM listings l
JOIN villages vi ON vi.id = l.village_id
LEFT JOIN LATERAL (
    SELECT f.name, f.trade, f.words, pi.hash, pi.w, pi.alt FROM villagers f LEFT JOIN pictures pi ON pi.id = f.picture_id
    WHERE f.village_id = vi.id ORDER BY f.position, f.id LIMIT 1
) face ON true
WHERE l.id = $1
"""
