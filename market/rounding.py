"""Won in larger units for people, so that what stands in a table still adds up."""

from collections.abc import Sequence

MAN = 10_000


def rounded(amount: int, unit: int = MAN) -> int:
    """The nearest whole number of units, half up."""
    return (amount + unit // 2) // unit


def whole_units(amounts: Sequence[int], unit: int = MAN, *, whole: int | None = None) -> list[int]:
    """Each amount (won) in whole units, adding up to `whole`: the rounded sum, unless the table gives one.

    Everyone gets the units they have in full; what is left goes one by one to the largest remainders, of equal ones
    to the earlier. So nobody is off by a whole unit, and an amount without a remainder is never changed.
    """
    full = [amount // unit for amount in amounts]
    missing = (rounded(sum(amounts), unit) if whole is None else whole) - sum(full)
    by_remainder = sorted(range(len(amounts)), key=lambda place: (-(amounts[place] % unit), place))
    if not 0 <= missing <= sum(1 for amount in amounts if amount % unit):
        raise ValueError("this whole is not one of these amounts")
    for place in by_remainder[:missing]:
        full[place] += 1
    return full


def percent(part: int, whole: int) -> float | None:
    """Part of the whole in percent with one decimal, half up; None where there is no whole."""
    return (part * 2000 + whole) // (2 * whole) / 10 if whole > 0 else None
