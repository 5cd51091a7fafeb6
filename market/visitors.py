"""Sessions with the people who come, for the village that receives them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tortoise import connections

from market.dates.minimums import DECIDES, TOLD
from villages.seats_left import SEATS_LEFT


@dataclass(frozen=True)
class Visitors:
    """One party: who booked, how many heads, and whether it is paid for. Names only of one's own village."""

    number: str
    name: str
    phone: str
    heads: int
    state: str
    is_offline: bool


class SharedPool(NamedTuple):
    """A bus or a guide at the session's time."""

    name: str
    capacity: int
    left: int


@dataclass(frozen=True)
class OwnSession:
    id: int
    listing_id: int
    name: str
    starts_at: datetime
    capacity: int
    held: int
    booked: int
    is_closed: bool
    is_cancelled: bool = False
    minimum: int = 0
    """Heads without which it is called off, as its people were told; 0: it takes place for anyone."""
    own_minimum: int | None = None
    """Where it is another one than the program's."""
    decided_at: datetime | None = None
    """When that is decided by itself."""
    has_go: bool = False
    waiting: int = 0
    """Parties in its queue, those with an offer among them."""
    kept: int = 0
    """Seats held for them, a part of `held`."""
    shared: list[SharedPool] = field(default_factory=list)
    parties: list[Visitors] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return self.held + self.booked

    @property
    def left(self) -> int:
        """In the session and in all it shares."""
        return min([self.capacity - self.taken, *(pool.left for pool in self.shared)])

    @property
    def heads(self) -> int:
        return sum(party.heads for party in self.parties if party.state != "held")


async def own_sessions(
    village_ids: list[int],
    *,
    since: datetime,
    until: datetime,
    listing_id: int | None = None,
    most: int = 200,
) -> list[OwnSession]:
    """Sessions of these villages from `since` on, each with its parties; two queries."""
    db = connections.get("default")
    rows = await db.execute_query_dict(SESSIONS, [village_ids, since, until, listing_id, most])
    found = {row["id"]: OwnSession(**row | {"shared": _shared(row["shared"])}) for row in rows}
    for row in await db.execute_query_dict(PARTIES, [list(found)]):
        found[row.pop("session_id")].parties.append(Visitors(**row))
    return list(found.values())


def _shared(text: str | None) -> list[SharedPool]:
    return [SharedPool(*pool) for pool in json.loads(text)] if text else []


@dataclass(frozen=True)
class SessionOnSale:
    """A session of today with its prices, as a tile at the stall."""

    id: int
    name: str
    starts_at: datetime
    left: int
    prices: list[tuple[str, int]]


async def sessions_on_sale(
    village_ids: list[int], *, since: datetime, until: datetime
) -> list[SessionOnSale]:
    rows = await connections.get("default").execute_query_dict(ON_SALE, [village_ids, since, until])
    found: dict[int, SessionOnSale] = {}
    for row in rows:
        tile = found.setdefault(
            row["id"], SessionOnSale(row["id"], row["name"], row["starts_at"], row["left"], [])
        )
        tile.prices.append((row["kind"], row["price"]))
    return list(found.values())


SESSIONS = f"""
SELECT s.id, s.listing_id, l.name, s.starts_at, s.capacity, s.held, s.booked, s.closed_at IS NOT NULL AS is_closed,
       s.cancelled_at IS NOT NULL AS is_cancelled, s.min_people AS own_minimum,
       {DECIDES}, s.go_at IS NOT NULL AS has_go,
       w.waiting, w.kept, CASE WHEN s.shares_seats THEN (
            SELECT json_agg(json_build_array(po.name, u.capacity, u.capacity - u.held - u.booked) ORDER BY po.name)
            FROM outing_sessions us JOIN outings u ON u.id = us.outing_id JOIN pools po ON po.id = u.pool_id
            WHERE us.session_id = s.id
       )::text END AS shared
FROM sessions s JOIN listings l ON l.id = s.listing_id
{TOLD}
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, COALESCE(sum(kept), 0) AS kept FROM waiting_parties
    WHERE session_id = s.id AND state IN ('waiting', 'offered')
) w
WHERE l.village_id = ANY($1::bigint[]) AND s.starts_at >= $2 AND s.starts_at < $3 AND ($4::bigint IS NULL OR l.id = $4)
ORDER BY s.starts_at, s.id LIMIT $5
"""
PARTIES = """
SELECT b.session_id, o.number, o.buyer_name AS name, o.buyer_phone AS phone, b.heads, b.state,
       o.channel NOT IN ('online', 'external') AS is_offline
FROM bookings b JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
WHERE b.session_id = ANY($1::bigint[]) AND b.state <> 'cancelled'
ORDER BY b.session_id, o.placed_at, b.id
"""
ON_SALE = f"""
SELECT s.id, l.name, s.starts_at, {SEATS_LEFT} AS left, pp.kind, pp.price
FROM sessions s JOIN listings l ON l.id = s.listing_id JOIN participant_prices pp ON pp.listing_id = l.id
WHERE l.village_id = ANY($1::bigint[]) AND s.starts_at >= $2 AND s.starts_at < $3
ORDER BY s.starts_at, s.id, pp.position, pp.id
"""
