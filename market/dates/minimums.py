"""How many must come for a session to take place, as an order's line keeps it."""

from datetime import datetime
from typing import Any, NamedTuple

from villages.session_rules import decision_moment


class Minimum(NamedTuple):
    """Heads, and the moment at which it is decided whether so many come."""

    people: int
    decided_at: datetime


def minimum_of(row: dict[str, Any]) -> Minimum | None:
    """Of a row with `MINIMUM`'s columns; None where anyone will do, or where it was decided that it takes place."""
    if not row["min_people"] or row["go_at"]:
        return None
    moment = decision_moment(row["starts_at"], row["decide_days_before"], row["decide_hour"])
    return Minimum(row["min_people"], moment)


def minimum_terms(minimum: Minimum | None) -> dict[str, Any]:
    """What is frozen beside the refund ladder."""
    if minimum is None:
        return {}
    return {"minimum": {"people": minimum.people, "decided_at": minimum.decided_at.isoformat()}}


MINIMUM = "COALESCE(s.min_people, l.min_people) AS min_people, l.decide_days_before, l.decide_hour, s.go_at"
"""Columns of `sessions s` and `listings l`; `starts_at` stands beside them anyway."""
