"""A village's statements as they are reckoned, month after month, from the journal and the moves of parts alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from market.periods import last_of_month, months_between
from market.settlement.due import NOTHING_YET, Sight, entries_between, sight_of
from market.settlement.figures import Reckoning
from market.settlement.statements import Statement
from villages.days import next_month, seoul_midnight


async def last_closed(db: BaseDBAsyncClient, village_id: int) -> Statement | None:
    return await Statement.filter(village_id=village_id).using_db(db).order_by("-month").first()


async def drafts(
    db: BaseDBAsyncClient, village_id: int, *, until: date, closed: Statement | None
) -> list[Reckoning]:
    """The months since the last one `closed`, up to that of the day `until`, as they stand now; empty ones too."""
    months = await _open_months(db, village_id, closed, until)
    sights = [(month, Sight(last_of_month(month))) for month in months]
    return await in_turn(
        db, village_id, sights, after=sight_of(closed) if closed else NOTHING_YET, opening=closed.carried if closed else 0
    )  # fmt: skip


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
        months = await _open_months(db, village_id, closed[-1] if closed else None, month)
        sights += [(each, draft_sight(each, day, before=over)) for each in months]
    reckoned = await in_turn(db, village_id, sights, after=NOTHING_YET, opening=0)
    return next((each for each in reckoned if each.month == month), Reckoning(village_id, month, 0))


def draft_sight(month: date, day: date, *, before: datetime) -> Sight:
    return Sight(min(last_of_month(month), day), before=before)


async def in_turn(
    db: BaseDBAsyncClient,
    village_id: int,
    sights: Sequence[tuple[date, Sight]],
    *,
    after: Sight,
    opening: int,
) -> list[Reckoning]:
    """Each opens with what the one before it carries, and lists what that one did not see."""
    reckoned: list[Reckoning] = []
    for month, sight in sights:
        entries = await entries_between(db, village_id, after=after, until=sight)
        reckoned.append(Reckoning(village_id, month, opening, entries))
        after, opening = sight, reckoned[-1].carried
    return reckoned


async def _open_months(
    db: BaseDBAsyncClient, village_id: int, closed: Statement | None, until: date
) -> list[date]:
    if closed:
        return list(months_between(next_month(closed.month), until))
    first = (await db.execute_query_dict(FIRST_DAY, [village_id]))[0]["day"]
    return list(months_between(min(first, until), until)) if first else []


FIRST_DAY = "SELECT min(day) AS day FROM journal_legs WHERE village_id = $1"
