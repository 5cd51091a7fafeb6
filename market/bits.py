"""Sets of what is offered, one long number each: a bit for every listing and every village.

A thing's bit is its own for good, so that sets made at different times and places meet by "and", and are counted by
their bits.
"""

import re
from array import array
from collections.abc import Collection, Sequence

NUMBER = "CASE WHEN {0} > 0 THEN {0} + ({0} - 1) / 31 ELSE {0} * -32 END"
"""`number_of` in SQL."""
FEW = 100
_ONE = re.compile("1")
_SIGNS = bytes.maketrans(b"01", b"\x00\x01")

Packed = int | array
"""A set at rest: its bits, or its numbers where that is much shorter."""
SPARSE = 256


def number_of(own: int) -> int:
    """Which bit: `own` is a listing's id; of a village its own below zero, for which every 32nd bit is kept."""
    return own + (own - 1) // 31 if own > 0 else own * -32


def own_of(number: int) -> int:
    return number - number // 32 if number % 32 else number // -32


def bits_of(numbers: Collection[int]) -> int:
    if not numbers:
        return 0
    found = bytearray((max(numbers) >> 3) + 1)
    for number in numbers:
        found[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(found, "little")


def numbers_of(bits: int) -> list[int]:
    """The lowest first."""
    if bits.bit_count() > FEW:
        return [found.start() for found in _ONE.finditer(bin(bits)[:1:-1])]
    numbers: list[int] = []
    while bits:
        numbers.append(bits.bit_length() - 1)
        bits ^= 1 << numbers[-1]
    return numbers[::-1]


def among(numbers: Sequence[int], bits: int) -> list[int]:
    """Those of the numbers that are in the set, in their order."""
    found = _bytes(bits)
    end = len(found) << 3
    return [number for number in numbers if number < end and found[number >> 3] >> (number & 7) & 1]


def signs_of(bits: int, size: int) -> bytes:
    """A one or a zero for each number below `size`."""
    return bin(bits)[:1:-1].ljust(size, "0").encode().translate(_SIGNS)


def packed(bits: int) -> Packed:
    return array("I", numbers_of(bits)) if bits.bit_count() * SPARSE < bits.bit_length() else bits


def unpacked(kept: Packed) -> int:
    return kept if isinstance(kept, int) else bits_of(kept)


def weight_of(kept: Packed) -> int:
    """In bytes."""
    return kept.bit_length() // 8 if isinstance(kept, int) else len(kept) * kept.itemsize


def _bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
