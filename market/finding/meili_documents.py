"""A search document as Meilisearch keeps it. It may know what stands on the page, and nothing else."""

from typing import Any

from market.finding.documents import spelt
from market.finding.entries import document_of
from market.finding.meili_settings import SHAPE

MARK = "mark"
"""The one document that is no listing: it says whose index this is and whether it is whole."""
MARK_TEXT = f"jangnal {SHAPE}"


def meili_document(row: dict[str, Any]) -> dict[str, Any]:
    """`row`: a document of ours with its village, as `meili_sent` reads it."""
    document = document_of(row["code"], row["name"], row["words"])
    words, joined = document.words, document.joined
    names = words["name"] | words["category"]
    every = frozenset().union(*words.values())
    return {
        "id": row["key"],
        "row": row["id"],
        "updated": row["updated_at"].isoformat(),
        "published": True,  # there are no others: what is withdrawn is removed
        "running": row["state"] == "running",
        "kind": row["kind"],
        "village": row["village"],
        "village_name": row["village_name"],
        "category": row["category"],
        "code": row["code"],
        "name": row["name"],
        "length": len(joined),
        "joined": joined,
        "names": sorted(words["name"]),
        "certificates": sorted(words["certificate"]),
        "others": sorted(every - names),
        "words": sorted(every),
        **spelt(joined)._asdict(),
        "measures": sorted(document.measures),
    }


def mark(build: str, *, whole: bool) -> dict[str, Any]:
    return {"id": MARK, "mark": MARK_TEXT, "build": build, "whole": whole}
