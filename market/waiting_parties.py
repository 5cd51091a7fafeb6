"""Who waits for seats in a session that is full: parties in the order in which they came."""

import hashlib
import hmac
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.programs import Participant

if TYPE_CHECKING:
    from market.orders import Order
    from villages.programs import Session


class WaitingState(StrEnum):
    waiting = "waiting"
    offered = "offered"
    accepted = "accepted"
    lapsed = "lapsed"  # the offer's time ran out, or the session came too near to offer anything
    left = "left"


class WaitingParty(Model):
    """One party's place in a session's queue: by session, the lower id stands before the higher.

    `kept` seats are held for it: freed ones that are not enough yet while it waits, all it needs once they are offered.
    """

    id = fields.BigIntField(primary_key=True)
    session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="waiting_parties", on_delete=fields.RESTRICT
    )
    people = fields.JSONField()
    """Participant's kind → how many."""
    seats = fields.IntField()
    kept = fields.IntField(default=0)
    name = fields.CharField(max_length=60)
    phone = fields.CharField(max_length=20)
    email = fields.CharField(max_length=120, default="")
    key = fields.CharField(max_length=64, unique=True)
    token_hash = fields.CharField(max_length=64)
    state = fields.CharEnumField(WaitingState, default=WaitingState.waiting)
    joined_at = fields.DatetimeField()
    offered_at = fields.DatetimeField(null=True)
    offer_ends_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    order: fields.ForeignKeyNullableRelation["Order"] = fields.ForeignKeyField(
        "market.Order", related_name="waiting_parties", null=True, on_delete=fields.RESTRICT
    )
    """What the party ordered with its offer."""

    session_id: int
    order_id: int | None

    class Meta:
        table = "waiting_parties"
        indexes = (
            Index(fields=("session_id", "state"), name="waiting_parties_session_state"),
            Index(fields=("order_id",), name="waiting_parties_order"),
        )
        constraints = (
            CheckConstraint(check="seats > 0 AND kept >= 0", name="waiting_parties_seats"),
            CheckConstraint(
                check="CASE state WHEN 'waiting' THEN kept < seats AND offer_ends_at IS NULL AND ended_at IS NULL "
                "WHEN 'offered' THEN kept = seats AND offered_at IS NOT NULL AND offer_ends_at IS NOT NULL "
                "AND ended_at IS NULL ELSE kept = 0 AND ended_at IS NOT NULL END",
                name="waiting_parties_keep_what_their_state_says",
            ),
            CheckConstraint(
                check="order_id IS NULL OR state = 'accepted'", name="waiting_parties_order_by_accepting"
            ),
        )

    @property
    def participants(self) -> dict[Participant, int]:
        return {Participant(kind): count for kind, count in self.people.items()}

    @property
    def order_key(self) -> str:
        """One offer makes one order, however often its button is tapped."""
        return f"waiting-{self.key}"


def party_token(key: str, secret: str) -> str:
    """Opens the party's page (128 bit); made from its key, so that a repeated request is answered with it again."""
    return hmac.new(secret.encode(), f"waiting-token:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def party_token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
