"""Targets are whole won, written by one person at a time."""

from datetime import date

import pytest

from market.figures import Target
from market.targets import read_amount, set_targets, targets_of, targets_of_all
from tests.builders import a_village
from villages.refusals import BadForm, Stale

BY = "person 1"


@pytest.mark.parametrize(
    ("typed", "won"),
    [
        ("12000000", 12_000_000), ("12,000,000원", 12_000_000), ("1,200만", 12_000_000), ("1,200만 원", 12_000_000),
        ("1억 2,000만", 120_000_000), ("2억", 200_000_000), ("５００만", 5_000_000), ("5천만", 50_000_000), ("0", 0),
        ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed, won):
    assert read_amount(typed) == won


@pytest.mark.parametrize(
    "typed", ["1.5억", "-5", "많이", "만", "1억 2000", "10001억", "99999999999999", "1e9", "백만"]
)
def test_other_amounts_are_refused_with_a_way_out(typed):
    with pytest.raises(BadForm, match="적"):
        read_amount(typed)


async def test_only_what_changed_is_written(db):
    village = await a_village()
    await set_targets(village.id, 2026, {1: 5_000_000, 2: None}, {}, by=BY)

    changed = await set_targets(village.id, 2026, {1: 5_000_000, 2: 7_000_000}, {1: 1}, by=BY)

    assert changed == 1
    assert [(m.amount, m.version) for m in await targets_of(village.id, 2026)][:3] == [
        (5_000_000, 1),
        (7_000_000, 1),
        (None, 0),
    ]


async def test_an_empty_field_takes_the_target_away(db):
    village = await a_village()
    await set_targets(village.id, 2026, {1: 5_000_000}, {}, by=BY)

    await set_targets(village.id, 2026, {1: None}, {1: 1}, by=BY)

    assert not await Target.exists()


async def test_who_comes_second_is_told_and_nothing_is_written(db):
    village = await a_village()
    await set_targets(village.id, 2026, {1: 5_000_000}, {}, by=BY)

    with pytest.raises(Stale) as told:
        await set_targets(village.id, 2026, {1: 6_000_000, 2: 1_000_000}, {1: 0, 2: 0}, by=BY)

    assert "5,000,000원" in told.value.fields["1"]
    assert [target.amount for target in await Target.all()] == [5_000_000]


async def test_the_same_saved_twice_is_no_quarrel(db):
    village = await a_village()
    await set_targets(village.id, 2026, {1: 5_000_000}, {}, by=BY)

    assert await set_targets(village.id, 2026, {1: 5_000_000}, {}, by=BY) == 0


async def test_all_villages_stand_in_one_table(db):
    maple, lake = await a_village("내장산마을"), await a_village("옥정호마을")
    await Target.create(village=lake, month=date(2026, 3, 1), amount=10)

    table = await targets_of_all(2026)

    assert [village.name for village in table] == [maple.name, lake.name]
    assert table[1].months[2] == 10
