"""Villages to choose from, in an order in which one finds one's own."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from storefront.brand import CHIPS

Village = TypeVar("Village")


def easy_to_find(villages: Iterable[Village], name: Callable[[Village], str]) -> list[Village]:
    """As they joined while one sees them all at once; by name where one has to look for one."""
    every = list(villages)
    return sorted(every, key=name) if len(every) > CHIPS else every
