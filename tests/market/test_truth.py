"""The state that others check us by: what it says of money stands in the journal."""

from tortoise.transactions import in_transaction

from market.figures import Sale, add_sales
from market.ledger.refunds import ShareBack, refund_paid, refund_promised, shares_of
from market.orders import Tender
from market.truth import whole_state
from tests.builders import NOW, a_village, goods
from tests.market.ledger.selling import paid, sold_at_the_stall
from tests.market.sharing import a_party, two_on_one_bus
from villages.days import seoul_day


async def test_sales_and_accounts_are_sums_of_the_journal(db):
    village = await a_village(slug="maple")
    apples = await goods(village=village, price=35_000)
    await paid(apples)
    await sold_at_the_stall(apples)

    state = await whole_state()

    assert state["ledger"] == [
        {"village": "maple", "channel": "online", "kind": "goods", "amount": 35_000, "postage": 4_000},
        {"village": "maple", "channel": "stall", "kind": "goods", "amount": 35_000, "postage": 0},
    ]
    assert state["accounts"] == [
        {"account": "bank", "village": None, "amount": 39_000},
        {"account": "cash", "village": "maple", "amount": 35_000},
        {"account": "postage", "village": "maple", "amount": -4_000},
        {"account": "village_payable", "village": "maple", "amount": -70_000},
    ]


async def test_what_was_paid_back_is_said_of_its_order_and_off_the_sales(db):
    village = await a_village()
    order = await paid(await goods(village=village, price=60_000))
    async with in_transaction() as connection:
        (share,) = await shares_of(connection, order.id)
        back = ShareBack(share.part_id, share.village_id, share.kind, share.left)
        common = {"subject": "trial 1", "order_id": order.id, "at": NOW, "by": "person 1"}
        await refund_promised(connection, [back], **common)
        await refund_paid(connection, 60_000, tender=Tender.bank_transfer, **common)
        await add_sales(
            connection, [Sale(village.id, "online", "goods", seoul_day(NOW), -60_000, 0, 0, 0)], []
        )

    state = await whole_state()

    assert (state["orders"][0]["captured"], state["orders"][0]["refunded"]) == (60_000, 60_000)
    assert [row["amount"] for row in state["ledger"]] == [0]
    assert sum(row["amount"] for row in state["accounts"]) == 0


async def test_a_shared_bus_is_said_with_the_sessions_that_take_its_seats(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    await a_party(soap, 2)

    (outing,) = (await whole_state())["outings"]

    assert (outing["pool"], outing["capacity"], outing["held"], outing["booked"]) == ("마을 버스", 5, 2, 0)
    assert outing["sessions"] == [digging.id, soap.id]
