"""Short ways to a settled past: sales that are confirmed, months that are closed."""

from datetime import UTC, date, datetime

from market.fulfilment import confirm_purchase, send_parcel
from market.offline_sales import record_sale
from market.orders import Channel, Order, Part, Tender
from market.quotes import Basket
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import RefundCause
from market.settlement.closing import close_statement
from market.settlement.statements import Statement
from tests.builders import NUMBERS, a_person, goods
from tests.market.ledger.selling import paid
from villages.listings import Variant
from villages.village import Village

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))


def on(month: int, day: int, hour: int = 1) -> datetime:
    """10 o'clock in Seoul on a day of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def confirmed(*wanted, sold: datetime, at: datetime) -> Order:
    """An order that was paid, sent and confirmed by its buyer."""
    order = await paid(*wanted, now=sold)
    for part in await Part.filter(order_id=order.id):
        await send_parcel(
            part.id,
            courier="cj",
            tracking="123456789012",
            village_ids=[part.village_id],
            by="person 1",
            now=sold,
        )
        await confirm_purchase(part.id, order_id=order.id, now=at)
    return order


async def stall_sale(
    variant: Variant, count: int = 1, *, now: datetime, tender: Tender = Tender.cash
) -> Order:
    person = await a_person()
    await variant.fetch_related("listing")
    sold = await record_sale(
        Basket({variant.id: count}), village_id=variant.listing.village_id, key=f"sale {next(NUMBERS)}",
        channel=Channel.stall, tender=tender, person_id=person.id, by=f"person {person.id}", now=now,
    )  # fmt: skip
    return sold.order


async def refunded(
    order: Order, *, now: datetime, village: Village | None = None, count: int | None = None
) -> int:
    """All of it, or of one village, or so many of each line; returns the won."""
    wanted = {
        line.id: count or line.count - line.cancelled
        for part in await Part.filter(order_id=order.id).prefetch_related("lines")
        if village is None or part.village_id == village.id
        for line in part.lines
    }
    quote = await quote_refund(order, wanted, cause=RefundCause.operator, by="person 1", now=now)
    refund = await confirm_refund(quote.code, order.id, by="person 1", now=now)
    return refund.amount


async def closed(village: Village, month: date, *, now: datetime) -> Statement:
    return await close_statement(village.id, month, by="person 1", now=now)


async def paid_out(village: Village, month: date) -> int:
    """Something confirmed in the month; returns the won that its statement will pay out."""
    order = await confirmed(await goods(village=village), sold=on(month.month, 1), at=on(month.month, 5))
    return order.total
