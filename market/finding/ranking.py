"""Which listings answer an attempt, and in which order."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from market.finding.documents import Place, SearchDocument
from market.finding.understanding import Attempt, Group

WEIGHTS: dict[Place, float] = {
    "name": 10.0,
    "category": 8.0,
    "certificate": 7.0,
    "village": 4.0,
    "text": 3.0,
    "origin": 1.0,
}
RIGHT_AMOUNT = 5.0  # "쌀 10kg": the 10 kg bag before the 20 kg one
FAINT = 0.12  # of the best score; what is below has the word by chance (재배 for 배)
GOOD = 2.0  # a score below it does not keep us from guessing


class Hit(NamedTuple):
    code: str
    score: float
    how: str
    reads_as: str | None


def rank(attempts: Iterable[Attempt], documents: Sequence[SearchDocument]) -> list[Hit]:
    """The best hit of each listing, best first; guesses are tried in turn until one finds something good."""
    best: dict[str, Hit] = {}
    lengths = {document.code: len(document.joined) for document in documents}
    for attempt in attempts:
        if attempt.is_guess and any(hit.score >= GOOD and not _same(hit, attempt) for hit in best.values()):
            break
        for document in documents:
            points = score(attempt, document)
            if points > 0 and (document.code not in best or best[document.code].score < points):
                best[document.code] = Hit(document.code, points, attempt.how, attempt.reads_as)
    floor = max((hit.score for hit in best.values()), default=0.0) * FAINT
    hits = [hit for hit in best.values() if hit.score >= floor]
    return sorted(hits, key=lambda hit: (-round(hit.score, 3), lengths[hit.code], hit.code))


def _same(hit: Hit, attempt: Attempt) -> bool:
    """One guess may have several attempts (words, other names) that stand together."""
    return attempt.reads_as is not None and hit.reads_as == attempt.reads_as


def score(attempt: Attempt, document: SearchDocument) -> float:
    """0 where the listing does not answer; what has part of the words is worth that part; amounts only lift."""
    weights = attempt.weights or (1,) * len(attempt.groups)
    points = [_group_score(group, document) for group in attempt.groups]
    met = sum(weight for weight, found in zip(weights, points, strict=True) if found)
    if met < attempt.share * sum(weights) - 1e-9 or not met:
        return 0.0
    lift = sum(RIGHT_AMOUNT for labels in attempt.measures if labels & document.measures)
    return sum(points) / len(points) * met / sum(weights) + lift


def _group_score(group: Group, document: SearchDocument) -> float:
    """The best place any of the words stands in, and a little for the other places."""
    by_place = [
        WEIGHTS[place] * max((near.closeness for near in group if near.word in words), default=0.0)
        for place, words in document.words.items()
    ]
    best = max(by_place)
    return best + (sum(by_place) - best) / 20
