"""The search page: found, corrected, empty, and addresses nobody meant."""

import unicodedata

import pytest

from market.finding.upkeep import index_changed_listings
from tests.builders import NOW, a_program, a_village, goods
from tests.storefront.pages.shopping import Shopper
from villages.village import VillageState


@pytest.fixture
async def market(shopper: Shopper) -> None:
    here, there = await a_village("내장산마을"), await a_village("옥정호마을")
    await goods("꿀사과 5kg", village=here, price=35000)
    await goods("곶감 선물세트", village=there, left=0)
    await goods("사과 초콜릿", village=here, published=False)
    await a_program("사과 따기 체험", village=there)
    await index_changed_listings(NOW)


async def test_goods_programs_and_villages_are_found_with_their_prices_of_now(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=사과")

    assert "2개를 찾았습니다." in text
    assert "꿀사과 5kg" in text and "35,000원" in text and "사과 따기 체험" in text
    assert "사과 초콜릿" not in text
    assert "내장산마을" not in text.partition("조건 고르기")[0] and "특산물 1" in text and "체험 1" in text
    assert "내장산" in await shopper.sees("/search?q=내장산마을")


async def test_what_is_sold_out_is_found_and_says_so(market: None, shopper: Shopper):
    assert "다 팔렸어요" in await shopper.sees("/search?q=곶감")


async def test_a_chip_narrows_to_its_kind(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=사과&kind=program")

    assert "1개를 찾았습니다." in text and "사과 따기 체험" in text and "꿀사과 5kg" not in text


async def test_a_corrected_word_is_said_and_can_be_searched_as_typed(market: None, shopper: Shopper):
    answer = await shopper.get("/search?q=꽂감")

    assert "‘꽂감’ 대신 ‘곶감’으로 찾았습니다." in answer.text
    assert "exact=1" in answer.text
    text = await shopper.sees("/search?q=꽂감&exact=1")
    assert "찾은 것이 없습니다." in text and "비슷한 말까지 찾기" in text


async def test_nothing_found_offers_words_the_phone_and_what_there_is(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=세탁기")

    assert "찾은 것이 없습니다." in text
    assert "063-000-0000" in text and "과일 2" in text


async def test_filters_that_leave_nothing_can_be_taken_off(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=곶감&kind=program")

    assert "조건을 지우고 보기" in text


async def test_without_a_word_the_categories_are_shown(market: None, shopper: Shopper):
    text = await shopper.sees("/search")

    assert "과일 2" in text and "내장산" in text


async def test_what_was_typed_stays_in_the_field_and_cannot_become_markup(market: None, shopper: Shopper):
    answer = await shopper.get("/search", params={"q": '"><script>alert(1)</script>'})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text


async def test_a_village_that_sells_nothing_here_is_named_with_its_page(market: None, shopper: Shopper):
    await a_village("민하마을", slug="minha", short_name="민하", state=VillageState.neighbour)

    for wish in ("민하마을", "민하 마을", "민하 감자밭"):
        page = (await shopper.get(f"/search?q={wish}")).text
        assert "민하마을은(는) 이웃 마을입니다" in page and 'href="/villages/minha"' in page
    assert "이웃 마을입니다" not in await shopper.sees("/search?q=세탁기")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=ㄱ", "q=ㅏ", "q=%E1%84%8B%E1%85%A9", "q=사과&page=1000000", "q=사과&page=" + "9" * 5000, "q=" + "a" * 10_000,
        "q=사과&colour=red&price=1-2-3&sort=__class__&week=2&certificate=%27%20OR%201%3D1--&category=%22%20AND%20id%20%3E%200",
        "q=%27%3B%20DROP%20TABLE%20listings%3B--", "q=%25_%5C%2A%3A%26%7C%21%28%29", "q=사과&kind=Findable&min_price=-1&max_price=²",
        "q=%E2%80%8F%D7%90%E2%80%8E사과%07%1B", "q=👩‍🌾🍎", "q=사과&price=99999999999999-0", "q=사과&village=%E2%80%AE&exact=2", "q=%FF%FE", "q=%ED%A0%80", "q=사과&kind=nothing", "q=사과&village=%00", "q=사과&village=nowhere&kind=goods",
        "q=사과&page=0", "q=사과&page=-1", "q=사과&page=99999999999999999999", "q=사과&page=²", "q=%E2%80%AE사과", "q=" + "가" * 900,
        "q=사과&q=배", "kind=goods", "q=🍎",
    ],
)  # fmt: skip
async def test_addresses_nobody_meant_are_answered_with_a_sentence(
    market: None, shopper: Shopper, query: str
):
    text = await shopper.sees(f"/search?{query}")

    assert any(said in text for said in ("찾았습니다.", "찾은 것이 없습니다.", "찾는 말을 적어 주세요."))


async def test_words_in_pieces_of_letters_are_the_same_words(market: None, shopper: Shopper):
    """As a Mac sends them: decomposed."""
    answer = await shopper.get("/search", params={"q": unicodedata.normalize("NFD", "꿀사과")})

    assert "‘꿀사과’ 찾기" in answer.text and "꿀사과 5kg" in answer.text


async def test_signs_that_are_no_text_are_not_looked_for(market: None, shopper: Shopper):
    answer = await shopper.get("/search", params={"q": "\u202e꿀\x00사과\u200f"})

    assert (
        "꿀사과" in answer.text.replace(" ", "") and "\u202e" not in answer.text and "\x00" not in answer.text
    )


async def test_a_very_long_wish_is_cut_and_says_so(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=" + "사과" * 3000)

    assert "적으신 말이 길어 앞부분만 찾았습니다." in text and len(text) < 5000


async def test_a_wish_that_a_mac_takes_apart_is_no_longer_for_it(market: None, shopper: Shopper):
    wish = unicodedata.normalize("NFD", "꿀사과 " * 20)

    text = (await shopper.get("/search", params={"q": wish})).text

    assert len(wish) > 100 and "앞부분만 찾았습니다" not in text


async def test_a_page_past_the_end_is_the_last_one(market: None, shopper: Shopper):
    assert "꿀사과 5kg" in await shopper.sees("/search?q=사과&page=1000000")


async def test_the_page_costs_few_statements(market: None, shopper: Shopper, queries: list[str]):
    await shopper.get("/search?q=사과")
    queries.clear()

    await shopper.get("/search?q=사과")

    # Is the catalogue right, what is still on sale, goods, programs; what the words found is kept for a moment.
    assert len(queries) == 4, queries


async def test_where_to_begin_is_counted_once_a_minute(market: None, shopper: Shopper, queries: list[str]):
    """For whoever brings no words and for whoever finds nothing: it is counted among all that is on sale."""
    queries.clear()

    for path in ("/search", "/search", "/search?q=세탁기"):
        assert "과일 2" in await shopper.sees(path)

    assert len([query for query in queries if "GROUP BY l.category" in query]) == 1
