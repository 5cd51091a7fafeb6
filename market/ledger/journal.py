"""The journal: transactions that are only added, and whose legs sum to zero. The database itself refuses any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.ledger.accounts import ACCOUNT_OF, HELD_BY_VILLAGE, Account
from market.orders import Tender
from villages.days import seoul_day
from villages.listings import Kind, Tax
from villages.named import Named

if TYPE_CHECKING:
    from market.ledger.commission import CommissionRule
    from market.orders import Order, Part
    from villages.village import Village


class Happening(StrEnum):
    """What was booked. With its subject it is the transaction's key: every event books itself at most once."""

    captured = "captured"  # "payment 17": money came in, for an order or into suspense
    refund_promised = "refund_promised"
    refund_paid = "refund_paid"
    set_aside = "set_aside"  # money without an order that takes it: what a transfer brought too much
    settled_aside = "settled_aside"  # a person said what money in suspense was for
    provider_fee = "provider_fee"
    statement_closed = "statement_closed"  # "statement 2610-003": what is to be paid out stands apart
    payout = "payout"
    corrected = "corrected"


class JournalTransaction(Model):
    """One event in money. Written once together with its legs, in one statement."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharEnumField(Happening, max_length=20)
    subject = fields.CharField(max_length=80)
    order: fields.ForeignKeyNullableRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    """The Seoul day on which it counts."""
    at = fields.DatetimeField()
    by = fields.CharField(max_length=40)

    class Meta:
        table = "journal_transactions"
        unique_together = (("kind", "subject"),)
        indexes = (Index(fields=("order_id",), name="journal_transactions_order"),)


class JournalLeg(Model):
    """Won on one account. `day` repeats the transaction's, so that a village's month is one stretch of an index.

    `kind` stands on sale figures alone: a village's share before commission (with its VAT kind), and the commission
    that was taken from it. Postage has a VAT kind too. Other legs have neither.
    """

    id = fields.BigIntField(primary_key=True)
    transaction: fields.ForeignKeyRelation[JournalTransaction] = fields.ForeignKeyField(
        "market.JournalTransaction", related_name="legs", on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    account = fields.CharEnumField(Account, max_length=20)
    village: fields.ForeignKeyNullableRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    part: fields.ForeignKeyNullableRelation["Part"] = fields.ForeignKeyField(
        "market.Part", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(Kind, null=True, max_length=10)
    tax = fields.CharEnumField(Tax, null=True, max_length=10)
    rule: fields.ForeignKeyNullableRelation["CommissionRule"] = fields.ForeignKeyField(
        "market.CommissionRule", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    """By which the commission was reckoned at the sale."""
    amount = fields.BigIntField()

    class Meta:
        table = "journal_legs"
        indexes = (Index(fields=("transaction_id",), name="journal_legs_transaction"),)
        constraints = (CheckConstraint(check="amount <> 0", name="journal_legs_move_something"),)


@dataclass(frozen=True)
class Leg:
    """A leg to be booked; won above zero come to the account, below zero they leave it or are owed by it."""

    account: Account
    amount: int
    village_id: int | None = None
    part_id: int | None = None
    kind: Kind | None = None
    tax: Tax | None = None
    rule_id: int | None = None


async def book(
    db: BaseDBAsyncClient,
    *,
    kind: Happening,
    subject: str,
    legs: Sequence[Leg],
    order_id: int | None = None,
    at: datetime,
    by: str,
) -> bool:
    """Write one transaction on the Seoul day of `at`; False where this (kind, subject) was booked before.

    Legs over zero won are left out. Legs that do not sum to zero, or are fewer than two, are refused by the database.
    """
    moved = [leg for leg in legs if leg.amount]
    values = {
        "kind": kind.value, "subject": subject, "order_id": order_id, "day": seoul_day(at), "at": at, "by": by,
        "accounts": [leg.account.value for leg in moved],
        "villages": [leg.village_id for leg in moved],
        "parts": [leg.part_id for leg in moved],
        "kinds": [leg.kind and leg.kind.value for leg in moved],
        "taxes": [leg.tax and leg.tax.value for leg in moved],
        "rules": [leg.rule_id for leg in moved],
        "amounts": [leg.amount for leg in moved],
    }  # fmt: skip
    return bool(await db.execute_query_dict(BOOK.sql, BOOK.values(values)))


def money_leg(tender: Tender, amount: int, *, village_id: int | None = None) -> Leg:
    """Where this tender's money stands. `village_id` is the village that took it; the city's own accounts name none."""
    account = ACCOUNT_OF[tender]
    return Leg(account, amount, village_id=village_id if account in HELD_BY_VILLAGE else None)


BOOK_TEXT = """
WITH written AS (
    INSERT INTO journal_transactions (kind, subject, order_id, day, at, by)
    VALUES (:kind, :subject, :order_id, :day, :at, :by)
    ON CONFLICT (kind, subject) DO NOTHING RETURNING id, day
), legs AS (
    INSERT INTO journal_legs (transaction_id, day, account, village_id, part_id, kind, tax, rule_id, amount)
    SELECT written.id, written.day, account, village, part, l.kind, tax, rule, amount
    FROM written CROSS JOIN unnest(:accounts::text[], :villages::bigint[], :parts::bigint[], :kinds::text[], :taxes::text[],
            :rules::bigint[], :amounts::bigint[]) WITH ORDINALITY
        AS l (account, village, part, kind, tax, rule, amount, place)
    ORDER BY place
)
SELECT id FROM written
"""
BOOK = Named(BOOK_TEXT)
