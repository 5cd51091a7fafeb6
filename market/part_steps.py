"""How far a village's half of an order has come: the bar on its page."""

from datetime import datetime
from typing import NamedTuple

from market.part_states import ORDER_OF_STATES, PartState
from villages.days import seoul_day


class Step(NamedTuple):
    """One step of the bar; `when` ("11/22") is known for those that are behind us."""

    name: str
    is_done: bool
    is_now: bool
    when: str


def steps_of(state: PartState, moves: dict[PartState, datetime], *, sends: bool) -> tuple[Step, ...]:
    """The bar of a half that lives; a cancelled one has none. A visit is not sent."""
    if state == PartState.cancelled:
        return ()
    names = PARCEL_STEPS if sends else VISIT_STEPS
    shown = [step for step, _ in names]
    # What the bar does not show (a visit being prepared, a purchase confirmed) counts as the step before it.
    now = max(
        place
        for place, step in enumerate(shown)
        if ORDER_OF_STATES.index(step) <= ORDER_OF_STATES.index(state)
    )
    return tuple(
        Step(name, place < now, place == now, _short_day(moves.get(step)) if place <= now else "")
        for place, (step, name) in enumerate(names)
    )


def _short_day(at: datetime | None) -> str:
    day = seoul_day(at) if at else None
    return f"{day.month}/{day.day}" if day else ""


PARCEL_STEPS = (
    (PartState.awaiting_payment, "주문"), (PartState.paid, "결제 완료"), (PartState.preparing, "준비 중"),
    (PartState.shipped, "보냈어요"), (PartState.delivered, "도착"),
)  # fmt: skip
VISIT_STEPS = (
    (PartState.awaiting_payment, "주문"),
    (PartState.paid, "예약 확정"),
    (PartState.delivered, "다녀오심"),
)
