"""Documents in memory, ranked here: for an engine that names a few candidates and leaves their order to us."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.bits import number_of
from market.finding.entries import Findable, document_of
from market.finding.hits import Hits, Listed
from market.finding.questions import Question
from market.finding.quick_ranking import Standing, rank_quickly
from market.finding.ranking import GOOD
from market.finding.understanding import Attempt

MOST_KEPT = 8000  # documents in memory, about 4 kB each

Candidates = Callable[[list[Attempt]], Awaitable[dict[int, datetime]]]
"""Rows of documents that may answer some readings, and when each was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document read once and kept until it is written anew. `id`: a listing's; of a village its own below zero."""

    id: int
    standing: Standing
    updated_at: datetime


class KeptDocuments:
    def __init__(self) -> None:
        self._kept: OrderedDict[int, Kept] = OrderedDict()

    async def hits(self, question: Question, candidates: Candidates, *, exact: bool, most: int) -> Hits:
        """Asks for candidates of what was typed, and of the guesses where nothing good is among them."""
        known = await self._known(await candidates(question.direct)) if question.direct else {}
        hits = rank_quickly(question.direct, [each.standing for each in known.values()])
        if not exact and not any(hit.score >= GOOD for hit in hits) and question.guesses:
            known |= await self._known(await candidates(question.guesses))
            readings = [*question.direct, *question.guesses]
            hits = rank_quickly(readings, [each.standing for each in known.values()])
        return Listed(
            [number_of(known[hit.code].id) for hit in hits],
            corrected=hits[0].reads_as if hits else None,
            and_more=len(known) >= most,
        )

    async def _known(self, rows: dict[int, datetime]) -> dict[str, Kept]:
        """By the code that ranking knows them by."""
        await self._read(rows)
        return {kept.standing.code: kept for row in rows if (kept := self._kept.get(row))}

    async def _read(self, wanted: dict[int, datetime]) -> None:
        """Bring into memory what is not there or was written anew since."""
        missing = []
        for row_id, updated_at in wanted.items():
            if (kept := self._kept.get(row_id)) and kept.updated_at == updated_at:
                self._kept.move_to_end(row_id)
            else:
                missing.append(row_id)
        if missing:
            for row in await connections.get("default").execute_query_dict(DOCUMENTS, [missing]):
                self._kept[row["id"]] = _kept(row)
                self._kept.move_to_end(row["id"])
        while len(self._kept) > max(MOST_KEPT, len(wanted)):
            self._kept.popitem(last=False)


def _kept(row: dict) -> Kept:
    own_id = -row["village_id"] if row["kind"] == Findable.village else row["listing_id"]
    # The row's id makes it unique; the code before it keeps the order of equals that of the codes.
    document = document_of(f"{row['code']}#{row['id']:019}", row["name"], row["words"])
    return Kept(own_id, Standing.of(document), row["updated_at"])


DOCUMENTS = """
SELECT d.id, d.kind, d.listing_id, d.village_id, d.code, d.name, tsvector_to_array(w.words) AS words, d.updated_at
FROM search_documents d JOIN search_words w ON w.entry_id = d.id WHERE d.id = ANY($1::bigint[])
"""
