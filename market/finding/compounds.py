"""Compounds nobody listed, cut into words that are known: Korean writes 유기농쌀 as readily as 유기농 쌀."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from market.finding.lexicon import WARES, Lexicon

LONGEST_WORD = 8  # letters; longer words of listings are runs of several, whose ends say nothing new
_LONGEST_PART = 12
_LONGEST = 30  # letters that are cut up


class Pieces:
    """Beginnings and ends of some words, of two letters or more."""

    def __init__(self, words: Iterable[str]) -> None:
        short = [word for word in words if 2 < len(word) <= LONGEST_WORD]
        self._forwards = sorted(short)
        self._backwards = sorted(word[::-1] for word in short)

    def __add__(self, more: "Pieces") -> "Pieces":
        both = Pieces(())
        both._forwards = sorted(self._forwards + more._forwards)
        both._backwards = sorted(self._backwards + more._backwards)
        return both

    def __contains__(self, piece: str) -> bool:
        return len(piece) > 1 and (_begins_one(piece, self._forwards) or self.has_end(piece))

    def has_end(self, piece: str) -> bool:
        return _begins_one(piece[::-1], self._backwards)


@dataclass(frozen=True, slots=True)
class Compounds:
    names: frozenset[str]
    others: frozenset[str]
    lexicon: Lexicon
    name_pieces: Pieces
    other_pieces: Pieces

    @classmethod
    def of(cls, names: frozenset[str], others: frozenset[str], lexicon: Lexicon) -> "Compounds":
        return cls(names, others, lexicon, Pieces(names), Pieces(others))

    def __add__(self, more: "Compounds") -> "Compounds":
        return Compounds(
            self.names | more.names, self.others | more.others, self.lexicon,
            self.name_pieces + more.name_pieces, self.other_pieces + more.other_pieces,
        )  # fmt: skip

    def is_piece(self, piece: str) -> bool:
        return piece in self.name_pieces or piece in self.other_pieces

    def split(self, word: str) -> list[str] | None:
        """Cut into known words, as few as can be: 정읍복분자원액 → 정읍, 복분자원액."""
        if len(word) > _LONGEST:
            return None
        best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - _LONGEST_PART), end):
                before = best[start]
                if before is None or end - start == len(word):
                    continue
                price = self._price(word[start:end])
                if price is None:
                    continue
                cost = before[0] + price
                if (so_far := best[end]) is None or cost < so_far[0]:
                    best[end] = (cost, [*before[1], word[start:end]])
        whole = best[-1]
        return whole[1] if whole else None

    def _price(self, piece: str) -> float | None:
        is_word = piece in self.names or piece in self.others
        if len(piece) == 1:
            return 2.0 if is_word else None
        if is_word:
            return 1.0
        if self.lexicon.knows(piece) or piece in WARES:
            return 1.2
        return 1.4 if self.is_piece(piece) else None

    def known_end(self, word: str) -> str | None:
        """What is sold here that a compound nobody knows ends with, or else begins with: 햇고구마 → 고구마.

        Not where it ends with another thing that everyone knows: 감식초 is a vinegar, no 감.
        """
        ends = [word[at:] for at in range(1, len(word) - 1)]
        parts = (*ends, *(word[:-at] for at in range(1, len(word) - 1)))
        if any(end in WARES and not self._ends_a_name(end) for end in ends):
            return None
        whole = next((part for part in parts if part in self.names), None)
        return whole or next(filter(self._ends_a_name, parts), None)

    def _ends_a_name(self, part: str) -> bool:
        return part in self.names or self.name_pieces.has_end(part)


def _begins_one(beginning: str, ordered: list[str]) -> bool:
    at = bisect_left(ordered, beginning)
    return at < len(ordered) and ordered[at].startswith(beginning)
