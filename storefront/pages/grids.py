"""Cards as they are sent, for the pages that show them.

A card's marks are a function of what stands on it, so they are kept by exactly that: a card with another price or
stock is another card, and nothing shown is ever old.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from market.calendar_of_seats import MonthTable, ParticipantOffer, Slot
from market.cards import GoodsCard
from market.program_cards import ProgramCard
from storefront.web import TEMPLATES

Marks = Any
"""What a macro made: the template has escaped it, and a page shows it as it is."""


def goods_grid(cards: Sequence[GoodsCard]) -> list[Marks]:
    """The first cards are on the screen at once, the others load their pictures when they come into sight."""
    return [_goods(card, place < 4) for place, card in enumerate(cards)]


def program_list(cards: Sequence[ProgramCard]) -> list[Marks]:
    return [_program(card) for card in cards]


@lru_cache(maxsize=1024)
def _goods(card: GoodsCard, is_early: bool) -> Marks:
    return _macro("parts/goods_card.html", "goods_card")(card, eager=is_early)


@lru_cache(maxsize=1024)
def _program(card: ProgramCard) -> Marks:
    return _macro("parts/program_card.html", "program_card")(card)


@lru_cache(maxsize=512)
def people(prices: tuple[ParticipantOffer, ...], group_from: int) -> Marks:
    return _macro("pages/program_choice.html", "people")(prices, group_from)


@lru_cache(maxsize=512)
def times(slug: str, day: date | None, slots: tuple[Slot, ...]) -> Marks:
    only = len([slot for slot in slots if slot.left]) == 1
    return _macro("pages/program_choice.html", "times")(slug, day, slots, only)


@lru_cache(maxsize=512)
def booking_bar(day: date | None, any_open: bool, price: ParticipantOffer | None) -> Marks:
    return _macro("pages/program_choice.html", "bar")(day, any_open, price)


def month_table(month: MonthTable) -> Marks:
    return _macro("parts/month_table.html", "month_table")(month)


@lru_cache
def _macro(template: str, name: str) -> Any:
    return getattr(TEMPLATES.get_template(template).module, name)
