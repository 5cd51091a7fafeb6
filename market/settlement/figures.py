"""The arithmetic of a statement: what its lines add up to, what is paid out of it, and the bytes it is known by."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple


class Sums(NamedTuple):
    """Won as the village is owed them. `commission` is below zero where the city keeps it; `held`: money the village
    has already, in its cash box, on its terminal, as vouchers or as a bill to its own buyer.
    """

    goods: int = 0
    programs: int = 0
    postage: int = 0
    commission: int = 0
    held: int = 0

    @property
    def owed(self) -> int:
        """What the city owes the village for it; below zero: what the village owes the city."""
        return self.goods + self.programs + self.postage + self.commission - self.held


@dataclass(frozen=True)
class Entry:
    """What one transaction of the journal says of one part."""

    transaction_id: int
    part_id: int
    day: date
    sums: Sums

    @property
    def text(self) -> str:
        return " ".join(map(str, (self.transaction_id, self.part_id, self.day, *self.sums)))


def added(sums: Iterable[Sums]) -> Sums:
    return Sums(*map(sum, zip(*sums, strict=True))) if (sums := list(sums)) else Sums()


@dataclass(frozen=True)
class Reckoning:
    """A statement as its lines make it. `opening` is what the one before carried over, zero or below."""

    village_id: int
    month: date
    opening: int
    entries: tuple[Entry, ...] = ()

    @cached_property
    def sums(self) -> Sums:
        return added(entry.sums for entry in self.entries)

    @property
    def balance(self) -> int:
        return self.opening + self.sums.owed

    @property
    def payout(self) -> int:
        return max(0, self.balance)

    @property
    def carried(self) -> int:
        """Zero, or what the village still owes: the next statement opens with it."""
        return self.balance - self.payout

    @property
    def canonical(self) -> bytes:
        """The same facts are always these very bytes: plain numbers and days, one line each, ended by LF.

        The same as `invariants.CANONICAL`, by which the auditor reckons them again.
        """
        lines = (
            f"village {self.village_id} month {self.month:%Y-%m} opening {self.opening}",
            *(entry.text for entry in self.entries),
            "sums " + " ".join(map(str, self.sums)),
            f"payout {self.payout} carried {self.carried}",
        )
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.canonical).hexdigest()
