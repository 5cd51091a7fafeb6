"""Search by Meilisearch: it finds the documents that answer a reading; the order and all else is as without it."""

import logging
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from market.finding.index import Found, Wanted
from market.finding.meili_client import Json, MeiliClient, SearchDown
from market.finding.meili_documents import MARK, mark
from market.finding.meili_settings import MOST_HITS, SERVING
from market.finding.postgres_index import Kept, PostgresIndex
from market.finding.understanding import Attempt
from market.finding.vocabulary import HEAD

log = logging.getLogger("jangnal.search")
PATIENCE = 0.4  # seconds; the database still has its turn within the second that a page may take
AWAY_FOR = 5.0  # seconds that nobody asks a server which just did not answer; then one does
MOST_WORDS = 300  # of one group of a reading

_fell_back: ContextVar[bool] = ContextVar("fell_back", default=False)


class MeiliIndex(PostgresIndex):
    """A `SearchIndex` whose candidates come from Meilisearch, and from the database while that is slow or gone.

    The readings of the query, the vocabulary and the ranking are the same either way, and so are the answers.
    """

    def __init__(self, client: MeiliClient) -> None:
        super().__init__()
        self._client = client
        self._breaker = Breaker()

    async def search(self, wanted: Wanted, *, now: datetime) -> Found:
        token = _fell_back.set(False)
        try:
            found = await super().search(wanted, now=now)
            return replace(found, fallen_back=True) if _fell_back.get() else found
        finally:
            _fell_back.reset(token)

    async def _candidates(self, readings: list[Attempt], wanted: Wanted) -> dict[str, Kept]:
        if not readings:
            return {}
        if self._breaker.lets_through():
            try:
                rows = await self._found(readings, wanted)
            except SearchDown as down:
                self._breaker.failed()
                log.warning("meilisearch did not answer", extra={"facts": {"trouble": str(down)}})
            else:
                self._breaker.answered()
                await self._read(rows)
                return {kept.standing.code: kept for row in rows if (kept := self._kept.get(row))}
        _fell_back.set(True)
        return await super()._candidates(readings, wanted)
