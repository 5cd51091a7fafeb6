"""Names that may be meant by their initials, or by what is typed of them so far."""

from collections.abc import Sequence

from market.finding.beginnings import Beginnings
from market.finding.compounds import LONGEST_WORD
from market.finding.hangul import choseong, half_typed, is_choseong
from market.finding.nearness import INSIDE, MOST_WORDS, SAME, Near, nearest
from market.finding.rolls import Roll

LONGEST_NAME = 12  # letters; nobody half types a longer one
WHOLE_BEGINS, END_BEGINS = 0.9, 0.7
INITIALS_BEGIN, INITIALS_END = 0.7, 0.6


class HalfWords:
    def __init__(self, names: Sequence[str]) -> None:
        """The commonest first."""
        self._names = frozenset(names)
        self._initials = Roll(f"{choseong(name)} {name}" for name in names)
        short = [name for name in names if len(name) <= LONGEST_NAME]
        self._strokes = Beginnings(short, lambda name: (half_typed(name),))
        words = [name for name in short if len(name) <= LONGEST_WORD]
        self._ends = Beginnings(words, lambda name: (half_typed(name[at:]) for at in range(1, len(name) - 1)))

    def __add__(self, more: "HalfWords") -> "HalfWords":
        both = HalfWords(())
        both._names = self._names | more._names
        both._initials = self._initials + more._initials
        both._strokes, both._ends = self._strokes + more._strokes, self._ends + more._ends
        return both

    def by_choseong(self, initials: str) -> tuple[Near, ...]:
        """ㄱㄱ → 곶감: the whole name, its beginning, its end."""
        if not is_choseong(initials):
            return ()
        near: dict[str, float] = {}
        for letters, closeness, least in (
            (f"\n{initials} ", SAME, 1), (f"\n{initials}", INITIALS_BEGIN, 1), (f"{initials} ", INITIALS_END, 2),
            (initials, INSIDE, 3),
        ):  # fmt: skip
            if len(initials) >= least and len(near) < MOST_WORDS:
                for name in self._with_initials(letters, MOST_WORDS):
                    near.setdefault(name, closeness)
        return nearest(near)

    def _with_initials(self, letters: str, most: int) -> list[str]:
        return [line.partition(" ")[2] for line in self._initials.holding(letters, most)]

    def half_typed(self, word: str) -> tuple[Near, ...]:
        """Names, or their ends, that begin with these strokes: 된자 → 재래된장."""
        strokes = half_typed(word)
        if len(strokes) < 3:
            return ()
        near = dict.fromkeys(self._ends.best(strokes, MOST_WORDS), END_BEGINS)
        return nearest(near | dict.fromkeys(self._strokes.best(strokes, MOST_WORDS), WHOLE_BEGINS))

    def beginning(self, typed: str, most: int) -> list[str]:
        """Names that begin with these strokes or initials, the commonest first; whole ones before."""
        if is_choseong(typed):
            whole = self._with_initials(f"\n{typed} ", most)
            others = self._with_initials(f"\n{typed}", most)
        else:
            whole = [typed] if typed in self._names else []
            others = self._strokes.best(half_typed(typed), most)
        return list(dict.fromkeys((*whole, *others)))[:most]
