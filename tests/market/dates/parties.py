"""A program with several dates, and parties that have paid for one of them."""

from datetime import datetime, timedelta

from market.dates.offers import DateOffer
from market.orders import Order
from market.refunds import RefundCause
from market.session_cancellations import cancel_session
from tests.builders import NOW, a_program, a_village, an_order
from tests.fakes import FakeGateway
from tests.market.test_refunds import paid
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.village import Village

SOON = NOW + timedelta(minutes=1)
WEEK = timedelta(days=7)


async def dates(
    *seats: int, village: Village | None = None, starts_at: datetime = NOW + timedelta(hours=5), **values
) -> list[Session]:
    """One program on so many dates, a week apart, each with so many seats."""
    first = await a_program(
        village=village or await a_village(phone="0631234567"), seats=seats[0], starts_at=starts_at,
        refund_ladder=ladder_as_data(PRESETS["usual"]), **values,
    )  # fmt: skip
    return [first] + [
        await Session.create(listing=first.listing, starts_at=starts_at + number * WEEK, capacity=room)
        for number, room in enumerate(seats[1:], start=1)
    ]


async def a_party(session: Session, adults: int = 2, **values) -> Order:
    return await paid(await an_order(seats={session.id: {Participant.adult: adults}}, address=None, **values))


async def call_off(
    session: Session,
    *instead: Session,
    cause: RefundCause = RefundCause.weather,
    now: datetime = SOON,
    gateway: FakeGateway | None = None,
) -> None:
    await cancel_session(
        session.id, cause, gateway or FakeGateway(), village_ids=[session.listing.village_id], by="person 1",
        instead=[each.id for each in instead], now=now,
    )  # fmt: skip


async def offer_to(order: Order) -> DateOffer:
    """The latest one."""
    offer = await DateOffer.filter(booking__part__order_id=order.id).order_by("-id").first()
    assert offer is not None
    return offer
