"""The words of all listings, and which of them a typed word may mean."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from market.finding.documents import SearchDocument
from market.finding.entries import TAGS
from market.finding.hangul import choseong, half_typed, is_choseong, jamo, romanised
from market.finding.lexicon import NOT_A_KIND_OF, SHIPPED, WARES, Lexicon

# How near a listing's word is to the one asked for.
SAME, HEAD, BEGINNING, INSIDE = 1.0, 0.8, 0.5, 0.3
# Letters that are heard or hit for one another: half an error.
_ALIKE = (
    "ㅐㅔ",
    "ㅒㅖ",
    "ㅗㅛ",
    "ㅜㅠ",
    "ㅏㅑ",
    "ㅓㅕ",
    "ㅜㅡ",
    "ㅗㅓ",
    "ㄱㄲㅋ",
    "ㄷㄸㅌ",
    "ㅂㅃㅍ",
    "ㅅㅆ",
    "ㅈㅉㅊ",
)
_LONGEST_COMPOUND = 8  # letters; longer ones are runs of several words, whose ends say nothing new
_NAMES = {TAGS["name"], TAGS["category"]}
_MOST_WORDS = 120  # of one expansion; more would be noise
_MOST_LOOKED_AT = 1000


class Near(NamedTuple):
    word: str
    closeness: float


@dataclass(frozen=True)
class Vocabulary:
    """Built once from the documents and kept; every question is a scan or a look-up in memory."""

    names: frozenset[str] = frozenset()  # words of names and categories
    others: frozenset[str] = frozenset()
    lexicon: Lexicon = SHIPPED
    tags: dict[str, str] = field(default_factory=dict, compare=False)  # of places, where known

    @classmethod
    def of(cls, documents: Iterable[SearchDocument]) -> "Vocabulary":
        names: set[str] = set()
        others: set[str] = set()
        for document in documents:
            for place, words in document.words.items():
                (names if place in {"name", "category"} else others).update(words)
        return cls(frozenset(names), frozenset(others - names))

    @classmethod
    def tagged(cls, tags: dict[str, str], lexicon: Lexicon = SHIPPED) -> "Vocabulary":
        """From words and the tags of the places they stand in."""
        names = frozenset(word for word, places in tags.items() if _NAMES & set(places))
        return cls(names, frozenset(tags.keys() - names), lexicon, tags)

    def with_words(self, tags: dict[str, str]) -> "Vocabulary":
        """This one and more words: its tables are added to, not made anew."""
        new = {
            word: "".join({*places, *self.tags.get(word, "")})
            for word, places in tags.items()
            if not set(places) <= set(self.tags.get(word, ""))
        }
        if not new:
            return self
        more = Vocabulary.tagged(new, self.lexicon)
        both = Vocabulary(
            self.names | more.names, (self.others | more.others) - more.names, self.lexicon, self.tags | new
        )
        lengths = self._spellings_by_length.keys() | more._spellings_by_length.keys()
        both.__dict__.update(
            {
                "words": self.words | more.words,
                "_pieces": self._pieces | more._pieces,
                "_heads": self._heads | more._heads,
                "_roll": self._roll + more._roll[1:],
                "_half_typed": sorted(self._half_typed + more._half_typed),
                "_choseong": self._choseong + [pair for pair in more._choseong if pair[1] not in self.names],
                "_latin": self._latin | more._latin,
                "_spellings": self._spellings | more._spellings,
                "_spellings_by_length": {
                    length: self._spellings_by_length.get(length, {})
                    | more._spellings_by_length.get(length, {})
                    for length in lengths
                },
            }
        )
        return both

    @cached_property
    def words(self) -> frozenset[str]:
        return self.names | self.others

    @cached_property
    def _pieces(self) -> frozenset[str]:
        """Beginnings and ends of two letters or more: what a compound can be cut into."""
        return frozenset(
            piece
            for word in self.words
            if len(word) <= _LONGEST_COMPOUND
            for at in range(2, len(word))
            for piece in (word[:at], word[-at:])
        )

    @cached_property
    def _heads(self) -> frozenset[str]:
        """Last syllables that are things of their own: 무 of 다발무."""
        return frozenset(word[-1] for word in self.names if word and (word, word[-1]) not in NOT_A_KIND_OF)

    @cached_property
    def _roll(self) -> str:
        """All words in one string: looking through it is a hundred times faster than through a set.

        The short ones first, so that words stand before the runs of words that hold them.
        """
        return "\n" + "\n".join(sorted(self.words, key=lambda word: (len(word), word))) + "\n"

    @cached_property
    def _half_typed(self) -> list[tuple[str, str, bool]]:
        """Strokes of names and of their ends, sorted, so that a beginning is found by halving."""
        return sorted(
            (half_typed(word[at:]), word, at == 0)
            for word in self.names
            for at in range(max(1, len(word) - 1) if len(word) <= _LONGEST_COMPOUND else 1)
            if len(word) <= 12
        )

    @cached_property
    def _choseong(self) -> list[tuple[str, str]]:
        return [(choseong(word), word) for word in self.names]

    @cached_property
    def _latin(self) -> dict[str, str]:
        return {romanised(word): word for word in self._spellings if not word.isascii()}

    @cached_property
    def _spellings(self) -> frozenset[str]:
        """What typing errors are corrected to: names, their ends, and the things everyone knows."""
        ends = {
            word[-at:] for word in self.names if len(word) <= _LONGEST_COMPOUND for at in range(2, len(word))
        }
        known = {word for word in self.lexicon.meanings if not word.isascii()}
        return frozenset(word for word in self.names | ends | known if len(word) > 1)

    @cached_property
    def _spellings_by_length(self) -> dict[int, dict[str, str]]:
        """Length in jamo → {spelling: its jamo}."""
        found: dict[int, dict[str, str]] = {}
        for word in self._spellings:
            letters = jamo(word)
            found.setdefault(len(letters), {})[word] = letters
        return found

    def knows(self, word: str) -> bool:
        if word in self.words or self.lexicon.knows(word) or word in WARES or word in self._pieces:
            return True
        return len(word) == 1 and word in self._heads

    def expand(self, word: str) -> tuple[Near, ...]:
        """Words of the listings that hold this one; of a single syllable only those that are a kind of it.

        Korean compounds end in what they are: 신고배 is a 배, 배추 is not.
        """
        return self._expanded(word)

    @cached_property
    def _expanded(self) -> Callable[[str], tuple[Near, ...]]:
        return lru_cache(maxsize=2000)(self._expand)

    def _expand(self, word: str) -> tuple[Near, ...]:
        near: dict[str, float] = {word: SAME} if word in self.words else {}
        for other in self._rolled(f"{word}\n", _MOST_WORDS):
            is_kind = other in self.names and (other, word) not in NOT_A_KIND_OF
            near.setdefault(other, HEAD if is_kind else INSIDE)
        # 김 is seaweed: who looks for it does not want 김치.
        if len(word) > 1 or not (near or word in WARES):
            for other in self._rolled(f"\n{word}", _MOST_WORDS):
                near.setdefault(other, BEGINNING)
        if len(word) > 1 and len(near) < _MOST_WORDS:
            for other in self._rolled(word, _MOST_WORDS):
                near.setdefault(other, INSIDE)
        return _nearest(near)

    def _rolled(self, letters: str, most: int) -> Iterator[str]:
        """The first words that hold these letters; a line's end in them stands for a word's."""
        at = self._roll.find(letters) if letters.strip() else -1
        for _ in range(most):
            if at < 0:
                return
            inside = at + 1 if letters[0] == "\n" else at
            start, end = self._roll.rfind("\n", 0, inside) + 1, self._roll.find("\n", inside)
            yield self._roll[start:end]
            at = self._roll.find(letters, end)

    def split(self, word: str) -> list[str] | None:
        """A compound cut into known words, as few as can be: 정읍복분자원액 → 정읍, 복분자원액."""
        best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 12), end):
                before, price = best[start], self._price(word[start:end])
                if before is None or price is None or end - start == len(word):
                    continue
                cost = before[0] + price
                if (so_far := best[end]) is None or cost < so_far[0]:
                    best[end] = (cost, [*before[1], word[start:end]])
        whole = best[-1]
        return whole[1] if whole and len(word) <= 30 else None

    def _price(self, piece: str) -> float | None:
        if len(piece) == 1:
            return 2.0 if piece in self.words else None
        if piece in self.words:
            return 1.0
        if self.lexicon.knows(piece) or piece in WARES:
            return 1.2
        return 1.4 if piece in self._pieces else None

    def by_choseong(self, initials: str) -> tuple[Near, ...]:
        """ㄱㄱ → 곶감: the whole word, its beginning, its end."""
        near: dict[str, float] = {}
        for letters, word in self._choseong:
            if initials not in letters or not is_choseong(initials):
                continue
            inside = INSIDE if len(initials) > 2 else 0.0
            whole, begins, ends = (
                letters == initials,
                letters.startswith(initials),
                letters.endswith(initials),
            )
            closeness = SAME if whole else 0.7 if begins else 0.6 if ends and len(initials) > 1 else inside
            if closeness:
                near[word] = closeness
        return _nearest(near)

    def half_typed(self, word: str) -> tuple[Near, ...]:
        """Words, or their ends, that begin with these strokes: 된자 → 재래된장."""
        strokes = half_typed(word)
        near: dict[str, float] = {}
        start = bisect_left(self._half_typed, (strokes,)) if len(strokes) > 2 else len(self._half_typed)
        for letters, other, is_whole in self._half_typed[start : start + _MOST_LOOKED_AT]:
            if not letters.startswith(strokes):
                break
            near[other] = max(near.get(other, 0.0), 0.9 if is_whole else 0.7)
        return _nearest(near)

    def beginning(self, word: str, most: int) -> list[str]:
        """Names' words that begin with these strokes, of as many as are looked at."""
        strokes = half_typed(word)
        start = bisect_left(self._half_typed, (strokes,)) if strokes else len(self._half_typed)
        found: list[str] = []
        for letters, other, is_whole in self._half_typed[start : start + 4 * most]:
            if len(found) >= most or not letters.startswith(strokes):
                break
            if is_whole:
                found.append(other)
        return found

    def place_of(self, word: str) -> int:
        """Among all words by how many documents have them, where that is known: the commonest first."""
        return self._places.get(word, len(self._places))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.tags)}

    def in_latin(self, word: str) -> str | None:
        """gotgam → 곶감."""
        return self._latin.get(word.lower()) if len(word) > 2 else None

    def misspelt(self, word: str) -> list[str]:
        """Known spellings within few letters, the nearest only; nothing for a short word that is far off."""
        letters = jamo(word)
        if len(word) < 2 or len(letters) < 4 or self.knows(word):
            return []
        allowed = 0.5 if len(letters) <= 4 else 1.0 if len(letters) <= 10 else 2.0
        found = [(cost, other) for cost, other in self._costs(letters) if cost <= allowed]
        least = min((cost for cost, _ in found), default=0.0)
        return sorted(other for cost, other in found if cost == least)

    def _costs(self, letters: str) -> Iterator[tuple[float, str]]:
        for length in range(len(letters) - 2, len(letters) + 3):
            spellings = self._spellings_by_length.get(length, {})
            for meant, _, word in process.extract(
                letters, spellings, scorer=Levenshtein.distance, score_cutoff=2, limit=50
            ):
                yield error_cost(letters, meant), word


def error_cost(typed: str, meant: str) -> float:
    """Edit distance over jamo in which letters that are taken for one another count half."""
    cost = 0.0
    for step in Levenshtein.editops(typed, meant):
        pair = typed[step.src_pos : step.src_pos + 1] + meant[step.dest_pos : step.dest_pos + 1]
        alike = step.tag == "replace" and any(set(pair) <= set(letters) for letters in _ALIKE)
        cost += 0.5 if alike else 1.0
    return cost


def _nearest(near: dict[str, float]) -> tuple[Near, ...]:
    ordered = sorted(near.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return tuple(Near(word, closeness) for word, closeness in ordered[:_MOST_WORDS])
