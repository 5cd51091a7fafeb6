"""취소·환불 at the desk and in the city: only one's own half, the cause decides, the money goes back once."""

from market.offline_sales import record_sale
from market.orders import Channel, Line, Order, Part, Tender
from market.part_states import PartState
from market.quotes import Basket
from market.refund_payouts import keep_account
from market.refunds import Refund, RefundState
from storefront.pages.refund_forms import BankAccount, sealed_account
from tests.builders import NOW, a_person, a_village, goods, shelf_of
from tests.site import SECRET
from tests.storefront.desk.test_orders import paid
from villages.people import Role


async def test_an_operator_calls_off_her_half_and_the_neighbours_stays(site):
    own, other = await a_village(), await a_village("대정마을")
    apples = await goods("꿀사과", village=own)
    order = await paid(apples, await goods("햅쌀", village=other))
    operator = await site.operator_of(own)
    path = f"/desk/orders/{order.number}"

    offered = await operator.get(path)
    asked = await operator.post(f"{path}/refund-quotes", {"cause": "operator"})
    shown = await operator.follow(asked)
    done = await operator.post(f"{path}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]})
    after = await operator.follow(done)

    assert "취소하고 돈 돌려주기" in offered.text
    assert "취소하고 39,000원 돌려주기" in shown.text and "햅쌀" not in shown.text
    assert "취소했습니다" in after.text and "39,000원" in after.text
    assert {part.village_id: part.state for part in await Part.all()} == {
        own.id: PartState.cancelled, other.id: PartState.paid,
    }  # fmt: skip
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_nobody_calls_off_the_half_of_another_village(site):
    own, other = await a_village(), await a_village("대정마을")
    order = await paid(await goods(village=own), await goods(village=other))
    stranger, neighbour = await site.operator_of(await a_village("옥정호마을")), await site.operator_of(other)
    theirs = await Line.get(part__village_id=own.id)
    path = f"/desk/orders/{order.number}"

    assert (await stranger.post(f"{path}/refund-quotes", {"cause": "operator"})).status_code == 404
    foreign = await neighbour.post(f"{path}/refund-quotes", {"cause": "operator", f"line-{theirs.id}": "1"})
    assert foreign.status_code == 404
    quote = (
        await (await site.operator_of(own)).post(f"{path}/refund-quotes", {"cause": "operator"})
    ).headers["location"]
    assert (await neighbour.get(quote)).status_code == 404
    assert (await neighbour.post(f"{path}/refunds", {"quote": quote.rpartition("/")[2]})).status_code == 409
    assert not await Refund.exists()


async def test_a_helper_may_not_and_a_cause_must_be_named(site):
    village = await a_village()
    order = await paid(await goods(village=village))
    path = f"/desk/orders/{order.number}"
    helper, operator = await site.operator_of(village, role=Role.helper), await site.operator_of(village)

    assert (await helper.post(f"{path}/refund-quotes", {"cause": "operator"})).status_code == 403
    assert "취소하고 돈 돌려주기" not in (await helper.get(path)).text
    assert (await operator.post(f"{path}/refund-quotes")).status_code == 422


async def test_what_is_packed_afterwards_is_only_what_was_not_called_off(site):
    village = await a_village()
    order = await paid((await goods("꿀사과", village=village), 3))
    operator = await site.operator_of(village)
    path = f"/desk/orders/{order.number}"

    asked = await operator.post(
        f"{path}/refund-quotes", {"cause": "shopper", f"line-{(await Line.get()).id}": "1"}
    )
    await operator.post(f"{path}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]})

    assert "꿀사과 2개" in (await operator.get("/desk/orders")).text


async def test_a_sale_typed_wrong_at_the_stall_is_undone_across_the_table(site):
    village = await a_village()
    apples = await goods(village=village)
    operator = await site.operator_of(village)
    sold = await record_sale(
        Basket({apples.id: 2}), village_id=village.id, key="k", channel=Channel.stall, tender=Tender.cash,
        person_id=(await a_person()).id, by="person 1", now=NOW,
    )  # fmt: skip
    path = f"/desk/orders/{sold.order.number}"

    asked = await operator.post(f"{path}/refund-quotes", {"cause": "operator"})
    await operator.post(f"{path}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]})

    refund = await Refund.get()
    assert (refund.amount, refund.state) == (sold.order.total, RefundState.paid)
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_the_city_sends_transfers_back_and_writes_it_down_once(site):
    order = await paid(await goods())
    officer = await site.officer()
    path = f"/city/orders/{order.number}"

    asked = await officer.post(f"{path}/refund-quotes", {"cause": "operator"})
    shown = await officer.follow(asked)
    await officer.post(f"{path}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]})
    listed = await officer.get("/city/refunds")
    refund = await Refund.get()
    first, again = [await officer.post(f"/city/refunds/{refund.id}/payout") for _ in range(2)]

    assert "39,000원 돌려주기" in shown.text
    assert "계좌를 아직 모릅니다" in listed.text and order.number in listed.text
    assert first.status_code == again.status_code == 303
    assert (await Refund.get()).state == RefundState.paid
    assert "돌려줄 돈이 없습니다" in (await officer.get("/city/refunds")).text
    assert "돌려드림" in (await officer.get(path)).text


async def test_who_tapped_the_wrong_row_still_finds_the_account_and_a_viewer_does_not(site):
    order = await paid(await goods())
    officer, viewer = await site.officer(), await site.officer(Role.viewer)
    asked = await officer.post(f"/city/orders/{order.number}/refund-quotes", {"cause": "operator"})
    await officer.post(
        f"/city/orders/{order.number}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]}
    )
    account = BankAccount("농협", "3521234567813", "김민지")
    await keep_account(order.id, sealed_account(account, SECRET))

    await officer.post(f"/city/refunds/{(await Refund.get()).id}/payout")

    listed = (await officer.get("/city/refunds")).text
    assert "돌려줄 돈이 없습니다" in listed and "농협 3521234567813 김민지" in listed
    assert "3521234567813" not in (await viewer.get("/city/refunds")).text


async def test_a_viewer_sees_the_list_masked_and_pays_nothing(site):
    order = await paid(await goods())
    officer, viewer = await site.officer(), await site.officer(Role.viewer)
    asked = await officer.post(f"/city/orders/{order.number}/refund-quotes", {"cause": "operator"})
    await officer.post(
        f"/city/orders/{order.number}/refunds", {"quote": asked.headers["location"].rpartition("/")[2]}
    )

    listed = await viewer.get("/city/refunds")

    assert (
        order.number in listed.text and "010-1234-5678" not in listed.text and "보냈어요" not in listed.text
    )
    assert (await viewer.post(f"/city/refunds/{(await Refund.get()).id}/payout")).status_code == 403
    assert (
        await viewer.post(f"/city/orders/{order.number}/refund-quotes", {"cause": "operator"})
    ).status_code == 403
    assert (await Order.get()).paid_at
