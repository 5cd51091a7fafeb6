"""Sheets of deposits as they were given to us, their rows, and what became of every won in them."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from market.payments import Payment


class RowState(StrEnum):
    waiting = "waiting"
    matched = "matched"
    set_aside = "set_aside"


class SuspenseKind(StrEnum):
    surplus = "surplus"  # more came than the chosen orders cost; they are paid
    short = "short"  # less came; the chosen orders are not paid


class DepositSheet(Model):
    """One file, known by the SHA-256 of its bytes. `matched_at` is null until its sure rows have been looked for."""

    id = fields.BigIntField(primary_key=True)
    hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    sent_by = fields.CharField(max_length=40)
    sent_at = fields.DatetimeField()
    withdrawals = fields.IntField()
    left_out = fields.IntField()
    """Rows of sums and notes."""
    matched_at = fields.DatetimeField(null=True)

    class Meta:
        table = "deposit_sheets"
        indexes = (Index(fields=("sent_at",), name="deposit_sheets_sent_at"),)


class DepositRow(Model):
    """One deposit of the bank, once however often it is told: `identity` hashes moment, name, won, balance and place.

    Leaves `waiting` once: matched, or set aside by a person with a reason.
    """

    id = fields.BigIntField(primary_key=True)
    identity = fields.CharField(max_length=64, unique=True)
    sheet: fields.ForeignKeyRelation[DepositSheet] = fields.ForeignKeyField(
        "market.DepositSheet", related_name="first_told", on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    at = fields.DatetimeField(null=True)
    """Null where the bank tells the day only."""
    name = fields.CharField(max_length=60)
    remark = fields.CharField(max_length=120, default="")
    amount = fields.BigIntField()
    balance = fields.BigIntField(null=True)
    state = fields.CharEnumField(RowState, default=RowState.waiting)
    is_sure = fields.BooleanField(default=False)
    """Matched without asking a person."""
    decided_by = fields.CharField(max_length=40, default="")
    decided_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "deposit_rows"
        indexes = (
            Index(fields=("sheet_id",), name="deposit_rows_sheet"),
            Index(fields=("day", "amount"), name="deposit_rows_day_amount"),
        )
        constraints = (
            CheckConstraint(check="amount > 0", name="deposit_rows_brought_money"),
            CheckConstraint(
                check="(state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by = '')",
                name="deposit_rows_decided_by_someone",
            ),
            CheckConstraint(
                check="state <> 'set_aside' OR reason <> ''", name="deposit_rows_set_aside_for_a_reason"
            ),
        )


class SheetLine(Model):
    """Where a sheet tells a deposit; one that came before is told by several sheets."""

    id = fields.BigIntField(primary_key=True)
    sheet: fields.ForeignKeyRelation[DepositSheet] = fields.ForeignKeyField(
        "market.DepositSheet", related_name="lines", on_delete=fields.RESTRICT
    )
    row: fields.ForeignKeyRelation[DepositRow] = fields.ForeignKeyField(
        "market.DepositRow", related_name="lines", on_delete=fields.RESTRICT
    )
    line = fields.IntField()

    class Meta:
        table = "deposit_sheet_lines"
        unique_together = (("sheet", "row"),)
        indexes = (Index(fields=("row_id",), name="deposit_sheet_lines_row"),)


class DepositMatch(Model):
    """A row's money paid an order: written once. `effect` is what that did to the order, see `capture.Effect`."""

    id = fields.BigIntField(primary_key=True)
    row: fields.ForeignKeyRelation[DepositRow] = fields.ForeignKeyField(
        "market.DepositRow", related_name="matches", on_delete=fields.RESTRICT
    )
    payment: fields.OneToOneRelation["Payment"] = fields.OneToOneField(
        "market.Payment", related_name=False, on_delete=fields.RESTRICT
    )
    amount = fields.IntField()
    effect = fields.CharField(max_length=20)

    class Meta:
        table = "deposit_matches"
        indexes = (Index(fields=("row_id",), name="deposit_matches_row"),)


class Suspense(Model):
    """Won of a matched row that no order took: they stand here, and in the journal, until a person decides.

    `orders` are their numbers. What came short is taken with the rest of it, when that comes: `taken_with` is that row.
    """

    id = fields.BigIntField(primary_key=True)
    row: fields.OneToOneRelation[DepositRow] = fields.OneToOneField(
        "market.DepositRow", related_name="suspense", on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(SuspenseKind)
    amount = fields.BigIntField()
    missing = fields.BigIntField(default=0)
    """What a short deposit lacks, in won."""
    orders = fields.CharField(max_length=200)
    settled_at = fields.DatetimeField(null=True)
    settled_by = fields.CharField(max_length=40, default="")
    settled_as = fields.CharField(max_length=200, default="")
    taken_with: fields.ForeignKeyNullableRelation[DepositRow] = fields.ForeignKeyField(
        "market.DepositRow", related_name="taken", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "deposit_suspense"
        indexes = (Index(fields=("taken_with_id",), name="deposit_suspense_taken_with"),)
        constraints = (
            CheckConstraint(check="amount > 0 AND missing >= 0", name="deposit_suspense_is_money"),
            CheckConstraint(
                check="(kind = 'short') = (missing > 0)", name="deposit_suspense_short_lacks_won"
            ),
            CheckConstraint(
                check="(settled_at IS NULL) = (settled_by = '') AND (settled_at IS NULL) = (settled_as = '')",
                name="deposit_suspense_settled_by_someone",
            ),
        )


CAME_SHORT = """COALESCE((
    SELECT sum(k.amount) FROM deposit_suspense k WHERE k.orders = o.number AND k.kind = 'short' AND k.settled_at IS NULL
), 0)::int"""
"""Of `orders o`: won of transfers for it alone that were too small to pay it, and wait for the rest."""
