"""Orders by the API (A1–A3): what one costs until it is paid, and how many a second are taken."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from tests.bench.catalogue import Catalogue, first_variant, quiet_variant
from tests.bench.forms import Form
from tests.bench.measuring import Measured, at_once, measure, wires
from tests.bench.officer import login_of_officer
from tests.bench.processes import cpu_seconds
from tests.bench.results import Bar, PageResult, RateResult
from tests.bench.scenarios import Bench
from tests.bench.shopper import Lost, Shopper
from tests.bench.wire import Answer, Wire

LANES = 16  # partner programs at once, one connection each
WARMING = 96
BURSTS = 3
PARTNER = {
    "buyer": {"name": "김민지", "phone": "010-1234-5678", "email": "min@example.kr"},
    "address": {"name": "김민지", "phone": "010-1234-5678", "postcode": "04524", "road": "서울특별시 중구 세종대로 110", "detail": "1층"},
    "payment": "bank_transfer",
    "consents": {"third_party": True},
}  # fmt: skip


PATH = "/api/v1/orders"


@dataclass(frozen=True)
class Deposit:
    number: str
    amount: int


async def one_order(bench: Bench) -> list[PageResult]:
    """A1: ten lines of five villages, placed; then the officer's word that the money is there, which books it."""
    size, placing, paying, whole = bench.rounds.orders, Measured(), Measured(), Measured()
    officer = await _officer(bench)
    warming = -(-WARMING // size)
    for nth in range(warming + bench.rounds.rounds):
        placed, paid = await _placed_and_paid(bench, officer, range(nth * size, (nth + 1) * size))
        if nth >= warming:
            ((placed_for, _),), ((paid_for, _),) = placed.rounds, paid.rounds
            placing.add(placed_for, placed.seconds)
            paying.add(paid_for, paid.seconds)
            whole.add(placed_for + paid_for, placed.seconds)
    return [
        PageResult("A1", "order of 10 lines of 5 villages by the API, and its deposit", whole, None, requests=2, bar=Bar(20)),
        PageResult("A1 placing", "its placing alone", placing, None),
        PageResult("A1 deposit", "its deposit alone: capture, figures and journal", paying, None),
    ]  # fmt: skip


async def _placed_and_paid(bench: Bench, officer: "Officer", numbers: range) -> tuple[Measured, Measured]:
    """One round of each."""
    orders: dict[int, Deposit] = {}
    placed, paid = Measured(), Measured()
    async with AsyncExitStack() as stack:
        lines = await wires(stack, bench.shop.port)

        async def place(number: int) -> float:
            answer = await _placed(lines[number % len(lines)], ten_lines(bench.catalogue, number))
            said = json.loads(answer.body)
            orders[number] = Deposit(said["number"], said["total"])
            return answer.seconds

        async def pay(number: int) -> float:
            return await officer.confirm(lines[number % len(lines)], orders[number])

        await measure(bench.shop.household, placed, place, numbers)
        await measure(bench.shop.household, paid, pay, numbers)
    return placed, paid


async def rate(
    bench: Bench, code: str, what: str, wishes: Callable[[Catalogue, int], list[int]], bar: Bar
) -> RateResult:
    """So many orders in bursts, `LANES` at a time; each is ready before its burst begins."""
    size, shop = bench.rounds.burst, bench.shop
    bursts, answers, waited = [], Counter[int](), []
    async with AsyncExitStack() as stack:
        lines = await wires(stack, shop.port, LANES)
        bodies: dict[int, tuple[bytes, str]] = {}

        async def place(number: int) -> float:
            body, key = bodies.pop(number)
            answer = await lines[number % LANES].send_json(PATH, body, key=key)
            answers[answer.status] += 1
            return answer.seconds

        async def burst(numbers: range) -> list[float]:
            bodies.update({number: (_body(wishes(bench.catalogue, number)), _key()) for number in numbers})
            return await at_once(place, numbers, lanes=LANES)

        await burst(range(WARMING))
        answers.clear()
        web, database, own = _cpu(shop.household.web), shop.household.cost().database, time.process_time()
        for nth in range(BURSTS):
            numbers = range(WARMING + nth * size, WARMING + (nth + 1) * size)
            began = time.perf_counter()
            waited += await burst(numbers)
            bursts.append(time.perf_counter() - began)
        spent = [now - then for now, then in zip(_cpu(shop.household.web), web, strict=True)]
    return RateResult(
        code, what, size, tuple(bursts), dict(answers), tuple(waited), tuple(spent), shop.household.cost().database - database,
        time.process_time() - own, bar,
    )  # fmt: skip


def ten_lines(catalogue: Catalogue, number: int) -> list[int]:
    """Two goods of each of five villages."""
    return [quiet_variant(catalogue, number * 5 + nth // 2, number * 2 + nth % 2) for nth in range(10)]


def three_lines(catalogue: Catalogue, number: int) -> list[int]:
    """Of three villages; goods that hardly anybody else wants in the same moment."""
    return [quiet_variant(catalogue, number * 3 + nth, number) for nth in range(3)]


def one_hot_line(catalogue: Catalogue, number: int) -> list[int]:
    """Everybody wants the same goods, and two more things."""
    return [first_variant(1), *three_lines(catalogue, number)[1:]]


async def _placed(line: Wire, variants: list[int]) -> Answer:
    answer = await line.send_json(PATH, _body(variants), key=_key())
    if answer.status != 201:
        raise Lost(f"an order was answered {answer.status}: {answer.text[:200]}")
    return answer


def _body(variants: list[int]) -> bytes:
    return json.dumps(PARTNER | {"lines": [{"variant": each, "quantity": 1} for each in variants]}).encode()


def _key() -> str:
    return secrets.token_hex(12)


def _cpu(pids: tuple[int, ...]) -> list[float]:
    return [cpu_seconds(pid) for pid in pids]


@dataclass(frozen=True)
class Officer:
    """Somebody of the city with the list of deposits open; one of its forms serves for all."""

    cookies: dict[str, str]
    form: Form

    async def confirm(self, line: Wire, deposit: Deposit) -> float:
        desk = Shopper(line, dict(self.cookies))
        form = replace(self.form, action=f"/deposits/{deposit.number}/confirmation")
        answer = await desk.post(form, amount=deposit.amount, back="/city")
        if answer.status != 303:
            raise Lost(f"a deposit was answered {answer.status}")
        return answer.seconds


async def _officer(bench: Bench) -> Officer:
    token = await login_of_officer(bench.database_url, "officer@bench.example")
    async with Wire(bench.shop.port) as line:
        number = json.loads((await _placed(line, ten_lines(bench.catalogue, 0))).body)["number"]
        desk = Shopper(line, {"login": token})
        await desk.go(f"/city/deposits?q={number}")
        return Officer(desk.cookies, desk.form(f"/deposits/{number}/confirmation"))
