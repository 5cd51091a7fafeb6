"""How many must come for a session to take place, as an order's line keeps it."""

from datetime import datetime
from typing import Any, NamedTuple

from villages.session_rules import DECIDED_AT, decision_moment


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

TOLD = """
CROSS JOIN LATERAL (
    SELECT min(COALESCE((li.terms->'minimum'->>'people')::int, 0)) AS people,
           min((li.terms->'minimum'->>'decided_at')::timestamptz) AS decided_at
    FROM lines li JOIN bookings b ON b.part_id = li.part_id AND b.session_id = li.session_id
    WHERE li.session_id = s.id AND b.state IN ('held', 'confirmed') AND li.count > li.cancelled
) told
""".strip()
"""What stands on the lines of those who ordered seats of `sessions s`, paid or not yet."""

DECIDES = f"""
LEAST(COALESCE(s.min_people, l.min_people), told.people) AS minimum, COALESCE(told.decided_at, {DECIDED_AT}) AS decided_at
""".strip()
"""By which minimum it will be decided, and when: of `sessions s`, `listings l` and `TOLD`."""
