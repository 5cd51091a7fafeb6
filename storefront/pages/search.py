"""Finding goods, programs and villages by any words."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from market.filters import Filters
from market.finding.entries import Findable
from market.finding.hangul import jamo, normalise
from market.finding.index import Facet, Found, Wanted
from market.finding.missed import missed_searches
from market.finding.narrowing import KIND_NAMES
from market.finding.postgres_index import shared_index
from market.finding.results import popular_categories, results
from storefront.pages.pager import pages_of
from storefront.web import render, visit_of
from villages.days import seoul_day

PER_PAGE = 24
LAST_PAGE = 50
MOST_CHIPS = 8
LONGEST = 100  # characters of a query that are read and shown


@dataclass(frozen=True)
class Asked:
    """The address read into plain values; what nobody meant is left out."""

    query: str
    kind: Findable | None
    village: str
    exact: bool
    page: int

    def url(self, **other: object) -> str:
        """This search with something else changed; from its first page unless that says otherwise."""
        now = {"kind": self.kind, "village": self.village, "exact": "1" if self.exact else ""}
        values = {"q": self.query, **now, **other}
        return "/search?" + urlencode({name: str(value) for name, value in values.items() if value})


@dataclass(frozen=True)
class Chip:
    text: str
    count: int
    url: str
    is_current: bool


async def index(request: Request) -> Response:
    asked = _asked(request.query_params)
    if not asked.query:
        context = {"query": "", "found": None, "categories": await popular_categories()}
        return await render(request, "pages/search.html", context)
    found = await _search(asked, visit_of(request).now)
    if found.total and not found.items:
        asked = replace(asked, page=-(-found.total // PER_PAGE))
        found = await _search(asked, visit_of(request).now)
    visit = visit_of(request)
    # Who brings no cookie of ours back is a machine, mostly; and a filter may be why nothing was found.
    if not (found.total or asked.kind or asked.village or asked.exact or visit.is_new):
        missed_searches().note(asked.query, day=seoul_day(visit.now))
    context = {
        "query": asked.query,
        "found": found,
        "shown": await results(found.items, now=visit.now),
        "kind_names": KIND_NAMES,
        "kinds": _chips(asked, "kind", found.kinds),
        "places": _chips(asked, "village", found.villages),
        "corrected_by": _with_particle(found.corrected) if found.corrected else "",
        "exact_url": asked.url(exact="1"),
        "anyway_url": asked.url(exact="") if asked.exact else "",
        "all_url": asked.url(kind="", village=""),
        "nearby": [(word, Asked(word, None, "", False, 1).url()) for word in found.nearby],
        "pages": pages_of(
            min(found.total, LAST_PAGE * PER_PAGE),
            page=asked.page,
            size=PER_PAGE,
            address=lambda page: asked.url(page=page),
        ),
        "categories": [] if found.total else await popular_categories(),
    }
    return await render(request, "pages/search.html", context)


async def _search(asked: Asked, now: datetime) -> Found:
    return await shared_index().search(
        Wanted(
            asked.query,
            kind=asked.kind,
            filters=Filters(village=asked.village),
            exact=asked.exact,
            offset=(asked.page - 1) * PER_PAGE,
            limit=PER_PAGE,
        ),
        now=now,
    )


def _asked(params: QueryParams) -> Asked:
    kind, page = params.get("kind", ""), params.get("page", "")
    return Asked(
        query=_readable(params.get("q", "")),
        kind=Findable(kind) if kind in list(Findable) else None,
        village=_readable(params.get("village", "")),
        exact=params.get("exact") == "1",
        page=min(int(page), LAST_PAGE)
        if page.isascii() and page.isdigit() and page != "0" * len(page)
        else 1,
    )


def _readable(text: str) -> str:
    """Without signs that are no text (control, direction, half a pair) and cut to a length a person would type."""
    whole = normalise(text[: LONGEST * 4].encode(errors="ignore").decode())
    return " ".join("".join(sign if sign.isprintable() else " " for sign in whole)[:LONGEST].split())


def _chips(asked: Asked, name: str, facets: tuple[Facet, ...]) -> list[Chip]:
    """ "All" first, then the commonest and the chosen one; no chips where there is nothing to choose."""
    chosen = str(getattr(asked, name) or "")
    if len(facets) < 2 and not chosen:
        return []
    every = Chip("전체", sum(facet.count for facet in facets), asked.url(**{name: ""}), not chosen)
    return [
        every,
        *(
            Chip(facet.text, facet.count, asked.url(**{name: facet.value}), facet.value == chosen)
            for place, facet in enumerate(facets)
            if place < MOST_CHIPS or facet.value == chosen
        ),
    ]


def _with_particle(word: str) -> str:
    """‘곶감’으로, ‘사과’로: 로 after a vowel or ㄹ."""
    last = jamo(word[-1])[-1]
    return f"‘{word}’{'로' if last in 'ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣㅐㅔㅒㅖㄹ' else '으로' if '가' <= word[-1] <= '힣' else '(으)로'}"
