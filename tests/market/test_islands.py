"""What islands cost more, and since when."""

from datetime import date

import pytest

from market.islands import ISLANDS, IslandRow, is_island, surcharge

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("postcode", "won"),
    [
        ("56190", 0),
        ("62999", 0),
        ("63000", 10000),
        ("63002", 3000),
        ("63365", 9000),
        ("63644", 3000),
        ("63645", 0),
        ("40200", 5000),
        ("58826", 5000),
        ("58827", 0),
        ("28826", 0),  # a typing error that public tables copy
        ("54000", 5000),
    ],
)
def test_the_narrowest_range_decides(postcode, won):
    assert surcharge(postcode, TODAY) == won
    assert is_island(postcode, TODAY) == (won > 0)


def test_a_bridge_ends_the_surcharge_from_its_day_on():
    bridge = IslandRow("33411", "33411", "충남 보령시 원산도", 0, "해저터널 개통", date(2021, 12, 1))
    table = (*ISLANDS, bridge)

    assert surcharge("33411", date(2021, 11, 30), table=table) == 5000
    assert surcharge("33411", date(2021, 12, 1), table=table) == 0
    assert not is_island("33411", TODAY, table=table)


def test_every_row_names_its_origin_and_a_range():
    assert all(row.origin and row.first <= row.last and len(row.first) == 5 for row in ISLANDS)
