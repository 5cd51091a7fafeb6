"""The arithmetic of a statement."""

from datetime import date

import pytest

from market.settlement.figures import Entry, Reckoning, Sums, added

MONTH = date(2026, 10, 1)


def a_reckoning(*sums: Sums, opening: int = 0) -> Reckoning:
    entries = (
        Entry(transaction_id=at, part_id=7, day=date(2026, 10, at), sums=each)
        for at, each in enumerate(sums, start=1)
    )
    return Reckoning(3, MONTH, opening, tuple(entries))


@pytest.mark.parametrize(
    ("sums", "owed"),
    [
        (Sums(), 0),
        (Sums(goods=35_000, postage=4_000, commission=-1_050), 37_950),
        (Sums(programs=18_000, commission=-540), 17_460),
        (Sums(goods=35_000, commission=-1_050, held=35_000), -1_050),
        (Sums(goods=-35_000, postage=-4_000, commission=1_050), -37_950),
        (Sums(held=-35_000), 35_000),
    ],
)
def test_what_is_owed_is_the_share_less_the_commission_and_what_the_village_has_already(sums, owed):
    assert sums.owed == owed


@pytest.mark.parametrize(
    ("opening", "owed", "payout", "carried"),
    [
        (0, 100, 100, 0),
        (0, 0, 0, 0),
        (0, -100, 0, -100),
        (-60, 100, 40, 0),
        (-100, 60, 0, -40),
        (-100, 100, 0, 0),
    ],
)
def test_never_more_is_paid_out_than_there_is_and_what_is_missing_is_carried(opening, owed, payout, carried):
    reckoned = a_reckoning(Sums(goods=owed), opening=opening)

    assert (reckoned.payout, reckoned.carried) == (payout, carried)
    assert reckoned.balance == payout + carried


def test_a_statement_is_the_sum_of_its_lines():
    lines = [Sums(1, 2, 3, -4, 5), Sums(10, 20, 30, -40, 50)]

    assert added(lines) == a_reckoning(*lines).sums == Sums(11, 22, 33, -44, 55)


def test_the_canonical_bytes_are_plain_numbers_and_days():
    reckoned = a_reckoning(Sums(goods=35_000, commission=-1_050), Sums(held=2_000), opening=-500)

    assert reckoned.canonical == (
        b"village 3 month 2026-10 opening -500\n"
        b"1 7 2026-10-01 35000 0 0 -1050 0\n"
        b"2 7 2026-10-02 0 0 0 0 2000\n"
        b"sums 35000 0 0 -1050 2000\n"
        b"payout 31450 carried 0\n"
    )
    assert len(reckoned.digest) == 64
