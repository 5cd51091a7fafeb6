"""Which order a deposit pays. Sure is: the same won, the same name, one order only; all else a person decides. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations

from market.deposit_sheets.names import name_key, near_name, order_numbers, same_name
from villages.days import seoul_day

WON_OFF = 1_000  # won that people and banks' fees are off by
MOST_TOGETHER = 3  # orders paid by one transfer
MOST_OF_ONE_NAME = 12  # more orders of one name are not put together
MOST_CANDIDATES = 8


class Standing(StrEnum):
    """How it stands with an order's transfer."""

    waits = "waits"
    ended = "ended"  # cancelled or expired: money would revive it, or be given back
    confirmed = (
        "confirmed"  # a person has confirmed the transfer by hand, and no row of a sheet belongs to it yet
    )


@dataclass(frozen=True)
class Awaited:
    """One order as the sheet is held against it."""

    number: str
    depositor: str
    buyer: str
    amount: int
    placed_at: datetime
    standing: Standing = Standing.waits
    keys: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        keys = dict.fromkeys(filter(None, map(name_key, (self.depositor, self.buyer))))
        object.__setattr__(self, "keys", tuple(keys))


@dataclass(frozen=True)
class Came:
    """A deposit to be matched. `is_twin`: another sheet tells the same day, name and won in another way."""

    day: date
    at: datetime | None
    name: str
    remark: str
    amount: int
    is_twin: bool = False


class Doubt(StrEnum):
    """Why a person has to look."""

    twin = "twin"
    several = "several"
    too_early = "too_early"
    ended = "ended"
    near_name = "near_name"
    together = "together"
    won_off = "won_off"
    other_amount = "other_amount"
    only_amount = "only_amount"
    nobody = "nobody"


@dataclass(frozen=True)
class Candidate:
    """Orders that a person may choose: one, or two and three that were paid together. `why` is the weakest point."""

    orders: tuple[Awaited, ...]
    why: Doubt | None

    @property
    def amount(self) -> int:
        return sum(order.amount for order in self.orders)


@dataclass(frozen=True)
class Finding:
    """`sure` where one order may be paid without asking; else the doubt and the candidates, the likeliest first."""

    sure: Awaited | None
    doubt: Doubt | None
    candidates: tuple[Candidate, ...] = ()


class Pool:
    """All orders that a deposit may be for, found by won and by name."""

    def __init__(self, orders: Iterable[Awaited]) -> None:
        self._orders = {order.number: order for order in orders}
        self._by_amount: dict[int, dict[str, Awaited]] = defaultdict(dict)
        self._by_key: dict[str, dict[str, Awaited]] = defaultdict(dict)
        for order in self._orders.values():
            self._by_amount[order.amount][order.number] = order
            for key in order.keys:
                self._by_key[key][order.number] = order

    def remove(self, number: str) -> None:
        """A row was found for this order: no other row of any sheet is."""
        order = self._orders.pop(number, None)
        if order:
            del self._by_amount[order.amount][number]
            for key in order.keys:
                del self._by_key[key][number]

    def of_amount(self, amount: int) -> list[Awaited]:
        return list(self._by_amount.get(amount, {}).values())

    def of_name(self, came: "_Known") -> list[Awaited]:
        """Orders of this name or this number, the oldest first."""
        found = {
            number: order
            for key, orders in self._by_key.items()
            if orders and same_name(came.key, key)
            for number, order in orders.items()
        }
        found |= {number: self._orders[number] for number in came.numbers if number in self._orders}
        return sorted(found.values(), key=lambda order: (order.placed_at, order.number))


def match_deposit(came: Came, pool: Pool) -> Finding:
    """Whom a deposit is from, as far as it can be known; pays nothing by itself."""
    known = _Known(came)
    named = [order for order in pool.of_amount(came.amount) if known.names(order)]
    fitting = [order for order in named if order.standing != Standing.ended and known.is_after(order)]
    if len(fitting) == 1 and not came.is_twin:
        return Finding(fitting[0], None)
    candidates = _unlike(_candidates(known, named, pool))
    if came.is_twin:
        return Finding(None, Doubt.twin, candidates)
    return Finding(None, (candidates[0].why or Doubt.several) if candidates else Doubt.nobody, candidates)


@dataclass(frozen=True)
class _Known:
    """A deposit with its name made ready to compare."""

    came: Came
    key: str = field(init=False)
    numbers: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        numbers = order_numbers(self.came.name) | order_numbers(self.came.remark)
        object.__setattr__(self, "numbers", frozenset(numbers))
        object.__setattr__(self, "key", name_key(self.came.name))

    def names(self, order: Awaited) -> bool:
        return order.number in self.numbers or any(same_name(self.key, key) for key in order.keys)

    def is_near(self, order: Awaited) -> bool:
        return any(near_name(self.key, key) for key in order.keys)

    def is_after(self, order: Awaited) -> bool:
        """Not before the order was placed. Banks tell the minute or only the day: then the same one will do."""
        if self.came.at is None:
            return self.came.day >= seoul_day(order.placed_at)
        return self.came.at >= order.placed_at.replace(second=0, microsecond=0)


def _candidates(known: _Known, named: Sequence[Awaited], pool: Pool) -> Iterator[Candidate]:
    """The likeliest first."""
    amount = known.came.amount
    for order in named:
        yield Candidate((order,), _doubt_of(known, order))
    same = pool.of_amount(amount)
    yield from (Candidate((order,), Doubt.near_name) for order in same if known.is_near(order))
    own = pool.of_name(known)
    waits = [order for order in own if order.standing == Standing.waits]
    for count in range(2, MOST_TOGETHER + 1):
        for group in combinations(waits[:MOST_OF_ONE_NAME], count):
            if sum(order.amount for order in group) == amount:
                yield Candidate(group, Doubt.together)
    nearest = sorted(own, key=lambda order: abs(order.amount - amount))
    yield from (
        Candidate((order,), Doubt.won_off) for order in nearest if abs(order.amount - amount) <= WON_OFF
    )
    unpaid = [order for order in nearest if order.standing != Standing.confirmed]
    yield from (Candidate((order,), Doubt.other_amount) for order in unpaid)
    yield from (Candidate((order,), Doubt.only_amount) for order in same if order.standing == Standing.waits)


def _doubt_of(known: _Known, order: Awaited) -> Doubt:
    if order.standing == Standing.ended:
        return Doubt.ended
    return Doubt.several if known.is_after(order) else Doubt.too_early


def _unlike(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each choice once, where it stands first."""
    found: dict[tuple[str, ...], Candidate] = {}
    for candidate in candidates:
        found.setdefault(tuple(order.number for order in candidate.orders), candidate)
        if len(found) == MOST_CANDIDATES:
            break
    rank = list(Doubt).index
    return tuple(sorted(found.values(), key=lambda each: rank(each.why or Doubt.several)))
