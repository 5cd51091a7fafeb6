"""What was acknowledged, held against the database: nothing lost, nothing half-done, nothing nobody was told of."""

import asyncio
import time
from functools import partial

import asyncpg

from tests.faults.buyers import Crowd, read
from tests.faults.shop_to_kill import ShopToKill
from tests.meeting import PATIENCE, watching

SAMPLE = 30


async def what_is_wrong(shop: ShopToKill, crowd: Crowd) -> list[str]:
    """While nobody buys. Empty: all is well."""
    status, said = await asyncio.to_thread(shop.check)
    wrong = [] if status == 0 else [f"check ended with {status}: {said}"]
    wrong += [f"an odd answer: {odd}" for odd in crowd.book.odd]
    crowd.book.odd.clear()
    await _provider_tells_again(shop)
    async with watching(shop.database.url()) as database:
        wrong += await lost_orders(database, crowd)
        wrong += await lost_payments(database, crowd)
    return wrong + await other_answers(crowd)


async def lost_orders(database: asyncpg.Connection, crowd: Crowd) -> list[str]:
    """Each number acknowledged is there with its total and lines; and whatever is there was acknowledged."""
    found = {row["number"]: row["total"] for row in await database.fetch("SELECT number, total FROM orders")}
    lines: dict[str, set[tuple[int | None, int | None, int, int]]] = {}
    for row in await database.fetch(LINES):
        lines.setdefault(row["number"], set()).add(
            (row["variant_id"], row["session_id"], row["count"], row["unit_price"])
        )
    wrong = []
    for number, told in crowd.book.told.items():
        if number not in found:
            wrong.append(f"order {number} was acknowledged and is lost")
        elif (found[number], lines.get(number)) != (told.total, told.lines):
            wrong.append(f"order {number} is another one than was acknowledged")
    return wrong + [f"nobody was told of order {number}" for number in found.keys() - crowd.book.told.keys()]


async def lost_payments(database: asyncpg.Connection, crowd: Crowd) -> list[str]:
    """Waits for what the provider still has to tell."""
    ends = time.monotonic() + PATIENCE
    while missing := crowd.book.paid - {row["number"] for row in await database.fetch(PAID)}:
        if time.monotonic() > ends:
            break
        await asyncio.sleep(0.1)
    return [f"the payment of {number} was acknowledged and is lost" for number in missing]


async def other_answers(crowd: Crowd) -> list[str]:
    """The last buyers send their order once more: the same key, the same number."""
    last = list(crowd.book.told.values())[-SAMPLE:]
    answers = await asyncio.gather(*(crowd.insist(partial(crowd.ask, told.key, told.wish)) for told in last))
    return [
        f"the key of order {told.number} is now answered {answer.status_code}: {answer.text[:200]}"
        for told, answer in zip(last, answers, strict=True)
        if answer.status_code != 201 or read(told.key, told.wish, answer) != told
    ]


async def _provider_tells_again(shop: ShopToKill) -> None:
    """What it could not deliver while we were down it would tell us within minutes; here at once."""
    async with watching(shop.books_url) as books:
        await books.execute("UPDATE sandbox.events SET due_at = now() WHERE delivered_at IS NULL")


LINES = """
SELECT o.number, l.variant_id, l.session_id, l.count, l.unit_price
FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id
"""
PAID = "SELECT number FROM orders WHERE paid_at IS NOT NULL"
