"""A refund in the journal: promised out of the villages' shares, with their commission given back; then paid."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.commission import commission_back
from market.ledger.refunds import NOTHING, ShareBack, ShareLeft, refund_paid, refund_promised, shares_of
from market.money import Taxed, split_taxable_postage
from market.orders import Tender
from market.refund_rules import Bought, Half, PartRefund
from market.refunds import Refund
from villages.listings import Kind, Tax


async def book_promise(
    db: BaseDBAsyncClient,
    refund: Refund,
    halves: Mapping[int, Half],
    refunds: Sequence[PartRefund],
    *,
    by: str,
) -> None:
    """In the refund's own transaction, its order locked. Nothing is booked where nothing goes back.

    Goods whose whole price carrying them back has eaten up are booked: they are the village's no more.
    """
    if not any(part.goods or part.programs or part.postage for part in refunds):
        return
    left = {(share.part_id, share.kind): share for share in await shares_of(db, refund.order_id)}
    shares = [
        _share(left[of_part.part, kind], of_part, halves[of_part.part])
        for of_part in refunds
        for kind in Kind
        if (of_part.goods or of_part.postage if kind == Kind.goods else of_part.programs)
    ]
    await refund_promised(
        db, shares, subject=f"refund {refund.id}", order_id=refund.order_id, at=refund.at, by=by
    )


async def book_payment(
    db: BaseDBAsyncClient, refund_id: int, amount: int, *, order_id: int, tender: str, village_id: int | None,
    is_again: bool = False, at: datetime, by: str,
) -> None:  # fmt: skip
    """The money left us the way it had come. `village_id`: whose cash box it came from, for a sale at a village.

    `is_again`: it was booked as paid before, and came back.
    """
    subject = f"refund {refund_id} again" if is_again else f"refund {refund_id}"
    if amount:
        await refund_paid(
            db, amount, tender=Tender(tender), village_id=village_id, subject=subject, order_id=order_id, at=at, by=by
        )  # fmt: skip


def _share(left: ShareLeft, refund: PartRefund, half: Half) -> ShareBack:
    sold = _by_tax(refund, half, left.kind)
    postage = _postage(left, refund) if left.kind == Kind.goods else NOTHING
    commission = commission_back(
        left.commission, sold=sum(left.sold), refunded=sum(left.sold) - sum(left.left), refunding=sum(sold)
    )
    return ShareBack(refund.part, left.village_id, left.kind, sold, postage, commission)


def _postage(left: ShareLeft, refund: PartRefund) -> Taxed:
    """What was paid for sending goes back as a whole or not at all; what carrying back costs (below zero) is kept."""
    if refund.postage < 0:
        return Taxed(*(-won for won in split_taxable_postage(-refund.postage, left.sold)))
    return left.postage if refund.postage else NOTHING


def _by_tax(refund: PartRefund, half: Half, kind: Kind) -> Taxed:
    lines = {line.id: line for line in half.lines if _kind(line) == kind}

    def back(tax: Tax) -> int:
        return sum(line.amount for line in refund.lines if line.line in lines and lines[line.line].tax == tax)

    return Taxed(back(Tax.taxable), back(Tax.exempt))


def _kind(line: Bought) -> Kind:
    return Kind.goods if line.variant_id else Kind.program
