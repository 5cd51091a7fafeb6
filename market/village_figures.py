"""One village's figures, level by level: the months of a year, the days of a month, the sales of a day."""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise import connections

from market.periods import a_year_before, last_of_month, months_between
from market.reports import CHANNELS_OF

SALES_PER_PAGE = 100


@dataclass(frozen=True)
class Lens:
    """Which channel (a key of `market.reports.CHANNELS_OF`) and kind are looked at; empty: all."""

    channel: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Figures:
    """Won sold, after refunds; online + offline = goods + programs. Postage stands apart."""

    online: int = 0
    offline: int = 0
    goods: int = 0
    programs: int = 0
    postage: int = 0
    heads: int = 0

    @property
    def total(self) -> int:
        return self.online + self.offline

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.online + other.online, self.offline + other.offline, self.goods + other.goods,
            self.programs + other.programs, self.postage + other.postage, self.heads + other.heads,
        )  # fmt: skip


@dataclass(frozen=True)
class VillageMonth:
    month: date
    figures: Figures
    last_year: int
    target: int | None


@dataclass(frozen=True)
class VillageDay:
    day: date
    figures: Figures


@dataclass(frozen=True)
class DaySale:
    """This village's part of one order of the day. The buyer's name is as the buyer wrote it: pages mask it."""

    number: str
    channel: str
    tender: str
    paid_at: datetime
    buyer_name: str
    what: str
    state: str
    goods: int
    programs: int
    postage: int
    heads: int

    @property
    def total(self) -> int:
        return self.goods + self.programs


@dataclass(frozen=True)
class DaySales:
    """One page of a day's sales, and the sums of the whole day."""

    sales: list[DaySale]
    count: int
    figures: Figures

    @property
    def pages(self) -> int:
        return max(-(-self.count // SALES_PER_PAGE), 1)


async def months_of(village_id: int, year: int, lens: Lens) -> list[VillageMonth]:
    """All twelve months. Targets are those set for exactly what the lens shows. Two queries."""
    db = connections.get("default")
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = await db.execute_query_dict(
        MONTHS, [village_id, date(year - 1, 1, 1), last, CHANNELS_OF[lens.channel], lens.kind]
    )
    targets = await db.execute_query_dict(TARGETS, [village_id, first, last, lens.channel, lens.kind])
    sold = {row.pop("month"): Figures(**row) for row in rows}
    wanted = {row["month"]: row["amount"] for row in targets}
    return [
        VillageMonth(
            month,
            sold.get(month, Figures()),
            sold.get(a_year_before(month), Figures()).total,
            wanted.get(month),
        )
        for month in months_between(first, last)
    ]


async def days_of(village_id: int, month: date, lens: Lens) -> list[VillageDay]:
    """The days of the month on which anything was sold or taken back, in order."""
    rows = await connections.get("default").execute_query_dict(
        DAYS, [village_id, month, last_of_month(month), CHANNELS_OF[lens.channel], lens.kind]
    )
    return [VillageDay(row.pop("day"), Figures(**row)) for row in rows]


async def sales_of(village_id: int, day: date, lens: Lens, *, page: int = 1) -> DaySales:
    """The orders behind a day's figures, in the order they were paid; with one kind only its share of each."""
    db = connections.get("default")
    wanted = [village_id, day, CHANNELS_OF[lens.channel], lens.kind]
    sums = (await db.execute_query_dict(DAY_SUMS, wanted))[0]
    count = sums.pop("count")
    skipped = (page - 1) * SALES_PER_PAGE
    rows = (
        await db.execute_query_dict(DAY_SALES, [*wanted, SALES_PER_PAGE, skipped]) if count > skipped else []
    )
    return DaySales([DaySale(**row) for row in rows], count, Figures(**sums))


SUMS = """
    COALESCE(sum(amount) FILTER (WHERE channel IN ('online', 'external')), 0)::bigint AS online,
    COALESCE(sum(amount) FILTER (WHERE channel NOT IN ('online', 'external')), 0)::bigint AS offline,
    COALESCE(sum(amount) FILTER (WHERE kind = 'goods'), 0)::bigint AS goods,
    COALESCE(sum(amount) FILTER (WHERE kind = 'program'), 0)::bigint AS programs,
    sum(postage)::bigint AS postage, sum(heads)::int AS heads
FROM daily_sales
WHERE village_id = $1 AND day BETWEEN $2 AND $3 AND ($4::text[] IS NULL OR channel = ANY($4)) AND ($5 = '' OR kind = $5)
"""
MONTHS = f"SELECT date_trunc('month', day::timestamp)::date AS month, {SUMS} GROUP BY 1"
DAYS = f"SELECT day, {SUMS} GROUP BY day ORDER BY day"
TARGETS = """
SELECT month, amount FROM targets WHERE village_id = $1 AND month BETWEEN $2 AND $3 AND channel = $4 AND kind = $5
"""
# What a part adds to the figures, see market.capture.count_order; with one kind asked for, only that kind's share.
SOLD = """
FROM (
    SELECT o.id AS order_id, o.number, o.channel, o.tender, o.paid_at, o.buyer_name, p.id, p.state,
           CASE WHEN $4 = 'program' THEN 0 ELSE p.goods END AS goods,
           CASE WHEN $4 = 'goods' THEN 0 ELSE p.programs END AS programs,
           CASE WHEN $4 = 'program' THEN 0 ELSE p.postage END AS postage,
           CASE WHEN $4 = 'goods' THEN 0
                ELSE (SELECT COALESCE(sum(b.heads), 0) FROM bookings b WHERE b.part_id = p.id) END AS heads
    FROM orders o JOIN parts p ON p.order_id = o.id AND p.village_id = $1
    WHERE o.sold_on = $2 AND ($3::text[] IS NULL OR o.channel = ANY($3))
      AND ($4 = '' OR EXISTS (SELECT FROM lines l WHERE l.part_id = p.id AND (l.variant_id IS NULL) = ($4 = 'program')))
) s
"""
DAY_SUMS = f"""
SELECT count(*)::int AS count,
       COALESCE(sum(goods + programs) FILTER (WHERE channel IN ('online', 'external')), 0)::bigint AS online,
       COALESCE(sum(goods + programs) FILTER (WHERE channel NOT IN ('online', 'external')), 0)::bigint AS offline,
       COALESCE(sum(goods), 0)::bigint AS goods, COALESCE(sum(programs), 0)::bigint AS programs,
       COALESCE(sum(postage), 0)::bigint AS postage, COALESCE(sum(heads), 0)::int AS heads
{SOLD}
"""
DAY_SALES = f"""
SELECT number, channel, tender, paid_at, buyer_name, state, goods, programs, postage, heads::int AS heads,
       (SELECT string_agg(l.name || ' ' || l.count, ', ' ORDER BY l.id) FROM lines l
        WHERE l.part_id = s.id AND ($4 = '' OR (l.variant_id IS NULL) = ($4 = 'program'))) AS what
{SOLD} ORDER BY paid_at, order_id LIMIT $5 OFFSET $6
"""
