"""Which of some things, the best first, are called by a name that begins with what is typed so far."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from heapq import nsmallest
from operator import itemgetter
from typing import Generic, TypeVar

_AFTER_ALL = "\U0010ffff"

Thing = TypeVar("Thing")


class Beginnings(Generic[Thing]):
    def __init__(self, things: Iterable[Thing], called: Callable[[Thing], Iterable[str]]) -> None:
        """The best thing first; it may be `called` in several ways."""
        self._things = list(things)
        names = [(name, rank) for rank, thing in enumerate(self._things) for name in called(thing)]
        names.sort(key=itemgetter(0))
        self._names = [name for name, _ in names]
        self._ranks = array("L", (rank for _, rank in names))

    def __add__(self, more: "Beginnings[Thing]") -> "Beginnings[Thing]":
        """What is added is less good than all that was there."""
        both = Beginnings[Thing]((), lambda _: ())
        both._things, both._names, both._ranks = self._things + more._things, self._names[:], self._ranks[:]
        for name, rank in zip(more._names, more._ranks, strict=True):
            at = bisect_left(both._names, name)
            both._names.insert(at, name)
            both._ranks.insert(at, len(self._things) + rank)
        return both

    def best(self, typed: str, most: int) -> list[Thing]:
        """Of nothing typed nothing."""
        start = bisect_left(self._names, typed) if typed else len(self._names)
        end = bisect_left(self._names, typed + _AFTER_ALL, start)
        return [self._things[rank] for rank in nsmallest(most, set(self._ranks[start:end]))]
