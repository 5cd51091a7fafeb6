"""A part on its way to the buyer: preparing, sent, arrived, confirmed. Every step follows `part_states.MOVES`."""

from datetime import datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.couriers import read_tracking
from market.ledger.accounts import sql_list
from market.orders import Part
from market.part_states import MOVES, PartState
from market.returns.tables import OPEN
from villages.acts import record_act
from villages.notices import tell
from villages.refusals import BadForm, NotFound, Stale

ARRIVES_AFTER = timedelta(days=3)
CONFIRMED_AFTER = timedelta(days=7)
WAITS_FOR_GOODS = timedelta(days=30)
"""So long the clock does not confirm what is asked to come back; but not for ever: it is the village's money."""


async def begin_preparing(part_id: int, *, village_ids: list[int], by: str, now: datetime) -> Part:
    """The operator saw the order (주문 봤어요). Raises `NotFound` for a part of another village, `Stale`."""
    async with in_transaction() as db:
        part = await _own_part(db, part_id, village_ids)
        if part.state != PartState.preparing:
            await _move(db, part, PartState.preparing, by=by, now=now)
            await _record(db, "preparing begun", part, by)
    return part


async def send_parcel(
    part_id: int, *, courier: str, tracking: str, village_ids: list[int], by: str, now: datetime
) -> Part:
    """The parcel left. A wrong number can be corrected by sending it again. Raises `BadForm`, `NotFound`, `Stale`."""
    number = read_tracking(courier, tracking)
    async with in_transaction() as db:
        part = await _own_part(db, part_id, village_ids)
        if not part.goods:
            raise BadForm("체험만 있는 주문이라 보낼 택배가 없습니다.")
        part.courier, part.tracking = courier, number
        await part.save(using_db=db, update_fields=["courier", "tracking"])
        is_new = part.state != PartState.shipped
        if is_new:
            await _move(db, part, PartState.shipped, by=by, now=now)
            await _tell_shipped(db, part)
        await _record(db, "parcel sent" if is_new else "parcel corrected", part, by)
    return part


async def mark_delivered(part_id: int, *, village_ids: list[int], by: str, now: datetime) -> Part:
    """The operator knows that it arrived, or that the day was spent."""
    async with in_transaction() as db:
        part = await _own_part(db, part_id, village_ids)
        if part.state != PartState.delivered:
            await _move(db, part, PartState.delivered, by=by, now=now)
            await _record(db, "parcel delivered", part, by)
    return part


async def confirm_purchase(part_id: int, *, order_id: int, now: datetime) -> Part:
    """The buyer says that it came and is good (구매 확정); twice is once. Raises `NotFound`, `Stale`.

    What is still on its way by our books has arrived, then: she has it in her hands.
    """
    async with in_transaction() as db:
        part = await Part.filter(id=part_id, order_id=order_id).using_db(db).select_for_update().first()
        if part is None:
            raise NotFound()
        if part.state not in (PartState.shipped, PartState.delivered, PartState.confirmed):
            raise Stale("아직 보내지 않았거나 취소된 주문이라 확정할 수 없습니다. 받으신 뒤에 눌러 주세요.")
        if part.state == PartState.shipped:
            await _move(db, part, PartState.delivered, by="shopper", now=now)
        if part.state != PartState.confirmed:
            await _move(db, part, PartState.confirmed, by="shopper", now=now)
    return part


async def move_parts_on(now: datetime, *, most: int = 200) -> int:
    """Sent three days ago: arrived. Arrived seven days ago: confirmed. A session past its day: the visit is over."""
    moved = 0
    for statement, limit in (
        (ARRIVED, now - ARRIVES_AFTER),
        (VISITED, now - timedelta(hours=12)),
        (CONFIRMED, now - CONFIRMED_AFTER),
    ):
        rows = await connections.get("default").execute_query_dict(statement, [limit, now, most])
        moved += len(rows)
    return moved


async def _own_part(db: BaseDBAsyncClient, part_id: int, village_ids: list[int]) -> Part:
    part = await Part.filter(id=part_id, village_id__in=village_ids).using_db(db).select_for_update().first()
    if part is None:
        raise NotFound()
    return part


async def _move(db: BaseDBAsyncClient, part: Part, to: PartState, *, by: str, now: datetime) -> None:
    if to not in MOVES[part.state]:
        raise Stale("이 주문은 이미 다음 단계로 넘어갔거나 취소되었습니다. 화면을 새로 고쳐 주세요.")
    part.state, part.moved_at, part.version = to, now, part.version + 1
    await part.save(using_db=db, update_fields=["state", "moved_at", "version"])
    await db.execute_query(
        "INSERT INTO part_moves (part_id, state, by, at) VALUES ($1, $2, $3, $4)",
        [part.id, to.value, by, now],
    )


async def _record(db: BaseDBAsyncClient, what: str, part: Part, by: str) -> None:
    """The parcel's number is left out: with it the courier tells where somebody lives."""
    facts = {"courier": part.courier} if part.courier else None
    await record_act(db, what, f"part {part.id}", by=by, village_id=part.village_id, facts=facts)


async def _tell_shipped(db: BaseDBAsyncClient, part: Part) -> None:
    rows = await db.execute_query_dict(BUYER, [part.id])
    order = rows[0]
    facts: dict[str, object] = {
        "number": order["number"], "village": order["village"], "courier": part.courier, "tracking": part.tracking,
    }  # fmt: skip
    await tell(
        db, kind="shipped", subject=f"{order['number']}/{part.id}", facts=facts, mail=order["buyer_email"],
        phone=order["buyer_phone"],
    )  # fmt: skip


BUYER = """
SELECT o.number, o.buyer_email, o.buyer_phone, v.name AS village
FROM parts p JOIN orders o ON o.id = p.order_id JOIN villages v ON v.id = p.village_id WHERE p.id = $1
"""
_ON = """
WITH due AS (
    SELECT p.id FROM parts p WHERE {due} ORDER BY p.id LIMIT $3 FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE parts SET state = '{to}', moved_at = $2, version = version + 1 FROM due WHERE parts.id = due.id RETURNING parts.id
)
INSERT INTO part_moves (part_id, state, by, at) SELECT id, '{to}', 'clock', $2 FROM moved RETURNING part_id
"""
ARRIVED = _ON.format(to="delivered", due="p.state = 'shipped' AND p.moved_at < $1")
CONFIRMED = _ON.format(
    to="confirmed",
    due="p.state = 'delivered' AND p.moved_at < $1 AND NOT EXISTS ("
    f"SELECT FROM returns r WHERE r.part_id = p.id AND r.state IN ({sql_list(OPEN)}) "
    f"AND r.asked_at > $2::timestamptz - interval '{WAITS_FOR_GOODS.days} days')",
)
VISITED = _ON.format(
    to="delivered",
    due="p.state IN ('paid', 'preparing') AND p.goods = p.refunded_goods AND p.programs > 0 AND NOT EXISTS ("
    "SELECT FROM bookings b JOIN sessions s ON s.id = b.session_id WHERE b.part_id = p.id AND ("
    "s.starts_at >= $1 OR s.cancelled_at IS NOT NULL AND b.state = 'confirmed'))",
)
