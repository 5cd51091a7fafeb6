"""Orders of partner programs: one per key, refused in words, read with their token."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tortoise.backends.base.config_generator import expand_db_url

from market.deposits import confirm_deposit
from market.expiry import expire_unpaid_orders
from market.fulfilment import send_parcel
from market.gateway import GatewayTrouble, Opened
from market.orders import Order, Part
from market.payments import Payment
from storefront.db import CONNECT_BY, WEB_SETTINGS, open_database
from tests.builders import a_program, a_village, goods, shelf_of
from tests.fakes import FakeGateway
from tests.site import Site, a_site
from tests.storefront.api.contract import ADDRESS, BUYER, a_wish, an_api
from villages.listings import Publication
from villages.programs import Participant, Session

JSON = {"Content-Type": "application/json"}


async def test_an_order_is_placed_and_says_where_to_pay(api):
    apples = await goods("사과", left=10, price=10000)

    answer = await api.order(a_wish({"variant": apples.id, "quantity": 2}, expected_total=24000))
    order = answer.json()

    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/orders/{order['number']}"
    assert (order["state"], order["total"]) == ("awaiting_payment", 24000)
    assert order["payment"]["account"] == {
        "bank": "농협", "number": "000-0000-0000-00", "holder": "정읍 마을장터",
    }  # fmt: skip
    assert order["payment"]["deadline"] == order["hold_ends_at"]
    assert order["parts"][0]["postage"] == 4000
    assert await shelf_of(apples) == (10, 2, 0, 0)


async def test_an_order_has_a_part_for_each_village_and_a_booking_for_each_session(api):
    apples = await goods("사과", price=10000)
    session = await a_program(
        prices={Participant.adult: 9000, Participant.child: 7000},
        starts_at=datetime.now(UTC) + timedelta(days=7),
    )

    order = (
        await api.order(
            a_wish(
                {"variant": apples.id, "quantity": 1},
                {"session": session.id, "participants": {"adult": 2, "child": 1, "teen": 0}},
            )
        )
    ).json()

    assert [(part["goods"], part["programs"]) for part in order["parts"]] == [(10000, 0), (0, 25000)]
    [booking] = order["parts"][1]["bookings"]
    assert (booking["session"], booking["seats"], booking["state"]) == (session.id, 3, "held")
    assert (await Session.get(id=session.id)).held == 3


async def test_lines_of_one_variant_and_of_one_session_are_summed(api):
    apples = await goods(left=10)
    session = await a_program(starts_at=datetime.now(UTC) + timedelta(days=7))

    answer = await api.order(
        a_wish(
            {"variant": apples.id, "quantity": 2},
            {"variant": apples.id, "quantity": 3},
            {"session": session.id, "participants": {"adult": 1}},
            {"session": session.id, "participants": {"adult": 1, "child": 1}},
        )
    )

    assert answer.status_code == 201
    assert (await shelf_of(apples))[1] == 5
    assert (await Session.get(id=session.id)).held == 3


async def test_a_booking_needs_no_address_and_keeps_none(api):
    session = await a_program(starts_at=datetime.now(UTC) + timedelta(days=7))
    seats = {"session": session.id, "participants": {"adult": 1}}

    without = await api.order(a_wish(seats, address=None))
    given = await api.order(a_wish(seats), key="key-2")

    assert without.status_code == given.status_code == 201
    assert await Order.exclude(road="").count() == 0


async def test_the_same_key_and_body_answer_the_same_order(api):
    apples = await goods(left=10)
    wish = a_wish({"variant": apples.id, "quantity": 1})

    first, again = await api.order(wish), await api.order(wish)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert (await shelf_of(apples))[1] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"payment": "card"},
        {"expected_total": 1},
        {"buyer": {"name": "박서준", "phone": "010-9999-5678"}},
        {"address": ADDRESS | {"detail": "2층"}},
        {"lines": 2},
    ],
)
async def test_another_body_under_the_same_key_is_refused(api, change):
    apples = await goods(left=10)
    if "lines" in change:
        change = {"lines": [{"variant": apples.id, "quantity": 2}]}
    await api.order(a_wish({"variant": apples.id, "quantity": 1}))

    answer = await api.order(a_wish({"variant": apples.id, "quantity": 1}) | change)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/key-reused")
    assert (await shelf_of(apples))[1] == 1


async def test_long_keys_are_told_apart_to_their_last_sign(api):
    apples = await goods(left=10)
    wish = a_wish({"variant": apples.id, "quantity": 1})

    numbers = {(await api.order(wish, key="k" * 79 + last)).json()["number"] for last in "aba"}

    assert len(numbers) == 2


async def test_twenty_requests_with_one_key_at_once_are_one_order(crowded: Site):
    api, apples = an_api(crowded), await goods(left=50)
    wish = a_wish({"variant": apples.id, "quantity": 1}, payment="card")

    answers = await asyncio.gather(*(api.order(wish) for _ in range(20)))

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert len({answer.json()["payment"]["url"] for answer in answers}) == 1
    assert await Order.all().count() == await Payment.all().count() == 1
    assert await shelf_of(apples) == (50, 1, 0, 0)


async def test_twenty_keys_for_the_last_five_sell_five(crowded: Site):
    api, apples = an_api(crowded), await goods(left=5)
    wish = a_wish({"variant": apples.id, "quantity": 1})

    answers = await asyncio.gather(*(api.order(wish, key=f"key-{number}") for number in range(20)))

    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 15}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
        "/problems/out-of-stock"
    }


async def test_a_card_order_leads_to_the_page_of_the_provider(api, site):
    apples = await goods(price=10000)

    order = (await api.order(a_wish({"variant": apples.id, "quantity": 1}, payment="card"))).json()

    assert order["payment"]["state"] == "open"
    assert order["payment"]["url"].startswith("http://127.0.0.1/pay/")
    assert site.gateway.opened == [(order["number"], 14000)]


async def test_a_card_order_stands_while_the_provider_is_in_trouble(tmp_path, db):
    site, away, apples = await a_site(tmp_path), Away(), await goods()
    wish = a_wish({"variant": apples.id, "quantity": 1}, payment="card")

    broken = await an_api(Site(replace(site.services, gateway=away))).order(wish)
    mended = await an_api(site).order(wish)

    assert broken.status_code == mended.status_code == 201
    assert (broken.json()["payment"]["state"], broken.json()["payment"]["url"]) == ("unknown", None)
    assert (mended.json()["payment"]["state"], mended.json()["number"]) == ("open", broken.json()["number"])
    assert site.gateway.opened[0][0] == broken.json()["number"]
    assert len(away.keys) == 1


async def test_a_paid_order_is_answered_again_without_a_new_page(api, site):
    apples = await goods()
    wish = a_wish({"variant": apples.id, "quantity": 1})
    order = (await api.order(wish)).json()
    await confirm_deposit(order["number"], amount=order["total"], by="officer", now=datetime.now(UTC))

    again = (await api.order(wish)).json()

    assert (again["number"], again["state"], again["hold_ends_at"]) == (order["number"], "paid", None)
    assert again["payment"]["state"] == "captured"


async def test_what_is_sold_out_full_closed_or_dearer_is_a_conflict(api):
    soon = datetime.now(UTC) + timedelta(days=3)
    apples, withdrawn = await goods(left=1), await goods()
    await Publication.filter(listing_id=withdrawn.listing_id).delete()
    small, closed = (
        await a_program(seats=1, starts_at=soon),
        await a_program(starts_at=datetime.now(UTC) + timedelta(hours=1)),
    )
    wishes = {
        "out-of-stock": a_wish({"variant": apples.id, "quantity": 2}),
        "session-full": a_wish({"session": small.id, "participants": {"adult": 2}}),
        "price-changed": a_wish({"variant": apples.id, "quantity": 1}, expected_total=1),
        "sales-closed": a_wish({"session": closed.id, "participants": {"adult": 1}}),
    }
    answers = {code: await api.order(wish, key=code) for code, wish in wishes.items()}
    answers["withdrawn"] = await api.order(a_wish({"variant": withdrawn.id, "quantity": 1}), key="w")

    assert {answer.status_code for answer in answers.values()} == {409}
    for code in wishes:
        assert answers[code].json()["type"] == f"/problems/{code}"
    assert answers["withdrawn"].json()["type"] == "/problems/sales-closed"
    assert not await Order.exists()
    assert await shelf_of(apples) == (1, 0, 0, 0)


async def test_after_price_changed_the_same_key_may_come_again(api):
    apples = await goods(price=10000)

    refused = await api.order(a_wish({"variant": apples.id, "quantity": 1}, expected_total=1))
    placed = await api.order(a_wish({"variant": apples.id, "quantity": 1}, expected_total=14000))

    assert (refused.status_code, placed.status_code) == (409, 201)
    assert "14,000원" in refused.json()["detail"]


async def test_what_was_never_on_offer_is_named_by_its_place(api):
    apples = await goods()
    session = await a_program(starts_at=datetime.now(UTC) + timedelta(days=7))

    answer = await api.order(
        a_wish(
            {"variant": apples.id, "quantity": 1},
            {"variant": 9_000_000_000_000_000_000, "quantity": 1},
            {"session": 2**63 - 1, "participants": {"adult": 1}},
            {"session": session.id, "participants": {"adult": 1, "room": 1}},
        )
    )

    assert answer.status_code == 422
    assert sorted(answer.json()["fields"]) == [
        "lines.1.variant", "lines.2.session", "lines.3.participants.room",
    ]  # fmt: skip
    assert not await Order.exists()


LINE = {"variant": 1, "quantity": 1}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "buyer"),
        (a_wish(), "lines"),
        (a_wish(*[LINE] * 51), "lines"),
        (a_wish(*[LINE | {"quantity": 500}] * 2), "lines"),
        (a_wish(*[{"session": 1, "participants": {"adult": 60}}] * 2), "lines"),
        (a_wish(LINE, price=1), "price"),
        (a_wish(LINE, total=None), "total"),
        (a_wish(LINE | {"unit_price": 1}), "lines.0.unit_price"),
        (a_wish(LINE | {"session": 1}), "lines.0.session"),
        (a_wish(LINE | {"quantity": 0}), "lines.0.quantity"),
        (a_wish(LINE | {"quantity": -1}), "lines.0.quantity"),
        (a_wish(LINE | {"quantity": 1000}), "lines.0.quantity"),
        (a_wish(LINE | {"quantity": "1"}), "lines.0.quantity"),
        (a_wish(LINE | {"quantity": 1.0}), "lines.0.quantity"),
        (a_wish(LINE | {"quantity": True}), "lines.0.quantity"),
        (a_wish(LINE | {"variant": 2**63}), "lines.0.variant"),
        (a_wish(LINE | {"variant": 0}), "lines.0.variant"),
        (a_wish({"variant": 1}), "lines.0.quantity"),
        (a_wish({"session": 1, "participants": {"elephant": 1}}), "lines.0.participants.elephant"),
        (a_wish({"session": 1, "participants": {"adult": 0}}), "lines.0.participants"),
        (a_wish({"session": 1, "participants": {}}), "lines.0.participants"),
        (a_wish(LINE, lines=["사과"]), "lines.0"),
        (a_wish(LINE, lines={"0": LINE}), "lines"),
        (a_wish(LINE, payment="cash"), "payment"),
        (a_wish(LINE, expected_total=-1), "expected_total"),
        (a_wish(LINE, expected_total="14000"), "expected_total"),
        (a_wish(LINE, address=None), "address"),
        (a_wish(LINE, address=ADDRESS | {"postcode": "123"}), "address.postcode"),
        (a_wish(LINE, address=ADDRESS | {"road": ""}), "address.road"),
        (a_wish(LINE, address=ADDRESS | {"detail": "가" * 81}), "address.detail"),
        (a_wish(LINE, address=ADDRESS | {"message": "가" * 61}), "address.message"),
        (a_wish(LINE, buyer=BUYER | {"name": "\u200b"}), "buyer.name"),
        (a_wish(LINE, buyer=BUYER | {"name": "가" * 41}), "buyer.name"),
        (a_wish(LINE, buyer=BUYER | {"phone": "12"}), "buyer.phone"),
        (a_wish(LINE, buyer=BUYER | {"phone": 1012345678}), "buyer.phone"),
        (a_wish(LINE, buyer=BUYER | {"email": "민지"}), "buyer.email"),
        (a_wish(LINE, buyer=BUYER | {"email": "a" * 60 + "@" + "b" * 60 + ".example.kr"}), "buyer.email"),
        (a_wish(LINE, buyer=BUYER | {"role": "admin"}), "buyer.role"),
        (a_wish(LINE, buyer=[]), "buyer"),
        (a_wish(LINE, consents={"third_party": False}), "consents"),
        (a_wish(LINE, consents=["third_party"]), "consents"),
        ([], "body"),
        ("주문", "body"),
        (None, "body"),
    ],
)
async def test_a_field_that_is_wrong_is_named_with_a_sentence(api, wish, field):
    answer = await api.order(content=json.dumps(wish).encode(), headers=JSON)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/bad-form")
    assert field in problem["fields"]
    assert all(
        "가" <= sentence[0] <= "힣" or sentence[0].isdigit() for sentence in problem["fields"].values()
    )
    assert not await Order.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nothing", b"\xff\xfe", b"\xef\xbb\xbf{}", "{}".encode("utf-16"),
        b"[" * 50_000, b'{"a":' * 16_000, b"[" * 50_000 + b"]" * 49_999,
        b'{"expected_total": NaN}', b'{"expected_total": -Infinity}', b'{"payment": "card", "payment": "card"}',
        b'{"expected_total": ' + b"9" * 5000 + b"}",
        b'{"payment": "\\ud800"}', b'{"\\udfff": 1}', b'{"lines": [{"variant": 1, "variant": 2}]}',
    ],
)  # fmt: skip
async def test_bytes_that_are_no_json_of_ours_are_400(api, body):
    answer = await api.order(content=body, headers=JSON)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-json")


async def test_numbers_beyond_every_float_are_refused(api):
    answer = await api.order(content=b'{"expected_total": 1e999}', headers=JSON)

    assert answer.status_code == 422


async def test_signs_that_cannot_be_stored_are_dropped_or_refused(api):
    apples = await goods()
    wish = a_wish({"variant": apples.id, "quantity": 1}, buyer=BUYER | {"name": "김\x00민\u202e지"})

    assert (await api.order(wish)).status_code == 201
    assert (await Order.get()).buyer_name == "김민지"


@pytest.mark.parametrize("size", [100_001, 900_000, 2_000_000])
async def test_a_body_that_is_too_large_is_413(api, size):
    answer = await api.order(content=b" " * size, headers=JSON)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "multipart/form-data"],
)
async def test_a_body_that_is_not_json_is_415(api, kind):
    answer = await api.order(content=b"{}", headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/not-json")


@pytest.mark.parametrize("key", [None, "", " ", "k" * 81, "열쇠".encode(), "tab\there", "a\x7f"])
async def test_without_a_key_nothing_is_ordered(api, key):
    apples = await goods()

    answer = await api.order(a_wish({"variant": apples.id, "quantity": 1}), key=key)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key")
    assert not await Order.exists()


async def test_the_token_opens_the_order_and_tells_where_the_parcel_is(api):
    apples = await goods()
    placed = (await api.order(a_wish({"variant": apples.id, "quantity": 1}))).json()
    await confirm_deposit(placed["number"], amount=placed["total"], by="officer", now=datetime.now(UTC))
    part = await Part.get()
    await send_parcel(
        part.id, courier="cj", tracking="612345678901", village_ids=[part.village_id], by="operator", now=datetime.now(UTC)
    )  # fmt: skip

    answer = await api.get(f"/orders/{placed['number']}", headers=bearer(placed["token"]))
    order = answer.json()

    assert (order["state"], order["payment"]["state"]) == ("shipped", "captured")
    assert order["parts"][0]["courier"] == "CJ대한통운"
    assert order["parts"][0]["tracking_url"].endswith("612345678901")
    assert answer.headers["cache-control"] == "no-store"
    assert "token" not in order
    assert ADDRESS["road"] not in answer.text


async def test_an_order_past_its_time_says_so(api, site):
    apples = await goods(left=3)
    placed = (await api.order(a_wish({"variant": apples.id, "quantity": 1}, payment="card"))).json()
    await expire_unpaid_orders(datetime.now(UTC) + timedelta(hours=1), site.gateway)

    order = (await api.get(f"/orders/{placed['number']}", headers=bearer(placed["token"]))).json()

    assert (order["state"], order["payment"]["state"], order["payment"]["url"]) == (
        "expired",
        "expired",
        None,
    )
    assert await shelf_of(apples) == (3, 0, 0, 0)


async def test_without_the_right_token_there_is_no_order(api):
    apples = await goods()
    mine = (await api.order(a_wish({"variant": apples.id, "quantity": 1}))).json()
    other = (await api.order(a_wish({"variant": apples.id, "quantity": 1}), key="key-2")).json()
    for number, token in (
        (mine["number"], other["token"]),
        (mine["number"], mine["token"].upper()),
        (mine["number"], "é" * 32),
        ("000000-000000", mine["token"]),
        ("x%00y", mine["token"]),
        ("2" * 3000, mine["token"]),
    ):
        answer = await api.get(f"/orders/{number}", headers=bearer(token))
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}])
async def test_without_a_token_one_is_asked_for(api, header):
    answer = await api.get("/orders/261121-000001", headers=header)

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-missing")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_an_order_is_read_in_as_many_queries_whatever_it_holds(api, queries):
    village = await a_village()
    many = [await goods(f"사과 {number}", village=village, left=5) for number in range(6)]
    placed = (await api.order(a_wish(*({"variant": one.id, "quantity": 1} for one in many)))).json()
    queries.clear()

    await api.get(f"/orders/{placed['number']}", headers=bearer(placed["token"]))

    assert len(queries) == 4, queries


async def test_orders_are_limited_by_address_and_reads_cost_no_write(tmp_path, db, queries):
    site = await a_site(tmp_path, RATE_LIMITS="on")
    api = an_api(site)
    for number in range(30):
        assert (await api.order(a_wish(LINE), key=f"key-{number}")).status_code == 422

    refused = await api.order(a_wish(LINE))
    queries.clear()
    read = await api.get("/villages")

    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many")
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert read.status_code == 200
    assert all(query.lstrip().upper().startswith("SELECT") for query in queries)


async def test_reads_are_limited_by_address(tmp_path, db):
    api = an_api(await a_site(tmp_path, RATE_LIMITS="on"))

    answers = [await api.get("/orders/261121-000001") for _ in range(301)]

    assert {answer.status_code for answer in answers[:300]} == {401}
    assert answers[300].status_code == 429
    assert 0 < int(answers[300].headers["retry-after"]) <= 60


async def test_nobody_else_may_read_the_answers_in_a_browser(api):
    """No CORS: programs call us from a server."""
    answer = await api.get("/goods", headers={"Origin": "https://elsewhere.example"})

    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/goods", 405), ("POST", "/goods", 405), ("GET", "/orders", 405), ("GET", "/nothing", 404)],
)
async def test_other_addresses_and_methods_answer_in_the_same_shape(api, method, path, status):
    answer = await api.client.request(method, f"/api/v1{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("/problems/")
    assert answer.json()["status"] == status
    assert ("allow" in answer.headers) == (status == 405)


async def test_a_shelf_that_stays_locked_is_503_and_leaves_nothing(database_url, tmp_path):
    async with open_database(database_url, timeouts=WEB_SETTINGS):
        api, apples = an_api(await a_site(tmp_path)), await goods()
        other = await asyncpg.connect(**connect_by(database_url))
        try:
            async with other.transaction():
                await other.execute("SELECT FROM shelves WHERE variant_id = $1 FOR UPDATE", apples.id)
                answer = await api.order(a_wish({"variant": apples.id, "quantity": 1}))
        finally:
            await other.close()

        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
        assert answer.headers["retry-after"]
        assert not await Order.exists()


def bearer(token: str) -> dict[str, bytes]:
    return {"Authorization": f"Bearer {token}".encode()}


class Away(FakeGateway):
    """A provider that does not answer; remembers the keys it was asked with."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    async def open(self, **wish: Any) -> Opened:
        self.keys.append(wish["key"])
        raise GatewayTrouble("no answer", retry=True)


def connect_by(url: str) -> dict[str, Any]:
    credentials = expand_db_url(url)["credentials"]
    return {name: credentials[name] for name in CONNECT_BY if credentials.get(name)}


async def test_a_parcel_that_would_come_later_than_seen_is_a_conflict_of_its_own(api):
    village = await a_village(daily_parcels=1)
    apples = await goods(village=village)
    line = {"variant": apples.id, "quantity": 1}
    first = (await api.order(a_wish(line), key="first")).json()["parts"][0]
    seen = {village.slug: first["arrives_on"]}

    refused = await api.order(a_wish(line, expected_arrivals=seen), key="second")
    placed = (await api.order(a_wish(line), key="second")).json()["parts"][0]

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ship-day-changed")
    assert placed["ships_on"] > first["ships_on"] and placed["arrives_on"] > first["arrives_on"]


@pytest.mark.parametrize("day", ["내일", "2026-02-30", "20261125"])
async def test_an_expected_day_that_is_none_is_refused_by_its_field(api, day):
    wish = a_wish({"variant": (await goods()).id, "quantity": 1}, expected_arrivals={"x": day})

    answer = await api.order(wish)

    assert answer.status_code == 422 and list(answer.json()["fields"]) == ["expected_arrivals"]
