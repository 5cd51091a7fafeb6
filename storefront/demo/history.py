"""Two years of the demo's sales: drawn day by day from the streams of the year, the same for the same day."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from market.checkout import HoldTerms
from market.couriers import COURIERS
from market.deliveries import Postage, ship_day
from market.fulfilment import ARRIVES_AFTER, CONFIRMED_AFTER
from market.orders import Channel, Tender
from market.part_states import PartState
from market.quotes import Basket, Quote, QuotePart
from storefront.demo.baskets import Fair
from storefront.demo.past_sales import (
    PastSale,
    PriceBook,
    Step,
    moment_after,
    write_harvests,
    write_past_sales,
)
from storefront.demo.seasons import STREAMS, Stream, grown
from storefront.demo.shoppers import Shopper, crowd, one_of
from villages.days import first_of_month, next_month, seoul_day, seoul_midnight, seoul_moment
from villages.people import Person

SEED = 20261121
AT_ONCE = 3000
TENDERS: dict[Channel, tuple[tuple[Tender, ...], tuple[int, ...]]] = {
    Channel.online: ((Tender.card, Tender.bank_transfer), (60, 40)),
    Channel.phone: ((Tender.bank_transfer, Tender.cash), (92, 8)),
    Channel.stall: (
        (Tender.cash, Tender.card_terminal, Tender.local_voucher, Tender.onnuri),
        (35, 38, 22, 5),
    ),
    Channel.festival: ((Tender.cash, Tender.card_terminal, Tender.local_voucher), (38, 42, 20)),
    Channel.on_site: ((Tender.card_terminal, Tender.cash, Tender.local_voucher), (60, 25, 15)),
    Channel.external: ((Tender.bank_transfer,), (1,)),
}
OPENING_HOURS = {
    Channel.stall: (10, 17),
    Channel.festival: (10, 17),
    Channel.on_site: (10, 17),
    Channel.phone: (9, 17),
}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TRIES = 40


@dataclass
class History:
    """Draws sales from `first` to the day before `now`; later moves of their parts until `now`."""

    fair: Fair
    prices: PriceBook
    operators: dict[int, Person]
    officer: Person
    shopper: Person
    first: date
    now: datetime
    rng: random.Random
    shoppers: list[Shopper]

    @property
    def today(self) -> date:
        return seoul_day(self.now)

    async def sales(self, progress: Callable[[int, int], None]) -> list[PastSale]:
        """All of them, by the moment they were made; `progress` counts the streams."""
        made: list[PastSale] = []
        for done, stream in enumerate(STREAMS, start=1):
            made += await self._sales_of(stream)
            progress(done, len(STREAMS))
        return sorted(made, key=lambda sale: sale.placed_at)

    async def _sales_of(self, stream: Stream) -> list[PastSale]:
        """Month by month until what the month is to bring is reached; the odd won count for the next month."""
        plan = stream.won_by_day(self.first, self.today - timedelta(days=1))
        months: dict[date, dict[date, int]] = {}
        for day, won in plan.items():
            months.setdefault(first_of_month(day), {})[day] = grown(won, day, self.today)
        made: list[PastSale] = []
        odd = 0
        for days in months.values():
            wanted = sum(days.values()) + odd
            days_of_month, weights, misses = list(days), list(days.values()), 0
            while wanted > 0 and misses < TRIES:
                sale = await self._sale(stream, self.rng.choices(days_of_month, weights)[0])
                if sale is None:
                    misses += 1
                    continue
                wanted -= sum(part.goods + part.programs for part in sale.quoted.parts)
                made.append(sale)
            odd = min(wanted, 0)
        return made

    async def _sale(self, stream: Stream, day: date) -> PastSale | None:
        if stream.pool == "program":
            return await self._visit(stream, day)
        at = self._moment(stream.channel, day)
        goods = self.fair.basket(
            stream.pool, day.month, self.rng, one_village=stream.channel != Channel.online
        )
        if stream.channel == Channel.online:
            return await self._order(Basket(goods), at)
        return await self._recorded(Basket(goods), stream.channel, at)

    async def _visit(self, stream: Stream, day: date) -> PastSale | None:
        """A program is booked some days before, except on the spot."""
        on_the_spot = stream.channel == Channel.on_site
        ahead = 0 if on_the_spot else self.rng.randint(2, 21)
        found = self.fair.party(
            day + timedelta(days=ahead), self.rng, may_be_big=stream.channel != Channel.online
        )
        if found is None:
            return None
        seats, people = found
        basket = Basket(seats={seats.id: people})
        at = seats.starts_at if on_the_spot else self._moment(stream.channel, day)
        if stream.channel == Channel.online:
            return await self._order(basket, at)
        return await self._recorded(basket, stream.channel, at)

    def _moment(self, channel: Channel, day: date) -> datetime:
        first, last = OPENING_HOURS.get(channel, (7, 22))
        return moment_after(
            seoul_moment(day, first), self.rng, least=MINUTE, most=HOUR * (last - first + 1) - MINUTE
        )

    async def _recorded(self, basket: Basket, channel: Channel, at: datetime) -> PastSale | None:
        quoted = without_postage(await self.prices.quote(basket, now=at))
        (part,) = quoted.parts
        operator = self.operators[part.seller.id]
        tenders, weights = TENDERS[channel]
        by = f"person {operator.id}"
        return PastSale(
            quoted, channel, self.rng.choices(tenders, weights)[0], at, at, by,
            {part.seller.id: (Step(PartState.confirmed, by, at),)}, person_id=operator.id,
        )  # fmt: skip

    async def _order(self, basket: Basket, at: datetime) -> PastSale | None:
        shopper = one_of(self.shoppers, self.rng)
        address = shopper.address if basket.goods else None
        quoted = await self.prices.quote(basket, now=at, postcode=address.postcode if address else None)
        if quoted.trouble:
            return None  # not sent to the islands, or the session had closed
        tender = self.rng.choices(*TENDERS[Channel.online])[0]
        paid_at = self._paid_at(at, tender)
        by = "stripe" if tender == Tender.card else f"person {self.officer.id}"
        return PastSale(
            quoted, Channel.online, tender, at, paid_at, by,
            {part.seller.id: self._steps(part, at, paid_at, by) for part in quoted.parts}, shopper.buyer, address,
            {part.seller.id: self._parcel() for part in quoted.parts if part.goods_lines},
            self.shopper.id if shopper is self.shoppers[0] else None,
        )  # fmt: skip

    def _paid_at(self, at: datetime, tender: Tender) -> datetime:
        """Cards at once, transfers within a day; what would come in only today was paid at once too."""
        if tender == Tender.bank_transfer:
            later = moment_after(at, self.rng, least=12 * MINUTE, most=20 * HOUR)
            if later < seoul_midnight(self.today):
                return later
        return moment_after(at, self.rng, least=MINUTE, most=6 * MINUTE)

    def _steps(self, part: QuotePart, at: datetime, paid_at: datetime, by: str) -> tuple[Step, ...]:
        """Along `part_states.MOVES`, as far as the part has come until now."""
        steps = [Step(PartState.awaiting_payment, "shopper", at), Step(PartState.paid, by, paid_at)]
        steps += self._parcel_steps(part, paid_at) if part.goods_lines else self._visit_steps(part)
        return tuple(step for step in steps if step.at <= self.now)

    def _parcel_steps(self, part: QuotePart, paid_at: datetime) -> list[Step]:
        operator = f"person {self.operators[part.seller.id].id}"
        fresh = any(line.is_fresh for line in part.goods_lines)
        day = ship_day(paid_at, part.seller.terms, fresh=fresh)
        seen = max(
            moment_after(seoul_moment(day, 8), self.rng, least=MINUTE, most=2 * HOUR), paid_at + 10 * MINUTE
        )
        sent = moment_after(seoul_moment(day, 15), self.rng, least=MINUTE, most=100 * MINUTE)
        there = self._by_the_clock(sent + ARRIVES_AFTER)
        return [
            Step(PartState.preparing, operator, seen),
            Step(PartState.shipped, operator, sent),
            Step(PartState.delivered, "clock", there),
            Step(PartState.confirmed, "clock", self._by_the_clock(there + CONFIRMED_AFTER)),
        ]

    def _visit_steps(self, part: QuotePart) -> list[Step]:
        over = max(line.starts_at for line in part.program_lines if line.starts_at) + 12 * HOUR
        there = self._by_the_clock(over)
        return [
            Step(PartState.delivered, "clock", there),
            Step(PartState.confirmed, "clock", self._by_the_clock(there + CONFIRMED_AFTER)),
        ]

    def _by_the_clock(self, at: datetime) -> datetime:
        """The worker comes by every ten minutes."""
        return moment_after(at, self.rng, least=timedelta(seconds=1), most=10 * MINUTE)

    def _parcel(self) -> tuple[str, str]:
        courier = self.rng.choice(COURIERS)
        digits = min(courier.lengths, key=lambda length: abs(length - 12))
        return courier.code, f"{self.rng.randrange(10 ** (digits - 1), 10**digits)}"


def without_postage(quoted: Quote) -> Quote:
    """Carried home by hand, as `market.offline_sales` has it."""
    return Quote(tuple(part._replace(postage=Postage(0, 0, ""), promise=None) for part in quoted.parts))


async def load_history(
    *,
    operators: dict[int, Person],
    officer: Person,
    shopper: Person,
    first: date,
    now: datetime,
    secret: str,
    holds: HoldTerms,
    progress: Callable[[str, int, int], None],
) -> int:
    """Draw and write everything sold from `first` until yesterday. Returns how many sales."""
    rng = random.Random(SEED)  # noqa: S311  invented sales must be the same each time
    history = History(
        await Fair.open(), await PriceBook.open(), operators, officer, shopper, first, now, rng, crowd(rng)
    )
    sales = await history.sales(lambda done, whole: progress("지난 판매 그리기", done, whole))
    await write_harvests(harvests_for(sales))
    numbers: set[str] = set()
    for start in range(0, len(sales), AT_ONCE):
        await write_past_sales(
            sales[start : start + AT_ONCE], secret=secret, holds=holds, rng=rng, taken_numbers=numbers
        )
        progress("지난 판매 적기", min(start + AT_ONCE, len(sales)), len(sales))
    return len(sales)


def harvests_for(sales: list[PastSale]) -> list[tuple[int, int, datetime]]:
    """What was sold in a month came in on its first morning: no shelf was ever below zero."""
    needed = Counter[tuple[date, int]]()
    for sale in sales:
        for line in sale.quoted.lines:
            if line.variant_id:
                needed[first_of_month(seoul_day(sale.placed_at)), line.variant_id] += line.takes
    return [(variant, count, seoul_moment(month, 6)) for (month, variant), count in sorted(needed.items())]


def months_before(day: date, months: int) -> date:
    """The first day of the history: so many months before, in whole months and days."""
    first = first_of_month(day)
    for _ in range(months):
        first = first_of_month(first - timedelta(days=1))
    return min(first + timedelta(days=day.day - 1), next_month(first) - timedelta(days=1))
