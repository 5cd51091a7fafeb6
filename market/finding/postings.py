"""Which documents have a reading's words, and in which places: asked of the index, scored as `ranking` does."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tortoise import connections

from market.finding.entries import AMOUNT, TAGS
from market.finding.ranking import RIGHT_AMOUNT, WEIGHTS
from market.finding.understanding import Attempt, Group

Document = int
"""A document in a number that sorts by its name's letters: those, and its id (a village's below zero)."""

HALF, WHOLE = 1 << 39, (1 << 40) - 1

ALL_TAGS = "".join(TAGS.values())
VALUES = {TAGS[place]: weight for place, weight in WEIGHTS.items()}

Scores = dict[Document, float]


def ids_of(documents: Iterable[Document]) -> "array[int]":
    return array("q", [(document & WHOLE) - HALF for document in documents])


@dataclass(frozen=True, slots=True)
class Tier:
    """Words equally near that stand in the same place."""

    value: float
    place: str
    query: str  # as a tsquery


def tiers_of(group: Group, tags: Mapping[str, str]) -> list[Tier]:
    """The most valuable first. `tags`: the places a word stands in, where that is known; elsewhere nobody looks."""
    near: dict[str, float] = {}
    for word, closeness in group:
        near[word] = max(closeness, near.get(word, 0.0))
    words: dict[tuple[str, float], list[str]] = {}
    for word, closeness in near.items():
        for tag in tags.get(word, ALL_TAGS):
            words.setdefault((tag, closeness), []).append(tag + word)
    tiers = [
        Tier(VALUES[tag] * closeness, tag, any_of(several)) for (tag, closeness), several in words.items()
    ]
    return sorted(tiers, key=lambda tier: -tier.value)


@dataclass
class Postings:
    """The documents of each query of a search, fetched a few queries at a time."""

    tags: Mapping[str, str]
    most: int
    """Documents of one query; of the commonest words the rest is left out."""
    _found: dict[str, list[Document]] = field(default_factory=dict)
    _tiers: dict[Group, list[Tier]] = field(default_factory=dict)
    is_cut: bool = False

    async def fetch(self, readings: Iterable[Attempt]) -> None:
        """One statement, or a second one where several words are wanted together and one of them is very common."""
        readings = list(readings)
        await self._ask({query: query for reading in readings for query in self._queries(reading)})
        for reading in readings:
            await self._fetch_together(reading)

    async def _fetch_together(self, reading: Attempt) -> None:
        """A common word's documents, where they were cut, only as far as they have the rarest of the others."""
        groups = [self._tiers_of(group) for group in reading.groups]
        sizes = [sum(len(self._found[tier.query]) for tier in tiers) for tiers in groups]
        cut = [tier.query for tiers in groups for tier in tiers if self._is_cut(tier.query)]
        if not cut:
            return
        if len(groups) < 2 or reading.share < 1:
            self.is_cut = True
            return
        rarest = groups[sizes.index(min(sizes))]
        beside = " | ".join(tier.query for tier in rarest)
        common = [query for query in cut if query not in {tier.query for tier in rarest}]
        await self._ask({query: f"({query}) & ({beside})" for query in common}, again=True)

    def _queries(self, reading: Attempt) -> Iterable[str]:
        for group in reading.groups:
            for tier in self._tiers_of(group):
                yield tier.query
        for labels in reading.measures:
            yield self._amounts(labels, reading)

    def _amounts(self, labels: frozenset[str], reading: Attempt) -> str:
        """Amounts are common, and only lift what has the words: those without the first one are not read."""
        beside = " | ".join(tier.query for tier in self._tiers_of(reading.groups[0]))
        amounts = any_of(AMOUNT + label for label in sorted(labels))
        return f"({amounts}) & ({beside})" if reading.share >= 1 else amounts

    def _tiers_of(self, group: Group) -> list[Tier]:
        if group not in self._tiers:
            self._tiers[group] = tiers_of(group, self.tags)
        return self._tiers[group]

    def _is_cut(self, query: str) -> bool:
        return len(self._found[query]) >= self.most

    async def _ask(self, queries: dict[str, str], *, again: bool = False) -> None:
        wanted = {name: query for name, query in queries.items() if again or name not in self._found}
        if wanted:
            rows = await connections.get("default").execute_query_dict(
                POSTINGS, [list(wanted.values()), self.most]
            )
            found = {row["place"] - 1: row["found"] for row in rows}
            for place, name in enumerate(wanted):
                self._found[name] = found.get(place) or []

    def scores(self, reading: Attempt) -> Scores:
        weights = reading.weights or (1,) * len(reading.groups)
        points = [self._points(self._tiers_of(group)) for group in reading.groups]
        met = (
            set(points[0]).intersection(*points[1:])
            if reading.share >= 1
            else _met(points, weights, reading.share)
        )
        if len(points) == 1:
            scores = points[0]
        else:
            count = len(points)
            scores = {each: sum(found.get(each, 0.0) for found in points) / count for each in met}
        for labels in reading.measures:
            for each in set(self._found[self._amounts(labels, reading)]).intersection(scores):
                scores[each] += RIGHT_AMOUNT
        return scores

    def _points(self, tiers: Sequence[Tier]) -> Scores:
        """The best place any of the words stands in, and a little for the other places."""
        best: Scores = {}
        seen: dict[str, set[Document]] = {tier.place: set() for tier in tiers}
        for tier in tiers:
            new = set(self._found[tier.query])
            if not new:
                continue
            new -= seen[tier.place]
            seen[tier.place] |= new
            again = new & best.keys()
            for each in again:
                best[each] += tier.value / 20
            best.update(dict.fromkeys(new - again, tier.value))
        return best


def _met(points: Sequence[Scores], weights: Sequence[int], share: float) -> set[Document]:
    """Those that have enough of the words, by their weights."""
    weight: Scores = {}
    for found, more in zip(points, weights, strict=True):
        for each in found:
            weight[each] = weight.get(each, 0) + more
    enough = share * sum(weights) - 1e-9
    return {each for each, has in weight.items() if has >= enough}


def any_of(words: Iterable[str]) -> str:
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)


POSTINGS = f"""
SELECT asked.place, found.found
FROM unnest($1::text[]) WITH ORDINALITY AS asked (query, place)
CROSS JOIN LATERAL (
    SELECT array_agg(number) AS found FROM (
        SELECT (w.letters::bigint << 40) + w.subject + {HALF} AS number
        FROM search_words w WHERE w.words @@ asked.query::tsquery LIMIT $2
    ) few
) found
WHERE found.found IS NOT NULL
"""
