"""Search by Meilisearch: it finds the documents that answer a reading; their order and all else is as without it."""

import logging
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tortoise import connections

from market.finding.index import Found, Wanted
from market.finding.kept_documents import KeptDocuments
from market.finding.meili.client import Json, MeiliClient, SearchDown
from market.finding.meili.documents import MARK, MARK_TEXT
from market.finding.meili.settings import MOST_HITS, SERVING
from market.finding.narrowing import found_among
from market.finding.postgres_index import INDEXES, PostgresIndex
from market.finding.questions import Question
from market.finding.understanding import Attempt, Group
from market.offered import Offered

log = logging.getLogger("jangnal.search")
PATIENCE = 0.5  # seconds of one search; the database has its turn after it, within the second of a page
AWAY_FOR = 5.0  # seconds that nobody asks a server which just did not answer; then one search tries it


@dataclass
class Asking:
    """One search under way. `left`: seconds that the server may still take; our own work is not counted."""

    left: float
    fell_back: bool = False


ASKING: ContextVar[Asking] = ContextVar("asking")


def search_with(meili: MeiliClient | None) -> None:
    """From now on searches in the database that is open are answered by this server, if there is one."""
    if meili is not None:
        INDEXES[connections.get("default")] = MeiliIndex(meili)


class MeiliIndex(PostgresIndex):
    """A `SearchIndex` that asks Meilisearch, and the database while that is slow or gone.

    Readings, vocabulary, scores and filters are the same either way, and so are the answers: what finds more documents
    than Meilisearch names at once, the database's sets answer, so that every filter chooses among all. An index without
    our mark (another's, of another shape, not yet whole) counts as gone.
    """

    def __init__(
        self, client: MeiliClient, *, patience: float = PATIENCE, away_for: float = AWAY_FOR
    ) -> None:
        super().__init__()
        self._client = client
        self._patience = patience
        self._breaker = Breaker(away_for)
        self._documents = KeptDocuments()

    async def search(self, wanted: Wanted, *, now: datetime) -> Found:
        asking = Asking(self._patience)
        token = ASKING.set(asking)
        try:
            found = await super().search(wanted, now=now)
        finally:
            ASKING.reset(token)
        return replace(found, fallen_back=True) if asking.fell_back else found

    async def _found(self, question: Question, wanted: Wanted, stock: Offered) -> Found:
        if self._breaker.lets_through():
            try:
                hits = await self._documents.hits(
                    question, self._candidates, stock.everything, exact=wanted.exact
                )
                return await found_among(hits, wanted, stock)
            except TooMany:
                return await super()._found(question, wanted, stock)
            except SearchDown as down:
                self._breaker.failed()
                log.warning("meilisearch did not answer", extra={"facts": {"trouble": str(down)}})
        ASKING.get().fell_back = True
        return await super()._found(question, wanted, stock)

    async def _candidates(self, readings: list[Attempt]) -> dict[int, datetime]:
        """Rows of all documents found, and when each was written.

        Raises `TooMany`; `SearchDown`, also without our mark.
        """
        asking, began = ASKING.get(), time.monotonic()
        (marks, *results) = await self._client.search([THE_MARK, *queries_of(readings)], patience=asking.left)
        asking.left = max(0.0, asking.left - (time.monotonic() - began))
        if [hit.get("id") for hit in marks] != [MARK] or marks[0].get("whole") is not True:
            raise SearchDown("the index is not ours, or of another shape, or not whole", retry=True)
        self._breaker.answered()
        if any(len(hits) >= MOST_HITS for hits in results):
            raise TooMany
        return dict(_row(hit) for hits in results for hit in hits)


class TooMany(Exception):
    """Meilisearch found more documents than it names at once."""


class Breaker:
    """Remembers for a while that a server did not answer; afterwards one caller at a time may try it."""

    def __init__(self, away_for: float) -> None:
        self._away_for = away_for
        self._away_until = 0.0

    def lets_through(self) -> bool:
        now = time.monotonic()
        if not self._away_until:
            return True
        if now < self._away_until:
            return False
        self._away_until = now + self._away_for  # the others wait for what becomes of this try
        return True

    def failed(self) -> None:
        self._away_until = time.monotonic() + self._away_for

    def answered(self) -> None:
        self._away_until = 0.0


def queries_of(readings: Iterable[Attempt]) -> list[Json]:
    """For each reading all that answer it, in any order: the order is made by `rank_quickly`."""
    queries: dict[str, Json] = {}
    for reading in readings:
        answering = [*ON_SALE, *_words_of(reading)]
        queries.setdefault(f"{answering}", _query(answering))
    return list(queries.values())


def _query(filters: list[Any]) -> Json:
    return {
        "indexUid": SERVING, "filter": filters, "limit": MOST_HITS, "attributesToRetrieve": ["id", "row", "updated"],
    }  # fmt: skip


def _words_of(reading: Attempt) -> list[Any]:
    """Every group by one of its words; any group where part of the words is enough."""
    groups = [_any_of("words", group) for group in reading.groups]
    return groups if reading.share >= 1 else [groups]


def _any_of(name: str, group: Group) -> str:
    return f"{name} IN [{', '.join(_quoted(near.word) for near in group)}]"


def _equals(name: str, value: str) -> str:
    return f"{name} = {_quoted(value)}"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _row(hit: Json) -> tuple[int, datetime]:
    row, updated = hit.get("row"), hit.get("updated")
    if not isinstance(row, int) or not 0 < row < 1 << 63 or not isinstance(updated, str):
        raise SearchDown("Meilisearch has documents of another shape", retry=False)
    try:
        written = datetime.fromisoformat(updated)
    except ValueError:
        written = None
    if written is None or written.tzinfo is None:
        raise SearchDown("Meilisearch has documents of another shape", retry=False)
    return row, written


ON_SALE = ["published = true", "running = true"]
THE_MARK: Json = {
    "indexUid": SERVING, "filter": [_equals("mark", MARK_TEXT)], "limit": 1, "attributesToRetrieve": ["id", "whole"],
}  # fmt: skip
