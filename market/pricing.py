"""What a quote asks the database: goods and seats at today's price, each with its seller."""

from market.dates.minimums import MINIMUM
from market.dispatch_days import FULL_DAYS, IS_LIMITED
from villages.seats_left import SCARCE_POOL, SEATS_LEFT

SELLER = """
vi.id AS village_id, vi.slug AS village_slug, vi.name AS village_name, vi.short_name, vi.accent, vi.company, vi.ceo,
vi.business_no, vi.mail_order_no, vi.phone, vi.address, vi.postage_fee, vi.postage_free_over, vi.cold_box_fee, vi.cut_off
"""
FIRST_PICTURE = """
LEFT JOIN LATERAL (
    SELECT pi.hash, pi.w FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id
    WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id LIMIT 1
) pic ON true
"""
# `(SELECT $1)` keeps the list from the planner's eyes: knowing its few ids it would plan anew at every call, and that
# takes eight times as long as the answer.
GOODS = f"""
SELECT v.id AS variant_id, v.name AS variant_name, v.price, l.id AS listing_id, l.slug, l.name, l.tax,
       l.is_fresh, l.ships_cold, l.no_islands, l.withdrawal_limit, pic.hash AS picture, pic.w AS picture_width,
       (p.id IS NOT NULL AND v.withdrawn_at IS NULL) AS on_sale,
       (SELECT count(*) FROM variants o WHERE o.listing_id = l.id AND o.withdrawn_at IS NULL) AS choices,
       COALESCE(s.on_hand - s.reserved - s.leased, 0) AS free, {SELLER},
       {FULL_DAYS.format(today="$2")}, {IS_LIMITED.format(today="$2")}
FROM variants v
JOIN listings l ON l.id = v.listing_id
JOIN villages vi ON vi.id = l.village_id
LEFT JOIN publications p ON p.listing_id = l.id
LEFT JOIN shelves s ON s.variant_id = v.id
{FIRST_PICTURE}
WHERE v.id = ANY((SELECT $1::bigint[])::bigint[])
"""
SEATS = f"""
SELECT s.id AS session_id, s.starts_at, s.closed_at, {SEATS_LEFT} AS free, {SCARCE_POOL} AS scarce_pool,
       pp.kind, pp.price, pp.seats_taken, pp.position, l.id AS listing_id, l.slug, l.name, l.tax,
       l.closes_hours_before, l.refund_ladder, {MINIMUM}, p.id IS NOT NULL AS on_sale,
       pic.hash AS picture, pic.w AS picture_width, {SELLER}
FROM sessions s
JOIN listings l ON l.id = s.listing_id
JOIN villages vi ON vi.id = l.village_id
JOIN participant_prices pp ON pp.listing_id = l.id
LEFT JOIN publications p ON p.listing_id = l.id
{FIRST_PICTURE}
WHERE s.id = ANY((SELECT $1::bigint[])::bigint[])
"""
