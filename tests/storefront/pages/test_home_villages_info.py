"""The first page, the villages, and the plain pages."""

from datetime import UTC, datetime, timedelta

import pytest

from market.village_window import Season
from tests.builders import a_program, a_village, goods
from tests.storefront.pages.shopping import Shopper, words
from villages.city import City
from villages.village import Villager, VillageState


async def test_the_first_page_shows_season_goods_programs_villages_and_the_telephone(shopper: Shopper):
    await City.all().update(
        season_title="지금이 가장 답니다", season_link="/goods?season=1", season_button="대봉감 보기"
    )
    village = await a_village("내장산마을", tagline="단풍골, 감과 꿀")
    await goods("대봉감", village=village)
    await a_program("떡메치기", village=village, starts_at=datetime.now(UTC) + timedelta(days=9))

    answer = await shopper.get("/")

    for fact in (
        "지금이 가장 답니다",
        "대봉감 보기",
        "대봉감",
        "떡메치기",
        "내장산",
        "단풍골, 감과 꿀",
        "063-000-0000",
        "비회원 주문조회",
    ):
        assert fact in words(answer), fact
    assert 'href="/goods?season=1"' in answer.text and "단체 체험 문의" not in answer.text


async def test_the_first_page_counts_the_programs_that_are_offered(shopper: Shopper):
    village = await a_village()
    for name in ("떡메치기", "두부 만들기"):
        await a_program(name, village=village)
    await a_program("초안", village=village, published=False)
    await a_program("쉬는 마을의 체험", village=await a_village(state=VillageState.dormant))

    assert "체험 2가지 모두" in await shopper.sees("/")


@pytest.mark.parametrize("path", ["/villages", "/map"])
async def test_whoever_looks_for_a_village_has_no_listings_counted(
    shopper: Shopper, queries: list[str], path: str
):
    await goods(village=await a_village("내장산마을"))
    queries.clear()

    assert "내장산" in await shopper.sees(path)

    assert not [query for query in queries if "listings" in query], queries


async def test_an_empty_market_still_has_a_first_page(shopper: Shopper):
    for path in ("/", "/goods", "/programs", "/villages"):
        assert (await shopper.get(path)).status_code == 200


async def test_a_season_link_leads_nowhere_else(shopper: Shopper):
    await City.all().update(season_title="제철", season_link="https://bad.example/", season_button="보기")

    assert "bad.example" not in (await shopper.get("/")).text


async def test_the_directory_lists_sellers_and_neighbours(shopper: Shopper):
    await a_village("내장산마을")
    await a_village("송죽마을", state=VillageState.neighbour, known_for="두부 만들기", phone="0635550001")

    page = await shopper.sees("/villages")

    assert "내장산" in page and "송죽마을" in page and "두부 만들기" in page and "063-555-0001" in page


async def test_a_long_directory_comes_in_pages_by_name_neighbours_last(shopper: Shopper):
    for number in range(47, 0, -1):
        await a_village(f"참샘{number:02}마을")
    for name in ("송죽마을", "산외마을"):
        await a_village(name, state=VillageState.neighbour)

    first, second = await shopper.get("/villages"), await shopper.get("/villages?page=2")

    assert "마을 47곳" in words(first) and "마을 47곳" in words(second)
    assert words(first).index("참샘01") < words(first).index("참샘02") < words(first).index("산외마을")
    assert "송죽마을" in words(second) and "참샘" not in words(second)
    assert 'href="/villages?page=2"' in first.text and 'href="/villages" rel="prev"' in second.text
    assert words(await shopper.get("/villages?page=99")) == words(second)


async def test_a_village_shows_its_people_goods_programs_seasons_and_seller(shopper: Shopper):
    village = await a_village(
        "내장산마을",
        company="내장산 영농조합",
        business_no="000-00-00001",
        phone="0630000001",
        story="산 아래 마을입니다.",
    )
    await Villager.create(
        village=village, name="김순자", trade="감 농사 30년", words="아침에 딴 것만 담습니다."
    )
    await goods("대봉감", village=village, season_months=[10, 11])
    await goods("남의 꿀")
    await a_program("떡메치기", village=village, starts_at=datetime.now(UTC) + timedelta(days=9))

    page = await shopper.sees(f"/villages/{village.slug}")

    for fact in (
        "산 아래 마을입니다.",
        "김순자",
        "아침에 딴 것만",
        "대봉감",
        "떡메치기",
        "제철 달력",
        "063-000-0001",
        "내장산 영농조합",
        "000-00-00001",
    ):
        assert fact in page, fact
    assert "남의 꿀" not in page


@pytest.mark.parametrize("state", [VillageState.neighbour, VillageState.dormant, VillageState.released])
async def test_a_village_that_sells_nothing_here_is_a_plain_page_and_never_a_dead_one(
    shopper: Shopper, state
):
    village = await a_village("송죽마을", state=state, phone="0635550001", address="정읍시 송죽리")

    page = await shopper.sees(f"/villages/{village.slug}")

    assert "송죽마을" in page and "063-555-0001" in page and "장바구니에" not in page


async def test_an_unknown_village_is_not_found(shopper: Shopper):
    assert (await shopper.get("/villages/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("/notice", ("공지", "063-000-0000")),
        ("/help", ("교환·환불", "7일", "40분", "1372")),
        ("/terms", ("이용약관", "통신판매중개자", "미성년자")),
        ("/privacy", ("개인정보 처리방침", "보유 기간", "제3자 제공", "5년")),
        ("/accessibility", ("KS X OT0003:2022", "063-000-0000")),
    ],
)
async def test_the_plain_pages_stand_and_say_that_they_are_drafts(shopper: Shopper, path, facts):
    page = await shopper.sees(path)

    for fact in (*facts, "견본 글입니다."):
        assert fact in page, fact


async def test_returns_have_their_own_place_in_the_help(shopper: Shopper):
    assert 'id="refund"' in (await shopper.get("/help")).text


@pytest.mark.parametrize(
    ("months", "text"),
    [({9, 10, 11, 12, 1, 2}, "9월–2월"), ({5}, "5월"), ({5, 9, 10}, "5월, 9월–10월"), ({12, 1}, "12월–1월")],
)
def test_months_are_said_as_runs(months, text):
    assert Season("감", "/goods/a", frozenset(months)).months_text == text
