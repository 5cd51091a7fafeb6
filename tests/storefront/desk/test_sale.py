"""팔기: a sale counts once, stands even when the shelf says no, and leaves less for the shop."""

import re
from datetime import UTC, datetime

import pytest

from market.figures import DailySales
from market.orders import Channel, Order
from tests.builders import a_program, a_village, an_order, goods, shelf_of
from villages.programs import Participant, Session
from villages.refusals import OutOfStock


def sale_of(variant, count, **more):
    return {"channel": "stall", "tender": "cash", "key": "key-1", f"v{variant.id}": str(count), **more}


async def test_a_stall_sale_is_recorded_with_its_sum(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods("사과", village=village, price=24000)

    answer = await operator.post("/desk/sales", sale_of(apples, 2, note="김 선생님"))
    page = await operator.follow(answer)

    assert answer.status_code == 303
    order = await Order.get()
    assert (order.channel, order.total, order.note) == (Channel.stall, 48000, "김 선생님")
    assert "적었습니다" in page.text and "48,000원" in page.text and "이어서 팔기" in page.text
    assert await shelf_of(apples) == (8, 0, 0, 0)
    figure = await DailySales.get()
    assert (figure.channel, figure.amount) == (Channel.stall, 48000)


async def test_a_double_tap_records_once(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    first = await operator.post("/desk/sales", sale_of(apples, 2))
    again = await operator.post("/desk/sales", sale_of(apples, 2))

    assert first.headers["location"] == again.headers["location"]
    assert await Order.all().count() == 1
    assert await shelf_of(apples) == (8, 0, 0, 0)


async def test_every_form_carries_a_key_of_its_own(site):
    operator = await site.operator_of(await a_village())

    pages = [(await operator.get("/desk/sale")).text for _ in range(3)]
    keys = {key for page in pages for key in re.findall(r'name="key" value="([^"]+)"', page)}

    assert len(keys) == 3


async def test_a_sale_beyond_the_shelf_stands_and_says_so(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods("사과", village=village, left=1)

    page = await operator.follow(await operator.post("/desk/sales", sale_of(apples, 3)))

    assert "남은 개수보다 2개 더 팔았습니다" in page.text and "판 것은 그대로 적혔습니다" in page.text
    assert (await Order.get()).total == 105000


async def test_after_nine_at_the_stall_the_shop_sells_one_and_refuses_the_eleventh(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village, left=10)
    await operator.post("/desk/sales", sale_of(apples, 9))
    await an_order(apples)

    with pytest.raises(OutOfStock):
        await an_order(apples)

    assert await shelf_of(apples) == (1, 1, 0, 0)


async def test_todays_seats_are_sold_on_the_spot_and_never_beyond_the_room(site):
    village, now = await a_village(), datetime.now(UTC)
    soap = await a_program(village=village, seats=3, starts_at=now)
    operator = await site.operator_of(village)
    field = f"s{soap.id}-{Participant.adult.value}"

    sold = await operator.post(
        "/desk/sales", {"channel": "on_site", "tender": "cash", "key": "a", field: "2"}
    )
    full = await operator.post(
        "/desk/sales", {"channel": "on_site", "tender": "onnuri", "key": "b", field: "2"}
    )

    assert sold.status_code == 303
    assert full.status_code == 422
    assert "남은 자리보다 많습니다" in full.text
    assert re.search(rf'name="{field}"[^>]*value="2"', full.text)
    assert (await Session.get(id=soap.id)).booked == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tender": ""}, "무엇으로 받았는지"),
        ({"tender": "card"}, "무엇으로 받았는지"),
        ({"key": ""}, "새로 고친 뒤"),
        ({"channel": "online", "tender": "bitcoin"}, "무엇으로 받았는지"),
    ],
)
async def test_a_sale_without_what_it_needs_is_asked_again_with_the_counts_kept(site, change, sentence):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    answer = await operator.post("/desk/sales", sale_of(apples, 7) | change)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert re.search(rf'name="v{apples.id}"[^>]*value="7"', answer.text)
    assert not await Order.exists()


async def test_nothing_counted_is_no_sale(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    answer = await operator.post("/desk/sales", sale_of(apples, 0))

    assert answer.status_code == 422 and "판 것의 개수를 적어 주세요" in answer.text


async def test_another_villages_goods_cannot_be_sold(site):
    theirs = await goods(village=await a_village())
    village = await a_village("대정마을")
    operator, mine = await site.operator_of(village), await goods(village=village)

    answer = await operator.post(
        "/desk/sales", sale_of(theirs, 1, **{f"v{mine.id}": "1", "village_id": str(theirs.id)})
    )

    assert answer.status_code == 422
    assert not await Order.exists()
    assert await shelf_of(theirs) == (10, 0, 0, 0)


async def test_another_villages_sale_is_not_shown(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)
    await operator.post("/desk/sales", sale_of(apples, 1))
    number = (await Order.get()).number
    stranger = await site.operator_of(await a_village("대정마을"))

    page = await stranger.get(f"/desk/sale?channel=stall&number={number}")

    assert page.status_code == 200 and number not in page.text


async def test_a_phone_sale_counts_on_its_own_channel(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)
    assert "전화 주문 적기" in (await operator.get("/desk/sale?channel=phone")).text

    await operator.post("/desk/sales", sale_of(apples, 1, channel="phone", tender="bank_transfer"))

    assert (await Order.get()).channel == Channel.phone
