"""Short ways to sell something and to look into the journal afterwards."""

from datetime import datetime

from market.deposits import confirm_deposit
from market.ledger.accounts import Account
from market.offline_sales import record_sale
from market.orders import Channel, Order, Tender
from market.quotes import Basket
from tests.builders import NOW, NUMBERS, a_person, an_order, rows
from villages.listings import Variant
from villages.village import Village


async def paid(*wanted, seats=None, now: datetime = NOW) -> Order:
    """An order whose transfer has come."""
    order = (await an_order(*wanted, seats=seats, now=now)).order
    await confirm_deposit(order.number, amount=order.total, by="person 1", now=now)
    return order


async def sold_at_the_stall(variant: Variant, *, tender: Tender = Tender.cash) -> Order:
    person = await a_person()
    await variant.fetch_related("listing")
    sold = await record_sale(
        Basket({variant.id: 1}), village_id=variant.listing.village_id, key=f"sale {next(NUMBERS)}", channel=Channel.stall,
        tender=tender, person_id=person.id, by=f"person {person.id}", now=NOW,
    )  # fmt: skip
    return sold.order


async def legs_of(village: Village) -> list[tuple]:
    found = await rows(
        "SELECT account, kind, tax, amount FROM journal_legs WHERE village_id = $1 ORDER BY id", village.id
    )
    return [tuple(row.values()) for row in found]


async def standing() -> dict[str, int]:
    """Won by account."""
    found = await rows("SELECT account, sum(amount)::bigint AS won FROM journal_legs GROUP BY account")
    assert {row["account"] for row in found} <= set(Account)
    return {row["account"]: row["won"] for row in found}
