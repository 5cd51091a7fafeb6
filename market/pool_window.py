"""What a village sees of its shared seats: each bus or guide, its programs, and how full its next outings are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tortoise import connections

from villages.refusals import NotFound


class NextOuting(NamedTuple):
    """`names`: the programs that go on it together."""

    begins_at: datetime
    capacity: int
    left: int
    names: list[str]


@dataclass(frozen=True)
class OwnPool:
    id: int
    village_id: int
    name: str
    seats: int
    version: int
    programs: dict[int, str]
    """Listing → name."""
    next_outings: list[NextOuting]


class OwnProgram(NamedTuple):
    id: int
    name: str


async def own_pools(village_ids: Sequence[int], *, now: datetime, most_outings: int = 5) -> list[OwnPool]:
    """With the next outings of each that anybody has a seat in, or more than one program goes on; one query."""
    rows = await connections.get("default").execute_query_dict(
        POOLS, [list(village_ids), now, most_outings, None]
    )
    return [_pool(row) for row in rows]


async def own_pool(pool_id: int, *, village_ids: Sequence[int], now: datetime) -> OwnPool:
    """Raises `NotFound`."""
    rows = await connections.get("default").execute_query_dict(POOLS, [list(village_ids), now, 30, pool_id])
    if not rows:
        raise NotFound()
    return _pool(rows[0])


async def programs_to_share(village_id: int) -> list[OwnProgram]:
    rows = await connections.get("default").execute_query_dict(PROGRAMS, [village_id])
    return [OwnProgram(row["id"], row["name"]) for row in rows]


def _pool(row: dict) -> OwnPool:
    outings = [
        NextOuting(datetime.fromisoformat(begins), *rest)
        for begins, *rest in json.loads(row.pop("next_outings"))
    ]
    programs = dict(json.loads(row.pop("programs")))
    return OwnPool(**row, programs=programs, next_outings=outings)


POOLS = """
SELECT po.id, po.village_id, po.name, po.seats, po.version,
       (SELECT COALESCE(json_agg(json_build_array(l.id, l.name) ORDER BY l.name, l.id), '[]')
        FROM pool_programs pp JOIN listings l ON l.id = pp.listing_id WHERE pp.pool_id = po.id)::text AS programs,
       (SELECT COALESCE(json_agg(json_build_array(begins_at, capacity, free, names) ORDER BY begins_at), '[]') FROM (
            SELECT u.begins_at, u.capacity, u.capacity - u.held - u.booked AS free, json_agg(DISTINCT l.name) AS names
            FROM outings u JOIN outing_sessions us ON us.outing_id = u.id JOIN sessions s ON s.id = us.session_id
            JOIN listings l ON l.id = s.listing_id
            WHERE u.pool_id = po.id AND u.ends_at > $2 GROUP BY u.id
            HAVING u.held + u.booked > 0 OR count(*) > 1 ORDER BY u.begins_at LIMIT $3
        ) next)::text AS next_outings
FROM pools po WHERE po.village_id = ANY($1::bigint[]) AND ($4::bigint IS NULL OR po.id = $4) ORDER BY po.name, po.id
"""
PROGRAMS = "SELECT id, name FROM listings WHERE village_id = $1 AND kind = 'program' ORDER BY name, id"
