"""The visits of an order as its buyer reads them: when and where, how they stand, what calling them off would bring."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from market.bills import Photo, refund_rows
from market.bookings import BOOKING_NAMES, BookingState
from market.receipt_lines import ReceiptLine, photo_of, receipt_line
from market.session_words import minimum_of_terms
from villages.programs import PARTICIPANT_NAMES, Participant


class Visit(NamedTuple):
    """Seats of this order in one session."""

    name: str
    slug: str
    photo: Photo | None
    starts_at: datetime
    place: str
    state: str
    tone: str
    """How the state looks: ok, warn or bad."""
    lines: tuple[ReceiptLine, ...]
    refunds: tuple[tuple[str, str], ...]
    minimum: str
    """How many had to come, in a sentence, until that is decided; then, that it takes place."""


def visits_of(rows: list[dict[str, Any]]) -> tuple[Visit, ...]:
    sessions: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if row["session_id"]:
            sessions.setdefault(row["session_id"], []).append(row)
    return tuple(_visit(of_session) for of_session in sessions.values())


def _visit(rows: list[dict[str, Any]]) -> Visit:
    first = rows[0]
    is_called_off = first["cancelled_at"] is not None and first["booking"] == BookingState.confirmed
    return Visit(
        name=first["line_name"].rsplit(" · ", 2)[0],
        slug=first["slug"],
        photo=photo_of(first),
        starts_at=first["starts_at"],
        place=first["meeting_place"],
        state=CALLED_OFF if is_called_off else BOOKING_NAMES[BookingState(first["booking"])],
        tone="bad" if is_called_off else TONES.get(BookingState(first["booking"]), "ok"),
        lines=tuple(receipt_line(row, PARTICIPANT_NAMES[Participant(row["participant"])]) for row in rows),
        refunds=_refunds(first),
        minimum=_minimum(first),
    )


def _refunds(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What calling it off would bring; nothing where that is done."""
    if row["booking"] == BookingState.cancelled:
        return ()
    return refund_rows(json.loads(row["terms"]).get("refund_ladder"), row["starts_at"])


def _minimum(row: dict[str, Any]) -> str:
    if row["cancelled_at"] or row["booking"] == BookingState.cancelled:
        return ""
    told = minimum_of_terms(json.loads(row["terms"]))
    return "사람이 모여 열리기로 정해졌어요." if told and row["go_at"] else told


CALLED_OFF = "열지 못함"
"""Of a visit whose party has not its money or another date yet."""


TONES = {BookingState.held: "warn", BookingState.no_show: "bad", BookingState.cancelled: "bad"}
