"""Villages near by that sell nothing here, and are asked for all the same: the map and the directory name them."""

from dataclasses import dataclass

from tortoise import connections

MOST = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    slug: str
    name: str


async def neighbours_named(wish: str) -> list[Neighbour]:
    """Whose name holds the wish, or stands in it; spaces do not matter."""
    text = "".join(wish.split())
    if len(text) < 2:
        return []
    rows = await connections.get("default").execute_query_dict(NEIGHBOURS, [text, MOST])
    return [Neighbour(**row) for row in rows]


NEIGHBOURS = """
SELECT slug, name FROM villages
WHERE state = 'neighbour'
    AND (position($1::text IN replace(name, ' ', '')) > 0 OR position(replace(short_name, ' ', '') IN $1::text) > 0)
ORDER BY name LIMIT $2
"""
