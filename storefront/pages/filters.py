"""The filters of a list: read from the address, written into it again, and shown with their counts.

The list of goods and the search share them, so that a filter has one name, one word and one place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from starlette.datastructures import QueryParams

from market.filters import MOST_WON, PRICE_BANDS, Filters, Sort
from storefront.pages.asked import word_from
from storefront.pages.many_villages import easy_to_find

Narrowed = TypeVar("Narrowed", bound=Filters)


class Counted(Protocol):
    """A value of a filter with its word, and how many it would leave."""

    @property
    def value(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    count: int = 0


@dataclass(frozen=True)
class Select:
    """One field of the form. `every`: the words for no choice."""

    name: str
    label: str
    every: str
    options: list[Counted]
    chosen: str


@dataclass(frozen=True)
class Check:
    name: str
    text: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Tools:
    """What parts/filter_tools.html draws. `asked`: all that stands in the address, and must not be lost by a form."""

    action: str
    asked: dict[str, str]
    selects: list[Select]
    checks: list[Check]
    sorts: list[tuple[str, str]]
    sort: str
    applied: list[tuple[str, str]]
    everything: str


def filters_from(query: QueryParams) -> Filters:
    """What cannot be meant counts as not asked; nothing here is an error."""
    band = query.get("price", "").split("-")
    least, most = (_won(band[0]), _won(band[1])) if len(band) == 2 else (None, None)
    ceiling = _won(query.get("max_price", ""))
    return Filters(
        village=word_from(query, "village"),
        category=word_from(query, "category"),
        certificate=word_from(query, "certificate"),
        least=least if least is not None else _won(query.get("min_price", "")) or 0,
        most=most if most else MOST_WON if ceiling is None else min(ceiling + 1, MOST_WON),
        this_week=query.get("week") == "1",
        in_season=query.get("season") == "1",
    )


def sort_from(query: QueryParams) -> Sort | None:
    return Sort(query["sort"]) if query.get("sort") in Sort.__members__ else None


def in_address(filters: Filters) -> dict[str, str]:
    """The same for the same wish; what is not asked stays out."""
    asked = {
        "village": filters.village, "category": filters.category, "certificate": filters.certificate,
        "price": f"{filters.least}-{filters.most}" if has_price(filters) else "",
        "week": "1" if filters.this_week else "", "season": "1" if filters.in_season else "",
    }  # fmt: skip
    return {name: value for name, value in asked.items() if value}


def applied(
    filters: Narrowed, *, village_name: str, address: Callable[[Narrowed], str]
) -> list[tuple[str, str]]:  # fmt: skip
    """Each filter in force: its word, and the address without it."""
    price = _price_text(filters)
    every = (
        (filters.village, village_name or filters.village, replace(filters, village="")),
        (filters.category, filters.category, replace(filters, category="")),
        (price, price, replace(filters, least=0, most=MOST_WON)),
        (filters.certificate, filters.certificate, replace(filters, certificate="")),
        (filters.this_week, "이번 주 발송", replace(filters, this_week=False)),
        (filters.in_season, "지금 제철", replace(filters, in_season=False)),
    )
    return [(text, address(without)) for is_asked, text, without in every if is_asked]


def village_select(choices: Sequence[Counted], filters: Filters, *, name: str) -> Select:
    """`name`: what the chosen village is called, should nothing be left of it."""
    villages = easy_to_find(choices, lambda choice: choice.text)
    return _select("village", "마을", "모든 마을", villages, filters.village, name)


def category_select(choices: Sequence[Counted], filters: Filters) -> Select:
    return _select("category", "갈래", "모든 갈래", choices, filters.category)


def price_select(choices: Sequence[Counted], filters: Filters, *, left: int) -> Select:
    """`left`: how many all the filters leave, for a price that is none of the bands."""
    chosen = f"{filters.least}-{filters.most}" if has_price(filters) else ""
    return _select("price", "값", "모든 값", choices, chosen, _price_text(filters), left)


def certificate_select(choices: Sequence[Counted], filters: Filters) -> Select:
    return _select("certificate", "인증", "인증 상관없이", choices, filters.certificate)


def checks(filters: Filters, *, this_week: int, in_season: int) -> list[Check]:
    return [
        Check("week", "이번 주 발송", this_week, filters.this_week),
        Check("season", "지금 제철", in_season, filters.in_season),
    ]


def has_price(filters: Filters) -> bool:
    return (filters.least, filters.most) != (0, MOST_WON)


def _select(
    name: str, label: str, every: str, choices: Iterable[Counted], chosen: str, word: str = "", left: int = 0
) -> Select:  # fmt: skip
    """With what is there, and with what was chosen: a form must not drop a choice that leaves nothing."""
    options = [choice for choice in choices if choice.count or choice.value == chosen]
    if chosen and all(option.value != chosen for option in options):
        options.append(Option(chosen, word or chosen, left))
    return Select(name, label, every, options, chosen)


def _price_text(filters: Filters) -> str:
    if not has_price(filters):
        return ""
    for least, most, text in PRICE_BANDS:
        if (filters.least, filters.most) == (least, most):
            return text
    from_won = f"{filters.least:,}원부터 " if filters.least else ""
    return from_won + (f"{filters.most - 1:,}원까지" if filters.most < MOST_WON else "")


def _won(text: str) -> int | None:
    return min(int(text), MOST_WON) if text.isascii() and text.isdigit() and len(text) < 12 else None
