"""What a shopper may have meant by the words typed, the most likely first.

The order: the words themselves, their other names, then guesses (initials, half-typed, wrong keyboard, misspelt),
and at last part of the words. A guess is tried only while nothing good was found: else it spoils what was.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from market.finding import hangul
from market.finding.lexicon import read_hanja
from market.finding.measures import apart_from_measures
from market.finding.nearness import Near
from market.finding.sentences import asked_for, is_all_talk, stems, tokens
from market.finding.vocabulary import Vocabulary

LONGEST_QUERY = 100  # signs; the rest is not read

Group = tuple[Near, ...]  # any of these words


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a query: every group must be met by a word of the listing, unless `share` allows less."""

    how: str
    groups: tuple[Group, ...]
    measures: tuple[frozenset[str], ...] = ()  # amounts lift what has them; they exclude nothing
    is_guess: bool = False
    share: float = 1.0  # of the weights that must be met at least
    weights: tuple[float, ...] = ()  # of the groups; 1 each where there are none
    reads_as: str | None = None  # what to show as "…(으)로 찾았습니다"


@dataclass(frozen=True, slots=True)
class Said:
    """A text taken apart once for all its readings. `words`: known ones where they can be found, compounds cut up."""

    text: str
    words: list[str]
    measures: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary) -> "Said":
        """Without amounts, talk and tails."""
        bare, measures = apart_from_measures(text.lower())
        parts = (part for word in asked_for(tokens(bare)) for part in _known_parts(word, vocabulary))
        return cls(text, list(dict.fromkeys(parts)), measures)


def attempts(query: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """The readings in the order to try them, worked out as they are asked for; none for a query without words."""
    said = Said.of(as_read(query), vocabulary)
    for attempt in chain(_direct(said, vocabulary), _guesses(said, vocabulary)):
        if attempt.groups and all(attempt.groups):
            yield attempt


def as_read(query: str) -> str:
    """In signs that are whole: of a syllable a Mac may send three, which count as one."""
    return hangul.normalise(query[: LONGEST_QUERY * 4])[:LONGEST_QUERY]


def _direct(said: Said, vocabulary: Vocabulary, *, reads_as: str | None = None) -> Iterator[Attempt]:
    """The words as typed, joined, and by their other names; `reads_as` marks a guess."""
    words = said.words
    if not words:
        return
    common = {"measures": said.measures, "is_guess": reads_as is not None, "reads_as": reads_as}
    joined = "".join(words)
    if len(words) > 1 and joined in vocabulary.words:
        yield Attempt("joined", (vocabulary.expand(joined),), **common)
    yield Attempt("words", tuple(vocabulary.as_typed(word) for word in words), **common)
    yield Attempt("other names", tuple(vocabulary.with_other_names(word) for word in words), **common)
    if len(words) > 1 and vocabulary.knows(joined):
        yield Attempt("other names", (vocabulary.with_other_names(joined),), **common)
    if (named := _names_of_several(words, vocabulary)) != words:
        yield Attempt("other names", tuple(vocabulary.with_other_names(word) for word in named), **common)


def _known_parts(word: str, vocabulary: Vocabulary) -> list[str]:
    korean = read_hanja(word)
    forms = list(dict.fromkeys((word, *stems(korean))))
    whole = next((form for form in forms if vocabulary.knows(form)), None)
    if whole:
        return [whole]
    return next((parts for form in forms if (parts := vocabulary.split(form))), [korean])


def _names_of_several(words: list[str], vocabulary: Vocabulary) -> list[str]:
    """With neighbours put together that the lexicon has as one name: organic sweet potato → organic, sweetpotato."""
    named: list[str] = []
    at = 0
    while at < len(words):
        ends = (end for end in (at + 3, at + 2) if vocabulary.lexicon.knows("".join(words[at:end])))
        end = next(ends, at + 1)
        named.append("".join(words[at:end]))
        at = end
    return named


def _guesses(said: Said, vocabulary: Vocabulary) -> Iterator[Attempt]:
    yield from _initials(said.text, vocabulary)
    yield from _half_typed(said, vocabulary)
    yield from _other_keyboard(said.text, vocabulary)
    yield from _misspelt(said, vocabulary)
    yield from _in_part(said, vocabulary)


def _initials(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    tight = "".join(text.split())
    if hangul.is_choseong(tight):
        yield Attempt("initials", (vocabulary.by_choseong(tight),), is_guess=True)


def _half_typed(said: Said, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """The last word is still being typed; without spaces first, then with the words before it."""
    words, measures = said.words, said.measures
    if not words or vocabulary.knows(words[-1]) or hangul.is_choseong("".join(words)):
        return
    yield Attempt("half-typed", (vocabulary.half_typed("".join(words)),), measures, is_guess=True)
    if len(words) > 1:
        groups = (
            *(vocabulary.with_other_names(word) for word in words[:-1]),
            vocabulary.half_typed(words[-1]),
        )
        yield Attempt("half-typed", groups, measures, is_guess=True)


def _other_keyboard(text: str, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Korean typed with the keyboard in Latin, and the other way round."""
    if re.fullmatch(r"[A-Za-z\d\s.,-]*[A-Za-z][A-Za-z\d\s.,-]*", text):
        for typed in hangul.shifts(text):
            korean = _retyped(typed, hangul.hangul_of)
            if not re.search(r"[\u3131-\u3163]", korean):
                said = Said.of(korean, vocabulary)
                yield from _direct(said, vocabulary, reads_as=korean)
                yield from _misspelt(said, vocabulary)
    elif re.search(r"[가-힣\u3131-\u3163]", text) and not hangul.is_choseong("".join(text.split())):
        latin = _retyped(text, hangul.keys_of).lower()
        words = tokens(apart_from_measures(latin)[0])
        if all(vocabulary.lexicon.knows(word) or vocabulary.in_latin(word) for word in words):
            yield from _direct(Said.of(latin, vocabulary), vocabulary, reads_as=latin)


def _retyped(text: str, letters: Callable[[str], str]) -> str:
    """Each word by the other keyboard; amounts stay, for their units are Latin on both: tkrhk 5kg → 사과 5kg."""
    return " ".join(word if not apart_from_measures(word)[0] else letters(word) for word in text.split())


def _misspelt(said: Said, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Each unknown word by its nearest spellings; the whole without spaces first (대추방울 토마트)."""
    words, measures = said.words, said.measures
    whole = "".join(asked_for(tokens(apart_from_measures(said.text.lower())[0])))
    yield from _corrected([(whole, vocabulary.misspelt(whole))], measures, vocabulary)
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
        for found in vocabulary.with_other_names(word):
            near[found.word] = max(near.get(found.word, 0.0), found.closeness)
    return tuple(Near(*item) for item in near.items())


def _in_part(said: Said, vocabulary: Vocabulary) -> Iterator[Attempt]:
    """Where nothing has all of it: what has all the things asked for (유기농 사과 → 사과), then what has any of them.

    Not where less than half was understood. A thing that everyone knows and nobody sells is not replaced by what
    merely fits the words beside it: of 국산 소고기, what is from here is no answer.
    """
    groups: dict[str, Group] = {}
    for word in _names_of_several(said.words, vocabulary):
        name = word if vocabulary.knows(word) else _thing_at_the_end(word, vocabulary) or word
        groups[name] = vocabulary.with_other_names(name)
        if rest := word.replace(name, "", 1):
            groups[rest] = ()
    met = [word for word in groups if groups[word]]
    if len(groups) < 2 or not met or 2 * _worth(met, vocabulary) < _worth(groups, vocabulary):
        return
    things = [word for word in met if not vocabulary.says_which(word)]
    if not things and any(vocabulary.knows(word) for word in groups if not groups[word]):
        return
    things = things or met
    # A syllable may be how a name begins (떡 체험, 떡메치기 체험): that too only lifts what has another of the things.
    begun = [near for word in things if len(word) == 1 and (near := vocabulary.named_from(word))]
    lifting = (*(groups[word] for word in met if word not in things), *begun)
    weights = (1.0,) * len(things) + (1 / (1 + len(lifting)),) * len(lifting)
    readings = [(1, " 또는 ".join(things))]
    if len(met) > len(things) > 1:
        readings.insert(0, (len(things), " ".join(things)))
    for least, reads_as in readings:
        yield Attempt(
            "in part", (*(groups[word] for word in things), *lifting), said.measures, is_guess=True,
            share=least / sum(weights), weights=weights, reads_as=reads_as,
        )  # fmt: skip


def _thing_at_the_end(word: str, vocabulary: Vocabulary) -> str | None:
    """Of a compound that nobody knows: 토종포도 is a 포도; what merely says which (민하마을) is no answer to it."""
    end = vocabulary.known_end(word)
    return end if end and not (is_all_talk(end) or vocabulary.says_which(end)) else None


def _worth(words: Iterable[str], vocabulary: Vocabulary) -> int:
    """What nobody knows is likely talk, and counts half."""
    return sum(1 + vocabulary.knows(word) for word in words)
