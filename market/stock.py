"""Shelves and their movements. Each act is one guarded statement: whoever comes too late changes nothing."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.refusals import OutOfStock

if TYPE_CHECKING:
    from villages.listings import Variant


class Shelf(Model):
    """What there is of a variant. available = max(0, on_hand − reserved − leased)."""

    id = fields.BigIntField(primary_key=True)
    variant: fields.OneToOneRelation["Variant"] = fields.OneToOneField(
        "villages.Variant", related_name="shelf", on_delete=fields.RESTRICT
    )
    on_hand = fields.IntField(default=0)
    reserved = fields.IntField(default=0)
    leased = fields.IntField(default=0)
    shortage = fields.IntField(default=0)

    variant_id: int

    class Meta:
        table = "shelves"
        constraints = (
            CheckConstraint(
                check="on_hand >= 0 AND reserved >= 0 AND leased >= 0 AND shortage >= 0",
                name="shelves_nothing_below_zero",
            ),
            CheckConstraint(
                check="reserved + leased <= on_hand + shortage", name="shelves_promise_what_is_there"
            ),
        )


class Movement(Model):
    """One line of the stock ledger. Written once, never changed (a trigger keeps it so)."""

    id = fields.BigIntField(primary_key=True)
    shelf: fields.ForeignKeyRelation[Shelf] = fields.ForeignKeyField(
        "market.Shelf", related_name="movements", on_delete=fields.RESTRICT
    )
    change = fields.IntField()
    cause = fields.CharField(max_length=80)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "movements"
        unique_together = (("shelf", "cause"),)
        indexes = (Index(fields=("cause",), name="movements_cause"),)


class Wish(NamedTuple):
    """What somebody wants of one shelf; `name` is said where there is too little."""

    variant_id: int
    count: int
    name: str


class Promised(NamedTuple):
    """What one shelf has promised to a line that is paid now."""

    variant_id: int
    count: int
    cause: str


class Returned(NamedTuple):
    """What goes back on one shelf, and why."""

    variant_id: int
    count: int
    cause: str


async def reserve(db: BaseDBAsyncClient, wishes: Sequence[Wish]) -> None:
    """Promise all of it (or nothing, where nothing is wished) to an order. Raises `OutOfStock`, naming what is short.

    It locks the shelves in the order of their variants, whatever the order of the wishes: two orders for the same goods
    never wait for each other in a circle. What it took before it refused goes back with the caller's transaction.
    """
    wanted: Counter[int] = Counter()
    for wish in wishes:
        wanted[wish.variant_id] += wish.count
    if not wanted:
        return
    await db.execute_query(LOCK, [list(wanted)])
    rows = await db.execute_query_dict(RESERVE, [list(wanted), list(wanted.values())])
    taken = {row["variant_id"] for row in rows}
    short = next((wish for wish in wishes if wish.variant_id not in taken), None)
    if short:
        left = await available(db, short.variant_id)
        rest = f"남은 개수가 {left}개입니다. 개수를 줄여 주세요." if left else "다 팔렸습니다."
        raise OutOfStock(f"{short.name}: {rest}")


async def release(db: BaseDBAsyncClient, variant_id: int, count: int) -> None:
    """Give a promise back: the order ended without being paid."""
    await db.execute_query(RELEASE, [variant_id, count])


async def hand_over(db: BaseDBAsyncClient, promised: Sequence[Promised]) -> dict[str, int]:
    """Turn promises into sales: off their shelves, with their movements. What a shortage covers was never on hand.

    Returns by cause how many lay there, where any did.
    """
    return {row["cause"]: row["gone"] for row in await _move(db, HAND_OVER, promised)}


async def take(db: BaseDBAsyncClient, variant_id: int, count: int, *, cause: str) -> int:
    """A sale that has already happened: it always stands. Returns how many were not free (added to the shortage)."""
    await db.execute_query(LOCK, [[variant_id]])
    rows = await db.execute_query_dict(TAKE, [variant_id, count])
    await _write_movement(db, variant_id, -int(rows[0]["gone"]), cause)
    return int(rows[0]["missing"])


async def receive(db: BaseDBAsyncClient, variant_id: int, count: int, *, cause: str) -> None:
    """A harvest comes in, or (negative) something is written off. Raises `OutOfStock` below what is promised."""
    done, _ = await db.execute_query(RECEIVE, [variant_id, count])
    if not done:
        raise OutOfStock("이미 주문받은 개수보다 적게 줄일 수 없습니다.")
    await _write_movement(db, variant_id, count, cause)


async def put_back(db: BaseDBAsyncClient, returned: Sequence[Returned]) -> None:
    """What was sold lies on its shelf again, with its movement."""
    await _move(db, PUT_BACK, returned)


async def available(db: BaseDBAsyncClient, variant_id: int) -> int:
    rows = await db.execute_query_dict(
        "SELECT GREATEST(0, on_hand - reserved - leased) AS left FROM shelves WHERE variant_id = $1",
        [variant_id],
    )
    return int(rows[0]["left"]) if rows else 0


async def _move(
    db: BaseDBAsyncClient, statement: str, moved: Sequence[Promised] | Sequence[Returned]
) -> list[dict]:
    """All shelves in one go, locked in the order of their variants."""
    if not moved:
        return []
    variants, counts, causes = (list(column) for column in zip(*moved, strict=True))
    await db.execute_query(LOCK, [variants])
    return await db.execute_query_dict(statement, [variants, counts, causes])


async def _write_movement(db: BaseDBAsyncClient, variant_id: int, change: int, cause: str) -> None:
    if change:
        await db.execute_query(WRITE_MOVEMENT, [variant_id, change, cause])


# Always a statement of its own, so that the next one begins when the lock is ours and sees what those before us left.
# One that locked and changed at once would compute from the row as it was before the wait, and PostgreSQL would hold
# that against the CHECKs before it looked again.
LOCK = "SELECT FROM shelves WHERE variant_id = ANY($1::bigint[]) ORDER BY variant_id FOR NO KEY UPDATE"
RESERVE = """
UPDATE shelves SET reserved = reserved + count FROM unnest($1::bigint[], $2::int[]) AS wanted (variant, count)
WHERE variant_id = variant AND on_hand - reserved - leased >= count
RETURNING variant_id
"""
RELEASE = "UPDATE shelves SET reserved = reserved - $2 WHERE variant_id = $1"
RECEIVE = """
UPDATE shelves SET on_hand = on_hand + $2
WHERE variant_id = $1 AND on_hand + $2 >= 0 AND on_hand + $2 + shortage >= reserved + leased
"""
WRITE_MOVEMENT = """
INSERT INTO movements (shelf_id, change, cause, at) SELECT id, $2, $3, now() FROM shelves WHERE variant_id = $1
"""
PUT_BACK = """
WITH returned AS (SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[]) AS r (variant, count, cause)), shelved AS (
    UPDATE shelves SET on_hand = on_hand + whole
    FROM (SELECT variant, sum(count)::int AS whole FROM returned GROUP BY variant) r WHERE variant_id = variant
)
INSERT INTO movements (shelf_id, change, cause, at)
SELECT s.id, count, cause, now() FROM returned JOIN shelves s ON s.variant_id = variant ORDER BY variant, cause
"""
# `before`: of the same variant, what lines above it take.
HAND_OVER = """
WITH promised AS (
    SELECT *, sum(count) OVER (PARTITION BY variant ORDER BY place) - count AS before
    FROM unnest($1::bigint[], $2::int[], $3::text[]) WITH ORDINALITY AS p (variant, count, cause, place)
), handed AS (
    SELECT s.id, p.*, LEAST(count, GREATEST(0, s.on_hand - before))::int AS gone
    FROM promised p JOIN shelves s ON s.variant_id = p.variant
), shelved AS (
    UPDATE shelves SET reserved = reserved - whole, on_hand = on_hand - went
    FROM (SELECT id, sum(count)::int AS whole, sum(gone)::int AS went FROM handed GROUP BY id) h WHERE shelves.id = h.id
)
INSERT INTO movements (shelf_id, change, cause, at)
SELECT id, -gone, cause, now() FROM handed WHERE gone > 0 ORDER BY variant, place
RETURNING cause, -change AS gone
"""
TAKE = """
WITH old AS (
    SELECT id, on_hand, GREATEST(0, $2 - GREATEST(0, on_hand - reserved - leased)) AS missing
    FROM shelves WHERE variant_id = $1
)
UPDATE shelves SET on_hand = old.on_hand - LEAST(old.on_hand, $2), shortage = shelves.shortage + old.missing
FROM old WHERE shelves.id = old.id
RETURNING LEAST(old.on_hand, $2) AS gone, old.missing
"""
