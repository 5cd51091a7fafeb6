"""Letters apart and together."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.finding.hangul import (
    choseong,
    compose,
    half_typed,
    hangul_of,
    is_choseong,
    jamo,
    keys_of,
    normalise,
    romanised,
)

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@pytest.mark.parametrize(
    ("korean", "keys"),
    [
        ("쌍화차", "Tkdghkck"),
        ("딸기", "Ekfrl"),
        ("고춧가루", "rhcntrkfn"),
        ("들기름", "emfrlfma"),
        ("닭발", "ekfrqkf"),
        ("값", "rkqt"),
        ("않아", "dksgdk"),
        ("의좋은 형제", "dmlwhgdms gudwp"),
    ],
)
def test_the_keyboard_both_ways(korean, keys):
    assert keys_of(korean) == keys
    assert hangul_of(keys) == korean


def test_english_typed_in_korean_comes_back():
    assert keys_of("ㅏㅑㅡ초ㅑ") == "kimchi"


@given(SYLLABLES)
def test_any_word_survives_the_other_keyboard(word):
    assert hangul_of(keys_of(word)) == word


@given(st.text(max_size=40))
def test_no_text_breaks_the_letters(text):
    for take_apart in (normalise, choseong, jamo, half_typed, keys_of, hangul_of, romanised):
        take_apart(text)


def test_initials_of_syllables():
    assert choseong("곶감 40구") == "ㄱㄱㄱ"
    assert is_choseong("ㅆㅎㅊ")
    assert not any(is_choseong(text) for text in ("", "ㅏ", "곶ㄱ", "rr"))


@pytest.mark.parametrize(
    ("typed", "meant"), [("들ㄱ", "들깨"), ("쌍호", "쌍화차"), ("복부", "복분자"), ("된자", "된장")]
)
def test_a_half_typed_word_begins_the_whole(typed, meant):
    assert half_typed(meant).startswith(half_typed(typed))


def test_compatibility_forms_become_plain_and_jamo_stay():
    assert normalise(" １０㎏ ㄱㄱ ") == "10kg ㄱㄱ"
    assert normalise(unicodedata.normalize("NFD", "곶감")) == "곶감"


def test_latin():
    assert romanised("곶감") == "gotgam"


@given(SYLLABLES)
def test_letters_taken_apart_come_together_again(word):
    assert compose(jamo(word)) == word
    assert normalise(unicodedata.normalize("NFD", word)) == word


@given(st.text(max_size=40))
def test_what_is_normal_stays_as_it_is(text):
    assert normalise(normalise(text)) == normalise(text)


@given(SYLLABLES, st.integers(min_value=0, max_value=80))
def test_a_word_begins_with_whatever_stands_there_while_it_is_typed(word, strokes):
    typed = hangul_of(keys_of(word)[:strokes])

    assert half_typed(word).startswith(half_typed(typed))


@given(SYLLABLES, SYLLABLES)
def test_parts_of_a_word_are_parts_of_its_initials_and_of_its_spelling(first, second):
    assert choseong(first + second) == choseong(first) + choseong(second)
    assert romanised(first + second) == romanised(first) + romanised(second)
    assert len(choseong(first)) == len(first) and is_choseong(choseong(first)) == bool(first)
    assert romanised(first).isascii()
