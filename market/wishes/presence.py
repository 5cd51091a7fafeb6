"""When something is there, in SQL, for whoever reads a listing as `l`: pages, forms and the duty say it alike.

Goods are there while some kind of them is left and it is their season; programs while a date can be booked, in whatever
month.
"""

from villages.seats_left import SEATS_LEFT

OUT_OF_SEASON = """
(jsonb_array_length(l.season_months) BETWEEN 1 AND 11
 AND NOT l.season_months @> to_jsonb(extract(month FROM {now}::timestamptz AT TIME ZONE 'Asia/Seoul')::int))
""".strip()
ON_SHELF = """
EXISTS (
    SELECT FROM variants v JOIN shelves s ON s.variant_id = v.id
    WHERE v.listing_id = l.id AND v.withdrawn_at IS NULL AND s.on_hand - s.reserved - s.leased > 0
)
""".strip()
IS_THERE = f"""
CASE l.kind WHEN 'goods' THEN NOT {OUT_OF_SEASON} AND {ON_SHELF} ELSE EXISTS (
    SELECT FROM sessions s WHERE s.listing_id = l.id AND s.closed_at IS NULL
      AND s.starts_at > {{now}}::timestamptz + make_interval(hours => l.closes_hours_before) AND {SEATS_LEFT} > 0
) END
""".strip()
"""This and the season are to be filled with `now`: the parameter that has it."""

SHOWN = """
JOIN publications p ON p.listing_id = l.id
JOIN villages vi ON vi.id = l.village_id AND vi.state = 'running'
""".strip()
"""What shoppers may see at all."""
