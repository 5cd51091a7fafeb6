"""What a shopper narrows and orders by, in the goods list as in search."""

from dataclasses import dataclass
from enum import StrEnum

MOST_WON = 100_000_001
"""One more than a price may be."""


class Sort(StrEnum):
    season = "season"
    soon = "soon"
    price = "price"
    popular = "popular"


SORT_NAMES = {
    Sort.season: "제철 먼저",
    Sort.soon: "빨리 오는 순",
    Sort.price: "낮은 가격순",
    Sort.popular: "인기순",
}

PRICE_BANDS = (
    (0, 30_000, "3만 원 아래"), (30_000, 50_000, "3만–5만 원"), (50_000, 100_000, "5만–10만 원"),
    (100_000, 150_000, "10만–15만 원"), (150_000, MOST_WON, "15만 원부터"),
)  # fmt: skip
"""Least (inclusive) and most (exclusive) won. Gifts are looked for by such bands."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a shopper's filters leave; empty: all. `village` is a slug, `most` is exclusive."""

    village: str = ""
    category: str = ""
    certificate: str = ""
    least: int = 0
    most: int = MOST_WON
    this_week: bool = False
    in_season: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, its word, and how many it would leave beside the other filters."""

    value: str
    text: str
    count: int
