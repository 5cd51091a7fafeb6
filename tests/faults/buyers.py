"""Simultaneous buyers who come again with the same key until they are answered; and what they were told."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.shop_to_kill import OnOffer
from tests.meeting import PATIENCE
from tests.sandbox_process import GOOD
from tests.site import Browser
from tests.storefront.api.contract import a_wish

BUYERS = 12
PAUSE = 0.2  # seconds before they come again


@dataclass(frozen=True)
class Told:
    """What a 201 said."""

    key: str
    wish: dict[str, Any]
    number: str
    total: int
    lines: frozenset[tuple[int | None, int | None, int, int]]
    """(variant, session, quantity, unit price), the same twice never: one line for each."""


@dataclass
class Book:
    """What buyers and the officer were told, for the proof afterwards."""

    told: dict[str, Told] = field(default_factory=dict)
    """By number."""
    paid: set[str] = field(default_factory=set)
    """Numbers whose payment was acknowledged, by the officer's page or by the provider's."""
    refused: Counter[str] = field(default_factory=Counter)
    came_again: int = 0
    """Requests that had to be sent again: the answer was lost, or said to come later."""
    odd: list[str] = field(default_factory=list)
    """Answers that no buyer should see."""


@dataclass
class Crowd:
    """`officer` is signed in; `client` is everybody else's."""

    client: httpx.AsyncClient
    officer: Browser
    on_offer: OnOffer
    dice: random.Random
    name: str
    book: Book = field(default_factory=Book)
    keys: int = 0

    async def buy_until(self, closed: asyncio.Event) -> None:
        """Everybody goes on until then, and ends what was begun."""
        await asyncio.gather(*(self._buyer(closed) for _ in range(BUYERS)))

    async def _buyer(self, closed: asyncio.Event) -> None:
        while not closed.is_set():
            told = await self.order()
            if told is None:
                continue
            paying = self.dice.random()
            if told.wish["payment"] == "card":
                await self._pay_by_card(told)
            elif paying < 0.5:
                await self._confirm(told)

    async def order(self) -> Told | None:
        """One order under a key of its own, as often as it takes; None where it was refused."""
        self.keys += 1
        key, wish = f"{self.name} {self.keys}", self._wish()
        answer = await self.insist(lambda: self.ask(key, wish))
        if answer.status_code == 201:
            told = read(key, wish, answer)
            self.book.told[told.number] = told
            return told
        if answer.status_code == 409:
            self.book.refused[answer.json()["type"]] += 1
        else:
            self.book.odd.append(f"{answer.status_code} {answer.text[:300]}")
        return None

    def ask(self, key: str, wish: dict[str, Any]) -> Awaitable[httpx.Response]:
        return self.client.post("/api/v1/orders", json=wish, headers={"Idempotency-Key": key})

    async def _confirm(self, told: Told) -> None:
        address, form = f"/deposits/{told.number}/confirmation", {"amount": told.total, "back": "/city"}
        answer = await self.insist(lambda: self.officer.post(address, dict(form)))
        # The answer to the first of two may have been lost: then nothing waits for a deposit any more.
        if answer.status_code in (303, 404):
            self.book.paid.add(told.number)
        else:
            self.book.odd.append(f"deposit {told.number}: {answer.status_code}")

    async def _pay_by_card(self, told: Told) -> None:
        shown = await self.insist(lambda: self.ask(told.key, told.wish))
        if shown.status_code != 201 or not (page := shown.json()["payment"]["url"]):
            return  # the provider was asked when its answer could not be kept; the buyer would come again later
        answer = await self.insist(lambda: self.client.post(page, data={"card": GOOD}))
        if answer.status_code == 303:
            self.book.paid.add(told.number)
        elif answer.status_code != 409:  # the page was closed by an earlier try, whose answer was lost
            self.book.odd.append(f"card {told.number}: {answer.status_code}")

    async def insist(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Ask until an answer comes that does not say "in a moment"."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await ask()
                    if answer.status_code != 503:
                        return answer
                except httpx.TransportError:
                    pass
                self.book.came_again += 1
                await asyncio.sleep(PAUSE)

    def _wish(self) -> dict[str, Any]:
        many, few = self.on_offer.variants[:-2], self.on_offer.variants[-2:]
        chosen = self.dice.sample(many, self.dice.randint(1, 3))
        if self.dice.random() < 0.2:
            chosen.append(self.dice.choice(few))
        lines: list[dict[str, Any]] = [
            {"variant": variant, "quantity": self.dice.randint(1, 3)} for variant in chosen
        ]
        if self.dice.random() < 0.3:
            session = self.dice.choice(self.on_offer.sessions)
            lines.append({"session": session, "participants": {"adult": self.dice.randint(1, 2), "child": 1}})
        return a_wish(*lines, payment="card" if self.dice.random() < 0.25 else "bank_transfer")


def read(key: str, wish: dict[str, Any], answer: httpx.Response) -> Told:
    order = answer.json()
    lines = [line for part in order["parts"] for line in part["lines"]]
    return Told(
        key, wish, order["number"], order["total"],
        frozenset((line["variant"], line["session"], line["quantity"], line["unit_price"]) for line in lines),
    )  # fmt: skip
