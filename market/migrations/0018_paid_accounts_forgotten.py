"""A refund that is paid keeps no account but its last digits, which those paid before do not have."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

FORGET = "UPDATE refunds SET account = '' WHERE state = 'paid' AND account <> ''"


async def forget(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(FORGET)


class Migration(migrations.Migration):
    dependencies = [("market", "0014_money_nobody_takes")]

    operations = [
        ops.AddField(
            model_name="Refund",
            name="account_end",
            field=fields.CharField(default="", db_default="", max_length=4),
        ),
        ops.RunPython(forget, ops.RunPython.noop),
        ops.AddConstraint(
            model_name="Refund",
            constraint=CheckConstraint(
                check="state <> 'paid' OR account = ''", name="refunds_forget_the_account_once_paid"
            ),
        ),
    ]
