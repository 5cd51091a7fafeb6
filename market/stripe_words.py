"""What Stripe writes, read into plain values: messages, pages, lines of the account. Its words, not its library."""

from datetime import UTC, datetime
from typing import Any

from market.gateway import Event, Found, Moved, MovedKind, Reading
from market.payments import EventKind

KINDS = {
    "checkout.session.completed": EventKind.captured,
    "checkout.session.async_payment_succeeded": EventKind.captured,
    "checkout.session.async_payment_failed": EventKind.failed,
    "checkout.session.expired": EventKind.expired,
}
LINES = {
    "charge": MovedKind.charge,
    "payment": MovedKind.charge,
    "refund": MovedKind.refund,
    "payment_refund": MovedKind.refund,
    "refund_failure": MovedKind.refund_failed,
    "payment_failure_refund": MovedKind.refund_failed,
    "adjustment": MovedKind.dispute,
}
"""Lines of the balance; other adjustments than those of disputes are none of ours."""
REFUNDS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
REFUND_STATES = {
    "succeeded": EventKind.refunded,
    "failed": EventKind.refund_failed,
    "canceled": EventKind.refund_failed,
}
"""Whatever else a refund is, the provider still works on it."""
DISPUTES = {
    "charge.dispute.created": EventKind.disputed,
    "charge.dispute.updated": EventKind.disputed,
    "charge.dispute.funds_withdrawn": EventKind.funds_withdrawn,
    "charge.dispute.funds_reinstated": EventKind.funds_reinstated,
    "charge.dispute.closed": EventKind.dispute_closed,
}


def event_of(message: dict[str, Any]) -> Event:
    name, what, thing = message["id"], message["type"], message["data"]["object"]
    if not isinstance(name, str) or not isinstance(what, str) or not isinstance(thing, dict):
        raise ValueError("an event has an id, a type and an object")
    livemode = message.get("livemode") is True
    if what == "charge.refunded":
        return Event(name, EventKind.refund_sum, _reading_of_charge(thing), _won(thing["amount_refunded"]))
    if what in REFUNDS:
        return _event_of_refund(name, thing, livemode)
    if what in DISPUTES:
        return _event_of_dispute(name, DISPUTES[what], thing)
    if what == "payment_intent.amount_capturable_updated":
        return Event(
            name, EventKind.authorised, _reading_of_money(thing, intent=thing["id"], livemode=livemode)
        )
    if what not in KINDS or thing["amount_total"] is None:  # without a sum: a page that takes no payment
        return Event(name, EventKind.other, None)
    reading = reading_of_session(thing)
    kind = KINDS[what]
    if kind == EventKind.captured and reading.state is not Found.captured:
        return Event(name, EventKind.other, reading)  # the page is done, the money is not there yet
    return Event(name, kind, reading)


def _event_of_refund(name: str, refund: dict[str, Any], livemode: bool) -> Event:
    kind = REFUND_STATES.get(refund["status"] or "", EventKind.refund_pending)
    reading = _reading_of_money(refund, intent=refund.get("payment_intent"), livemode=livemode)
    key = (refund.get("metadata") or {}).get("key", "")
    return Event(name, kind, reading, thing=_text(refund["id"]), key=_text(key))


def _event_of_dispute(name: str, kind: EventKind, dispute: dict[str, Any]) -> Event:
    reading = _reading_of_money(
        dispute, intent=dispute.get("payment_intent"), livemode=dispute["livemode"] is True
    )
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return Event(
        name, kind, reading, thing=_text(dispute["id"]), until=datetime.fromtimestamp(due, UTC) if due else None,
        outcome=_text(dispute["status"]) if kind == EventKind.dispute_closed else "",
    )  # fmt: skip


def reading_of_session(session: dict[str, Any]) -> Reading:
    intent = session.get("payment_intent")
    return Reading(
        reference=_text(session["id"]),
        state=_state(session["status"], session["payment_status"]),
        amount=_won(session["amount_total"]),
        currency=_text(session["currency"]),
        livemode=session["livemode"] is True,
        order_number=session.get("client_reference_id") or "",
        intent=intent["id"] if isinstance(intent, dict) else intent,
    )


def moved_of(line: dict[str, Any]) -> Moved:
    """`source` is the charge, refund or dispute behind it, whole; of other lines it may be a name or nothing."""
    source = line.get("source")
    kind = LINES.get(line["type"], MovedKind.other)
    if kind == MovedKind.dispute and not (isinstance(source, dict) and source.get("object") == "dispute"):
        kind = MovedKind.other
    thing = (
        source
        if isinstance(source, dict)
        else {"id": source or "", "amount": 0, "currency": line["currency"]}
    )
    return Moved(
        name=_text(line["id"]), kind=kind, thing=_text(thing["id"]), intent=_id(thing.get("payment_intent")),
        amount=_won(thing.get("amount", 0)), currency=_text(thing.get("currency") or line["currency"]), fee=_won(line["fee"]),
        fee_currency=_text(line["currency"]),
    )  # fmt: skip


def _id(thing: object) -> str:
    """The name of what is told by its name or whole."""
    return _text(thing["id"]) if isinstance(thing, dict) else thing if isinstance(thing, str) else ""


def _reading_of_charge(charge: dict[str, Any]) -> Reading:
    return Reading(
        reference="",
        state=Found.captured if charge["captured"] is True else Found.unknown,
        amount=_won(charge["amount_captured"]),
        currency=_text(charge["currency"]),
        livemode=charge["livemode"] is True,
        order_number=(charge.get("metadata") or {}).get("order_number", ""),
        intent=charge.get("payment_intent"),
    )


def _reading_of_money(thing: dict[str, Any], *, intent: object, livemode: bool) -> Reading:
    """Of a refund, a dispute, an intent: what they tell of money, which names no page."""
    return Reading(
        reference="",
        state=Found.unknown,
        amount=_won(thing["amount"]),
        currency=_text(thing["currency"]),
        livemode=livemode,
        order_number=(thing.get("metadata") or {}).get("order_number", ""),
        intent=_id(intent) or None,
    )


def _state(status: str | None, payment_status: str) -> Found:
    if status == "complete":
        return Found.captured if payment_status == "paid" else Found.unknown
    return {"open": Found.open, "expired": Found.expired}.get(status or "", Found.unknown)


def _won(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an amount is a whole number of won")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a word was expected")
    return value
