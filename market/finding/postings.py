"""Which documents have a reading's words, and in which places, scored as `ranking` does: by sets, not one by one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add, and_
from typing import NamedTuple

from market.finding.entries import AMOUNT, TAGS
from market.finding.levels import Levels, all_of, first_of, merged, together, within
from market.finding.ranking import RIGHT_AMOUNT, WEIGHTS
from market.finding.understanding import Attempt, Group

ALL_TAGS = "".join(TAGS.values())
VALUES = {TAGS[place]: weight for place, weight in WEIGHTS.items()}
EXACT = 9  # decimals: sums of the same numbers are the same number


class Tier(NamedTuple):
    """Words equally near that stand in the same place: tagged, one in a line."""

    value: float
    place: str
    words: str


Tiers = tuple[Tier, ...]


def tiers_of(group: Group, tags: Mapping[str, str]) -> Tiers:
    """The most valuable first. `tags`: the places a word stands in, where that is known; elsewhere nobody looks."""
    words: defaultdict[tuple[str, float], list[str]] = defaultdict(list)
    for word, closeness in group:
        for tag in tags.get(word, ALL_TAGS):
            words[tag, closeness].append(tag + word)
    tiers = [
        Tier(VALUES[tag] * closeness, tag, "\n".join(sorted(several)))
        for (tag, closeness), several in words.items()
    ]
    return tuple(sorted(tiers, reverse=True))


def amounts_of(labels: frozenset[str]) -> Tiers:
    return (Tier(RIGHT_AMOUNT, AMOUNT, "\n".join(AMOUNT + label for label in sorted(labels))),)


def levels_of(tiers: Tiers, found: Sequence[int]) -> Levels:
    """From the documents of each tier: the best place counts, and the other places a little."""
    partition: dict[tuple[float, float], int] = {}  # by the best place and the sum of all
    for place in dict.fromkeys(tier.place for tier in tiers):
        here = first_of(
            ((tier.value, tier.value), bits)
            for tier, bits in zip(tiers, found, strict=True)
            if tier.place == place
        )
        partition = together(partition, here, lambda one, other: (max(one[0], other[0]), one[1] + other[1]))
    return _exactly((best + (total - best) / 20, bits) for (best, total), bits in partition.items())


def scored(reading: Attempt, groups: Sequence[Levels], amounts: Sequence[Levels]) -> Levels:
    """From what each group and each amount finds: the documents that answer, by their score."""
    if reading.share >= 1:
        everything = reduce(and_, map(all_of, groups))
        groups = [within(levels, everything) for levels in groups]
    weights = reading.weights or (1,) * len(groups)
    answering: dict[tuple[float, float], int] = {}  # by the weights met and the sum of points
    for levels, weight in zip(groups, weights, strict=True):
        here = {(weight, points): bits for points, bits in levels.items()}
        answering = together(answering, here, lambda one, other: (one[0] + other[0], one[1] + other[1]))
    everything = sum(weights)
    enough = reading.share * everything - 1e-9
    scores = _exactly(
        (points / len(groups) * met / everything, bits)
        for (met, points), bits in answering.items()
        if met >= enough
    )
    for levels in amounts:
        scores = together(scores, within(levels, all_of(scores)), add)
    return scores


def _exactly(pairs: Iterable[tuple[float, int]]) -> Levels:
    return merged((round(points, EXACT), bits) for points, bits in pairs)


def any_of(words: str) -> str:
    """As a tsquery."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words.split("\n"))
