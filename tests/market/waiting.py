"""A full session, and those who wait for it."""

import itertools
from datetime import datetime

from market.checkout import Buyer, Placed
from market.orders import Order, Tender
from market.waiting_lists import Joined, join_waiting_list, order_offered
from market.waiting_parties import WaitingParty
from tests.builders import HOLDS, NOW, SECRET, a_program, an_order
from villages.programs import Participant, Session

NUMBERS = itertools.count(1)


async def full_session(
    *, seats: int, orders: tuple[int, ...] = (), starts_at: datetime | None = None
) -> tuple[Session, list[Order]]:
    """A session whose seats are held by unpaid orders of these sizes; by one order where none are given."""
    session = await a_program(seats=seats, starts_at=starts_at)
    placed = [
        await an_order(seats={session.id: {Participant.adult: count}}, address=None)
        for count in orders or (seats,)
    ]
    return session, [one.order for one in placed]


async def joins(
    session: Session, seats: int, *, key: str = "", phone: str = "", now: datetime = NOW
) -> Joined:
    number = next(NUMBERS)
    return await join_waiting_list(
        session.id, {Participant.adult: seats}, slug=session.listing.slug, key=key or f"party-{number}",
        buyer=Buyer("박기다림", phone or f"0107{number:07}"), secret=SECRET, now=now,
    )  # fmt: skip


async def accepts(party_id: int, *, expected_total: int | None = None, now: datetime = NOW) -> Placed:
    party = await WaitingParty.get(id=party_id)
    total = sum(party.participants.values()) * 9000
    return await order_offered(
        party, tender=Tender.bank_transfer, depositor="", secret=SECRET, holds=HOLDS,
        expected_total=total if expected_total is None else expected_total, person_id=None, now=now,
    )  # fmt: skip
