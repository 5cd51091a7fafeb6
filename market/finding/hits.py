"""What an engine found for the words alone, before anybody filters: all of it, and the best first as far as asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, groupby
from operator import or_
from typing import Protocol, TypeVar

from market.bits import among, bits_of, numbers_of

FEW = 200  # documents that are put in order one by one sooner than by sets
UNKNOWN = 255
T = TypeVar("T")


def in_bands(scored: Iterable[tuple[float, T]]) -> list[list[T]]:
    """The best first; in a band those that fit about as well, so that what can be had may go before the others."""
    return [[each for _, each in band] for _, band in groupby(scored, lambda pair: int(pair[0]))]


class Hits(Protocol):
    """`corrected`: what the words were read as, if not as typed."""

    @property
    def bits(self) -> int: ...

    @property
    def corrected(self) -> str | None: ...

    def best(self, bits: int, most: int, *, before: int) -> Sequence[int]:
        """The numbers of the best of these, which are all hits; those of `before` are the first of their band."""
        ...


@dataclass(frozen=True, eq=False)
class Listed:
    """One after the other in bands, the best first."""

    bands: Sequence[Sequence[int]] = ()
    corrected: str | None = None

    @property
    def bits(self) -> int:
        return bits_of(list(chain.from_iterable(self.bands)))

    def best(self, bits: int, most: int, *, before: int) -> Sequence[int]:
        found: list[int] = []
        for band in self.bands:
            found += among(band, bits & before) + among(band, bits & ~before)
        return found[:most]


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
    """In bands, in these in sets of equals, the best first."""

    bands: Sequence[Sequence[int]]
    letters: Letters
    corrected: str | None = None

    @property
    def bits(self) -> int:
        return reduce(or_, chain.from_iterable(self.bands), 0)

    def best(self, bits: int, most: int, *, before: int) -> Sequence[int]:
        found: list[int] = []
        for band in self.bands:
            for level in [
                *(each & bits & before for each in band),
                *(each & bits & ~before for each in band),
            ]:
                if len(found) >= most:
                    return found
                if level:
                    found += self.letters.in_order(level, most - len(found))
        return found
