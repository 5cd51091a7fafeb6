"""What partner programs read of villages, goods and programs."""

from datetime import UTC, datetime, timedelta

import pytest
from tortoise import connections

from market.orders import Tender
from tests.builders import a_program, a_village, an_order, goods
from villages.days import seoul_day
from villages.listings import Certificate, Listing, Variant
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.village import VillageState

THIS_MONTH = seoul_day(datetime.now(UTC)).month
OTHER_MONTH = THIS_MONTH % 12 + 1


async def test_goods_are_told_with_price_stock_postage_and_arrival_day(api):
    village = await a_village("내장산마을", postage_fee=3500, postage_free_over=60000)
    apples = await goods(
        "꿀사과 5kg", village=village, left=7, price=35000, code="P001", season_months=[THIS_MONTH]
    )
    await Variant.filter(id=apples.id).update(unit_price="100g당 700원")

    [item] = await api.items("/goods")

    assert (item["name"], item["code"], item["in_season"]) == ("꿀사과 5kg", "P001", True)
    assert item["variants"] == [
        {"id": apples.id, "name": "한 상자", "unit": "5kg", "price": 35000, "unit_price": "100g당 700원", "available": 7}
    ]  # fmt: skip
    assert item["postage"]["fee"] == 3500
    assert item["postage"]["free_over"] == 60000
    assert item["arrives_on"] > seoul_day(datetime.now(UTC)).isoformat()
    assert item["village"] == {"slug": village.slug, "name": "내장산마을"}


async def test_available_is_what_is_not_promised_yet(api):
    apples = await goods(left=5)
    await an_order((apples, 3))

    [item] = await api.items("/goods")

    assert item["available"] == item["variants"][0]["available"] == 2


async def test_drafts_and_goods_of_villages_that_do_not_sell_are_never_told(api):
    draft = await goods(published=False)
    asleep = await goods(village=await a_village(state=VillageState.dormant))
    session = await a_program(published=False)

    assert await api.items("/goods") == await api.items("/programs") == []
    for path in (
        f"/goods/{draft.listing.slug}",
        f"/goods/{asleep.listing.slug}",
        f"/programs/{session.listing.slug}",
        f"/programs/{session.listing.slug}/sessions",
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_a_withdrawn_variant_is_gone(api):
    apples = await goods(price=35000)
    small = await Variant.create(listing=apples.listing, name="반 상자", price=20000)
    await Variant.filter(id=apples.id).update(withdrawn_at=datetime.now(UTC))

    [item] = await api.items("/goods")

    assert [variant["id"] for variant in item["variants"]] == [small.id]
    assert item["price_from"] == 20000


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, {"사과", "배추", "꿀"}),
        ({"category": "과일"}, {"사과"}),
        ({"min_price": "20000"}, {"사과", "꿀"}),
        ({"max_price": "20000"}, {"배추", "꿀"}),
        ({"min_price": "20001", "max_price": "90000"}, {"사과"}),
        ({"in_season": "true"}, {"사과"}),
        ({"in_season": "false"}, {"배추", "꿀"}),
        ({"village": "daejeong"}, {"배추"}),
        ({"village": "nowhere"}, set()),
        ({"village": "daejeong", "category": "과일"}, set()),
    ],
)
async def test_filters_leave_what_they_say(api, params, found):
    village = await a_village(slug="daejeong")
    await goods("사과", price=35000, season_months=[THIS_MONTH])
    await goods("배추", price=9000, village=village, season_months=[OTHER_MONTH])
    await goods("꿀", price=20000)
    for name, category in (("배추", "채소"), ("꿀", "꿀")):
        await Listing.filter(name=name).update(category=category)

    assert {item["name"] for item in await api.items("/goods", **params)} == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("price", "cab"),
        ("price_desc", "bac"),
        ("popular", "bca"),
        ("season", "abc"),
        ("newest", "abc"),
        ("soon", "bca"),
    ],
)
async def test_goods_come_in_the_wanted_order(api, sort, order):
    await goods("a", price=2000, popularity=1, season_months=[THIS_MONTH])
    await goods("b", price=3000, popularity=3)
    await goods("c", price=1000, popularity=2)

    assert [item["name"] for item in await api.items("/goods", sort=sort)] == list(order)


@pytest.mark.parametrize("sort", ["season", "soon", "price", "price_desc", "popular", "newest"])
async def test_pages_follow_each_other_without_a_gap_or_a_repeat(api, sort):
    village = await a_village()
    for number in range(7):
        await goods(f"사과 {number}", village=village, price=1000 * (number % 3), popularity=number % 2)
    seen, cursor = [], ""

    for _ in range(4):
        page = (await api.get("/goods", params={"page_size": "2", "sort": sort, "cursor": cursor})).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next"]

    assert cursor is None
    assert sorted(seen) == [f"사과 {number}" for number in range(7)]


async def test_a_page_stays_whole_while_something_before_it_is_sold_off(api):
    village = await a_village()
    apples = [await goods(f"사과 {number}", village=village, price=1000 + number) for number in range(4)]
    first = (await api.get("/goods", params={"page_size": "2", "sort": "price"})).json()
    await connections.get("default").execute_query(
        "DELETE FROM publications WHERE listing_id = $1", [apples[0].listing_id]
    )

    second = (
        await api.get("/goods", params={"page_size": "2", "sort": "price", "cursor": first["next"]})
    ).json()

    assert [item["name"] for item in second["items"]] == ["사과 2", "사과 3"]


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/goods", {"page_size": "0"}, "page_size"),
        ("/goods", {"page_size": "101"}, "page_size"),
        ("/goods", {"page_size": "１０"}, "page_size"),
        ("/villages", {"page_size": "-1"}, "page_size"),
        ("/goods", {"min_price": "cheap"}, "min_price"),
        ("/goods", {"max_price": "9" * 5000}, "max_price"),
        ("/goods", {"min_price": "2", "max_price": "1"}, "max_price"),
        ("/goods", {"sort": "best"}, "sort"),
        ("/goods", {"in_season": "maybe"}, "in_season"),
        ("/goods", {"village": "a\x00b"}, "village"),
        ("/goods", {"category": "가" * 81}, "category"),
        ("/programs", {"village": "\x00"}, "village"),
        ("/goods", {"cursor": "not ours"}, "cursor"),
        ("/goods", {"cursor": "W10="}, "cursor"),
        ("/goods", {"cursor": "WyJnb29kcyBzZWFzb24iLDFlOTk5LDEsMV0="}, "cursor"),
        ("/goods", {"cursor": "가"}, "cursor"),
    ],
)
async def test_what_no_value_can_be_is_refused_by_its_name(api, path, params, field):
    answer = await api.get(path, params=params)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/bad-form"
    assert list(answer.json()["fields"]) == [field]


async def test_a_cursor_of_another_order_is_refused(api):
    village = await a_village()
    for number in range(2):
        await goods(f"사과 {number}", village=village)
    first = (await api.get("/goods", params={"page_size": "1", "sort": "price"})).json()

    answer = await api.get("/goods", params={"sort": "popular", "cursor": first["next"]})

    assert answer.status_code == 422


async def test_a_session_cursor_beyond_all_time_is_refused(api):
    session = await a_program()

    answer = await api.get(
        f"/programs/{session.listing.slug}/sessions",
        params={"cursor": "WyJzZXNzaW9ucyIsOTIyMzM3MjAzNjg1NDc3NTgwN10="},
    )

    assert answer.status_code == 422


@pytest.mark.parametrize("slug", ["nothing", "a%00b", "%ff%fe", "%F0%9F%8D%8E", "x" * 300, "..%2f..", "%20"])
@pytest.mark.parametrize("kind", ["goods", "programs", "villages"])
async def test_what_is_not_there_is_404_whatever_it_is_called(site, kind, slug):
    answer = await site.browser().get(f"/api/v1/{kind}/{slug}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_one_goods_tells_its_certificates_while_they_are_valid(api):
    apples, today = await goods(story="해발 300미터"), seoul_day(datetime.now(UTC))
    for number, days in (("1", 0), ("2", -1)):
        await Certificate.create(
            listing=apples.listing, kind="유기농", number=number, ends_on=today + timedelta(days=days)
        )

    found = (await api.get(f"/goods/{apples.listing.slug}")).json()

    assert found["story"] == "해발 300미터"
    assert [certificate["number"] for certificate in found["certificates"]] == ["1"]


async def test_a_program_tells_prices_and_what_comes_back(api):
    session = await a_program(
        "떡메치기", prices={Participant.adult: 9000, Participant.child: 7000},
        refund_ladder=ladder_as_data(PRESETS["usual"]),
    )  # fmt: skip

    [item] = await api.items("/programs")
    found = (await api.get(f"/programs/{session.listing.slug}")).json()

    assert [(price["kind"], price["name"], price["price"]) for price in item["prices"]] == [
        ("adult", "어른", 9000), ("child", "어린이", 7000),
    ]  # fmt: skip
    assert item["price_from"] == 7000
    assert found["refund"]["steps"][0] == {"percent": 100, "days": 3, "until": None, "hours": None}
    assert {"when": "3일 전까지", "refund": "전액 환불"} in found["refund"]["sentences"]


async def test_sessions_tell_the_seats_that_are_left(api):
    soon = datetime.now(UTC) + timedelta(days=3)
    session = await a_program(seats=10, starts_at=soon, refund_ladder=ladder_as_data(PRESETS["usual"]))
    await Session.create(listing=session.listing, starts_at=soon + timedelta(days=1), capacity=0)
    await Session.create(
        listing=session.listing, starts_at=soon + timedelta(days=2), capacity=5, closed_at=soon
    )
    await an_order(seats={session.id: {Participant.adult: 4}}, tender=Tender.bank_transfer)

    items = await api.items(f"/programs/{session.listing.slug}/sessions")

    assert [(item["seats_left"], item["state"]) for item in items] == [
        (6, "open"),
        (0, "full"),
        (0, "closed"),
    ]
    assert items[0]["refund"][0] == {"when": "3일 전까지", "refund": "전액 환불"}


async def test_sessions_are_asked_for_by_day_and_by_page(api):
    first = datetime(2027, 1, 10, 15, 30, tzinfo=UTC)  # the 11th in Seoul, half past midnight
    session = await a_program(starts_at=first)
    for days in (1, 2, 3):
        await Session.create(listing=session.listing, starts_at=first + timedelta(days=days), capacity=5)
    path = f"/programs/{session.listing.slug}/sessions"

    days = [
        item["starts_at"][:10] for item in await api.items(path, **{"from": "2027-01-11", "to": "2027-01-12"})
    ]
    page = (await api.get(path, params={"page_size": "3"})).json()
    rest = await api.items(path, page_size="3", cursor=page["next"])

    assert days == ["2027-01-11", "2027-01-12"]
    assert [item["starts_at"][:10] for item in rest] == ["2027-01-14"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"from": "2027-02-30"}, "from"), ({"from": "0001-01-01"}, "from"), ({"from": "20270101"}, "from"),
        ({"to": "tomorrow"}, "to"), ({"from": "2027-01-02", "to": "2027-01-01"}, "to"),
    ],
)  # fmt: skip
async def test_a_day_that_is_none_is_refused(api, params, field):
    session = await a_program()

    answer = await api.get(f"/programs/{session.listing.slug}/sessions", params=params)

    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


async def test_villages_tell_who_sells_and_how_parcels_go(api):
    village = await a_village(
        "내장산마을", company="내장산 영농조합", latitude="35.491000", longitude="126.880000"
    )
    await a_village(state=VillageState.released)
    await goods(village=village)

    [item] = await api.items("/villages")
    found = (await api.get(f"/villages/{village.slug}")).json()

    assert item["seller"]["company"] == "내장산 영농조합"
    assert item["location"] == {"latitude": 35.491, "longitude": 126.88}
    assert item["postage"] == {
        "fee": 4000, "free_over": 50000, "cold_box_fee": 0, "cut_off": "11:00",
        "ships_on": ["mon", "tue", "wed", "thu", "fri"],
    }  # fmt: skip
    assert (item["goods"], found["name"]) == (1, "내장산마을")


@pytest.mark.parametrize("path", ["/villages", "/goods", "/programs"])
async def test_what_was_read_before_is_not_sent_again(api, path):
    await goods()
    await a_program()
    etag = (await api.get(path)).headers["etag"]

    same = await api.get(path, headers={"If-None-Match": f'"other", W/{etag}'})
    await goods()
    await a_program()
    other = await api.get(path, headers={"If-None-Match": etag})

    assert same.status_code == 304
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "most"), [("/villages", 1), ("/goods", 1), ("/programs", 1), ("/programs/{slug}/sessions", 2)]
)
async def test_a_list_costs_as_many_queries_as_it_did_with_less(api, queries, path, most):
    village = await a_village()
    session = await a_program(village=village)
    for number in range(5):
        await goods(f"사과 {number}", village=village)
        await Session.create(
            listing=session.listing, starts_at=session.starts_at + timedelta(days=number + 1), capacity=5
        )
    queries.clear()

    await api.items(path.format(slug=session.listing.slug))

    assert len(queries) == most, queries
