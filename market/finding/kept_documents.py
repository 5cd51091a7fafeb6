"""Documents in memory, ranked here: for an engine that names a few candidates and leaves their order to us."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.bits import among, number_of
from market.finding.entries import Findable, document_of
from market.finding.hits import Hits, Listed, in_bands
from market.finding.questions import Question
from market.finding.quick_ranking import Standing, rank_quickly
from market.finding.ranking import GOOD
from market.finding.understanding import Attempt

MOST_KEPT = 8000  # documents in memory, about 4 kB each

Candidates = Callable[[list[Attempt]], Awaitable[dict[int, datetime]]]
"""Rows of all documents that may answer some readings, and when each was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document read once and kept until it is written anew. `number`: its bit."""

    number: int
    standing: Standing
    updated_at: datetime


class KeptDocuments:
    def __init__(self) -> None:
        self._kept: OrderedDict[int, Kept] = OrderedDict()

    async def hits(self, question: Question, candidates: Candidates, offered: int, *, exact: bool) -> Hits:
        """Asks for candidates of what was typed, and of the guesses where nothing good is among them.

        `offered`: what is on sale; of what is gone the engine may know for a while, and it keeps nobody from guessing.
        """
        rows = await candidates(question.direct) if question.direct else {}
        known = await self._known(rows, offered)
        hits = rank_quickly(question.direct, [each.standing for each in known.values()])
        if not exact and not any(hit.score >= GOOD for hit in hits) and question.guesses:
            known |= await self._known(await candidates(question.guesses), offered)
            readings = [*question.direct, *question.guesses]
            hits = rank_quickly(readings, [each.standing for each in known.values()])
        bands = in_bands((round(hit.score, 3), known[hit.code].number) for hit in hits)
        return Listed(bands, corrected=hits[0].reads_as if hits else None)

    async def _known(self, rows: dict[int, datetime], offered: int) -> dict[str, Kept]:
        """Those on sale, by the code that ranking knows them by.

        Read is what is not in memory, or was written anew since.
        """
        known = {
            row: kept
            for row, written in rows.items()
            if (kept := self._kept.get(row)) and kept.updated_at >= written
        }
        if missing := [row for row in rows if row not in known]:
            found = await connections.get("default").execute_query_dict(DOCUMENTS, [missing])
            known |= {row["id"]: _kept(row) for row in found}
        for row, kept in known.items():
            self._kept[row] = kept
            self._kept.move_to_end(row)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        on_sale = set(among([kept.number for kept in known.values()], offered))
        return {kept.standing.code: kept for kept in known.values() if kept.number in on_sale}


def _kept(row: dict) -> Kept:
    own_id = -row["village_id"] if row["kind"] == Findable.village else row["listing_id"]
    # The row's id makes it unique; the code before it keeps the order of equals that of the codes.
    document = document_of(f"{row['code']}#{row['id']:019}", row["name"], row["words"])
    return Kept(number_of(own_id), Standing.of(document), row["updated_at"])


DOCUMENTS = """
SELECT d.id, d.kind, d.listing_id, d.village_id, d.code, d.name, tsvector_to_array(w.words) AS words, d.updated_at
FROM search_documents d JOIN search_words w ON w.entry_id = d.id WHERE d.id = ANY($1::bigint[])
"""
