"""What a card provider does for us, in plain values: open a payment page, read it, close it, refund."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from market.payments import EventKind


@dataclass(frozen=True)
class Opened:
    """A payment page that waits for the buyer."""

    reference: str
    url: str
    expires_at: datetime


class Found(StrEnum):
    """How far a payment has come, as the provider tells it."""

    open = "open"
    captured = "captured"
    expired = "expired"
    unknown = "unknown"  # closed without money so far: the provider is still working on it (결제 확인 중)


@dataclass(frozen=True)
class Reading:
    """What the provider says of one payment: compare all of it with our own books before believing it."""

    reference: str  # empty where an event names only the intent (refunds, disputes)
    state: Found
    amount: int  # won
    currency: str  # lower case: "krw"
    livemode: bool
    order_number: str
    intent: str | None


@dataclass(frozen=True)
class Event:
    """One signed message of the provider. The same id may come again; messages come in any order.

    `thing` is the provider's name of the refund or dispute it is about, and then `reading.amount` is that thing's.
    """

    id: str
    kind: EventKind
    reading: Reading | None
    refunded: int = 0  # won given back so far in all, where the kind is «refund_sum»
    thing: str = ""
    key: str = ""  # under which we asked for this refund; empty where somebody else did
    outcome: str = ""  # how a dispute ended
    until: datetime | None = None  # a dispute is to be answered by then


@dataclass(frozen=True)
class GivenBack:
    """A refund at the provider. `is_done`: the money is on its way for good; else the provider still works on it."""

    reference: str
    intent: str
    is_done: bool


class MovedKind(StrEnum):
    """What moved money at the provider; `other` is none of our business but for its fee."""

    charge = "charge"
    refund = "refund"
    refund_failed = "refund_failed"
    dispute = "dispute"
    other = "other"


@dataclass(frozen=True)
class Moved:
    """One line of the provider's own account: `thing` moved `amount` (as the buyer saw it), and it kept `fee` for that.

    `amount` is in the smallest unit of `currency`, for won whole won, and never below zero.
    """

    name: str
    kind: MovedKind
    thing: str
    intent: str
    amount: int
    currency: str
    fee: int
    fee_currency: str


class GatewayTrouble(Exception):
    """The provider did not do it. `retry`: the same call with the same key may work later, or never will."""

    def __init__(self, reason: str, *, retry: bool) -> None:
        super().__init__(reason)
        self.retry = retry


class ForgedEvent(Exception):
    """A message that is not the provider's, is too old, comes from the future, or cannot be read."""


class Gateway(Protocol):
    """One card provider. Every call ends within ten seconds and raises nothing but `GatewayTrouble`."""

    livemode: bool
    """Whether real money moves here; a reading or event of the other mode is never ours."""

    async def open(
        self,
        *,
        key: str,
        order_number: str,
        amount: int,
        title: str,
        email: str | None,
        return_url: str,
        cancel_url: str,
        expires_at: datetime,
    ) -> Opened:
        """Open a payment page over `amount` won. The same key with the same values opens the same page again.

        Providers want `expires_at` between 30 minutes and 24 hours from now.
        """
        ...

    async def read(self, reference: str) -> Reading: ...

    async def expire(self, reference: str) -> Reading:
        """Close the page so that it can no longer be paid; what was paid first is told as captured."""
        ...

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        """Give `amount` won back; the same key gives back only once, ever, and asks again how far that has come.

        A refund that the provider has failed is trouble that no other try will mend.
        """
        ...

    async def refunded(self, reference: str) -> int:
        """Won given back under this name; zero where the provider knows none, or failed to."""
        ...

    async def moved(self, first: datetime, until: datetime) -> list[Moved]:
        """All that moved money at the provider from `first` until before `until`. It may take a minute."""
        ...

    def event(self, body: bytes, signature: str | None, *, now: datetime) -> Event:
        """Read a message after checking who sent it and when. Raises `ForgedEvent` for anything else."""
        ...


class NoCards:
    """For a city without a card provider: transfers only. Every call says no, for good."""

    livemode = False

    async def open(self, **_: object) -> Opened:
        raise GatewayTrouble("no card provider is set up", retry=False)

    async def read(self, reference: str) -> Reading:
        raise GatewayTrouble("no card provider is set up", retry=False)

    async def expire(self, reference: str) -> Reading:
        raise GatewayTrouble("no card provider is set up", retry=False)

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        raise GatewayTrouble("no card provider is set up", retry=False)

    async def refunded(self, reference: str) -> int:
        raise GatewayTrouble("no card provider is set up", retry=False)

    async def moved(self, first: datetime, until: datetime) -> list[Moved]:
        return []

    def event(self, body: bytes, signature: str | None, *, now: datetime) -> Event:
        raise ForgedEvent("no card provider is set up")
