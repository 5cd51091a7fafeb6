"""Searches that found nothing: words are counted, people are not, and nobody can fill the table."""

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.finding import missed
from market.finding.missed import MissedSearch, MissedSearches, fit_to_keep, forget_old_missed, most_missed
from tests.builders import NOW
from villages.days import seoul_day

TODAY = seoul_day(NOW)


async def written(*queries: str, day: date = TODAY) -> None:
    searches = MissedSearches()
    for query in queries:
        searches.note(query, day=day)
    await searches.write_down()


async def counts() -> list[tuple]:
    return await MissedSearch.all().order_by("query").values_list("query", "times", "days")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("참다래", "참다래"), ("  참다래 사고 싶어요", "참다래"), ("참다래 2kg", "참다래"), ("귤", "귤"), ("GUAVA", "guava"),
        ("\u1100\u1172\u11af", "귤"), ("제주 감귤", "제주 감귤"), ("柑橘", "柑橘"), ("🍊감귤!!", "감귤"),
    ],
)  # fmt: skip
def test_words_are_kept_without_the_talk_around_them(typed, kept):
    assert fit_to_keep(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "010-1234-5678", "01012345678", "０１０ １２３４ ５６７８", "김철수 010 1234 5678", "공일공 일이삼사 오육칠팔", "063-000-0000",
        "kim@example.kr", "kim 골뱅이 example 123", "261121-AB12", "주문 261121", "정읍시 내장동 12-3", "110-234-567890",
        "https://example.kr/x", "www.example.kr", "가" * 41, "가" * 21, "하나 둘 셋 넷 다섯 여섯", "ㅋㅋㅋ", "ㄱ", "a", "", "!!", "🍊", "\x00\x01",
    ],
)  # fmt: skip
def test_what_could_be_somebodys_is_not_kept(typed):
    assert fit_to_keep(typed) is None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_number_and_no_sign_is_ever_kept(typed):
    kept = fit_to_keep(typed)

    assert kept is None or (
        len(kept) <= missed.LONGEST and kept == kept.lower() and all(part.isalpha() for part in kept.split())
    )
    assert kept is None or fit_to_keep(kept) is not None


@given(
    st.from_regex(r"0\d{1,2}[- .]?\d{3,4}[- .]?\d{4}", fullmatch=True),
    st.sampled_from(["", "감귤 ", "김철수"]),
)
def test_no_telephone_number_is_ever_kept(number, before):
    assert fit_to_keep(before + number) is None


async def test_times_and_days_are_counted(db):
    await written("참다래", "참다래", "용과")
    await written("참다래")
    await written("참다래", day=TODAY + timedelta(days=1))

    assert await counts() == [("용과", 1, 1), ("참다래", 4, 2)]
    found, in_all = await most_missed(most=1)
    assert [each.query for each in found] == ["참다래"] and in_all == 2
    assert (found[0].first_on, found[0].last_on) == (TODAY, TODAY + timedelta(days=1))


async def test_noting_sends_nothing_and_writing_is_one_statement_for_all(db, queries):
    searches = MissedSearches()
    for query in ("참다래", "용과", "참다래"):
        searches.note(query, day=TODAY)
    assert queries == []

    await searches.write_down()
    assert sum("missed_searches" in query for query in queries) == 1
    queries.clear()
    await searches.write_down()
    assert queries == []


async def test_it_is_written_by_itself_after_a_while(db, monkeypatch):
    monkeypatch.setattr(missed, "WRITE_AFTER", 0)
    searches = MissedSearches()

    searches.note("참다래", day=TODAY)
    await asyncio.sleep(0.01)
    assert searches._writing
    await searches._writing

    assert await counts() == [("참다래", 1, 1)]


async def test_a_database_that_is_away_harms_nobody(db, monkeypatch, caplog):
    searches = MissedSearches()
    searches.note("참다래", day=TODAY)
    monkeypatch.setattr(missed, "WRITE", "SELECT 1 / 0")

    await searches._write_quietly()

    assert "missed searches not counted" in caplog.text


async def test_one_impatient_finger_does_not_lead_the_list(db):
    await written(*["참다래"] * 500)

    assert await counts() == [("참다래", missed.MOST_TIMES, 1)]


def words(many: int) -> list[str]:
    return [f"낱말{chr(0xAC00 + number)}" for number in range(many)]


async def test_a_process_remembers_only_so_many_at_once(db):
    await written(*words(missed.MOST_AT_ONCE + 50), words(1)[0])

    assert len(await counts()) == missed.MOST_AT_ONCE
    assert max(times for _, times, _ in await counts()) == 2


async def test_only_so_many_new_words_a_day_and_known_ones_go_on(db, monkeypatch):
    monkeypatch.setattr(missed, "MOST_NEW", 5)
    await written("참다래", *words(3))

    await written("참다래", "참다래", *words(9))

    assert len(await counts()) == 5
    assert ("참다래", 3, 1) in await counts()
    await written("새로운낱말", day=TODAY + timedelta(days=1))
    assert len(await counts()) == 6


async def test_a_full_table_takes_no_new_word(db, monkeypatch):
    monkeypatch.setattr(missed, "MOST_KEPT", 3)

    await written(*words(9))
    await written("참다래", *words(1), day=TODAY + timedelta(days=1))

    assert len(await counts()) == 3


async def test_two_processes_that_write_at_once_keep_to_the_limit(many, monkeypatch):
    monkeypatch.setattr(missed, "MOST_NEW", 5)

    await asyncio.gather(*(written(*(f"{word}{letter}" for word in words(4))) for letter in "가나다라"))

    assert len(await counts()) == 5


async def test_what_nobody_asks_for_any_more_is_forgotten(db):
    await written("용과", "참다래", "구아바", day=TODAY - timedelta(days=40))
    await written("참다래", day=TODAY - timedelta(days=39))
    await written("구아바", day=TODAY)

    assert await forget_old_missed(NOW) == 1
    assert [query for query, *_ in await counts()] == ["구아바", "참다래"]

    assert await forget_old_missed(NOW + timedelta(days=160)) == 1
    assert [query for query, *_ in await counts()] == ["구아바"]
