"""The cart: parcels by village, bookings apart, and every way of filling it that nobody means."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_program, a_village, an_order, goods, rows, shelf_of
from tests.storefront.pages.shopping import Shopper, words
from villages.listings import Publication, Variant
from villages.programs import Participant, Session

SOON = datetime.now(UTC) + timedelta(days=20)


async def test_each_village_is_one_parcel_with_its_own_postage_and_what_is_missing_for_free_postage(
    shopper: Shopper,
):
    apples = await goods("꿀사과", price=35000, village=await a_village("내장산마을"))
    rice = await goods("햅쌀", price=60000, village=await a_village("대정마을"))

    await shopper.puts(variant=apples.id, count=1)
    await shopper.puts(variant=rice.id, count=1)
    page = await shopper.sees("/cart")

    assert "내장산마을 택배" in page and "15,000원 더 담으면 배송비 무료" in page
    assert "대정마을 택배" in page and "50,000원 이상 무료" in page
    assert "모두 99,000원" in page
    assert "아직 맡아 둔 것은 없습니다" in page
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_bookings_stand_apart_without_a_parcel(shopper: Shopper):
    session = await a_program(starts_at=SOON)

    answer = await shopper.puts(session=session.id, adult=2, child=1)
    page = await shopper.sees("/cart")

    assert answer.headers["location"] == "/cart"
    assert "체험 예약" in page and "떡메치기 체험" in page and "25,000원" in page
    assert "택배 없이 마을로 오시는 예약입니다" in page


async def test_buying_at_once_goes_to_the_checkout(shopper: Shopper):
    apples = await goods()

    answer = await shopper.puts(variant=apples.id, count=1, then="checkout")

    assert (answer.status_code, answer.headers["location"]) == (303, "/checkout")


@pytest.mark.parametrize("count", ["0", "-1", "1000000000", "삼", "", "1.5"])
async def test_a_count_that_nobody_means_is_refused_with_a_sentence(shopper: Shopper, count: str):
    apples = await goods()

    answer = await shopper.puts(variant=apples.id, count=count)

    assert answer.status_code == 422
    assert "개수는" in words(answer)


@pytest.mark.parametrize("variant", ["999999", "99999999999999999999", "사과", "-1"])
async def test_goods_that_do_not_exist_are_refused(shopper: Shopper, variant: str):
    answer = await shopper.puts(variant=variant, count=1)

    assert answer.status_code == 422
    assert "찾을 수 없는 상품" in words(answer)


async def test_what_is_not_for_sale_or_sold_out_is_refused(shopper: Shopper):
    draft, empty, few = (
        await goods("초안", published=False),
        await goods("매진", left=0),
        await goods("조금", left=2),
    )

    answers = [await shopper.puts(variant=variant.id, count=3) for variant in (draft, empty, few)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "지금은 팔지 않는 상품입니다" in words(answers[0])
    assert "다 팔렸습니다" in words(answers[1])
    assert "남은 개수가 2개입니다" in words(answers[2])
    assert "아직 담은 것이 없습니다" in await shopper.sees("/cart")


async def test_sessions_that_are_over_full_or_do_not_know_such_people_are_refused(shopper: Shopper):
    past = await a_program("지난 체험", starts_at=datetime.now(UTC) - timedelta(days=1))
    full = await a_program("꽉 찬 체험", starts_at=SOON, seats=2)

    over = await shopper.puts(session=past.id, adult=1)
    packed = await shopper.puts(session=full.id, adult=3)
    unknown = await shopper.puts(session=full.id, room=1)
    nobody = await shopper.puts(session=full.id, adult=0)

    assert {answer.status_code for answer in (over, packed, unknown, nobody)} == {422}
    assert "예약을 마감했습니다" in words(over)
    assert "2자리 남았습니다" in words(packed)
    assert "고를 수 없는" in words(unknown)
    assert "몇 분이 오시는지" in words(nobody)


async def test_the_price_is_read_by_us_never_from_the_form(shopper: Shopper):
    apples = await goods(price=35000)

    await shopper.puts(variant=apples.id, count=1, price=1, seen=1)

    assert "값이 바뀜" not in await shopper.sees("/cart")


async def test_counts_change_line_by_line_and_zero_takes_out(shopper: Shopper):
    apples = await goods(price=10000)
    await shopper.puts(variant=apples.id, count=1)

    await shopper.post("/cart/counts", {f"v{apples.id}": 3})
    three = await shopper.sees("/cart")
    await shopper.post("/cart/counts", {f"v{apples.id}": 0})

    assert "10,000원 × 3" in three
    assert "아직 담은 것이 없습니다" in await shopper.sees("/cart")


async def test_counts_that_were_changed_count_when_ordering_at_once(shopper: Shopper):
    apples, rice = await goods(price=10000), await goods("햅쌀", price=5000)
    await shopper.puts(variant=apples.id, count=1)
    await shopper.puts(variant=rice.id, count=1)

    answer = await shopper.post("/cart/counts", {f"v{apples.id}": 3, f"v{rice.id}": 2, "then": "checkout"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/checkout")
    assert {"10,000원 × 3", "5,000원 × 2"} <= set(re.findall(r"[\d,]+원 × \d", await shopper.sees("/cart")))


async def test_one_line_is_taken_out_and_what_is_not_in_the_cart_is_not_put_in(shopper: Shopper):
    apples, rice, beans = await goods(price=10000), await goods("햅쌀"), await goods("서리태")
    await shopper.puts(variant=apples.id, count=1)
    await shopper.puts(variant=rice.id, count=1)

    await shopper.post(
        "/cart/counts", {f"v{apples.id}": 2, f"v{rice.id}": 1, f"v{beans.id}": 1, "remove": f"v{rice.id}"}
    )
    page = await shopper.sees("/cart")

    assert "10,000원 × 2" in page
    assert "햅쌀" not in page and "서리태" not in page


async def test_a_line_is_taken_out_though_another_ones_count_cannot_be_read(shopper: Shopper):
    apples, rice = await goods(), await goods("햅쌀")
    await shopper.puts(variant=apples.id, count=1)
    await shopper.puts(variant=rice.id, count=1)

    await shopper.post("/cart/counts", {f"v{apples.id}": "", f"v{rice.id}": 1, "remove": f"v{rice.id}"})

    page = await shopper.sees("/cart")
    assert "햅쌀" not in page and "× 1" in page


async def test_a_wrong_new_count_is_kept_as_typed(shopper: Shopper):
    apples = await goods()
    await shopper.puts(variant=apples.id, count=1)

    answer = await shopper.post("/cart/counts", {f"v{apples.id}": "세 개"})

    assert answer.status_code == 422
    assert 'value="세 개"' in answer.text and "숫자로 적어 주세요" in words(answer)


async def test_a_changed_price_is_shown_and_asked_again(shopper: Shopper):
    apples = await goods(price=35000)
    await shopper.puts(variant=apples.id, count=1)
    await Variant.filter(id=apples.id).update(price=39000)

    changed = await shopper.sees("/cart")
    skipped = await shopper.get("/checkout")
    await shopper.post("/cart/prices")
    accepted = await shopper.get("/cart")

    assert "35,000원 → 지금 39,000원" in changed
    assert skipped.headers["location"] == "/cart"
    assert "값이 바뀜" not in words(accepted) and 'value="checkout"' in accepted.text


async def test_what_was_withdrawn_or_filled_up_says_why_and_how_to_mend_it(shopper: Shopper):
    apples, session = await goods("사과"), await a_program(starts_at=SOON, seats=4)
    await shopper.puts(variant=apples.id, count=1)
    await shopper.puts(session=session.id, adult=2)
    await Publication.filter(listing_id=apples.listing_id).delete()
    await an_order(seats={session.id: {Participant.adult: 4}})

    page = await shopper.get("/cart")

    assert "장바구니에서 빼 주세요" in words(page) and "자리가 다 찼습니다" in words(page)
    assert 'value="checkout"' not in page.text


async def test_nothing_is_written_for_a_cart(shopper: Shopper):
    session = await a_program(starts_at=SOON, prices={Participant.adult: 9000})

    await shopper.puts(session=session.id, adult=1)

    assert await rows("SELECT id FROM orders") == []
    assert (await Session.get(id=session.id)).held == 0
