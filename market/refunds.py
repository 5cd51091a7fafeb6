"""Money that goes back: what was quoted, what was promised from it, and what it takes off parts and lines."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.refusals import Refused

if TYPE_CHECKING:
    from market.orders import Line, Order, Part
    from market.payments import Payment


class RefundCause(StrEnum):
    """Whose reason it is; the policy frozen on the line says what each gives back."""

    shopper = "shopper"
    operator = "operator"
    weather = "weather"
    too_few = "too_few"
    unused = "unused"  # its order does not take the money: paid twice, or too late; nobody chooses it


CAUSE_NAMES = {
    RefundCause.shopper: "손님이 원해서",
    RefundCause.operator: "마을 사정으로",
    RefundCause.weather: "날씨 때문에",
    RefundCause.too_few: "최소 인원이 모이지 않아서",
    RefundCause.unused: "주문에 쓰이지 않은 돈",
}
CHOSEN_CAUSES = tuple(cause for cause in RefundCause if cause != RefundCause.unused)


WORKING_DAYS = 3  # 전자상거래법 §18②


class RefundState(StrEnum):
    promised = "promised"
    paid = "paid"
    stuck = "stuck"  # the provider will not do it: a person gives the money back another way


REFUND_NAMES = {
    RefundState.promised: "돌려드리는 중",
    RefundState.paid: "돌려드림",
    RefundState.stuck: "돌려드리는 중",
}


class SealedAccount(NamedTuple):
    """Where a transfer goes back to: bank, number and holder, sealed; and the last four digits, to know it by."""

    sealed: str = ""
    end: str = ""


NO_ACCOUNT = SealedAccount()


class NotRefundable(Refused):
    code = "not-refundable"
    usual = "지금은 취소할 수 없는 주문입니다. 마을이나 장터로 전화해 주세요."


class QuoteEnded(Refused):
    code = "quote-ended"
    usual = (
        "돌려받을 돈을 계산한 지 오래되었거나 그사이 주문이 바뀌었습니다. 다시 계산한 금액을 확인해 주세요."
    )


class RefundQuote(Model):
    """What would come back, to the won, if it is confirmed before `ends_at`. `code` names it to whoever may confirm it.

    `body` is market.refund_rules.PartRefund as data, one for each village's half.
    """

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=32, unique=True)
    order: fields.ForeignKeyRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name="refund_quotes", on_delete=fields.RESTRICT
    )
    cause = fields.CharEnumField(RefundCause)
    by = fields.CharField(max_length=40)
    amount = fields.IntField()
    body: fields.Field[list] = fields.JSONField()
    made_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    order_id: int

    class Meta:
        table = "refund_quotes"
        indexes = (
            Index(fields=("order_id",), name="refund_quotes_order"),
            Index(fields=("ends_at",), name="refund_quotes_ends_at"),
        )
        constraints = (CheckConstraint(check="amount >= 0", name="refund_quotes_amount_not_negative"),)


class Refund(Model):
    """A confirmed quote, or all of a payment that its order does not take (market/unused_money.py).

    Its sums never change; how far the money has come does.
    """

    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name="refunds", on_delete=fields.RESTRICT
    )
    payment: fields.ForeignKeyRelation["Payment"] = fields.ForeignKeyField(
        "market.Payment", related_name="refunds", on_delete=fields.RESTRICT
    )
    quote: fields.OneToOneNullableRelation[RefundQuote] = fields.OneToOneField(
        "market.RefundQuote", related_name="refund", null=True, on_delete=fields.RESTRICT
    )
    cause = fields.CharEnumField(RefundCause)
    amount = fields.IntField()
    state = fields.CharEnumField(RefundState)
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()
    day = fields.DateField()
    """The Seoul day of `at`: the day on which it counts."""
    pay_before = fields.DateField()
    """Three working days later (전자상거래법 §18)."""
    account = fields.CharField(max_length=400, default="")
    """Where a transfer goes back to: bank, number and holder, sealed. Not of a card; for some days once it is paid."""
    account_end = fields.CharField(max_length=4, default="", db_default="")
    """The last four digits of that number, which stay."""
    reference = fields.CharField(max_length=120, default="")
    """The provider's name for it."""
    try_at = fields.DatetimeField(null=True)
    """When the worker asks the provider (again); null: nothing to ask."""
    tries = fields.SmallIntField(default=0)
    paid_at = fields.DatetimeField(null=True)
    paid_by = fields.CharField(max_length=40, default="")

    order_id: int
    payment_id: int

    class Meta:
        table = "refunds"
        indexes = (
            Index(fields=("order_id",), name="refunds_order"),
            Index(fields=("day",), name="refunds_day"),
            Index(fields=("try_at",), name="refunds_try_at"),
        )
        constraints = (
            CheckConstraint(check="amount >= 0", name="refunds_amount_not_negative"),
            CheckConstraint(
                check="(state = 'paid') = (paid_at IS NOT NULL)", name="refunds_paid_at_a_moment"
            ),
            CheckConstraint(check="(quote_id IS NULL) = (cause = 'unused')", name="refunds_are_quoted"),
        )


class RefundPart(Model):
    """One village's half of a refund (won). Postage below zero: it keeps what carrying the goods back costs."""

    id = fields.BigIntField(primary_key=True)
    refund: fields.ForeignKeyRelation[Refund] = fields.ForeignKeyField(
        "market.Refund", related_name="parts", on_delete=fields.RESTRICT
    )
    part: fields.ForeignKeyRelation["Part"] = fields.ForeignKeyField(
        "market.Part", related_name="refunds", on_delete=fields.RESTRICT
    )
    goods = fields.IntField()
    programs = fields.IntField()
    postage = fields.IntField()
    vat = fields.IntField()

    class Meta:
        table = "refund_parts"
        unique_together = (("refund", "part"),)
        indexes = (Index(fields=("part_id",), name="refund_parts_part"),)
        constraints = (
            CheckConstraint(
                check="goods >= 0 AND programs >= 0 AND goods + programs + postage >= 0",
                name="refund_parts_not_negative",
            ),
        )


class RefundLine(Model):
    """So many of a line are called off, for so much; `restocked` of them went back to the shelf."""

    id = fields.BigIntField(primary_key=True)
    refund: fields.ForeignKeyRelation[Refund] = fields.ForeignKeyField(
        "market.Refund", related_name="lines", on_delete=fields.RESTRICT
    )
    line: fields.ForeignKeyRelation["Line"] = fields.ForeignKeyField(
        "market.Line", related_name="refunds", on_delete=fields.RESTRICT
    )
    count = fields.IntField()
    percent = fields.SmallIntField()
    amount = fields.IntField()
    restocked = fields.IntField(default=0)

    class Meta:
        table = "refund_lines"
        unique_together = (("refund", "line"),)
        indexes = (Index(fields=("line_id",), name="refund_lines_line"),)
        constraints = (
            CheckConstraint(
                check="count > 0 AND amount >= 0 AND restocked >= 0 AND restocked <= count",
                name="refund_lines_within_bounds",
            ),
        )


IS_THERE = """
(p.amount - p.disputed >= refunds.amount + (
    SELECT COALESCE(sum(gone.amount), 0) FROM refunds gone WHERE gone.payment_id = p.id
      AND (gone.state = 'paid' OR gone.state = 'promised' AND gone.id < refunds.id)))
"""
"""Of `refunds` and their payment `p`: the provider has won enough of it left, after those promised before.

What it took for a dispute is not there.
"""
UNUSED = (
    f"EXISTS (SELECT FROM refunds u WHERE u.payment_id = p.id AND u.cause = '{RefundCause.unused.value}')"
)
"""Of a captured payment `p`: its order does not take it."""
