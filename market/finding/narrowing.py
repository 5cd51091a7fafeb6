"""From an engine's ranked hits to the page asked for: filters, counts and orders, the same behind every engine."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from tortoise import connections

from market.bits import bits_of, number_of, own_of
from market.catalogue import catalogue
from market.filters import Choice
from market.finding.entries import Findable, listing_key, village_key
from market.finding.hits import Hits
from market.finding.index import Facet, Found, Item, Wanted

KIND_NAMES = {Findable.goods: "특산물", Findable.program: "체험", Findable.village: "마을"}
MOST_GONE = 5
"""Rounds of looking for others where something found went off sale since."""


async def found_among(hits: Hits, wanted: Wanted, *, now: datetime) -> Found:
    """What the filters leave of the hits. What went off sale a moment ago is not among the items, nor counted."""
    stock = await catalogue(now)
    bits, end = hits.bits, wanted.offset + wanted.limit
    for _ in range(MOST_GONE):
        left = stock.narrow(bits, kind=wanted.kind, filters=wanted.filters)
        ordered = stock.in_order(left.bits, wanted.sort) if wanted.sort else hits.best(left.bits, end)
        page = [own_of(number) for number in ordered[wanted.offset : end]]
        items = await _items(page)
        if len(items) == len(page):
            break
        bits &= ~bits_of([number_of(each) for each in page if each not in items])
    return Found(
        items=tuple(items[each] for each in page if each in items),
        total=left.bits.bit_count(),
        and_more=hits.and_more,
        corrected=hits.corrected,
        kinds=tuple(Facet(kind, KIND_NAMES[Findable(kind)], count) for kind, count in _commonest(left.kinds)),
        villages=_facets(left.villages),
        categories=_facets(left.categories),
        certificates=_facets(left.certificates),
        prices=tuple(left.prices),
        this_week=left.this_week,
        in_season=left.in_season,
    )


async def _items(ids: Sequence[int]) -> dict[int, Item]:
    """Of those that are on sale at this moment."""
    if not ids:
        return {}
    keys = [listing_key(each) if each > 0 else village_key(-each) for each in ids]
    rows = await connections.get("default").execute_query_dict(ITEMS, [keys])
    return {
        -row["id"] if row["kind"] == Findable.village else row["id"]: Item(
            Findable(row["kind"]), row["id"], row["slug"], row["code"], row["name"], row["category"],
            row["village_slug"], row["village_name"], row["village_short"],
        )
        for row in rows
    }  # fmt: skip


def _facets(choices: Sequence[Choice]) -> tuple[Facet, ...]:
    """The commonest first."""
    there = [choice for choice in choices if choice.count and choice.value]
    return tuple(sorted(there, key=attrgetter("count"), reverse=True))


def _commonest(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(((value, count) for value, count in counts.items() if count), key=lambda pair: -pair[1])


ITEMS = """
SELECT d.kind, COALESCE(d.listing_id, d.village_id) AS id, d.slug, d.code, d.name, d.category,
    v.slug AS village_slug, v.name AS village_name, v.short_name AS village_short
FROM search_documents d JOIN villages v ON v.id = d.village_id AND v.state = 'running'
WHERE d.key = ANY($1::text[])
    AND (d.listing_id IS NULL OR EXISTS (SELECT FROM publications p WHERE p.listing_id = d.listing_id))
"""
