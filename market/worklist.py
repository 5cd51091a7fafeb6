"""What waits for a village today, and what it has sold this month."""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise import connections

from villages.days import first_of_month, next_month, seoul_day, seoul_midnight


@dataclass(frozen=True)
class ComingSession:
    """One session of today or tomorrow that somebody booked."""

    name: str
    starts_at: datetime
    teams: int
    heads: int


@dataclass(frozen=True)
class OpenTask:
    id: int
    kind: str
    sentence: str
    opened_at: datetime


@dataclass(frozen=True)
class Today:
    """Counts of what is to be done; deposits only of orders that are this village's alone."""

    new_orders: int
    preparing: int
    deposits: int
    sessions: list[ComingSession]
    tasks: list[OpenTask]


async def today_of(village_ids: list[int], *, now: datetime) -> Today:
    """Three queries."""
    db = connections.get("default")
    counts = (await db.execute_query_dict(COUNTS, [village_ids]))[0]
    day = seoul_day(now)
    after_tomorrow = seoul_midnight(date.fromordinal(day.toordinal() + 2))
    sessions = await db.execute_query_dict(SESSIONS, [village_ids, seoul_midnight(day), after_tomorrow])
    return Today(
        **counts, sessions=[ComingSession(**row) for row in sessions], tasks=await open_tasks(village_ids)
    )


async def open_tasks(village_ids: list[int]) -> list[OpenTask]:
    """The oldest twenty."""
    rows = await connections.get("default").execute_query_dict(TASKS, [village_ids])
    return [OpenTask(**row) for row in rows]


@dataclass(frozen=True)
class MonthSales:
    """Won sold from the month's first day until now, postage left out, after refunds."""

    month: date
    online: int
    offline: int
    orders: int

    @property
    def total(self) -> int:
        return self.online + self.offline


async def month_sales(village_ids: list[int], *, now: datetime) -> MonthSales:
    month = first_of_month(seoul_day(now))
    rows = await connections.get("default").execute_query_dict(MONTH, [village_ids, month, next_month(month)])
    return MonthSales(month, **rows[0])


COUNTS = """
SELECT (SELECT count(*) FROM parts WHERE village_id = ANY($1::bigint[]) AND state = 'paid' AND goods > refunded_goods)::int AS new_orders,
       (SELECT count(*) FROM parts WHERE village_id = ANY($1::bigint[]) AND state = 'preparing' AND goods > refunded_goods)::int AS preparing,
       (SELECT count(*) FROM orders o JOIN payments d ON d.order_id = o.id AND d.provider = 'bank_transfer'
        WHERE o.paid_at IS NULL AND o.ended_as IS NULL AND d.state = 'open'
          AND EXISTS (SELECT FROM parts p WHERE p.order_id = o.id AND p.village_id = ANY($1::bigint[]))
          AND NOT EXISTS (SELECT FROM parts p WHERE p.order_id = o.id AND p.village_id <> ALL($1::bigint[]))
       )::int AS deposits
"""
SESSIONS = """
SELECT l.name, s.starts_at, count(*)::int AS teams, sum(b.heads)::int AS heads
FROM bookings b JOIN sessions s ON s.id = b.session_id JOIN listings l ON l.id = s.listing_id
WHERE l.village_id = ANY($1::bigint[]) AND s.starts_at >= $2 AND s.starts_at < $3 AND b.state IN ('confirmed', 'attended')
GROUP BY s.id, l.name, s.starts_at ORDER BY s.starts_at, s.id
"""
TASKS = """
SELECT id, kind, sentence, opened_at FROM tasks
WHERE village_id = ANY($1::bigint[]) AND done_at IS NULL ORDER BY opened_at, id LIMIT 20
"""
MONTH = """
SELECT COALESCE(sum(amount) FILTER (WHERE channel IN ('online', 'external')), 0)::bigint AS online,
       COALESCE(sum(amount) FILTER (WHERE channel NOT IN ('online', 'external')), 0)::bigint AS offline,
       COALESCE(sum(orders), 0)::int AS orders
FROM daily_sales WHERE village_id = ANY($1::bigint[]) AND day >= $2 AND day < $3
"""
