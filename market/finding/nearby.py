"""Words that sound like what was asked for, when nothing was found: to try instead, never taken by themselves."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from market.finding.hangul import jamo, normalise
from market.finding.sentences import asked_for, tokens
from market.finding.vocabulary import Vocabulary

MOST = 5
LONGEST = 6  # signs: longer words of names are runs of several
LEAST_ALIKE = 0.5
LONGEST_QUERY = 100


def nearby_words(query: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    letters = _letters(vocabulary)
    found: dict[str, float] = {}
    for word in asked_for(tokens(normalise(query[:LONGEST_QUERY])))[:3]:
        for other, alike, _ in process.extract(
            jamo(word[:LONGEST]),
            letters,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=LEAST_ALIKE,
            limit=MOST,
        ):
            found[letters_to_word(vocabulary)[other]] = alike
    return tuple(sorted(found, key=lambda word: (-found[word], word))[:MOST])


@lru_cache(maxsize=2)
def letters_to_word(vocabulary: Vocabulary) -> dict[str, str]:
    return {jamo(word): word for word in vocabulary.names if 2 <= len(word) <= LONGEST and not word.isdigit()}


@lru_cache(maxsize=2)
def _letters(vocabulary: Vocabulary) -> list[str]:
    return list(letters_to_word(vocabulary))
