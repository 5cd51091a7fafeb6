"""The day a buyer was told: asked again where it would be a later one, and counted with the order where it stands."""

from collections.abc import Mapping
from datetime import date, datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market import dispatch_days
from market.deliveries import Promise, day_text, full_text, promise
from market.quotes import Quote, QuotePart
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
