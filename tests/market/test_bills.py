"""A cart laid out: parcels and visits add up to the quote, and changes since it was seen are told."""

from datetime import timedelta

from tortoise import connections

from market.bills import Bill, bill_of
from market.cart import Cart
from market.quotes import quote
from tests.builders import NOW, a_program, a_village, goods
from villages.listings import Publication, Variant
from villages.programs import Participant

SOON = NOW + timedelta(days=14)


async def billed(cart: Cart, *, postcode: str | None = None) -> Bill:
    return bill_of(await quote(connections.get("default"), cart.basket, now=NOW, postcode=postcode), cart)


async def test_parcels_visits_and_postage_add_up_to_the_total(db: str):
    village = await a_village("내장산마을")
    apples, rice = await goods("사과", village=village, price=35000), await goods("쌀", price=60000)
    session = await a_program(village=village, starts_at=SOON)
    cart = Cart().with_goods(apples.id, 1, seen=35000).with_goods(rice.id, 1, seen=60000)
    cart = cart.with_people(session.id, {Participant.adult: (2, 9000), Participant.child: (1, 7000)})

    bill = await billed(cart, postcode="63322")

    assert [(parcel.goods, parcel.postage.fee, parcel.postage.surcharge) for parcel in bill.parcels] == [
        (35000, 4000, 3000), (60000, 0, 3000),
    ]  # fmt: skip
    assert [visit.amount for visit in bill.visits] == [25000]
    assert bill.total == 130000 == bill.goods + bill.programs + bill.postage + bill.surcharge
    assert bill.sellers[0].short_name == "내장산"
    assert bill.can_be_ordered and not bill.is_changed


async def test_what_is_missing_for_free_postage_is_told_until_it_is_reached(db: str):
    apples = await goods(price=20000)

    missing = [
        (await billed(Cart().with_goods(apples.id, count, seen=20000))).parcels[0].until_free
        for count in (1, 2, 3)
    ]

    assert missing == [30000, 10000, 0]


async def test_a_new_price_is_a_change_and_what_is_gone_is_counted(db: str):
    apples, pears = await goods("사과", price=20000), await goods("배")
    cart = (
        Cart()
        .with_goods(apples.id, 1, seen=19000)
        .with_goods(pears.id, 1, seen=35000)
        .with_goods(999999, 1, seen=1)
    )

    bill = await billed(cart)

    assert [line.was for parcel in bill.parcels for line in parcel.lines] == [19000, None]
    assert (bill.is_changed, bill.gone, bill.can_be_ordered) == (True, 1, False)


async def test_a_line_in_trouble_says_why_and_nothing_can_be_ordered(db: str):
    apples = await goods("사과", left=2)
    await Variant.filter(id=apples.id).update(price=30000)
    cart = Cart().with_goods(apples.id, 3, seen=30000)

    few = await billed(cart)
    await Publication.all().delete()
    withdrawn = await billed(cart)

    assert "남은 개수가 2개" in few.trouble and "지금은 팔지 않는 상품입니다" in withdrawn.trouble
    assert not few.can_be_ordered and not withdrawn.can_be_ordered
