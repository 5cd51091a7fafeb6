"""A pool as its village writes it: what it is called, how many seats it has, which programs use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from villages.acts import record_act
from villages.pools import Pool
from villages.refusals import BadForm, NotFound, Stale
from villages.session_rules import MOST_SEATS

LONGEST_NAME = 40


@dataclass(frozen=True)
class PoolOffer:
    name: str
    seats: int
    listing_ids: frozenset[int]

    def refuse_strange(self) -> None:
        """Raises `BadForm`, naming the field."""
        wrong: dict[str, str] = {}
        if not 1 <= len(self.name) <= LONGEST_NAME:
            wrong["name"] = f"이름을 {LONGEST_NAME}자 안으로 적어 주세요. 예: 마을 버스"
        if not 1 <= self.seats <= MOST_SEATS:
            wrong["seats"] = f"자리를 1자리에서 {MOST_SEATS:,}자리 사이의 숫자로 적어 주세요. 예: 25"
        if wrong:
            raise BadForm(fields=wrong)


async def create_pool_in(
    db: BaseDBAsyncClient, offer: PoolOffer, *, village_id: int, key: str, by: str, now: datetime
) -> tuple[Pool, bool]:
    """The pool with its programs, and whether it is new: the same key again answers the same pool.

    Raises `BadForm` (also for a name the village uses already), `NotFound` for a program of somebody else's.
    """
    offer.refuse_strange()
    if earlier := await Pool.get_or_none(key=key, village_id=village_id, using_db=db):
        return earlier, False
    await _lock_programs(db, offer, 0, [village_id])
    rows = await db.execute_query_dict(CREATE, [village_id, offer.name, offer.seats, key])
    if not rows:
        if earlier := await Pool.get_or_none(key=key, village_id=village_id, using_db=db):
            return earlier, False
        raise _name_taken()
    pool = await Pool.get(id=rows[0]["id"], using_db=db)
    await _write_programs(db, pool.id, offer, now)
    await _record(db, "pool added", pool.id, offer, village_id, by)
    return pool, True


async def update_pool_in(
    db: BaseDBAsyncClient,
    pool_id: int,
    offer: PoolOffer,
    *,
    village_ids: Sequence[int],
    version: int,
    by: str,
    now: datetime,
) -> None:
    """Raises what `create_pool_in` raises, and `Stale`."""
    offer.refuse_strange()
    village = await db.execute_query_dict(VILLAGE_OF, [pool_id, list(village_ids)])
    if not village:
        raise NotFound()
    village_id = village[0]["village_id"]
    await _lock_programs(db, offer, pool_id, [village_id])
    try:
        saved, _ = await db.execute_query(SAVE, [pool_id, version, offer.name, offer.seats])
    except IntegrityError as same:
        raise _name_taken() from same
    if not saved:
        raise Stale()
    await _write_programs(db, pool_id, offer, now)
    await _record(db, "pool changed", pool_id, offer, village_id, by)


def _name_taken() -> BadForm:
    return BadForm(fields={"name": "같은 이름이 이미 있습니다. 다른 이름을 적어 주세요. 예: 마을 버스 2호"})


async def _lock_programs(
    db: BaseDBAsyncClient, offer: PoolOffer, pool_id: int, village_ids: list[int]
) -> None:
    """Those that use it now and those that will: their new dates wait until we have done."""
    rows = await db.execute_query_dict(LOCK_PROGRAMS, [list(offer.listing_ids), pool_id, village_ids])
    if not offer.listing_ids <= {row["id"] for row in rows}:
        raise NotFound()


async def _write_programs(db: BaseDBAsyncClient, pool_id: int, offer: PoolOffer, now: datetime) -> None:
    """A program that stays keeps its `since`."""
    wanted = sorted(offer.listing_ids)
    await db.execute_query(UNTICK, [pool_id, wanted])
    await db.execute_query(TICK, [pool_id, wanted, now])


async def _record(
    db: BaseDBAsyncClient, what: str, pool_id: int, offer: PoolOffer, village_id: int, by: str
) -> None:
    facts = {"seats": offer.seats, "programs": len(offer.listing_ids)}
    await record_act(db, what, f"pool {pool_id}", by=by, village_id=village_id, facts=facts)


CREATE = """
INSERT INTO pools (village_id, name, seats, version, key) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING RETURNING id
"""
VILLAGE_OF = "SELECT village_id FROM pools WHERE id = $1 AND village_id = ANY($2::bigint[])"
SAVE = "UPDATE pools SET name = $3, seats = $4, version = version + 1 WHERE id = $1 AND version = $2"
LOCK_PROGRAMS = """
SELECT id FROM listings
WHERE kind = 'program' AND village_id = ANY($3::bigint[])
  AND (id = ANY($1::bigint[]) OR id IN (SELECT listing_id FROM pool_programs WHERE pool_id = $2))
ORDER BY id FOR NO KEY UPDATE
"""
UNTICK = "DELETE FROM pool_programs WHERE pool_id = $1 AND listing_id <> ALL($2::bigint[])"
TICK = """
INSERT INTO pool_programs (pool_id, listing_id, since) SELECT $1, unnest($2::bigint[]), $3 ON CONFLICT DO NOTHING
"""
