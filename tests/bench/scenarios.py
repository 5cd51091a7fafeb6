"""The scenarios: pages (W1, W2, B1) and orders (W4, B4), each beside its reference, and rushes (W5, B5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import quote

import asyncpg

from tests.bench.catalogue import Catalogue, goods_slug, program_slug
from tests.bench.journeys import Journey, a_family, one_of, one_seat, three_goods
from tests.bench.measuring import LANES, Measured, at_once, measure, wires
from tests.bench.processes import Household
from tests.bench.results import Bar, PageResult, RushResult
from tests.bench.shop import Shop
from tests.bench.shopper import Shopper
from tests.bench.wire import Answer, Wire

Act = Callable[[int], Awaitable[float]]
WARMING = 48  # orders: until every connection of the pools has its statements prepared and planned
PREPARING = 8  # lanes while buyers of a rush get ready, which nobody measures
BARE_ORDER = "shelf={}&shelf={}&shelf={}&buyer=%EA%B9%80%EB%AF%BC%EC%A7%80&address=%EC%84%9C%EC%9A%B8"


@dataclass(frozen=True)
class Rounds:
    """How much of each; the same for the reference."""

    rounds: int = 9
    pages: int = 160
    orders: int = 16
    burst: int = 600
    only: str = ""
    """Scenarios whose code begins so."""


@dataclass(frozen=True)
class Bench:
    shop: Shop
    catalogue: Catalogue
    rounds: Rounds
    queries: dict[str, int]
    reference_port: int
    reference: Household
    database_url: str

    async def page(
        self, code: str, what: str, paths: list[str], bar: Bar, *, queries: str = "", warm: bool = True
    ) -> PageResult:
        """`paths` again and again. With `warm` each of them was seen before, else none is asked twice."""
        times, ours, bare = self.rounds.pages, Measured(), Measured()
        async with AsyncExitStack() as stack:
            visitors = [Shopper(wire) for wire in await wires(stack, self.shop.port)]
            bare_wires = await wires(stack, self.reference_port)

            async def visit(number: int) -> float:
                return (await visitors[number % LANES].go(paths[number % len(paths)])).seconds

            async def visit_bare(number: int) -> float:
                return _good(await bare_wires[number % LANES].ask("GET", f"/{code[:2]}/{number}"))

            for visitor in visitors:
                await visitor.go("/cart")  # everybody has a cookie, and every process its templates
            if warm:
                # Twice, for whichever process answers.
                await at_once(visit, range(len(paths) * 2))
            await at_once(visit_bare, range(times))
            for nth in range(self.rounds.rounds if warm else min(self.rounds.rounds, len(paths) // times)):
                numbers = range(nth * times, (nth + 1) * times)
                await measure(self.shop.household, ours, visit, numbers)
                await measure(self.reference, bare, visit_bare, numbers)
        return PageResult(code, what, ours, self.queries[queries or code], reference=bare, bar=bar)

    async def journey(
        self, code: str, what: str, journey_of: Callable[[int], Journey], bar: Bar, placing: Bar
    ) -> list[PageResult]:
        """Whole orders, and their placing alone. Before the measurement everybody has looked at the pages."""
        size, whole, alone, bare = self.rounds.orders, Measured(), Measured(), Measured()
        requests: set[int] = set()
        warming = -(-WARMING // size)
        for nth in range(warming + self.rounds.rounds):
            into = [Measured(), Measured()]
            async with AsyncExitStack() as stack:
                lines = await wires(stack, self.shop.port)
                buyers = [Shopper(lines[number % LANES]) for number in range(size)]
                journeys = [journey_of(nth * size + number) for number in range(size)]
                for buyer, journey in zip(buyers, journeys, strict=True):
                    await journey.get_ready(buyer)
                    buyer.requests, buyer.seconds = 0, 0.0
                await self._walk(buyers, journeys, into)
            requests |= {buyer.requests for buyer in buyers}
            if nth >= warming:
                whole.add(into[0].rounds[0][0], [buyer.seconds for buyer in buyers])
                alone.add(*_first(into[1]))
                await self._bare_orders(bare, range(nth * size, (nth + 1) * size))
        count = self.queries
        return [
            PageResult(code, what, whole, count[code], requests=max(requests), reference=bare, bar=bar),
            PageResult(
                f"{code} placing",
                "its placing alone",
                alone,
                count[f"{code} placing"],
                reference=bare,
                bar=placing,
            ),
        ]

    async def _walk(self, buyers: list[Shopper], journeys: list[Journey], into: list[Measured]) -> None:
        """All to the last page, all place, all see their order; costs go into [whole, placing]."""
        size, placed = len(buyers), {}

        async def come(number: int) -> float:
            await journeys[number].to_the_last_page(buyers[number])
            return 0.0

        async def place(number: int) -> float:
            placed[number] = await journeys[number].place(buyers[number])
            return placed[number].seconds

        async def see(number: int) -> float:
            await journeys[number].see_the_order(buyers[number], placed[number])
            return 0.0

        before = self.shop.household.cost()
        await at_once(come, range(size))
        await measure(self.shop.household, into[1], place, range(size))
        await at_once(see, range(size))
        into[0].rounds.append((self.shop.household.cost() - before, size))

    async def _bare_orders(self, into: Measured, numbers: range) -> None:
        async with AsyncExitStack() as stack:
            bare = await wires(stack, self.reference_port)

            async def order(number: int) -> float:
                form = BARE_ORDER.format(*(number * 3 % 9000 + more for more in (1, 2, 3)))
                return _good(await bare[number % LANES].ask("POST", "/order", form=form))

            # Ten times as many: one alone is too short to be seen.
            await measure(self.reference, into, order, range(numbers.start * 10, numbers.stop * 10))

    async def rush(
        self,
        code: str,
        what: str,
        journey_of: Callable[[], Journey],
        *,
        buyers: int,
        there: int,
        promised: str,
        bar: Bar,
    ) -> RushResult:
        """Everybody stands on the last page of the checkout; then all press the button in the same moment."""
        shoppers: dict[int, tuple[Shopper, Journey]] = {}
        async with AsyncExitStack() as stack:
            lanes = await wires(stack, self.shop.port, PREPARING)

            async def prepare(number: int) -> float:
                shopper, journey = Shopper(lanes[number % PREPARING]), journey_of()
                await journey.get_ready(shopper)
                await journey.to_the_last_page(shopper)
                shoppers[number] = shopper, journey
                return 0.0

            await at_once(prepare, range(buyers), lanes=PREPARING)
        async with AsyncExitStack() as stack:
            for shopper, _ in shoppers.values():
                shopper.line = await stack.enter_async_context(Wire(self.shop.port))
            began = perf_counter()
            placed = await asyncio.gather(
                *(journey.place(shopper) for shopper, journey in shoppers.values()), return_exceptions=True
            )
            seconds = perf_counter() - began
        answers = Counter(answer.status for answer in placed if not isinstance(answer, BaseException))
        return RushResult(code, what, there, await self._one(promised), buyers, dict(answers), seconds, bar)

    async def _one(self, query: str) -> Any:
        connection = await asyncpg.connect(self.database_url.replace("asyncpg://", "postgresql://", 1))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


def _good(answer: Answer) -> float:
    if answer.status != 200:
        raise RuntimeError(f"the reference answered {answer.status}")
    return answer.seconds


def _first(measured: Measured) -> tuple[Any, list[float]]:
    return measured.rounds[0][0], measured.seconds


def seen_goods(catalogue: Catalogue) -> list[str]:
    """Pages many people look at."""
    dice = random.Random(1)
    return [f"/goods/{goods_slug(dice.randrange(1, catalogue.size.goods))}" for _ in range(100)]


def every_goods(catalogue: Catalogue) -> list[str]:
    """Each once, in no order."""
    numbers = list(range(1, catalogue.size.goods))
    random.Random(2).shuffle(numbers)
    return [f"/goods/{goods_slug(number)}" for number in numbers]


def seen_lists() -> list[str]:
    return [f"/goods?page={page}" for page in range(1, 6)] + [
        f"/goods?category={quote('과일')}",
        f"/goods?category={quote('장류')}",
        "/goods?village=village-7",
    ]


def new_lists() -> list[str]:
    """Filters nobody has asked for: nearly everything is counted, and no count is kept."""
    return [f"/goods?min_price={won}" for won in range(1, 4000)]


def searches() -> list[str]:
    """What many people look for: words, initials, a typing error, a page further on, a filter."""
    asked = (
        "사과",
        "된장",
        "ㄱㄱㅁ",
        "표고버섯",
        "고구마 캐기",
        "꿀사과",
        "유정란 선물",
        "떡메치기",
        "고추짱",
        "들기름",
    )
    return [f"/search?q={quote(query)}" for query in asked] + [
        f"/search?q={quote('사과')}&page=2", f"/search?q={quote('된장')}&kind=goods",
    ]  # fmt: skip


def programs(catalogue: Catalogue) -> list[str]:
    first = catalogue.size.goods + 1
    return [
        f"/programs/{program_slug(number)}"
        for number in range(first, first + min(100, catalogue.size.programs))
    ]


def an_order(catalogue: Catalogue, number: int) -> Journey:
    villages = catalogue.size.villages
    each = catalogue.size.goods // villages - 1  # the last goods of a village may be those of the rush
    return three_goods(
        *(catalogue.goods_of_village((number * 3 + nth) % villages + 1, number % each) for nth in range(3))
    )


def a_booking(catalogue: Catalogue, number: int) -> Journey:
    return a_family(program_slug(catalogue.size.goods + 1 + number % (catalogue.size.programs - 1)))


def for_the_last_units(catalogue: Catalogue) -> Journey:
    return one_of(catalogue.rush.goods_slug, catalogue.rush.variant_id)


def for_the_last_seats(catalogue: Catalogue) -> Journey:
    return one_seat(catalogue.rush.program_slug, catalogue.rush.session_id)
