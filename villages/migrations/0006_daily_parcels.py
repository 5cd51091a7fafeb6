"""A village may say how many parcels it sends on a usual day."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("villages", "0005_cancelled_sessions")]

    operations = [
        ops.AddField(model_name="Village", name="daily_parcels", field=fields.IntField(null=True)),
        ops.AddConstraint(
            model_name="Village",
            constraint=CheckConstraint(check="daily_parcels > 0", name="villages_send_something"),
        ),
    ]
