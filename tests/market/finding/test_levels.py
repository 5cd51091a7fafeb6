"""Sets by what they are worth, against the same said of one document after the other."""

import random

import pytest

from market.bits import among, bits_of, number_of, numbers_of, own_of, packed, unpacked
from market.finding.levels import all_of, first_of, together, within

SEEDS = range(20)


def a_partition(dice: random.Random) -> dict[float, int]:
    numbers = dice.sample(range(300), 200)
    return {
        float(place): bits_of(numbers[place * 20 : place * 20 + 20]) for place in range(dice.randrange(9))
    }


def worth_of(number: int, partition: dict[float, int]) -> list[float]:
    return [worth for worth, bits in partition.items() if bits >> number & 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_in_both_is_worth_the_sum_and_the_rest_keeps_its_worth(seed: int):
    dice = random.Random(seed)
    one, other = a_partition(dice), a_partition(dice)

    both = together(one, other, lambda first, second: first + second)

    for number in range(300):
        worths = worth_of(number, one) + worth_of(number, other)
        assert worth_of(number, both) == ([sum(worths)] if worths else [])


@pytest.mark.parametrize("seed", SEEDS)
def test_each_document_counts_where_it_is_first(seed: int):
    dice = random.Random(seed)
    sets = [(place, bits_of(dice.sample(range(100), dice.randrange(60)))) for place in range(5)]

    found = first_of(sets)

    for number in range(100):
        places = [place for place, bits in sets if bits >> number & 1]
        assert [place for place, bits in found.items() if bits >> number & 1] == places[:1]


def test_a_partition_can_be_cut_down_to_some_documents():
    partition = {1.0: bits_of([1, 2, 3]), 2.0: bits_of([4])}

    assert within(partition, bits_of([2, 3, 9])) == {1.0: bits_of([2, 3])}
    assert all_of(partition) == bits_of([1, 2, 3, 4])


def test_listings_and_villages_have_bits_of_their_own():
    things = [*range(-200, 0), *range(1, 5000)]

    numbers = [number_of(each) for each in things]

    assert len(set(numbers)) == len(things)
    assert [own_of(number) for number in numbers] == things
    assert max(numbers) < 200 * 33


@pytest.mark.parametrize("count", [0, 1, 100, 101, 5000])
def test_a_set_gives_its_numbers_back_however_it_is_kept(count: int):
    numbers = sorted(random.Random(count).sample(range(100_000), count))

    bits = bits_of(numbers)

    assert numbers_of(bits) == numbers
    assert unpacked(packed(bits)) == bits
    assert among([*reversed(numbers), 100_001], bits) == numbers[::-1]
