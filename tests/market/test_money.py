"""Sums that must add up to the won."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import Taxed, share_out, split_taxable_postage, vat_included, won_text


@pytest.mark.parametrize(
    ("taxable", "vat"), [(0, 0), (10, 0), (11, 1), (11000, 1000), (12000, 1090), (-12000, -1090)]
)
def test_vat_is_the_floored_eleventh_and_a_refund_undoes_it(taxable, vat):
    assert vat_included(taxable) == vat


@pytest.mark.parametrize(
    ("amount", "weights", "keys", "shares"),
    [
        (1000, [30000, 10000], [1, 2], [750, 250]),
        (1000, [10000, 10000, 10000], [7, 3, 5], [333, 334, 333]),  # a tie: the lowest id
        (100, [1, 2, 4], [1, 2, 3], [14, 28, 58]),  # two odd won, both to the largest
        (2, [1, 1, 1], [1, 2, 3], [1, 1, 0]),  # never more off than a part costs
        (0, [0, 0], [1, 2], [0, 0]),
        (5, [], [], None),
        (5, [0, 0], [1, 2], None),
        (-5, [1, 1], [1, 2], None),
    ],
)
def test_the_odd_won_goes_to_the_largest_sum_then_to_the_lowest_id(amount, weights, keys, shares):
    if shares is None:
        with pytest.raises(ValueError):
            share_out(amount, weights, keys=keys)
    else:
        assert share_out(amount, weights, keys=keys) == shares


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12), st.integers(0, 100))
def test_shares_add_up_and_none_exceeds_its_part(weights, percent):
    amount = sum(weights) * percent // 100

    shares = share_out(amount, weights, keys=range(len(weights)))

    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("goods", "postage"),
    [
        (Taxed(10000, 30000), Taxed(1000, 3000)),
        (Taxed(10000, 20000), Taxed(1333, 2667)),
        (Taxed(0, 20000), Taxed(0, 4000)),
        (Taxed(20000, 0), Taxed(4000, 0)),
        (Taxed(0, 0), Taxed(4000, 0)),
    ],
)
def test_postage_follows_the_taxable_share_of_its_part(goods, postage):
    assert split_taxable_postage(4000, goods) == postage


def test_won_are_written_with_commas():
    assert [won_text(24900), won_text(0), won_text(-1500)] == ["24,900원", "0원", "-1,500원"]
