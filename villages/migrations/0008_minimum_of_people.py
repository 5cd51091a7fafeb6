"""A program, or one session of it, may need so many people; when that was decided, and by whom."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("villages", "0005_cancelled_sessions")]

    operations = [
        ops.AddField(
            model_name="Listing",
            name="decide_days_before",
            field=fields.SmallIntField(default=3, db_default=3),
        ),
        ops.AddField(
            model_name="Listing",
            name="decide_hour",
            field=fields.SmallIntField(default=18, db_default=18),
        ),
        ops.AddField(
            model_name="Listing",
            name="min_people",
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Listing",
            constraint=CheckConstraint(
                check="min_people >= 0 AND decide_days_before >= 1 AND decide_hour >= 0 AND decide_hour <= 23",
                name="listings_minimum_decided_before",
            ),
        ),
        ops.AddField(
            model_name="Session",
            name="go_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Session",
            name="go_by",
            field=fields.CharField(default="", db_default="", max_length=40),
        ),
        ops.AddField(
            model_name="Session",
            name="min_people",
            field=fields.SmallIntField(null=True),
        ),
        ops.AddConstraint(
            model_name="Session",
            constraint=CheckConstraint(check="min_people >= 0", name="sessions_minimum_not_negative"),
        ),
        ops.AddConstraint(
            model_name="Session",
            constraint=CheckConstraint(
                check="go_at IS NULL OR cancelled_as <> 'too_few'", name="sessions_go_is_not_too_few"
            ),
        ),
    ]
