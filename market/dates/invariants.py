"""What must hold of sessions that were called off and of parties that moved."""

from market.rules import Rule

DATE_RULES = (
    Rule(
        "a-called-off-party-is-answered",
        "a party of a called-off session has moved, was given back, or is there to be: by its offer, or at once",
        """
        SELECT 'booking ' || b.id FROM bookings b JOIN sessions s ON s.id = b.session_id
        JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
        WHERE s.cancelled_at IS NOT NULL AND b.state = 'confirmed' AND (
            o.ended_as IS NOT NULL OR o.paid_at IS NULL OR NOT EXISTS (
                SELECT FROM lines l WHERE l.part_id = b.part_id AND l.session_id = s.id AND l.count > l.cancelled
            )
        )
        UNION ALL
        SELECT 'date offer ' || f.id FROM date_offers f JOIN sessions s ON s.id = f.session_id
        WHERE s.cancelled_at IS NULL OR NOT EXISTS (SELECT FROM offered_dates d WHERE d.session_id = f.session_id)
        """,
    ),
    Rule(
        "a-moved-party-stands-where-it-went",
        "a booking stands in the session its last move led to, each move began where the one before it ended, and all are "
        "of one program",
        """
        SELECT 'booking move ' || m.id FROM booking_moves m
        JOIN bookings b ON b.id = m.booking_id JOIN sessions s ON s.id = m.from_session_id
        JOIN sessions t ON t.id = m.to_session_id
        LEFT JOIN LATERAL (
            SELECT from_session_id FROM booking_moves n WHERE n.booking_id = m.booking_id AND n.id > m.id ORDER BY n.id LIMIT 1
        ) n ON true
        WHERE s.listing_id <> t.listing_id OR COALESCE(n.from_session_id, b.session_id) <> m.to_session_id
        """,
    ),
)
