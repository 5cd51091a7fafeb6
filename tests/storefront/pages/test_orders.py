"""Orders from the page: placed once, shown to whoever holds their key, and to nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from market.capture import capture
from market.expiry import end_order
from market.fulfilment import send_parcel
from market.orders import Order, Part, Tender
from market.part_states import Ending
from market.payments import Payment
from tests.builders import NOW, a_person, a_program, a_village, an_order, goods, rows, shelf_of, told_captured
from tests.site import Site, a_site
from tests.storefront.pages.shopping import Shopper, a_shopper, words
from villages.limits import count_try
from villages.listings import Variant
from villages.programs import Participant

SOON = datetime.now(UTC) + timedelta(days=20)


async def ready_to_pay(shopper: Shopper, variant: Variant, count: int = 1) -> None:
    await shopper.puts(variant=variant.id, count=count)
    await shopper.tells_who_and_where()


async def test_a_transfer_shows_the_account_the_amount_and_the_deadline(shopper: Shopper):
    apples, session = await goods(price=35000), await a_program(starts_at=SOON)
    await shopper.puts(variant=apples.id, count=2)
    await shopper.puts(session=session.id, adult=1)
    await shopper.tells_who_and_where()

    answer = await shopper.pays(depositor="김아빠")
    page = await shopper.follow(answer)

    number = (await Order.get()).number
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{number}")
    assert "농협 000-0000-0000-00" in words(page) and "79,000원" in words(page) and "김아빠" in words(page)
    assert "떡메치기 체험" in words(page) and "결제 기다림" in words(page)
    assert page.headers["cache-control"] == "no-store"
    assert await shelf_of(apples) == (10, 2, 0, 0)
    assert "아직 담은 것이 없습니다" in await shopper.sees("/cart")


async def test_two_clicks_a_reload_and_a_second_tab_make_one_order(shopper: Shopper):
    apples = await goods()
    await ready_to_pay(shopper, apples)

    first, second = await asyncio.gather(shopper.pays(), shopper.pays())
    reloaded = await shopper.pays()

    assert {answer.headers["location"] for answer in (first, second, reloaded)} == {
        f"/orders/{(await Order.get()).number}"
    }
    assert await shelf_of(apples) == (10, 1, 0, 0)


async def test_another_tab_shows_the_order_even_when_the_cart_is_in_use_again(shopper: Shopper):
    apples, pears = await goods("사과"), await goods("배")
    await ready_to_pay(shopper, apples)
    placed = await shopper.pays()
    await shopper.puts(variant=pears.id, count=1)

    again = await shopper.pays()

    assert again.headers["location"] == placed.headers["location"]
    assert await Order.all().count() == 1


async def test_when_our_answer_was_lost_other_wishes_lead_to_the_order_that_was_made(shopper: Shopper):
    apples = await goods()
    await ready_to_pay(shopper, apples)
    lost = {name: shopper.client.cookies[name] for name in ("cart", "checkout")}
    placed = await shopper.pays()
    shopper.client.cookies.delete("orders")
    for name, value in lost.items():
        shopper.client.cookies.set(name, value)

    answer = await shopper.pays(tender="card")

    assert answer.headers["location"] == placed.headers["location"]
    assert "주문을 받았습니다" in words(await shopper.follow(answer))
    assert await Order.all().count() == 1


async def test_without_a_tender_or_consent_nothing_is_placed_and_the_words_stay(shopper: Shopper):
    apples = await goods()
    await ready_to_pay(shopper, apples)

    answer = await shopper.pays(tender="gold", agreed="", depositor="김아빠")

    assert answer.status_code == 422
    assert "결제 방법을 골라 주세요" in words(answer) and "동의란에 표시해 주세요" in words(answer)
    assert 'value="김아빠"' in answer.text
    assert not await Order.exists()


async def test_what_changed_since_the_last_look_is_shown_and_asked_again(shopper: Shopper):
    apples = await goods(price=60000)
    await ready_to_pay(shopper, apples)
    await Variant.filter(id=apples.id).update(price=65000)

    changed = await shopper.pays()
    accepted = await shopper.pays()

    assert changed.status_code == 409
    assert "지금 금액은 65,000원입니다" in words(changed) and "65,000원 결제하기" in words(changed)
    assert "60,000원 → 65,000원" in words(changed)
    assert accepted.status_code == 303 and (await Order.get()).total == 65000


async def test_goods_that_were_sold_meanwhile_come_back_as_the_review_page(shopper: Shopper):
    apples = await goods(left=1)
    await ready_to_pay(shopper, apples)
    await an_order(apples)

    answer = await shopper.pays()

    assert answer.status_code == 409
    assert "다 팔렸습니다" in words(answer) and "서울특별시 중구 세종대로 110" in words(answer)


async def test_totals_and_keys_of_the_form_decide_nothing(shopper: Shopper):
    apples = await goods(price=60000)
    await ready_to_pay(shopper, apples)

    cheap = await shopper.pays(expected_total=1)
    foreign = await shopper.pays(key="somebody-elses-key")

    assert (cheap.status_code, foreign.status_code) == (409, 409)
    assert not await Order.exists()


async def test_a_card_order_goes_to_the_payment_page_and_coming_back_proves_nothing(
    shopper: Shopper, site: Site
):
    apples = await goods(price=60000)
    await ready_to_pay(shopper, apples)

    answer = await shopper.pays(tender="card")
    number = (await Order.get()).number
    back = await shopper.sees(f"/orders/{number}?returned=1")
    payment = await Payment.get()
    await told_captured(payment, now=datetime.now(UTC))

    assert answer.headers["location"] == payment.url
    assert site.gateway.opened == [(number, 60000)]
    assert "결제 확인 중" in back and "분" in back
    assert "결제를 확인했습니다" in await shopper.sees(f"/orders/{number}?returned=1")


async def test_a_link_with_the_token_becomes_a_cookie_and_a_clean_address(stranger: Shopper):
    placed = await an_order(await goods())
    number = placed.order.number

    clean = await stranger.get(f"/orders/{number}?t={placed.token}")
    page = await stranger.follow(clean)

    assert clean.headers["location"] == f"/orders/{number}"
    assert page.status_code == 200 and placed.token not in page.text


async def test_nobody_else_sees_the_order(shopper: Shopper, stranger: Shopper):
    placed = await an_order(await goods())
    path = f"/orders/{placed.order.number}"
    other = await an_order(await goods())

    answers = [
        await stranger.get(path),
        await stranger.get(f"{path}?t=wrong"),
        await stranger.get(f"{path}?t={other.token}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await stranger.get("/orders/000000-000000")).status_code == 404
    assert (await stranger.get("/orders/%00")).status_code == 404
    assert (await stranger.post(f"{path}/payment")).status_code == 404
    assert (await stranger.post(f"{path}/extension")).status_code == 404


async def test_the_person_who_ordered_sees_it_when_signed_in_and_another_person_does_not(
    shopper: Shopper, stranger: Shopper
):
    owner = await a_person()
    placed = await an_order(await goods())
    await Order.filter(id=placed.order.id).update(person_id=owner.id)

    await shopper.sign_in(owner)
    await stranger.sign_in(await a_person())

    assert (await shopper.get(f"/orders/{placed.order.number}")).status_code == 200
    assert (await stranger.get(f"/orders/{placed.order.number}")).status_code == 404


async def test_a_parcel_that_left_shows_its_courier_and_where_it_is(shopper: Shopper):
    village = await a_village("내장산마을")
    placed = await an_order(await goods(village=village))
    await capture((await Payment.get()).id, by="officer", now=datetime.now(UTC))
    part = await Part.get()
    await send_parcel(
        part.id,
        courier="cj",
        tracking="6123-4567-8901",
        village_ids=[village.id],
        by="operator",
        now=datetime.now(UTC),
    )

    answer = await shopper.follow(await shopper.get(f"/orders/{placed.order.number}?t={placed.token}"))

    assert "CJ대한통운 612345678901" in words(answer)
    assert "https://www.cjlogistics.com/ko/tool/parcel/tracking?gnbInvcNo=612345678901" in answer.text


async def test_an_order_page_needs_few_questions_to_the_database(shopper: Shopper, queries: list[str]):
    session = await a_program(starts_at=SOON)
    placed = await an_order(await goods(), await goods(), seats={session.id: {Participant.adult: 2}})
    await shopper.follow(await shopper.get(f"/orders/{placed.order.number}?t={placed.token}"))

    queries.clear()
    await shopper.sees(f"/orders/{placed.order.number}")

    assert len(queries) <= 5


async def test_number_and_the_last_four_digits_open_the_order(stranger: Shopper):
    placed = await an_order(await goods())
    typed = placed.order.number.replace("-", " ")

    answer = await stranger.post("/orders/lookup", {"number": typed, "digits": "5678"})

    assert answer.headers["location"] == f"/orders/{placed.order.number}"
    assert (await stranger.get(f"/orders/{placed.order.number}")).status_code == 200


async def test_a_wrong_number_and_wrong_digits_sound_the_same(stranger: Shopper):
    placed = await an_order(await goods())
    wrong = [
        {"number": placed.order.number, "digits": "0000"}, {"number": "000000-000000", "digits": "5678"},
        {"number": "", "digits": ""}, {"number": "' OR 1=1", "digits": "٣٤٥٦"},
    ]  # fmt: skip

    answers = [await stranger.post("/orders/lookup", form) for form in wrong]  # type: ignore[arg-type]

    assert {answer.status_code for answer in answers} == {422}
    assert all("주문번호나 전화번호 뒷자리가 맞지 않습니다" in words(answer) for answer in answers)


async def test_guessing_digits_is_slowed_down(db: str, tmp_path: Path):
    stranger = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))
    placed = await an_order(await goods())

    for digits, gap in enumerate("- ._/"):
        await stranger.post(
            "/orders/lookup", {"number": placed.order.number.replace("-", gap), "digits": f"000{digits}"}
        )
    answer = await stranger.post("/orders/lookup", {"number": placed.order.number, "digits": "5678"})

    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    assert "너무 여러 번 시도하셨습니다" in words(answer)


async def test_mistyped_numbers_of_one_person_do_not_shut_the_door_for_others(db: str, tmp_path: Path):
    site = await a_site(tmp_path, RATE_LIMITS="on")

    answers = [
        await a_shopper(site).post("/orders/lookup", {"number": "모름", "digits": "1"}) for _ in range(8)
    ]

    assert {answer.status_code for answer in answers} == {422}


async def test_too_many_orders_from_one_address_wait(db: str, tmp_path: Path):
    shopper = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))
    apples = await goods()
    for _ in range(30):
        await count_try("orders 127.0.0.1", most=30, within=timedelta(minutes=10))
    await ready_to_pay(shopper, apples)

    answer = await shopper.pays()

    assert answer.status_code == 429
    assert "서울특별시 중구 세종대로 110" in words(answer)


@pytest.mark.parametrize("tender", [Tender.bank_transfer, Tender.card])
async def test_an_order_that_ended_says_so(shopper: Shopper, tender: Tender):
    placed = await an_order(await goods(), tender=tender)
    await end_order(placed.order.id, Ending.expired, by="clock", now=NOW + timedelta(days=4))

    page = await shopper.follow(await shopper.get(f"/orders/{placed.order.number}?t={placed.token}"))

    assert "결제 기한이 지나 취소되었습니다" in words(page) and "농협" not in words(page)


async def test_a_token_is_never_stored(db: str):
    placed = await an_order(await goods())

    assert placed.token not in str(await rows("SELECT * FROM orders"))
