"""A program's prices by kind of participant, and its sessions: dates with seats."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from villages.listings import Listing


class Participant(StrEnum):
    adult = "adult"
    teen = "teen"
    child = "child"
    infant = "infant"
    family = "family"
    room = "room"


PARTICIPANT_NAMES = {
    Participant.adult: "어른",
    Participant.teen: "청소년",
    Participant.child: "어린이",
    Participant.infant: "유아",
    Participant.family: "가족",
    Participant.room: "객실",
}


class ParticipantPrice(Model):
    """What one participant of a kind pays (won), the seats taken by it and the heads it brings."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation["Listing"] = fields.ForeignKeyField(
        "villages.Listing", related_name="prices", on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(Participant)
    price = fields.IntField()
    seats_taken = fields.SmallIntField(default=1)
    ages = fields.CharField(max_length=40, default="")
    position = fields.SmallIntField(default=0)

    class Meta:
        table = "participant_prices"
        ordering = ("position", "id")
        unique_together = (("listing", "kind"),)
        constraints = (
            CheckConstraint(check="price >= 0 AND price <= 100000000", name="participant_prices_in_won"),
            CheckConstraint(check="seats_taken >= 0", name="participant_prices_seats_not_negative"),
        )


class Session(Model):
    """A program's date and time. Seats: held by orders that wait for payment, booked by paid ones."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation["Listing"] = fields.ForeignKeyField(
        "villages.Listing", related_name="sessions", on_delete=fields.RESTRICT
    )
    starts_at = fields.DatetimeField()
    capacity = fields.IntField()
    held = fields.IntField(default=0)
    booked = fields.IntField(default=0)
    closed_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    """It does not take place: whoever is in it gets everything back, see market/session_cancellations.py."""
    cancelled_as = fields.CharField(max_length=10, default="", db_default="")
    cancelled_by = fields.CharField(max_length=40, default="", db_default="")
    shares_seats = fields.BooleanField(default=False, db_default=False)
    """It takes its seats from an outing too (villages/outings.py): what is left then says villages/seats_left.py."""
    min_people = fields.SmallIntField(null=True)
    """Its own minimum of heads; None: the program's."""
    go_at = fields.DatetimeField(null=True)
    """It was decided, for good, that it has people enough, see market/dates/decisions.py."""
    go_by = fields.CharField(max_length=40, default="", db_default="")

    listing_id: int

    class Meta:
        table = "sessions"
        unique_together = (("listing", "starts_at"),)
        indexes = (Index(fields=("starts_at",), name="sessions_starts_at"),)
        constraints = (
            CheckConstraint(
                check="held >= 0 AND booked >= 0 AND held + booked <= capacity",
                name="sessions_seats_within_capacity",
            ),
            CheckConstraint(
                check="cancelled_at IS NULL OR closed_at IS NOT NULL", name="sessions_cancelled_is_closed"
            ),
            CheckConstraint(check="min_people >= 0", name="sessions_minimum_not_negative"),
            CheckConstraint(
                check="go_at IS NULL OR cancelled_as <> 'too_few'", name="sessions_go_is_not_too_few"
            ),
        )

    @property
    def left(self) -> int:
        """Of its own seats; what it shares may leave fewer: villages/seats_left.py."""
        return self.capacity - self.held - self.booked
