"""Money that came in and that nothing takes: it stands in suspense until a person decides."""

from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from market.ledger.accounts import Account
from market.ledger.journal import Happening, Leg, book, money_leg
from market.orders import Tender


async def book_aside(
    db: BaseDBAsyncClient,
    payment_id: int,
    tender: Tender,
    amount: int,
    *,
    order_id: int,
    at: datetime,
    by: str,
) -> None:
    """A captured payment that its order does not take: paid twice, or too late."""
    legs = [money_leg(tender, amount), Leg(Account.suspense, -amount)]
    if amount:
        await book(
            db, kind=Happening.captured, subject=f"payment {payment_id}", order_id=order_id, legs=legs, at=at, by=by
        )  # fmt: skip


async def leave_suspense(db: BaseDBAsyncClient, amount: int, *, subject: str, at: datetime, by: str) -> bool:
    """What was set aside under this subject leaves our books: given back by hand, or taken in another way."""
    legs = [Leg(Account.suspense, amount), money_leg(Tender.bank_transfer, -amount)]
    return await book(db, kind=Happening.settled_aside, subject=subject, legs=legs, at=at, by=by)


async def set_aside(
    db: BaseDBAsyncClient, amount: int, *, tender: Tender = Tender.bank_transfer, subject: str, order_id: int | None = None,
    at: datetime, by: str,
) -> bool:  # fmt: skip
    """Money beside what was captured: a deposit's surplus or one of nobody; below zero: what a deposit came short.

    False where this subject was set aside before. `refunds.refund_promised_from_suspense` gives it back.
    """
    legs = [money_leg(tender, amount), Leg(Account.suspense, -amount)]
    return await book(
        db, kind=Happening.set_aside, subject=subject, order_id=order_id, legs=legs, at=at, by=by
    )
