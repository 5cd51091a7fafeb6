"""What was found, as cards: everything that changes by the minute is read here, not from the index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.cards import GoodsCard, Shot, goods_cards, shot
from market.finding.entries import Findable
from market.finding.index import Item
from market.program_cards import ProgramCard, program_cards


@dataclass(frozen=True, slots=True)
class VillageCard:
    slug: str
    short_name: str
    accent: str
    tagline: str
    picture: Shot | None


@dataclass(frozen=True)
class Results:
    """`kinds` are the kinds on this page, that of the best hit first; within a kind the best stands first."""

    kinds: tuple[Findable, ...]
    goods: list[GoodsCard]
    programs: list[ProgramCard]
    villages: list[VillageCard]


async def results(items: Sequence[Item], *, now: datetime) -> Results:
    """One query for each kind there is; what went off sale since it was found is left out."""
    ids: dict[Findable, list[int]] = {}
    for item in items:
        ids.setdefault(item.kind, []).append(item.id)
    return Results(
        kinds=tuple(ids),
        goods=await goods_cards(ids.get(Findable.goods, []), now=now),
        programs=await _program_cards(ids.get(Findable.program, []), now=now),
        villages=await _village_cards(ids.get(Findable.village, [])),
    )


@dataclass(frozen=True)
class Category:
    name: str
    count: int


async def popular_categories() -> list[Category]:
    """Where to begin without a word: the categories of goods that sell, the best first."""
    rows = await connections.get("default").execute_query_dict(POPULAR)
    return [Category(row["category"], row["count"]) for row in rows]


async def _program_cards(ids: list[int], *, now: datetime) -> list[ProgramCard]:
    if not ids:
        return []
    places = {listing: place for place, listing in enumerate(ids)}
    cards = await program_cards(now=now, ids=ids, most=len(ids))
    return sorted(cards, key=lambda card: places[card.id])


async def _village_cards(ids: list[int]) -> list[VillageCard]:
    if not ids:
        return []
    rows = await connections.get("default").execute_query_dict(VILLAGES, [ids])
    return [
        VillageCard(
            row["slug"],
            row["short_name"],
            row["accent"],
            row["tagline"],
            shot((row["hash"], row["w"], row["alt"])),
        )
        for row in rows
    ]


POPULAR = """
SELECT l.category, count(*)::int AS count
FROM listings l JOIN publications p ON p.listing_id = l.id JOIN villages v ON v.id = l.village_id
WHERE l.kind = 'goods' AND v.state = 'running' AND l.category <> ''
GROUP BY l.category ORDER BY sum(l.popularity) DESC, count(*) DESC, l.category LIMIT 12
"""
VILLAGES = """
SELECT v.slug, v.short_name, v.accent, v.tagline, pi.hash, pi.w, pi.alt
FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, place)
JOIN villages v ON v.id = wanted.id LEFT JOIN pictures pi ON pi.id = v.picture_id
ORDER BY wanted.place
"""
