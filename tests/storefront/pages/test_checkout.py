"""The steps to an order: nothing retyped, every sum known before paying, nobody's data kept longer than needed."""

from datetime import UTC, datetime, timedelta

from tests.builders import a_program, a_village, an_order, goods
from tests.storefront.pages.shopping import ADDRESS_FORM, BUYER_FORM, Shopper, hidden, words
from villages.listings import Listing
from villages.programs import Participant
from villages.refund_ladders import PRESETS, ladder_as_data

SOON = datetime.now(UTC) + timedelta(days=20)


async def test_an_empty_cart_has_no_checkout(shopper: Shopper):
    answer = await shopper.get("/checkout")

    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")


async def test_the_steps_are_who_where_and_a_last_look_with_the_total_on_each(shopper: Shopper):
    apples = await goods(price=35000)
    await shopper.puts(variant=apples.id, count=2)

    who = await shopper.sees("/checkout")
    to_where = await shopper.post("/checkout/buyer", BUYER_FORM)
    where = await shopper.sees("/checkout")
    to_pay = await shopper.post("/checkout/address", ADDRESS_FORM)
    pay = await shopper.sees("/checkout")

    assert "누가 주문하시나요?" in who and "어디로 보낼까요?" in where and "확인하고 결제하기" in pay
    assert [to_where.headers["location"], to_pay.headers["location"]] == [
        "/checkout?step=where",
        "/checkout?step=pay",
    ]
    assert all("70,000원" in page for page in (who, where, pay))
    assert "70,000원 결제하기" in pay


async def test_a_booking_alone_asks_for_no_address(shopper: Shopper):
    session = await a_program(starts_at=SOON)
    await shopper.puts(session=session.id, adult=2)

    answer = await shopper.follow(await shopper.post("/checkout/buyer", BUYER_FORM))

    assert "18,000원 결제하기" in words(answer)
    assert "받는 곳" not in words(answer).partition("개인정보를 마을에")[0]


async def test_mistakes_come_back_with_what_was_typed(shopper: Shopper):
    apples = await goods()
    await shopper.puts(variant=apples.id, count=1)

    who = await shopper.post("/checkout/buyer", {"name": "김민지", "phone": "전화 없음", "email": "min@"})
    where = await shopper.post(
        "/checkout/address", ADDRESS_FORM | {"postcode": "1234", "road": "", "detail": "<b>9층"}
    )

    assert who.status_code == 422
    assert 'value="김민지"' in who.text and 'value="전화 없음"' in who.text and 'value="min@"' in who.text
    assert "숫자로 적어 주세요" in words(who) and "고칠 곳이 2군데 있습니다" in words(who)
    assert where.status_code == 422
    assert 'value="1234"' in where.text and 'value="&lt;b&gt;9층"' in where.text
    assert "맨 앞의 0이 빠지지 않았는지" in words(where) and "도로명 주소를 적어 주세요" in words(where)


async def test_the_receiver_is_the_buyer_unless_told_otherwise(shopper: Shopper):
    apples = await goods()
    await shopper.puts(variant=apples.id, count=1)
    await shopper.post("/checkout/buyer", BUYER_FORM)

    where = await shopper.get("/checkout?step=where")

    assert 'value="김민지"' in where.text and 'value="010-1234-5678"' in where.text


async def test_an_island_costs_more_from_the_postcode_on_and_says_so(shopper: Shopper):
    apples = await goods(price=35000)
    await shopper.puts(variant=apples.id, count=1)

    before = await shopper.sees("/checkout")
    review = await shopper.tells_who_and_where(postcode="63322")

    assert "39,000원" in before and "제주와 섬은 우편번호를 적으시면" in before
    assert "제주특별자치도 3,000원 더함" in review and "42,000원 결제하기" in review


async def test_goods_that_do_not_go_to_islands_say_so_before_paying(shopper: Shopper):
    apples = await goods(no_islands=True)
    await shopper.puts(variant=apples.id, count=1)

    await shopper.post("/checkout/buyer", BUYER_FORM)
    await shopper.post("/checkout/address", ADDRESS_FORM | {"postcode": "63322"})
    page = await shopper.follow(await shopper.get("/checkout?step=pay"))

    assert "제주·도서 지역으로는 보내지 못합니다" in words(page)
    assert "결제하기</button>" not in page.text


async def test_the_last_look_shows_sellers_refund_rules_and_the_notices(shopper: Shopper):
    village = await a_village(
        "내장산마을", ceo="김순자", business_no="000-00-00001", mail_order_no="제2026-전북정읍-0001호"
    )
    kimchi = await goods(
        "배추김치", village=village, withdrawal_limit="신선식품이라 마음이 바뀌어 돌려보내실 수 없습니다."
    )
    session = await a_program(village=await a_village("옥정호마을", ceo="박영호"), starts_at=SOON)
    await Listing.filter(id=session.listing_id).update(refund_ladder=ladder_as_data(PRESETS["usual"]))
    await shopper.puts(variant=kimchi.id, count=1)
    await shopper.puts(session=session.id, adult=2)

    review = await shopper.tells_who_and_where()

    for fact in (
        "대표 김순자", "000-00-00001", "제2026-전북정읍-0001호", "대표 박영호", "청약철회 제한: 신선식품이라", "3일 전까지 전액 환불",
        "통신판매중개자로서", "미성년자가 맺은 계약은", "결제대금 예치", "내장산마을 영농조합, 옥정호마을 영농조합",
    ):  # fmt: skip
        assert fact in review, fact
    assert "checked" not in shopper.review


async def test_a_session_that_fills_up_meanwhile_sends_back_to_the_cart(shopper: Shopper):
    session = await a_program(starts_at=SOON, seats=4)
    await shopper.puts(session=session.id, adult=2)
    await an_order(seats={session.id: {Participant.adult: 4}})

    answer = await shopper.get("/checkout")

    assert answer.headers["location"] == "/cart"


async def test_what_was_told_stays_in_a_signed_cookie_of_this_browser_and_session(
    shopper: Shopper, stranger: Shopper
):
    apples = await goods()
    for browser in (shopper, stranger):
        await browser.puts(variant=apples.id, count=1)

    answer = await shopper.post("/checkout/buyer", BUYER_FORM)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("checkout=") and "HttpOnly" in cookie and "Max-Age" not in cookie
    assert "누가 주문하시나요?" in await stranger.sees("/checkout?step=pay")
    assert (await shopper.get("/checkout")).headers["cache-control"] == "no-store"


async def test_a_forged_draft_counts_as_not_told(shopper: Shopper):
    apples = await goods()
    await shopper.puts(variant=apples.id, count=1)
    shopper.client.cookies.set("checkout", "W1siYSJdLG51bGxd.0000")

    assert "누가 주문하시나요?" in await shopper.sees("/checkout?step=pay")


async def test_a_day_that_fills_up_before_paying_is_shown_and_asked_again(shopper: Shopper):
    village = await a_village(daily_parcels=1)
    apples = await goods(village=village)
    await shopper.puts(variant=apples.id, count=1)
    before = await shopper.tells_who_and_where()
    name = f"arrives_{village.slug}"
    seen = hidden(shopper.review, name)
    await an_order(apples, now=datetime.now(UTC))

    refused = await shopper.pays(depositor="이몽룡", **{name: seen})
    placed = await shopper.pays(**{name: hidden(shopper.review, name)})

    assert "보낼 수 있는 양이 다 찼어요" not in before
    assert refused.status_code == 409 and 'value="이몽룡"' in refused.text
    assert words(refused).count("보낼 수 있는 양이 다 찼어요") == 2  # why it was refused, and at the parcel
    assert hidden(refused.text, name) > seen
    assert placed.status_code == 303


async def test_goods_and_cart_say_why_they_leave_later(shopper: Shopper):
    village = await a_village(daily_parcels=1)
    apples = await goods(village=village)
    await an_order(apples, now=datetime.now(UTC))
    await shopper.puts(variant=apples.id, count=1)

    for path in (f"/goods/{apples.listing.slug}", "/cart"):
        assert "보낼 수 있는 양이 다 찼어요. " in await shopper.sees(path)
