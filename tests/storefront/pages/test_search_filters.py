"""Search narrowed and ordered: by the names and words of the goods list's filters, each with a way to take it off."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.datastructures import QueryParams
from tortoise import connections

from market.filters import Filters
from market.finding.entries import Findable
from market.finding.index import Found, Suggestion, Wanted
from market.finding.postgres_index import INDEXES, PostgresIndex
from market.finding.upkeep import index_changed_listings
from storefront.pace import Allowed
from storefront.pages import search, suggestions
from storefront.pages.filters import filters_from
from storefront.pages.search import PER_PAGE, asked_from
from tests.builders import NOW, a_program, a_village, goods
from tests.site import a_site
from tests.storefront.pages.shopping import Shopper, a_shopper, words
from villages.days import seoul_day
from villages.listings import Certificate


@pytest.fixture
async def market(shopper: Shopper) -> None:
    here, there = (
        await a_village("내장산마을", slug="naejangsan"),
        await a_village("옥정호마을", slug="okjeongho"),
    )
    month = seoul_day(datetime.now(UTC)).month
    cheap = await goods("못난이 사과", village=here, price=20000, season_months=[month])
    await goods("선물 사과", village=there, price=60000, season_months=[month % 12 + 1])
    await goods("홍옥 사과", village=there, price=35000, left=0)
    await a_program("사과 따기 체험", village=there)
    await Certificate.create(
        listing=cheap.listing, kind="유기농", number="1", issuer="견본", starts_on=date(2020, 1, 1),
        ends_on=seoul_day(datetime.now(UTC)) + timedelta(days=99),
    )  # fmt: skip
    await index_changed_listings(NOW)


def names(text: str) -> list[str]:
    return re.findall(
        r"(못난이 사과|선물 사과|홍옥 사과|사과 따기 체험)", text.partition("고르신 조건")[2] or text
    )


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("village=naejangsan", {"못난이 사과"}),
        ("price=50000-100000", {"선물 사과"}),
        ("certificate=유기농", {"못난이 사과"}),
        ("season=1", {"못난이 사과"}),
        ("kind=program", {"사과 따기 체험"}),
        ("kind=goods&village=okjeongho", {"선물 사과", "홍옥 사과"}),
    ],
)
async def test_each_filter_leaves_its_own(market: None, shopper: Shopper, query: str, left: set[str]):
    text = await shopper.sees(f"/search?q=사과&{query}")

    assert set(names(text)) == left and f"{len(left)}개를 찾았습니다." in text


async def test_what_leaves_this_week_is_never_sold_out(market: None, shopper: Shopper):
    assert "홍옥 사과" not in await shopper.sees("/search?q=사과&week=1&kind=goods")


async def test_every_filter_in_force_is_a_chip_that_takes_it_off_and_one_takes_off_all(
    market: None, shopper: Shopper
):
    page = (
        await shopper.get(
            "/search?q=사과&kind=goods&village=naejangsan&price=0-30000&certificate=유기농&season=1"
        )
    ).text
    chips = page.partition('class="chips applied"')[2].partition("</ul>")[0]
    links = {words_of: unescape(url) for url, words_of in re.findall(r'href="([^"]+)">([^<]+)', chips)}

    assert list(links) == ["내장산", "3만 원 아래", "유기농", "지금 제철", "모두 지우기"]
    assert (
        "village=" not in links["내장산"]
        and "price=0-30000" in links["내장산"]
        and "kind=goods" in links["내장산"]
    )
    assert links["모두 지우기"] == "/search?q=%EC%82%AC%EA%B3%BC&kind=goods"
    for url in links.values():
        assert (await shopper.get(url)).status_code == 200


async def test_a_price_among_the_words_is_a_filter_that_is_told_and_can_be_taken_off(
    market: None, shopper: Shopper
):
    answer = await shopper.get("/search?q=사과 3만원 이하&kind=goods")
    page = answer.text
    chips = page.partition('class="chips applied"')[2].partition("</ul>")[0]
    links = {text: unescape(url) for url, text in re.findall(r'href="([^"]+)">([^<]+)', chips)}

    assert names(words(answer)) == ["못난이 사과"]
    assert "‘사과’ 찾기" in page and "‘3만원 이하’은(는) 값으로 보고" in page
    assert "선물 사과" in await shopper.sees(links["30,000원까지"])


async def test_words_of_a_price_stay_words_where_they_are_wanted_as_typed_or_a_price_was_chosen(
    market: None, shopper: Shopper
):
    assert asked_from(QueryParams("q=사과 3만원 이하&exact=1")).query == "사과 3만원 이하"
    assert asked_from(QueryParams("q=사과 3만원 이하&price=50000-100000")).filters.most == 100_000
    assert "찾은 것이 없습니다" in await shopper.sees("/search?q=사과 3만원 이하&exact=1")


async def test_goods_programs_or_villages_are_no_condition_and_the_chosen_one_takes_itself_off(
    market: None, shopper: Shopper
):
    page = (await shopper.get("/search?q=사과&kind=goods&sort=price")).text

    assert '<details class="filters-box">' in page and "고르신 조건" not in page
    chosen = re.findall(r'<a class="chip" href="([^"]+)" aria-current="true">특산물', page)
    assert [unescape(url) for url in chosen] == ["/search?q=%EC%82%AC%EA%B3%BC&sort=price"]


async def test_a_kind_of_which_nothing_is_left_is_still_seen_as_chosen(market: None, shopper: Shopper):
    page = await shopper.get("/search?q=사과&kind=program&certificate=유기농")

    assert "체험 0 지우기" in words(page)


async def test_only_the_villages_that_narrow_the_search_stand_over_its_answer(market: None, shopper: Shopper):
    assert 'aria-label="마을 고르기"' in (await shopper.get("/search")).text
    assert 'aria-label="마을 고르기"' not in (await shopper.get("/search?q=사과&village=naejangsan")).text


async def test_the_facets_count_what_each_value_would_leave(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=사과")

    assert (
        "내장산 (1)" in text and "옥정호 (3)" in text and "3만 원 아래 (2)" in text and "유기농 (1)" in text
    )
    assert "지금 제철 (1)" in text


async def test_the_cheapest_may_come_first_and_the_sold_out_last(market: None, shopper: Shopper):
    text = await shopper.sees("/search?q=사과&kind=goods&sort=price")

    assert names(text) == ["못난이 사과", "선물 사과", "홍옥 사과"]


async def test_a_form_loses_neither_the_words_nor_the_other_filters(market: None, shopper: Shopper):
    page = (await shopper.get("/search?q=사과&kind=goods&sort=price&village=okjeongho&exact=1")).text
    first, second = re.findall(
        r'<form[^>]*action="/search"[^>]*data-autosubmit>(.*?)</form>', page, re.DOTALL
    )

    for form, kept in ((first, {"q", "kind", "sort", "exact"}), (second, {"q", "kind", "village", "exact"})):
        assert set(re.findall(r'type="hidden" name="(\w+)"', form)) == kept
    assert '<option value="okjeongho" selected>' in first and '<option value="price" selected>' in second


async def test_a_filter_that_leaves_nothing_stays_chosen_and_can_be_taken_off(market: None, shopper: Shopper):
    page = await shopper.get("/search?q=사과&village=nowhere")

    assert '<option value="nowhere" selected>' in page.text
    assert (
        "찾은 것이 없습니다." in words(page)
        and "고르신 조건에는 없습니다." in words(page)
        and "모두 지우기" in words(page)
    )


async def test_a_long_answer_comes_in_pages_that_keep_the_filters(shopper: Shopper):
    village = await a_village("내장산마을", slug="naejangsan")
    for number in range(PER_PAGE + 3):
        await goods(f"감 {number:02}호", village=village)
    await index_changed_listings(NOW)

    page = await shopper.get("/search?q=감&village=naejangsan&sort=popular")

    assert "3개 더 보기" in words(page)
    (following,) = set(re.findall(r'href="([^"]*page=2)" rel="next"', page.text))
    assert "village=naejangsan" in following and "sort=popular" in following
    second = await shopper.get(unescape(following))
    assert second.text.count('class="name"') == 3


async def test_when_the_search_server_is_away_the_page_says_so(market: None, shopper: Shopper):
    INDEXES[connections.get("default")] = Away()

    assert "지금은 간단한 검색으로 찾아 드립니다." in await shopper.sees("/search?q=사과")


class Away(PostgresIndex):
    """As an engine whose server does not answer."""

    async def search(self, wanted: Wanted, *, now: datetime) -> Found:
        return Found(fallen_back=True)

    async def suggest(self, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """A word and a thing of each kind, hostile names among them."""
        every = (
            Suggestion(f"{text}즙"),
            Suggestion('<b>"꿀"</b> & 사과', Findable.goods, "honey-apple", "내장산"),
            Suggestion("사과 따기", Findable.program, "apple-picking", "옥정호"),
            Suggestion("사과꽃마을", Findable.village, "apples", "사과 마을"),
        )
        return every[:limit]


async def test_suggestions_are_options_of_words_and_things(market: None, shopper: Shopper):
    INDEXES[connections.get("default")] = Away()

    answer = await shopper.get("/search/suggestions?q=사과")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (
        answer.text.count('role="option"') == 4
        and "추천 4개." in answer.text
        and "set-cookie" not in answer.headers
    )
    urls = ['"/goods/honey-apple"', '"/programs/apple-picking"', '"/villages/apples"']
    assert all(f"data-url={url}" in answer.text for url in urls) and answer.text.count("data-url=") == 3
    assert "<span>사과 마을</span>" in answer.text and ">사과꽃마을<" not in answer.text
    assert "<b>" not in answer.text and "&lt;b&gt;" in answer.text


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%00", "q=ㄱ", "q=" + "가" * 3000, "q=%F0%9F%8D%8E", "q=%E2%80%AE", "q='%3B--"]
)
async def test_whatever_is_typed_has_a_list_maybe_an_empty_one(market: None, shopper: Shopper, query: str):
    answer = await shopper.get(f"/search/suggestions?{query}")

    assert answer.status_code == 200 and 'role="listbox"' in answer.text


async def test_no_words_no_suggestions(shopper: Shopper):
    INDEXES[connections.get("default")] = Away()

    assert "추천하는 말이 없습니다." in (await shopper.get("/search/suggestions?q=%20")).text


def test_an_address_says_nothing_it_need_not():
    asked = asked_from(QueryParams("q=감&page=3&sort=price&season=1&price=0-100000001&colour=red"))

    assert asked.url() == "/search?q=%EA%B0%90&season=1&sort=price"
    assert filters_from(QueryParams("min_price=100&max_price=50")).most == 51
    assert filters_from(QueryParams("price=0-0")) == Filters()
    for ceiling in ("100000000", "100000001", "99999999999"):
        assert filters_from(QueryParams(f"max_price={ceiling}")) == Filters(), "no price is higher"


async def test_a_price_of_ones_own_says_how_many_it_leaves(market: None, shopper: Shopper):
    assert "40,000원까지 (3)" in await shopper.sees("/search?q=사과&max_price=40000")
    assert "40,000원까지 (2)" in await shopper.sees("/goods?max_price=40000")


async def test_a_price_alone_leads_to_the_goods_of_that_price(market: None, shopper: Shopper):
    answer = await shopper.get("/search?q=3만원 이하")

    assert answer.status_code == 303
    page = await shopper.sees(answer.headers["location"])
    assert "3만원까지" in page or "30,000원까지" in page


async def test_a_wish_searched_as_typed_loses_its_price_and_keeps_the_other_filters(
    market: None, shopper: Shopper
):
    page = (await shopper.get("/search?q=사과 3만원 이하&kind=goods&sort=price")).text

    links = [unquote(link) for link in re.findall(r'href="(/search\?[^"]*exact=1[^"]*)"', page)]
    assert links and all("kind=goods" in link and "sort=price" in link and "3만원" in link for link in links)
    assert not any("price=0" in link or "max_price" in link for link in links)


async def test_one_address_searches_and_types_only_so_fast(db: str, tmp_path: Path, monkeypatch):
    for page in (search, suggestions):
        monkeypatch.setattr(page, "SEARCHES", Allowed("searches", 3))
    shopper = a_shopper(await a_site(tmp_path, RATE_LIMITS="on"))

    typed = [(await shopper.get("/search/suggestions?q=감")).status_code for _ in range(2)]
    searched = [(await shopper.get("/search?q=감")).status_code for _ in range(2)]

    assert (typed, searched) == ([200, 200], [200, 429])
    assert (await shopper.get("/search")).status_code == 429
