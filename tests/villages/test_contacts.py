"""Names, phones and postcodes as people write them."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villages.contacts import (
    BadValue,
    masked_name,
    masked_phone,
    phone_text,
    read_email,
    read_name,
    read_phone,
    read_postcode,
)
from villages.provinces import PROVINCES, province_of_today, with_province_of_today


@pytest.mark.parametrize(
    ("typed", "digits", "shown", "hidden"),
    [
        ("010-1234-5678", "01012345678", "010-1234-5678", "010-****-5678"),
        ("010.1234.5678", "01012345678", "010-1234-5678", "010-****-5678"),
        ("０１０ １２３４ ５６７８", "01012345678", "010-1234-5678", "010-****-5678"),
        ("+82 10-1234-5678", "01012345678", "010-1234-5678", "010-****-5678"),
        ("010-000-1234", "0100001234", "010-000-1234", "010-***-1234"),
        ("011-234-5678", "0112345678", "011-234-5678", "011-***-5678"),
        ("02-123-4567", "021234567", "02-123-4567", "02-***-4567"),
        ("02)1234-5678", "0212345678", "02-1234-5678", "02-****-5678"),
        ("(063) 539-1234", "0635391234", "063-539-1234", "063-***-1234"),
        ("0507-1407-5421", "050714075421", "0507-1407-5421", "0507-****-5421"),
        ("070-1234-5678", "07012345678", "070-1234-5678", "070-****-5678"),
        ("1588-0000", "15880000", "1588-0000", "1588-****"),
    ],
)
def test_phones_of_every_shape(typed, digits, shown, hidden):
    assert read_phone(typed) == digits
    assert phone_text(digits) == shown
    assert masked_phone(digits) == hidden


@pytest.mark.parametrize(
    "typed", ["", "0507-1407-542", "010-1234-567890", "000-000-0000", "전화", "010-1234-567a", "-", "063-539"]
)
def test_broken_phones_are_refused(typed):
    with pytest.raises(BadValue) as refused:
        read_phone(typed)

    assert refused.value.sentence.endswith((".", "5678", "4567"))


@pytest.mark.parametrize("typed", ["56190", " 56190 ", "５６１９０", "561 90", "(56190)"])
def test_postcodes_have_five_digits(typed):
    assert read_postcode(typed) == "56190"


@pytest.mark.parametrize(
    ("typed", "word"),
    [("580-712", "옛 우편번호"), ("580712", "옛 우편번호"), ("1234", "맨 앞의 0"), ("가나다", "다섯 자리")],
)
def test_other_postcodes_are_refused_with_the_reason(typed, word):
    with pytest.raises(BadValue, match=word):
        read_postcode(typed)


def test_names_are_one_tidy_line():
    assert read_name(" 정읍상회\u200b 김OO\n") == "정읍상회 김OO"
    assert read_name(unicodedata.normalize("NFD", "김순자")) == "김순자"
    assert read_name("a" * 40)
    for typed in ("", " \u200b\x00", "a" * 41):
        with pytest.raises(BadValue):
            read_name(typed)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("김민수", "김*수"), ("김수", "김*"), ("김", "김"), ("", ""), ("정읍상회 김OO", "정*** **O")],
)
def test_names_are_hidden_in_the_middle(name, hidden):
    assert masked_name(name) == hidden


def test_mail_is_checked_for_its_shape():
    assert read_email(" Hong.gd@Example.KR ") == "Hong.gd@example.kr"
    for typed in (
        "",
        "hong",
        "hong@",
        "hong@kr",
        "a..b@example.kr",
        "홍@example.kr",
        "a@b@example.kr",
        "a b@c.kr",
    ):
        with pytest.raises(BadValue):
            read_email(typed)


@given(st.text(max_size=60))
def test_readers_refuse_or_answer_and_never_break(typed):
    for read in (read_name, read_phone, read_postcode, read_email):
        with suppress(BadValue):
            assert "\n" not in read(typed)


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("전라북도", "전북특별자치도"),
        ("전북", "전북특별자치도"),
        ("강원도", "강원특별자치도"),
        ("경남", "경상남도"),
        ("서울시", "서울특별시"),
        ("겅상남도", None),
    ],
)
def test_provinces_by_old_and_short_names(name, today):
    assert province_of_today(name) == today


def test_addresses_are_brought_up_to_date():
    assert with_province_of_today("전라북도 정읍시 산내면") == "전북특별자치도 정읍시 산내면"
    assert with_province_of_today("광주시 초월읍") == "광주시 초월읍"
    assert with_province_of_today("광주시 북구") == "광주광역시 북구"
    assert len(PROVINCES) == 17
