"""A wish to be told when a listing is there again, with the telephone or mail address it needs until then."""

import hashlib
import hmac
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from villages.listings import Listing


class WishState(StrEnum):
    waiting = "waiting"
    told = "told"
    stopped = "stopped"
    lapsed = "lapsed"  # a year went by


class Wish(Model):
    """Whoever it is of is known while it waits, and no longer: what has ended is a listing and two moments."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation["Listing"] = fields.ForeignKeyField(
        "villages.Listing", related_name="wishes", on_delete=fields.RESTRICT
    )
    phone = fields.CharField(max_length=20, default="")
    email = fields.CharField(max_length=120, default="")
    consent = fields.CharField(max_length=20)
    """Which wording was agreed to, see consent.py."""
    key = fields.CharField(max_length=64, unique=True)
    state = fields.CharEnumField(WishState, default=WishState.waiting)
    wished_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    listing_id: int

    class Meta:
        table = "wishes"
        constraints = (
            CheckConstraint(
                check="CASE state WHEN 'waiting' THEN ended_at IS NULL AND (phone <> '' OR email <> '') "
                "ELSE ended_at IS NOT NULL AND phone = '' AND email = '' END",
                name="wishes_forget_who_when_they_end",
            ),
        )


def wish_token(wish_id: int, secret: str) -> str:
    """Signs the link that stops this wish (128 bit); nobody else can make one."""
    return hmac.new(secret.encode(), f"wish:{wish_id}".encode(), hashlib.sha256).hexdigest()[:32]
