"""A statement's values have names; PostgreSQL gets their numbers."""

import pytest

from villages.named import Named


def test_each_name_has_one_number_wherever_it_stands():
    statement = Named("SELECT :total::int, :name, :total WHERE at = :now AND note = ':' || x::text")

    assert statement.sql == "SELECT $1::int, $2, $1 WHERE at = $3 AND note = ':' || x::text"
    assert statement.values({"name": "쌀", "now": 3, "total": 100, "more": 0}) == [100, "쌀", 3]


def test_names_may_end_in_digits_and_literals_may_begin_with_a_colon():
    statement = Named("SELECT :line1, :line2, ':x', a[1:2], b[:n] FROM t")

    assert statement.sql == "SELECT $1, $2, ':x', a[1:2], b[:n] FROM t"


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        Named("SELECT :total").values({})
