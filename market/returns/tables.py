"""Returns and their lines: who wants to send back what, why, what was promised for it, and how it ended."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.refusals import Refused

if TYPE_CHECKING:
    from market.orders import Line, Order, Part
    from market.refunds import Refund, RefundQuote


class ReturnReason(StrEnum):
    changed_mind = "changed_mind"
    faulty = "faulty"
    wrong = "wrong"

    @property
    def is_the_sellers(self) -> bool:
        """The goods are not what was sold: the seller bears the postage, and has longer to answer for it."""
        return self != ReturnReason.changed_mind


REASON_NAMES = {
    ReturnReason.changed_mind: "마음이 바뀌어서",
    ReturnReason.faulty: "상했거나 흠이 있어서",
    ReturnReason.wrong: "다른 물건이 와서",
}


class ReturnWish(StrEnum):
    refund = "refund"
    exchange = "exchange"


WISH_NAMES = {ReturnWish.refund: "반품", ReturnWish.exchange: "교환"}


class ReturnState(StrEnum):
    requested = "requested"
    resent = "resent"  # of an exchange: the new goods left, the old ones are awaited
    received = "received"  # of an exchange also: ended, though nothing came
    refused = "refused"
    withdrawn = "withdrawn"


OPEN = (ReturnState.requested, ReturnState.resent)
RETURN_NAMES = {
    ReturnState.requested: "신청함",
    ReturnState.resent: "새 물건을 보냄",
    ReturnState.received: "마을이 받음",
    ReturnState.refused: "받지 않기로 함",
    ReturnState.withdrawn: "신청을 거둠",
}


class NotReturnable(Refused):
    code = "not-returnable"
    usual = "지금은 돌려보내실 수 없습니다. 마을이나 장터로 전화해 주세요."


class Return(Model):
    """Some of one village's half, asked to be taken back. What is promised (won) does not change any more.

    `quote` is that promise as every refund has one; it is never confirmed by itself, only by the goods' coming.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    order: fields.ForeignKeyRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name="returns", on_delete=fields.RESTRICT
    )
    part: fields.ForeignKeyRelation["Part"] = fields.ForeignKeyField(
        "market.Part", related_name="returns", on_delete=fields.RESTRICT
    )
    quote: fields.OneToOneRelation["RefundQuote"] = fields.OneToOneField(
        "market.RefundQuote", related_name="promised_return", on_delete=fields.RESTRICT
    )
    refund: fields.OneToOneNullableRelation["Refund"] = fields.OneToOneField(
        "market.Refund", related_name="of_return", null=True, on_delete=fields.RESTRICT
    )
    reason = fields.CharEnumField(ReturnReason, max_length=20)
    wish = fields.CharEnumField(ReturnWish, max_length=20)
    state = fields.CharEnumField(ReturnState, max_length=20, default=ReturnState.requested)
    words = fields.CharField(max_length=300, default="")
    """What the shopper says about it."""
    promised = fields.IntField()
    return_postage = fields.IntField()
    """Kept of the goods' price for carrying them back."""
    by = fields.CharField(max_length=40)
    asked_at = fields.DatetimeField()
    courier_back = fields.CharField(max_length=20, default="")
    tracking_back = fields.CharField(max_length=40, default="")
    sent_back_at = fields.DatetimeField(null=True)
    courier = fields.CharField(max_length=20, default="")
    tracking = fields.CharField(max_length=40, default="")
    """Of the parcel with the new goods."""
    resent_at = fields.DatetimeField(null=True)
    refusal = fields.CharField(max_length=300, default="")
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=40, default="")

    lines: fields.ReverseRelation["ReturnLine"]
    order_id: int
    part_id: int
    quote_id: int
    refund_id: int | None

    class Meta:
        table = "returns"
        indexes = (
            Index(fields=("order_id",), name="returns_order"),
            Index(fields=("part_id", "state"), name="returns_part_state"),
        )
        constraints = (
            CheckConstraint(check="promised >= 0 AND return_postage >= 0", name="returns_money_not_negative"),
            CheckConstraint(
                check="(state IN ('received', 'refused', 'withdrawn')) = (ended_at IS NOT NULL)",
                name="returns_end_at_a_moment",
            ),
            CheckConstraint(
                check="(refund_id IS NOT NULL) = (state = 'received' AND wish = 'refund')",
                name="returns_received_are_refunded",
            ),
            CheckConstraint(check="(state = 'refused') = (refusal <> '')", name="returns_refused_with_words"),
            CheckConstraint(
                check="CASE WHEN wish = 'exchange' THEN (resent_at IS NOT NULL) = (state IN ('resent', 'received')) "
                "ELSE resent_at IS NULL AND state <> 'resent' END",
                name="returns_sent_anew_by_exchange",
            ),
        )


class ReturnLine(Model):
    """So many of a line; of those that came, `sellable` ones, of which `restocked` lie on the shelf again.

    `resent` of an exchange came off the shelf for the new parcel.
    """

    id = fields.BigIntField(primary_key=True)
    of_return: fields.ForeignKeyRelation[Return] = fields.ForeignKeyField(
        "market.Return", related_name="lines", on_delete=fields.RESTRICT
    )
    line: fields.ForeignKeyRelation["Line"] = fields.ForeignKeyField(
        "market.Line", related_name="returns", on_delete=fields.RESTRICT
    )
    count = fields.IntField()
    received = fields.IntField(default=0)
    sellable = fields.IntField(default=0)
    restocked = fields.IntField(default=0)
    resent = fields.IntField(default=0)

    line_id: int

    class Meta:
        table = "return_lines"
        unique_together = (("of_return", "line"),)
        indexes = (Index(fields=("line_id",), name="return_lines_line"),)
        constraints = (
            CheckConstraint(
                check="count > 0 AND restocked >= 0 AND restocked <= sellable AND sellable <= received "
                "AND received <= count AND resent >= 0 AND resent <= count",
                name="return_lines_within_bounds",
            ),
        )
