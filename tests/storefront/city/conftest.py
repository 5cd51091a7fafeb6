"""A small city that sells today: two villages, an order of both, a stall sale, a deposit that waits."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from market.deposits import confirm_deposit
from market.offline_sales import record_sale
from market.orders import Channel, Tender
from market.quotes import Basket
from tests.builders import NUMBERS, Buyer, a_person, a_program, a_village, an_order, goods
from villages.days import SEOUL, seoul_day
from villages.listings import Variant
from villages.programs import Participant
from villages.village import Village


@dataclass
class Town:
    maple: Village
    lake: Village
    apples: Variant
    rice: Variant
    paid: str
    """The number of an order of both villages, paid today."""
    waiting: str
    """The number of an order that waits for 35,000 won and postage."""
    waiting_amount: int

    @property
    def day_path(self) -> str:
        day = seoul_day(datetime.now(UTC))
        return f"/city/villages/maple/{day:%Y-%m}/{day:%d}"


@pytest.fixture
async def town(site) -> Town:
    now = datetime.now(UTC)
    maple, lake = await a_village("내장산마을", slug="maple"), await a_village("옥정호마을", slug="lake")
    apples = await goods("꿀사과 5kg", village=maple, left=100, price=35_000)
    rice = await goods("햅쌀 10kg", village=lake, left=100, price=42_000)
    pounding = await a_program("떡메치기", village=maple, starts_at=now + timedelta(days=9))
    person = await a_person()
    await record_sale(
        Basket({apples.id: 2}, {}), village_id=maple.id, key=f"sale {next(NUMBERS)}", channel=Channel.stall,
        tender=Tender.cash, person_id=person.id, by=f"person {person.id}", now=now,
    )  # fmt: skip
    buyer = Buyer("김민지", "01012345678", "minji@example.kr")
    paid = await an_order(apples, rice, seats={pounding.id: {Participant.adult: 2}}, buyer=buyer, now=now)
    await confirm_deposit(paid.order.number, amount=paid.order.total, by=f"person {person.id}", now=now)
    waits = await an_order(apples, buyer=Buyer("박도윤", "01098765432", "park@example.kr"), now=now)
    return Town(maple, lake, apples, rice, paid.order.number, waits.order.number, waits.order.total)


@pytest.fixture
def month_of_today() -> str:
    return f"{datetime.now(SEOUL):%Y-%m}"
