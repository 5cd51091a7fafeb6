"""Booking what is given back: promised out of the shares that it was sold to, then paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book, money_leg
from market.money import Taxed
from market.orders import Tender
from villages.listings import Kind, Tax

NOTHING = Taxed(0, 0)


@dataclass(frozen=True)
class ShareBack:
    """What one part gives back of its goods, or of its programs, in won of zero or more.

    `sold` is what the shopper paid for them, by VAT kind; `commission`: what the city gives back of it to the village.
    Postage below zero: what the village keeps of the rest for carrying the goods back.
    """

    part_id: int
    village_id: int
    kind: Kind
    sold: Taxed
    postage: Taxed = NOTHING
    commission: int = 0

    def __post_init__(self) -> None:
        if min(*self.sold, self.commission, self.total) < 0:
            raise ValueError("a refund gives back zero won or more")

    @property
    def total(self) -> int:
        """What the shopper gets."""
        return sum(self.sold) + sum(self.postage)

    def legs(self) -> Iterator[Leg]:
        for tax, won in zip((Tax.taxable, Tax.exempt), self.sold, strict=True):
            yield self._leg(Account.village_payable, won, self.kind, tax)
        for tax, won in zip((Tax.taxable, Tax.exempt), self.postage, strict=True):
            yield self._leg(Account.postage, won, None, tax)
        yield self._leg(Account.village_payable, -self.commission)
        yield self._leg(Account.commission, self.commission, self.kind)

    def _leg(self, account: Account, won: int, kind: Kind | None = None, tax: Tax | None = None) -> Leg:
        return Leg(account, won, village_id=self.village_id, part_id=self.part_id, kind=kind, tax=tax)


async def refund_promised(
    db: BaseDBAsyncClient, shares: Sequence[ShareBack], *, subject: str, order_id: int, at: datetime, by: str
) -> bool:
    """The shopper was promised all of `shares`; from now on the villages are not owed it. False: booked before.

    On the day of `at` the same won go off `daily_sales` (`figures.add_sales`): the auditor compares them.
    """
    legs = [leg for share in shares for leg in share.legs()]
    promised = Leg(Account.refunds_promised, -sum(share.total for share in shares))
    return await book(
        db, kind=Happening.refund_promised, subject=subject, order_id=order_id, legs=[*legs, promised], at=at, by=by
    )  # fmt: skip


async def refund_promised_from_suspense(
    db: BaseDBAsyncClient, amount: int, *, subject: str, order_id: int | None, at: datetime, by: str
) -> bool:
    """Money that no order took (paid twice, too late, too much) will be given back. False: booked before."""
    legs = [Leg(Account.suspense, amount), Leg(Account.refunds_promised, -amount)]
    return await book(
        db, kind=Happening.refund_promised, subject=subject, order_id=order_id, legs=legs, at=at, by=by
    )


async def refund_paid(
    db: BaseDBAsyncClient, amount: int, *, tender: Tender, village_id: int | None = None, subject: str, order_id: int | None,
    at: datetime, by: str,
) -> bool:  # fmt: skip
    """What was promised went back the way it had come. `village_id`: whose cash box, where a village had taken it."""
    legs = [Leg(Account.refunds_promised, amount), money_leg(tender, -amount, village_id=village_id)]
    return await book(
        db, kind=Happening.refund_paid, subject=subject, order_id=order_id, legs=legs, at=at, by=by
    )


@dataclass(frozen=True)
class ShareLeft:
    """What stands in the journal of one part's goods or programs: as sold, and less what was given back since.

    `commission` of what was `sold` at capture; `commission_left` after what was given back.
    """

    part_id: int
    village_id: int
    kind: Kind
    sold: Taxed
    left: Taxed
    postage: Taxed
    postage_left: Taxed
    commission: int
    commission_left: int


async def shares_of(db: BaseDBAsyncClient, order_id: int) -> list[ShareLeft]:
    """Of a paid order, by part, goods first; lock the order's row before a refund is reckoned from it."""
    rows = await db.execute_query_dict(SHARES, [order_id])
    return [
        ShareLeft(
            row["part_id"], row["village_id"], Kind(row["kind"]), commission=row["commission"],
            commission_left=row["commission_left"],
            **{what: Taxed(row[f"{what}_taxable"], row[f"{what}_exempt"]) for what in TAXED},
        )
        for row in rows
    ]  # fmt: skip


TAXED = ("sold", "left", "postage", "postage_left")


def _sum(account: str, tax: str = "", *, at_sale: bool) -> str:
    conditions = [f"l.account = '{account}'"]
    conditions += [f"l.tax = '{tax}'"] if tax else []
    conditions += ["t.kind = 'captured'"] if at_sale else []
    return f"COALESCE(-sum(l.amount) FILTER (WHERE {' AND '.join(conditions)}), 0)::bigint"


# Postage stands with the goods it was taken for.
SHARES = f"""
SELECT l.part_id, l.village_id, COALESCE(l.kind, 'goods') AS kind,
       {_sum("village_payable", "taxable", at_sale=True)} AS sold_taxable,
       {_sum("village_payable", "exempt", at_sale=True)} AS sold_exempt,
       {_sum("village_payable", "taxable", at_sale=False)} AS left_taxable,
       {_sum("village_payable", "exempt", at_sale=False)} AS left_exempt,
       {_sum("postage", "taxable", at_sale=True)} AS postage_taxable,
       {_sum("postage", "exempt", at_sale=True)} AS postage_exempt,
       {_sum("postage", "taxable", at_sale=False)} AS postage_left_taxable,
       {_sum("postage", "exempt", at_sale=False)} AS postage_left_exempt,
       {_sum("commission", at_sale=True)} AS commission,
       {_sum("commission", at_sale=False)} AS commission_left
FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id
WHERE t.order_id = $1 AND (l.kind IS NOT NULL OR l.account = 'postage')
GROUP BY 1, 2, 3 ORDER BY 1, 3
"""
