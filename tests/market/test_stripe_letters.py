"""What is believed of a message of the card provider, and what is not."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from market.gateway import ForgedEvent, Found
from market.stripe_gateway import StripeGateway
from storefront.sandbox.delivery import sign
from tests.sandbox_process import SECRET_KEY, WEBHOOK_SECRET

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
async def gateway() -> AsyncIterator[StripeGateway]:
    """One that is never asked to reach anybody."""
    gateway = StripeGateway(
        secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base="http://127.0.0.1:9"
    )
    yield gateway
    await gateway.close()


def a_letter(**changes: object) -> bytes:
    session = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 34_000,
        "currency": "krw",
        "livemode": False,
        "client_reference_id": "20261121-0001",
        "payment_intent": "pi_1",
    }
    event = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": session | changes}}
    return json.dumps(event, ensure_ascii=False).encode()


def signed(body: bytes, *, at: datetime = NOW, secret: str = WEBHOOK_SECRET) -> str:
    return sign(body, secret, at=int(at.timestamp()))


def test_a_signed_letter_is_read(gateway: StripeGateway):
    body = a_letter()

    event = gateway.event(body, signed(body), now=NOW)

    assert (event.id, event.kind) == ("evt_1", "captured")
    assert event.reading
    assert (event.reading.amount, event.reading.order_number) == (34_000, "20261121-0001")


@pytest.mark.parametrize("seconds", [-290, 290])
def test_clocks_may_differ_a_little(gateway: StripeGateway, seconds: int):
    body = a_letter()

    assert gateway.event(body, signed(body, at=NOW + timedelta(seconds=seconds)), now=NOW).kind == "captured"


def test_one_good_signature_among_several_is_enough(gateway: StripeGateway):
    body = a_letter()

    assert gateway.event(body, f"{signed(body)},v1={'0' * 64},v0=old", now=NOW).kind == "captured"


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (a_letter(), None),
        (a_letter(), ""),
        (a_letter(), "nonsense"),
        (a_letter(), "t=,v1="),
        (a_letter(), f"t=now,v1={'0' * 64}"),
        (a_letter(), f"t={int(NOW.timestamp())},v1={'0' * 64}"),
        (a_letter(), f"t={int(NOW.timestamp())}"),
        (a_letter(), f"t={int(NOW.timestamp())},v1=서명"),
        (a_letter(), f"t=１７６３６９０４００,v1={'0' * 64}"),
        (a_letter(), f"t={'9' * 5000},v1={'0' * 64}"),
        (a_letter(), f"t={int(NOW.timestamp())},{signed(a_letter())}"),
        (a_letter(), signed(a_letter(), secret="whsec_other")),
        (a_letter(amount_total=1), signed(a_letter())),
        (a_letter(), signed(a_letter(), at=NOW - timedelta(minutes=6))),
        (a_letter(), signed(a_letter(), at=NOW + timedelta(minutes=6))),
        (b"\xff\xfe\xb0\xa1", signed(b"\xff\xfe\xb0\xa1")),
        (b"", signed(b"")),
        (b"not json", signed(b"not json")),
        (b"[]", signed(b"[]")),
        (b"null", signed(b"null")),
        (b"{}", signed(b"{}")),
        (b'{"id":1,"type":2,"data":{"object":3}}', signed(b'{"id":1,"type":2,"data":{"object":3}}')),
        (a_letter(amount_total="34000"), signed(a_letter(amount_total="34000"))),
        (a_letter(amount_total=340.5), signed(a_letter(amount_total=340.5))),
        (a_letter(currency=None), signed(a_letter(currency=None))),
        (b"[" * 100_000, signed(b"[" * 100_000)),
    ],
    ids=[
        "none", "empty", "nonsense", "no-values", "no-number", "forged", "unsigned", "not-ascii",
        "full-width-time", "endless-time", "two-times", "other-secret", "changed", "old", "future",
        "not-utf-8", "empty-body", "not-json", "a-list", "null", "an-empty-object", "wrong-types",
        "amount-as-text", "amount-with-a-fraction", "no-currency", "bottomless",
    ],
)  # fmt: skip
def test_anything_else_is_forged(gateway: StripeGateway, body: bytes, signature: str | None):
    with pytest.raises(ForgedEvent):
        gateway.event(body, signature, now=NOW)


def test_a_finished_page_without_the_money_is_not_captured(gateway: StripeGateway):
    body = a_letter(payment_status="unpaid")

    event = gateway.event(body, signed(body), now=NOW)

    assert event.kind == "other"
    assert event.reading
    assert event.reading.state is Found.unknown


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "evt_2", "type": "customer.created", "data": {"object": {}}}',
        a_letter(id="cs_test_setup", amount_total=None, currency=None),
    ],
    ids=["a customer", "a page that takes no payment"],
)
def test_what_is_not_about_a_payment_is_read_as_other(gateway: StripeGateway, body: bytes):
    event = gateway.event(body, signed(body), now=NOW)

    assert (event.kind, event.reading) == ("other", None)


def test_another_mode_or_currency_is_told_as_it_is(gateway: StripeGateway):
    body = a_letter(livemode=True, currency="usd")

    reading = gateway.event(body, signed(body), now=NOW).reading

    assert reading
    assert (reading.livemode, reading.currency) == (True, "usd")


def letter_about(what: str, **thing: object) -> bytes:
    known = {"amount": 5_000, "currency": "krw", "payment_intent": "pi_1", "livemode": False}
    event = {"id": "evt_9", "type": what, "livemode": False, "data": {"object": known | thing}}
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("what", "status", "kind"),
    [
        ("refund.created", "pending", "refund_pending"),
        ("refund.created", "requires_action", "refund_pending"),
        ("refund.created", "succeeded", "refunded"),
        ("refund.updated", "succeeded", "refunded"),
        ("charge.refund.updated", "succeeded", "refunded"),
        ("refund.updated", "canceled", "refund_failed"),
        ("refund.failed", "failed", "refund_failed"),
    ],
)
def test_a_refund_is_done_only_when_it_says_so(gateway: StripeGateway, what: str, status: str, kind: str):
    body = letter_about(what, object="refund", id="re_1", status=status, metadata={"key": "refund 7"})

    event = gateway.event(body, signed(body), now=NOW)

    assert (event.kind, event.thing, event.key) == (kind, "re_1", "refund 7")
    assert event.reading
    assert (event.reading.intent, event.reading.amount) == ("pi_1", 5_000)


@pytest.mark.parametrize(
    ("what", "kind", "outcome"),
    [
        ("charge.dispute.created", "disputed", ""),
        ("charge.dispute.updated", "disputed", ""),
        ("charge.dispute.funds_withdrawn", "funds_withdrawn", ""),
        ("charge.dispute.funds_reinstated", "funds_reinstated", ""),
        ("charge.dispute.closed", "dispute_closed", "lost"),
    ],
)
def test_a_dispute_is_read_with_its_deadline_and_its_end(
    gateway: StripeGateway, what: str, kind: str, outcome: str
):
    due = {"due_by": int(NOW.timestamp())}
    body = letter_about(what, object="dispute", id="dp_1", status="lost", evidence_details=due, charge="ch_1")

    event = gateway.event(body, signed(body), now=NOW)

    assert (event.kind, event.thing, event.outcome, event.until) == (kind, "dp_1", outcome, NOW)


def test_money_that_is_only_authorised_is_not_captured(gateway: StripeGateway):
    body = letter_about("payment_intent.amount_capturable_updated", object="payment_intent", id="pi_1")

    assert gateway.event(body, signed(body), now=NOW).kind == "authorised"


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 5.5}, {"amount": "5000"}, {"currency": None}, {"id": 7}, {"status": ["succeeded"]}],
    ids=str,
)
def test_a_refund_in_a_shape_we_do_not_know_is_forged(gateway: StripeGateway, wrong: dict):
    known = {"object": "refund", "id": "re_1", "status": "succeeded", "metadata": {}}
    body = letter_about("refund.updated", **known | wrong)

    with pytest.raises(ForgedEvent):
        gateway.event(body, signed(body), now=NOW)
