"""What sessions share moves with their own seats: the outings of a bus or a guide, after the sessions, by id."""

from collections.abc import Mapping, Sequence

from tortoise.backends.base.client import BaseDBAsyncClient

from villages.refusals import SessionFull
from villages.seats_left import scarce_sentence


async def move_shared(
    db: BaseDBAsyncClient, moves: Mapping[int, tuple[int, int]], *, is_move: bool = False
) -> None:
    """Add to (held, booked) of every outing of these sessions, which the caller has locked: all at once, after them.

    Raises `SessionFull`, naming the bus or guide that has not so many seats left.
    """
    locked = await lock_outings(db, list(moves))
    held, booked = [held for held, _ in moves.values()], [booked for _, booked in moves.values()]
    moved = await db.execute_query_dict(MOVE, [list(moves), held, booked])
    if too_small := set(locked) - {row["id"] for row in moved}:
        scarce = await db.execute_query_dict(SCARCE, [min(too_small)])
        raise SessionFull(scarce_sentence(scarce[0]["name"], scarce[0]["left"], is_move=is_move))


async def lock_outings(db: BaseDBAsyncClient, session_ids: Sequence[int]) -> list[int]:
    return [row["id"] for row in await db.execute_query_dict(LOCK, [list(session_ids)])]


LOCK = """
SELECT id FROM outings WHERE id IN (SELECT outing_id FROM outing_sessions WHERE session_id = ANY($1::bigint[]))
ORDER BY id FOR NO KEY UPDATE
"""
MOVE = """
UPDATE outings u SET held = u.held + m.held, booked = u.booked + m.booked
FROM (
    SELECT us.outing_id, sum(w.held) AS held, sum(w.booked) AS booked
    FROM unnest($1::bigint[], $2::int[], $3::int[]) AS w (session_id, held, booked)
    JOIN outing_sessions us ON us.session_id = w.session_id GROUP BY 1
) m
WHERE u.id = m.outing_id AND u.held + u.booked + m.held + m.booked <= u.capacity
RETURNING u.id
"""
SCARCE = """
SELECT po.name, u.capacity - u.held - u.booked AS left FROM outings u JOIN pools po ON po.id = u.pool_id WHERE u.id = $1
"""
