"""A session may be cancelled: when, why and by whom."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("villages", "0004_acts_and_seals")]

    operations = [
        ops.AddField(
            model_name="Session",
            name="cancelled_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Session",
            name="cancelled_as",
            field=fields.CharField(default="", db_default="", max_length=10),
        ),
        ops.AddField(
            model_name="Session",
            name="cancelled_by",
            field=fields.CharField(default="", db_default="", max_length=40),
        ),
        ops.AddConstraint(
            model_name="Session",
            constraint=CheckConstraint(
                check="cancelled_at IS NULL OR closed_at IS NOT NULL", name="sessions_cancelled_is_closed"
            ),
        ),
    ]
