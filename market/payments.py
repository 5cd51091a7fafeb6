"""Payments: what was asked, what came in, and what that does to the order."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.orders import Tender

if TYPE_CHECKING:
    from market.orders import Order


class Provider(StrEnum):
    bank_transfer = "bank_transfer"
    stripe = "stripe"
    desk = "desk"


class PaymentState(StrEnum):
    open = "open"
    unknown = "unknown"
    captured = "captured"
    failed = "failed"
    expired = "expired"


class EventKind(StrEnum):
    """What a provider can tell of a payment, of money given back from it (`refund…`), of a buyer's dispute over it."""

    authorised = "authorised"
    captured = "captured"
    failed = "failed"
    expired = "expired"
    refund_sum = "refund_sum"
    """So much went back in all: a reason to ask, no fact of its own."""
    refund_pending = "refund_pending"
    refunded = "refunded"
    refund_failed = "refund_failed"
    disputed = "disputed"
    funds_withdrawn = "funds_withdrawn"
    funds_reinstated = "funds_reinstated"
    dispute_closed = "dispute_closed"
    other = "other"


class Payment(Model):
    """One try to pay one order. `reference` is the provider's name for it."""

    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name="payments", on_delete=fields.RESTRICT
    )
    provider = fields.CharEnumField(Provider)
    reference = fields.CharField(max_length=120, unique=True)
    tender = fields.CharEnumField(Tender)
    state = fields.CharEnumField(PaymentState, default=PaymentState.open)
    amount = fields.IntField()
    refunded = fields.IntField(default=0, db_default=0)
    """Won promised back of it so far."""
    disputed = fields.IntField(default=0, db_default=0)
    """Won of it that the provider holds back now, because the buyer disputes it."""
    url = fields.TextField(default="")
    opened_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    ask_at = fields.DatetimeField(null=True)
    """When the worker asks the provider what became of it; null: nothing to ask."""
    captured_at = fields.DatetimeField(null=True)
    confirmed_by = fields.CharField(max_length=40, default="")

    order_id: int

    class Meta:
        table = "payments"
        indexes = (
            Index(fields=("order_id",), name="payments_order"),
            Index(fields=("ask_at",), name="payments_ask_at"),
        )
        constraints = (
            CheckConstraint(check="amount >= 0", name="payments_amount_not_negative"),
            CheckConstraint(check="disputed >= 0", name="payments_disputed_not_negative"),
            CheckConstraint(
                check="refunded >= 0 AND refunded <= amount", name="payments_refunded_within_amount"
            ),
        )


class PaymentEvent(Model):
    """Something a provider told us. Appended once; its id has at most one effect.

    What it is about is named as the provider names it: `reference` the payment's page, `intent` its money, `thing` a
    refund or a dispute, `key` a refund of ours. A refund or dispute may be told before its payment: then it has no
    `payment`, and is found by `intent` once that is known.
    """

    id = fields.BigIntField(primary_key=True)
    provider = fields.CharEnumField(Provider)
    event_id = fields.CharField(max_length=120)
    kind = fields.CharEnumField(EventKind, max_length=20)
    payment: fields.ForeignKeyNullableRelation[Payment] = fields.ForeignKeyField(
        "market.Payment", related_name="events", null=True, on_delete=fields.RESTRICT
    )
    amount = fields.IntField(default=0)
    effect = fields.CharField(max_length=20, default="")
    """How a dispute ended, in the provider's word."""
    reference = fields.CharField(max_length=120, default="", db_default="")
    intent = fields.CharField(max_length=120, default="", db_default="")
    thing = fields.CharField(max_length=120, default="", db_default="")
    key = fields.CharField(max_length=64, default="", db_default="")
    doubt = fields.CharField(max_length=300, default="", db_default="")
    """Why it cannot be ours and does not count; empty where it agrees with our books."""
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "payment_events"
        unique_together = (("provider", "event_id"),)
        indexes = (
            Index(fields=("payment_id",), name="payment_events_payment"),
            Index(fields=("intent",), name="payment_events_intent"),
        )
