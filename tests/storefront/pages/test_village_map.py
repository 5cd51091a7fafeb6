"""The map of the city: its villages, their neighbours, and the ways to each."""

from storefront.pages.village_map import PER_PAGE
from tests.builders import a_village
from tests.storefront.pages.shopping import Shopper, words
from villages.city import City
from villages.village import VillageState

HERE = {"latitude": "35.495400", "longitude": "126.896200"}


async def test_each_village_has_its_page_its_address_its_telephone_and_two_maps(shopper: Shopper):
    await a_village(
        "내장산마을", slug="naejangsan", address="전북특별자치도 정읍시 내장동 1", phone="0635550001", **HERE
    )

    answer = await shopper.get("/map")

    entry = answer.text.partition('id="at-naejangsan"')[2].partition("</li>")[0]
    assert 'href="/villages/naejangsan"' in entry and "063-555-0001" in words(answer)
    assert "전북특별자치도 정읍시 내장동 1" in words(answer)
    for ours in ("https://map.kakao.com/link/map/", "https://map.naver.com/p/search/"):
        assert answer.text.count(f'href="{ours}') == 1
    assert answer.text.count('rel="external noopener"') == 2


async def test_a_pin_leads_to_the_village_in_the_list(shopper: Shopper):
    await a_village("내장산마을", slug="naejangsan", **HERE)

    text = (await shopper.get("/map")).text

    assert 'href="#at-naejangsan"><title>1 내장산</title>' in text and 'id="at-naejangsan"' in text


async def test_a_village_is_called_alike_on_the_map_and_in_the_list(shopper: Shopper):
    await a_village("옥정호청정마을", short_name="옥정호 마을", **HERE)

    text = await shopper.sees("/map")

    assert text.count("옥정호 마을") > 3 and "옥정호청정마을" not in text


async def test_who_sells_here_comes_first_and_who_has_no_position_stays_in_the_list(shopper: Shopper):
    await a_village("가마을", state=VillageState.neighbour)
    await a_village("나마을", state=VillageState.neighbour, **HERE)
    await a_village("하마을", **HERE)

    text = (await shopper.get("/map")).text.partition('class="places"')[2]

    assert text.index(">하</a>") < text.index(">가</a>") < text.index(">나</a>")
    assert "주소를 알지 못합니다. 지도에는 없습니다." in text


async def test_the_citys_outline_says_what_it_was_drawn_from(shopper: Shopper):
    await City.all().update(name="정읍시")
    await a_village(**HERE)

    text = (await shopper.get("/map")).text

    assert '<polygon class="land"' in text and "통계청 행정구역 경계(2018)" in text


async def test_a_city_without_an_outline_still_shows_its_villages(shopper: Shopper):
    await City.all().update(name="다른시")
    await a_village(**HERE)

    text = (await shopper.get("/map")).text

    assert "<polygon" not in text and "통계청" not in text and text.count('class="pin ') == 1


async def test_many_villages_come_in_pages_and_the_others_stay_as_dots(shopper: Shopper):
    for number in range(PER_PAGE + 3):
        await a_village(f"마을{number:02}", latitude=f"35.{500000 + number * 5000}", longitude="126.9")

    second = await shopper.get("/map?page=2")

    assert second.text.count('class="pin ') == 3 and second.text.count('class="dot-other"') == PER_PAGE
    assert f"<title>{PER_PAGE + 1} " in second.text
    assert (await shopper.get("/map?page=1000000")).text.count('class="pin ') == 3


async def test_a_city_without_villages_has_a_page(shopper: Shopper):
    assert (await shopper.get("/map")).status_code == 200
