"""The goods list and the page of one: what must be seen before paying is seen, and nothing odd breaks them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise import connections

from market.stock import Shelf, receive
from tests.builders import a_village, goods
from tests.site import Site
from tests.storefront.pages.shopping import Shopper, words
from villages.listings import Certificate, Listing, Variant
from villages.village import VillageState

SELLER = {
    "company": "내장산 영농조합", "ceo": "이대표", "business_no": "000-00-00001", "mail_order_no": "제2026-전북정읍-0001호",
    "address": "전북특별자치도 정읍시 내장동 1", "phone": "0630000001", "email": "naejang@example.kr",
}  # fmt: skip
NEXT_YEAR = datetime.now(UTC).date() + timedelta(days=365)


async def test_the_list_shows_price_unit_price_fee_and_arrival(shopper: Shopper):
    await goods("꿀사과 5kg", price=35000, left=3)
    await Variant.all().update(unit_price="100g당 700원")

    page = await shopper.sees("/goods")

    for fact in (
        "1 개",
        "꿀사과 5kg",
        "35,000원",
        "100g당 700원",
        "+ 배송비 4,000원, 제주·섬 추가",
        "도착 예정",
        "3개 남음",
    ):
        assert fact in page


async def test_filters_in_force_are_named_and_each_can_be_cleared(shopper: Shopper):
    await goods("꿀사과", price=35000)
    await goods("햅쌀", price=60000)

    answer = await shopper.get("/goods?price=30000-50000&season=1")

    assert "3만–5만 원 지우기" in words(answer) and "지금 제철 지우기" in words(answer)
    assert 'href="/goods?season=1"' in answer.text and 'href="/goods?price=30000-50000"' in answer.text


async def test_a_category_is_a_chip_above_the_list_and_takes_itself_off(shopper: Shopper):
    await goods("꿀사과", price=35000)

    only, with_price = (
        await shopper.get("/goods?category=과일"),
        await shopper.get("/goods?category=과일&price=30000-50000"),
    )

    assert '<details class="filters-box">' in only.text and "고르신 조건" not in only.text
    assert 'href="/goods" aria-current="true">과일' in only.text
    everything = 'href="/goods?category=%EA%B3%BC%EC%9D%BC">모두 지우기'
    assert everything in with_price.text and "과일 1 지우기" in words(with_price)


async def test_a_list_without_a_hit_offers_a_way_on(shopper: Shopper):
    page = await shopper.sees("/goods?category=바나나")

    assert "0 개" in page and "모든 특산물 보기" in page


@pytest.mark.parametrize(
    "query",
    [
        "page=1000000", "page=-3", "page=x", "page=%EF%BC%91", "price=-5-10", "price=a-b", "price=9999999999999-1", "price=",
        "min_price=-100", "min_price=50000&max_price=10", "sort=drop", "village=%00", "village=%27%22%3E", "category=" + "a" * 5000,
        "certificate=%F0%9F%8D%8E", "week=9", "season=", "page=" + "9" * 400, "&&&=",
    ],
)  # fmt: skip
async def test_odd_filters_give_a_list_and_never_an_error(shopper: Shopper, query):
    await goods("꿀사과")

    answer = await shopper.get(f"/goods?{query}")

    assert answer.status_code == 200


async def test_further_pages_are_real_links(shopper: Shopper):
    village = await a_village()
    for number in range(26):
        await goods(f"감 {number}", village=village)

    first, second = await shopper.get("/goods"), await shopper.get("/goods?page=2")

    assert first.text.count('<li class="card') == 24 and 'href="/goods?page=2"' in first.text
    assert second.text.count('<li class="card') == 2 and 'rel="prev"' in second.text


async def test_the_page_shows_what_the_law_wants_seen_before_paying(shopper: Shopper):
    village = await a_village("내장산마을", **SELLER)
    variant = await goods(
        "대봉감", village=village, origin="국산(전북 정읍)", is_fresh=True,
        withdrawal_limit="신선식품이라 다시 팔기 어렵습니다.",
        notice_rows={"name": "떫은감", "producer": "김순자", "composition": "감 20개", "storage": "서늘한 곳"},
    )  # fmt: skip
    listing = await Listing.get(id=variant.listing_id)
    await Certificate.create(listing=listing, kind="GAP", number="1234567", ends_on=NEXT_YEAR)
    await Certificate.create(listing=listing, kind="유기농산물", number="7654321", ends_on=date(2020, 1, 1))

    page = await shopper.sees(f"/goods/{listing.slug}")

    for fact in (
        *list(SELLER.values())[:5],
        "063-000-0001",
        "국산(전북 정읍)",
        "GAP",
        "1234567",
        "떫은감",
        "김순자",
    ):
        assert fact in page, fact
    for fact in (
        "35,000원",
        "도착 예정",
        "배송비 4,000원",
        "50,000원부터 무료",
        "제주 3,000원",
        "청약철회 제한",
        "통신판매중개자",
    ):
        assert fact in page, fact
    assert "7654321" not in page and "유기농산물" not in page


async def test_a_kind_is_chosen_by_the_shopper_and_a_sold_out_one_is_shown(shopper: Shopper):
    small = await goods("대봉감", price=20000)
    big = await Variant.create(listing_id=small.listing_id, name="10kg", price=40000, position=1)
    await Shelf.create(variant=big)
    slug = (await Listing.get(id=small.listing_id)).slug

    page = (await shopper.get(f"/goods/{slug}")).text

    assert f'name="variant" value="{small.id}" required>' in page
    assert f'name="variant" value="{big.id}" required disabled>' in page and "다 팔림" in page
    assert "checked" not in page.partition('id="buy"')[2].partition("</form>")[0]


async def test_many_kinds_become_a_select(shopper: Shopper):
    first = await goods("쌀")
    for number in range(9):
        variant = await Variant.create(
            listing_id=first.listing_id, name=f"{number}kg", price=10000 + number, position=number
        )
        await Shelf.create(variant=variant)
    slug = (await Listing.get(id=first.listing_id)).slug

    assert (
        '<select class="input" id="f-variant" name="variant" required>'
        in (await shopper.get(f"/goods/{slug}")).text
    )


async def test_the_form_of_the_page_fills_the_cart(shopper: Shopper):
    variant = await goods("대봉감")
    slug = (await Listing.get(id=variant.listing_id)).slug
    page = (await shopper.get(f"/goods/{slug}")).text
    assert 'form="buy" type="submit" name="then" value="checkout"' in page

    await shopper.puts(variant=variant.id, count=2)

    assert "대봉감" in await shopper.sees("/cart")


async def test_sold_out_goods_keep_their_page_and_say_so(shopper: Shopper):
    variant = await goods("대봉감", left=0)
    slug = (await Listing.get(id=variant.listing_id)).slug

    page = (await shopper.get(f"/goods/{slug}")).text

    assert "지금은 다 팔렸습니다" in page and "바로 주문" not in page


async def test_price_and_stock_of_the_page_are_those_of_now(shopper: Shopper):
    variant = await goods("대봉감", price=20000, left=30)
    slug = (await Listing.get(id=variant.listing_id)).slug
    assert "20,000원" in await shopper.sees(f"/goods/{slug}")

    await Variant.filter(id=variant.id).update(price=21000)
    await receive(connections.get("default"), variant.id, -28, cause="eaten")

    page = await shopper.sees(f"/goods/{slug}")
    assert "21,000원" in page and "20,000원" not in page and "2개 남음" in page


async def test_an_edit_is_seen_at_once(shopper: Shopper):
    variant = await goods("대봉감")
    listing = await Listing.get(id=variant.listing_id)
    await shopper.sees(f"/goods/{listing.slug}")

    await Listing.filter(id=listing.id).update(name="장두감", version=2)

    assert "장두감" in await shopper.sees(f"/goods/{listing.slug}")


async def test_drafts_other_kinds_and_strangers_are_not_found(shopper: Shopper):
    draft = await Listing.get(id=(await goods("초안", published=False)).listing_id)
    quiet = await a_village("쉬는마을", state=VillageState.dormant)
    asleep = await Listing.get(id=(await goods("감", village=quiet)).listing_id)

    for slug in (draft.slug, asleep.slug, "nothing", "%00", "a" * 3000):
        assert (await shopper.get(f"/goods/{slug}")).status_code == 404


async def test_what_people_wrote_is_text_and_not_markup(shopper: Shopper):
    variant = await goods("<script>감</script>", story="<img src=x onerror=alert(1)>", summary="{{ 7*7 }}")
    slug = (await Listing.get(id=variant.listing_id)).slug

    for path in (f"/goods/{slug}", "/goods", "/"):
        page = (await shopper.get(path)).text
        assert "<script>감" not in page and "<img src=x" not in page


async def test_a_goods_page_costs_one_statement_when_its_story_is_known(
    site: Site, shopper: Shopper, queries
):
    variant = await goods("대봉감")
    slug = (await Listing.get(id=variant.listing_id)).slug
    await shopper.get(f"/goods/{slug}")
    queries.clear()

    await shopper.get(f"/goods/{slug}")

    assert len(queries) == 1
