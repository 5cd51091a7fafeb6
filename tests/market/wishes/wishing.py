"""Those who want to be told."""

import itertools
from datetime import datetime

from tortoise import connections

from market.stock import receive
from market.wishes.asking import Contact, ask_to_be_told, wish_key
from market.wishes.tables import Wish
from tests.builders import NOW, rows

NUMBERS = itertools.count(1)


async def wishes(
    listing_id: int, *, phone: str = "", email: str = "", key: str = "", now: datetime = NOW
) -> Wish:
    """Of somebody new, by telephone where nothing else is said."""
    number = next(NUMBERS)
    key = key or f"wish-{number}"
    contact = Contact(phone or ("" if email else f"0108{number:07}"), email)
    await ask_to_be_told(listing_id, contact, key=key, now=now)
    return await Wish.get(key=wish_key(listing_id, contact, key))


async def outbox(kind: str) -> list[tuple[str, str]]:
    """(channel, address) of its messages, in the order written."""
    found = await rows("SELECT channel, address FROM notices WHERE kind = $1 ORDER BY id", kind)
    return [(row["channel"], row["address"]) for row in found]


async def harvest(variant_id: int, count: int = 10) -> None:
    db = connections.get("default")
    await receive(db, variant_id, count, cause=f"harvest again {next(NUMBERS)}")
