"""What the practice Stripe answers and accepts, held against what Stripe publishes."""

import json
import re
import sys
import typing
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from stripe import params
from stripe._error_object import ErrorObject
from stripe.params.checkout import SessionCreateParams, SessionExpireParams, SessionRetrieveParams

from storefront.sandbox import parameters
from tests.sandbox_process import (
    DECLINED,
    Sandbox,
    opened,
    paid,
    reread,
)

FIXTURES = Path(__file__).parents[4] / "shared" / "contracts" / "stripe-fixtures3.json"


def published(name: str) -> dict[str, Any]:
    if not FIXTURES.exists():
        pytest.skip(f"the published shapes are not on this machine: {FIXTURES}")
    return json.loads(FIXTURES.read_text("utf-8"))["resources"][name]


def differences(ours: dict[str, Any], theirs: dict[str, Any], kind: type) -> list[str]:
    """Where an answer of ours leaves the published shape. Null is fine where the library says it may be."""
    hints = {name: str(hint) for name, hint in kind.__annotations__.items() if name != "OBJECT_NAME"}
    must = {name for name, hint in hints.items() if "None" not in hint and "Optional" not in hint}
    found = [f"{name}: not published" for name in ours.keys() - theirs.keys()]
    found += [f"{name}: always there at Stripe" for name in must - ours.keys()]
    for name in ours.keys() & theirs.keys():
        mine, published_value = ours[name], theirs[name]
        if mine is None:
            found += [f"{name}: never null at Stripe"] if name in must else []
        elif published_value is not None and type(mine) is not type(published_value):
            found.append(f"{name}: {type(mine).__name__}, published as {type(published_value).__name__}")
        elif (
            isinstance(mine, dict)
            and isinstance(published_value, dict)
            and published_value
            and name != "metadata"
        ):
            found += [f"{name}.{inner}: not published" for inner in mine.keys() - published_value.keys()]
    return found


def test_sessions_in_every_state_have_the_published_shape(api: httpx.Client, buyer: httpx.Client):
    closed = opened(api)
    api.post(f"/checkout/sessions/{closed['id']}/expire")
    sessions = [opened(api, customer_email="min@example.kr"), paid(api, buyer), reread(api, closed)]

    theirs = published("checkout.session")

    assert [differences(session, theirs, stripe.checkout.Session) for session in sessions] == [[], [], []]
    assert all(session.keys() == theirs.keys() for session in sessions)


def test_refunds_and_intents_have_the_published_shape(api: httpx.Client, buyer: httpx.Client):
    session, declined = paid(api, buyer), opened(api)
    buyer.post(declined["url"], data={"card": DECLINED})
    refund = api.post("/refunds", data={"payment_intent": session["payment_intent"]}).json()
    intents = [
        api.get(f"/payment_intents/{reread(api, some)['payment_intent']}").json()
        for some in (session, declined)
    ]

    assert differences(refund, published("refund"), stripe.Refund) == []
    assert refund.keys() == published("refund").keys()
    theirs = published("payment_intent")
    theirs["last_payment_error"] |= dict.fromkeys(ErrorObject.__annotations__)
    assert [differences(intent, theirs, stripe.PaymentIntent) for intent in intents] == [[], []]
    assert all(intent.keys() == theirs.keys() for intent in intents)


def test_lines_of_the_account_have_the_published_shape(api: httpx.Client, buyer: httpx.Client):
    intent = paid(api, buyer)["payment_intent"]
    api.post("/refunds", data={"payment_intent": intent, "amount": "4000"})

    whole = api.get("/balance_transactions", params={"limit": 2, "expand[0]": "data.source"}).json()["data"]
    named = api.get("/balance_transactions", params={"limit": 2}).json()["data"]

    assert [(line["type"], line["amount"], line["fee"]) for line in whole] == [
        ("refund", -4000, 0),
        ("charge", 34000, 1156),
    ]
    assert [line["source"]["id"] for line in whole] == [line["source"] for line in named]
    for line in named:
        assert differences(line, published("balance_transaction"), stripe.BalanceTransaction) == []
    for line, (name, kind) in zip(whole, (("refund", stripe.Refund), ("charge", stripe.Charge)), strict=True):
        assert differences(line["source"], published(name), kind) == []


def test_events_have_the_published_shape(sandbox: Sandbox, api: httpx.Client, buyer: httpx.Client):
    session = paid(api, buyer)
    api.post("/refunds", data={"payment_intent": session["payment_intent"]})

    body, _ = sandbox.inbox.wait_for_kind("charge.refunded", session["payment_intent"])
    event = json.loads(body)

    assert differences(event, published("event") | {"data": {"object": {}}}, stripe.Event) == []
    assert event.keys() == published("event").keys()
    assert differences(event["data"]["object"], published("charge"), stripe.Charge) == []
    assert event["type"] in typing.get_args(stripe.Event.__annotations__["type"])
    kinds = {event["type"] for event in api.get("/events", params={"limit": 100}).json()["data"]}
    assert kinds <= set(typing.get_args(stripe.Event.__annotations__["type"]))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"surprise": 1}, "surprise: not published"),
        ({"amount": "34000"}, "amount: str, published as int"),
        ({"amount": None}, "amount: never null at Stripe"),
        ({"destination_details": {"surprise": {}}}, "destination_details.surprise: not published"),
    ],
)
def test_the_comparison_itself_finds_what_differs(
    api: httpx.Client, buyer: httpx.Client, change: dict, found: str
):
    refund = api.post("/refunds", data={"payment_intent": paid(api, buyer)["payment_intent"]}).json()

    assert differences(refund | change, published("refund"), stripe.Refund) == [found]
    assert "id: always there at Stripe" in differences({}, published("refund"), stripe.Refund)


def test_errors_have_the_published_shape(api: httpx.Client):
    errors = [
        api.post("/checkout/sessions", data={"x": "1"}).json(),
        api.get("/refunds/re_no").json(),
        api.post("/refunds", data={}).json(),
    ]

    for error in errors:
        assert error.keys() == {"error"}
        assert error["error"].keys() <= ErrorObject.__annotations__.keys()
        assert all(isinstance(value, str) for value in error["error"].values())


def unpublished(accepted: Any, published_as: type, path: str = "") -> list[str]:
    """The parameters that we accept and the library's types for that call do not name."""
    found = []
    for name, rule in accepted.items():
        hint = published_as.__annotations__.get(name)
        if hint is None:
            found.append(f"{path}{name}")
            continue
        inner = rule[0] if isinstance(rule, list) else rule
        if isinstance(inner, dict):
            found += unpublished(inner, named_in(hint, published_as), f"{path}{name}.")
        assert isinstance(rule, list) == ("List[" in str(hint)), name
    return found


def named_in(hint: Any, near: type) -> type:
    """The class that a hint like NotRequired["List[SessionCreateParamsLineItem]"] speaks of."""
    module = vars(sys.modules[near.__module__])
    return next(
        module[word]
        for word in re.findall(r"\w+", str(hint))
        if word.startswith(("Session", "Balance")) and word in module
    )


@pytest.mark.parametrize(
    ("accepted", "published_as"),
    [
        (parameters.SESSION_CREATE, SessionCreateParams),
        (parameters.NOTHING, SessionRetrieveParams),
        (parameters.NOTHING, SessionExpireParams),
        (parameters.REFUND_CREATE, params.RefundCreateParams),
        (parameters.REFUND_LIST, params.RefundListParams),
        (parameters.EVENT_LIST, params.EventListParams),
        (parameters.BALANCE_LIST, params.BalanceTransactionListParams),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_parameter_it_accepts_is_one_of_stripes(accepted: dict, published_as: type):
    assert unpublished(accepted, published_as) == []
