"""What must hold of promised days."""

from market.rules import Rule

DISPATCH_RULES = (
    Rule(
        "a-days-promises-are-its-parcels",
        "promised = Σ parts counted on it, for every day of sending",
        """
        SELECT 'dispatch day ' || d.id FROM dispatch_days d
        LEFT JOIN (SELECT dispatch_day_id, count(*) AS whole FROM parts WHERE dispatch_day_id IS NOT NULL GROUP BY 1) p
            ON p.dispatch_day_id = d.id
        WHERE d.promised <> COALESCE(p.whole, 0)
        """,
    ),
    Rule(
        "a-promise-is-counted-on-its-day",
        "a counted parcel is of that village and day, and is to be sent or was",
        """
        SELECT 'part ' || p.id FROM parts p JOIN dispatch_days d ON d.id = p.dispatch_day_id
        WHERE p.village_id <> d.village_id OR p.ships_on IS DISTINCT FROM d.day
           OR ((p.state = 'cancelled' OR NOT EXISTS (
               SELECT FROM lines l WHERE l.part_id = p.id AND l.variant_id IS NOT NULL AND l.count > l.cancelled)) AND NOT EXISTS (
               SELECT FROM part_moves m WHERE m.part_id = p.id AND m.state IN ('shipped', 'delivered', 'confirmed')))
        """,
    ),
)
