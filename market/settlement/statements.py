"""Closed statements (정산서) and their lines: written once, never changed. A draft is never stored."""

from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.settlement.figures import Sums

if TYPE_CHECKING:
    from market.ledger.journal import JournalTransaction
    from market.orders import Part
    from villages.village import Village


class Statement(Model):
    """What one village is owed for one month, closed. Money in won, see `figures.Sums` for the signs.

    `journal_before` and `moves_before` say what had been written down when it was closed: transactions and moves with
    ids below them. What came later falls into the next statement, whatever day it is dated.
    """

    id = fields.BigIntField(primary_key=True)
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name=False, on_delete=fields.RESTRICT
    )
    month = fields.DateField()
    number = fields.CharField(max_length=20, unique=True)
    opening = fields.BigIntField()
    goods = fields.BigIntField()
    programs = fields.BigIntField()
    postage = fields.BigIntField()
    commission = fields.BigIntField()
    held = fields.BigIntField()
    payout = fields.BigIntField()
    carried = fields.BigIntField()
    entries = fields.IntField()
    """How many lines it has."""
    journal_before = fields.BigIntField()
    moves_before = fields.BigIntField()
    closed_at = fields.DatetimeField()
    closed_by = fields.CharField(max_length=40)
    digest = fields.CharField(max_length=64)
    """SHA-256 of `figures.Reckoning.canonical`."""

    lines: fields.ReverseRelation["StatementLine"]
    village_id: int

    class Meta:
        table = "statements"
        unique_together = (("village", "month"),)
        constraints = (
            CheckConstraint(
                check="carried = opening + goods + programs + postage + commission - held - payout",
                name="statements_add_up",
            ),
            CheckConstraint(
                check="payout >= 0 AND carried <= 0 AND (payout = 0 OR carried = 0)",
                name="statements_pay_out_what_there_is",
            ),
            CheckConstraint(
                check="opening <= 0 AND entries > 0 AND EXTRACT(day FROM month) = 1",
                name="statements_of_a_month",
            ),
        )

    @property
    def sums(self) -> Sums:
        return Sums(self.goods, self.programs, self.postage, self.commission, self.held)


class StatementLine(Model):
    """One transaction of the journal for one part. It is in one statement, and in no other."""

    id = fields.BigIntField(primary_key=True)
    statement: fields.ForeignKeyRelation[Statement] = fields.ForeignKeyField(
        "market.Statement", related_name="lines", on_delete=fields.RESTRICT
    )
    transaction: fields.ForeignKeyRelation["JournalTransaction"] = fields.ForeignKeyField(
        "market.JournalTransaction", related_name=False, on_delete=fields.RESTRICT
    )
    part: fields.ForeignKeyRelation["Part"] = fields.ForeignKeyField(
        "market.Part", related_name=False, on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    goods = fields.BigIntField()
    programs = fields.BigIntField()
    postage = fields.BigIntField()
    commission = fields.BigIntField()
    held = fields.BigIntField()

    statement_id: int
    transaction_id: int
    part_id: int

    class Meta:
        table = "statement_lines"
        unique_together = (("transaction", "part"),)
        indexes = (Index(fields=("statement_id", "transaction_id"), name="statement_lines_statement"),)


def statement_number(village_id: int, month: date) -> str:
    """2610-003: year, month and village."""
    return f"{month:%y%m}-{village_id:03}"
