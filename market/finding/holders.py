"""Which words hold some letters, and which begin or end with them."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice


class Holders:
    """Looked up by the rarest of the letters: of the words that have it few are left to look at."""

    def __init__(self, words: Iterable[str]) -> None:
        """What stands first is found first."""
        self._words = list(words)
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("L"))
        for place, word in enumerate(self._words):
            for letter in set(word):
                found[letter].append(place)
        self._with = dict(found)

    def __add__(self, more: "Holders") -> "Holders":
        both, begin = Holders(()), len(self._words)
        both._words = self._words + more._words
        both._with = self._with | {
            letter: self._with.get(letter, array("L")) + array("L", (begin + place for place in places))
            for letter, places in more._with.items()
        }
        return both

    def holding(self, letters: str, most: int) -> list[str]:
        return self._first(letters, most, lambda word: letters in word)

    def beginning(self, letters: str, most: int) -> list[str]:
        return self._first(letters, most, lambda word: word.startswith(letters))

    def ending(self, letters: str, most: int) -> list[str]:
        return self._first(letters, most, lambda word: word.endswith(letters))

    def _first(self, letters: str, most: int, fits: Callable[[str], bool]) -> list[str]:
        return list(islice(filter(fits, self._with_rarest(letters)), most))

    def _with_rarest(self, letters: str) -> Iterator[str]:
        places = min((self._with.get(letter, ()) for letter in letters), key=len, default=())
        return map(self._words.__getitem__, places)
