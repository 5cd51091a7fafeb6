"""What an engine found for the words alone, before anybody filters: all of it, and the best first as far as asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Protocol

from market.bits import among, bits_of, numbers_of

FEW = 200  # documents that are put in order one by one sooner than by sets
UNKNOWN = 255


class Hits(Protocol):
    """`corrected`: what the words were read as, if not as typed."""

    @property
    def bits(self) -> int: ...

    @property
    def corrected(self) -> str | None: ...

    def best(self, bits: int, most: int) -> Sequence[int]:
        """The numbers of the best of these, which are all hits."""
        ...


@dataclass(frozen=True, eq=False)
class Listed:
    """One after the other, the best first."""

    numbers: Sequence[int] = ()
    corrected: str | None = None

    @property
    def bits(self) -> int:
        return bits_of(self.numbers)

    def best(self, bits: int, most: int) -> Sequence[int]:
        return among(self.numbers, bits)[:most]


class Letters:
    """How many letters each document's name has: among equals the shorter one stands first."""

    def __init__(self) -> None:
        self._of = bytearray()
        self._having: dict[int, int] = {}

    def __len__(self) -> int:
        return sum(bits.bit_count() for bits in self._having.values())

    def write(self, numbers_by_letters: dict[int, list[int]]) -> None:
        """New ones, or other letters of known ones."""
        numbers = [number for several in numbers_by_letters.values() for number in several]
        self._of.extend(bytes([UNKNOWN]) * (max(numbers, default=0) + 1 - len(self._of)))
        known = bits_of(numbers)
        having = {letters: bits & ~known for letters, bits in self._having.items()}
        for letters, several in numbers_by_letters.items():
            having[letters] = having.get(letters, 0) | bits_of(several)
            for number in several:
                self._of[number] = letters
        self._having = dict(sorted(having.items()))

    def in_order(self, bits: int, most: int) -> list[int]:
        """The shortest names' first, among them the lowest number's; those last that were written a moment ago."""
        if bits.bit_count() <= FEW:
            return sorted(numbers_of(bits), key=self._of_one)[:most]
        found: list[int] = []
        for having in (*self._having.values(), bits):
            if len(found) >= most:
                break
            found += numbers_of(bits & having)
            bits &= ~having
        return found[:most]

    def _of_one(self, number: int) -> int:
        return self._of[number] if number < len(self._of) else UNKNOWN


@dataclass(frozen=True, eq=False)
class Levelled:
    """In sets of equals, the best first."""

    levels: Sequence[int]
    letters: Letters
    corrected: str | None = None

    @property
    def bits(self) -> int:
        return reduce(or_, self.levels, 0)

    def best(self, bits: int, most: int) -> Sequence[int]:
        found: list[int] = []
        for level in self.levels:
            if len(found) >= most:
                break
            if here := level & bits:
                found += self.letters.in_order(here, most - len(found))
        return found
