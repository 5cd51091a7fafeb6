"""An order that is not paid yet is called off: what it holds goes back, and no page can take money for it any more."""

from datetime import datetime

from tortoise import connections

from market.expiry import TAKES_MONEY, close_pages, end_order
from market.gateway import Gateway
from market.orders import Order
from market.part_states import Ending
from villages.refusals import Refused


class NotCancelled(Refused):
    code = "not-cancelled"
    usual = "이미 결제된 주문입니다. 취소하시려면 마을이나 장터로 전화해 주세요."


async def cancel_unpaid(order: Order, gateway: Gateway, *, by: str, why: str = "", now: datetime) -> None:
    """End the order as cancelled, once, and tell its buyer why; one that has ended already is left as it is.

    The provider's page is closed first, outside any transaction. Raises `NotCancelled` where the order is paid, by that
    page in the last second too, and where the provider does not answer: unknown is not failed.
    """
    known = await _pages(OPEN_PAGES, order)
    if order.paid_at is None and not await close_pages(known, gateway, now=now):
        await order.refresh_from_db(["paid_at"])
        if order.paid_at is None:
            raise NotCancelled("카드사의 답이 없어 아직 취소하지 못했습니다. 잠시 뒤에 다시 눌러 주세요.")
    if not await end_order(order.id, Ending.cancelled, by=by, why=why, now=now):
        await order.refresh_from_db(["paid_at"])
        if order.paid_at:
            raise NotCancelled
    # Another tab may have opened one since we looked. What was paid there revives the order, or is a refund task.
    await close_pages(
        [page for page in await _pages(ALL_PAGES, order) if page not in known], gateway, now=now
    )


async def _pages(query: str, order: Order) -> list[str]:
    return [
        row["reference"] for row in await connections.get("default").execute_query_dict(query, [order.id])
    ]


OPEN_PAGES = f"SELECT p.reference FROM payments p WHERE p.order_id = $1 AND {TAKES_MONEY} ORDER BY p.id"
ALL_PAGES = (
    "SELECT reference FROM payments WHERE order_id = $1 AND provider = 'stripe' AND url <> '' ORDER BY id"
)
