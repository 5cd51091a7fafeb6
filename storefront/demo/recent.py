"""The last day's orders, placed and moved by the live use cases, so that the desks find work in the morning."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from market.checkout import HoldTerms, Placed, place_order
from market.deposits import confirm_deposit
from market.fulfilment import begin_preparing, send_parcel
from market.offline_sales import record_sale
from market.orders import Channel, Part, Tender
from market.quotes import Basket
from storefront.demo.baskets import Fair
from storefront.demo.shoppers import Shopper, crowd, one_of
from villages.days import seoul_day
from villages.people import Person
from villages.programs import Participant, Session
from villages.refusals import Refused

SEED = 17
FIRST = timedelta(hours=20)
EVERY = timedelta(minutes=70)
PAID, PREPARING, SHIPPED, WAITING = 6, 5, 4, 2


@dataclass
class Morning:
    """Who orders, who answers, and where the clock stands. The last orders are the least advanced."""

    operators: dict[int, Person]
    officer: Person
    secret: str
    holds: HoldTerms
    now: datetime
    rng: random.Random
    shoppers: list[Shopper]
    fair: Fair

    async def order(
        self, number: int, basket: Basket, tender: Tender = Tender.bank_transfer
    ) -> Placed | None:
        """None where the shelf did not have it."""
        shopper = one_of(self.shoppers, self.rng)
        try:
            return await place_order(
                basket, key=f"demo-recent-{number}", buyer=shopper.buyer, tender=tender, secret=self.secret,
                address=shopper.address if basket.goods else None, holds=self.holds, now=self._at(number),
            )  # fmt: skip
        except Refused:
            return None

    async def go_on(self, placed: Placed, number: int, until: str) -> None:
        """Confirm the deposit, and let the operators see the order and send it."""
        order, at = placed.order, self._at(number)
        await confirm_deposit(
            order.number, amount=order.total, by=f"person {self.officer.id}", now=at + timedelta(minutes=15)
        )
        for part in await Part.filter(order_id=order.id, goods__gt=0).order_by("id"):
            operator = self.operators[part.village_id]
            who = {"village_ids": [part.village_id], "by": f"person {operator.id}"}
            if until != "paid":
                await begin_preparing(part.id, now=at + timedelta(minutes=30), **who)
            if until == "shipped":
                tracking = f"{self.rng.randrange(10**11, 10**12)}"
                await send_parcel(
                    part.id, courier="cj", tracking=tracking, now=at + timedelta(minutes=55), **who
                )

    def _at(self, number: int) -> datetime:
        return self.now - FIRST + number * EVERY

    def goods(self, village_id: int = 0) -> Basket:
        """Of this village at least; 0: of any."""
        month = seoul_day(self.now).month
        return Basket(self.fair.basket("everyday", month, self.rng, one_village=False, village_id=village_id))


async def load_recent(
    *, operators: dict[int, Person], officer: Person, secret: str, holds: HoldTerms, now: datetime,
    progress: Callable[[int, int], None],
) -> int:  # fmt: skip
    """Some fifteen orders paid, being prepared or sent, and two that wait for a transfer. Returns how many."""
    rng = random.Random(SEED)  # noqa: S311  invented orders must be the same each time
    morning = Morning(operators, officer, secret, holds, now, rng, crowd(rng), await Fair.open())
    await _fill_two_sessions(morning)
    goals = ["shipped"] * SHIPPED + ["preparing"] * PREPARING + ["paid"] * PAID + ["waiting"] * WAITING
    visit, villages = await _soap_for_three(now), sorted(operators)
    for number, goal in enumerate(goals):
        placed = None
        if goal == "paid" and visit:
            placed, visit = await morning.order(number, visit), None
        # The desk of every village finds something new in the morning.
        village_id = villages[number % len(villages)] if goal == "paid" else 0
        while placed is None:
            placed = await morning.order(number, morning.goods(village_id))
        if goal != "waiting":
            await morning.go_on(placed, number, goal)
        progress(number + 1, len(goals))
    return len(goals)


async def _soap_for_three(now: datetime) -> Basket | None:
    """Two adults and a child at the soap (P087), a week or so from now."""
    session = (
        await Session.filter(listing__code="P087", starts_at__gt=now + timedelta(days=7))
        .order_by("starts_at")
        .first()
    )
    return session and Basket(seats={session.id: {Participant.adult: 2, Participant.child: 1}})


async def _fill_two_sessions(morning: Morning) -> None:
    """A company and a kindergarten take all there is left on two days: full sessions are part of life."""
    for code, channel in (("P086", Channel.phone), ("P085", Channel.phone)):
        session = (
            await Session.filter(listing__code=code, starts_at__gt=morning.now + timedelta(days=5))
            .order_by("starts_at").prefetch_related("listing").first()
        )  # fmt: skip
        if session is None or session.left < 1:
            continue
        village_id = session.listing.village_id
        operator = morning.operators[village_id]
        await record_sale(
            Basket(seats={session.id: {Participant.adult: session.left}}), village_id=village_id,
            key=f"demo-group-{code}", channel=channel, tender=Tender.invoice, person_id=operator.id,
            by=f"person {operator.id}", note="단체 예약(견본)", now=morning.now - timedelta(days=1),
        )  # fmt: skip
