"""이날 못 하게 됐어요: a dry run with other dates ticked beforehand, and the one tap that tells everybody."""

from datetime import UTC, datetime, timedelta

from market.dates.offers import DateOffer, OfferedDate
from market.refunds import Refund
from tests.builders import a_village
from tests.market.dates.parties import dates
from tests.storefront.desk.test_sessions import booked
from villages.programs import Session


async def a_rainy_day(*rooms: int):
    village = await a_village()
    sessions = await dates(*rooms, village=village, starts_at=datetime.now(UTC) + timedelta(days=2))
    await booked(sessions[0], 2)
    return village, sessions


async def test_from_the_sessions_to_the_message_in_three_taps_and_none_for_the_dates(site):
    """The fourth of the budget would be another reason than the weather."""
    village, (rainy, *others) = await a_rainy_day(9, 9, 9, 9, 9)
    operator = await site.operator_of(village)
    path = f"/desk/sessions/{rainy.id}/cancellation"

    listed = await operator.get("/desk/sessions")
    page = await operator.get(path)
    ticked = [str(other.id) for other in others if f'value="{other.id}" checked' in page.text]
    done = await operator.post(path, {"cause": "weather", "instead": ticked})
    after = await operator.follow(done)

    assert f'href="{path}"' in listed.text
    assert ticked == [str(other.id) for other in others[:3]]
    assert "이틀 안에 다른 날짜로 바꾸시거나 모두 돌려받으실 수 있습니다" in page.text
    assert await OfferedDate.all().count() == 3 and await DateOffer.all().count() == 1
    assert "1팀이 다른 날짜를 고르고 있습니다" in after.text and not await Refund.exists()


async def test_dates_that_have_no_room_for_the_largest_party_are_not_ticked_beforehand(site):
    village, (rainy, *others) = await a_rainy_day(9, 1, 9, 1, 9)
    operator = await site.operator_of(village)

    page = (await operator.get(f"/desk/sessions/{rainy.id}/cancellation")).text

    assert [f'value="{other.id}" checked' in page for other in others] == [False, True, False, True]


async def test_with_no_date_ticked_it_goes_back_at_once(site):
    village, (rainy, _) = await a_rainy_day(9, 9)
    operator = await site.operator_of(village)

    await operator.post(f"/desk/sessions/{rainy.id}/cancellation", {"cause": "weather"})

    assert (await Refund.get()).amount == 18_000 and not await DateOffer.exists()


async def test_dates_of_others_and_words_are_no_dates(site):
    village, (rainy, _) = await a_rainy_day(9, 9)
    strange = (await dates(9))[0]
    operator = await site.operator_of(village)

    await operator.post(
        f"/desk/sessions/{rainy.id}/cancellation",
        {"cause": "weather", "instead": [str(strange.id), "아무거나", "9" * 30]},
    )

    assert not await DateOffer.exists() and (await Refund.get()).amount == 18_000


async def test_after_go_too_few_is_no_reason_any_more(site):
    village, (rainy, _) = await a_rainy_day(9, 9)
    await Session.filter(id=rainy.id).update(go_at=datetime.now(UTC))
    operator = await site.operator_of(village)
    path = f"/desk/sessions/{rainy.id}/cancellation"

    page = await operator.get(path)
    refused = await operator.post(path, {"cause": "too_few"})
    nonsense = await operator.post(path, {"cause": "싫어서"})

    assert 'value="too_few"' not in page.text
    assert refused.status_code == 422 and "다른 까닭을 골라 주세요" in refused.text
    assert nonsense.status_code == 422
    assert all('name="cause" value="weather"' in answer.text for answer in (refused, nonsense))
    assert (await Session.get(id=rainy.id)).cancelled_at is None


async def test_another_cause_than_the_one_that_was_shown_is_reckoned_anew_and_cancels_nothing(site):
    village, (rainy, other) = await a_rainy_day(9, 9)
    operator = await site.operator_of(village)
    path = f"/desk/sessions/{rainy.id}/cancellation"
    form = {"seen": "weather", "cause": "operator", "instead": str(other.id)}

    again = await operator.post(path, form | {"again": "1"})
    told = await operator.post(path, form)

    assert again.headers["location"] == f"{path}?cause=operator"
    assert told.status_code == 422 and "다시 셈했습니다" in told.text
    assert 'name="seen" value="operator"' in told.text and f'value="{other.id}" checked' in told.text
    assert (await Session.get(id=rainy.id)).cancelled_at is None
