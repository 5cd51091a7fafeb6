"""Villages' statements as they are reckoned, month after month, from the journal and the moves of parts alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from market.periods import last_of_month, months_between
from market.settlement.due import NOTHING_YET, Sight, Window, entries_of, sight_of
from market.settlement.figures import Entry, Reckoning
from market.settlement.statements import Statement
from villages.days import next_month, seoul_midnight


async def selling_villages() -> list[int]:
    """Those that have anything in the journal."""
    rows = await connections.get("default").execute_query_dict(SELLING)
    return [row["id"] for row in rows]


async def last_closed(db: BaseDBAsyncClient, village_ids: Sequence[int]) -> dict[int, Statement]:
    """By village, of those that have closed a month."""
    newest = await db.execute_query_dict(NEWEST, [list(village_ids)])
    closed = await Statement.filter(id__in=[row["id"] for row in newest]).using_db(db) if newest else []
    return {statement.village_id: statement for statement in closed}


async def drafts(db: BaseDBAsyncClient, village_ids: Sequence[int], *, until: date) -> list[Reckoning]:
    """Of each village in turn its months since the last closed one, up to that of the day `until`; empty ones too.

    They stand as they are now. Four statements, however many villages and months there are.
    """
    closed = await last_closed(db, village_ids)
    first = {row["id"]: row["day"] for row in await db.execute_query_dict(FIRST_DAYS, [list(village_ids)])}
    windows: list[Window] = []
    for village_id in village_ids:
        statement = closed.get(village_id)
        after = sight_of(statement) if statement else NOTHING_YET
        months = _open_months(statement, first.get(village_id), until)
        windows += _windows(
            village_id, [(month, Sight(last_of_month(month))) for month in months], after=after
        )
    carried = {village_id: statement.carried for village_id, statement in closed.items()}
    return in_turn(windows, await entries_of(db, windows), carried)


async def statement_as_of(village_id: int, month: date, day: date) -> Reckoning:
    """What a village's statement of a month was at the end of `day`: always the same bytes for a day that is over.

    Reckoned anew from the first won on. Of the statements themselves nothing is looked at but how far each saw.
    """
    db = connections.get("default")
    over = seoul_midnight(day + timedelta(days=1))
    closed = await (
        Statement.filter(village_id=village_id, month__lte=month, closed_at__lt=over)
        .using_db(db)
        .order_by("month")
    )
    sights = [(statement.month, sight_of(statement)) for statement in closed]
    if not closed or closed[-1].month != month:
        first = (await db.execute_query_dict(FIRST_DAYS, [[village_id]]))[0]["day"]
        months = _open_months(closed[-1] if closed else None, first, month)
        sights += [(each, draft_sight(each, day, before=over)) for each in months]
    windows = list(_windows(village_id, sights, after=NOTHING_YET))
    reckoned = in_turn(windows, await entries_of(db, windows), {})
    return next((each for each in reckoned if each.month == month), Reckoning(village_id, month, 0))


def draft_sight(month: date, day: date, *, before: datetime) -> Sight:
    return Sight(min(last_of_month(month), day), before=before)


def in_turn(
    windows: Sequence[Window], entries: Sequence[tuple[Entry, ...]], carried: Mapping[int, int]
) -> list[Reckoning]:
    """Each opens with what the same village's before it carries, its first with what was `carried` so far."""
    openings = dict(carried)
    reckoned: list[Reckoning] = []
    for window, listed in zip(windows, entries, strict=True):
        opening = openings.get(window.village_id, 0)
        reckoned.append(Reckoning(window.village_id, window.month, opening, listed))
        openings[window.village_id] = reckoned[-1].carried
    return reckoned


def _windows(village_id: int, sights: Sequence[tuple[date, Sight]], *, after: Sight) -> Iterator[Window]:
    """Each lists what the one before it did not see."""
    for month, until in sights:
        yield Window(village_id, month, after, until)
        after = until


def _open_months(closed: Statement | None, first: date | None, until: date) -> list[date]:
    """`first`: the first day that the village has in the journal."""
    if closed:
        return list(months_between(next_month(closed.month), until))
    return list(months_between(min(first, until), until)) if first else []


SELLING = """
SELECT id FROM villages v WHERE EXISTS (SELECT FROM journal_legs l WHERE l.village_id = v.id) ORDER BY id
"""
NEWEST = """
SELECT DISTINCT ON (village_id) id FROM statements WHERE village_id = ANY($1::bigint[]) ORDER BY village_id, month DESC
"""
FIRST_DAYS = """
SELECT of.id, (SELECT min(l.day) FROM journal_legs l WHERE l.village_id = of.id) AS day FROM unnest($1::bigint[]) AS of (id)
"""
