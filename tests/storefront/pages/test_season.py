"""The calendar of seasons: this month first, then what comes next."""

from datetime import UTC, datetime

import pytest

from market.season_calendar import PER_PAGE, season_calendar
from storefront.pages import season
from tests.builders import NOW, a_program, a_village, goods, rows
from tests.storefront.pages.shopping import Shopper, words
from villages.days import seoul_day


@pytest.fixture
async def year(shopper: Shopper) -> None:
    here, there = await a_village("내장산마을", slug="naejangsan"), await a_village("옥정호마을")
    await goods("대봉감 10kg", village=there, season_months=[10, 11, 12])
    await goods("설향 딸기 2kg", village=here, season_months=[11, 12, 1, 2])
    await goods("청매실 5kg", village=there, season_months=[6])
    await goods("유기농 쌀 10kg", village=here, season_months=[*range(1, 13)])
    await goods("참기름", village=here, season_months=[])
    await goods("몰래 감", village=here, season_months=[11], published=False)
    await a_program("딸기 따기 체험", village=here, season_months=[1, 2, 3])


async def test_what_is_there_in_the_month_stands_first_then_what_comes_next(year: None):
    november = await season_calendar(11, now=NOW)
    may = await season_calendar(5, now=NOW)

    assert [(month, {row.season.name for row in found}) for month, found in november.groups] == [
        (11, {"대봉감 10kg", "설향 딸기 2kg"}), (1, {"딸기 따기 체험"}), (6, {"청매실 5kg"}),
    ]  # fmt: skip
    assert [month for month, _ in may.groups] == [6, 10, 11, 1]
    assert may.months == [5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]


async def test_every_month_says_how_much_there_is(year: None):
    counts = (await season_calendar(3, now=NOW)).counts

    assert (counts[11], counts[12], counts[1], counts[3], counts[5], counts[6]) == (2, 2, 2, 1, 0, 1)


async def test_the_page_leads_to_the_goods_their_search_and_their_village(year: None, shopper: Shopper):
    answer = await shopper.get("/season?month=11")

    text = words(answer)
    assert (
        "11월에 나오는 것은 2가지입니다." in text
        and "대봉감 10kg" in text
        and "옥정호" in text
        and "10월–12월" in text
    )
    assert "몰래 감" not in text and "참기름" not in text and "유기농 쌀" not in text
    assert '/search?q=%EB%8C%80%EB%B4%89%EA%B0%90"' in answer.text and "‘대봉감’ 모든 마을에서 찾기" in text
    assert 'href="/programs/' in answer.text


async def test_what_has_its_season_and_cannot_be_had_says_so(shopper: Shopper):
    month = seoul_day(datetime.now(UTC)).month
    village = await a_village()
    await goods("있는 감", village=village, season_months=[month])
    await goods("팔린 감", village=village, season_months=[month], left=0)
    await a_program("감 따기", village=village, season_months=[month], starts_at=datetime.now(UTC))

    text = await shopper.sees("/season")

    assert text.count("지금은 다 팔렸습니다") == 1 and text.count("지금은 열린 날이 없습니다") == 1
    following = await shopper.sees(f"/season?month={month % 12 + 1}")
    assert "지금은 다 팔렸습니다" not in following and "지금은 열린 날이 없습니다" not in following


async def test_words_to_look_for_have_no_brackets_around_nothing(shopper: Shopper):
    await goods("육쪽마늘 1접 (100개)", season_months=[11])

    assert "‘육쪽마늘’ 모든 마을에서 찾기" in await shopper.sees("/season?month=11")


async def test_this_month_comes_by_itself(year: None, shopper: Shopper):
    answer = await shopper.get("/season")

    assert answer.text.count('aria-current="true"') == 1
    assert 'aria-current="true"><b class="num">11' in (await shopper.get("/season?month=11")).text


@pytest.mark.parametrize(
    "query", ["month=0", "month=13", "month=²", "month=-1", "month=111111111", "month=%00", "page=x"]
)
async def test_a_month_that_is_none_is_this_month(year: None, shopper: Shopper, query: str):
    assert await shopper.sees(f"/season?{query}") == await shopper.sees("/season")


async def test_a_long_year_comes_in_pages(shopper: Shopper):
    village = await a_village()
    for number in range(PER_PAGE + 2):
        await goods(f"감 {number:02}", village=village, season_months=[11])

    first, last = await season_calendar(11, now=NOW), await season_calendar(11, now=NOW, page=10**6)
    assert (len(first.rows), first.pages, len(last.rows), last.page) == (PER_PAGE, 2, 2, 2)
    assert {row.season.name for row in first.rows}.isdisjoint(row.season.name for row in last.rows)
    assert "2가지 더 보기" in await shopper.sees("/season?month=11")
    assert (await shopper.get("/season?month=11&page=999999999")).status_code == 200


async def test_a_village_without_seasons_has_an_honest_calendar(shopper: Shopper):
    await goods("참기름")

    assert "아직 나오는 달을 적은 것이 없습니다." in await shopper.sees("/season")


def test_addresses_are_short_where_they_may_be():
    assert season.address(11, 11) == "/season" and season.address(3, 11, 2) == "/season?month=3&page=2"


async def test_months_that_are_none_do_no_harm(shopper: Shopper):
    listing = (await goods("이상한 감")).listing
    await rows("UPDATE listings SET season_months = '[11, 99]' WHERE id = $1", listing.id)

    assert "이상한 감" in await shopper.sees("/season?month=11")
