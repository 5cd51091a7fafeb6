"""A village: a seller with the identity the law asks for, its story, its parcels and its state."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from media.images import Picture


class VillageState(StrEnum):
    running = "running"  # 운영중
    dormant = "dormant"  # 휴면
    released = "released"  # 지정해제
    neighbour = "neighbour"  # 소개: in the directory, sells nothing here


class Accent(StrEnum):
    maple = "maple"
    lake = "lake"
    leaf = "leaf"


class Village(Model):
    """One seller (통신판매업자). Money is won; orders until the hour `cut_off` leave the same day."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    short_name = fields.CharField(max_length=20)
    tagline = fields.CharField(max_length=80, default="")
    story = fields.TextField(default="")
    accent = fields.CharEnumField(Accent, default=Accent.maple)
    state = fields.CharEnumField(VillageState, default=VillageState.running)
    known_for = fields.CharField(max_length=200, default="")
    address = fields.CharField(max_length=200, default="")
    phone = fields.CharField(max_length=20, default="")
    phone_hours = fields.CharField(max_length=80, default="")
    homepage = fields.CharField(max_length=200, default="")
    latitude = fields.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = fields.DecimalField(max_digits=9, decimal_places=6, null=True)
    company = fields.CharField(max_length=80, default="")
    ceo = fields.CharField(max_length=40, default="")
    business_no = fields.CharField(max_length=12, default="")
    mail_order_no = fields.CharField(max_length=60, default="")
    mail_order_exemption = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=120, default="")
    postage_fee = fields.IntField(default=4000)
    postage_free_over = fields.IntField(default=50000)
    cold_box_fee = fields.IntField(default=0)
    cut_off = fields.SmallIntField(default=11)
    daily_parcels = fields.IntField(null=True)
    """How many parcels it sends on a usual day; None: as many as are ordered."""
    picture: fields.ForeignKeyNullableRelation["Picture"] = fields.ForeignKeyField(
        "media.Picture", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    version = fields.IntField(default=1)
    origin = fields.CharField(max_length=120, default="")

    picture_id: int | None

    class Meta:
        table = "villages"
        constraints = (
            CheckConstraint(
                check="postage_fee >= 0 AND postage_free_over >= 0 AND cold_box_fee >= 0",
                name="villages_postage_not_negative",
            ),
            CheckConstraint(check="cut_off BETWEEN 0 AND 24", name="villages_cut_off_is_an_hour"),
            CheckConstraint(check="daily_parcels > 0", name="villages_send_something"),
        )


class Villager(Model):
    """A face on the village's page: name and words are told by the person."""

    id = fields.BigIntField(primary_key=True)
    village = fields.ForeignKeyField("villages.Village", related_name="villagers", on_delete=fields.CASCADE)
    name = fields.CharField(max_length=40)
    trade = fields.CharField(max_length=60)
    words = fields.CharField(max_length=300, default="")
    picture: fields.ForeignKeyNullableRelation["Picture"] = fields.ForeignKeyField(
        "media.Picture", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    position = fields.SmallIntField(default=0)

    class Meta:
        table = "villagers"
        ordering = ("position", "id")


async def running_villages() -> list[Village]:
    """The villages that sell here, in the order they joined."""
    return await Village.filter(state=VillageState.running).order_by("id")
