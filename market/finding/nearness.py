"""How near a listing's word is to the one asked for."""

from collections.abc import Mapping
from typing import NamedTuple

SAME, HEAD, BEGINNING, INSIDE = 1.0, 0.8, 0.5, 0.3
OTHER_NAME = 0.7
MOST_WORDS = 120  # of one expansion; more would be noise


class Near(NamedTuple):
    word: str
    closeness: float


def nearest(near: Mapping[str, float]) -> tuple[Near, ...]:
    """Of words and their closeness; of equals the short ones first."""
    ordered = sorted(near.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return tuple(Near(word, closeness) for word, closeness in ordered[:MOST_WORDS])
