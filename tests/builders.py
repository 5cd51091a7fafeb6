"""Short ways to the same few things in every test; whatever a test does not state is filled in here."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tortoise import connections

from market.checkout import Address, Buyer, HoldTerms, Placed, place_order
from market.orders import Tender
from market.quotes import Basket
from market.stock import Shelf, receive
from villages.city import City
from villages.listings import Kind, Listing, Publication, Tax, Variant
from villages.people import Membership, Person, Role
from villages.programs import Participant, ParticipantPrice, Session
from villages.village import Village

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10 o'clock in Seoul
SECRET = "a-secret-of-the-tests-that-is-long-enough"
HOLDS = HoldTerms(card_minutes=40, transfer_days=3)
NUMBERS = itertools.count(1)

BUYER = Buyer("민지 김", "01012345678", "min@example.kr")
ADDRESS = Address("민지 김", "01012345678", "04524", "서울특별시 중구 세종대로 110", "1층")


async def a_city() -> City:
    if city := await City.first():
        return city
    return await City.create(
        id=1, name="정읍시", market_name="정읍 마을장터", company="정읍시 정보화마을 협의회", ceo="김대표",
        business_no="000-00-00000", mail_order_no="제2026-전북정읍-0000호", address="전북특별자치도 정읍시", phone="0630000000",
        email="market@example.kr", hosting="정읍시", bank_name="농협", bank_account="000-0000-0000-00", bank_holder="정읍 마을장터",
    )  # fmt: skip


async def a_village(name: str = "내장산마을", **values: Any) -> Village:
    number = next(NUMBERS)
    facts: dict[str, Any] = {
        "slug": f"village-{number}",
        "name": name,
        "short_name": name.removesuffix("마을"),
        "company": f"{name} 영농조합",
    }
    return await Village.create(**facts | values)


async def goods(
    name: str = "꿀사과 5kg",
    *,
    village: Village | None = None,
    left: int = 10,
    price: int = 35000,
    published: bool = True,
    **values: Any,
) -> Variant:
    """Goods with one variant on a shelf; returns the variant (its listing is loaded)."""
    village = village or await a_village()
    listing = await a_listing(
        name, village=village, kind=Kind.goods, category="과일", published=published, **values
    )
    variant = await Variant.create(listing=listing, name="한 상자", unit_text="5kg", grams=5000, price=price)
    await Shelf.create(variant=variant)
    if left:
        await receive(connections.get("default"), variant.id, left, cause=f"harvest {variant.id}")
    return variant


async def a_program(
    name: str = "떡메치기 체험", *, village: Village | None = None, seats: int = 20, starts_at: datetime | None = None,
    prices: dict[Participant, int] | None = None, published: bool = True, **values: Any,
) -> Session:  # fmt: skip
    """A program with one session; returns the session (its listing is loaded)."""
    village = village or await a_village()
    listing = await a_listing(
        name,
        village=village,
        kind=Kind.program,
        category="체험",
        tax=Tax.taxable,
        published=published,
        **values,
    )
    for position, (kind, price) in enumerate(
        (prices or {Participant.adult: 9000, Participant.child: 7000}).items()
    ):
        await ParticipantPrice.create(listing=listing, kind=kind, price=price, position=position)
    return await Session.create(
        listing=listing, starts_at=starts_at or NOW + timedelta(days=14), capacity=seats
    )


async def a_listing(
    name: str, *, village: Village, kind: Kind, published: bool = True, **values: Any
) -> Listing:
    number = next(NUMBERS)
    facts: dict[str, Any] = {
        "slug": f"listing-{number}",
        "name": name,
        "kind": kind,
        "category": "과일",
        "village": village,
    }
    listing = await Listing.create(**(facts | values))
    if published:
        await Publication.create(listing=listing, at=NOW)
    return listing


async def a_person(
    email: str = "", *, village: Village | None = None, role: Role | None = None, password: str = ""
) -> Person:
    person = await Person.create(
        email=email or f"person{next(NUMBERS)}@example.kr", name="김순자", password=password
    )
    if role:
        await Membership.create(person=person, village=village, role=role)
    return person


async def an_order(
    *wanted: Variant | tuple[Variant, int], seats: dict[int, dict[Participant, int]] | None = None, key: str = "",
    tender: Tender = Tender.bank_transfer, address: Address | None = ADDRESS, buyer: Buyer = BUYER, now: datetime = NOW,
    expected_total: int | None = None, expected_arrivals: dict[str, date] | None = None,
) -> Placed:  # fmt: skip
    """Place an order of one of each, or of (variant, count)."""
    counts = {
        item[0].id if isinstance(item, tuple) else item.id: item[1] if isinstance(item, tuple) else 1
        for item in wanted
    }
    return await place_order(
        Basket(counts, seats or {}), key=key or f"key-{next(NUMBERS)}", buyer=buyer, address=address, tender=tender,
        secret=SECRET, holds=HOLDS, expected_total=expected_total, expected_arrivals=expected_arrivals, now=now,
    )  # fmt: skip


async def shelf_of(variant: Variant) -> tuple[int, int, int, int]:
    """(on_hand, reserved, leased, shortage)."""
    shelf = await Shelf.get(variant_id=variant.id)
    return shelf.on_hand, shelf.reserved, shelf.leased, shelf.shortage


async def rows(query: str, *values: object) -> list[dict]:
    return [dict(row) for row in await connections.get("default").execute_query_dict(query, list(values))]


def plain(value: object) -> object:
    return json.loads(json.dumps(value, default=str))
