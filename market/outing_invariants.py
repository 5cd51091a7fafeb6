"""Shared seats: what must be true of outings, as the auditor asks it."""

from market.rules import Rule

OUTING_RULES = (
    Rule(
        "an-outing-is-its-sessions",
        "held and booked of a shared bus or guide = Σ over the sessions that use it at that time, ≤ its seats",
        """
        SELECT 'outing ' || u.id || ' (' || po.name || ')' FROM outings u JOIN pools po ON po.id = u.pool_id
        LEFT JOIN (
            SELECT us.outing_id, sum(s.held) AS held, sum(s.booked) AS booked
            FROM outing_sessions us JOIN sessions s ON s.id = us.session_id GROUP BY 1
        ) w ON w.outing_id = u.id
        WHERE u.held <> COALESCE(w.held, 0) OR u.booked <> COALESCE(w.booked, 0) OR u.held + u.booked > u.capacity
        """,
    ),
    Rule(
        "sessions-stand-in-their-outings",
        "a session that shares stands in one outing of each pool of its program, and says so; no other does",
        """
        SELECT 'session ' || s.id FROM sessions s
        WHERE s.shares_seats <> EXISTS (SELECT FROM outing_sessions us WHERE us.session_id = s.id)
        UNION
        SELECT 'session ' || s.id FROM pool_programs pp JOIN sessions s ON s.listing_id = pp.listing_id
        WHERE s.starts_at > pp.since
          AND NOT EXISTS (SELECT FROM outing_sessions us WHERE us.session_id = s.id AND us.pool_id = pp.pool_id)
        UNION
        SELECT 'session ' || us.session_id FROM outing_sessions us JOIN outings u ON u.id = us.outing_id
        JOIN sessions s ON s.id = us.session_id
        WHERE us.pool_id <> u.pool_id OR s.starts_at < u.begins_at OR s.starts_at >= u.ends_at
        """,
    ),
    Rule(
        "one-bus-is-in-one-place",
        "two outings of one bus or guide never overlap",
        """
        SELECT 'outing ' || later.id FROM outings later JOIN outings earlier
            ON earlier.pool_id = later.pool_id AND earlier.begins_at < later.begins_at AND earlier.ends_at > later.begins_at
        """,
    ),
)
