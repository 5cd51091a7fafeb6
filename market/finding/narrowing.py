"""From an engine's ranked hits to the page asked for: filters, counts and orders, the same behind every engine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from weakref import WeakKeyDictionary

from tortoise import connections

from market.bits import bits_of, number_of, own_of
from market.filters import Choice, Filters
from market.finding.entries import Findable, listing_key, village_key
from market.finding.hits import Hits
from market.finding.index import Facet, Found, Item, Wanted
from market.offered import Offered

KIND_NAMES = {Findable.goods: "특산물", Findable.program: "체험", Findable.village: "마을"}
MOST_COUNTED = 40
MOST_GONE = 5
"""Rounds of looking for others where something found went off sale since."""


async def found_among(hits: Hits, wanted: Wanted, stock: Offered) -> Found:
    """What the filters leave of the hits. What went off sale a moment ago is not among the items, nor counted."""
    counted = _counted(stock, hits, wanted)
    end = wanted.offset + wanted.limit
    gone = 0
    for _ in range(MOST_GONE):
        ordered = (
            stock.in_order(counted.bits, wanted.sort)
            if wanted.sort
            else hits.best(counted.bits, end, before=stock.at_hand)
        )
        page = [own_of(number) for number in ordered[wanted.offset : end]]
        items = await _items(page)
        if len(items) == len(page):
            break
        gone |= bits_of([number_of(each) for each in page if each not in items])
        counted = _count(stock, hits, wanted, gone=gone)
    return replace(counted.found, items=tuple(items[each] for each in page if each in items))


@dataclass(frozen=True)
class Counted:
    """`bits`: what the filters leave; `found` lacks the items."""

    bits: int
    found: Found


COUNTED: WeakKeyDictionary[Offered, dict[tuple[Hits, Findable | None, Filters], Counted]] = (
    WeakKeyDictionary()
)
"""By what is offered, so that counts are as old as that is."""


def _counted(stock: Offered, hits: Hits, wanted: Wanted) -> Counted:
    kept = COUNTED.setdefault(stock, {})
    key = hits, wanted.kind, wanted.filters
    if key not in kept:
        if len(kept) >= MOST_COUNTED:
            kept.clear()
        kept[key] = _count(stock, hits, wanted)
    return kept[key]


def _count(stock: Offered, hits: Hits, wanted: Wanted, *, gone: int = 0) -> Counted:
    left = stock.narrow(hits.bits & ~gone, kind=wanted.kind, filters=wanted.filters)
    return Counted(
        left.bits,
        Found(
            total=left.bits.bit_count(),
            corrected=hits.corrected,
            kinds=tuple(
                Facet(kind, KIND_NAMES[Findable(kind)], count) for kind, count in _commonest(left.kinds)
            ),
            villages=_facets(left.villages),
            categories=_facets(left.categories),
            certificates=_facets(left.certificates),
            prices=tuple(left.prices),
            this_week=left.this_week,
            in_season=left.in_season,
        ),
    )


async def _items(ids: Sequence[int]) -> dict[int, Item]:
    """Of those that are on sale at this moment."""
    if not ids:
        return {}
    keys = [listing_key(each) if each > 0 else village_key(-each) for each in ids]
    rows = await connections.get("default").execute_query_dict(ITEMS, [keys])
    return {
        -row["id"] if row["kind"] == Findable.village else row["id"]: Item(
            Findable(row["kind"]), row["id"], row["slug"], row["code"], row["name"], row["village_slug"], row["village_name"]
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
SELECT d.kind, COALESCE(d.listing_id, d.village_id) AS id, d.slug, d.code, d.name, v.slug AS village_slug,
    v.name AS village_name
FROM search_documents d JOIN villages v ON v.id = d.village_id AND v.state = 'running'
WHERE d.key = ANY($1::text[])
    AND (d.listing_id IS NULL OR EXISTS (SELECT FROM publications p WHERE p.listing_id = d.listing_id))
"""
