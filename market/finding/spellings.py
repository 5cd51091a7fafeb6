"""Which known words a misspelt one may be, by its letters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from market.finding.hangul import jamo

# Letters that are heard or hit for one another: half an error.
ALIKE = "ㅐㅔ ㅒㅖ ㅗㅛ ㅜㅠ ㅏㅑ ㅓㅕ ㅜㅡ ㅗㅓ ㄱㄲㅋ ㄷㄸㅌ ㅂㅃㅍ ㅅㅆ ㅈㅉㅊ".split()
_PAIRS = frozenset(a + b for letters in ALIKE for a in letters for b in letters)
# All that lead to one another over such pairs, as one sign of one byte: strings of those are looked through faster.
_HEARD_AS_ONE = "ㅐㅔ ㅒㅖ ㅗㅛㅓㅕ ㅜㅠㅡ ㅏㅑ ㄱㄲㅋ ㄷㄸㅌ ㅂㅃㅍ ㅅㅆ ㅈㅉㅊ".split()
_AS_HEARD = str.maketrans(
    dict(zip("ㄴㄹㅁㅇㅎㅣ", "nlmohi", strict=True))
    | {letter: str(place) for place, letters in enumerate(_HEARD_AS_ONE) for letter in letters}
)
_MOST_WRONG = 2  # letters, alike or not


class Spellings:
    """Those of the same length together, so that a misspelt word is compared with few of them."""

    def __init__(self, words: Iterable[str]) -> None:
        by_length: dict[int, dict[str, str]] = {}
        for word in words:
            heard = as_heard(word)
            by_length.setdefault(len(heard), {})[word] = heard
        self._by_length = {
            length: Alike(tuple(heard), "".join(f"{line}\n" for line in heard.values()))
            for length, heard in by_length.items()
        }

    def __add__(self, more: "Spellings") -> "Spellings":
        both = Spellings(())
        both._by_length = self._by_length | {
            length: self._by_length[length] + alike if length in self._by_length else alike
            for length, alike in more._by_length.items()
        }
        return both

    def __iter__(self) -> Iterator[str]:
        for alike in self._by_length.values():
            yield from alike.words

    def nearest(self, word: str) -> list[str]:
        """Within few letters, the nearest only; nothing for a short word that is far off."""
        letters = jamo(word)
        if len(letters) < 4:
            return []
        allowed = 0.5 if len(letters) <= 4 else 1.0 if len(letters) <= 10 else 2.0
        found = [
            (cost, other)
            for other in self._heard_with(as_heard(word), errors=int(allowed))
            if (cost := error_cost(letters, jamo(other))) <= allowed
        ]
        least = min((cost for cost, _ in found), default=0.0)
        return sorted({other for cost, other in found if cost == least})

    def _heard_with(self, heard: str, *, errors: int) -> Iterator[str]:
        """What is alike is no error to the ear, so that two halves of one, or one whole one, are one at most."""
        for length in range(len(heard) - errors, len(heard) + errors + 1):
            if alike := self._by_length.get(length):
                yield from alike.heard_with(heard, errors)


@dataclass(frozen=True, slots=True)
class Alike:
    """Words of the same length, and in the same order what is heard of each, in lines of that length."""

    words: tuple[str, ...]
    lines: str

    def __add__(self, more: "Alike") -> "Alike":
        return Alike(self.words + more.words, self.lines + more.lines)

    def heard_with(self, heard: str, errors: int) -> Iterator[str]:
        """Cut in one piece more than there are errors, one piece at least stands as it is, nearly where it was."""
        width = len(self.lines) // len(self.words)
        numbers: set[int] = set()
        for at, piece in _pieces(heard, errors + 1):
            numbers.update(self._with_piece(piece, at, errors, width))
        for number in numbers:
            line = self.lines[number * width : (number + 1) * width - 1]
            if Levenshtein.distance(heard, line, score_cutoff=errors) <= errors:
                yield self.words[number]

    def _with_piece(self, piece: str, at: int, errors: int, width: int) -> Iterator[int]:
        found = self.lines.find(piece)
        while found >= 0:
            number, column = divmod(found, width)
            if abs(column - at) <= errors:
                yield number
            found = self.lines.find(piece, found + 1)


def _pieces(heard: str, count: int) -> Iterator[tuple[int, str]]:
    """About equally long, and where each begins."""
    ends = [len(heard) * nth // count for nth in range(count + 1)]
    for start, end in pairwise(ends):
        yield start, heard[start:end]


@lru_cache(maxsize=12_000)
def _heard(sign: str) -> str:
    return jamo(sign).translate(_AS_HEARD)


def as_heard(word: str) -> str:
    """One sign for each letter; those that are taken for one another have the same."""
    return "".join(map(_heard, word))


def error_cost(typed: str, meant: str) -> float:
    """Edit distance over jamo in which letters that are taken for one another count half.

    Endless where more than two are wrong, however alike.
    """
    if Levenshtein.distance(typed, meant, score_cutoff=_MOST_WRONG) > _MOST_WRONG:
        return float("inf")
    cost = 0.0
    for step in Levenshtein.editops(typed, meant):
        pair = typed[step.src_pos : step.src_pos + 1] + meant[step.dest_pos : step.dest_pos + 1]
        cost += 0.5 if step.tag == "replace" and pair in _PAIRS else 1.0
    return cost
