"""The day a buyer was told: asked again where it would be a later one, and counted with the order where it stands."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from market import dispatch_days
from market.deliveries import PostageTerms, Promise, day_text, full_text, promise
from market.dispatch_days import FULL_DAYS, IS_LIMITED
from market.quotes import Quote, QuotePart, postage_terms
from villages.days import seoul_day
from villages.refusals import Refused


class ShipDayChanged(Refused):
    code = "ship-day-changed"
    usual = "그사이 보내는 날이 바뀌었습니다. 바뀐 날을 확인하고 다시 눌러 주세요."


def refuse_later(quoted: Quote, expected: Mapping[str, date], *, now: datetime) -> None:
    """Raise `ShipDayChanged` where a village's parcel would arrive after the day that was seen (by its slug)."""
    for part in quoted.parts:
        seen = expected.get(part.seller.slug)
        if seen and part.promise and part.promise.arrives_on > seen:
            raise _changed(part, part.promise, now)


async def take_room(db: BaseDBAsyncClient, order_id: int, quoted: Quote, *, now: datetime) -> None:
    """Count the parcels of villages that send only so many a day. Raises `ShipDayChanged` where a day just filled."""
    limited = {part.seller.id: part for part in quoted.parts if part.is_limited and part.promise}
    days = {village: part.promise.ships_on for village, part in limited.items() if part.promise}
    taken = await dispatch_days.take(db, order_id, days)
    for village, day in sorted(days.items()):
        if village not in taken:
            raise _changed(limited[village], _next_after(limited[village], day, now), now)


async def promise_again(db: BaseDBAsyncClient, order_id: int, *, is_revived: bool, now: datetime) -> None:
    """Paid when its day of sending was over, or when it had ended already: it leaves on the first day from now on.

    The money is here, so it is promised a day whatever room there is; where some day has room, it is counted there.
    """
    late = await db.execute_query_dict(LATE, [order_id, seoul_day(now), is_revived])
    late.sort(key=lambda row: row["village_id"])  # as every order takes its days
    part_ids = [row["id"] for row in late]
    await dispatch_days.lock(db, part_ids, _first_days(late, now))
    await dispatch_days.give_back(db, part_ids)
    for row in late:
        found = await _found_again(db, order_id, row, now)
        if found:
            await db.execute_query(PROMISE, [row["id"], found.ships_on, found.arrives_on])


def _first_days(late: list[dict[str, Any]], now: datetime) -> dict[int, date]:
    """Where these parcels will be counted, unless a day fills at this moment."""
    found = {row["village_id"]: _promise(row, postage_terms(row), now) for row in late if row["is_limited"]}
    return {village: each.ships_on for village, each in found.items() if each}


async def _found_again(
    db: BaseDBAsyncClient, order_id: int, row: dict[str, Any], now: datetime
) -> Promise | None:
    usual = terms = postage_terms(row)
    while row["is_limited"] and (found := _promise(row, terms, now)):
        if await dispatch_days.take(db, order_id, {row["village_id"]: found.ships_on}):
            return found
        terms = terms._replace(full_days=terms.full_days | {found.ships_on})  # it filled at this moment
    return _promise(row, usual._replace(full_days=frozenset()), now)


def _promise(row: dict[str, Any], terms: PostageTerms, now: datetime) -> Promise | None:
    return promise(now, terms, postcode=row["postcode"] or None, fresh=row["is_fresh"])


def _next_after(part: QuotePart, full: date, now: datetime) -> Promise | None:
    """What is offered instead: the page and the next try look again, and other days may have filled meanwhile."""
    terms = part.seller.terms._replace(full_days=part.seller.terms.full_days | {full})
    return promise(now, terms, postcode=part.postcode, fresh=any(line.is_fresh for line in part.goods_lines))


def _changed(part: QuotePart, found: Promise | None, now: datetime) -> ShipDayChanged:
    if found is None:
        return ShipDayChanged()
    why = full_text(found, seoul_day(now))
    new = f"{day_text(found.ships_on)}에 보내 {day_text(found.arrives_on)} 도착"
    return ShipDayChanged(f"{part.seller.name}: {why or new}합니다. 바뀐 날을 확인하고 다시 눌러 주세요.")


LATE = f"""
SELECT p.id, p.village_id, o.postcode, vi.postage_fee, vi.postage_free_over, vi.cold_box_fee, vi.cut_off,
       {FULL_DAYS.format(today="$2")}, {IS_LIMITED.format(today="$2")},
       EXISTS (SELECT FROM lines l JOIN variants v ON v.id = l.variant_id JOIN listings li ON li.id = v.listing_id
               WHERE l.part_id = p.id AND li.is_fresh) AS is_fresh
FROM parts p JOIN orders o ON o.id = p.order_id JOIN villages vi ON vi.id = p.village_id
WHERE p.order_id = $1 AND (p.ships_on < $2 OR p.ships_on IS NOT NULL AND $3::bool) ORDER BY p.id FOR NO KEY UPDATE OF p
"""
PROMISE = "UPDATE parts SET ships_on = $2, promised_on = $3 WHERE id = $1"
