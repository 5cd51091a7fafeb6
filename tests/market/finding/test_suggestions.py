"""Suggestions while somebody types."""

import pytest
from tortoise import connections

from market.finding.entries import Findable
from market.finding.index import MOST_SUGGESTED
from market.finding.postgres_index import PostgresIndex
from market.finding.upkeep import index_changed_listings
from tests.builders import NOW, a_program, a_village, goods
from villages.listings import Publication


@pytest.fixture
async def index(db: str) -> PostgresIndex:
    village = await a_village("내장산마을")
    await goods("꿀사과 5kg", village=village, popularity=5)
    await goods("곶감 선물세트", village=village, popularity=9)
    await goods("못난이 사과", village=village, published=False)
    await a_program("사과 따기 체험", village=village)
    while await index_changed_listings(NOW):
        pass
    return PostgresIndex()


async def texts(index: PostgresIndex, text: str) -> list[str]:
    return [suggestion.text for suggestion in await index.suggest(text)]


@pytest.mark.parametrize(
    "typed",
    [
        "곶",
        "고",
        "ㄱㄱ",
        "곶가",
        "rhwrka",
        "gotgam",
        "곳감",
        "  곶감 ",
        "\u1100\u1169\u11bd\u1100\u1161\u11b7",
    ],
)
async def test_what_is_half_typed_initials_and_the_wrong_keyboard_lead_to_the_same_word(
    index: PostgresIndex, typed: str
):
    assert "곶감" in await texts(index, typed)


async def test_caps_lock_or_not_leads_to_the_same_word(db: str):
    index = await indexed("쌍화차", "곶감")

    assert await texts(index, "tKDGHK") == await texts(index, "Tkdghk") == ["쌍화차"]
    assert await texts(index, "RHWRK") == ["곶감"]


async def test_names_say_what_they_are_and_whose(index: PostgresIndex):
    found = {suggestion.text: suggestion for suggestion in await index.suggest("사과")}

    assert found["사과"].kind is None
    program = found["사과 따기 체험"]
    assert (program.kind, program.village_short) == (Findable.program, "내장산") and program.slug
    assert "못난이 사과" not in found


async def indexed(*names: str) -> PostgresIndex:
    for place, name in enumerate(names):
        await goods(name, popularity=len(names) - place)
    while await index_changed_listings(NOW):
        pass
    return PostgresIndex()


async def test_what_differs_only_by_spaces_is_one_line_with_the_spaces_of_the_name(db: str):
    index = await indexed("고구마 캐기 체험")

    assert await texts(index, "고구") == ["고구마", "고구마 캐기 체험"]
    assert await texts(index, "ㄱㄱㅁ") == ["고구마", "고구마 캐기 체험"]


async def test_neighbours_that_no_line_begins_with_are_said_with_the_space_between_them(db: str):
    index = await indexed(*(f"고구마 {how}" for how in ("말랭이", "맛탕", "캐기", "조청", "호떡", "빵")))

    found = await texts(index, "고구마")

    assert len(found) == len({"".join(text.split()) for text in found}) == 7
    assert all(" " in text for text in found if text != "고구마")


async def test_a_word_that_people_write_in_one_stays_beside_names_that_begin_with_it(db: str):
    index = await indexed("고구마캐기 체험")

    assert await texts(index, "고구") == ["고구마캐기", "고구마캐기 체험"]


async def test_of_two_spellings_the_better_liked_name_decides(db: str):
    index = await indexed("황토 사과즙", "아침 사과 즙")

    assert "사과즙" in await texts(index, "사과")
    assert "사과즙" in await texts(index, "사과 즙")


async def test_the_commonest_word_and_the_best_liked_name_stand_first(db: str):
    index = await indexed("사과즙 30포", "사과즙 50포", "사과청", "사과잼")

    found = await texts(index, "사과")

    assert found[0] == "사과즙" and found.index("사과즙 30포") < found.index("사과즙 50포")


async def test_a_village_is_suggested_by_its_name(index: PostgresIndex):
    village = next(each for each in await index.suggest("내장") if each.kind == Findable.village)

    assert (village.text, village.village_short) == ("내장산마을", "내장산")


async def test_what_went_off_sale_is_not_suggested_any_more(index: PostgresIndex):
    assert "곶감 선물세트" in await texts(index, "곶감")

    await connections.get("default").execute_query(
        "DELETE FROM publications p USING listings l WHERE l.id = p.listing_id AND l.name = '곶감 선물세트'"
    )

    assert await Publication.exists()
    assert "곶감 선물세트" not in await texts(index, "곶감")


@pytest.mark.parametrize(
    "typed", ["", " ", "ㅏ", "\x00", "가" * 10_000, "a" * 10_000, "🍎", "'; --", "\u202e"]
)
async def test_what_nobody_completes_is_answered_quietly(index: PostgresIndex, typed: str):
    assert await texts(index, typed) == []


async def test_no_more_are_given_than_asked_for(db: str):
    index = await indexed(*(f"사과 {how}" for how in "가나다라마바사아자차"))

    assert len(await index.suggest("사")) == MOST_SUGGESTED
    assert len(await index.suggest("사", limit=1)) == 1
