"""The states of a village's half of an order, which may follow which, and what they make of the order."""

from enum import StrEnum


class PartState(StrEnum):
    awaiting_payment = "awaiting_payment"
    paid = "paid"
    preparing = "preparing"
    shipped = "shipped"
    delivered = "delivered"
    confirmed = "confirmed"
    cancelled = "cancelled"


class Ending(StrEnum):
    """How a hold ended; exactly once."""

    paid = "paid"
    cancelled = "cancelled"
    expired = "expired"


MOVES: dict[PartState, frozenset[PartState]] = {
    PartState.awaiting_payment: frozenset({PartState.paid, PartState.cancelled}),
    PartState.paid: frozenset(
        {PartState.preparing, PartState.shipped, PartState.delivered, PartState.cancelled}
    ),
    PartState.preparing: frozenset({PartState.shipped, PartState.delivered, PartState.cancelled}),
    PartState.shipped: frozenset({PartState.delivered, PartState.cancelled}),
    PartState.delivered: frozenset({PartState.confirmed, PartState.cancelled}),
    PartState.confirmed: frozenset({PartState.cancelled}),
    PartState.cancelled: frozenset({PartState.paid}),  # only by money that came after the end, see capture.py
}
"""The only moves there are. A program's part skips shipped: paid → preparing → delivered (the day was spent).

What was sent is cancelled only by a refund of all of it, see refund_confirmation.py.
"""


STATE_NAMES = {
    "awaiting_payment": "입금 기다림",
    "paid": "결제 완료",
    "preparing": "준비 중",
    "shipped": "보냈어요",
    "delivered": "배송 완료",
    "confirmed": "구매 확정",
    "cancelled": "취소",
    "expired": "기한 지남",
    "refunded": "환불",
}


ORDER_OF_STATES = list(PartState)


def derived_state(parts: list[PartState], *, ended_as: Ending | None) -> str:
    """The order's state: its least advanced live part; without live parts it ended unpaid, or was all given back."""
    live = [state for state in parts if state != PartState.cancelled]
    if live:
        return min(live, key=ORDER_OF_STATES.index).value
    return ended_as.value if ended_as else "refunded"
