"""Settings of an index: what they are when nobody said anything, and what is refused."""

from typing import Any

from tests.meili_stand_in.troubles import Trouble

DEFAULTS: dict[str, Any] = {
    "displayedAttributes": ["*"],
    "searchableAttributes": ["*"],
    "filterableAttributes": [],
    "sortableAttributes": [],
    "foreignKeys": [],
    "rankingRules": ["words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"],
    "stopWords": [],
    "nonSeparatorTokens": [],
    "separatorTokens": [],
    "dictionary": [],
    "synonyms": {},
    "distinctAttribute": None,
    "proximityPrecision": "byWord",
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
        "disableOnWords": [],
        "disableOnAttributes": [],
        "disableOnNumbers": False,
    },
    "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
    "pagination": {"maxTotalHits": 1000},
    "embedders": {},
    "searchCutoffMs": None,
    "localizedAttributes": [],
    "facetSearch": True,
    "prefixSearch": "indexingTime",
    "chat": {},
}
RULES = {"words", "typo", "proximity", "attribute", "attributeRank", "sort", "wordPosition", "exactness"}
CODES = {
    "searchableAttributes": "invalid_settings_searchable_attributes",
    "filterableAttributes": "invalid_settings_filterable_attributes",
    "sortableAttributes": "invalid_settings_sortable_attributes",
    "rankingRules": "invalid_settings_ranking_rules",
    "synonyms": "invalid_settings_synonyms",
    "typoTolerance": "invalid_settings_typo_tolerance",
    "faceting": "invalid_settings_faceting",
    "pagination": "invalid_settings_pagination",
}
PARTS = {"typoTolerance", "faceting", "pagination", "minWordSizeForTypos"}
"""Objects of which a part may be sent; the rest of them stays."""


def check_settings(given: Any) -> None:
    if not isinstance(given, dict):
        raise Trouble("bad_request", "Invalid value type: expected an object.")
    for name, value in given.items():
        if name not in DEFAULTS:
            raise Trouble("bad_request", f"Unknown field `{name}`: expected one of {', '.join(DEFAULTS)}")
        if value is not None and DEFAULTS[name] is not None and not isinstance(value, type(DEFAULTS[name])):
            raise Trouble(CODES.get(name, "bad_request"), f"Invalid value type at `.{name}`")
        if name in PARTS and value and (unknown := value.keys() - DEFAULTS[name].keys()):
            raise Trouble("bad_request", f"Unknown field `{min(unknown)}` inside `.{name}`")
    for rule in given.get("rankingRules") or ():
        if rule not in RULES and not rule.endswith((":asc", ":desc")):
            raise Trouble(CODES["rankingRules"], f"`{rule}` ranking rule is invalid.")
    for rule in given.get("filterableAttributes") or ():
        _check_filterable(rule)


def _check_filterable(rule: Any) -> None:
    if isinstance(rule, str):
        return
    code = CODES["filterableAttributes"]
    if not isinstance(rule, dict) or not isinstance(rule.get("attributePatterns"), list):
        raise Trouble(code, "Missing field `attributePatterns` inside `.filterableAttributes`")
    features = rule.get("features", {})
    filters = features.get("filter", {})
    unknown = rule.keys() - {"attributePatterns", "features"} | features.keys() - {"facetSearch", "filter"}
    unknown |= filters.keys() - {"equality", "comparison"}
    if unknown:
        raise Trouble(code, f"Unknown field `{min(unknown)}` inside `.filterableAttributes`")


def changed(settings: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    new = dict(settings)
    for name, value in given.items():
        if value is None:
            new[name] = DEFAULTS[name]
        elif name in PARTS:
            new[name] = changed_part(settings[name], value)
        else:
            new[name] = value
    return new


def changed_part(settings: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: changed_part(old, given[name]) if name in given and name in PARTS else given.get(name, old)
        for name, old in settings.items()
    }


def filterable_of(settings: dict[str, Any]) -> dict[str, set[str]]:
    """Each attribute that may be filtered, and by what."""
    found: dict[str, set[str]] = {}
    for rule in settings["filterableAttributes"]:
        if isinstance(rule, str):
            found[rule] = {"equality", "comparison"}
            continue
        filters = {"equality": True, "comparison": False} | rule.get("features", {}).get("filter", {})
        for name in rule["attributePatterns"]:
            found[name] = {feature for feature, allowed in filters.items() if allowed}
    return found
