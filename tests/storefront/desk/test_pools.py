"""함께 쓰는 자리: a bus is named, given programs, made smaller only as far as its seats are free."""

from datetime import UTC, datetime, timedelta

from tests.builders import a_program, a_village, an_order
from villages.pools import Outing, Pool
from villages.programs import Participant
from villages.village import Village


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=3)


async def two_programs(village: Village):
    at = soon()
    return [
        await a_program(name, village=village, seats=20, starts_at=at, minutes=60)
        for name in ("캐기", "비누")
    ]


def typed(seats: object, *sessions, name: str = "마을 버스", **more: object) -> dict[str, object]:
    return {"name": name, "seats": seats, "programs": [session.listing.id for session in sessions], **more}


async def booked(session, adults: int) -> None:
    await an_order(seats={session.id: {Participant.adult: adults}}, address=None, now=datetime.now(UTC))


async def test_a_bus_is_named_once_and_two_programs_use_it_from_then_on(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)

    made = await operator.post("/desk/pools", typed(5, digging, soap, key="form"))
    again = await operator.post("/desk/pools", typed(5, digging, soap, key="form"))
    await booked(digging, 3)

    pool = await Pool.get()
    assert made.headers["location"] == again.headers["location"] == f"/desk/pools/{pool.id}?saved=1"
    assert "마을 버스 5자리 중 2자리 남음" in (await operator.get("/desk/sessions")).text
    listed = (await operator.get("/desk/pools")).text
    assert "5자리 중 2자리 남음" in listed and "비누, 캐기" in listed
    shown = (await operator.get(made.headers["location"])).text
    assert "고쳤습니다" in shown and shown.count("checked") == 2


async def test_the_shop_and_machines_say_what_the_bus_leaves(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)
    await operator.post("/desk/pools", typed(5, digging, soap))
    await booked(digging, 3)
    guest = site.browser()

    answer = await guest.get(f"/api/v1/programs/{soap.listing.slug}/sessions")
    page = await guest.get(f"/programs/{soap.listing.slug}")
    cards = await guest.get("/programs")

    assert [one["seats_left"] for one in answer.json()["items"]] == [2]
    assert "2자리" in page.text and "20자리" not in page.text
    assert "2자리 남음" in cards.text


async def test_what_is_wrong_is_said_beside_its_words(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)

    answer = await operator.post("/desk/pools", typed("많이", digging, soap, name=""))

    assert answer.status_code == 422
    assert "이름을 40자 안으로" in answer.text and "자리를 1자리에서" in answer.text
    assert 'value="많이"' in answer.text and answer.text.count("checked") == 2
    assert await Pool.all().count() == 0


async def test_fewer_seats_than_sold_are_refused_with_the_day(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)
    page = (await operator.post("/desk/pools", typed(5, digging, soap))).headers["location"].partition("?")[0]
    await booked(digging, 3)

    answer = await operator.post(page, typed(2, digging, soap, version=1))

    assert answer.status_code == 422 and "이미 3자리가 나갔습니다" in answer.text
    assert (await Pool.get()).seats == (await Outing.get()).capacity == 5


async def test_the_second_of_two_savers_sees_both_texts(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)
    page = (await operator.post("/desk/pools", typed(5, digging, soap))).headers["location"].partition("?")[0]
    await operator.post(page, typed(6, digging, soap, version=1))

    late = await operator.post(page, typed(9, digging, version=1))
    mended = await operator.post(page, typed(9, digging, version=2))

    assert late.status_code == 409
    assert (
        "그사이 다른 사람이 먼저 고쳤습니다" in late.text
        and 'value="9"' in late.text
        and 'value="2"' in late.text
    )
    assert mended.status_code == 303 and (await Pool.get()).seats == 9


async def test_another_village_sees_and_changes_nothing_of_it(site):
    village = await a_village()
    digging, soap = await two_programs(village)
    operator = await site.operator_of(village)
    page = (await operator.post("/desk/pools", typed(5, digging, soap))).headers["location"].partition("?")[0]
    stranger = await site.operator_of(await a_village("대정마을"))

    assert (await stranger.get(page)).status_code == 404
    assert (await stranger.post(page, typed(6, digging, soap, version=1))).status_code == 404
    assert (await stranger.post("/desk/pools", typed(6, digging, name="우리 버스"))).status_code == 404
    assert "마을 버스" not in (await stranger.get("/desk/pools")).text


async def test_ids_beyond_what_a_row_can_have_are_nobody_s(site):
    village = await a_village()
    operator = await site.operator_of(village)

    answer = await operator.post(
        "/desk/pools", {"name": "버스", "seats": "5", "programs": "999999999999999999"}
    )

    assert answer.status_code == 404
