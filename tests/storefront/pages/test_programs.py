"""The program list and the page of one with its month of seats."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_program, a_village, an_order
from tests.storefront.pages.shopping import Shopper, words
from villages.days import SEOUL, seoul_day
from villages.listings import Listing
from villages.programs import Participant, ParticipantPrice, Session
from villages.refund_ladders import PRESETS, ladder_as_data

NOW = datetime.now(UTC)
AT_ELEVEN = (NOW + timedelta(days=20)).astimezone(SEOUL).replace(hour=11, minute=0, second=0, microsecond=0)
DAY = AT_ELEVEN.date()
PROGRAM_NAME = re.compile(r'class="name" href="/programs/[^"]+">([^<]+)')


async def page_of(session: Session) -> str:
    return f"/programs/{(await Listing.get(id=session.listing_id)).slug}"


async def taken(beside: Session, starts_at: datetime, *, capacity: int, seats: int) -> Session:
    """Another session of the same program, with seats that wait for payment."""
    session = await Session.create(listing_id=beside.listing_id, starts_at=starts_at, capacity=capacity)
    await an_order(seats={session.id: {Participant.adult: seats}}, now=NOW)
    return session


async def test_the_list_shows_the_next_open_days_with_seats(shopper: Shopper):
    session = await a_program("떡메치기", seats=14, starts_at=AT_ELEVEN)
    await Session.create(listing_id=session.listing_id, starts_at=AT_ELEVEN + timedelta(hours=3), capacity=6)
    await taken(session, AT_ELEVEN + timedelta(days=1), capacity=5, seats=3)

    page = await shopper.sees("/programs")

    assert "떡메치기" in page and "9,000원" in page
    assert f"{DAY.month}/{DAY.day}" in page and "20자리" in page and "2자리 남음" in page


async def test_programs_can_be_looked_for_by_day_place_and_village(shopper: Shopper):
    village = await a_village("옥정호마을")
    await a_program("떡메치기", starts_at=AT_ELEVEN, is_indoor=True)
    await a_program("물안개 산책", starts_at=AT_ELEVEN + timedelta(days=1), is_indoor=False, village=village)

    by_day = await shopper.sees(f"/programs?when={DAY}")
    outdoor = await shopper.sees("/programs?place=outdoor")
    of_village = await shopper.sees(f"/programs?village={village.slug}")

    assert "떡메치기" in by_day and "물안개" not in by_day
    assert "물안개" in outdoor and "떡메치기" not in outdoor
    assert "물안개" in of_village and "떡메치기" not in of_village


@pytest.mark.parametrize(
    "query",
    [
        "when=2026-13-45",
        "when=0001-01-01",
        "when=x",
        "place=up",
        "village=%00",
        "when=9999-12-31",
        "when=weekend",
        "when=next-weekend",
        "page=0",
        "page=999999999",
        "page=-1",
        "page=x",
    ],
)
async def test_odd_filters_give_a_list_and_never_an_error(shopper: Shopper, query):
    await a_program(starts_at=AT_ELEVEN)

    assert (await shopper.get(f"/programs?{query}")).status_code == 200


async def test_many_programs_come_in_pages_the_earliest_day_first(shopper: Shopper):
    village = await a_village()
    for number in range(26):
        starts_at = AT_ELEVEN + timedelta(days=number)
        await a_program(f"체험{number:02}번", starts_at=starts_at, village=village, is_indoor=True)
    await a_program("모내기", starts_at=AT_ELEVEN, is_indoor=False)

    first, second, past = [
        await shopper.get(f"/programs?place=indoor{page}") for page in ("", "&page=2", "&page=77")
    ]

    assert "26 가지" in words(first) and "체험 2가지 더 보기" in words(first)
    assert PROGRAM_NAME.findall(first.text) == [f"체험{number:02}번" for number in range(24)]
    assert PROGRAM_NAME.findall(second.text) == ["체험24번", "체험25번"] == PROGRAM_NAME.findall(past.text)
    assert 'href="/programs?place=indoor&amp;page=2"' in first.text
    assert 'href="/programs?place=indoor" rel="prev"' in second.text and 'rel="next"' not in second.text
    assert "더 보기" not in words(second) and "체험 2쪽" in second.text.partition("</title>")[0]


async def test_programs_on_one_page_have_no_pager(shopper: Shopper):
    await a_program(starts_at=AT_ELEVEN)

    assert 'class="pager"' not in (await shopper.get("/programs")).text


async def test_any_page_of_the_list_costs_one_statement(shopper: Shopper, queries):
    village = await a_village()
    for _ in range(26):
        await a_program(starts_at=AT_ELEVEN, village=village)
    await shopper.get("/programs")

    for path in ("/programs", "/programs?page=2", "/programs?page=77", "/programs?place=outdoor"):
        queries.clear()
        await shopper.get(path)

        assert len(queries) == 1, path


async def test_the_month_table_links_open_days_and_only_those(shopper: Shopper):
    session = await a_program(seats=14, starts_at=AT_ELEVEN)
    full = AT_ELEVEN + timedelta(days=1)
    await taken(session, full, capacity=5, seats=5)

    answer = await shopper.get(f"{await page_of(session)}?month={DAY:%Y-%m}")

    assert f'day={DAY}#dates"' in answer.text and "14자리" in answer.text
    if full.month == DAY.month:
        assert f"day={full.date()}#dates" not in answer.text and "마감" in answer.text


async def test_a_chosen_day_offers_its_times_and_people(shopper: Shopper):
    session = await a_program(seats=14, starts_at=AT_ELEVEN)
    await ParticipantPrice.filter(kind=Participant.child).update(ages="5–13세")
    late = await taken(session, AT_ELEVEN + timedelta(hours=3), capacity=5, seats=5)

    answer = await shopper.get(f"{await page_of(session)}?month={DAY:%Y-%m}&day={DAY}")

    assert f'name="session" value="{session.id}" required checked>' in answer.text
    assert f'name="session" value="{late.id}" required disabled>' in answer.text
    for fact in (
        "오전 11시",
        "14 자리 남음",
        "오후 2시",
        "마감",
        "어른",
        "어린이",
        "5–13세",
        "7,000원",
        "15 명이 넘는 단체",
    ):
        assert fact in words(answer).replace("14자리", "14 자리").replace("15명", "15 명"), fact
    assert (
        'name="adult"' in answer.text
        and 'form="book" type="submit" name="then" value="checkout"' in answer.text
    )


async def test_the_form_of_the_page_books(shopper: Shopper):
    session = await a_program(starts_at=AT_ELEVEN)

    await shopper.puts(session=session.id, adult=2, child=1)

    assert "떡메치기" in await shopper.sees("/cart")


async def test_booking_closes_some_hours_before(shopper: Shopper):
    soon = NOW + timedelta(hours=3)
    session = await a_program(starts_at=soon, closes_hours_before=5)
    day = seoul_day(soon)

    answer = await shopper.get(f"{await page_of(session)}?month={day:%Y-%m}&day={day}")

    assert f'value="{session.id}" required disabled>' in answer.text
    assert "예약하기" not in words(answer)


async def test_refunds_weather_and_the_way_are_told(shopper: Shopper):
    village = await a_village(
        "내장산마을",
        address="전북특별자치도 정읍시 내장동 1",
        phone="0630000001",
        company="내장산 영농조합",
        business_no="000-00-00001",
    )
    session = await a_program(
        starts_at=AT_ELEVEN, village=village, refund_ladder=ladder_as_data(PRESETS["usual"]), weather_rule="비가 와도 진행합니다.",
        what_to_bring="앞치마", meeting_place="마을 회관", minutes=90, least_age=5,
    )  # fmt: skip

    answer = await shopper.get(await page_of(session))

    for fact in (
        "3일 전까지",
        "전액 환불",
        "하루 전까지",
        "절반 환불",
        "비가 와도 진행합니다.",
        "앞치마",
        "마을 회관",
        "063-000-0001",
        "90분",
        "5세부터",
        "내장산 영농조합",
        "000-00-00001",
        "통신판매중개자",
    ):
        assert fact in words(answer), fact
    assert "https://map.naver.com/p/search/" in answer.text and "https://map.kakao.com/link/" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-99",
        "month=0001-01",
        "month=9999-12",
        "day=x",
        "day=2020-02-30",
        "month=x&day=9999-12-31",
        "photo=99",
    ],
)
async def test_odd_months_and_days_give_a_page_and_never_an_error(shopper: Shopper, query):
    session = await a_program(starts_at=AT_ELEVEN)

    assert (await shopper.get(f"{await page_of(session)}?{query}")).status_code == 200


async def test_a_day_without_sessions_says_so(shopper: Shopper):
    session = await a_program(starts_at=AT_ELEVEN)
    other = DAY + timedelta(days=1)

    assert "열리지 않습니다" in await shopper.sees(f"{await page_of(session)}?day={other}")


async def test_drafts_are_not_found(shopper: Shopper):
    session = await a_program(published=False, starts_at=AT_ELEVEN)

    assert (await shopper.get(await page_of(session))).status_code == 404
    assert (await shopper.get("/programs/nothing")).status_code == 404


async def test_a_program_page_costs_one_statement_when_its_story_is_known(shopper: Shopper, queries):
    session = await a_program(starts_at=AT_ELEVEN)
    path = await page_of(session)
    await shopper.get(path)
    queries.clear()

    await shopper.get(path)

    assert len(queries) == 1
