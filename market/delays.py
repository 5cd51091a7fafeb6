"""The harvest is late (+5일): all parcels of a day leave on a later one, after a look at who is told what. Once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.deliveries import DAYS_AHEAD, PostageTerms, Promise, day_text, promise
from market.dispatch_days import IS_TO_SEND, count, give_back
from market.retrying import retried
from villages.acts import record_act
from villages.days import SEOUL, seoul_day
from villages.notices import tell
from villages.refusals import BadForm, NotFound

MOST_DAYS = 30
ANY_HOUR = PostageTerms(cut_off="24:00")


@dataclass(frozen=True)
class LateParcel:
    """One buyer's parcel and when it would come. `was_to_arrive` is what she was told until now."""

    part_id: int
    order_id: int
    number: str
    name: str
    phone: str
    mail: str
    was_to_arrive: date | None
    found: Promise


@dataclass(frozen=True)
class Delay:
    """What moving a day would do, before anything is done."""

    village_id: int
    village: str
    day: date
    days: int
    parcels: tuple[LateParcel, ...]

    @property
    def messages(self) -> list[str]:
        """The sentences that are told, each once: islands wait a day longer."""
        return sorted({message_of(self.village, parcel.found) for parcel in self.parcels})


def message_of(village: str, found: Promise) -> str:
    return (
        f"{village} 택배를 {day_text(found.ships_on)}에 보내 {day_text(found.arrives_on)}에 도착합니다. "
        "늦어져서 죄송합니다."
    )


async def delay_of(
    village_id: int, day: date, days: int, *, village_ids: Sequence[int], now: datetime
) -> Delay:
    """The dry run: two queries. Raises `BadForm` (a day too far, behind us, or none to send on), `NotFound`."""
    later = _later(village_id, day, days, village_ids, now)
    db = connections.get("default")
    rows = await db.execute_query_dict(PARCELS.format(locked=""), [village_id, day])
    return await _delay(db, rows, village_id, day, days, later)


@retried
async def delay_day(
    village_id: int, day: date, days: int, *, village_ids: Sequence[int], by: str, now: datetime
) -> int:
    """Move what was to leave on `day`, and tell each buyer. Returns how many; a second time there is nothing to move.

    Their new day may become fuller than its number: what is promised is kept, and nothing more is taken for it.
    """
    later = _later(village_id, day, days, village_ids, now)
    async with in_transaction() as db:
        locked = await db.execute_query_dict(LOCK, [village_id, day])
        # A statement of its own: a refund we waited for may have taken all there was to send.
        rows = await db.execute_query_dict(
            PARCELS.format(locked=LOCKED), [village_id, day, [row["id"] for row in locked]]
        )
        delay = await _delay(db, rows, village_id, day, days, later)
        if not delay.parcels:
            return 0
        part_ids = [parcel.part_id for parcel in delay.parcels]
        counted = [row["id"] for row in rows if row["dispatch_day_id"]]
        await give_back(db, part_ids)
        await db.execute_query(
            MOVE,
            [
                part_ids,
                [p.found.ships_on for p in delay.parcels],
                [p.found.arrives_on for p in delay.parcels],
            ],
        )
        await count(db, village_id, counted)
        for parcel in delay.parcels:
            await tell(
                db, kind="delayed", subject=f"{parcel.number}/{parcel.part_id}/{parcel.found.ships_on}",
                mail=parcel.mail, phone=parcel.phone,
                facts={"number": parcel.number, "village": delay.village, "why": message_of(delay.village, parcel.found)},
            )  # fmt: skip
        facts = {"day": day.isoformat(), "days": days, "parcels": len(part_ids)}
        await record_act(
            db, "day of sending moved", f"village {village_id}", by=by, village_id=village_id, facts=facts
        )
    return len(part_ids)


def _later(village_id: int, day: date, days: int, village_ids: Sequence[int], now: datetime) -> date:
    if village_id not in village_ids:
        raise NotFound()
    if not 0 < days <= MOST_DAYS:
        raise BadForm(f"며칠 늦추는지 1에서 {MOST_DAYS} 사이의 숫자로 적어 주세요.")
    ahead = (day - seoul_day(now)).days
    if not -days <= ahead <= DAYS_AHEAD:
        raise BadForm("이미 지난 날이나 너무 먼 날로는 옮길 수 없습니다. 다른 날을 골라 주세요.")
    return day + timedelta(days=days)


async def _delay(
    db: BaseDBAsyncClient, rows: list[dict[str, Any]], village_id: int, day: date, days: int, later: date
) -> Delay:
    village = (await db.execute_query_dict(VILLAGE, [village_id, later]))[0]
    terms = ANY_HOUR._replace(full_days=frozenset(village["days_off"]))
    return Delay(village_id, village["name"], day, days, tuple(_parcel(row, later, terms) for row in rows))


def _parcel(row: dict[str, Any], later: date, terms: PostageTerms) -> LateParcel:
    """A day that is merely full takes it all the same; one on which nothing is sent does not."""
    morning = datetime(later.year, later.month, later.day, 9, tzinfo=SEOUL)
    found = promise(morning, terms, postcode=row["postcode"] or None, fresh=row["is_fresh"])
    if found is None:
        raise BadForm("그 뒤로는 모두 못 보내는 날입니다. 먼저 보낼 수 있는 날을 정해 주세요.")
    return LateParcel(
        row["id"], row["order_id"], row["number"], row["buyer_name"], row["buyer_phone"], row["buyer_email"],
        row["promised_on"], found,
    )  # fmt: skip


IS_LATE = "p.village_id = $1 AND p.ships_on = $2 AND p.state IN ('awaiting_payment', 'paid', 'preparing')"
LOCK = f"SELECT p.id FROM parts p WHERE {IS_LATE} ORDER BY p.id FOR NO KEY UPDATE"
LOCKED = "AND p.id = ANY($3::bigint[])"
PARCELS = f"""
SELECT p.id, p.order_id, p.promised_on, p.dispatch_day_id, o.number, o.buyer_name, o.buyer_phone, o.buyer_email, o.postcode,
       EXISTS (SELECT FROM lines l JOIN variants v ON v.id = l.variant_id JOIN listings li ON li.id = v.listing_id
               WHERE l.part_id = p.id AND li.is_fresh) AS is_fresh
FROM parts p JOIN orders o ON o.id = p.order_id
WHERE {IS_LATE} AND {IS_TO_SEND} {{locked}} ORDER BY p.id
"""
VILLAGE = """
SELECT name, ARRAY(SELECT day FROM dispatch_days WHERE village_id = v.id AND capacity = 0 AND day >= $2) AS days_off
FROM villages v WHERE id = $1
"""
MOVE = """
UPDATE parts SET ships_on = moved.ships, promised_on = moved.arrives
FROM unnest($1::bigint[], $2::date[], $3::date[]) AS moved (part, ships, arrives) WHERE parts.id = moved.part
"""
