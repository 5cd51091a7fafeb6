"""함께 쓰는 자리: a bus or a guide that programs of a village share, and its seats at each time."""

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from villages.listings import Listing
    from villages.programs import Session
    from villages.village import Village


class Pool(Model):
    """What is shared: the village's bus, its guide. `seats`: how many it takes at one time."""

    id = fields.BigIntField(primary_key=True)
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name="pools", on_delete=fields.RESTRICT
    )
    name = fields.CharField(max_length=40)
    seats = fields.IntField()
    version = fields.IntField(default=1)
    key = fields.CharField(max_length=10, unique=True)
    """The form that made it: sent twice it makes one."""

    village_id: int
    programs: fields.ReverseRelation["PoolProgram"]

    class Meta:
        table = "pools"
        unique_together = (("village", "name"),)
        constraints = (CheckConstraint(check="seats BETWEEN 1 AND 1000", name="pools_have_seats"),)


class PoolProgram(Model):
    """A program that uses a pool: every session of it that begins after `since` stands in one of its outings."""

    id = fields.BigIntField(primary_key=True)
    pool: fields.ForeignKeyRelation[Pool] = fields.ForeignKeyField(
        "villages.Pool", related_name="programs", on_delete=fields.CASCADE
    )
    listing: fields.ForeignKeyRelation["Listing"] = fields.ForeignKeyField(
        "villages.Listing", related_name="pools", on_delete=fields.RESTRICT
    )
    since = fields.DatetimeField()

    listing_id: int

    class Meta:
        table = "pool_programs"
        unique_together = (("pool", "listing"),)
        indexes = (Index(fields=("listing_id",), name="pool_programs_listing"),)


class Outing(Model):
    """A pool's seats over one stretch of time. `held` and `booked`: those of all its sessions together."""

    id = fields.BigIntField(primary_key=True)
    pool: fields.ForeignKeyRelation[Pool] = fields.ForeignKeyField(
        "villages.Pool", related_name="outings", on_delete=fields.RESTRICT
    )
    begins_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.IntField()
    held = fields.IntField()
    booked = fields.IntField()

    class Meta:
        table = "outings"
        unique_together = (("pool", "begins_at"),)
        constraints = (
            CheckConstraint(
                check="held >= 0 AND booked >= 0 AND held + booked <= capacity",
                name="outings_seats_within_capacity",
            ),
            CheckConstraint(check="begins_at < ends_at", name="outings_last_a_while"),
        )


class OutingSession(Model):
    """A session that takes its seats from an outing too; from one of each pool at most."""

    id = fields.BigIntField(primary_key=True)
    outing: fields.ForeignKeyRelation[Outing] = fields.ForeignKeyField(
        "villages.Outing", related_name="sessions", on_delete=fields.CASCADE
    )
    session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="outings", on_delete=fields.RESTRICT
    )
    pool: fields.ForeignKeyRelation[Pool] = fields.ForeignKeyField(
        "villages.Pool", related_name=False, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "outing_sessions"
        unique_together = (("session", "pool"),)
        indexes = (Index(fields=("outing_id",), name="outing_sessions_outing"),)
