"""What people are told about a return; each thing once."""

from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market.returns.tables import Return
from villages.notices import tell


async def tell_buyer_of(
    db: BaseDBAsyncClient, about: Return, number: str, sentence: str, *, now: datetime
) -> None:
    """`sentence` is ours. A state may come again, when the city has overruled: its moment tells one from the other."""
    happened = f"{about.wish}-{about.state}-{int(now.timestamp())}"
    (buyer,) = await db.execute_query_dict(BUYER, [about.order_id])
    await tell(
        db, kind="return_news", subject=f"{number}/{about.id}/{happened}", mail=buyer["buyer_email"],
        facts={"number": number, "why": sentence}, phone=buyer["buyer_phone"],
    )  # fmt: skip


async def tell_village_of(
    db: BaseDBAsyncClient, about: Return, number: str, *, again_at: datetime | None = None
) -> None:
    """`again_at`: when the city has put before it once more what it had refused."""
    again = f"/again-{int(again_at.timestamp())}" if again_at else ""
    (village,) = await db.execute_query_dict(VILLAGE, [about.part_id])
    await tell(
        db, kind="return_asked", subject=f"{number}/{about.id}{again}", phone=village["phone"],
        facts={"number": number, "village": village["name"]},
    )  # fmt: skip


BUYER = "SELECT buyer_email, buyer_phone FROM orders WHERE id = $1"
VILLAGE = "SELECT v.name, v.phone FROM parts p JOIN villages v ON v.id = p.village_id WHERE p.id = $1"
