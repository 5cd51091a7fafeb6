"""What is given back comes off the shares it was sold to, waits as promised, and leaves the way it came."""

import pytest
from tortoise.transactions import in_transaction

from market.figures import Sale, add_sales
from market.ledger.commission import CommissionRule, commission_back
from market.ledger.refunds import (
    ShareBack,
    ShareLeft,
    refund_paid,
    refund_promised,
    refund_promised_from_suspense,
    shares_of,
)
from market.ledger.suspense import set_aside
from market.money import Taxed
from market.orders import Order, Tender
from tests.builders import NOW, a_program, a_village, goods
from tests.market.ledger.selling import legs_of, paid, sold_at_the_stall, standing
from villages.days import seoul_day
from villages.listings import Kind, Tax
from villages.programs import Participant

TODAY = seoul_day(NOW)


async def test_what_stands_of_an_order_by_part_and_kind(db):
    order = await goods_and_a_program()

    goods_share, program_share = await shares(order)

    assert (goods_share.kind, goods_share.sold, goods_share.postage) == (
        Kind.goods, Taxed(24_000, 21_000), Taxed(2_134, 1_866),
    )  # fmt: skip
    assert (program_share.kind, program_share.sold, program_share.postage) == (
        Kind.program, Taxed(18_000, 0), Taxed(0, 0),
    )  # fmt: skip
    assert (goods_share.commission, program_share.commission) == (1_350, 540)
    assert goods_share.left == goods_share.sold and goods_share.commission_left == 1_350


async def test_a_promise_takes_it_from_the_village_and_from_the_commission(db):
    order = await goods_and_a_program()
    back = await jam_back(order)

    assert await promised(order, back)

    assert await standing() == {
        "bank": 67_000, "village_payable": -61_110 + 23_280, "postage": -4_000, "commission": -1_890 + 720,
        "refunds_promised": -24_000,
    }  # fmt: skip
    goods_share = (await shares(order))[0]
    assert (goods_share.left, goods_share.sold) == (Taxed(0, 21_000), Taxed(24_000, 21_000))
    assert goods_share.commission_left == 630


async def test_the_same_promise_is_booked_once(db):
    order = await goods_and_a_program()
    back = await jam_back(order)

    assert (await promised(order, back), await promised(order, back, counted=False)) == (True, False)

    assert (await standing())["refunds_promised"] == -24_000


async def test_what_is_paid_back_is_owed_no_more(db):
    order = await goods_and_a_program()
    await promised(order, await jam_back(order))

    async with in_transaction() as connection:
        paid_back = await refund_paid(
            connection, 24_000, tender=Tender.bank_transfer, subject="trial 1", order_id=order.id, at=NOW, by="person 1",
        )  # fmt: skip

    assert paid_back
    assert ((await standing())["refunds_promised"], (await standing())["bank"]) == (0, 43_000)


async def test_all_of_an_order_given_back_leaves_nothing(db):
    order = await goods_and_a_program()
    everything = [
        ShareBack(share.part_id, share.village_id, share.kind, share.left, share.postage_left, share.commission_left)
        for share in await shares(order)
    ]  # fmt: skip

    await promised(order, *everything)

    assert await standing() == {
        "bank": 67_000, "village_payable": 0, "postage": 0, "commission": 0, "refunds_promised": -67_000,
    }  # fmt: skip


async def test_a_refund_from_the_cash_box_is_its_villages(db):
    village = await a_village()
    order = await sold_at_the_stall(await goods(village=village, price=35_000))
    (share,) = await shares(order)
    back = ShareBack(share.part_id, share.village_id, share.kind, share.sold)

    async with in_transaction() as connection:
        await refund_promised(connection, [back], subject="trial 1", order_id=order.id, at=NOW, by="person 1")
        await refund_paid(
            connection, 35_000, tender=Tender.cash, village_id=village.id, subject="trial 1", order_id=order.id, at=NOW,
            by="person 1",
        )  # fmt: skip
        await add_sales(connection, [Sale(village.id, "stall", "goods", TODAY, -35_000, 0, 0, 0)], [])

    assert [leg for leg in await legs_of(village) if leg[0] == "cash"] == [
        ("cash", None, None, 35_000),
        ("cash", None, None, -35_000),
    ]


async def test_money_of_nobody_waits_and_goes_back(db):
    async with in_transaction() as connection:
        for _ in range(2):
            await set_aside(connection, 7_000, subject="sheet row 3", at=NOW, by="person 1")
        await refund_promised_from_suspense(
            connection, 7_000, subject="trial 1", order_id=None, at=NOW, by="person 1"
        )

    assert await standing() == {"bank": 7_000, "suspense": 0, "refunds_promised": -7_000}


async def test_a_deposit_that_came_short_stands_in_suspense_against_its_order(db):
    order = await paid(await goods(price=60_000))

    async with in_transaction() as connection:
        await set_aside(connection, -500, subject="sheet row 4", order_id=order.id, at=NOW, by="person 1")

    assert await standing() == {"bank": 59_500, "village_payable": -60_000, "suspense": 500}


async def test_a_refund_below_zero_is_refused():
    with pytest.raises(ValueError, match="zero won or more"):
        ShareBack(1, 1, Kind.goods, Taxed(2, -1))


async def goods_and_a_program() -> Order:
    """45,000 won of goods, 4,000 of postage, 18,000 of a program; the city keeps 3 %."""
    await CommissionRule.create(position=1, channel="online", basis_points=300, starts_on=TODAY)
    village = await a_village()
    apples = await goods("꿀사과", village=village, price=21_000, tax=Tax.exempt)
    jam = await goods("사과잼", village=village, price=12_000, tax=Tax.taxable)
    pounding = await a_program("떡메치기", village=village)
    return await paid(apples, (jam, 2), seats={pounding.id: {Participant.adult: 2}})


async def shares(order: Order) -> list[ShareLeft]:
    async with in_transaction() as connection:
        return await shares_of(connection, order.id)


async def jam_back(order: Order) -> ShareBack:
    """The two glasses of jam, without postage."""
    share = (await shares(order))[0]
    commission = commission_back(share.commission, sold=sum(share.sold), refunded=0, refunding=24_000)
    return ShareBack(share.part_id, share.village_id, Kind.goods, Taxed(24_000, 0), commission=commission)


async def promised(order: Order, *back: ShareBack, counted: bool = True) -> bool:
    """Promise it, and take it off the figures as a refund does."""
    async with in_transaction() as connection:
        fresh = await refund_promised(
            connection, back, subject="trial 1", order_id=order.id, at=NOW, by="person 1"
        )
        if counted:
            sales = [
                Sale(
                    share.village_id, "online", share.kind, TODAY, -sum(share.sold), -sum(share.postage), 0, 0
                )
                for share in back
            ]
            await add_sales(connection, sales, [])
    return fresh
