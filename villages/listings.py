"""Goods and programs on offer: what they are called, what they cost, and what must be known before buying."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from media.images import Picture
    from villages.people import Person
    from villages.village import Village


class Kind(StrEnum):
    goods = "goods"
    program = "program"


class Tax(StrEnum):
    taxable = "taxable"
    exempt = "exempt"


class Listing(Model):
    """Goods or a program on offer. On sale while it has a publication. `version` rises with every edit."""

    id = fields.BigIntField(primary_key=True)
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name="listings", on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(Kind)
    slug = fields.CharField(max_length=80, unique=True)
    code = fields.CharField(max_length=12, unique=True, null=True)
    name = fields.CharField(max_length=80)
    summary = fields.CharField(max_length=120, default="")
    story = fields.TextField(default="")
    category = fields.CharField(max_length=20)
    tags = fields.JSONField(default=list)
    tax = fields.CharEnumField(Tax, default=Tax.exempt)
    origin = fields.CharField(max_length=60, default="")
    notice_rows = fields.JSONField(default=dict)
    """상품정보제공고시: row name → text, in the order of the law's table."""
    withdrawal_limit = fields.CharField(max_length=200, default="")
    """청약철회 제한 reason; empty: none (전자상거래법 §17②)."""
    season_months = fields.JSONField(default=list)
    is_fresh = fields.BooleanField(default=False)
    ships_cold = fields.BooleanField(default=False)
    no_islands = fields.BooleanField(default=False)
    minutes = fields.SmallIntField(null=True)
    least_age = fields.SmallIntField(null=True)
    is_indoor = fields.BooleanField(null=True)
    meeting_place = fields.CharField(max_length=120, default="")
    what_to_bring = fields.CharField(max_length=200, default="")
    weather_rule = fields.CharField(max_length=200, default="")
    group_from = fields.SmallIntField(default=15)
    closes_hours_before = fields.SmallIntField(default=2)
    refund_ladder = fields.JSONField(default=dict)
    min_people = fields.SmallIntField(default=0, db_default=0)
    """Heads without which a session is called off; 0: it takes place for anyone. A session may say its own."""
    decide_days_before = fields.SmallIntField(default=3, db_default=3)
    decide_hour = fields.SmallIntField(default=18, db_default=18)
    """When that is decided: so many Seoul days before the session, at this hour."""
    popularity = fields.IntField(default=0)
    search_text = fields.TextField(default="")
    version = fields.IntField(default=1)
    indexed_version = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)

    variants: fields.ReverseRelation["Variant"]
    prices: fields.ReverseRelation
    village_id: int

    class Meta:
        table = "listings"
        indexes = (
            Index(fields=("village_id", "kind"), name="listings_village_kind"),
            Index(fields=("kind", "category"), name="listings_kind_category"),
        )
        constraints = (
            CheckConstraint(check="version >= 1", name="listings_version_counts_up"),
            CheckConstraint(
                check="min_people >= 0 AND decide_days_before >= 1 AND decide_hour >= 0 AND decide_hour <= 23",
                name="listings_minimum_decided_before",
            ),
        )


class Publication(Model):
    """Who put a listing on sale, and when. No row: it is a draft or withdrawn."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.OneToOneRelation[Listing] = fields.OneToOneField(
        "villages.Listing", related_name="publication", on_delete=fields.CASCADE
    )
    by: fields.ForeignKeyNullableRelation["Person"] = fields.ForeignKeyField(
        "villages.Person", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    at = fields.DatetimeField()

    class Meta:
        table = "publications"


class Variant(Model):
    """What has a price and a shelf. `grams` is the weight that is posted; `amount_*` is what the unit price counts."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation[Listing] = fields.ForeignKeyField(
        "villages.Listing", related_name="variants", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=60)
    unit_text = fields.CharField(max_length=40, default="")
    grams = fields.IntField(null=True)
    price = fields.IntField()
    unit_price = fields.CharField(max_length=40, default="")
    position = fields.SmallIntField(default=0)
    withdrawn_at = fields.DatetimeField(null=True)

    listing_id: int

    class Meta:
        table = "variants"
        ordering = ("position", "id")
        indexes = (Index(fields=("listing_id",), name="variants_listing"),)
        constraints = (
            CheckConstraint(check="price >= 0 AND price <= 100000000", name="variants_price_in_won"),
        )


class Certificate(Model):
    """A certificate with its end: past `ends_on` the badge is gone by itself."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation[Listing] = fields.ForeignKeyField(
        "villages.Listing", related_name="certificates", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=40)
    number = fields.CharField(max_length=40)
    issuer = fields.CharField(max_length=60, default="")
    ends_on = fields.DateField()

    class Meta:
        table = "certificates"
        indexes = (Index(fields=("listing_id",), name="certificates_listing"),)

    def is_valid(self, today: date) -> bool:
        return self.ends_on >= today


class ListingPicture(Model):
    """A picture of a listing, in its order; the first one stands on cards."""

    id = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation[Listing] = fields.ForeignKeyField(
        "villages.Listing", related_name="pictures", on_delete=fields.CASCADE
    )
    picture: fields.ForeignKeyRelation["Picture"] = fields.ForeignKeyField(
        "media.Picture", related_name=False, on_delete=fields.RESTRICT
    )
    position = fields.SmallIntField(default=0)

    picture_id: int

    class Meta:
        table = "listing_pictures"
        ordering = ("position", "id")
        unique_together = (("listing", "picture"),)
