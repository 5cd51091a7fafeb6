"""The sandbox's own races, in one process so that its callers can meet; for each the control that loses it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count

import asyncpg
import httpx
import pytest

from storefront.cluster import Cluster
from storefront.sandbox import sessions
from storefront.sandbox.app import build_app
from storefront.sandbox.database import open_pool
from storefront.sandbox.delivery import Postman
from tests.database import cloned_database
from tests.meeting import meet
from tests.sandbox_process import GOOD, ORDER, SECRET_KEY, WEBHOOK_SECRET

NO_LOCK = "select $1::text"
ORIGIN = "http://127.0.0.1"
NUMBERS = count(1)
OPENING, PAYING, REFUNDING = "insert into sessions", "insert into intents", "insert into refunds"


async def test_one_key_from_four_hands_at_once_opens_one_page(till: "Till"):
    ended = await meet(till.url, [till.open(key="hands") for _ in range(4)], after=OPENING)

    assert ended == {"200": 4}
    assert await till.ask("select count(*) from sessions") == 1


async def test_control_where_keys_are_not_unique_it_opens_four(till: "Till"):
    await till.pool.execute("alter table answers drop constraint answers_pkey")

    ended = await meet(till.url, [till.open(key="hands") for _ in range(4)], after=OPENING)

    assert ended == {"200": 4}
    assert await till.ask("select count(*) from sessions") == 4


async def test_paying_four_times_at_once_is_paying_once(till: "Till"):
    session = await till.opened()

    ended = await meet(till.url, [till.pay(session) for _ in range(4)], before=PAYING)

    assert ended == {"303": 4}
    assert await till.told("checkout.session.completed") == 1


async def test_control_without_the_lock_it_is_paying_four_times(till: "Till", monkeypatch):
    monkeypatch.setattr(sessions, "LOCK_SESSION", NO_LOCK)
    await till.pool.execute("alter table intents drop constraint intents_check")
    session = await till.opened()

    ended = await meet(till.url, [till.pay(session) for _ in range(4)], before=PAYING)

    assert ended == {"303": 4}
    assert await till.told("checkout.session.completed") == 4


async def test_a_page_that_is_being_paid_is_not_closed(till: "Till"):
    session = await till.opened()

    ended = await meet(till.url, [till.pay(session), till.expire(session)], before=PAYING)

    assert ended == {"303": 1, "400": 1}
    assert (await till.told("checkout.session.completed"), await till.told("checkout.session.expired")) == (
        1,
        0,
    )


async def test_control_without_the_lock_it_is_paid_and_closed(till: "Till", monkeypatch):
    monkeypatch.setattr(sessions, "LOCK_SESSION", NO_LOCK)
    session = await till.opened()

    ended = await meet(till.url, [till.pay(session), till.expire(session)], before=PAYING)

    assert ended == {"303": 1, "200": 1}
    assert (await till.told("checkout.session.completed"), await till.told("checkout.session.expired")) == (
        1,
        1,
    )


async def test_refunds_at_once_never_give_back_more_than_came(till: "Till"):
    intent = await till.paid()

    ended = await meet(till.url, [till.refund(intent, 12_000) for _ in range(4)], before=REFUNDING)

    assert ended == {"200": 2, "400": 2}
    assert await till.ask("select sum(amount)::int from refunds") == 24_000


async def test_control_without_the_lock_more_goes_back_than_came(till: "Till", monkeypatch):
    monkeypatch.setattr(sessions, "LOCK_INTENT", NO_LOCK)
    intent = await till.paid()

    ended = await meet(till.url, [till.refund(intent, 12_000) for _ in range(4)], before=REFUNDING)

    assert ended == {"200": 4}
    assert await till.ask("select sum(amount)::int from refunds") == 48_000


@dataclass(frozen=True)
class Till:
    """The shop and the buyer at one sandbox; each act returns the status of its answer."""

    url: str
    pool: asyncpg.Pool
    client: httpx.AsyncClient

    async def open(self, *, key: str) -> int:
        headers = {"idempotency-key": key}
        return (await self.client.post("/v1/checkout/sessions", data=ORDER, headers=headers)).status_code

    async def pay(self, session: str) -> int:
        return (await self.client.post(f"/pay/{session}", data={"card": GOOD})).status_code

    async def expire(self, session: str) -> int:
        return (await self.client.post(f"/v1/checkout/sessions/{session}/expire")).status_code

    async def refund(self, intent: str, amount: int) -> int:
        form = {"payment_intent": intent, "amount": str(amount)}
        return (await self.client.post("/v1/refunds", data=form)).status_code

    async def opened(self) -> str:
        """The name of a new page for 34,000 won."""
        return (await self.client.post("/v1/checkout/sessions", data=ORDER)).json()["id"]

    async def paid(self) -> str:
        """The name of a payment of 34,000 won that was made."""
        assert await self.pay(await self.opened()) == 303
        return str(await self.ask("select id from intents"))

    async def told(self, kind: str) -> object:
        return await self.ask("select count(*) from events where type = $1", kind)

    async def ask(self, query: str, *values: object) -> object:
        return await self.pool.fetchval(query, *values)


@pytest.fixture
async def till(cluster: Cluster, worker_id: str) -> AsyncIterator[Till]:
    """Books of its own; its postman stays at home."""
    with cloned_database(cluster, f"till_{worker_id}_{next(NUMBERS)}", template="template1") as url:
        app = build_app(origin=ORIGIN, database_url=url, webhook_url=ORIGIN, webhook_secret=WEBHOOK_SECRET)
        async with (
            await open_pool(url) as pool,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url=ORIGIN,
                headers={"authorization": f"Bearer {SECRET_KEY}"},
            ) as client,
        ):
            app.state.pool, app.state.origin = pool, ORIGIN
            app.state.postman = Postman(pool, url=ORIGIN, secret=WEBHOOK_SECRET)
            yield Till(url, pool, client)
