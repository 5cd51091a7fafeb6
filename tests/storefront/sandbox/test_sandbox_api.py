"""The practice Stripe refuses what Stripe refuses, answers a key once, and moves no money twice."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.sandbox_process import ORDER, Sandbox, paid


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "sk_test_sandbox"),
        ({"authorization": "Bearer sk_live_1"}, "sk_test_sandbox"),
        ({"authorization": "Bearer sk_test_of_stripe"}, "sk_test_sandbox"),
        ({"authorization": "Basic !"}, "sk_test_sandbox"),
    ],
)
def test_without_a_sandbox_key_nothing_is_answered(sandbox: Sandbox, headers: dict[str, str], says: str):
    answer = httpx.get(f"{sandbox.origin}/v1/events", headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
    assert says in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_method_types[0]": "card"}, "payment_method_types[0]"),
        ({"surprise": "1"}, "surprise"),
        ({"line_items[0][surprise]": "1"}, "line_items[0][surprise]"),
        ({"line_items[x][quantity]": "1"}, "line_items[x][quantity]"),
        ({"line_items": "1"}, "line_items"),
        ({"mode[deep]": "1"}, "mode[deep]"),
        ({"mode": "subscription"}, "mode"),
        ({"line_items[0][price_data][currency]": "usd"}, "line_items[0][price_data][currency]"),
        ({"line_items[0][price_data][unit_amount]": "1.5"}, "line_items[0][price_data][unit_amount]"),
        ({"line_items[0][quantity]": "-1"}, "line_items[0][quantity]"),
        ({"line_items[0][price_data][unit_amount]": "699"}, "line_items"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"success_url": "https://"}, "success_url"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"expires_at": "1"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"metadata[" + "a" * 41 + "]": "1"}, "metadata[" + "a" * 41 + "]"),
        ({"adaptive_pricing[enabled]": "maybe"}, "adaptive_pricing[enabled]"),
    ],
    ids=str,
)
def test_what_stripe_would_not_take_is_refused_by_name(api: httpx.Client, changes: dict, param: str):
    answer = api.post("/checkout/sessions", data=ORDER | changes)

    assert answer.status_code == 400
    assert (answer.json()["error"]["type"], answer.json()["error"]["param"]) == (
        "invalid_request_error",
        param,
    )


@pytest.mark.parametrize("left_out", ["mode", "success_url", "line_items[0][price_data][unit_amount]"])
def test_what_must_be_there_is_asked_for(api: httpx.Client, left_out: str):
    answer = api.post("/checkout/sessions", data={k: v for k, v in ORDER.items() if k != left_out})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_missing")


@pytest.mark.parametrize(
    "body", [b"\xff=1", b"mode=\xb0\xa1", b"a%00=1", b"[]=1", b"=", b"a[=1", b"&".join([b"a=1"] * 600)]
)
def test_no_body_breaks_it(api: httpx.Client, body: bytes):
    answer = api.post(
        "/checkout/sessions", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code == 400


def test_a_body_too_big_is_refused(api: httpx.Client):
    assert api.post("/checkout/sessions", content=b"a=" + b"b" * 70_000).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/checkout/sessions/cs_test_no",
        "/refunds/re_no",
        "/payment_intents/pi_no",
        "/events/evt_no",
        "/customers",
        "/refunds/%00",
        "/events/%FF",
    ],
)
def test_what_is_not_there_is_not_found(api: httpx.Client, path: str):
    answer = api.get(path)

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")


def test_the_same_key_replays_the_answer(api: httpx.Client):
    key = {"idempotency-key": "replay-1"}

    first = api.post("/checkout/sessions", data=ORDER, headers=key)
    again = api.post("/checkout/sessions", data=dict(reversed(ORDER.items())), headers=key)

    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_the_same_key_for_something_else_is_an_idempotency_error(api: httpx.Client, buyer: httpx.Client):
    key = {"idempotency-key": "mismatch-1"}
    api.post("/checkout/sessions", data=ORDER, headers=key)

    answers = [
        api.post("/checkout/sessions", data=ORDER | {"client_reference_id": "another"}, headers=key),
        api.post("/refunds", data={"payment_intent": "pi_1"}, headers=key),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert {answer.json()["error"]["type"] for answer in answers} == {"idempotency_error"}


def test_a_refused_form_does_not_use_up_its_key(api: httpx.Client):
    key = {"idempotency-key": "mended-1"}
    assert api.post("/checkout/sessions", data=ORDER | {"mode": "setup"}, headers=key).status_code == 400

    assert api.post("/checkout/sessions", data=ORDER, headers=key).status_code == 200


def test_one_key_from_many_hands_at_once_opens_one_page(api: httpx.Client):
    with ThreadPoolExecutor(8) as hands:
        answers = list(
            hands.map(
                lambda _: api.post("/checkout/sessions", data=ORDER, headers={"idempotency-key": "hands-1"}),
                range(8),
            )
        )

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers].count("true") == 7


def test_refunds_at_once_never_give_back_more_than_came(api: httpx.Client, buyer: httpx.Client):
    intent = paid(api, buyer)["payment_intent"]

    with ThreadPoolExecutor(6) as hands:
        answers = list(
            hands.map(
                lambda _: api.post("/refunds", data={"payment_intent": intent, "amount": "12000"}), range(6)
            )
        )

    assert sorted(answer.status_code for answer in answers) == [200, 200, 400, 400, 400, 400]
    made = api.get("/refunds", params={"payment_intent": intent, "limit": 100}).json()["data"]
    assert sum(refund["amount"] for refund in made) == 24_000


def test_without_an_amount_all_that_is_left_goes_back(api: httpx.Client, buyer: httpx.Client):
    intent = paid(api, buyer)["payment_intent"]
    api.post("/refunds", data={"payment_intent": intent, "amount": "4000"})

    rest = api.post("/refunds", data={"payment_intent": intent})
    more = api.post("/refunds", data={"payment_intent": intent})

    assert rest.json()["amount"] == 30_000
    assert (more.status_code, more.json()["error"]["code"]) == (400, "charge_already_refunded")
    assert api.get(f"/refunds/{rest.json()['id']}").json() == rest.json()


def test_lists_go_on_where_they_stopped(api: httpx.Client, buyer: httpx.Client):
    intent = paid(api, buyer)["payment_intent"]
    made = [
        api.post("/refunds", data={"payment_intent": intent, "amount": "100"}).json()["id"] for _ in range(3)
    ]

    first = api.get("/refunds", params={"payment_intent": intent, "limit": 2}).json()
    rest = api.get(
        "/refunds", params={"payment_intent": intent, "limit": 2, "starting_after": first["data"][-1]["id"]}
    ).json()

    assert [refund["id"] for refund in first["data"] + rest["data"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
