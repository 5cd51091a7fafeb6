"""Tracking numbers out of spreadsheets."""

import pytest

from market.couriers import COURIERS, courier_called, read_tracking, read_tracking_number
from villages.contacts import BadValue
from villages.refusals import BadForm


def test_couriers_are_known_by_what_sheets_call_them():
    names = ["CJ대한통운", "cj", " 대한 통운", "우체국", "05", "lotte", "로젠택배"]

    found = [courier_called(name) for name in names]

    assert [courier.code if courier else None for courier in found] == [
        "cj", "cj", "cj", "epost", "hanjin", "lotte", "logen",
    ]  # fmt: skip
    assert courier_called("무지개택배") is None


@pytest.mark.parametrize(
    ("code", "typed", "number", "warns"),
    [
        ("cj", "6123-4567-8901", "612345678901", False),
        ("cj", "'0612345678", "0612345678", False),
        ("cj", "612345678901.0", "612345678901", False),
        ("cj", "６１２３４５６７８９０１", "612345678901", False),
        ("epost", "6 0123 4567 8901", "6012345678901", False),
        ("epost", "601234567890", "601234567890", True),
        ("logen", "123", "123", True),
    ],
)
def test_odd_lengths_warn_and_never_refuse(code, typed, number, warns):
    courier = next(courier for courier in COURIERS if courier.code == code)

    found = read_tracking_number(courier, typed)

    assert found.number == number
    assert bool(found.warning) == warns


@pytest.mark.parametrize("typed", ["6.12E+11", "6.12346e+11", "6E11", "6.12E+12 "])
def test_numbers_that_excel_shortened_are_refused_with_the_way_out(typed):
    with pytest.raises(BadValue, match="텍스트"):
        read_tracking_number(COURIERS[0], typed)


@pytest.mark.parametrize("typed", ["", "없음", "6123-4567-89O1", "1" * 21])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(BadValue):
        read_tracking_number(COURIERS[0], typed)


def test_the_number_stands_in_the_address():
    assert COURIERS[0].tracking_url("612345678901").endswith("gnbInvcNo=612345678901")


def test_a_form_is_told_which_field_is_wrong():
    assert read_tracking("CJ대한통운", "6123-4567-8901") == "612345678901"
    for courier, typed, field in (("무지개", "6123", "courier"), ("cj", "6.1E+11", "tracking")):
        with pytest.raises(BadForm) as refused:
            read_tracking(courier, typed)
        assert list(refused.value.fields) == [field]
