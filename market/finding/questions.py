"""A query, and what it may mean."""

from collections import OrderedDict
from functools import cached_property

from market.finding.understanding import Attempt, as_read, attempts
from market.finding.vocabulary import Vocabulary

MOST_QUESTIONS = 200  # in memory


class Question:
    """The readings of a query by one vocabulary."""

    def __init__(self, query: str, vocabulary: Vocabulary) -> None:
        self.query = query
        self.vocabulary = vocabulary
        self._readings = attempts(query, vocabulary)
        self._first_guess: list[Attempt] = []

    @cached_property
    def direct(self) -> list[Attempt]:
        """What was typed, and its other names."""
        direct: list[Attempt] = []
        for reading in self._readings:
            if reading.is_guess:
                self._first_guess = [reading]
                break
            direct.append(reading)
        return without_lesser(direct)

    @cached_property
    def guesses(self) -> list[Attempt]:
        """Worked out only when what was typed finds nothing good."""
        _ = self.direct  # which stops at the first guess
        return without_lesser([*self._first_guess, *self._readings])


class Questions:
    """The same words are asked often: what they may mean is worked out once for each vocabulary."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Question] = OrderedDict()
        self._vocabulary: Vocabulary | None = None

    def of(self, query: str, vocabulary: Vocabulary) -> Question:
        if vocabulary is not self._vocabulary:  # no question holds on to an old one
            self._vocabulary = vocabulary
            self._kept.clear()
        query = as_read(query)
        question = self._kept.pop(query, None) or Question(query, vocabulary)
        self._kept[query] = question
        if len(self._kept) > MOST_QUESTIONS:
            self._kept.popitem(last=False)
        return question


def without_lesser(readings: list[Attempt]) -> list[Attempt]:
    """Not those that find nothing which another does not find at least as well (사과, 사과·apple)."""
    return [
        reading
        for place, reading in enumerate(readings)
        if not any(_holds(other, reading) for other in readings[place + 1 :])
    ]


def _holds(greater: Attempt, lesser: Attempt) -> bool:
    return (
        (greater.measures, greater.share, greater.weights, greater.reads_as)
        == (lesser.measures, lesser.share, lesser.weights, lesser.reads_as)
        and len(greater.groups) == len(lesser.groups)
        and all(set(less) <= set(more) for less, more in zip(lesser.groups, greater.groups, strict=True))
    )
