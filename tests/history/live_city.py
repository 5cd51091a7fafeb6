"""The demo city goes on living: who acts, what lies at hand, and where the clock stands. All drawn from one seed."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from market.gateway import Event
from market.orders import Order
from market.refunds import RefundQuote
from storefront.demo.baskets import Fair
from storefront.demo.shoppers import Shopper, crowd, one_of
from storefront.services import Services
from storefront.worker import DUTIES
from tests.builders import rows
from tests.fakes import FakeGateway
from villages.people import Role
from villages.refusals import Refused

SEED = 20261122
# Letters and search have nothing to do with won and seats; the check runs once, at the end.
OTHER_DUTIES = {
    "tell people", "make edits findable", "compare search with the market", "check everything at night",
}  # fmt: skip
MOST_ROUNDS = 40


@dataclass
class LiveCity:
    services: Services
    gateway: FakeGateway
    now: datetime
    rng: random.Random
    shoppers: list[Shopper]
    fair: Fair
    operators: dict[int, int]
    """Village → the person who works for it."""
    officer: int
    done: Counter[str] = field(default_factory=Counter)
    """What really took effect, by kind."""
    duties: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    messages: list[Event] = field(default_factory=list)
    """Of the card's provider, not yet delivered; or delivered once and still on the way a second time."""
    quotes: list[tuple[RefundQuote, str, list[int] | None]] = field(default_factory=list)
    """Not yet confirmed, with who asked and for which villages."""
    numbers: int = 0

    @classmethod
    async def open(cls, services: Services, now: datetime) -> "LiveCity":
        rng = random.Random(SEED)
        own = await rows(STAFF, Role.operator.value)
        (officer,) = await rows(STAFF, Role.officer.value)
        assert isinstance(services.gateway, FakeGateway)
        return cls(
            services, services.gateway, now, rng, crowd(rng), await Fair.open(),
            {row["village_id"]: row["person_id"] for row in own}, officer["person_id"],
        )  # fmt: skip

    async def live(self, acts: "dict[Act, int]", *, until: int) -> None:
        """Draw one act after the other until so many took effect."""
        while self.done.total() < until:
            self.now += timedelta(minutes=self.rng.randint(1, 24))
            (act,) = self.rng.choices(list(acts), list(acts.values()))
            try:
                await act(self)
            except Refused as refusal:
                self.refused[refusal.code] += 1

    async def work(self) -> None:
        """The worker's whole table, as long as there is something to do."""
        for duty in DUTIES:
            if duty.name not in OTHER_DUTIES:
                for _ in range(MOST_ROUNDS):
                    if not (did := await duty.run(self.now, self.services)):
                        break
                    self.duties[duty.name] += did

    def did(self, what: str) -> None:
        self.done[what] += 1

    def key(self) -> str:
        self.numbers += 1
        return f"live-{self.numbers}"

    def person(self) -> Shopper:
        return one_of(self.shoppers, self.rng)

    def village(self) -> int:
        return self.rng.choice(sorted(self.operators))

    def by(self, village_id: int | None = None) -> str:
        return f"person {self.operators[village_id] if village_id else self.officer}"

    def own(self, village_id: int) -> dict[str, Any]:
        """Who acts for a village, as its use cases want to know it."""
        return {"village_ids": [village_id], "by": self.by(village_id), "now": self.now}

    async def one_of(self, query: str, *values: object) -> dict[str, Any] | None:
        found = await rows(query, *values)
        return self.rng.choice(found) if found else None

    async def order(self, query: str, *values: object) -> Order | None:
        found = await self.one_of(query, *values)
        return await Order.get(id=found["id"]) if found else None


Act = Callable[[LiveCity], Awaitable[None]]
STAFF = "SELECT village_id, person_id FROM memberships WHERE role = $1"
