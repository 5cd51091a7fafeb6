"""What people of the demo put together: goods in season, gifts before the holidays, groups for a program."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate

from tortoise import connections

from storefront.demo.goods_facts import FACTS, KIMJANG, LEAF_FESTIVAL
from storefront.demo.programs import PLANS
from villages.days import seoul_day
from villages.programs import Participant
from villages.seats_left import SEATS_LEFT

BIG_PARTY = 8
CHEAP, DEAR = 20_000, 60_000  # won


@dataclass(frozen=True)
class Offer:
    """A variant one may buy."""

    code: str
    variant_id: int
    village_id: int
    price: int
    position: int

    @property
    def is_usual_gift(self) -> bool:
        """89 of 100 won before a holiday go for things of 30,000 to 50,000 won."""
        return 30_000 <= self.price <= 50_000


@dataclass(frozen=True)
class Choice:
    """Offers and how much each is liked, ready to be drawn from."""

    offers: tuple[Offer, ...]
    sums: tuple[int, ...]

    @classmethod
    def of(cls, liked: list[tuple[Offer, int]]) -> "Choice":
        kept = [(offer, weight) for offer, weight in liked if weight > 0]
        return cls(tuple(offer for offer, _ in kept), tuple(accumulate(weight for _, weight in kept)))

    def draw(self, rng: random.Random) -> Offer:
        return rng.choices(self.offers, cum_weights=self.sums)[0]


@dataclass
class Seats:
    """A session and the seats that are still free in it."""

    id: int
    code: str
    village_id: int
    starts_at: datetime
    left: int


@dataclass
class Fair:
    """Everything there is to choose from, by season."""

    offers: list[Offer]
    sessions: dict[date, list[Seats]]
    _choices: dict[tuple[str, int, int], Choice] = field(default_factory=dict)

    @classmethod
    async def open(cls) -> "Fair":
        db = connections.get("default")
        offers = [Offer(**row) for row in await db.execute_query_dict(OFFERS)]
        sessions: dict[date, list[Seats]] = {}
        for row in await db.execute_query_dict(SESSIONS):
            sessions.setdefault(seoul_day(row["starts_at"]), []).append(Seats(**row))
        return cls(offers, sessions)

    def choice(self, pool: str, month: int, village_id: int = 0) -> Choice:
        """`village_id` 0: of all villages."""
        key = (pool, month, village_id)
        if key not in self._choices:
            own = [offer for offer in self.offers if village_id in (0, offer.village_id)]
            self._choices[key] = Choice.of([(offer, _liking(pool, offer, month)) for offer in own])
        return self._choices[key]

    def basket(
        self, pool: str, month: int, rng: random.Random, *, one_village: bool, village_id: int = 0
    ) -> dict[int, int]:
        """Variant → count: mostly one thing, of `village_id` if that is not 0; often a second one of its village."""
        if pool == "gift":
            return self._gifts(month, rng)
        first = self.choice(pool, month, village_id).draw(rng)
        counts = Counter({first.variant_id: _count(rng)})
        for _ in range(rng.choices((0, 1, 2), (82, 15, 3))[0]):
            same = one_village or rng.random() < 0.75
            counts[self.choice(pool, month, first.village_id if same else 0).draw(rng).variant_id] += 1
        return dict(counts)

    def _gifts(self, month: int, rng: random.Random) -> dict[int, int]:
        """One thing, sometimes several of it: for the parents, for the firm."""
        which = "usual gift" if rng.random() < 0.91 else "other gift"
        gift = self.choice(which, month).draw(rng)
        return {gift.variant_id: rng.choices((1, 2, 3, 5), (972, 22, 4, 2))[0]}

    def party(
        self, day: date, rng: random.Random, *, may_be_big: bool
    ) -> tuple[Seats, dict[Participant, int]] | None:
        """Some people for some session of that day; None where nothing is free. Their seats are taken."""
        free = [
            seats
            for seats in self.sessions.get(day, ())
            if seats.left >= 4 or (seats.code == "P090" and seats.left)
        ]
        if not free:
            return None
        chosen = rng.choices(free, [PLANS[seats.code].liked for seats in free])[0]
        people = _people(chosen, rng, may_be_big)
        chosen.left -= sum(count for kind, count in people.items() if kind != Participant.infant) * (
            4 if Participant.family in people else 1
        )
        return chosen, people


def _liking(pool: str, offer: Offer, month: int) -> int:
    facts = FACTS[offer.code]
    if pool == "kimjang":
        weight = KIMJANG.get(offer.code, 0)
    elif pool == "leaf":
        weight = LEAF_FESTIVAL.get(offer.code, 0) * (offer.position == 0)
    elif facts.months and month not in facts.months:
        weight = 0
    elif pool == "everyday":
        weight = facts.liked * (3 if offer.price <= CHEAP else 1)
    elif pool == "usual gift":
        return 12 * facts.gift * offer.is_usual_gift
    else:
        weight = facts.gift * (not offer.is_usual_gift and offer.price <= DEAR)
    return weight * 12 if offer.position == 0 else weight


def _count(rng: random.Random) -> int:
    return rng.choices((1, 2, 3), (93, 6, 1))[0]


def _people(seats: Seats, rng: random.Random, may_be_big: bool) -> dict[Participant, int]:
    kinds = PLANS[seats.code].prices
    if Participant.room in kinds:
        return {Participant.room: 1}
    if Participant.family in kinds:
        return {Participant.family: 1}
    if may_be_big and seats.left >= 2 * BIG_PARTY and rng.random() < 0.25:
        children = rng.randint(BIG_PARTY, min(24, seats.left - 2))
        return {Participant.adult: 2, Participant.child: children}
    adults = rng.choices((1, 2, 3), (15, 70, 15))[0]
    children = min(rng.choices((0, 1, 2, 3), (25, 35, 30, 10))[0], seats.left - adults)
    infants = int(Participant.infant in kinds and rng.random() < 0.15)
    people = {Participant.adult: adults, Participant.child: children, Participant.infant: infants}
    return {kind: count for kind, count in people.items() if count}


OFFERS = """
SELECT l.code, v.id AS variant_id, l.village_id, v.price, v.position
FROM variants v JOIN listings l ON l.id = v.listing_id WHERE l.code IS NOT NULL ORDER BY v.id
"""
SESSIONS = f"""
SELECT s.id, l.code, l.village_id, s.starts_at, {SEATS_LEFT} AS left
FROM sessions s JOIN listings l ON l.id = s.listing_id WHERE l.code IS NOT NULL ORDER BY s.starts_at, s.id
"""
