"""The account of a paid refund is kept for some days more: whoever tapped the wrong row must still find it."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("market", "0019_wishes")]

    operations = [ops.RemoveConstraint(model_name="Refund", name="refunds_forget_the_account_once_paid")]
