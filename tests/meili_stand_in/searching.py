"""The search itself, simply: terms, with prefixes where settings allow, over the searchable attributes."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.meili_stand_in.filters import filter_test
from tests.meili_stand_in.settings import filterable_of
from tests.meili_stand_in.troubles import Trouble

Document = dict[str, Any]
MEANT = {
    "indexUid", "q", "offset", "limit", "filter", "sort", "facets", "matchingStrategy", "attributesToSearchOn",
    "attributesToRetrieve", "locales", "showRankingScore",
}  # fmt: skip
"""What this stand-in does. The rest of `KNOWN` Meilisearch knows and this does not."""
KNOWN = MEANT | {
    "page", "hitsPerPage", "attributesToCrop", "cropLength", "cropMarker", "attributesToHighlight", "highlightPreTag",
    "highlightPostTag", "showMatchesPosition", "distinct", "rankingScoreThreshold", "hybrid", "vector",
    "retrieveVectors", "media", "personalize", "useNetwork", "showRankingScoreDetails", "showPerformanceDetails",
    "federationOptions",
}  # fmt: skip
TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "q": (str, "invalid_search_q"),
    "offset": (int, "invalid_search_offset"),
    "limit": (int, "invalid_search_limit"),
    "sort": (list, "invalid_search_sort"),
    "facets": (list, "invalid_search_facets"),
    "attributesToSearchOn": (list, "invalid_search_attributes_to_search_on"),
    "attributesToRetrieve": (list, "invalid_search_attributes_to_retrieve"),
    "locales": (list, "invalid_search_locales"),
    "matchingStrategy": (str, "invalid_search_matching_strategy"),
}


def check_query(query: Any, *, with_index: bool) -> None:
    """Raises `Trouble` as Meilisearch does for what it does not know."""
    if not isinstance(query, dict):
        raise Trouble("bad_request", "Invalid value type: expected an object.")
    known = KNOWN if with_index else KNOWN - {"indexUid", "federationOptions"}
    for name in query:
        if name not in known:
            raise Trouble(
                "bad_request", f"Unknown field `{name}`: expected one of {', '.join(sorted(known))}"
            )
        if name not in MEANT:
            raise NotImplementedError(f"the stand-in does not do {name}")
    if with_index and not isinstance(query.get("indexUid"), str):
        raise Trouble("missing_index_uid", "Missing field `indexUid`")
    for name, (kind, code) in TYPES.items():
        value = query.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise Trouble(code, f"Invalid value type at `.{name}`")
    for name in ("offset", "limit"):
        if query.get(name) is not None and query[name] < 0:
            raise Trouble(TYPES[name][1], f"Invalid value at `.{name}`: not a positive integer.")
    if query.get("matchingStrategy", "last") not in ("last", "all", "frequency"):
        raise Trouble("invalid_search_matching_strategy", "Unknown value at `.matchingStrategy`")


def search(documents: dict[str, Document], settings: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    matches = filter_test(query.get("filter"), filterable_of(settings))
    among = [document for document in documents.values() if matches(document)]
    scored = _scored(among, settings, query)
    order = _order(settings, query)
    scored.sort(key=lambda pair: order(*pair))
    most = settings["pagination"]["maxTotalHits"]
    offset, limit = query.get("offset") or 0, query.get("limit", 20)
    found = [document for document, _ in scored][:most]
    answer: dict[str, Any] = {
        "hits": [_shown(each, settings, query) for each in found[offset : offset + limit]],
        "query": query.get("q") or "",
        "processingTimeMs": 1,
        "limit": limit,
        "offset": offset,
        "estimatedTotalHits": len(found),
    }
    if query.get("facets") is not None:
        answer |= _facets(found, settings, query["facets"])
    return answer


def words_of(text: Any) -> list[str]:
    if isinstance(text, list):
        return [word for each in text for word in words_of(each)]
    return re.findall(r"[^\W_]+", str(text).lower()) if isinstance(text, str | int) else []


def _scored(
    among: list[Document], settings: dict[str, Any], query: dict[str, Any]
) -> list[tuple[Document, tuple]]:
    wanted = words_of(query.get("q") or "")
    if not wanted:
        return [(document, (0, 0, 0)) for document in among]
    searchable = _searched_attributes(settings, query)
    strategy = query.get("matchingStrategy", "last")
    found = []
    for document in among:
        met = [_met(word, document, searchable, settings, last=word is wanted[-1]) for word in wanted]
        enough = all(met) if strategy == "all" else bool(met[0]) if strategy == "last" else any(met)
        if enough:
            ranks = [min(rank for rank, _ in each) for each in met if each]
            inexact = sum(not any(exact for _, exact in each) for each in met if each)
            found.append((document, (-sum(map(bool, met)), min(ranks), inexact)))
    return found


def _searched_attributes(settings: dict[str, Any], query: dict[str, Any]) -> list[str]:
    searchable = settings["searchableAttributes"]
    wanted = query.get("attributesToSearchOn")
    for name in wanted or ():
        if searchable != ["*"] and name not in searchable:
            raise Trouble("invalid_search_attributes_to_search_on", f"Attribute `{name}` is not searchable.")
    return list(wanted or searchable)


def _met(
    word: str, document: Document, searchable: list[str], settings: dict[str, Any], *, last: bool
) -> list[tuple[int, bool]]:
    """The places where a word or another name of it stands: the attribute's rank, and whether as a whole word."""
    names = {word, *settings["synonyms"].get(word, ())}
    by_prefix = last and settings["prefixSearch"] == "indexingTime"
    places = []
    for rank, attribute in enumerate(document if searchable == ["*"] else searchable):
        words = set(words_of(document.get(attribute)))
        if names & words:
            places.append((rank, True))
        elif by_prefix and any(each.startswith(word) for each in words):
            places.append((rank, False))
    return places


def _order(settings: dict[str, Any], query: dict[str, Any]) -> Callable[[Document, tuple], tuple]:
    """Each ranking rule in turn; typo, proximity and the position of a word are the same for all here."""
    sorts = [_sort(each, settings) for each in query.get("sort") or ()]
    if sorts and "sort" not in settings["rankingRules"]:
        raise Trouble(
            "invalid_search_sort", "You must specify where `sort` is listed in the rankingRules setting."
        )

    def order(document: Document, score: tuple) -> tuple:
        places: list[Any] = []
        for rule in settings["rankingRules"]:
            if rule == "words":
                places.append(score[0])
            elif rule in ("attribute", "attributeRank"):
                places.append(score[1])
            elif rule == "exactness":
                places.append(score[2])
            elif rule == "sort":
                places += [place(document) for place in sorts]
            elif ":" in rule:
                places.append(_by(*rule.split(":"))(document))
        return tuple(places)

    return order


def _sort(wanted: str, settings: dict[str, Any]) -> Callable[[Document], Any]:
    attribute, _, way = wanted.partition(":")
    if way not in ("asc", "desc"):
        raise Trouble("invalid_search_sort", f"Invalid syntax for the sort parameter: `{wanted}`.")
    if attribute not in settings["sortableAttributes"]:
        known = ", ".join(settings["sortableAttributes"])
        raise Trouble(
            "invalid_search_sort",
            f"Attribute `{attribute}` is not sortable. Available sortable attributes are: {known}.",
        )
    return _by(attribute, way)


def _by(attribute: str, way: str) -> Callable[[Document], Any]:
    def place(document: Document) -> tuple[int, float, str]:
        value = document.get(attribute)
        if isinstance(value, int | float):
            return (0, value if way == "asc" else -value, "")
        if isinstance(value, str):
            return (1, 0, value if way == "asc" else "".join(chr(0x10FFFF - ord(sign)) for sign in value))
        return (2, 0, "")

    return place


def _shown(document: Document, settings: dict[str, Any], query: dict[str, Any]) -> Document:
    wanted, displayed = query.get("attributesToRetrieve", ["*"]), settings["displayedAttributes"]
    return {
        name: value
        for name, value in document.items()
        if (wanted == ["*"] or name in wanted) and (displayed == ["*"] or name in displayed)
    }


def _facets(found: list[Document], settings: dict[str, Any], names: list[str]) -> dict[str, Any]:
    filterable = filterable_of(settings)
    if unknown := [name for name in names if name not in filterable]:
        raise Trouble("invalid_search_facets", f"Attribute `{unknown[0]}` is not filterable.")
    counts = {name: Counter(str(v) for each in found for v in _listed(each.get(name))) for name in names}
    return {"facetDistribution": {name: dict(count) for name, count in counts.items()}, "facetStats": {}}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
