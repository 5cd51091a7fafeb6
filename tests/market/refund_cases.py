"""Orders of every shape, and refunds of them in every way, drawn from one seed: quoted, confirmed and paid."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from market.card_payments import ReturnTo, open_page, take_event
from market.deposits import confirm_deposit
from market.fulfilment import begin_preparing, mark_delivered, send_parcel
from market.gateway import GivenBack
from market.ledger.commission import CommissionRule
from market.orders import Order, Tender
from market.refund_confirmation import confirm_refund
from market.refund_payouts import mark_paid_back, pay_refunds
from market.refund_quotes import choices_of, quote_refund, quoted
from market.refunds import CHOSEN_CAUSES, NotRefundable, Refund, RefundCause, RefundQuote
from tests.builders import ADDRESS, NOW, NUMBERS, a_person, a_program, a_village, an_order, goods
from tests.fakes import FakeGateway
from tests.villages import posted_ladders
from villages.listings import Tax, Variant
from villages.people import Person
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, RefundLadder, ladder_as_data
from villages.refusals import Refused

HERE = ReturnTo(done="http://127.0.0.1/done", back="http://127.0.0.1/back")
LADDERS = [ladder for ladder in vars(posted_ladders).values() if isinstance(ladder, RefundLadder)]
LADDERS += PRESETS.values()
POSTAGE = ((4000, 50_000, 0), (3000, 0, 1500), (2500, 30_000, 0), (0, 0, 0))
"""Of four villages: the fee, from which sum it is free (0: never), and the cold box."""
PRICES = (9_990, 33_333, 1, 12_500, 47_777, 8_000)  # won that do not divide well
DAYS_AHEAD = (2, 3, 4, 5, 6, 8, 11, 14)
AT_MOST = 1_000_000


class AskedGateway(FakeGateway):
    """Remembers what it was asked to give back: key → (page, won)."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, tuple[str, int]] = {}

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        assert self.asked.setdefault(key, (reference, amount)) == (reference, amount)
        return await super().refund(reference, amount=amount, key=key)


@dataclass(frozen=True)
class PaidBack:
    """One quote and what became of it, as each who was there saw it. Won."""

    quote: RefundQuote
    refund: Refund
    shown: int
    """What the page adds up to before it is confirmed."""
    asked: int | None
    """What the card's provider was asked to give back; None: a person sent it."""


@dataclass
class Fair:
    rng: random.Random
    gateway: AskedGateway
    goods: list[Variant]
    sessions: list[Session]
    officer: Person
    paid_back: list[PaidBack] = field(default_factory=list)
    refused: int = 0

    @classmethod
    async def open(cls, seed: int, gateway: AskedGateway | None = None) -> "Fair":
        villages = [
            await a_village(f"{name}마을", postage_fee=fee, postage_free_over=free, cold_box_fee=cold)
            for name, (fee, free, cold) in zip("가나다라", POSTAGE, strict=True)
        ]
        await CommissionRule.create(
            position=1, village=villages[0], basis_points=333, starts_on=date(2026, 1, 1)
        )
        await CommissionRule.create(position=2, kind="program", fixed=700, starts_on=date(2026, 1, 1))
        await CommissionRule.create(
            position=3, basis_points=150, least=100, most=900, starts_on=date(2026, 1, 1)
        )
        variants = [
            await goods(
                f"물건 {number}", village=village, left=AT_MOST, price=price, tax=Tax.taxable if number % 2 else Tax.exempt,
                ships_cold=number % 3 == 0, withdrawal_limit="신선식품" if number % 5 == 0 else "",
            )
            for number, (village, price) in enumerate((village, price) for village in villages for price in PRICES)
        ]  # fmt: skip
        sessions = [
            await a_program(
                f"체험 {number}", village=villages[number % 4], seats=AT_MOST, starts_at=NOW + timedelta(days=days, hours=number % 9),
                prices={Participant.adult: 13_370 + number, Participant.child: 7_001, Participant.infant: 0},
                refund_ladder=ladder_as_data(ladder),
            )
            for number, (ladder, days) in enumerate((ladder, days) for ladder in LADDERS for days in DAYS_AHEAD)
        ]  # fmt: skip
        return cls(random.Random(seed), gateway or AskedGateway(), variants, sessions, await a_person())

    async def give_back(self, quotes: int) -> None:
        """Orders, and refunds of each until little or nothing of it is left."""
        while len(self.paid_back) < quotes:
            order, at = await self._paid_order(), NOW
            for _ in range(min(self.rng.choice((1, 2, 3, 5)), quotes - len(self.paid_back))):
                at += self._later()
                if self.rng.random() < 0.3:
                    await self._move_on(order, at)
                try:
                    self.paid_back.append(await self._refunded(order, at))
                except Refused:
                    self.refused += 1

    async def _paid_order(self) -> Order:
        by_card = self.rng.random() < 0.5
        shape = self.rng.choice(("goods", "programs", "both"))
        wanted = self.rng.sample(self.goods, self.rng.randint(1, 6)) if shape != "programs" else []
        visits = self.rng.sample(self.sessions, self.rng.randint(1, 2)) if shape != "goods" else []
        placed = await an_order(
            *((variant, self.rng.choice((1, 1, 2, 3, 7))) for variant in wanted),
            seats={
                visit.id: {
                    Participant.adult: self.rng.randint(1, 4),
                    Participant.child: self.rng.randint(0, 3),
                    Participant.infant: self.rng.randint(0, 1),
                }
                for visit in visits
            },
            tender=Tender.card if by_card else Tender.bank_transfer,
            address=ADDRESS if wanted else None,
        )
        order = placed.order
        if by_card:
            page = await open_page(
                order, gateway=self.gateway, return_to=HERE, hold=timedelta(minutes=40), now=NOW
            )
            event = self.gateway.pay(page.reference, event_id=f"evt_{next(NUMBERS)}")
            await take_event(event, livemode=False, now=NOW)
        else:
            await confirm_deposit(order.number, amount=order.total, by=self._officer, now=NOW)
        return order

    def _later(self) -> timedelta:
        """Some seconds to two weeks: through all steps of all ladders, past the start of the visits too."""
        return timedelta(seconds=self.rng.choice((5, 3_600, 86_400, 3 * 86_400)) * (1 + self.rng.random()))

    async def _move_on(self, order: Order, at: datetime) -> None:
        """Now and then a village prepares, sends, delivers."""
        for part in await order.parts.all().order_by("id"):
            own = {"village_ids": [part.village_id], "by": self._officer, "now": at}
            try:
                act = self.rng.random()
                if act < 0.3:
                    await begin_preparing(part.id, **own)
                elif act < 0.5:
                    await send_parcel(part.id, courier="cj", tracking="123456789012", **own)
                elif act < 0.6:
                    await mark_delivered(part.id, **own)
            except Refused:
                continue

    async def _refunded(self, order: Order, at: datetime) -> PaidBack:
        """Whole, or some of some lines; of all villages or of one; for any cause. Raises `Refused`."""
        cause = self.rng.choice(CHOSEN_CAUSES)
        by = "shopper" if cause == RefundCause.shopper and self.rng.random() < 0.7 else self._officer
        parts = await order.parts.all().order_by("id")
        own = [self.rng.choice(parts).village_id] if by != "shopper" and self.rng.random() < 0.4 else None
        choices = await choices_of(order.id, cause=cause, village_ids=own, now=at)
        if not choices:
            raise NotRefundable
        some = {choice.id: self.rng.randint(0, choice.most) for choice in choices}
        wanted = some if any(some.values()) and self.rng.random() < 0.8 else None
        quote = await quote_refund(order, wanted, cause=cause, by=by, village_ids=own, now=at)
        shown = await quoted(quote.code, order.id, now=at, village_ids=own)
        refund = await confirm_refund(
            quote.code, order.id, by=by, village_ids=own, now=at + timedelta(seconds=1)
        )
        await pay_refunds(at + timedelta(seconds=2), self.gateway)
        if order.tender != Tender.card:
            await mark_paid_back(refund.id, by=self._officer, now=at + timedelta(hours=1))
        asked = self.gateway.asked.get(f"refund {refund.id}")
        return PaidBack(quote, refund, sum(part.amount for part in shown.parts), asked and asked[1])

    @property
    def _officer(self) -> str:
        return f"person {self.officer.id}"
