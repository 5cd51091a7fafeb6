"""Putting a listing on sale and taking it down: who, when, and what the law wants to be there before."""

import json
from datetime import date, datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from villages.acts import record_act
from villages.categories import notice_kind
from villages.days import seoul_day
from villages.legal_notices import Draft, publish_problems
from villages.listings import Kind, Listing, Publication, Tax
from villages.refusals import NotFound, Refused

BUSINESS_ROW = "food_business_no"
"""Beside the law's rows of made food: the number of the 식품제조가공업(즉석판매제조가공업)."""


class NotReady(Refused):
    """Something the law or the shopper needs is missing; `problems` says each in a sentence."""

    code = "not-ready"
    usual = "올리기 전에 고칠 것이 있습니다."

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


async def publish(listing_id: int, *, village_ids: list[int], person_id: int, now: datetime) -> None:
    """Put it on sale; twice is once. Raises `NotFound`, `NotReady`."""
    async with in_transaction() as db:
        listing = await _locked(db, listing_id, village_ids)
        if problems := await problems_of(db, listing_id, today=seoul_day(now)):
            raise NotReady(problems)
        _, is_new = await Publication.get_or_create(
            using_db=db, listing_id=listing_id, defaults={"by_id": person_id, "at": now}
        )
        if is_new:
            await _bump(db, listing)
            await record_act(
                db, "listing published", f"listing {listing_id}", by=f"person {person_id}", village_id=listing.village_id
            )  # fmt: skip


async def withdraw(listing_id: int, *, village_ids: list[int], by: str) -> None:
    """Take it off the shelf of the shop. Orders already made stand."""
    async with in_transaction() as db:
        listing = await _locked(db, listing_id, village_ids)
        if await Publication.filter(listing_id=listing_id).using_db(db).delete():
            await _bump(db, listing)
            await record_act(
                db, "listing withdrawn", f"listing {listing_id}", by=by, village_id=listing.village_id
            )


async def stay_sound(db: BaseDBAsyncClient, listing_id: int, *, today: date) -> None:
    """What is on sale may not lose what it had to have. Raises `NotReady`; for a draft anything goes."""
    if await Publication.filter(listing_id=listing_id).using_db(db).exists():
        problems = await problems_of(db, listing_id, today=today)
        if problems:
            raise NotReady(problems)


async def problems_of(db: BaseDBAsyncClient, listing_id: int, *, today: date) -> list[str]:
    """Every sentence that stands between this listing and its publication, as it is stored now."""
    rows = await db.execute_query_dict(DRAFT, [listing_id, today])
    return publish_problems(_draft(rows[0]))


def _draft(row: dict[str, Any]) -> Draft:
    notice_rows = {key: str(text) for key, text in json.loads(row["notice_rows"]).items()}
    return Draft(
        kind=notice_kind(Kind(row["kind"]), row["category"], Tax(row["tax"])),
        name=row["name"],
        description=f"{row['summary']}\n{row['story']}",
        notice_rows=notice_rows,
        certificates=row["certificates"],
        village_name=row["village_name"],
        origin=row["origin"],
        prices=row["prices"],
        pictures=row["pictures"],
        pictures_without_words=row["pictures_without_words"],
        food_business_no=notice_rows.get(BUSINESS_ROW, ""),
        seller_is_complete=row["seller_is_complete"],
        ladder_is_set=bool(json.loads(row["refund_ladder"])),
    )


async def _locked(db: BaseDBAsyncClient, listing_id: int, village_ids: list[int]) -> Listing:
    listing = (
        await Listing.filter(id=listing_id, village_id__in=village_ids)
        .using_db(db)
        .select_for_update()
        .first()
    )
    if listing is None:
        raise NotFound()
    return listing


async def _bump(db: BaseDBAsyncClient, listing: Listing) -> None:
    listing.version += 1
    await listing.save(using_db=db, update_fields=["version"])


DRAFT = """
SELECT l.kind, l.category, l.tax, l.name, l.summary, l.story, l.notice_rows, l.origin, l.refund_ladder,
       v.name AS village_name,
       v.company <> '' AND v.ceo <> '' AND v.business_no <> '' AND v.phone <> ''
           AND (v.mail_order_no <> '' OR v.mail_order_exemption <> '') AS seller_is_complete,
       ARRAY(SELECT c.kind FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $2) AS certificates,
       ARRAY(SELECT price FROM variants WHERE listing_id = l.id AND withdrawn_at IS NULL
             UNION ALL SELECT price FROM participant_prices WHERE listing_id = l.id AND kind <> 'infant') AS prices,
       (SELECT count(*) FROM listing_pictures lp WHERE lp.listing_id = l.id)::int AS pictures,
       (SELECT count(*) FROM listing_pictures lp JOIN pictures p ON p.id = lp.picture_id
        WHERE lp.listing_id = l.id AND p.alt = '')::int AS pictures_without_words
FROM listings l JOIN villages v ON v.id = l.village_id WHERE l.id = $1
"""
