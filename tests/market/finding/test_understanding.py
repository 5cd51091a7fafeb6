"""What may have been meant: in which order it is tried, and what is said of it."""

import random
import unicodedata

import pytest

from market.finding.hangul import compose, hangul_of, jamo, keys_of
from market.finding.lexicon import SHIPPED
from market.finding.ranking import rank
from market.finding.sentences import asked_for, tokens
from market.finding.understanding import attempts
from market.finding.vocabulary import Vocabulary
from tests.market.finding.test_search_cases import DOCUMENTS, VOCABULARY

NAMES = sorted(word for word in VOCABULARY.names if 3 <= len(word) <= 6 and not word.isascii())
SLIPS = ("ㅐㅔ", "ㅗㅓ", "ㅜㅡ", "ㄱㅋ", "ㄷㅌ", "ㅂㅍ", "ㅈㅊ", "ㅏㅑ", "ㄴㅇ", "ㄹㄴ")


def hits(query: str, vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    return [hit.code for hit in rank(attempts(query, vocabulary), DOCUMENTS)]


def said(query: str) -> str | None:
    found = rank(attempts(query, VOCABULARY), DOCUMENTS)
    return found[0].reads_as if found else None


@pytest.mark.parametrize("query", ["곶감 선물", "꽂감", "rhwrka", "ㄱㄱ", "스키 체험", "쌀 20kg", "kimchi"])
def test_what_was_typed_is_tried_before_any_guess(query):
    tried = [attempt.is_guess for attempt in attempts(query, VOCABULARY)]

    assert tried == sorted(tried)


def test_guesses_are_tried_in_their_order():
    order = [
        "initials",
        "half-typed",
        "words",
        "misspelt",
        "in part",
    ]  # `words` of a guess: the other keyboard
    tried = [attempt.how for query in ("tkrhk 떡", "rhwrka", "꽂감 스키 체험", "ㄱㄱ") for attempt in attempts(query, VOCABULARY) if attempt.is_guess]  # fmt: skip
    assert set(tried) <= {*order, "other names", "joined"} and "in part" in tried
    for query in ("rhwrka", "꽂감 스키 체험"):
        guesses = [each.how for each in attempts(query, VOCABULARY) if each.is_guess and each.how in order]
        assert guesses == sorted(guesses, key=order.index), query


@pytest.mark.parametrize(
    ("query", "reads_as"),
    [
        ("곶감", None), ("계란", None), ("ㄱㄱ", None), ("된자", None), ("꽂감", "곶감"), ("rhwrka", "곶감"), ("RHWRKA", "곶감"),
        ("tkrhk 5kg", "사과 5kg"), ("ㅏㅑㅡ초ㅑ", "kimchi"), ("스키 체험", "체험"), ("엄마 드릴 쌍화차", None),
        ("유기농 사과", "사과"), ("무농약 된장 고추장", "된장 또는 고추장"), ("옥정호 딸기", "딸기"),
    ],
)  # fmt: skip
def test_what_was_not_taken_as_typed_is_said(query, reads_as):
    assert said(query) == reads_as


@pytest.mark.parametrize(
    "query",
    ["곶감", "사과 5kg", "쌍화차 사고 싶어요", "절임배추 20㎏", "꽂감", "시어머니께 보낼 " * 6 + "곶감"],
)
def test_letters_taken_apart_by_a_mac_find_the_same(query):
    assert hits(unicodedata.normalize("NFD", query)) == hits(query) != []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("시어머니께 보낼 곶감", ["곶감"]), ("친구랑 놀러 가기 좋은 체험", ["체험"]), ("부모님께 드릴 더덕 추천해 주세요", ["더덕"]),
        ("손주들 먹을 딸기", ["딸기"]), ("사고 싶어요", ["사고", "싶어요"]),
    ],
)  # fmt: skip
def test_talk_is_left_out_with_its_particles(query, words):
    assert asked_for(tokens(query)) == words


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("유기농 사과", {"P002", "P003", "P004"}), ("곶감 무농약", {"P012", "P013"}), ("무농약 배", {"P005"}), ("organic apple", {"P002", "P003", "P004"}),
        ("된장 고추장", {"P072", "P073"}), ("고구마 감자", {"P040", "P041", "P042", "P082"}),
        ("무농약 된장 고추장", {"P072", "P073"}), ("사과 배", {"P002", "P003", "P004", "P005"}), ("사과 바나나", {"P002", "P003", "P004"}),
    ],
)  # fmt: skip
def test_what_nobody_has_in_one_is_found_by_the_things_in_it_and_not_by_where_or_how_they_grew(query, codes):
    assert set(hits(query)) == codes


def test_what_has_more_of_the_words_stands_first():
    assert hits("딸기 감자 체험")[0] == "P081" and "P042" in hits("딸기 감자 체험")
    assert hits("사과 고추 찹쌀")[0] == "P072"  # two of them, though nobody calls it either
    assert hits("떡 체험")[0] == "P084"  # a syllable, by how a name begins


def test_a_thing_that_everyone_knows_and_nobody_sells_is_no_talk():
    assert hits("국산 소고기") == hits("무농약 한우") == hits("소고기 무국") == []
    assert "P012" in hits("포근포근 곶감")  # what nobody knows, is


@pytest.mark.parametrize(
    ("query", "reads_as"),
    [
        ("햇고구마", "고구마"), ("된장찌개", "된장"), ("딸기농장", "딸기"), ("다진마늘", "마늘"), ("배도라지", "도라지"),
        ("햇생강 1kg 얼마예요", "생강"),
    ],
)  # fmt: skip
def test_a_compound_nobody_knows_is_looked_for_by_the_name_in_it_and_that_is_said(query, reads_as):
    assert said(query) == reads_as


@pytest.mark.parametrize(
    "query", ["냉장고", "아이스크림", "감식초", "노트북가방", "자전거헬멧", "콩나물무침"]
)
def test_a_compound_that_only_begins_like_something_finds_nothing(query):
    assert hits(query) == []


def test_a_compound_of_two_names_is_no_slip_for_another():
    assert said("부추김치") == "부추 또는 김치" and hits("부추김치")[:2] == ["P049", "P076"]


def test_neighbours_that_are_one_name_are_read_as_one():
    assert {"P040", "P041"} <= set(hits("fresh sweet potato")) and "P042" not in hits("fresh sweet potato")
    assert hits("국산 검은 콩")[0] == "P032"


@pytest.mark.parametrize(
    "query", ["참다래", "참다래는", "무농약참다래", "참다래 얼마예요", "참다레", "ckaekfo"]
)
def test_what_a_city_adds_is_understood_wherever_a_shipped_word_would_be(query):
    vocabulary = Vocabulary(
        VOCABULARY.names, VOCABULARY.others, SHIPPED.with_synonyms([("참다래", "블루베리")])
    )

    assert "P011" in hits(query, vocabulary)
    assert "P011" not in hits(query)


def test_most_slips_of_a_finger_or_an_ear_are_understood():
    """One letter for one that sounds or lies like it, anywhere in a name of three syllables or more."""
    draw, found, tried = random.Random(20261122), 0, 0
    for _ in range(200):
        word = draw.choice(NAMES)
        letters = list(jamo(word))
        at = draw.randrange(len(letters))
        pairs = [pair for pair in SLIPS if letters[at] in pair]
        if not pairs:
            continue
        letters[at] = draw.choice(pairs).replace(letters[at], "")
        typed = compose("".join(letters))
        if typed in VOCABULARY.words:
            continue
        tried += 1
        found += bool(set(hits(typed)[:5]) & set(hits(word)[:5]))

    assert tried > 80
    assert found / tried >= 0.9, f"{found} of {tried}"


def test_every_name_is_found_by_its_keystrokes_and_by_its_beginning():
    for word in NAMES:
        best = hits(word)[0]
        assert best in hits(keys_of(word)), word
        half = hangul_of(keys_of(word)[:-1])
        assert set(hits(half)[:20]), half
