"""Measuring in rounds: CPU of web and database per request, and how long the answers took."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.bench.processes import Cost, Household
from tests.bench.wire import Wire

LANES = 4  # shoppers at a time, one connection each


@dataclass
class Measured:
    """Rounds of the same thing. The middle round counts: another may hold what else the machine did."""

    rounds: list[tuple[Cost, int]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def web_ms(self) -> float:
        return self._ranked(2).web * 1000

    @property
    def database_ms(self) -> float:
        return self._ranked(2).database * 1000

    @property
    def cpu_ms(self) -> float:
        return self._ranked(2).whole * 1000

    @property
    def quiet_ms(self) -> float:
        """CPU of the lower quarter: fewer rounds with other programs in them, and with our own periodic work."""
        return self._ranked(4).whole * 1000

    def waited_ms(self, percent: int) -> float:
        """The answer within which so many of a hundred came."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, len(ranked) * percent // 100)] * 1000

    def _ranked(self, share: int) -> Cost:
        """One request of the round that a `share`-th of them do not surpass."""
        each = [Cost(cost.web / n, cost.database / n) for cost, n in self.rounds]
        return sorted(each, key=lambda one: one.whole)[(len(each) - 1) // share]

    def add(self, cost: Cost, seconds: list[float]) -> None:
        self.rounds.append((cost, len(seconds)))
        self.seconds += seconds


async def measure(
    household: Household, into: Measured, act: Callable[[int], Awaitable[float]], times: range
) -> None:
    """Do it once for each number, `LANES` at a time. `act` returns the seconds it waited."""
    before = household.cost()
    seconds = await at_once(act, times)
    into.add(household.cost() - before, seconds)


async def at_once(act: Callable[[int], Awaitable[float]], times: range, *, lanes: int = LANES) -> list[float]:
    async def lane(start: int) -> list[float]:
        return [await act(number) for number in times[start::lanes]]

    each = await asyncio.gather(*(lane(start) for start in range(lanes)))
    return [seconds for of_lane in each for seconds in of_lane]


async def wires(stack: AsyncExitStack, port: int, count: int = LANES) -> list[Wire]:
    return [await stack.enter_async_context(Wire(port)) for _ in range(count)]
