"""`ranking.rank` for documents that stay in memory: the same scores, found by the words a document has.

`ranking` looks for each of a reading's words in each place of each document; here the few words both have are met
first, by one intersection of sets. A test holds the two together.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from market.finding.documents import Place, SearchDocument
from market.finding.ranking import FAINT, GOOD, RIGHT_AMOUNT, WEIGHTS, Hit
from market.finding.understanding import Attempt


@dataclass(frozen=True, slots=True)
class Standing:
    """A document turned round: each word, and the places it stands in."""

    code: str
    places: dict[str, tuple[Place, ...]]
    length: int  # of the name, without spaces
    measures: frozenset[str]

    @classmethod
    def of(cls, document: SearchDocument) -> "Standing":
        places: dict[str, tuple[Place, ...]] = {}
        for place, words in document.words.items():
            for word in words:
                places[word] = (*places.get(word, ()), place)
        return cls(document.code, places, len(document.joined), document.measures)


@dataclass(frozen=True, slots=True)
class Reading:
    """An attempt, made ready to meet many documents."""

    attempt: Attempt
    groups: tuple[tuple[frozenset[str], dict[str, float], float], ...]  # words, closeness, weight
    everything: float  # weights

    @classmethod
    def of(cls, attempt: Attempt) -> "Reading":
        weights = attempt.weights or (1,) * len(attempt.groups)
        groups = []
        for group, weight in zip(attempt.groups, weights, strict=True):
            closeness: dict[str, float] = {}
            for near in group:
                closeness[near.word] = max(near.closeness, closeness.get(near.word, 0.0))
            groups.append((frozenset(closeness), closeness, weight))
        return cls(attempt, tuple(groups), sum(weights))

    def score(self, standing: Standing) -> float:
        met, points = 0.0, 0.0
        for words, closeness, weight in self.groups:
            if both := standing.places.keys() & words:
                met += weight
                points += _points(both, closeness, standing.places)
            elif self.attempt.share >= 1:
                return 0.0
        if not met or met < self.attempt.share * self.everything - 1e-9:
            return 0.0
        lift = sum(RIGHT_AMOUNT for labels in self.attempt.measures if labels & standing.measures)
        return points / len(self.groups) * met / self.everything + lift


def rank_quickly(attempts: Iterable[Attempt], standings: Collection[Standing]) -> list[Hit]:
    """As `ranking.rank`: best first; guesses are tried in turn until one finds something good."""
    best: dict[str, Hit] = {}
    done: set[tuple] = set()
    for attempt in attempts:
        if attempt.is_guess and any(hit.score >= GOOD and not _same(hit, attempt) for hit in best.values()):
            break
        if (asked := (attempt.groups, attempt.measures, attempt.share, attempt.weights)) in done:
            continue  # it would score the same again
        done.add(asked)
        reading = Reading.of(attempt)
        for standing in standings:
            points = reading.score(standing)
            if points > 0 and (standing.code not in best or best[standing.code].score < points):
                best[standing.code] = Hit(standing.code, points, attempt.how, attempt.reads_as)
    floor = max((hit.score for hit in best.values()), default=0.0) * FAINT
    lengths = {standing.code: standing.length for standing in standings}
    hits = [hit for hit in best.values() if hit.score >= floor]
    return sorted(hits, key=lambda hit: (-round(hit.score, 3), lengths[hit.code], hit.code))


def _same(hit: Hit, attempt: Attempt) -> bool:
    return attempt.reads_as is not None and hit.reads_as == attempt.reads_as


def _points(both: set[str], closeness: dict[str, float], places: dict[str, tuple[Place, ...]]) -> float:
    """The best place any of the words stands in, and a little for the other places."""
    by_place: dict[Place, float] = {}
    for word in both:
        near = closeness[word]
        for place in places[word]:
            if near > by_place.get(place, 0.0):
                by_place[place] = near
    values = [WEIGHTS[place] * near for place, near in by_place.items()]
    best = max(values)
    return best + (sum(values) - best) / 20
