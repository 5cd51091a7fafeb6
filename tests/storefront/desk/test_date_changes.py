"""날짜 바꾸기 on the desk's order page: at the party's wish, once, at the same price, and only by its own village."""

from datetime import UTC, datetime, timedelta

from market.dates.offers import BookingMove
from market.deposits import confirm_deposit
from market.orders import Order
from tests.builders import a_village, an_order
from tests.market.dates.parties import dates
from villages.notices import Notice
from villages.programs import Participant, ParticipantPrice, Session


async def a_visit(*rooms: int) -> tuple[Order, list[Session]]:
    now = datetime.now(UTC)
    sessions = await dates(*rooms, starts_at=now + timedelta(days=3))
    two = {sessions[0].id: {Participant.adult: 2}}
    order = (await an_order(seats=two, address=None, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="officer", now=now)
    return order, sessions


async def test_an_operator_moves_a_party_once_and_it_is_told(site):
    order, (first, second, third) = await a_visit(9, 9, 9)
    operator, path = await site.operator_of(first.listing.village), f"/desk/orders/{order.number}"
    booking = (await first.bookings.all())[0]  # type: ignore[attr-defined]

    page = await operator.get(path)
    moved = await operator.post(f"{path}/date-changes", {"booking": booking.id, "session": second.id})
    again = await operator.post(f"{path}/date-changes", {"booking": booking.id, "session": second.id})
    more = await operator.post(f"{path}/date-changes", {"booking": booking.id, "session": third.id})

    assert "날짜 바꾸기" in page.text and f'value="{third.id}"' in page.text
    assert moved.headers["location"] == again.headers["location"] == f"{path}?done=moved"
    assert "손님께 알렸습니다" in (await operator.follow(moved)).text
    assert more.status_code == 422
    assert await BookingMove.all().count() == 1 and (await Session.get(id=second.id)).booked == 2
    assert await Notice.filter(kind="date_moved", channel="sms").count() == 1


async def test_neither_a_full_date_nor_another_price_nor_another_village(site):
    order, (first, full) = await a_visit(9, 1)
    operator, path = await site.operator_of(first.listing.village), f"/desk/orders/{order.number}"
    stranger = await site.operator_of(await a_village())
    booking = (await first.bookings.all())[0]  # type: ignore[attr-defined]
    wish = {"booking": booking.id, "session": full.id}

    assert (await operator.post(f"{path}/date-changes", wish)).status_code == 422
    nothing = await operator.post(f"{path}/date-changes", {"booking": booking.id})
    assert nothing.status_code == 422 and "언제로 바꿀지" in nothing.text
    assert (await stranger.post(f"{path}/date-changes", wish)).status_code == 404
    await Session.filter(id=full.id).update(capacity=9)
    await ParticipantPrice.filter(kind="adult").update(price=10_000)
    assert (await operator.post(f"{path}/date-changes", wish)).status_code == 422
    assert not await BookingMove.exists() and "날짜 바꾸기" not in (await operator.get(path)).text
