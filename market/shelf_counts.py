"""A village's goods with what is left of them, and the operator's own count of a shelf."""

from dataclasses import dataclass
from datetime import datetime

from tortoise import connections
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market import stock
from market.retrying import retried
from villages.acts import record_act
from villages.refusals import BadForm, NotFound

MOST_COUNTED = 1_000_000


@dataclass(frozen=True)
class OwnVariant:
    """`free` is on hand minus promised and may be below zero; `left` is what a shopper may still order."""

    id: int
    name: str
    unit_text: str
    price: int
    free: int
    reserved: int
    shortage: int
    is_withdrawn: bool

    @property
    def left(self) -> int:
        return max(0, self.free)


@dataclass(frozen=True)
class OwnGoods:
    id: int
    slug: str
    name: str
    is_on_sale: bool
    picture_hash: str | None
    picture_width: int
    variants: list[OwnVariant]

    @property
    def is_short(self) -> bool:
        return any(variant.shortage for variant in self.variants)

    @property
    def is_sold_out(self) -> bool:
        return not any(variant.left for variant in self.variants if not variant.is_withdrawn)


async def own_goods(village_ids: list[int], *, listing_id: int | None = None) -> list[OwnGoods]:
    """All goods of these villages, drafts too, those on sale first."""
    rows = await connections.get("default").execute_query_dict(GOODS, [village_ids, listing_id])
    found: dict[int, OwnGoods] = {}
    for row in rows:
        item = found.setdefault(
            row["listing_id"],
            OwnGoods(
                row["listing_id"], row["slug"], row["listing_name"], row["is_on_sale"], row["picture"],
                row["picture_width"] or 0, [],
            ),
        )  # fmt: skip
        if row["id"]:
            item.variants.append(OwnVariant(**{name: row[name] for name in OwnVariant.__dataclass_fields__}))
    return list(found.values())


@retried
async def count_shelf(
    variant_id: int, *, left: int, seen: int, key: str, village_ids: list[int], by: str, now: datetime
) -> None:
    """The operator counted: `left` may be sold where her screen said `seen` (on hand minus promised).

    Only the difference is booked, so that a sale in between is not undone; the same key counts once. A count also
    settles the shelf's shortage as far as it covers what is promised. Raises `NotFound`, `BadForm`, `OutOfStock`.
    """
    if not 0 <= left <= MOST_COUNTED or abs(seen) > MOST_COUNTED:
        raise BadForm("남은 개수를 0이나 그보다 큰 숫자로 적어 주세요.")
    try:
        async with in_transaction() as db:
            own = await db.execute_query_dict(OWN, [variant_id, village_ids])
            if not own:
                raise NotFound()
            if left != seen:
                await stock.receive(db, variant_id, left - seen, cause=f"count {key[:40]} {by}"[:80])
                await record_act(
                    db, "stock corrected", f"variant {variant_id}", by=by, village_id=own[0]["village_id"],
                    facts={"before": seen, "after": left},
                )  # fmt: skip
            settled = await db.execute_query_dict(SETTLE, [variant_id])
            if settled and not settled[0]["shortage"]:
                await db.execute_query(CLOSE_TASKS, [f"% variant {variant_id}", village_ids, now, by])
    except IntegrityError:
        return  # the same form, sent twice


OWN = """
SELECT s.id, l.village_id FROM shelves s JOIN variants v ON v.id = s.variant_id JOIN listings l ON l.id = v.listing_id
WHERE v.id = $1 AND l.village_id = ANY($2::bigint[]) FOR UPDATE OF s
"""
SETTLE = """
UPDATE shelves SET shortage = LEAST(shortage, GREATEST(0, reserved + leased - on_hand)) WHERE variant_id = $1
RETURNING shortage
"""
CLOSE_TASKS = """
UPDATE tasks SET done_at = $3, done_by = $4
WHERE kind = 'shortage' AND subject LIKE $1 AND village_id = ANY($2::bigint[]) AND done_at IS NULL
"""
GOODS = """
SELECT l.id AS listing_id, l.slug, l.name AS listing_name, p.id IS NOT NULL AS is_on_sale,
       pic.hash AS picture, pic.w AS picture_width,
       v.id, v.name, v.unit_text, v.price, v.withdrawn_at IS NOT NULL AS is_withdrawn,
       COALESCE(s.on_hand - s.reserved - s.leased, 0) AS free, COALESCE(s.reserved, 0) AS reserved,
       COALESCE(s.shortage, 0) AS shortage
FROM listings l
LEFT JOIN publications p ON p.listing_id = l.id
LEFT JOIN variants v ON v.listing_id = l.id
LEFT JOIN shelves s ON s.variant_id = v.id
LEFT JOIN LATERAL (
    SELECT pi.hash, pi.w FROM listing_pictures lp JOIN pictures pi ON pi.id = lp.picture_id
    WHERE lp.listing_id = l.id ORDER BY lp.position, lp.id LIMIT 1
) pic ON true
WHERE l.village_id = ANY($1::bigint[]) AND l.kind = 'goods' AND ($2::bigint IS NULL OR l.id = $2)
ORDER BY p.id IS NULL, l.name, l.id, v.position, v.id
"""
