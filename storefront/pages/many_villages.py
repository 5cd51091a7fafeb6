"""Villages to choose from, in an order in which one finds one's own."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from market.village_window import VillageCard
from storefront.brand import CHIPS

Village = TypeVar("Village")


def easy_to_find(villages: Iterable[Village], name: Callable[[Village], str]) -> list[Village]:
    """As they joined while one sees them all at once; by name where one has to look for one."""
    every = list(villages)
    return sorted(every, key=name) if len(every) > CHIPS else every


def sellers_first(cards: Iterable[VillageCard]) -> list[VillageCard]:
    """As a directory lists them: those that sell here, then their neighbours."""
    every = list(cards)
    running = easy_to_find((card for card in every if card.is_running), lambda card: card.short_name)
    return running + [card for card in every if not card.is_running]
