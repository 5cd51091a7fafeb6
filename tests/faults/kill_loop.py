"""Kill, see it stand again, prove that nothing is lost; and once more."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from storefront.db import open_database
from tests.bench.processes import yardstick_ms
from tests.builders import a_person
from tests.faults.buyers import Book, Crowd
from tests.faults.proof import what_is_wrong
from tests.faults.shop_to_kill import VICTIMS, WEB_PROCESSES, ShopToKill
from tests.meeting import PATIENCE
from tests.site import Browser, test_services
from villages.people import Role

QUIET = 0.25  # seconds of the yardstick on a machine with nothing else to do
BAR = 10.0  # seconds until all is well again, on a machine that others leave alone


@dataclass
class Report:
    seed: int
    rounds: int = 0
    book: Book = field(default_factory=Book)
    wrong: list[str] = field(default_factory=list)
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    """Who was killed, and the seconds until a page answered, an order was taken, and the killed one had a successor."""
    slowness: float = 1.0
    """How many times longer than on a quiet machine a piece of work took, at the worst moment."""

    def worst(self, victim: str) -> float:
        return max((seconds for name, seconds in self.recoveries if name == victim), default=0.0)

    def __str__(self) -> str:
        worst = ", ".join(f"{victim} {self.worst(victim):.1f}" for victim in VICTIMS)
        return (
            f"{self.rounds} rounds of {len(VICTIMS)} kills (seed {self.seed}): {len(self.book.told)} orders and "
            f"{len(self.book.paid)} payments acknowledged, {self.book.came_again} requests sent again, "
            f"{len(self.wrong)} lost or wrong; worst recovery in seconds: {worst} (bar {BAR:.0f}; "
            f"the machine was up to {self.slowness:.0f} times slower than when quiet)"
        )


async def kill_loop(shop: ShopToKill, *, rounds: int, seed: int) -> Report:
    """Every round kills each victim once, in an order and at moments drawn from the seed, while people buy."""
    dice, report = random.Random(seed), Report(seed)
    await shop.start()
    async with a_crowd(shop, "killed", random.Random(seed + 1)) as crowd:
        report.book = crowd.book
        await answers(crowd)
        for _ in range(rounds):
            async with people_buying(crowd):
                for victim in dice.sample(VICTIMS, len(VICTIMS)):
                    await asyncio.sleep(dice.uniform(0.2, 1.0))
                    comes_back = shop.kill(victim, which=dice.randint(1, WEB_PROCESSES))
                    report.recoveries.append((victim, await _seconds_until_well(comes_back, crowd)))
                    report.slowness = max(report.slowness, await asyncio.to_thread(slowness))
            report.rounds += 1
            report.wrong += await what_is_wrong(shop, crowd)
    return report


@asynccontextmanager
async def a_crowd(shop: ShopToKill, name: str, dice: random.Random) -> AsyncIterator[Crowd]:
    """Buyers with a door each, and an officer who is signed in."""
    async with (
        httpx.AsyncClient(base_url=shop.origin, trust_env=False, timeout=15, limits=EACH_A_DOOR) as client,
        httpx.AsyncClient(base_url=shop.origin, trust_env=False, timeout=15, limits=EACH_A_DOOR) as desk,
    ):
        officer = Browser(test_services(shop.data_dir), desk)
        async with open_database(shop.database.url(), connections=1):
            await officer.sign_in(await a_person(role=Role.officer))
        yield Crowd(client, officer, shop.on_offer, dice, name)


@asynccontextmanager
async def people_buying(crowd: Crowd) -> AsyncIterator[None]:
    closed = asyncio.Event()
    buying = asyncio.create_task(crowd.buy_until(closed))
    try:
        yield
    finally:
        closed.set()
        await buying


async def _seconds_until_well(comes_back: Callable[[], Awaitable[None]], crowd: Crowd) -> float:
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        await comes_back()
        await answers(crowd)
        while await crowd.order() is None:  # what it asked for may be sold out
            pass
    return time.monotonic() - began


async def answers(crowd: Crowd) -> None:
    """A page that is made for this question, and comes from the database."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await crowd.client.get("/goods", params={"q": str(time.monotonic())})
                if answer.status_code == 200:
                    return
                if answer.status_code != 503:
                    crowd.book.odd.append(f"page: {answer.status_code}")
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def slowness() -> float:
    """Seconds of a fixed piece of work, others' share of the machine included, over those of a quiet one."""
    began = time.monotonic()
    yardstick_ms()
    return (time.monotonic() - began) / QUIET


EACH_A_DOOR = httpx.Limits(max_connections=None, max_keepalive_connections=None)
