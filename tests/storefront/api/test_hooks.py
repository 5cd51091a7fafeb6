"""Messages of the card provider: what is forged changes nothing, what is true has one effect, what is odd is told."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from market.expiry import expire_unpaid_orders
from market.gateway import Event, Found
from market.orders import Order, Tender
from market.payments import Payment, PaymentEvent
from market.refund_payouts import pay_refunds
from market.refunds import Refund
from market.stripe_gateway import StripeGateway
from market.tasks import Task
from storefront.sandbox.delivery import sign
from tests.builders import an_order, goods, shelf_of
from tests.site import Site
from tests.storefront.api.contract import a_wish, an_api
from villages.listings import Variant

SECRET = "whsec_of_the_tests"
PRICE = 10000
TOTAL = 14000


async def test_a_success_pays_the_order_once_however_often_it_comes(site: Site):
    apples, reference = await a_card_order(site)
    told = site.gateway.pay(reference)

    answers = [await tell(site, told) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json()["effect"] for answer in answers] == ["paid", None, None]
    assert await shelf_of(apples) == (4, 0, 0, 0)
    assert await PaymentEvent.all().count() == 1


async def test_another_event_about_the_same_payment_has_no_second_effect(site: Site):
    apples, reference = await a_card_order(site)
    first, second = site.gateway.pay(reference), site.gateway.pay(reference, event_id="evt_2")

    effects = [(await tell(site, told)).json()["effect"] for told in (first, second)]

    assert effects == ["paid", "none"]
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_twenty_at_once_have_one_effect(crowded: Site):
    apples, reference = await a_card_order(crowded)
    told = crowded.gateway.pay(reference)

    answers = await asyncio.gather(*(tell(crowded, told) for _ in range(20)))

    assert Counter((answer.status_code, answer.json()["effect"]) for answer in answers) == {
        (200, "paid"): 1,
        (200, None): 19,
    }
    assert await shelf_of(apples) == (4, 0, 0, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
async def test_the_end_does_not_depend_on_the_order_of_messages(site: Site, order):
    apples, reference = await a_card_order(site)
    success = site.gateway.pay(reference)
    reading = success.reading
    told = [
        success,
        replace(success, id="evt_2"),
        Event("evt_3", "expired", replace(reading, state=Found.expired) if reading else None),
        Event("evt_4", "failed", replace(reading, state=Found.unknown) if reading else None),
    ]

    for place in order:
        assert (await tell(site, told[place])).status_code == 200

    assert (await Order.get()).paid_at
    assert (await Payment.get()).state == "captured"
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_a_type_we_do_not_know_is_taken_and_ignored(site: Site):
    await a_card_order(site)

    answer = await tell(site, Event("evt_1", "other", None))

    assert (answer.status_code, answer.json()["effect"]) == (200, None)
    assert not (await Order.get()).paid_at


@pytest.mark.parametrize(
    "odd",
    [
        {"amount": TOTAL - 1}, {"amount": 1}, {"amount": 0}, {"currency": "usd"}, {"livemode": True},
        {"order_number": "261121-999999"}, {"order_number": ""}, {"reference": "cs_unknown"}, {"reference": ""},
    ],
    ids=str,
)  # fmt: skip
async def test_a_success_that_contradicts_our_books_pays_nothing_and_raises_an_alarm(site: Site, odd):
    apples, reference = await a_card_order(site)
    told = site.gateway.pay(reference)
    assert told.reading

    answer = await tell(site, replace(told, reading=replace(told.reading, **odd)))

    assert answer.status_code == 200
    assert not (await Order.get()).paid_at
    assert await shelf_of(apples) == (5, 1, 0, 0)
    assert (await Task.get()).kind == "alarm"


async def test_money_for_an_expired_order_revives_it_while_the_goods_are_there(site: Site):
    apples, reference = await a_card_order(site)
    await expire(site)

    answer = await tell(site, site.gateway.pay(reference))

    assert answer.json()["effect"] == "revived"
    assert (await Order.get()).ended_as is None
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_money_for_an_expired_order_whose_goods_are_gone_goes_back_to_the_card(site: Site):
    apples, reference = await a_card_order(site)
    await expire(site)
    await an_order((apples, 5), tender=Tender.bank_transfer)

    answer = await tell(site, site.gateway.pay(reference))

    assert answer.json()["effect"] == "refund_due"
    assert (await Refund.get()).amount == TOTAL
    assert await pay_refunds(datetime.now(UTC) + timedelta(hours=3), site.gateway) == 1
    assert (await Payment.get(provider="stripe")).state == "captured"
    assert await shelf_of(apples) == (5, 5, 0, 0)


async def test_a_message_that_is_too_large_is_413(site: Site):
    assert (await post(site, b" " * 1_000_001)).status_code == 413


# Through the real gateway: who may speak to us at all


@pytest.fixture
async def real(site: Site) -> AsyncIterator[Site]:
    """The same site with the gateway of production; nobody is ever called."""
    gateway = StripeGateway(secret_key="sk_test_1", webhook_secret=SECRET, api_base="http://127.0.0.1:9")
    yield Site(replace(site.services, gateway=gateway))
    await gateway.close()


async def test_a_signed_success_pays_the_order(site: Site, real: Site):
    apples, reference = await a_card_order(site)
    body = a_letter(reference, (await Order.get()).number)

    answer = await post(real, body, sign(body, SECRET))

    assert (answer.status_code, answer.json()["effect"]) == (200, "paid")
    assert await shelf_of(apples) == (4, 0, 0, 0)


NOW = int(datetime.now(UTC).timestamp())


@pytest.mark.parametrize(
    "signature",
    [
        None, "", "t=1", "v1=abc", "t=,v1=", f"t={NOW},v1=", f"t={NOW},v1={'0' * 64}", "서명".encode(), b"t=1,v1=\xff\xfe",
        f"t={NOW},t={NOW},v1={'0' * 64}", f"t={'9' * 400},v1=0", "t=-1,v1=0", "t=١٢٣,v1=0".encode(), "," * 5000,
    ],
    ids=(
        "none", "empty", "time only", "mac only", "both empty", "no mac", "zeros", "Korean", "bytes", "two times",
        "a far time", "a negative time", "Arabic digits", "commas",
    ),
)  # fmt: skip
async def test_a_forged_signature_is_400_and_changes_nothing(site: Site, real: Site, signature):
    apples, reference = await a_card_order(site)

    answer = await post(real, a_letter(reference, (await Order.get()).number), signature)

    await nothing_happened(apples, answer)


@pytest.mark.parametrize("seconds", [-3600, -301, 310, 86400])
async def test_a_message_from_the_past_or_the_future_is_400(site: Site, real: Site, seconds):
    apples, reference = await a_card_order(site)
    body = a_letter(reference, (await Order.get()).number)

    at = int(datetime.now(UTC).timestamp()) + seconds
    answer = await post(real, body, sign(body, SECRET, at=at))

    await nothing_happened(apples, answer)


async def test_a_message_signed_by_another_or_changed_on_the_way_is_400(site: Site, real: Site):
    apples, reference = await a_card_order(site)
    body = a_letter(reference, (await Order.get()).number)

    await nothing_happened(apples, await post(real, body, sign(body, "whsec_of_another")))
    await nothing_happened(apples, await post(real, body + b" ", sign(body, SECRET)))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"evt"', b"\xff\xfe\x00", b"\x80", b"{}", b'{"id": 1, "type": 2, "data": 3}',
        b'{"id": "evt", "type": "checkout.session.completed", "data": {"object": null}}',
        b'{"id": "evt", "type": "checkout.session.completed", "data": {"object": {"amount_total": "1"}}}',
        b"[" * 20_000, b'{"id": "evt", "type": "x", "data": {"object": ' + b"9" * 5000 + b"}}",
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
async def test_a_signed_message_that_cannot_be_read_is_400(site: Site, real: Site, body):
    apples, _ = await a_card_order(site)

    await nothing_happened(apples, await post(real, body, sign(body, SECRET)))


async def test_a_signed_message_of_a_type_we_do_not_know_is_200(site: Site, real: Site):
    body = json.dumps({"id": "evt_1", "type": "invoice.paid", "data": {"object": {}}}).encode()

    assert (await post(real, body, sign(body, SECRET))).status_code == 200


async def test_a_page_that_is_done_without_money_yet_pays_nothing(site: Site, real: Site):
    apples, reference = await a_card_order(site)
    body = a_letter(reference, (await Order.get()).number, payment_status="unpaid")

    answer = await post(real, body, sign(body, SECRET))

    assert (answer.status_code, answer.json()["effect"]) == (200, None)
    assert await shelf_of(apples) == (5, 1, 0, 0)


async def a_card_order(site: Site) -> tuple[Variant, str]:
    """An order with an open payment page; the goods, and the provider's name of the payment."""
    apples = await goods(left=5, price=PRICE)
    answer = await an_api(site).order(a_wish({"variant": apples.id, "quantity": 1}, payment="card"))
    assert answer.status_code == 201
    return apples, (await Payment.get(provider="stripe")).reference


async def tell(site: Site, event: Event) -> httpx.Response:
    """The provider's message arrives, signed as the stand-in signs."""
    body = f"{event.id} {event.kind} {event.reading}".encode()
    site.gateway.events[body] = event
    return await post(site, body)


async def post(site: Site, body: bytes, signature: str | bytes | None = None) -> httpx.Response:
    headers: dict[str, Any] = {} if signature is None else {"Stripe-Signature": signature}
    return await site.browser().client.post("/hooks/stripe", content=body, headers=headers)


async def expire(site: Site) -> None:
    assert await expire_unpaid_orders(datetime.now(UTC) + timedelta(hours=2), site.gateway) == 1


async def nothing_happened(apples: Variant, answer: httpx.Response) -> None:
    assert answer.status_code == 400
    assert not (await Order.get()).paid_at
    assert await shelf_of(apples) == (5, 1, 0, 0)
    assert not await PaymentEvent.exists()
    assert not await Task.exists()


def a_letter(reference: str, number: str, **changes: object) -> bytes:
    session = {
        "id": reference, "object": "checkout.session", "status": "complete", "payment_status": "paid",
        "amount_total": TOTAL, "currency": "krw", "livemode": False, "client_reference_id": number, "payment_intent": "pi_1",
    }  # fmt: skip
    event = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": session | changes}}
    return json.dumps(event).encode()
