"""What a card provider does for us, as scenarios: in the sandbox, or with LIVE_STRIPE=1 at Stripe itself."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from market.gateway import Found, GatewayTrouble, MovedKind, Opened
from market.stripe_gateway import StripeGateway
from storefront.cluster import Cluster
from tests.database import cloned_database
from tests.sandbox_process import DECLINED, SECRET_KEY, STEP, WEBHOOK_SECRET, Sandbox, running_sandbox

LIVE = os.environ.get("LIVE_STRIPE") == "1"
RETURN_URL = "https://jangnal.example/orders/20261121-0001"
CANCEL_URL = "https://jangnal.example/orders/20261121-0001?pay=later"


@dataclass
class Shop:
    """A gateway, and who stands behind it: our sandbox, or nobody we can make pay."""

    gateway: StripeGateway
    sandbox: Sandbox | None

    async def open(self, *, key: str = "", amount: int = 34_000, **more: object) -> Opened:
        wish = {
            "order_number": "20261121-0001",
            "title": "내장산 단풍청 외 2건",
            "email": "min@example.kr",
            "return_url": RETURN_URL,
            "cancel_url": CANCEL_URL,
            "expires_at": datetime.now(UTC) + timedelta(minutes=31),
        }
        return await self.gateway.open(key=key or new_key(), amount=amount, **(wish | more))  # type: ignore[arg-type]

    def pay(self, opened: Opened, card: str | None = None) -> int:
        if self.sandbox is None:
            pytest.skip("at Stripe itself nobody here can pay on the hosted page")
        return (self.sandbox.pay(opened.url, card) if card else self.sandbox.pay(opened.url)).status_code


def new_key() -> str:
    return f"test-{secrets.token_hex(8)}"


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Sandbox | None]:
    if LIVE:
        yield None
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with (
        cloned_database(cluster, f"gateway_sandbox_{worker_id}", template="template1") as url,
        running_sandbox(url) as running,
    ):
        yield running


@pytest.fixture
async def shop(sandbox: Sandbox | None) -> AsyncIterator[Shop]:
    if sandbox is None:
        key = os.environ.get("STRIPE_SECRET_KEY", "")
        assert key.startswith("sk_test_"), "LIVE_STRIPE=1 wants a test key in STRIPE_SECRET_KEY"
        gateway = StripeGateway(secret_key=key, webhook_secret=WEBHOOK_SECRET)
    else:
        gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=sandbox.origin)
    yield Shop(gateway, sandbox)
    await gateway.close()


class TestScenarios:
    """The same at the sandbox and at Stripe."""

    async def test_an_opened_page_waits_for_exactly_the_order(self, shop: Shop):
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=31)

        opened = await shop.open(amount=34_001, expires_at=until)
        reading = await shop.gateway.read(opened.reference)

        assert opened.url.startswith("http")
        assert opened.expires_at == until
        assert (reading.state, reading.amount, reading.currency) == (Found.open, 34_001, "krw")
        assert (reading.order_number, reading.livemode) == ("20261121-0001", False)
        assert shop.gateway.livemode is False

    async def test_the_same_key_opens_the_same_page(self, shop: Shop):
        key, until = new_key(), datetime.now(UTC) + timedelta(minutes=31)

        first = await shop.open(key=key, expires_at=until)

        assert await shop.open(key=key, expires_at=until) == first

    async def test_the_same_key_with_another_amount_is_refused_for_good(self, shop: Shop):
        key, until = new_key(), datetime.now(UTC) + timedelta(minutes=31)
        await shop.open(key=key, expires_at=until)

        with pytest.raises(GatewayTrouble) as trouble:
            await shop.open(key=key, amount=1_000_000, expires_at=until)

        assert trouble.value.retry is False

    @pytest.mark.parametrize(
        "wish",
        [
            {"amount": 0},
            {"amount": -34_000},
            {"amount": 100_000_000},
            {"email": "not an address"},
            {"return_url": "javascript:alert(1)"},
            {"expires_at": datetime.now(UTC) + timedelta(minutes=10)},
            {"expires_at": datetime.now(UTC) + timedelta(hours=30)},
            {"title": ""},
        ],
        ids=lambda wish: next(iter(wish)),
    )
    async def test_what_stripe_will_never_take_is_refused_for_good(self, shop: Shop, wish: dict):
        with pytest.raises(GatewayTrouble) as trouble:
            await shop.open(**wish)

        assert trouble.value.retry is False

    async def test_a_closed_page_is_expired_and_closing_again_changes_nothing(self, shop: Shop):
        opened = await shop.open()

        first = await shop.gateway.expire(opened.reference)
        again = await shop.gateway.expire(opened.reference)

        assert first.state is Found.expired
        assert again == first == await shop.gateway.read(opened.reference)

    async def test_an_unknown_payment_is_never_found(self, shop: Shop):
        for act in (shop.gateway.read, shop.gateway.expire):
            with pytest.raises(GatewayTrouble) as trouble:
                await act("cs_test_nobody")

            assert trouble.value.retry is False

    async def test_a_wrong_key_may_be_mended_so_we_try_again(self, sandbox: Sandbox | None):
        base = sandbox.origin if sandbox else "https://api.stripe.com"
        stranger = StripeGateway(secret_key="sk_test_stranger", webhook_secret=WEBHOOK_SECRET, api_base=base)

        with pytest.raises(GatewayTrouble) as trouble:
            await stranger.read("cs_test_nobody")

        assert trouble.value.retry is True
        await stranger.close()

    async def test_an_unpaid_page_gives_nothing_back(self, shop: Shop):
        opened = await shop.open()

        with pytest.raises(GatewayTrouble) as trouble:
            await shop.gateway.refund(opened.reference, amount=1_000, key=new_key())

        assert trouble.value.retry is False

    async def test_a_paid_page_is_captured_and_stays_so_when_closed(self, shop: Shop):
        opened = await shop.open(amount=34_000)

        assert shop.pay(opened) == 303
        reading = await shop.gateway.read(opened.reference)

        assert (reading.state, reading.amount) == (Found.captured, 34_000)
        assert reading.intent
        assert reading.intent.startswith("pi_")
        assert await shop.gateway.expire(opened.reference) == reading

    async def test_a_declined_card_leaves_the_page_open_for_another(self, shop: Shop):
        opened = await shop.open()

        assert shop.pay(opened, DECLINED) == 422
        assert (await shop.gateway.read(opened.reference)).state is Found.open

        assert shop.pay(opened) == 303
        assert (await shop.gateway.read(opened.reference)).state is Found.captured

    async def test_a_closed_page_cannot_be_paid(self, shop: Shop):
        opened = await shop.open()
        await shop.gateway.expire(opened.reference)

        assert shop.pay(opened) == 409
        assert (await shop.gateway.read(opened.reference)).state is Found.expired

    async def test_a_card_that_asks_for_a_step_waits_for_it(self, shop: Shop):
        opened = await shop.open()

        assert shop.pay(opened, STEP) == 303

        assert (await shop.gateway.read(opened.reference)).state is Found.open

    async def test_money_goes_back_in_parts_but_never_more_than_came(self, shop: Shop):
        opened = await shop.open(amount=34_000)
        shop.pay(opened)

        first = await shop.gateway.refund(opened.reference, amount=10_000, key=new_key())
        second = await shop.gateway.refund(opened.reference, amount=20_000, key=new_key())
        with pytest.raises(GatewayTrouble) as trouble:
            await shop.gateway.refund(opened.reference, amount=4_001, key=new_key())
        third = await shop.gateway.refund(opened.reference, amount=4_000, key=new_key())

        assert trouble.value.retry is False
        assert len({first, second, third}) == 3

    async def test_the_same_key_gives_back_once(self, shop: Shop):
        opened, key = await shop.open(amount=34_000), new_key()
        shop.pay(opened)

        first = await shop.gateway.refund(opened.reference, amount=10_000, key=key)
        again = await shop.gateway.refund(opened.reference, amount=10_000, key=key)
        with pytest.raises(GatewayTrouble) as trouble:
            await shop.gateway.refund(opened.reference, amount=10_001, key=key)

        assert again == first
        assert trouble.value.retry is False

    async def test_the_account_of_a_day_names_what_came_and_went_with_its_fee(self, shop: Shop):
        before = datetime.now(UTC) - timedelta(seconds=2)
        opened = await shop.open(amount=34_000)
        shop.pay(opened)
        intent = (await shop.gateway.read(opened.reference)).intent
        given = await shop.gateway.refund(opened.reference, amount=10_000, key=new_key())

        moved = await shop.gateway.moved(before, datetime.now(UTC) + timedelta(seconds=2))

        ours = {each.kind: each for each in moved if each.intent == intent}
        charge, refund = ours[MovedKind.charge], ours[MovedKind.refund]
        assert (charge.amount, charge.currency) == (34_000, "krw")
        assert 0 < charge.fee < 34_000
        assert (refund.thing, refund.amount, refund.fee) == (given.reference, 10_000, 0)
        assert await shop.gateway.refunded(given.reference) == 10_000

    async def test_a_day_of_more_than_one_page_is_read_to_its_end(self, shop: Shop):
        if shop.sandbox is None:
            pytest.skip("LIVE_STRIPE=1: a hundred payments are too many to make there")
        await plant_payments(shop.sandbox, 130)

        moved = await shop.gateway.moved(LONG_AGO, LONG_AGO + timedelta(days=1))

        assert len(moved) == len({each.name for each in moved}) == 130


class TestSandboxLetters:
    """What the sandbox tells by webhook, read by the gateway."""

    async def test_a_payment_is_told_and_signed(self, shop: Shop):
        opened = await shop.open(amount=34_000)
        shop.pay(opened)
        assert shop.sandbox

        body, signature = shop.sandbox.inbox.wait_for_kind("checkout.session.completed", opened.reference)
        event = shop.gateway.event(body, signature, now=datetime.now(UTC))

        assert event.kind == "captured"
        assert event.reading == await shop.gateway.read(opened.reference)

    async def test_a_closed_page_is_told(self, shop: Shop):
        opened = await shop.open()
        await shop.gateway.expire(opened.reference)
        assert shop.sandbox or pytest.skip("Stripe cannot reach this machine's webhook")

        body, signature = shop.sandbox.inbox.wait_for_kind("checkout.session.expired", opened.reference)
        event = shop.gateway.event(body, signature, now=datetime.now(UTC))

        assert (event.kind, event.reading) == ("expired", await shop.gateway.read(opened.reference))

    async def test_a_refund_is_told_with_all_that_went_back_so_far(self, shop: Shop):
        opened = await shop.open(amount=34_000)
        shop.pay(opened)
        assert shop.sandbox
        intent = (await shop.gateway.read(opened.reference)).intent or ""
        await shop.gateway.refund(opened.reference, amount=10_000, key=new_key())
        await shop.gateway.refund(opened.reference, amount=4_000, key=new_key())

        body, signature = shop.sandbox.inbox.wait_for(
            lambda event: (
                event["type"] == "charge.refunded"
                and event["data"]["object"]["payment_intent"] == intent
                and event["data"]["object"]["amount_refunded"] == 14_000
            )
        )
        event = shop.gateway.event(body, signature, now=datetime.now(UTC))

        assert (event.kind, event.refunded) == ("refund_sum", 14_000)
        assert event.reading
        assert (event.reading.intent, event.reading.amount) == (intent, 34_000)
        assert event.reading.order_number == "20261121-0001"

    async def test_a_letter_that_was_not_taken_comes_again_with_a_new_signature(self, shop: Shop):
        opened = await shop.open()
        assert shop.sandbox or pytest.skip("Stripe cannot reach this machine's webhook")
        shop.sandbox.inbox.refusals[opened.reference] = 1
        await shop.gateway.expire(opened.reference)

        body, signature = shop.sandbox.inbox.wait_for_kind("checkout.session.expired", opened.reference)

        [(first_body, first_signature)] = [
            letter for letter in shop.sandbox.inbox.refused if opened.reference.encode() in letter[0]
        ]
        assert (body, signature != first_signature) == (first_body, True)
        assert shop.gateway.event(body, signature, now=datetime.now(UTC)).kind == "expired"


async def plant_payments(sandbox: Sandbox, count: int) -> None:
    """All of one moment, on a day of their own."""
    connection = await asyncpg.connect(sandbox.database_url.replace("asyncpg://", "postgresql://", 1))
    try:
        await connection.execute(PLANT, count, LONG_AGO)
    finally:
        await connection.close()


LONG_AGO = datetime(2025, 3, 1, tzinfo=UTC)
PLANT = """
with opened as (
    insert into sandbox.sessions (id, expires_at, status, amount, title, success_url)
    select 'cs_test_old' || n, $2::timestamptz, 'complete', 1000, 'old', 'https://jangnal.example/'
      from generate_series(1, $1::int) n returning id
)
insert into sandbox.intents (id, session, status, card, charge, captured_at)
select 'pi_' || id, id, 'succeeded', '4242', 'ch_' || id, $2 from opened
"""


async def sessions_of(sandbox: Sandbox, *, order_number: str) -> list[str]:
    connection = await asyncpg.connect(sandbox.database_url.replace("asyncpg://", "postgresql://", 1))
    try:
        rows = await connection.fetch(
            "select id from sandbox.sessions where client_reference_id = $1", order_number
        )
    finally:
        await connection.close()
    return [row["id"] for row in rows]


@asynccontextmanager
async def a_line_that_loses_the_first_answer(origin: str) -> AsyncIterator[str]:
    """Stands between us and the provider: the request arrives and is done, its answer never comes back."""
    lost = asyncio.Event()
    host, port = origin.removeprefix("http://").split(":")

    async def carry(near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection(host, int(port))
        asking = asyncio.create_task(pour(near, far_out))
        while answer := await far.read(65_536):
            if not lost.is_set():
                lost.set()
                break
            near_out.write(answer)
        asking.cancel()
        far_out.close()
        near_out.close()

    async def pour(near: asyncio.StreamReader, far_out: asyncio.StreamWriter) -> None:
        while request := await near.read(65_536):
            far_out.write(request)
        far_out.write_eof()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_lost_answer_is_got_again_with_the_same_key(sandbox: Sandbox | None):
    if sandbox is None:
        pytest.skip("LIVE_STRIPE=1: the line to Stripe is not ours to cut")
    key, until = new_key(), datetime.now(UTC) + timedelta(minutes=31)
    async with a_line_that_loses_the_first_answer(sandbox.origin) as base:
        gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=base)
        shop = Shop(gateway, sandbox)

        with pytest.raises(GatewayTrouble) as trouble:
            await shop.open(key=key, order_number=key, expires_at=until)
        opened = await shop.open(key=key, order_number=key, expires_at=until)

        await gateway.close()
    assert trouble.value.retry is True
    assert await sessions_of(sandbox, order_number=key) == [opened.reference]
