"""The city whose market this is: one row of settings; there is no city id anywhere."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class City(Model):
    """Brand, operator's identity (전자상거래법 §10) and the account for bank transfers."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40)
    market_name = fields.CharField(max_length=40)
    company = fields.CharField(max_length=80)
    ceo = fields.CharField(max_length=40)
    business_no = fields.CharField(max_length=12)
    mail_order_no = fields.CharField(max_length=60)
    address = fields.CharField(max_length=200)
    phone = fields.CharField(max_length=20)
    phone_hours = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=120)
    hosting = fields.CharField(max_length=80)
    bank_name = fields.CharField(max_length=40)
    bank_account = fields.CharField(max_length=40)
    bank_holder = fields.CharField(max_length=40)
    season_line = fields.CharField(max_length=80, default="")
    season_title = fields.CharField(max_length=80, default="")
    season_text = fields.CharField(max_length=200, default="")
    season_link = fields.CharField(max_length=200, default="")
    season_button = fields.CharField(max_length=40, default="")
    season_picture = fields.ForeignKeyField(
        "media.Picture", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    is_demo = fields.BooleanField(default=False)

    class Meta:
        table = "city"
        constraints = (CheckConstraint(check="id = 1", name="city_is_one"),)
