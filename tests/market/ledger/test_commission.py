"""Commission is floored, bounded by its rule and by its sale, and given back with what is refunded, to the won."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.ledger.commission import COMMISSION, CommissionRule, commission, commission_back
from tests.builders import rows

RULES = st.builds(
    CommissionRule,
    basis_points=st.integers(0, 10_000),
    fixed=st.just(0),
    least=st.integers(0, 5_000),
    most=st.none() | st.integers(5_000, 100_000),
) | st.builds(
    CommissionRule,
    fixed=st.integers(0, 20_000),
    per_line=st.booleans(),
    least=st.integers(0, 5_000),
    most=st.none() | st.integers(5_000, 100_000),
)
WON = st.integers(0, 2_000_000_000)


def a_rule(**terms: int | bool | None) -> CommissionRule:
    return CommissionRule(position=1, starts_on=date(2026, 1, 1), **terms)


@pytest.mark.parametrize(
    ("terms", "won", "lines", "kept"),
    [
        ({}, 100_000, 1, 0),
        ({"basis_points": 300}, 35_000, 1, 1_050),
        ({"basis_points": 333}, 10_001, 1, 333),  # 333.03
        ({"basis_points": 333}, 29, 1, 0),
        ({"fixed": 500}, 35_000, 3, 500),
        ({"fixed": 500, "per_line": True}, 35_000, 3, 1_500),
        ({"basis_points": 300, "least": 1_000}, 10_000, 1, 1_000),
        ({"basis_points": 300, "most": 2_000}, 100_000, 1, 2_000),
        ({"basis_points": 300, "least": 1_000}, 700, 1, 700),  # never above the sale
        ({"fixed": 500}, 0, 1, 0),
        ({"basis_points": 10_000}, 2_000_000_000, 1, 2_000_000_000),
    ],
)
def test_what_a_rule_keeps(terms, won, lines, kept):
    assert commission(a_rule(**terms), won, lines=lines) == kept


@given(RULES, WON, st.integers(1, 50))
def test_commission_is_never_below_zero_nor_above_its_sale_nor_its_cap(rule, won, lines):
    kept = commission(rule, won, lines=lines)

    assert 0 <= kept <= won
    assert rule.most is None or kept <= rule.most
    assert kept >= min(rule.least, won)


@given(RULES, WON, WON)
def test_a_share_of_a_larger_sale_is_never_smaller(rule, one, other):
    assert commission(rule, min(one, other), lines=1) <= commission(rule, max(one, other), lines=1)


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=8), st.integers(0, 10_000))
def test_refunds_piece_by_piece_give_back_all_of_it(pieces, basis_points):
    sold = sum(pieces)
    kept = sold * basis_points // 10_000

    refunded, back = 0, []
    for piece in pieces:
        back.append(commission_back(kept, sold=sold, refunded=refunded, refunding=piece))
        refunded += piece

    assert sum(back) == kept
    assert all(0 <= given_back <= piece for given_back, piece in zip(back, pieces, strict=True))


def test_more_than_was_sold_is_not_given_back():
    with pytest.raises(ValueError, match="within its sale"):
        commission_back(30, sold=1_000, refunded=600, refunding=401)


def test_of_a_gift_nothing_is_given_back():
    assert commission_back(0, sold=0, refunded=0, refunding=0) == 0


async def test_the_booking_statement_reckons_the_same(db):
    rng = random.Random(3)
    cases = [(a_random_rule(rng), a_random_sale(rng), rng.randint(1, 20)) for _ in range(2_000)]

    found = await rows(
        f"SELECT {COMMISSION} AS kept FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS sale (won, lines, place) "
        "JOIN unnest($3::int[], $4::int[], $5::bool[], $6::int[], $7::int[]) WITH ORDINALITY"
        " AS rule (basis_points, fixed, per_line, least, most, place) USING (place) ORDER BY place",
        [won for _, won, _ in cases], [lines for _, _, lines in cases], [rule.basis_points for rule, _, _ in cases],
        [rule.fixed for rule, _, _ in cases], [rule.per_line for rule, _, _ in cases],
        [rule.least for rule, _, _ in cases], [rule.most for rule, _, _ in cases],
    )  # fmt: skip

    assert [row["kept"] for row in found] == [
        commission(rule, won, lines=lines) for rule, won, lines in cases
    ]


def a_random_rule(rng: random.Random) -> CommissionRule:
    is_share, least = rng.random() < 0.5, rng.choice((0, 0, rng.randint(1, 3_000)))
    return a_rule(
        basis_points=rng.randint(0, 10_000) if is_share else 0,
        fixed=0 if is_share else rng.randint(0, 20_000),
        per_line=rng.random() < 0.5,
        least=least,
        most=rng.choice((None, least + rng.randint(0, 50_000))),
    )


def a_random_sale(rng: random.Random) -> int:
    return rng.choice((0, 1, rng.randint(0, 1_000), rng.randint(0, 1_000_000), 2_000_000_000))
