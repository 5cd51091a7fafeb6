"""Waiting for seats as a shopper sees it: from the full day to the order."""

from datetime import UTC, datetime, timedelta

import httpx

from market.expiry import end_order
from market.orders import Order
from market.part_states import Ending
from market.seat_offers import end_overdue_offers
from market.waiting_parties import WaitingParty, party_token
from tests.builders import SECRET, a_program, an_order
from tests.site import Site
from tests.storefront.pages.shopping import Shopper, a_shopper, hidden, words
from villages.days import SEOUL
from villages.listings import Listing
from villages.programs import Participant, Session

AT_ELEVEN = (
    (datetime.now(UTC) + timedelta(days=20))
    .astimezone(SEOUL)
    .replace(hour=11, minute=0, second=0, microsecond=0)
)


async def full(seats: int = 4) -> tuple[Session, Order, str]:
    session = await a_program("떡메치기", seats=seats, starts_at=AT_ELEVEN)
    order = await an_order(
        seats={session.id: {Participant.adult: seats}}, address=None, now=datetime.now(UTC)
    )
    return session, order.order, f"/programs/{(await Listing.get(id=session.listing_id)).slug}"


async def free(order: Order) -> None:
    await end_order(order.id, Ending.cancelled, by="shopper", now=datetime.now(UTC))


async def joins(shopper: Shopper, session: Session, program: str, **told: object) -> httpx.Response:
    form = await shopper.get(f"{program}/waiting-parties?session={session.id}")
    wish: dict[str, object] = {
        "session": session.id, "key": hidden(form.text, "key"), "adult": 2, "child": 0, "name": "박기다림",
        "phone": "010-7777-8888", "email": "wait@example.kr",
    }  # fmt: skip
    return await shopper.post(f"{program}/waiting-parties", wish | told)


async def test_a_full_time_offers_to_wait_for_it(shopper: Shopper):
    session, _, program = await full()
    await Session.create(listing_id=session.listing_id, starts_at=AT_ELEVEN + timedelta(hours=3), capacity=20)

    page = await shopper.get(f"{program}?day={AT_ELEVEN.date()}")

    assert "자리가 나면 알려 드릴까요?" in page.text
    assert page.text.count("/waiting-parties?session=") == 1
    assert f"/waiting-parties?session={session.id}" in page.text


async def test_a_time_with_many_seats_does_not(shopper: Shopper):
    session = await a_program(seats=20, starts_at=AT_ELEVEN)
    slug = (await Listing.get(id=session.listing_id)).slug

    assert "waiting-parties" not in (await shopper.get(f"/programs/{slug}?day={AT_ELEVEN.date()}")).text


async def test_joining_shows_ones_place_in_the_queue(shopper: Shopper, site: Site):
    session, _, program = await full()
    await joins(a_shopper(site), session, program, phone="010-1111-2222")

    joined = await joins(shopper, session, program)
    page = await shopper.sees(joined.headers["location"])

    assert joined.status_code == 303
    assert "앞에 1팀이 기다리고 있습니다" in page and "어른 2" in page


async def test_a_double_click_is_one_party(shopper: Shopper):
    session, _, program = await full()

    answers = [await joins(shopper, session, program, key="the same form") for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await WaitingParty.all().count() == 1


async def test_what_is_wrong_is_said_and_what_was_typed_stays(shopper: Shopper):
    session, _, program = await full()

    nobody = await joins(shopper, session, program, adult="0")
    crowd = await joins(shopper, session, program, adult="5")
    no_number = await joins(shopper, session, program, adult="둘")
    no_phone = await joins(shopper, session, program, phone="1", name="박기다림")

    assert [answer.status_code for answer in (nobody, crowd, no_number, no_phone)] == [422] * 4
    assert "몇 분이 오시는지" in nobody.text
    assert "모두 4자리라 5자리는 나지 않습니다" in crowd.text and 'value="5"' in crowd.text
    assert "숫자로 적어 주세요" in no_number.text
    assert 'value="박기다림"' in no_phone.text
    assert await WaitingParty.all().count() == 0


async def test_where_seats_are_left_she_is_sent_to_book(shopper: Shopper):
    session = await a_program(seats=4, starts_at=AT_ELEVEN)
    slug = (await Listing.get(id=session.listing_id)).slug

    answer = await joins(shopper, session, f"/programs/{slug}")

    assert answer.status_code == 409 and "바로 예약하실 수 있습니다" in answer.text


async def test_a_session_of_the_past_or_of_another_program_takes_no_party(shopper: Shopper):
    session, _, program = await full()
    past = await a_program(seats=1, starts_at=datetime.now(UTC) - timedelta(hours=3))
    past_page = f"/programs/{(await Listing.get(id=past.listing_id)).slug}"

    assert "예약이 끝나" in await shopper.sees(f"{past_page}/waiting-parties?session={past.id}")
    for wanted in (
        f"{past_page}/waiting-parties?session={session.id}",
        f"{program}/waiting-parties?session=x",
    ):
        assert (await shopper.get(wanted)).status_code == 404
    refused = await shopper.post(
        f"{past_page}/waiting-parties",
        {"session": past.id, "key": "k", "adult": 1, "name": "김", "phone": "01011112222"},
    )
    assert refused.status_code in (409, 422)


async def test_an_offer_is_ordered_with_one_button(shopper: Shopper):
    session, order, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    await free(order)

    page = await shopper.get(where)
    pays: dict[str, object] = {
        "expected_total": hidden(page.text, "expected_total"),
        "tender": "bank_transfer",
        "agreed": "1",
    }
    placed = await shopper.post(f"{where}/order", pays)
    again = await shopper.post(f"{where}/order", pays)
    otherwise = await shopper.post(f"{where}/order", pays | {"depositor": "박다른"})

    assert "자리가 났습니다" in words(page) and "18,000원" in words(page)
    assert placed.status_code == 303 and placed.headers["location"].startswith("/orders/")
    assert again.headers["location"] == otherwise.headers["location"] == placed.headers["location"]
    assert "주문을 받았습니다" in await shopper.sees(placed.headers["location"])
    assert "예약으로 이어졌습니다" in await shopper.sees(where)
    assert (await Session.get(id=session.id)).held == 2


async def test_a_card_order_goes_on_to_the_providers_page(shopper: Shopper):
    session, order, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    await free(order)

    pays: dict[str, object] = {"expected_total": "18000", "tender": "card", "agreed": "1"}
    placed = await shopper.post(f"{where}/order", pays)

    assert placed.headers["location"].startswith("http")


async def test_ordering_without_consent_or_at_another_price_changes_nothing(shopper: Shopper):
    session, order, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    await free(order)

    no_consent = await shopper.post(f"{where}/order", {"expected_total": "18000", "tender": "bank_transfer"})
    other_price = await shopper.post(
        f"{where}/order", {"expected_total": "1", "tender": "bank_transfer", "agreed": "1"}
    )

    assert no_consent.status_code == 422 and "동의란에" in no_consent.text
    assert other_price.status_code == 409 and "금액이 바뀌었습니다" in other_price.text
    assert (await WaitingParty.get(session_id=session.id)).state == "offered"


async def test_an_offer_that_ended_says_so_and_lets_her_wait_again(shopper: Shopper):
    session, order, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    await free(order)
    await end_overdue_offers(datetime.now(UTC) + timedelta(days=2))

    page = await shopper.sees(where)
    late = await shopper.post(
        f"{where}/order", {"expected_total": "18000", "tender": "bank_transfer", "agreed": "1"}
    )

    assert "자리를 맡아 둔 시간이 끝났습니다" in page and "다시 기다리기" in page
    assert late.status_code == 409 and "다시 기다리시면" in late.text


async def test_leaving_and_coming_with_fewer(shopper: Shopper):
    session, _, program = await full()
    where = (await joins(shopper, session, program, adult=3)).headers["location"]

    fewer = await shopper.post(f"{where}/size", {"adult": "2", "child": "0"})
    more = await shopper.post(f"{where}/size", {"adult": "4", "child": "0"})
    page = await shopper.sees(where)
    gone = await shopper.post(f"{where}/leaving")

    assert (fewer.status_code, more.status_code, gone.status_code) == (303, 422, 303)
    assert "어른 2" in page
    assert "기다리기를 그만두셨습니다" in await shopper.sees(where)


async def test_the_link_of_the_message_opens_the_page_and_leaves_the_address(shopper: Shopper, site: Site):
    session, _, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    party = await WaitingParty.get(session_id=session.id)
    other = a_shopper(site)

    stranger = await other.get(where)
    wrong = await other.get(f"{where}?t=wrong")
    opened = await other.get(f"{where}?t={party_token(party.key, SECRET)}")

    assert (stranger.status_code, wrong.status_code) == (404, 404)
    assert opened.headers["location"] == where
    assert "기다리고 계십니다" in await other.sees(where)


async def test_a_stranger_can_neither_leave_nor_order_for_a_party(shopper: Shopper, site: Site):
    session, _, program = await full()
    where = (await joins(shopper, session, program)).headers["location"]
    stranger = a_shopper(site)

    answers = [await stranger.post(f"{where}/{act}") for act in ("size", "leaving", "order")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert (await WaitingParty.get(session_id=session.id)).state == "waiting"
