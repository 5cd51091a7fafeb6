"""What an operator says of her days of sending: the usual number, a single day's, and what is promised on each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market import dispatch_days
from market.calendar_days import KOREAN_HOLIDAYS
from market.deliveries import DAYS_AHEAD, PostageTerms
from market.dispatch_days import IS_TO_SEND
from market.retrying import retried
from villages.acts import record_act
from villages.days import seoul_day
from villages.refusals import BadForm, NotFound

DAYS_SHOWN = 14
MOST_PARCELS = 9999


class DayOfSending(NamedTuple):
    """`limit` None: no limit. `own` is the day's own number, where it has one."""

    day: date
    promised: int
    limit: int | None
    own: int | None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.promised >= self.limit

    @property
    def is_day_off(self) -> bool:
        return self.day.weekday() not in PostageTerms().ships_on or self.day in KOREAN_HOLIDAYS


class VillageDays(NamedTuple):
    village_id: int
    name: str
    usual: int | None
    days: list[DayOfSending]


async def coming_days(village_ids: Sequence[int], *, now: datetime) -> list[VillageDays]:
    """The next two weeks of each village. One query."""
    today = seoul_day(now)
    rows = await connections.get("default").execute_query_dict(
        COMING, [list(village_ids), today, today + timedelta(days=DAYS_SHOWN - 1)]
    )
    found: dict[int, VillageDays] = {}
    for row in rows:
        of_village = found.setdefault(
            row["village_id"], VillageDays(row["village_id"], row["name"], row["usual"], [])
        )
        limit = row["own"] if row["own"] is not None else row["usual"]
        promised = row["parcels"] if limit is None else row["promised"]
        of_village.days.append(DayOfSending(row["day"], promised, limit, row["own"]))
    return list(found.values())


@retried
async def set_usual(
    village_id: int, parcels: int | None, *, village_ids: Sequence[int], by: str, now: datetime
) -> None:
    """How many parcels leave on a day without a number of its own; None: no limit. Raises `BadForm`, `NotFound`.

    What is promised already stands, also where it is more: nothing is taken for that day then.
    """
    if parcels is not None and not 0 < parcels <= MOST_PARCELS:
        raise BadForm(
            f"하루에 보낼 개수를 1에서 {MOST_PARCELS:,} 사이로 적어 주세요. 비워 두면 제한이 없습니다."
        )
    _refuse_strange(village_id, village_ids)
    async with in_transaction() as db:
        before = (await db.execute_query_dict(LOCK_VILLAGE, [village_id]))[0]["daily_parcels"]
        if before == parcels:
            return
        await _count_in(db, village_id, today=seoul_day(now))
        await db.execute_query("UPDATE villages SET daily_parcels = $2 WHERE id = $1", [village_id, parcels])
        facts = {"before": before, "after": parcels}
        await record_act(
            db, "usual parcels set", f"village {village_id}", by=by, village_id=village_id, facts=facts
        )


@retried
async def set_day(
    village_id: int, day: date, parcels: int | None, *, village_ids: Sequence[int], by: str, now: datetime
) -> None:
    """Another number for one day (0: nothing more leaves on it); None: the usual one again. Raises as `set_usual`."""
    if parcels is not None and not 0 <= parcels <= MOST_PARCELS:
        raise BadForm(
            f"그날 보낼 개수를 0에서 {MOST_PARCELS:,} 사이로 적어 주세요. 비워 두면 평소대로 보냅니다."
        )
    today = seoul_day(now)
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        raise BadForm(f"오늘부터 {DAYS_AHEAD}일 안의 날을 골라 주세요.")
    _refuse_strange(village_id, village_ids)
    async with in_transaction() as db:
        await db.execute_query_dict(LOCK_VILLAGE, [village_id])
        await _count_in(db, village_id, today=today)
        await db.execute_query(SET_DAY, [village_id, day, parcels])
        facts = {"day": day.isoformat(), "parcels": parcels}
        await record_act(
            db, "day of sending set", f"village {village_id}", by=by, village_id=village_id, facts=facts
        )


def _refuse_strange(village_id: int, village_ids: Sequence[int]) -> None:
    if village_id not in village_ids:
        raise NotFound()


async def _count_in(db: BaseDBAsyncClient, village_id: int, *, today: date) -> None:
    """What was promised while there was no limit counts from now on. Parts by id first, then the days.

    An order that saw no limit and is being written at this moment was promised before it, and stays outside.
    """
    locked = await db.execute_query_dict(LOCK_COMING, [village_id, today])
    # A statement of its own: a refund we waited for may have taken all there was to send.
    parts = await db.execute_query_dict(UNCOUNTED, [[part["id"] for part in locked]])
    await dispatch_days.count(db, village_id, [part["id"] for part in parts])


LOCK_VILLAGE = "SELECT daily_parcels FROM villages WHERE id = $1 FOR NO KEY UPDATE"
LOCK_COMING = """
SELECT p.id FROM parts p
WHERE p.village_id = $1 AND p.state IN ('awaiting_payment', 'paid', 'preparing') AND p.ships_on >= $2
  AND p.dispatch_day_id IS NULL
ORDER BY p.id FOR NO KEY UPDATE
"""
UNCOUNTED = f"SELECT p.id FROM parts p WHERE p.id = ANY($1::bigint[]) AND {IS_TO_SEND} ORDER BY p.id"
SET_DAY = """
INSERT INTO dispatch_days (village_id, day, capacity, promised) VALUES ($1, $2, $3, 0)
ON CONFLICT (village_id, day) DO UPDATE SET capacity = excluded.capacity
"""
COMING = """
SELECT v.id AS village_id, v.name, v.daily_parcels AS usual, days.day::date AS day, d.capacity AS own,
       COALESCE(d.promised, 0) AS promised, COALESCE(p.parcels, 0) AS parcels
FROM villages v
CROSS JOIN generate_series($2::date, $3::date, interval '1 day') AS days (day)
LEFT JOIN dispatch_days d ON d.village_id = v.id AND d.day = days.day::date
LEFT JOIN (
    SELECT village_id, ships_on, count(*)::int AS parcels FROM parts
    WHERE village_id = ANY($1::bigint[]) AND state IN ('awaiting_payment', 'paid', 'preparing', 'shipped')
      AND ships_on BETWEEN $2 AND $3 GROUP BY 1, 2
) p ON p.village_id = v.id AND p.ships_on = days.day::date
WHERE v.id = ANY($1::bigint[]) ORDER BY v.id, days.day
"""
