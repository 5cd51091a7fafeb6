"""Figures in larger units add up, and nobody is off by a whole unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.rounding import MAN, percent, rounded, whole_units

AMOUNTS = st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("amounts", "units"),
    [
        ([15_000, 15_000], [2, 1]),
        ([14_000, 14_000, 14_000], [2, 1, 1]),
        ([10_000, 20_000], [1, 2]),
        ([4_999], [0]),
        ([5_000], [1]),
        ([0, 0], [0, 0]),
        ([-15_000, 30_000], [-1, 3]),
        ([], []),
    ],
)
def test_the_odd_unit_goes_to_the_largest_remainder(amounts, units):
    assert whole_units(amounts) == units


@given(AMOUNTS)
def test_units_add_up_to_the_rounded_sum(amounts):
    units = whole_units(amounts)

    assert sum(units) == rounded(sum(amounts))
    assert all(abs(unit * MAN - amount) < MAN for unit, amount in zip(units, amounts, strict=True))


@given(AMOUNTS, AMOUNTS)
def test_two_sides_of_a_table_add_up_both_ways(online, offline):
    sides = whole_units([sum(online), sum(offline)])

    assert sum(whole_units(online, whole=sides[0])) == sides[0]
    assert sum(sides) == rounded(sum(online) + sum(offline))


def test_a_whole_that_belongs_to_other_amounts_is_refused():
    with pytest.raises(ValueError):
        whole_units([10_000], whole=3)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(845, 1000, 84.5), (1, 3, 33.3), (2, 3, 66.7), (-1, 4, -25.0), (5, 0, None), (0, 7, 0.0)],
)
def test_percent_has_one_decimal(part, whole, shown):
    assert percent(part, whole) == shown
