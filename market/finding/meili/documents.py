"""A search document as Meilisearch keeps it. It may know what stands on the page, and nothing else."""

from typing import Any

from market.finding.entries import AMOUNT
from market.finding.meili.settings import SHAPE

MARK = "mark"
"""The one document that is no listing: it says whose index this is and whether it is whole."""
MARK_TEXT = f"jangnal {SHAPE}"


def meili_document(row: dict[str, Any]) -> dict[str, Any]:
    """`row`: a document of ours with its village, as `sent` reads it."""
    return {
        "id": row["key"],
        "row": row["id"],
        "updated": row["updated_at"].isoformat(),
        "published": True,  # there are no others: what is withdrawn is removed
        "running": row["state"] == "running",
        "words": sorted({word[1:] for word in row["words"] if word[0] != AMOUNT}),
        # For whoever looks into the index with Meilisearch's own tools.
        "kind": row["kind"],
        "name": row["name"],
        "category": row["category"],
        "village_name": row["village_name"],
    }


def mark(build: str, *, whole: bool) -> dict[str, Any]:
    return {"id": MARK, "mark": MARK_TEXT, "build": build, "whole": whole}
