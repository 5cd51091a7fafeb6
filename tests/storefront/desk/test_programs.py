"""체험: made in few words with its dates, published when the law's rows stand, edited without loss."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_program, a_village
from tests.media.pictures import a_photo
from tests.storefront.desk.test_goods import SELLER, field_values
from villages.days import seoul_day
from villages.listings import Listing, Publication
from villages.programs import Participant, ParticipantPrice, Session

PHOTO = [("photos", ("1.jpg", a_photo(400, 300), "image/jpeg"))]
FEW_WORDS = {
    "name": "두부 만들기 체험", "category": "체험", "price-adult": "9,000", "price-child": "7,000", "minutes": "90",
    "place": "indoor", "meeting_place": "마을회관", "ladder": "usual", "group_from": "15", "closes_hours_before": "2",
    "capacity": "20",
}  # fmt: skip


def saturdays(weeks: int) -> dict[str, str]:
    first = seoul_day(datetime.now(UTC)) + timedelta(days=1)
    return {
        "weekdays": "5",
        "times": "11:00, 14:00",
        "first": f"{first}",
        "last": f"{first + timedelta(days=7 * weeks - 1)}",
    }


async def test_few_words_make_a_program_with_its_dates_and_it_goes_on_sale(site):
    village = await a_village(**SELLER)
    operator = await site.operator_of(village)
    key = field_values((await operator.get("/desk/programs/new")).text)["key"]

    made = await operator.post("/desk/programs", {**FEW_WORDS, **saturdays(2), "key": key}, files=PHOTO)
    listing = await Listing.get()
    published = await operator.post(f"/desk/listings/{listing.id}/publication")

    assert made.headers["location"] == f"/desk/programs/{listing.id}"
    assert published.status_code == 303, published.text
    assert await Publication.exists(listing_id=listing.id)
    assert await Session.filter(listing_id=listing.id, capacity=20).count() == 4
    prices = {price.kind: price.price for price in await ParticipantPrice.all()}
    assert prices == {Participant.adult: 9000, Participant.child: 7000}
    assert "3일 전까지 전액 환불" in listing.notice_rows["refunds"]


async def test_the_same_form_sent_twice_makes_one_program(site):
    operator = await site.operator_of(await a_village(**SELLER))

    answers = [await operator.post("/desk/programs", {**FEW_WORDS, "key": "0123456789"}) for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await Listing.all().count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "이름을 적어 주세요"),
        ({"price-adult": "", "price-child": ""}, "한 사람 값을 적어 주세요"),
        ({"price-adult": "구천원"}, "값을 숫자로"),
        ({"minutes": "오래"}, "걸리는 시간을 분으로"),
        ({"ladder": ""}, "환불 기준을 골라"),
        (
            {"weekdays": "5", "times": "아침", "first": "2027-01-02", "last": "2027-01-30"},
            "시작 시각을 11:00 처럼",
        ),
        ({"weekdays": "5", "times": "11:00", "first": "2020-01-02", "last": "2020-01-30"}, "이미 지난 날짜"),
        ({"weekdays": "5", "times": "11:00", "first": "어제", "last": ""}, "날짜를 골라 주세요"),
    ],
)
async def test_a_mistake_is_said_and_the_words_stay(site, change, sentence):
    operator = await site.operator_of(await a_village(**SELLER))

    answer = await operator.post("/desk/programs", {**FEW_WORDS, "story": "콩을 갈아 끓입니다", **change})

    assert answer.status_code == 422
    assert sentence in answer.text and "콩을 갈아 끓입니다" in answer.text
    assert not await Listing.exists()


async def test_dates_are_added_by_weekday_and_by_hand_and_each_only_once(site):
    village = await a_village()
    session = await a_program(village=village)
    operator = await site.operator_of(village)
    path = f"/desk/programs/{session.listing_id}/sessions"

    first = await operator.post(path, {**saturdays(3), "capacity": "12"})
    again = await operator.post(path, {**saturdays(3), "capacity": "12"})
    day = seoul_day(datetime.now(UTC)) + timedelta(days=40)
    by_hand = await operator.post(path, {"date": f"{day}", "time": "오후 2시 30분", "capacity": "8"})

    assert "added=6" in first.headers["location"] and "added=0" in again.headers["location"]
    assert "added=1" in by_hand.headers["location"]
    made = await Session.get(listing_id=session.listing_id, capacity=8)
    assert made.starts_at.astimezone(UTC).strftime("%H:%M") == "05:30"


async def test_bad_dates_come_back_with_a_sentence(site):
    village = await a_village()
    session = await a_program(village=village)
    operator = await site.operator_of(village)

    answer = await operator.post(f"/desk/programs/{session.listing_id}/sessions", {"capacity": "10"})

    assert answer.status_code == 422 and "만들 날짜가 없습니다" in answer.text


async def test_a_stale_edit_shows_both_texts(site):
    village = await a_village()
    session = await a_program("떡메치기", village=village, published=False)
    operator = await site.operator_of(village)
    path = f"/desk/programs/{session.listing_id}"
    await operator.post(path, {**FEW_WORDS, "name": "먼저 고친 체험", "version": "1"})

    late = await operator.post(path, {**FEW_WORDS, "name": "나중 체험", "version": "1"})

    assert late.status_code == 409
    assert "먼저 고친 체험" in late.text and 'value="나중 체험"' in late.text
    assert (await Listing.get(id=session.listing_id)).name == "먼저 고친 체험"


async def test_an_edit_changes_words_and_prices(site):
    village = await a_village()
    session = await a_program(village=village, published=False)
    operator = await site.operator_of(village)

    answer = await operator.post(
        f"/desk/programs/{session.listing_id}",
        {**FEW_WORDS, "price-child": "", "price-family": "25000", "version": "1"},
    )

    assert answer.status_code == 303
    prices = {price.kind: (price.price, price.seats_taken) for price in await ParticipantPrice.all()}
    assert prices == {Participant.adult: (9000, 1), Participant.family: (25000, 4)}


async def test_a_stay_has_no_minutes(site):
    village = await a_village()
    session = await a_program(village=village, published=False)
    operator = await site.operator_of(village)
    stay = {**FEW_WORDS, "category": "숙박", "minutes": "", "version": "1"}

    answer = await operator.post(f"/desk/programs/{session.listing_id}", stay)

    assert answer.status_code == 303
    assert (await Listing.get(id=session.listing_id)).minutes is None
    assert "None" not in (await operator.follow(answer)).text


async def test_another_villages_program_is_not_found(site):
    session = await a_program("비누", village=await a_village())
    stranger = await site.operator_of(await a_village("대정마을"))

    answers = [
        await stranger.get(f"/desk/programs/{session.listing_id}"),
        await stranger.post(f"/desk/programs/{session.listing_id}", {**FEW_WORDS, "version": "1"}),
        await stranger.post(
            f"/desk/programs/{session.listing_id}/sessions", {**saturdays(1), "capacity": "5"}
        ),
        await stranger.post(f"/desk/listings/{session.listing_id}/publication"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "비누" not in (await stranger.get("/desk/programs")).text


async def test_a_program_may_need_so_many_people(site):
    operator = await site.operator_of(await a_village(**SELLER))
    needs = {"min_people": "8", "decide_days_before": "2", "decide_hour": "20", "key": "0123456789"}

    made = await operator.post("/desk/programs", {**FEW_WORDS, **needs})
    page = await operator.follow(made)
    wrong = await operator.post(
        "/desk/programs", {**FEW_WORDS, **needs, "decide_hour": "24", "key": "01234567890"}
    )

    listing = await Listing.get()
    assert (listing.min_people, listing.decide_days_before, listing.decide_hour) == (8, 2, 20)
    assert 'name="min_people" type="text" value="8"' in page.text
    assert wrong.status_code == 422 and "0에서 23 사이" in wrong.text
