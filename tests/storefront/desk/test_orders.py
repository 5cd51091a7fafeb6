"""주문: only one's own part, from 주문 봤어요 to 보냈어요, and what the buyer gets to know."""

from datetime import UTC, datetime, timedelta

import pytest

from market.deposits import confirm_deposit
from market.orders import Part
from market.part_states import PartState
from tests.builders import NOW, a_program, a_village, an_order, goods, rows
from villages.notices import Notice
from villages.programs import Participant, Session


async def paid(*wanted, **more):
    """An order whose transfer has come in."""
    placed = await an_order(*wanted, **more)
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=NOW)
    return placed.order


async def test_new_orders_stand_under_their_tab_with_a_count(site):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods("꿀사과", village=village))

    page = await operator.get("/desk/orders")

    assert page.status_code == 200
    assert order.number in page.text and "꿀사과 1개" in page.text
    assert 'href="/desk/orders?tab=new" aria-current="page">새 주문 <b class="num">1</b>' in page.text


async def test_an_unpaid_order_is_not_work_and_hides_its_buyer(site):
    village = await a_village()
    operator = await site.operator_of(village)
    placed = await an_order(await goods(village=village))

    listed = await operator.get("/desk/orders")
    shown = await operator.get(f"/desk/orders/{placed.order.number}")

    assert placed.order.number not in listed.text
    assert shown.status_code == 200 and "세종대로" not in shown.text and "010-1234-5678" not in shown.text


async def test_one_village_sees_its_own_part_and_nothing_of_the_others(site):
    own, other = await a_village(), await a_village("대정마을")
    order = await paid(await goods("꿀사과", village=own), await goods("햅쌀", village=other))
    operator, neighbour = await site.operator_of(own), await site.operator_of(other)
    stranger = await site.operator_of(await a_village("옥정호마을"))

    own_page, other_page = [await each.get(f"/desk/orders/{order.number}") for each in (operator, neighbour)]

    assert "꿀사과" in own_page.text and "햅쌀" not in own_page.text
    assert "햅쌀" in other_page.text and "꿀사과" not in other_page.text
    assert "세종대로" in own_page.text
    assert (await stranger.get(f"/desk/orders/{order.number}")).status_code == 404


async def test_an_order_is_seen_and_sent_and_the_buyer_is_told(site):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)

    seen = await operator.post(f"/desk/parts/{part.id}/preparation")
    sent = await operator.post(
        f"/desk/parts/{part.id}/parcel", {"courier": "cj", "tracking": "6123-4567-8901"}
    )
    page = await operator.follow(sent)

    assert seen.headers["location"] == f"/desk/orders/{order.number}"
    await part.refresh_from_db()
    assert (part.state, part.courier, part.tracking) == (PartState.shipped, "cj", "612345678901")
    assert "보냈다고 적었습니다" in page.text and "612345678901" in page.text
    assert await Notice.filter(kind="shipped").exists()
    moves = await rows("SELECT state, by FROM part_moves WHERE part_id = $1 ORDER BY id", part.id)
    assert [move["state"] for move in moves] == ["awaiting_payment", "paid", "preparing", "shipped"]
    assert moves[-1]["by"].startswith("person ")


@pytest.mark.parametrize(
    ("tracking", "sentence"), [("6.12E+11", "엑셀이 송장번호를"), ("없음", "숫자로 적어 주세요")]
)
async def test_a_lost_number_is_refused_and_stays_in_the_field(site, tracking, sentence):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)

    answer = await operator.post(f"/desk/parts/{part.id}/parcel", {"courier": "cj", "tracking": tracking})

    assert answer.status_code == 422
    assert sentence in answer.text and f'value="{tracking}"' in answer.text
    await part.refresh_from_db()
    assert part.state == PartState.paid


async def test_a_wrong_number_is_corrected_and_the_buyer_is_told_once(site):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)

    for number in ("1234567890", "612345678901"):
        await operator.post(f"/desk/parts/{part.id}/parcel", {"courier": "cj", "tracking": number})

    await part.refresh_from_db()
    assert part.tracking == "612345678901"
    assert await Notice.filter(kind="shipped", channel="mail").count() <= 1


async def test_a_number_of_odd_length_is_kept_with_a_warning(site):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)

    page = await operator.follow(
        await operator.post(f"/desk/parts/{part.id}/parcel", {"courier": "epost", "tracking": "123456789012"})
    )

    assert "보통 13자리인데 12자리입니다" in page.text


async def test_the_next_order_is_one_tap_away(site):
    village = await a_village()
    apples = await goods(village=village)
    first, second = await paid(apples), await paid(apples)
    operator = await site.operator_of(village)

    page = await operator.get(f"/desk/orders/{first.number}")

    assert f'href="/desk/orders/{second.number}"' in page.text


async def test_another_villages_part_cannot_be_moved(site):
    order = await paid(await goods(village=await a_village()))
    part = await Part.get(order_id=order.id)
    stranger = await site.operator_of(await a_village("대정마을"))

    answers = [
        await stranger.post(f"/desk/parts/{part.id}/preparation"),
        await stranger.post(f"/desk/parts/{part.id}/parcel", {"courier": "cj", "tracking": "612345678901"}),
        await stranger.post(f"/desk/parts/{part.id}/delivery"),
        await stranger.post("/desk/parts/99999999999999999999/delivery"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    await part.refresh_from_db()
    assert part.state == PartState.paid


async def test_a_parcel_that_arrived_is_marked_by_the_operator(site):
    village = await a_village()
    operator, order = await site.operator_of(village), await paid(await goods(village=village))
    part = await Part.get(order_id=order.id)
    await operator.post(f"/desk/parts/{part.id}/parcel", {"courier": "cj", "tracking": "612345678901"})

    await operator.post(f"/desk/parts/{part.id}/delivery")

    await part.refresh_from_db()
    assert part.state == PartState.delivered
    assert order.number in (await operator.get("/desk/orders?tab=sent")).text


async def test_nobody_has_been_at_a_visit_that_is_still_to_come(site):
    village, now = await a_village(), datetime.now(UTC)
    coming = await a_program(village=village, starts_at=now + timedelta(days=3))
    begun = await a_program("떡메치기", village=village, starts_at=now + timedelta(days=3))
    operator, orders = await site.operator_of(village), []
    for session in (coming, begun):
        orders.append(await paid(seats={session.id: {Participant.adult: 1}}, address=None, now=now))
    await Session.filter(id=begun.id).update(starts_at=now - timedelta(minutes=5))

    pages = [(await operator.get(f"/desk/orders/{order.number}")).text for order in orders]

    assert ["잘 다녀가셨어요" in page for page in pages] == [False, True]
