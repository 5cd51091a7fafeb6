"""체험 자리: closing, opening, and never fewer seats than were promised."""

from datetime import UTC, datetime, timedelta

from market.deposits import confirm_deposit
from tests.builders import a_program, a_village, an_order
from tests.market.waiting import joins
from villages.listings import Listing
from villages.programs import Participant, Session


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


async def booked(session, adults: int):
    now = datetime.now(UTC)
    order = (await an_order(seats={session.id: {Participant.adult: adults}}, address=None, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)


async def test_the_page_says_who_comes(site):
    village = await a_village()
    soap = await a_program("비누 만들기", village=village, seats=10, starts_at=tomorrow())
    await booked(soap, 4)
    operator = await site.operator_of(village)

    page = await operator.get("/desk/sessions")

    assert "비누 만들기" in page.text and "민지 김 님" in page.text
    assert "6자리 남음" in page.text and "내일," in page.text


async def test_the_page_says_how_many_wait_and_new_seats_go_to_them_first(site):
    village = await a_village()
    soap = await a_program(village=village, seats=2, starts_at=tomorrow() + timedelta(days=3))
    await booked(soap, 2)
    for _ in range(2):
        await joins(soap, 2, now=datetime.now(UTC))
    operator = await site.operator_of(village)

    await operator.post(f"/desk/sessions/{soap.id}/capacity", {"capacity": "5"})
    page = await operator.get("/desk/sessions")

    assert "자리 기다리는 분 2팀" in page.text and "그분들께 맡아 둔 3자리" in page.text
    assert "결제 기다림" not in page.text


async def test_a_session_is_closed_and_opened_again(site):
    village = await a_village()
    soap, operator = await a_program(village=village, starts_at=tomorrow()), await site.operator_of(village)

    closed = await operator.post(f"/desk/sessions/{soap.id}/closing")
    is_closed = (await Session.get(id=soap.id)).closed_at is not None
    await operator.post(f"/desk/sessions/{soap.id}/opening")

    assert closed.headers["location"] == f"/desk/sessions#s{soap.id}"
    assert is_closed and (await Session.get(id=soap.id)).closed_at is None


async def test_seats_are_never_fewer_than_booked(site):
    village = await a_village()
    soap = await a_program(village=village, seats=10, starts_at=tomorrow())
    await booked(soap, 4)
    operator = await site.operator_of(village)

    refused = await operator.post(f"/desk/sessions/{soap.id}/capacity", {"capacity": "3"})
    done = await operator.post(f"/desk/sessions/{soap.id}/capacity", {"capacity": "4"})

    assert refused.status_code == 422
    assert "이미 4명이 예약했습니다" in refused.text and 'value="3"' in refused.text
    assert done.status_code == 303
    assert (await Session.get(id=soap.id)).capacity == 4


async def test_a_capacity_that_is_no_number_is_refused(site):
    village = await a_village()
    soap, operator = await a_program(village=village, starts_at=tomorrow()), await site.operator_of(village)

    for typed in ("", "많이", "0", "99999"):
        assert (
            await operator.post(f"/desk/sessions/{soap.id}/capacity", {"capacity": typed})
        ).status_code == 422


async def test_another_villages_session_is_not_found(site):
    soap = await a_program("비누 만들기", village=await a_village(), starts_at=tomorrow())
    stranger = await site.operator_of(await a_village("대정마을"))

    answers = [
        await stranger.post(f"/desk/sessions/{soap.id}/{act}", {"capacity": "5"})
        for act in ("closing", "opening", "capacity")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "비누" not in (await stranger.get("/desk/sessions")).text
    assert (await Session.get(id=soap.id)).closed_at is None


async def test_the_page_says_how_many_of_the_minimum_come_and_when_that_is_decided(site):
    village = await a_village()
    soap = await a_program(village=village, starts_at=datetime.now(UTC) + timedelta(days=10), min_people=8)
    await booked(soap, 5)
    operator = await site.operator_of(village)
    page = await operator.get("/desk/sessions")

    gone = await operator.post(f"/desk/sessions/{soap.id}/going")

    assert "5/8명" in page.text and "오후 6시에 저절로 정해집니다" in page.text and "그대로 열기" in page.text
    assert "열기로 했어요" in (await operator.follow(gone)).text
    assert (await Session.get()).go_at is not None


async def test_the_page_says_the_minimum_that_those_who_come_were_told(site):
    village = await a_village()
    soap = await a_program(village=village, starts_at=datetime.now(UTC) + timedelta(days=10), min_people=8)
    await booked(soap, 5)
    await Listing.filter(id=soap.listing_id).update(min_people=12, decide_hour=9)
    operator = await site.operator_of(village)

    page = await operator.get("/desk/sessions")

    assert "5/8명" in page.text and "오후 6시에 저절로 정해집니다" in page.text


async def test_one_date_may_need_other_people_than_its_program(site):
    village = await a_village()
    soap = await a_program(village=village, seats=10, starts_at=tomorrow() + timedelta(days=9), min_people=8)
    operator = await site.operator_of(village)
    path, field = f"/desk/sessions/{soap.id}/minimum", f"people-{soap.id}"

    for typed, stands in (("4", 4), ("0", 0), ("", None)):
        assert (await operator.post(path, {field: typed})).status_code == 303
        assert (await Session.get()).min_people == stands
    for typed in ("여럿", "11", "-1", "99999999999"):
        refused = await operator.post(path, {field: typed})
        assert refused.status_code == 422 and f'value="{typed}"' in refused.text
    assert (await Session.get()).min_people is None


async def test_seats_are_never_fewer_than_must_come(site):
    village = await a_village()
    soap = await a_program(village=village, seats=20, starts_at=tomorrow() + timedelta(days=9), min_people=8)
    operator = await site.operator_of(village)
    path = f"/desk/sessions/{soap.id}/capacity"

    refused = await operator.post(path, {"capacity": "6"})
    done = await operator.post(path, {"capacity": "8"})
    await Session.filter(id=soap.id).update(go_at=datetime.now(UTC), go_by="clock")
    decided = await operator.post(path, {"capacity": "6"})

    assert refused.status_code == 422 and "최소 인원부터 낮춰 주세요" in refused.text
    assert (done.status_code, decided.status_code) == (303, 303)


async def test_nobody_else_decides_for_a_village(site):
    soap = await a_program(starts_at=tomorrow() + timedelta(days=9), min_people=8)
    stranger = await site.operator_of(await a_village())

    assert (await stranger.post(f"/desk/sessions/{soap.id}/going")).status_code == 404
    assert (
        await stranger.post(f"/desk/sessions/{soap.id}/minimum", {f"people-{soap.id}": "1"})
    ).status_code == 404
    assert (await Session.get()).go_at is None


async def test_a_changed_capacity_or_minimum_is_confirmed_and_a_minimum_for_later_is_shown(site):
    village = await a_village()
    soap = await a_program(village=village, seats=10, starts_at=tomorrow() + timedelta(days=3))
    await booked(soap, 1)
    operator = await site.operator_of(village)

    smaller = await operator.post(f"/desk/sessions/{soap.id}/capacity", {"capacity": "8"})
    fewest = await operator.post(f"/desk/sessions/{soap.id}/minimum", {f"people-{soap.id}": "5"})
    page = (await operator.follow(fewest)).text

    assert smaller.headers["location"] == f"/desk/sessions?changed={soap.id}#s{soap.id}"
    assert "바꾸었습니다." in page and "최소 5명, 지금부터 예약하는 분들께" in page
