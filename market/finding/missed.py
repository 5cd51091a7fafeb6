"""Searches that found nothing, counted for the city: which words its lexicon lacks, and which goods its villages.

What people typed is nobody's business, so only words are kept that could be anybody's, never who or when beyond the
day. Only the search page counts: whoever asks the interface for machines or for suggestions is not looking for
something with these words.
"""

import asyncio
import logging
import re
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections, fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model
from tortoise.transactions import in_transaction

from market.finding.hangul import normalise
from market.finding.measures import apart_from_measures
from market.finding.sentences import asked_for, tokens
from villages.days import seoul_day

LONGEST = 40  # signs of what was typed; who types more tells a story
LONGEST_WORD = 20
MOST_WORDS = 4
MOST_DIGITS = 4  # "쌀 20kg 2포" has fewer; a telephone number, an order number more
KEPT_FOR = timedelta(days=180)
KEPT_FOR_ONCE = timedelta(days=30)  # what was asked on a single day

WRITE_AFTER = 10.0  # seconds
MOST_AT_ONCE = 100  # words a process remembers between two writings; further ones are let go
MOST_NEW = 150  # words a day: with a month of them nothing but chance words, there is still room
MOST_KEPT = 5000
MOST_TIMES = 20  # counted of one word at one writing, so that one impatient finger does not lead the list

log = logging.getLogger("jangnal.search")

_SPOKEN_DIGITS = re.compile(r"[공영일이삼사오육륙칠팔구]{6}")
_LETTERS = re.compile(r"[가-힣a-zぁ-ヿ一-鿿 ]+")


class MissedSearch(Model):
    """One query that found nothing, without talk and amounts. `days`: on how many different ones, in Seoul."""

    id = fields.BigIntField(primary_key=True)
    query = fields.CharField(max_length=LONGEST, unique=True)
    times = fields.IntField()
    days = fields.IntField()
    first_on = fields.DateField()
    last_on = fields.DateField()

    class Meta:
        table = "missed_searches"
        indexes = (
            Index(fields=("first_on",), name="missed_searches_first_on"),
            Index(fields=("last_on",), name="missed_searches_last_on"),
        )
        constraints = (
            CheckConstraint(
                check="times >= days AND days >= 1 AND first_on <= last_on", name="missed_searches_add_up"
            ),
        )


def fit_to_keep(typed: str) -> str | None:
    """What may be kept of a query: its words without amounts and talk; None where it may be about a person.

    Telephone numbers, also spoken ones, mail addresses, order numbers and long stories are not kept. A bare name of a
    person cannot be told from a word: the city can take it away, and it is forgotten by itself.
    """
    text = normalise(typed[: 4 * LONGEST]).lower()
    tight = "".join(text.split())
    if len(text) > LONGEST or "@" in text or "://" in text or "www." in text:
        return None
    if sum(sign.isdigit() for sign in text) > MOST_DIGITS or _SPOKEN_DIGITS.search(tight):
        return None
    words = asked_for(tokens(apart_from_measures(text)[0]))
    kept = " ".join(words)
    if not 1 <= len(words) <= MOST_WORDS or max(map(len, words)) > LONGEST_WORD:
        return None
    return kept if _LETTERS.fullmatch(kept) and not (kept.isascii() and len(kept) < 2) else None


class MissedSearches:
    """What was missed lately in this process; written down together, some seconds later, beside the requests.

    What was not written when a process ends is lost: these are hints, not figures.
    """

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._day = date.min
        self._next: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None  # kept, because the loop does not

    def note(self, typed: str, *, day: date) -> None:
        """Costs some microseconds; no page waits for the database."""
        kept = fit_to_keep(typed)
        if kept is None or (kept not in self._times and len(self._times) >= MOST_AT_ONCE):
            return
        self._times[kept] = min(self._times.get(kept, 0) + 1, MOST_TIMES)
        self._day = day
        if self._next is None:
            self._next = asyncio.get_running_loop().call_later(WRITE_AFTER, self._begin)

    async def write_down(self) -> None:
        """Everything noted so far. Two processes come one after the other, so that the limits hold."""
        times, self._times = self._times, {}
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if times:
            async with in_transaction() as db:
                await db.execute_query(TURN)
                limits = [MOST_NEW, MOST_KEPT]
                await db.execute_query(WRITE, [list(times), list(times.values()), self._day, *limits])

    def _begin(self) -> None:
        self._writing = asyncio.create_task(self._write_quietly())

    async def _write_quietly(self) -> None:
        try:
            await self.write_down()
        except Exception as trouble:  # whoever searches goes on; these counts are gone
            log.warning("missed searches not counted", exc_info=trouble)


NOTED: WeakKeyDictionary[Any, MissedSearches] = WeakKeyDictionary()
"""By open database, so that what is in memory ends with it."""


def missed_searches() -> MissedSearches:
    """What this process remembers for the database that is open in it."""
    client = connections.get("default")
    if client not in NOTED:
        NOTED[client] = MissedSearches()
    return NOTED[client]


async def most_missed(*, most: int = 20) -> tuple[list[MissedSearch], int]:
    """On the most days first; and how many there are in all."""
    found = await MissedSearch.all().order_by("-days", "-times", "-last_on", "query").limit(most)
    return found, await MissedSearch.all().count()


async def forget_missed(missed_id: int) -> None:
    """The city wants it off the list. What is gone already is gone."""
    await MissedSearch.filter(id=missed_id).delete()


async def forget_old_missed(now: datetime) -> int:
    """Nobody has asked for it in months; what was asked on one day only, in one. Returns how many were forgotten."""
    today = seoul_day(now)
    done, _ = await connections.get("default").execute_query(
        FORGET, [today - KEPT_FOR, today - KEPT_FOR_ONCE]
    )
    return int(done)


TURN = "SELECT pg_advisory_xact_lock(20261124)"
WRITE = """
INSERT INTO missed_searches AS kept (query, times, days, first_on, last_on)
SELECT query, times, 1, $3::date, $3::date FROM (
    SELECT asked.query, asked.times, m.id IS NOT NULL AS is_known,
        row_number() OVER (PARTITION BY m.id IS NULL ORDER BY asked.times DESC, asked.query) AS place
    FROM unnest($1::text[], $2::int[]) AS asked (query, times) LEFT JOIN missed_searches m ON m.query = asked.query
) noted
WHERE is_known OR place <= LEAST(
    $4::bigint - (SELECT count(*) FROM missed_searches WHERE first_on = $3::date),
    $5::bigint - (SELECT count(*) FROM missed_searches)
)
ON CONFLICT (query) DO UPDATE SET
    times = LEAST(kept.times + EXCLUDED.times, 1000000000), days = kept.days + (kept.last_on < EXCLUDED.last_on)::int,
    last_on = GREATEST(kept.last_on, EXCLUDED.last_on)
"""
FORGET = "DELETE FROM missed_searches WHERE last_on < $1 OR (days = 1 AND last_on < $2)"
