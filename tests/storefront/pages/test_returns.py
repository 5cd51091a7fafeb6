"""돌려보내기: what comes back is shown to the won before it is asked; the desk receives it, the city may overrule."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from market.fulfilment import mark_delivered, send_parcel
from market.orders import Line, Order, Part
from market.refunds import Refund
from market.returns.tables import Return, ReturnState, ReturnWish
from tests.builders import a_village, an_order, goods, rows, shelf_of
from tests.market.test_refunds import paid
from tests.site import Site
from tests.storefront.pages.shopping import Shopper, hidden, words
from villages.people import Role

PARCEL: dict[str, object] = {"courier": "cj", "tracking": "1234-5678-9012"}


async def arrived(shopper: Shopper, *wanted, **more) -> str:
    """The path of an order that has come to this shopper a day ago."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    placed = await an_order(*wanted, **more, now=yesterday)
    order = await paid(placed)
    for part in await Part.filter(order_id=order.id):
        own = {"village_ids": [part.village_id], "by": "person 1", "now": yesterday}
        await send_parcel(part.id, courier="cj", tracking="123456789012", **own)
        await mark_delivered(part.id, **own)
    path = f"/orders/{placed.order.number}"
    await shopper.get(f"{path}?t={placed.token}")
    return path


async def offered(shopper: Shopper, path: str, *, reason: str = "changed_mind", count: int = 1) -> str:
    line = await Line.all().order_by("id").get()
    answer = await shopper.get(f"{path}/returns/new?reason={reason}&line-{line.id}={count}")
    assert answer.status_code == 200
    return answer.text


def yes_to(page: str, **more: object) -> dict[str, object]:
    """What the second form sends."""
    lines = dict(re.findall(r'type="hidden" name="(line-\d+)" value="(\d+)"', page))
    names = ("key", "expected", "village", "reason")
    return {
        **lines,
        **{name: hidden(page.partition("offer-title")[2], name) for name in names},
        "wish": "refund",
        **more,
    }


async def asked(shopper: Shopper, path: str, *, wish: str = "refund", **values) -> str:
    page = await offered(shopper, path, **values)
    answer = await shopper.post(f"{path}/returns", yes_to(page, wish=wish))
    assert answer.status_code == 303, words(answer)
    return answer.headers["location"]


async def test_from_the_order_to_the_return_and_back_to_the_money(site: Site, shopper: Shopper):
    village = await a_village()
    apples = await goods(price=30_000, village=village)
    path = await arrived(shopper, apples)

    assert "돌려보내기·바꾸기" in words(await shopper.get(path))
    page = await offered(shopper, path)
    assert "돌려보내고 26,000원 돌려받기" in page and "−4,000원" in page
    address = await asked(shopper, path)
    shown = words(await shopper.get(address))
    assert "반품: 신청함" in shown and "26,000원을 돌려드립니다" in shown
    await shopper.post(f"{address}/parcel", PARCEL)
    operator = await site.operator_of(village)
    today, listed = await operator.get("/desk"), await operator.get("/desk/returns")
    assert "돌아오는 물건 1건" in today.text and "마음이 바뀌어서" in listed.text
    desk = f"/desk/returns/{address.rpartition('/')[2]}"
    line = await Line.get()
    assert "123456789012" in (await operator.get(desk)).text
    done = await operator.post(f"{desk}/receipt", {f"came-{line.id}": "1", f"sellable-{line.id}": "1"})

    assert done.status_code == 303
    assert (await Refund.get()).amount == 26_000
    assert await shelf_of(apples) == (10, 0, 0, 0)
    after = words(await shopper.get(path))
    assert "마을이 받음" in after and "돌려보내는 배송비" in after and "26,000원" in after and "반품" in after
    assert "26,000원을 돌려드립니다" in words(await shopper.get(address))


async def test_looking_writes_nothing_and_two_taps_make_one(shopper: Shopper):
    path = await arrived(shopper, await goods())
    page = await offered(shopper, path)
    assert not await Return.exists()

    first, again = [await shopper.post(f"{path}/returns", yes_to(page)) for _ in range(2)]

    assert first.headers["location"] == again.headers["location"]
    assert await Return.all().count() == 1


async def test_what_is_missing_is_said_and_the_words_stay(shopper: Shopper):
    path = await arrived(shopper, (await goods(), 2))
    page = await offered(shopper, path)

    no_reason = await shopper.get(f"{path}/returns/new?line-{(await Line.get()).id}=1")
    too_many = await shopper.get(f"{path}/returns/new?reason=faulty&line-{(await Line.get()).id}=9")
    unseen = await shopper.post(f"{path}/returns", yes_to(page, expected="", words="너무 셔요"))
    other_sum = await shopper.post(f"{path}/returns", yes_to(page, expected="1", words="너무 셔요"))

    assert "왜 돌려보내시는지 골라 주세요" in words(no_reason)
    assert "2개까지" in words(too_many)
    assert unseen.status_code == 422 and "너무 셔요" in unseen.text
    assert (
        other_sum.status_code == 409
        and "다시 확인해 주세요" in other_sum.text
        and "너무 셔요" in other_sum.text
    )
    assert not await Return.exists()


async def test_lines_of_another_village_than_the_named_one_show_their_own(shopper: Shopper):
    village, other = await a_village(), await a_village()
    path = await arrived(shopper, await goods(village=village), await goods("마늘", village=other))
    line = await Line.get(name__startswith="마늘")

    answer = await shopper.get(f"{path}/returns/new?village={village.slug}&line-{line.id}=1&reason=faulty")
    unknown = await shopper.get(
        f"{path}/returns/new?village={village.slug}&line-{line.id + 9}=1&reason=faulty"
    )

    assert answer.status_code == 200 and f'name="village" value="{other.slug}"' in answer.text
    assert "마늘 × 1" in words(answer)
    assert unknown.status_code == 200 and "이 주문에 없는 것입니다" in words(unknown)


async def test_a_strangers_return_is_not_found(shopper: Shopper, stranger: Shopper):
    path = await arrived(shopper, await goods())
    address = await asked(shopper, path)
    other = await arrived(stranger, await goods())

    assert (await stranger.get(f"{path}/returns/new")).status_code == 404
    assert (await stranger.get(address)).status_code == 404
    foreign = f"{other}/returns/{address.rpartition('/')[2]}"
    assert (await stranger.get(foreign)).status_code == 404
    assert (await stranger.post(f"{foreign}/withdrawal")).status_code == 404
    assert (await Return.get()).state == ReturnState.requested


async def test_a_shopper_takes_it_back_and_may_ask_again(shopper: Shopper):
    path = await arrived(shopper, await goods())
    address = await asked(shopper, path)

    await shopper.post(f"{address}/withdrawal")

    assert "신청을 거둠" in words(await shopper.get(address))
    assert "돌려보내기·바꾸기" in words(await shopper.get(path))


async def test_a_bad_parcel_number_comes_back_with_its_words(shopper: Shopper):
    address = await asked(shopper, await arrived(shopper, await goods()))

    answer = await shopper.post(f"{address}/parcel", {"courier": "cj", "tracking": "모름"})

    assert answer.status_code == 422 and 'value="모름"' in answer.text


async def test_the_desk_sends_an_exchange_anew_then_receives(site: Site, shopper: Shopper):
    village = await a_village()
    apples = await goods(village=village, left=5)
    address = await asked(shopper, await arrived(shopper, apples), reason="faulty", wish="exchange")
    operator, line = await site.operator_of(village), await Line.get()
    desk = f"/desk/returns/{address.rpartition('/')[2]}"

    assert "같은 물건으로 바꿔 드립니다" in words(await shopper.get(address))
    bad = await operator.post(f"{desk}/parcel", {"courier": "cj", "tracking": "x"})
    sent = await operator.follow(await operator.post(f"{desk}/parcel", PARCEL))
    done = await operator.post(f"{desk}/receipt", {f"came-{line.id}": "1", f"sellable-{line.id}": ""})

    assert bad.status_code == 422 and "새로 보냈다고 적었습니다" in sent.text
    assert done.status_code == 303
    assert (await Return.get()).state == ReturnState.received
    assert not await Refund.exists()
    assert await shelf_of(apples) == (3, 0, 0, 0)
    shown = words(await shopper.get(address))
    assert "교환: 마을이 받음" in shown and "바꿔 드렸습니다" in shown and "바꿔 드립니다" not in shown


async def test_an_exchange_that_was_refused_or_withdrawn_promises_nothing(site: Site, shopper: Shopper):
    village = await a_village()
    path = await arrived(shopper, (await goods(village=village, left=5), 2))
    refused, withdrawn = [await asked(shopper, path, reason="faulty", wish="exchange") for _ in range(2)]
    operator, officer = await site.operator_of(village), await site.officer()
    number = refused.rpartition("/")[2]

    await operator.post(f"/desk/returns/{number}/refusal", {"refusal": "뜯어서 드셨습니다."})
    await shopper.post(f"{withdrawn}/withdrawal")

    pages = [(shopper, refused), (shopper, withdrawn), (operator, f"/desk/returns/{number}")]
    for who, address in [*pages, (officer, f"/city/returns/{number}")]:
        shown = words(await who.get(address))
        assert "돈은 움직이지 않았습니다" in shown and "바꿔 드립니다" not in shown


async def test_the_desk_says_that_the_old_goods_never_came(site: Site, shopper: Shopper):
    village = await a_village()
    apples = await goods(village=village, left=5)
    address = await asked(shopper, await arrived(shopper, apples), reason="faulty", wish="exchange")
    operator = await site.operator_of(village)
    desk = f"/desk/returns/{address.rpartition('/')[2]}"

    assert "돌아오지 않았어요" not in (await operator.get(desk)).text
    await operator.post(f"{desk}/parcel", PARCEL)
    assert "돌아오지 않았어요" in (await operator.get(desk)).text
    done = await operator.follow(await operator.post(f"{desk}/absence"))

    assert "교환: 돌아오지 않음" in words(done) and "돌아오지 않은 채로 마치기" not in done.text
    shown = words(await shopper.get(address))
    assert "교환: 돌아오지 않음" in shown and "마을이 받음" not in shown
    assert "먼저 보낸 물건은 돌아오지 않았습니다" in shown and "바꿔 드립니다" not in shown


async def test_an_exchange_without_stock_is_told_to_be_a_return(site: Site, shopper: Shopper):
    village = await a_village()
    address = await asked(
        shopper, await arrived(shopper, await goods(village=village, left=1)), reason="wrong", wish="exchange"
    )
    operator = await site.operator_of(village)

    told = await operator.follow(
        await operator.post(f"/desk/returns/{address.rpartition('/')[2]}/parcel", PARCEL)
    )

    assert "반품으로 바꾸었습니다" in told.text
    assert (await Return.get()).wish == ReturnWish.refund


async def test_the_desk_refuses_with_words_and_the_city_overrules(site: Site, shopper: Shopper):
    village = await a_village()
    address = await asked(shopper, await arrived(shopper, await goods(village=village)))
    operator, officer = await site.operator_of(village), await site.officer()
    desk, city = (f"{face}/returns/{address.rpartition('/')[2]}" for face in ("/desk", "/city"))

    mute = await operator.post(f"{desk}/refusal", {"refusal": ""})
    await operator.post(f"{desk}/refusal", {"refusal": "뜯어서 드셨습니다."})
    refused = words(await shopper.get(address))
    seen = await officer.get(city)
    over = await officer.follow(await officer.post(f"{city}/overruling"))

    assert mute.status_code == 422 and "왜 받지 못하는지" in mute.text
    assert "받지 않기로 함" in refused and "뜯어서 드셨습니다." in refused
    assert "거절 물리기" in seen.text and "거절 물리기" not in over.text
    assert (await Return.get()).state == ReturnState.requested
    assert "뜯어서" not in words(await shopper.get(address))


async def test_words_and_parcels_are_shown_in_the_city_only_to_who_may_see_buyers(
    site: Site, shopper: Shopper
):
    village = await a_village()
    path = await arrived(shopper, await goods(village=village, left=5))
    page = await offered(shopper, path, reason="faulty")
    asking = yes_to(page, wish="exchange", words="내장산로 12 뒷집입니다")
    address = (await shopper.post(f"{path}/returns", asking)).headers["location"]
    number = address.rpartition("/")[2]
    await (await site.operator_of(village)).post(f"/desk/returns/{number}/parcel", PARCEL)
    await shopper.post(f"{address}/parcel", {"courier": "cj", "tracking": "999988887777"})

    officer, viewer = [
        (await (await site.officer(role=role)).get(f"/city/returns/{number}")).text
        for role in (Role.officer, Role.viewer)
    ]

    for told in ("내장산로 12 뒷집입니다", "123456789012", "999988887777"):
        assert told in officer and told not in viewer


async def test_the_desk_writes_one_down_for_a_shopper_who_calls(site: Site, shopper: Shopper):
    village = await a_village()
    path = await arrived(shopper, await goods(village=village, withdrawal_limit="신선식품"))
    operator, line = await site.operator_of(village), await Line.get()
    form = f"/desk{path}/returns/new"

    assert "반품·교환 적기" in (await operator.get(f"/desk{path}")).text
    page = (await operator.get(f"{form}?reason=changed_mind&line-{line.id}=1")).text
    answer = await operator.post(f"/desk{path}/returns", yes_to(page, words="전화로 말씀하심"))

    assert answer.headers["location"] == f"/desk/returns/{(await Return.get()).id}"
    assert "전화로 말씀하심" in (await operator.follow(answer)).text
    assert (await rows("SELECT what FROM acts ORDER BY id DESC LIMIT 1")) == [{"what": "return asked"}]


async def test_nobody_of_another_village_and_no_helper_receives(site: Site, shopper: Shopper):
    village = await a_village()
    path = await arrived(shopper, await goods(village=village))
    address = await asked(shopper, path)
    stranger = await site.operator_of(await a_village())
    helper = await site.operator_of(village, role=Role.helper)
    viewer = await site.officer(role=Role.viewer)
    desk, line = f"/desk/returns/{address.rpartition('/')[2]}", await Line.get()

    assert (await stranger.get(desk)).status_code == 404
    assert (await stranger.get(f"/desk{path}/returns/new")).status_code == 404
    for act in ("receipt", "refusal", "parcel", "absence"):
        form: dict[str, object] = {f"came-{line.id}": "1", "refusal": "아니오", **PARCEL}
        assert (await stranger.post(f"{desk}/{act}", form)).status_code == 404
        assert (await helper.post(f"{desk}/{act}", form)).status_code == 403
    assert "잘 받았어요" not in (await helper.get(desk)).text
    assert (await viewer.post(f"/city/returns/{address.rpartition('/')[2]}/overruling")).status_code == 403
    assert (await Return.get()).state == ReturnState.requested


@pytest.mark.parametrize("came", [("0", "0"), ("1", "2"), ("9", "0"), ("x", "")])
async def test_counts_that_cannot_be_come_back_in_words(site: Site, shopper: Shopper, came):
    village = await a_village()
    address = await asked(shopper, await arrived(shopper, await goods(village=village)))
    operator, line = await site.operator_of(village), await Line.get()

    answer = await operator.post(
        f"/desk/returns/{address.rpartition('/')[2]}/receipt",
        {f"came-{line.id}": came[0], f"sellable-{line.id}": came[1]},
    )

    assert answer.status_code == 422 and "개수" in answer.text
    assert not await Refund.exists()


async def test_an_order_that_was_not_sent_offers_no_return(shopper: Shopper):
    placed = await an_order(await goods())
    order: Order = await paid(placed)
    path = f"/orders/{order.number}"
    await shopper.get(f"{path}?t={placed.token}")

    assert "돌려보내기·바꾸기" not in words(await shopper.get(path))
    assert (await shopper.get(f"{path}/returns/new")).status_code == 409
