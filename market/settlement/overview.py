"""Statements as pages show them: a village's month in figures, closed or as it stands now, and the lines behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise import connections

from market.settlement.figures import Entry, Reckoning, Sums
from market.settlement.reckoning import drafts, selling_villages
from market.settlement.statements import Statement, StatementLine
from villages.days import next_month, seoul_day
from villages.refusals import NotFound
from villages.village import Village


@dataclass(frozen=True)
class VillageMonth:
    """One village's month. Without a `number` it is a draft, and `entries` are at hand; `opening` is zero or below."""

    village: Village
    month: date
    opening: int
    sums: Sums
    payout: int
    carried: int
    count: int
    number: str = ""
    closed_at: datetime | None = None
    digest: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def closes_on(self) -> date:
        """The first day on which it can be closed."""
        return next_month(self.month)


@dataclass(frozen=True)
class ShownLine:
    """A line with the order behind it."""

    number: str
    channel: str
    tender: str
    is_refund: bool
    day: date
    sums: Sums


async def open_months(today: date, *, village_ids: Sequence[int] | None = None) -> list[VillageMonth]:
    """All that is not closed and not empty until today, the oldest month first, in it by village."""
    found = await _drafts(await _villages(village_ids), today)
    return sorted(found, key=lambda each: (each.month, each.village.id))


async def closed_months(year: int, *, village_ids: Sequence[int] | None = None) -> list[VillageMonth]:
    """Of a year, the newest first."""
    wanted = Statement.filter(month__gte=date(year, 1, 1), month__lte=date(year, 12, 31))
    if village_ids is not None:
        wanted = wanted.filter(village_id__in=village_ids)
    rows = await wanted.order_by("-month", "village_id").prefetch_related("village")
    return [_closed(row) for row in rows]


async def years_closed() -> list[int]:
    rows = await connections.get("default").execute_query_dict(YEARS)
    return [row["year"] for row in rows]


async def closed_in(month: date) -> list[VillageMonth]:
    """One month of every village that has closed it."""
    rows = await Statement.filter(month=month).order_by("village_id").prefetch_related("village")
    return [_closed(row) for row in rows]


async def village_month(village: Village, month: date, today: date) -> VillageMonth:
    """Raises `NotFound` where there is nothing to settle."""
    if row := await Statement.get_or_none(village=village, month=month).prefetch_related("village"):
        return _closed(row)
    for draft in await _drafts([village], today):
        if draft.month == month:
            return draft
    raise NotFound("이 달에는 정산할 것이 없습니다. 다른 달을 골라 주세요.")


async def lines_of(shown: VillageMonth, *, start: int = 0, most: int | None = None) -> list[ShownLine]:
    """In the order of the journal; None for all of them."""
    end = shown.count if most is None else start + most
    entries = shown.entries[start:end] or await _kept_entries(shown, start, end)
    rows = await connections.get("default").execute_query_dict(
        ORDERS, [[each.transaction_id for each in entries]]
    )
    orders = {row.pop("id"): row for row in rows}
    return [ShownLine(**orders[each.transaction_id], day=each.day, sums=each.sums) for each in entries]


async def _kept_entries(shown: VillageMonth, start: int, end: int) -> list[Entry]:
    lines = (
        await StatementLine.filter(statement__number=shown.number)
        .order_by("transaction_id").offset(start).limit(end - start)
        .values_list("transaction_id", "part_id", "day", *Sums._fields)
    )  # fmt: skip
    return [Entry(transaction_id, part_id, day, Sums(*won)) for transaction_id, part_id, day, *won in lines]


async def _villages(village_ids: Sequence[int] | None) -> list[Village]:
    if village_ids is None:
        village_ids = await selling_villages()
    return await Village.filter(id__in=list(village_ids)).order_by("id")


async def _drafts(villages: Sequence[Village], today: date) -> list[VillageMonth]:
    of = {village.id: village for village in villages}
    drawn = await drafts(connections.get("default"), list(of), until=today)
    return [_draft(of[each.village_id], each) for each in drawn if each.entries]


def _draft(village: Village, each: Reckoning) -> VillageMonth:
    return VillageMonth(
        village, each.month, each.opening, each.sums, each.payout, each.carried, len(each.entries), entries=each.entries
    )  # fmt: skip


def _closed(row: Statement) -> VillageMonth:
    return VillageMonth(
        row.village, row.month, row.opening, row.sums, row.payout, row.carried, row.entries, row.number, row.closed_at,
        row.digest,
    )  # fmt: skip


@dataclass(frozen=True)
class NextPayout:
    """What the next closing will bring, as it stands now."""

    month: date
    amount: int
    closes_on: date
    is_over: bool


async def next_payout(village_ids: Sequence[int], *, now: datetime) -> NextPayout | None:
    """Of the earliest month that is open and not empty; None: nothing is to be settled."""
    today = seoul_day(now)
    months = await open_months(today, village_ids=village_ids)
    if not months:
        return None
    first = months[0]
    amount = sum(each.payout for each in months if each.month == first.month)
    return NextPayout(first.month, amount, first.closes_on, first.closes_on <= today)


YEARS = "SELECT DISTINCT EXTRACT(year FROM month)::int AS year FROM statements ORDER BY 1 DESC"
ORDERS = """
SELECT t.id, o.number, o.channel, o.tender, t.kind <> 'captured' AS is_refund
FROM journal_transactions t JOIN orders o ON o.id = t.order_id WHERE t.id = ANY($1::bigint[])
"""
