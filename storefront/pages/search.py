"""Finding goods, programs and villages by any words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from market.filters import MOST_WON, SORT_NAMES, Filters, Sort
from market.finding.entries import Findable
from market.finding.hangul import jamo
from market.finding.index import Facet, Found, Wanted
from market.finding.missed import missed_searches
from market.finding.narrowing import KIND_NAMES
from market.finding.neighbours import neighbours_named
from market.finding.postgres_index import shared_index
from market.finding.prices import price_in
from market.finding.results import Category, popular_categories, results
from storefront.frames import render_framed
from storefront.keeping import keeping
from storefront.pace import SEARCHES, keep_pace
from storefront.pages.asked import page_from, readable
from storefront.pages.filters import (
    Tools,
    applied,
    category_select,
    certificate_select,
    checks,
    filters_from,
    has_price,
    in_address,
    price_select,
    sort_from,
    village_select,
)
from storefront.pages.grids import Marks, goods_grid, program_list
from storefront.pages.pager import pages_of
from storefront.web import TEMPLATES, see_other, services, visit_of
from villages.days import seoul_day

PER_PAGE = 24
LAST_PAGE = 50
BEST_FIRST = ("", "잘 맞는 순")
NO_FILTERS = Filters()


@dataclass(frozen=True)
class Asked:
    """The address read into plain values; what nobody meant is left out. `sort` None: what fits best.

    `price_words` were said in the query, and are a filter now.
    """

    query: str
    kind: Findable | None = None
    filters: Filters = NO_FILTERS
    sort: Sort | None = None
    exact: bool = False
    price_words: str = ""

    @property
    def is_narrowed(self) -> bool:
        return self.kind is not None or self.filters != NO_FILTERS

    def in_address(self) -> dict[str, str]:
        asked = {"q": self.query, "kind": self.kind.value if self.kind else ""}
        asked |= in_address(self.filters) | {"sort": self.sort.value if self.sort else ""}
        asked["exact"] = "1" if self.exact else ""
        return {name: value for name, value in asked.items() if value}

    def url(self, page: int = 1) -> str:
        return "/search?" + urlencode(self.in_address() | ({"page": str(page)} if page > 1 else {}))

    def without_filters(self) -> "Asked":
        return replace(self, kind=None, filters=NO_FILTERS)


@dataclass(frozen=True)
class Chip:
    text: str
    count: int
    url: str
    is_current: bool


async def index(request: Request) -> Response:
    keep_pace(request, SEARCHES)
    asked = asked_from(request.query_params)
    if asked.price_words and not asked.query:
        return see_other("/goods?" + urlencode(in_address(asked.filters)))
    if not asked.query:
        context = {"query": "", "found": None, "categories": await _categories(request)}
        return await render_framed(request, "pages/search.html", context)
    visit = visit_of(request)
    page = min(page_from(request.query_params), LAST_PAGE)
    found = await _search(asked, page, visit.now)
    if found.total and not found.items:
        page = min(-(-found.total // PER_PAGE), LAST_PAGE)
        found = await _search(asked, page, visit.now)
    # Who brings no cookie of ours back is a machine, mostly; and a filter may be why nothing was found.
    if not (found.total or asked.is_narrowed or asked.exact or visit.is_new):
        missed_searches().note(asked.query, day=seoul_day(visit.now))
    shown = await results(found.items, now=visit.now)
    context = {
        "query": asked.query,
        "is_cut": readable(request.query_params["q"]).is_cut,
        "found": found,
        "shown": shown,
        "grid": goods_grid(shown.goods),
        "list": program_list(shown.programs),
        "kind_names": KIND_NAMES,
        "kinds": _kinds(asked, found.kinds),
        "tools": await _tools(request, asked, found) if found.total or asked.is_narrowed else "",
        "corrected_by": _with_particle(found.corrected) if found.corrected else "",
        "exact_url": replace(asked, exact=True).url(),
        "price_words": asked.price_words,
        "as_typed_url": replace(
            asked,
            query=readable(request.query_params["q"]).text,
            filters=replace(asked.filters, least=0, most=MOST_WON),
            exact=True,
        ).url(),
        "anyway_url": replace(asked, exact=False).url() if asked.exact else "",
        "all_url": asked.without_filters().url(),
        "neighbours": [] if found.total else await neighbours_named(asked.query),
        "nearby": [(word, Asked(word).url()) for word in found.nearby],
        "pages": pages_of(min(found.total, LAST_PAGE * PER_PAGE), page=page, size=PER_PAGE, address=asked.url),
        "categories": [] if found.total else await _categories(request),
    }  # fmt: skip
    return await render_framed(request, "pages/search.html", context)


def asked_from(params: QueryParams) -> Asked:
    kind = params.get("kind", "")
    asked = Asked(
        query=readable(params.get("q", "")).text,
        kind=Findable(kind) if kind in Findable.__members__ else None,
        filters=filters_from(params),
        sort=sort_from(params),
        exact=params.get("exact") == "1",
    )
    price = None if asked.exact or has_price(asked.filters) else price_in(asked.query)
    if price is None:
        return asked
    filters = replace(asked.filters, least=price.least, most=price.most)
    return replace(asked, query=price.rest, filters=filters, price_words=price.words)


async def _search(asked: Asked, page: int, now: datetime) -> Found:
    return await shared_index().search(
        Wanted(
            asked.query,
            kind=asked.kind,
            filters=asked.filters,
            sort=asked.sort,
            exact=asked.exact,
            offset=(page - 1) * PER_PAGE,
            limit=PER_PAGE,
        ),
        now=now,
    )


async def _categories(request: Request) -> list[Category]:
    """To look through all that is on sale costs more than a search, and hardly changes."""
    kept = keeping(request, "popular_categories", most=1, seconds=60)
    return kept.get("") or kept.put("", await popular_categories())


async def _village_names(request: Request) -> Mapping[str, str]:
    shown = await services(request).brand.brand()
    return {village.slug: village.short_name for village in shown.villages}


def _kinds(asked: Asked, facets: tuple[Facet, ...]) -> list[Chip]:
    """ "All" first; no chips where there is nothing to choose. The chosen one takes itself off."""
    if len(facets) < 2 and not asked.kind:
        return []
    counts = {Findable(facet.value): facet.count for facet in facets}
    if asked.kind:
        counts.setdefault(asked.kind, 0)
    every = replace(asked, kind=None).url()
    return [
        Chip("전체", sum(counts.values()), every, asked.kind is None),
        *(
            Chip(KIND_NAMES[kind], count, every if kind == asked.kind else replace(asked, kind=kind).url(), kind == asked.kind)
            for kind, count in counts.items()
        ),
    ]  # fmt: skip


async def _tools(request: Request, asked: Asked, found: Found) -> Marks:
    """Filters with their counts: drawn once for as long as the counts are kept."""
    kept = keeping(request, "search_tools", most=40, seconds=5)
    before = kept.get(asked)
    if before is not None and before[0] is found.villages:
        return before[1]
    tools = _filters(asked, found, await _village_names(request))
    drawn = TEMPLATES.get_template("pages/search_tools.html").make_module({"tools": tools})
    return kept.put(asked, (found.villages, drawn))[1]


def _filters(asked: Asked, found: Found, villages: Mapping[str, str]) -> Tools:
    filters = asked.filters
    name = villages.get(filters.village, "")
    return Tools(
        action="/search",
        asked=asked.in_address(),
        selects=[
            village_select(found.villages, filters, name=name),
            category_select(found.categories, filters),
            price_select(found.prices, filters, left=found.total),
            certificate_select(found.certificates, filters),
        ],
        checks=checks(filters, this_week=found.this_week, in_season=found.in_season),
        sorts=[BEST_FIRST, *((sort.value, text) for sort, text in SORT_NAMES.items())],
        sort=asked.sort.value if asked.sort else "",
        applied=applied(filters, village_name=name, address=lambda left: replace(asked, filters=left).url()),
        everything=replace(asked, filters=NO_FILTERS).url(),
    )


def _with_particle(word: str) -> str:
    """‘곶감’으로, ‘사과’로: 로 after a vowel or ㄹ."""
    last = jamo(word[-1])[-1]
    return f"‘{word}’{'로' if last in 'ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣㅐㅔㅒㅖㄹ' else '으로' if '가' <= word[-1] <= '힣' else '(으)로'}"
