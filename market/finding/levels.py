"""Sets of documents by what they are worth, so that a hundred thousand are scored at the cost of a few.

A partition has sets without anything in common, each by its worth; two are put together by meeting each of the one's
sets with each of the other's. All sets are bits (`market/bits.py`), none of them empty.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

Worth = TypeVar("Worth")
Levels = dict[float, int]
"""A partition by points."""


def together(
    first: dict[Worth, int], second: dict[Worth, int], join: Callable[[Worth, Worth], Worth]
) -> dict[Worth, int]:
    """What is in both is worth what `join` says; what is in one of them keeps its worth."""
    pairs: list[tuple[Worth, int]] = []
    left = second
    for worth, bits in first.items():
        rest: dict[Worth, int] = {}
        for other, others in left.items():
            if both := bits & others:
                pairs.append((join(worth, other), both))
                bits ^= both
                others ^= both
            if others:
                rest[other] = others
        left = rest
        pairs.append((worth, bits))
    return merged((*pairs, *left.items()))


def first_of(sets: Iterable[tuple[Worth, int]]) -> dict[Worth, int]:
    """Each document by the first of the sets it is in."""
    pairs: list[tuple[Worth, int]] = []
    seen = 0
    for worth, bits in sets:
        pairs.append((worth, bits & ~seen))
        seen |= bits
    return merged(pairs)


def merged(pairs: Iterable[tuple[Worth, int]]) -> dict[Worth, int]:
    """From sets without anything in common, of which several may be worth the same."""
    partition: dict[Worth, int] = {}
    for worth, bits in pairs:
        if bits:
            partition[worth] = partition.get(worth, 0) | bits
    return partition


def within(partition: dict[Worth, int], bits: int) -> dict[Worth, int]:
    return {worth: both for worth, these in partition.items() if (both := these & bits)}


def all_of(partition: dict[Worth, int]) -> int:
    found = 0
    for bits in partition.values():
        found |= bits
    return found
