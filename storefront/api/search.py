"""Search for machines: what was found, in order, with the counts to narrow it."""

from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from market.filters import Filters
from market.finding.entries import Findable
from market.finding.index import Facet, Found, Wanted
from market.finding.postgres_index import shared_index
from villages.refusals import BadForm

MOST = 100
USUAL = 20


async def index(request: Request) -> Response:
    """`GET /api/v1/search?q=&kind=&village=&limit=`."""
    wanted = _wanted(request.query_params)
    return JSONResponse(_plain(await shared_index().search(wanted, now=datetime.now(UTC))))


def _wanted(params: QueryParams) -> Wanted:
    """Raises `BadForm` with a sentence per parameter."""
    kind, limit = params.get("kind", ""), params.get("limit", str(USUAL))
    faults = {}
    if kind and kind not in list(Findable):
        faults["kind"] = f"kind는 {', '.join(Findable)} 가운데 하나여야 합니다."
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MOST):
        faults["limit"] = f"limit는 1부터 {MOST}까지의 정수여야 합니다."
    if faults:
        raise BadForm("검색 조건을 고쳐 주세요.", fields=faults)
    return Wanted(
        query=params.get("q", ""),
        kind=Findable(kind) if kind else None,
        filters=Filters(village=params.get("village", "").replace("\x00", "")[:80]),
        limit=int(limit),
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
        },
        "corrected": found.corrected,
    }


def _counts(facets: tuple[Facet, ...]) -> list[dict[str, str | int]]:
    return [{"value": facet.value, "name": facet.text, "count": facet.count} for facet in facets]
