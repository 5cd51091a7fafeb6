"""Whole won: who pays which part of a sum, and who gets the odd won."""

from collections.abc import Sequence
from typing import NamedTuple


class Taxed(NamedTuple):
    """A sum in won, apart by VAT kind."""

    taxable: int
    exempt: int


def vat_included(taxable: int) -> int:
    """The VAT inside a taxable sum: floor(taxable / 11). A refund (below zero) undoes exactly its sale."""
    return taxable // 11 if taxable >= 0 else -(-taxable // 11)


def share_out(amount: int, weights: Sequence[int], *, keys: Sequence[int]) -> list[int]:
    """Divide `amount` in proportion to `weights`; the shares add up to it exactly.

    Each share is floored and the odd won go to the largest weight, of equal ones to the lowest key. No share of a
    sum that fits into the weights exceeds its own weight: what would (1 won thrice, 2 won off) goes to the next.
    """
    if amount < 0 or any(weight < 0 for weight in weights) or len(keys) != len(weights):
        raise ValueError("shares need sums of zero or more, and one key for each")
    whole = sum(weights)
    if whole == 0:
        if amount:
            raise ValueError("nothing to share by")
        return [0] * len(weights)

    shares = [amount * weight // whole for weight in weights]
    odd = amount - sum(shares)
    for place in sorted(range(len(weights)), key=lambda place: (-weights[place], keys[place])):
        extra = min(odd, weights[place] - shares[place]) if amount <= whole else odd
        shares[place] += extra
        odd -= extra
    return shares


def split_taxable_postage(postage: int, goods: Taxed) -> Taxed:
    """Postage follows the taxable share of the part's goods; the odd won to the larger side, then to taxable.

    Where no goods have a price (a free sample) the postage is taxable: carrying is a service of its own.
    """
    if goods.taxable + goods.exempt == 0:
        return Taxed(postage, 0)
    return Taxed(*share_out(postage, goods, keys=(0, 1)))


def won_text(won: int) -> str:
    """24900 as "24,900원"; a refund as "-24,900원"."""
    return f"{won:,}원"
