"""Search for machines: what was found, in order, with the counts to narrow it, and what may be meant by a beginning."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from market.filters import Filters, Sort
from market.finding.entries import Findable
from market.finding.index import MOST_SUGGESTED, Facet, Found, Suggestion, Wanted
from market.finding.postgres_index import shared_index
from storefront.api.answers import json_answer, one_of, price_range, whole_number, word
from storefront.pace import keep_pace

MOST = 100
USUAL = 20
TRUE = ("true", "1")
TRUE_OR_FALSE = (*TRUE, "false", "0")


async def index(request: Request) -> Response:
    """`GET /api/v1/search?q=&kind=&village=&limit=` and the filters of the goods list. Raises `BadForm`."""
    keep_pace(request)
    found = await shared_index().search(_wanted(request), now=datetime.now(UTC))
    return json_answer(request, _plain(found))


async def suggestions(request: Request) -> Response:
    """`GET /api/v1/search/suggestions?q=&limit=`. Raises `BadForm`."""
    keep_pace(request)
    limit = whole_number(request, "limit", least=1, most=MOST_SUGGESTED) or MOST_SUGGESTED
    found = await shared_index().suggest(request.query_params.get("q", ""), limit=limit)
    return json_answer(request, {"items": [_suggestion(each) for each in found]})


def _wanted(request: Request) -> Wanted:
    kind, sort = one_of(request, "kind", list(Findable)), one_of(request, "sort", list(Sort))
    return Wanted(
        query=request.query_params.get("q", ""),
        kind=Findable(kind) if kind else None,
        filters=_filters(request),
        sort=Sort(sort) if sort else None,
        limit=whole_number(request, "limit", least=1, most=MOST) or USUAL,
    )


def _filters(request: Request) -> Filters:
    least, most = price_range(request)
    return Filters(
        village=word(request, "village"),
        category=word(request, "category"),
        certificate=word(request, "certificate"),
        least=least,
        most=most + 1,
        this_week=one_of(request, "ships_this_week", TRUE_OR_FALSE) in TRUE,
        in_season=one_of(request, "in_season", TRUE_OR_FALSE) in TRUE,
    )


def _plain(found: Found) -> dict[str, Any]:
    return {
        "items": [
            {
                "slug": item.slug,
                "code": item.code or None,
                "name": item.name,
                "kind": item.kind.value,
                "village": {"slug": item.village_slug, "name": item.village_name},
            }
            for item in found.items
        ],
        "total": found.total,
        "facets": {
            "kind": _counts(found.kinds),
            "village": _counts(found.villages),
            "category": _counts(found.categories),
            "certificate": _counts(found.certificates),
            "price": _counts(found.prices),
            "ships_this_week": found.this_week,
            "in_season": found.in_season,
        },
        "corrected": found.corrected,
        "nearby": list(found.nearby),
        "fallen_back": found.fallen_back,
    }


def _counts(facets: tuple[Facet, ...]) -> list[dict[str, str | int]]:
    return [{"value": facet.value, "name": facet.text, "count": facet.count} for facet in facets]


def _suggestion(found: Suggestion) -> dict[str, str | None]:
    return {
        "text": found.text,
        "kind": found.kind.value if found.kind else None,
        "slug": found.slug or None,
        "village": None if found.kind == Findable.village else found.village_short or None,
    }
