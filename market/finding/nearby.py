"""Words that sound like what was asked for, when nothing was found: to try instead, never taken by themselves."""

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from market.finding.hangul import jamo, normalise
from market.finding.sentences import asked_for, tokens
from market.finding.vocabulary import Vocabulary

MOST = 5
LONGEST = 6  # signs of a word that are compared
LEAST_ALIKE = 0.6  # below it 숙박 would be offered for 쑥떡
LONGEST_QUERY = 100


def nearby_words(query: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    names = list(vocabulary.short_names)
    found: dict[str, float] = {}
    for word in asked_for(tokens(normalise(query[:LONGEST_QUERY])))[:3]:
        for other, alike, _ in process.extract(
            jamo(word[:LONGEST]),
            names,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=LEAST_ALIKE,
            limit=MOST,
        ):
            found[vocabulary.short_names[other]] = alike
    return tuple(sorted(found, key=lambda word: (-found[word], word))[:MOST])
