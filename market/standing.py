"""How things stand at the provider, recomputed from all it told of a payment, in whatever order and however often."""

from collections.abc import Iterable
from dataclasses import dataclass

from market.payments import EventKind


@dataclass(frozen=True)
class Told:
    """One event as it stands in our books; won."""

    kind: EventKind
    amount: int
    intent: str = ""
    thing: str = ""
    key: str = ""
    outcome: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class RefundTold:
    """A refund at the provider, whoever asked for it. Once failed it stays failed, whatever else is told."""

    thing: str
    key: str
    amounts: frozenset[int]
    state: EventKind  # refund_pending, refunded or refund_failed

    @property
    def amount(self) -> int:
        return max(self.amounts)


@dataclass(frozen=True)
class DisputeTold:
    """A buyer's dispute. `withdrawn` and `reinstated`: what the provider took from us for it, and gave back."""

    thing: str
    amount: int
    withdrawn: int
    reinstated: int
    outcome: str  # empty while it is open

    @property
    def held_back(self) -> int:
        """A provider does not give back more than it took: what it took may just not have been told yet."""
        return max(0, self.withdrawn - self.reinstated)


@dataclass(frozen=True)
class Standing:
    """What counts in the end. `refunds` and `disputes` in the order of their names."""

    captured: int
    intents: frozenset[str]
    is_failed: bool
    is_expired: bool
    refunds: tuple[RefundTold, ...]
    disputes: tuple[DisputeTold, ...]

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds if refund.state == EventKind.refunded)

    @property
    def contradictions(self) -> tuple[str, ...]:
        """What cannot all be true, a word for each; money is left where it is, and a person looks at it."""
        odd = {
            "twice": len(self.intents) > 1,
            "failed": self.captured > 0 and self.is_failed,
            "expired": self.captured > 0 and self.is_expired,
            "refunded": self.captured > 0 and self.refunded > self.captured,
            "disputed": self.captured > 0 and sum(told.held_back for told in self.disputes) > self.captured,
            "amounts": any(len(refund.amounts) > 1 for refund in self.refunds),
        }
        return tuple(word for word, is_so in odd.items() if is_so)


def standing(events: Iterable[Told]) -> Standing:
    """Nothing here hangs on the order of the events, nor on how often each was told."""
    believed = [event for event in events if not event.doubt]
    captures = [event for event in believed if event.kind == EventKind.captured]
    kinds = {event.kind for event in believed}
    return Standing(
        captured=max((event.amount for event in captures), default=0),
        intents=frozenset(event.intent for event in captures if event.intent),
        is_failed=EventKind.failed in kinds,
        is_expired=EventKind.expired in kinds,
        refunds=tuple(_refund(thing, of_it) for thing, of_it in _by_thing(believed, REFUNDS)),
        disputes=tuple(_dispute(thing, of_it) for thing, of_it in _by_thing(believed, DISPUTES)),
    )


REFUNDS = (EventKind.refund_pending, EventKind.refunded, EventKind.refund_failed)
"""From the weakest word to the strongest."""
DISPUTES = (
    EventKind.disputed,
    EventKind.funds_withdrawn,
    EventKind.funds_reinstated,
    EventKind.dispute_closed,
)


def _by_thing(events: list[Told], kinds: tuple[EventKind, ...]) -> list[tuple[str, list[Told]]]:
    things: dict[str, list[Told]] = {}
    for event in events:
        if event.kind in kinds:
            things.setdefault(event.thing, []).append(event)
    return sorted(things.items())


def _refund(thing: str, told: list[Told]) -> RefundTold:
    state = max((event.kind for event in told), key=REFUNDS.index)
    key = max(event.key for event in told)
    return RefundTold(thing, key, frozenset(event.amount for event in told), state)


def _dispute(thing: str, told: list[Told]) -> DisputeTold:
    def most(kind: EventKind) -> int:
        return max((event.amount for event in told if event.kind == kind), default=0)

    outcomes = {event.outcome for event in told if event.kind == EventKind.dispute_closed}
    return DisputeTold(
        thing=thing,
        amount=max(event.amount for event in told),
        withdrawn=most(EventKind.funds_withdrawn),
        reinstated=most(EventKind.funds_reinstated),
        outcome=max(outcomes, default=""),
    )
