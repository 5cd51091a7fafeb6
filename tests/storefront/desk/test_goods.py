"""물건: posting with two typed fields, editing without losing anybody's words, counting a shelf."""

import asyncio
import re

import pytest

from market.offline_sales import record_sale
from market.orders import Channel, Tender
from market.quotes import Basket
from market.stock import Shelf
from market.tasks import Task
from tests.builders import NOW, a_person, a_village, an_order, goods, shelf_of
from tests.media.pictures import a_photo
from villages.listings import Listing, ListingPicture, Publication, Variant
from villages.people import Role

SELLER = {
    "ceo": "김순자", "business_no": "000-00-00001", "mail_order_exemption": "간이과세자", "phone": "0635300000",
    "address": "전북특별자치도 정읍시 내장산로 1", "postage_fee": 4000,
}  # fmt: skip
THREE_PHOTOS = [("photos", (f"{n}.jpg", a_photo(300 + n, 200), "image/jpeg")) for n in range(3)]


def field_values(page: str) -> dict[str, str]:
    """What a browser would send back for the hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


async def posted(browser, village, **typed):
    page = await browser.get("/desk/goods/new")
    data = {"key": field_values(page.text)["key"], "village_id": str(village.id), "v0-stock": "10", **typed}
    return await browser.post("/desk/goods", data, files=typed.pop("files", THREE_PHOTOS))


async def test_a_name_a_price_and_three_photos_are_enough_to_go_on_sale(site):
    village = await a_village(**SELLER)
    operator = await site.operator_of(village)
    page = (await operator.get("/desk/goods/new")).text
    first_date = re.search(r'name="dates" value="([^"]+)" checked', page)
    assert first_date

    made = await posted(operator, village, name="꿀사과 5kg", dates=first_date[1], **{"v0-price": "35,000"})
    assert made.status_code == 303
    listing = await Listing.get(village_id=village.id)
    preview = await operator.follow(made)
    published = await operator.post(f"/desk/listings/{listing.id}/publication")

    assert "올리려면 이것을 채워 주세요" not in preview.text
    assert published.status_code == 303
    assert await Publication.exists(listing_id=listing.id)
    assert (listing.category, listing.tax.value, listing.origin) == ("과일", "exempt", "국산")
    variant = await Variant.get(listing_id=listing.id)
    assert (variant.unit_text, variant.grams, variant.price) == ("5kg", 5000, 35000)
    assert variant.unit_price == "100g당 700원"
    assert await shelf_of(variant) == (10, 0, 0, 0)
    assert await ListingPicture.filter(listing_id=listing.id).count() == 3


async def test_where_it_grew_and_how_it_is_sent_are_never_taken_over_from_the_last_item(site):
    village = await a_village(**SELLER)
    await goods("송편 1kg", village=village, origin="국산(쌀)", ships_cold=True, withdrawal_limit="떡이라서")
    operator = await site.operator_of(village)

    await posted(operator, village, name="생표고버섯 1kg", **{"v0-price": "18000"})
    await posted(operator, village, name="떡국떡 1kg", tax="taxable", **{"v0-price": "9000"})

    mushrooms, rice_cake = await Listing.filter(name__in=["생표고버섯 1kg", "떡국떡 1kg"]).order_by("id")
    assert (mushrooms.origin, mushrooms.ships_cold, mushrooms.withdrawal_limit) == ("국산", False, "")
    assert (rice_cake.origin, rice_cake.ships_cold, rice_cake.withdrawal_limit) == ("", False, "")


async def test_the_same_form_sent_twice_makes_one_draft(site):
    village = await a_village(**SELLER)
    operator = await site.operator_of(village)
    data = {"key": "0123456789", "name": "햅쌀 10kg", "v0-price": "48000", "v0-stock": "3"}

    first = await operator.post("/desk/goods", data, files=THREE_PHOTOS)
    again = await operator.post("/desk/goods", data, files=THREE_PHOTOS)

    assert first.headers["location"] == again.headers["location"]
    assert await Listing.all().count() == 1


async def test_a_mistake_keeps_the_words_and_the_photos(site):
    village = await a_village(**SELLER)
    operator = await site.operator_of(village)

    wrong = await posted(operator, village, name="고구마 10kg", **{"v0-price": "비쌈"})
    kept = field_values(wrong.text)
    right = await operator.post(
        "/desk/goods",
        {"key": kept["key"], "kept_photos": kept["kept_photos"], "name": "고구마 10kg", "v0-price": "30000"},
    )

    assert wrong.status_code == 422
    assert 'value="고구마 10kg"' in wrong.text and 'value="비쌈"' in wrong.text
    assert "사진 3장은 받아 두었습니다" in wrong.text and "값을 숫자로 적어 주세요" in wrong.text
    assert right.status_code == 303
    assert await ListingPicture.all().count() == 3


async def test_a_file_that_is_no_picture_is_refused_in_a_sentence(site):
    operator = await site.operator_of(await a_village(**SELLER))

    answer = await operator.post(
        "/desk/goods", {"name": "무 1개", "v0-price": "2000"},
        files=[("photos", ("x.jpg", b"<svg/>", "image/jpeg"))],
    )  # fmt: skip

    assert answer.status_code == 422
    assert "JPEG, PNG, WebP 사진만" in answer.text and 'value="무 1개"' in answer.text


async def test_made_food_says_what_it_still_needs(site):
    village = await a_village(**SELLER)
    operator = await site.operator_of(village)
    made = await posted(operator, village, name="재래된장 1kg", **{"v0-price": "16000"})

    answer = await operator.post(f"/desk/listings/{made.headers['location'].rsplit('/', 1)[1]}/publication")

    assert answer.status_code == 422
    assert "식품의 유형" in answer.text and "식품제조가공업" in answer.text
    assert not await Publication.exists()


async def test_a_stale_edit_shows_both_texts_and_keeps_what_was_typed(site):
    village = await a_village(**SELLER)
    operator, apples = await site.operator_of(village), await goods("사과", village=village, published=False)
    path, row = (
        f"/desk/goods/{apples.listing_id}",
        {"v0-id": str(apples.id), "v0-name": "한 상자", "v0-unit": "5kg"},
    )
    base = {"category": "과일", "tax": "exempt", "version": "1", **row}
    await operator.post(path, {**base, "name": "먼저 고친 사과", "v0-price": "36000"})

    late = await operator.post(path, {**base, "name": "나중 사과", "v0-price": "37000"})
    version = field_values(late.text)["version"]
    again = await operator.post(path, {**base, "name": "나중 사과", "v0-price": "37000", "version": version})

    assert late.status_code == 409
    assert "먼저 고친 사과" in late.text and 'value="나중 사과"' in late.text and 'value="37000"' in late.text
    assert again.status_code == 303
    listing = await Listing.get(id=apples.listing_id)
    assert (listing.name, listing.version) == ("나중 사과", 3)
    assert (await Variant.get(id=apples.id)).price == 37000


async def test_of_two_edits_at_once_one_is_saved_and_the_other_is_told(site):
    village = await a_village(**SELLER)
    operator, apples = await site.operator_of(village), await goods("사과", village=village, published=False)
    row = {"v0-id": str(apples.id), "v0-name": "한 상자", "v0-unit": "5kg", "v0-price": "36000"}
    base = {"category": "과일", "tax": "exempt", "version": "1", **row}

    answers = await asyncio.gather(
        *(operator.post(f"/desk/goods/{apples.listing_id}", {**base, "name": f"사과 {n}"}) for n in range(2))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert (await Listing.get(id=apples.listing_id)).version == 2


async def test_the_same_form_twice_at_once_makes_one_draft(site):
    operator = await site.operator_of(await a_village(**SELLER))
    data = {"key": "0123456789", "name": "햅쌀 10kg", "v0-price": "48000", "v0-stock": "3"}

    answers = await asyncio.gather(*(operator.post("/desk/goods", data) for _ in range(3)))

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await Listing.all().count() == 1


async def test_an_edit_of_what_is_on_sale_may_not_empty_what_the_law_wants(site):
    village = await a_village(**SELLER)
    operator, apples = await site.operator_of(village), await goods("사과", village=village)

    answer = await operator.post(
        f"/desk/goods/{apples.listing_id}",
        {
            "name": "새 사과",
            "category": "과일",
            "version": "1",
            "v0-id": str(apples.id),
            "v0-name": "상자",
            "v0-price": "1",
        },
    )

    assert answer.status_code == 422
    assert "칸을 채워 주세요" in answer.text and 'value="새 사과"' in answer.text
    assert (await Listing.get(id=apples.listing_id)).name == "사과"


async def test_an_edit_adds_a_kind_and_stops_another(site):
    village = await a_village(**SELLER)
    operator, apples = await site.operator_of(village), await goods("사과", village=village, published=False)

    await operator.post(
        f"/desk/goods/{apples.listing_id}",
        {
            "name": "사과", "category": "과일", "version": "1", "v0-id": str(apples.id), "v0-name": "5kg", "v0-unit": "5kg",
            "v0-price": "35000", "v0-off": "1", "v1-name": "10kg", "v1-unit": "10kg", "v1-price": "65000", "v1-stock": "4",
        },
    )  # fmt: skip

    small, large = await Variant.filter(listing_id=apples.listing_id).order_by("position")
    assert small.withdrawn_at is not None and large.withdrawn_at is None
    assert await shelf_of(large) == (4, 0, 0, 0)


async def test_a_count_books_the_difference_so_that_a_sale_in_between_is_not_undone(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village, left=10)
    await an_order((apples, 2))  # after her screen had said 10

    await operator.post(f"/desk/variants/{apples.id}/stock", {"left": "15", "seen": "10", "key": "once"})
    await operator.post(f"/desk/variants/{apples.id}/stock", {"left": "15", "seen": "10", "key": "once"})

    assert await shelf_of(apples) == (15, 2, 0, 0)


async def test_a_count_settles_a_shortage_and_its_task(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village, left=3)
    await an_order((apples, 2))
    await record_sale(
        Basket({apples.id: 3}), village_id=village.id, key="stall", channel=Channel.stall, tender=Tender.cash,
        person_id=(await a_person()).id, by="person", now=NOW,
    )  # fmt: skip
    assert await shelf_of(apples) == (0, 2, 0, 2)

    shown = await operator.get("/desk/goods")
    await operator.post(f"/desk/variants/{apples.id}/stock", {"left": "5", "seen": "-2", "key": "harvest"})

    assert "더 팔았습니다" in shown.text
    assert await shelf_of(apples) == (7, 2, 0, 0)
    assert (await Task.get()).done_at is not None


@pytest.mark.parametrize("left", ["많이", "-1", ""])
async def test_a_count_that_is_no_number_is_refused_and_shown_again(site, left):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    answer = await operator.post(
        f"/desk/variants/{apples.id}/stock", {"left": left, "seen": "10", "key": "k"}
    )

    assert answer.status_code == 422
    assert "숫자로 적어 주세요" in answer.text
    assert (await Shelf.get(variant_id=apples.id)).on_hand == 10


async def test_another_villages_operator_finds_nothing(site):
    apples = await goods(village=await a_village())
    stranger = await site.operator_of(await a_village("대정마을"))

    answers = [
        await stranger.get(f"/desk/goods/{apples.listing_id}"),
        await stranger.post(f"/desk/goods/{apples.listing_id}", {"name": "x", "version": "1"}),
        await stranger.post(f"/desk/variants/{apples.id}/stock", {"left": "1", "seen": "10", "key": "k"}),
        await stranger.post(f"/desk/listings/{apples.listing_id}/publication"),
        await stranger.post(f"/desk/listings/{apples.listing_id}/withdrawal"),
        await stranger.post("/desk/photos", {"listing_id": str(apples.listing_id)}),
        await stranger.get("/desk/goods/99999999999999999999"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert "꿀사과" not in (await stranger.get("/desk/goods")).text


async def test_a_helper_sees_the_goods_and_edits_nothing(site):
    village = await a_village()
    apples = await goods(village=village)
    helper = await site.operator_of(village, Role.helper)

    assert (await helper.get("/desk/goods")).status_code == 200
    assert (await helper.get("/desk/goods/new")).status_code == 403
    assert (await helper.post(f"/desk/variants/{apples.id}/stock", {"left": "1"})).status_code == 403


async def test_photos_are_added_with_words_and_taken_down(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    added = await operator.post(
        "/desk/photos", {"listing_id": str(apples.listing_id), "seen_in_photos": "상자에 담긴 빨간 사과"},
        files=THREE_PHOTOS[:1],
    )  # fmt: skip
    hung = await ListingPicture.get(listing_id=apples.listing_id).select_related("picture")
    removed = await operator.post(f"/desk/photos/{hung.id}/removal")

    assert (added.status_code, removed.status_code) == (303, 303)
    assert hung.picture.alt == "상자에 담긴 빨간 사과"
    assert not await ListingPicture.exists()
    assert (await Listing.get(id=apples.listing_id)).version == 3


async def test_withdrawn_goods_leave_the_shop_and_may_come_back(site):
    village = await a_village()
    operator, apples = await site.operator_of(village), await goods(village=village)

    answer = await operator.post(f"/desk/listings/{apples.listing_id}/withdrawal")

    assert answer.status_code == 303
    assert not await Publication.exists()
    assert (await Listing.get(id=apples.listing_id)).version == 2
