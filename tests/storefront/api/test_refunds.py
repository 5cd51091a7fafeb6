"""Calling off by machine: the quoted won are the refunded won, under the order's own token only."""

import httpx
import pytest

from market.capture import capture
from market.payments import Payment
from market.refunds import Refund
from tests.builders import NOW, a_program, goods, shelf_of
from tests.storefront.api.contract import PREFIX, Api, a_wish, an_api, held_to_document
from villages.programs import Participant
from villages.refund_ladders import PRESETS, ladder_as_data

ACCOUNT = {"bank": "농협", "number": "3521234567813", "holder": "김민지"}


@pytest.fixture
def api(site) -> Api:
    return an_api(site)


async def ordered(api: Api, *lines: dict) -> tuple[str, dict[str, str]]:
    """An order's address and its token's header."""
    placed = (await api.order(a_wish(*lines))).json()
    return f"{PREFIX}/orders/{placed['number']}", {"Authorization": f"Bearer {placed['token']}"}


async def paid(api: Api, *lines: dict) -> tuple[str, dict[str, str]]:
    order = await ordered(api, *lines)
    await capture((await Payment.get()).id, by="officer", now=NOW)
    return order


async def post(api: Api, path: str, body: object, headers: dict[str, str]) -> httpx.Response:
    return held_to_document(await api.client.post(path, json=body, headers=headers))


async def test_quoted_is_refunded_and_the_order_says_so(api):
    apples = await goods(price=30_000)
    path, token = await paid(api, {"variant": apples.id, "quantity": 2})

    quote = (await post(api, f"{path}/refund-quotes", {}, token)).json()
    done = await post(api, f"{path}/cancellation", {"quote": quote["id"], "account": ACCOUNT}, token)
    again = await post(api, f"{path}/cancellation", {"quote": quote["id"]}, token)

    assert quote["amount"] == 60_000
    assert (done.json()["state"], done.json()["refunded"]) == ("refunded", 60_000)
    assert again.json()["refunds"] == done.json()["refunds"]
    assert (await Refund.get()).amount == 60_000
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_lines_are_named_by_their_ids_and_the_ladder_speaks_in_percent(api):
    session = await a_program(
        refund_ladder=ladder_as_data(PRESETS["stay"]), prices={Participant.adult: 10_000}
    )
    path, token = await paid(api, {"session": session.id, "participants": {"adult": 3}})
    line = (await api.client.get(path, headers=token)).json()["parts"][0]["lines"][0]

    quote = (
        await post(api, f"{path}/refund-quotes", {"lines": [{"line": line["id"], "quantity": 1}]}, token)
    ).json()

    assert (line["quantity"], line["cancelled"]) == (3, 0)
    assert quote["parts"][0]["lines"][0]["amount"] == 10_000 * quote["parts"][0]["lines"][0]["percent"] // 100


async def test_an_unpaid_order_needs_no_quote_and_a_paid_one_does(api):
    apples = await goods()
    path, token = await ordered(api, {"variant": apples.id, "quantity": 1})
    called_off = await post(api, f"{path}/cancellation", {}, token)
    assert called_off.json()["state"] == "cancelled"

    other = (await api.order(a_wish({"variant": apples.id, "quantity": 1}), key="key-2")).json()
    await capture((await Payment.get(state="open")).id, by="officer", now=NOW)
    refused = await post(
        api,
        f"{PREFIX}/orders/{other['number']}/cancellation",
        {},
        {"Authorization": f"Bearer {other['token']}"},
    )

    assert refused.status_code == 422
    assert "quote" in refused.json()["fields"]


async def test_without_the_token_nothing_is_quoted_or_called_off(api):
    path, token = await paid(api, {"variant": (await goods()).id, "quantity": 1})
    quote = (await post(api, f"{path}/refund-quotes", {}, token)).json()

    for act, body in (("refund-quotes", {}), ("cancellation", {"quote": quote["id"]})):
        assert (await post(api, f"{path}/{act}", body, {})).status_code == 401
        assert (await post(api, f"{path}/{act}", body, {"Authorization": "Bearer x"})).status_code == 404
    assert not await Refund.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"lines": []}, {"lines": [{"line": 1}]}, {"lines": [{"line": 1, "quantity": 0}]}, {"lines": "x"}, [],
        {"lines": [{"line": 1, "quantity": 1.5}]},
    ],
)  # fmt: skip
async def test_odd_wishes_are_refused_field_by_field(api, body):
    path, token = await paid(api, {"variant": (await goods()).id, "quantity": 1})

    assert (await post(api, f"{path}/refund-quotes", body, token)).status_code == 422


async def test_a_line_of_nobody_and_an_unknown_quote_are_not_found(api):
    path, token = await paid(api, {"variant": (await goods()).id, "quantity": 1})

    line = await post(api, f"{path}/refund-quotes", {"lines": [{"line": 2**62, "quantity": 1}]}, token)
    quote = await post(api, f"{path}/cancellation", {"quote": "0" * 32}, token)

    assert line.status_code == quote.status_code == 404
