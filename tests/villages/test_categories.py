"""What a name says about an item, and which of the law's tables it needs."""

import pytest

from villages.categories import category_of, notice_kind, usual_tax
from villages.listings import Kind, Tax


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("꿀사과 5kg", "과일"), ("대봉감 5kg", "과일"), ("사과즙 100ml 50포", "즙·음료"), ("감자 10kg", "채소"), ("고구마 10kg", "채소"),
        ("햅쌀 10kg", "곡식"), ("배추김치 3kg", "김치"), ("절임배추 20kg", "채소"), ("재래된장 1kg", "장류"), ("표고버섯 500g", "버섯"),
        ("야생화꿀 2.4kg", "꿀"), ("건고사리 200g", "나물"), ("대추방울토마토 2kg", "채소"), ("메주콩 2kg", "곡식"), ("매실청 1L", "가공"), ("구절초차 40g", "차"), ("현미 가래떡 2kg", "한과·떡"), ("들기름 350ml", "가공"),
        ("무 1개", "채소"), ("무엇인지 모를 것", None),
    ],
)  # fmt: skip
def test_the_name_tells_the_category(name, category):
    assert category_of(name) == category


@pytest.mark.parametrize(
    ("kind", "category", "table"),
    [
        (Kind.goods, "과일", "produce"), (Kind.goods, "장류", "processed"), (Kind.program, "체험", "experience"),
        (Kind.program, "숙박", "stay"),
    ],
)  # fmt: skip
def test_the_table_follows_the_kind_and_the_tax(kind, category, table):
    assert notice_kind(kind, category, usual_tax(category) if kind == Kind.goods else Tax.taxable) == table
