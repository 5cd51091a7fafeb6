"""What the villages' own pages show: the directory, and one village with its people and seasons."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tortoise import connections

from market.cards import Shot, shot
from market.shop_window import Face
from villages.refusals import NotFound
from villages.village import VillageState


class VillageCard(NamedTuple):
    """A line of the directory, or the card of a village that sells here."""

    slug: str
    name: str
    short_name: str
    accent: str
    tagline: str
    known_for: str
    address: str
    phone: str
    state: VillageState
    picture: Shot | None
    at: tuple[float, float] | None = None
    """North and east, in degrees."""

    @property
    def is_running(self) -> bool:
        return self.state == VillageState.running


@dataclass(frozen=True)
class Season:
    """One of a village's goods or programs, and the months in which it is there."""

    name: str
    url: str
    months: frozenset[int]

    @property
    def months_text(self) -> str:
        """ "9월–2월", "5월, 9월–11월": runs may pass New Year."""
        runs = []
        for first in sorted(month for month in self.months if _before(month) not in self.months):
            last = first
            while _after(last) in self.months and _after(last) != first:
                last = _after(last)
            runs.append(f"{first}월" if first == last else f"{first}월–{last}월")
        return ", ".join(runs)


@dataclass(frozen=True)
class VillagePage:
    village: dict[str, Any]
    picture: Shot | None
    people: list[Face]
    seasons: list[Season]

    @property
    def is_running(self) -> bool:
        return self.village["state"] == VillageState.running


async def village_cards(*, states: Sequence[VillageState] = tuple(VillageState)) -> list[VillageCard]:
    """The villages in these states: those that sell first, in the order they joined, then by name. One query."""
    rows = await connections.get("default").execute_query_dict(VILLAGES, [[state.value for state in states]])
    return [
        VillageCard(
            row["slug"], row["name"], row["short_name"], row["accent"], row["tagline"], row["known_for"], row["address"],
            row["phone"], VillageState(row["state"]), shot((row["hash"], row["w"], row["alt"])),
            (float(row["latitude"]), float(row["longitude"])) if row["latitude"] and row["longitude"] else None,
        )
        for row in rows
    ]  # fmt: skip


async def village_page(slug: str) -> VillagePage:
    """Two queries. Raises `NotFound`."""
    client = connections.get("default")
    rows = await client.execute_query_dict(VILLAGE, [slug])
    if not rows:
        raise NotFound("그런 마을을 찾지 못했습니다. 마을 목록에서 골라 주세요.")
    row = rows[0]
    seasons = await client.execute_query_dict(SEASONS, [row["id"]])
    return VillagePage(
        {**row, "state": VillageState(row["state"])},
        shot((row["hash"], row["w"], row["alt"])),
        [Face(name, trade, words, shot(columns)) for name, trade, words, *columns in json.loads(row["people"])],
        [
            Season(each["name"], f"/{'goods' if each['kind'] == 'goods' else 'programs'}/{each['slug']}", frozenset(json.loads(each["season_months"])))
            for each in seasons
        ],
    )  # fmt: skip


def _before(month: int) -> int:
    return (month - 2) % 12 + 1


def _after(month: int) -> int:
    return month % 12 + 1


VILLAGES = """
SELECT vi.slug, vi.name, vi.short_name, vi.accent, vi.tagline, vi.known_for, vi.address, vi.phone, vi.state, vi.latitude, vi.longitude,
       pi.hash, pi.w, pi.alt
FROM villages vi
LEFT JOIN pictures pi ON pi.id = vi.picture_id
WHERE vi.state = ANY($1::text[])
ORDER BY vi.state <> 'running', CASE WHEN vi.state = 'running' THEN vi.id END, vi.name
"""
VILLAGE = """
SELECT vi.*, pi.hash, pi.w, pi.alt,
       (SELECT COALESCE(json_agg(json_build_array(f.name, f.trade, f.words, fp.hash, fp.w, fp.alt)
                                 ORDER BY f.position, f.id), '[]')
        FROM villagers f LEFT JOIN pictures fp ON fp.id = f.picture_id WHERE f.village_id = vi.id) AS people
FROM villages vi LEFT JOIN pictures pi ON pi.id = vi.picture_id
WHERE vi.slug = $1
"""
SEASONS = """
SELECT l.name, l.slug, l.kind, l.season_months
FROM listings l JOIN publications p ON p.listing_id = l.id
WHERE l.village_id = $1 AND jsonb_array_length(l.season_months) BETWEEN 1 AND 11
ORDER BY l.popularity DESC, l.id LIMIT 12
"""
