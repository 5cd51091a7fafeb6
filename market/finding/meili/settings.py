"""How Meilisearch keeps our documents, as code: brought there where it differs, and only then."""

import json
from collections.abc import Mapping
from typing import Any

from market.finding.lexicon import SHIPPED

# Part of the index's name: documents of another shape are built beside it, and older processes go on with theirs.
SHAPE = 2
SERVING = f"jangnal_{SHAPE}"
BESIDE = f"{SERVING}_beside"
MOST_HITS = 1000

SETTINGS: dict[str, Any] = {
    # All that our own questions need: what a reading asks for is a filter on `words`, exact, where Meilisearch's own
    # cutting of Korean would find 무 in 무농약; spellings, typing errors and the order are ours (`understanding`).
    "filterableAttributes": [
        {
            "attributePatterns": ["mark", "published", "running", "words"],
            "features": {"facetSearch": False, "filter": {"equality": True, "comparison": False}},
        }
    ],
    # From here to the languages nothing is for a shopper: whoever looks into the index with Meilisearch's own tools
    # and types a word finds about what the shop would find.
    "searchableAttributes": ["name", "category", "village_name"],  # in order of weight
    "rankingRules": ["words", "typo", "proximity", "attributeRank", "wordPosition", "exactness"],
    # A letter of Korean is a syllable here: 사과 is no typing error of 사탕. Errors are mended by jamo before.
    "typoTolerance": {"enabled": False},
    # Half-typed words are read by jamo before; by syllables 배 would begin 배추.
    "prefixSearch": "disabled",
    "synonyms": {word: list(others) for word, others in sorted(SHIPPED.meanings.items())},
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["kor"]}],
    "pagination": {"maxTotalHits": MOST_HITS},
    "facetSearch": False,
    "searchCutoffMs": 400,
}  # fmt: skip


def differing(there: Mapping[str, Any], wanted: Mapping[str, Any] = SETTINGS) -> dict[str, Any]:
    """What must be sent so that the settings there are as wanted; empty when they are."""
    return {
        name: value for name, value in wanted.items() if not _says(there.get(name), value, name in IN_ORDER)
    }


IN_ORDER = {"searchableAttributes", "rankingRules"}


def _says(there: Any, wanted: Any, in_order: bool = False) -> bool:
    """Parts of an object that we say nothing of may be as they are there; the order of a list seldom matters."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_says(there.get(name), part) for name, part in wanted.items())
    if isinstance(wanted, list) and not in_order:
        return isinstance(there, list) and sorted(map(_plain, there)) == sorted(map(_plain, wanted))
    return there == wanted


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
