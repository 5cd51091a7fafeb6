"""The search itself, as far as we ask for it: the documents that a filter leaves."""

from typing import Any

from tests.meili_stand_in.filters import filter_test
from tests.meili_stand_in.settings import filterable_of
from tests.meili_stand_in.troubles import Trouble

Document = dict[str, Any]
MEANT = {"indexUid", "filter", "offset", "limit", "attributesToRetrieve"}
"""What this stand-in does. The rest of `KNOWN` Meilisearch knows and this does not."""
KNOWN = MEANT | {
    "q", "sort", "facets", "matchingStrategy", "attributesToSearchOn", "locales", "showRankingScore",
    "page", "hitsPerPage", "attributesToCrop", "cropLength", "cropMarker", "attributesToHighlight", "highlightPreTag",
    "highlightPostTag", "showMatchesPosition", "distinct", "rankingScoreThreshold", "hybrid", "vector",
    "retrieveVectors", "media", "personalize", "useNetwork", "showRankingScoreDetails", "showPerformanceDetails",
    "federationOptions",
}  # fmt: skip
TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "offset": (int, "invalid_search_offset"),
    "limit": (int, "invalid_search_limit"),
    "attributesToRetrieve": (list, "invalid_search_attributes_to_retrieve"),
}


def check_query(query: Any) -> None:
    """Raises `Trouble` as Meilisearch does for what it does not know."""
    if not isinstance(query, dict):
        raise Trouble("bad_request", "Invalid value type: expected an object.")
    for name in query:
        if name not in KNOWN:
            raise Trouble(
                "bad_request", f"Unknown field `{name}`: expected one of {', '.join(sorted(KNOWN))}"
            )
        if name not in MEANT:
            raise NotImplementedError(f"the stand-in does not do {name}")
    if not isinstance(query.get("indexUid"), str):
        raise Trouble("missing_index_uid", "Missing field `indexUid`")
    for name, (kind, code) in TYPES.items():
        value = query.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise Trouble(code, f"Invalid value type at `.{name}`")
    for name in ("offset", "limit"):
        if query.get(name) is not None and query[name] < 0:
            raise Trouble(TYPES[name][1], f"Invalid value at `.{name}`: not a positive integer.")


def search(documents: dict[str, Document], settings: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    matches = filter_test(query.get("filter"), filterable_of(settings))
    most = settings["pagination"]["maxTotalHits"]
    offset, limit = query.get("offset") or 0, query.get("limit", 20)
    found = [document for document in documents.values() if matches(document)][:most]
    return {
        "hits": [_shown(each, settings, query) for each in found[offset : offset + limit]],
        "query": "",
        "processingTimeMs": 1,
        "limit": limit,
        "offset": offset,
        "estimatedTotalHits": len(found),
    }


def _shown(document: Document, settings: dict[str, Any], query: dict[str, Any]) -> Document:
    wanted, displayed = query.get("attributesToRetrieve", ["*"]), settings["displayedAttributes"]
    return {
        name: value
        for name, value in document.items()
        if (wanted == ["*"] or name in wanted) and (displayed == ["*"] or name in displayed)
    }
