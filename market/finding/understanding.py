"""What a shopper may have meant by the words typed, the most likely first.

The order: the words themselves, their other names, then guesses (initials, half-typed, wrong keyboard, misspelt),
and at last part of the words. A guess is tried only while nothing good was found: else it spoils what was.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from market.finding import hangul
from market.finding.lexicon import read_hanja
from market.finding.measures import apart_from_measures
from market.finding.sentences import asked_for, stems, tokens
from market.finding.vocabulary import Near, Vocabulary

LONGEST_QUERY = 100  # characters; the rest is not read
OTHER_NAME = 0.7

Group = tuple[Near, ...]  # any of these words


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a query: every group must be met by a word of the listing, unless `share` allows less."""

    how: str
    groups: tuple[Group, ...]
    measures: tuple[frozenset[str], ...] = ()  # amounts lift what has them; they exclude nothing
    is_guess: bool = False
    share: float = 1.0  # of the weights that must be met
    weights: tuple[int, ...] = ()  # letters of each group's typed word
    reads_as: str | None = None  # what to show as "…(으)로 찾았습니다"

    @property
    def words(self) -> frozenset[str]:
        """Every word an index should be asked for."""
        return frozenset(near.word for group in self.groups for near in group)


def attempts(query: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """The readings in the order to try them, worked out as they are asked for; none for a query without words."""
    text = hangul.normalise(query[:LONGEST_QUERY])
    for attempt in chain(_direct(text, vocabulary), _guesses(text, vocabulary)):
        if attempt.groups and all(attempt.groups):
            yield attempt


def _direct(text: str, vocabulary: Vocabulary, *, reads_as: str | None = None) -> Iterator[Attempt]:
    """The words as typed, joined, and by their other names; `reads_as` marks a guess."""
    words, measures = _words(text, vocabulary)
    if not words:
        return
    common = {"measures": measures, "is_guess": reads_as is not None, "reads_as": reads_as}
    joined = "".join(words)
    if len(words) > 1 and joined in vocabulary.words:
        yield Attempt("joined", (vocabulary.expand(joined),), **common)
    yield Attempt("words", tuple(vocabulary.expand(word) for word in words), **common)
    yield Attempt("other names", tuple(_with_other_names(word, vocabulary) for word in words), **common)
    if len(words) > 1 and vocabulary.knows(joined):
        yield Attempt("other names", (_with_other_names(joined, vocabulary),), **common)


def _words(text: str, vocabulary: Vocabulary) -> tuple[list[str], tuple[frozenset[str], ...]]:
    """Known words where they can be found, without amounts, talk and tails; compounds cut up."""
    bare, measures = apart_from_measures(text.lower())
    found: list[str] = []
    for word in asked_for(tokens(bare)):
        found += _known_parts(word, vocabulary)
    return list(dict.fromkeys(found)), measures


def _known_parts(word: str, vocabulary: Vocabulary) -> list[str]:
    korean = read_hanja(word)
    forms = list(dict.fromkeys((word, *stems(korean))))
    whole = next((form for form in forms if vocabulary.knows(form)), None)
    if whole:
        return [whole]
    return next((parts for form in forms if (parts := vocabulary.split(form))), [korean])


def _with_other_names(word: str, vocabulary: Vocabulary) -> Group:
    names = list(vocabulary.lexicon.also_called(word))
    if spelt := vocabulary.in_latin(word):
        names.append(spelt)
    near = {found.word: found.closeness for found in vocabulary.expand(word)}
    for name in names:
        for found in vocabulary.expand(name):
            near[found.word] = max(near.get(found.word, 0.0), found.closeness * OTHER_NAME)
    return tuple(Near(*item) for item in sorted(near.items(), key=lambda item: -item[1]))


def _guesses(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    yield from _initials(text, vocabulary)
    yield from _half_typed(text, vocabulary)
    yield from _other_keyboard(text, vocabulary)
    yield from _misspelt(text, vocabulary)
    yield from _in_part(text, vocabulary)


def _initials(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    tight = "".join(text.split())
    if hangul.is_choseong(tight):
        yield Attempt("initials", (vocabulary.by_choseong(tight),), is_guess=True)


def _half_typed(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """The last word is still being typed; without spaces first, then with the words before it."""
    words, measures = _words(text, vocabulary)
    if not words or vocabulary.knows(words[-1]) or hangul.is_choseong("".join(words)):
        return
    yield Attempt("half-typed", (vocabulary.half_typed("".join(words)),), measures, is_guess=True)
    if len(words) > 1:
        groups = (
            *(_with_other_names(word, vocabulary) for word in words[:-1]),
            vocabulary.half_typed(words[-1]),
        )
        yield Attempt("half-typed", groups, measures, is_guess=True)


def _other_keyboard(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Korean typed with the keyboard in Latin, and the other way round."""
    if re.fullmatch(r"[A-Za-z\d\s.,-]*[A-Za-z][A-Za-z\d\s.,-]*", text):
        korean = hangul.hangul_of(text)
        if not re.search(r"[\u3131-\u3163]", korean):
            yield from _direct(korean, vocabulary, reads_as=korean)
            yield from _misspelt(korean, vocabulary)
    elif re.search(r"[가-힣\u3131-\u3163]", text) and not hangul.is_choseong("".join(text.split())):
        latin = hangul.keys_of(text).lower()
        if all(
            vocabulary.lexicon.knows(latin_word) or vocabulary.in_latin(latin_word)
            for latin_word in latin.split()
        ):
            yield from _direct(latin, vocabulary, reads_as=latin)


def _misspelt(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Each unknown word by its nearest spellings; the whole without spaces first (대추방울 토마트)."""
    words, measures = _words(text, vocabulary)
    raw = asked_for(tokens(apart_from_measures(text.lower())[0]))
    for candidate in dict.fromkeys(("".join(raw), *raw[:1] * (len(raw) == 1))):
        yield from _corrected([(candidate, vocabulary.misspelt(candidate))], measures, vocabulary)
    if len(words) > 1 and not all(vocabulary.knows(word) for word in words):
        spellings = [
            (word, [word] if vocabulary.knows(word) else vocabulary.misspelt(word)) for word in words
        ]
        yield from _corrected(spellings, measures, vocabulary)


def _corrected(
    spellings: Sequence[tuple[str, list[str]]], measures: tuple[frozenset[str], ...], vocabulary: Vocabulary
) -> Iterator[Attempt]:
    if not all(meant for _, meant in spellings):
        return
    groups = tuple(_of_any(meant, vocabulary) for _, meant in spellings)
    reads_as = " ".join(meant[0] for _, meant in spellings)
    yield Attempt("misspelt", groups, measures, is_guess=True, reads_as=reads_as)


def _of_any(words: list[str], vocabulary: Vocabulary) -> Group:
    near: dict[str, float] = {}
    for word in words:
        for found in _with_other_names(word, vocabulary):
            near[found.word] = max(near.get(found.word, 0.0), found.closeness)
    return tuple(Near(*item) for item in near.items())


def _in_part(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Half of what was asked for, by letters: 엄마 드릴 쌍화차. Words nobody knows are likely talk: they weigh half."""
    words, measures = _words(text, vocabulary)
    groups = [(_with_other_names(word, vocabulary), max(2, len(word))) for word in words]
    met = [(group, 2 * weight) for group, weight in groups if group]
    unknown = sum(weight for group, weight in groups if not group)
    if len(words) < 2 or not met:
        return
    known = sum(weight for _, weight in met)
    share = (known + unknown) / 2 / known
    if share <= 1:
        yield Attempt(
            "in part",
            tuple(group for group, _ in met),
            measures,
            is_guess=True,
            share=share,
            weights=tuple(weight for _, weight in met),
        )
