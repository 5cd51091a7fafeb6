"""A paid refund keeps no account; a part that is called off a second time gets a move for it.

The last digits are known of refunds from now on: accounts are sealed, and no statement can open them.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

FORGET = "UPDATE refunds SET account = '' WHERE state = 'paid' AND account <> ''"
# Until now the part itself said when that was. Ids below zero: every statement that is closed has seen them.
SECOND_ENDINGS = """
INSERT INTO part_moves (id, part_id, state, by, at, again)
SELECT -p.id, p.id, 'cancelled', COALESCE((
           SELECT r.by FROM refund_parts rp JOIN refunds r ON r.id = rp.refund_id WHERE rp.part_id = p.id ORDER BY r.id DESC LIMIT 1
       ), 'clock'), p.moved_at, true
FROM parts p JOIN part_moves first ON first.part_id = p.id AND first.state = 'cancelled'
JOIN part_moves paid ON paid.part_id = p.id AND paid.state = 'paid' AND paid.id > first.id
WHERE p.state = 'cancelled'
"""


async def mend_the_past(apps, schema_editor) -> None:
    for statement in (FORGET, SECOND_ENDINGS):
        await schema_editor.client.execute_script(statement)


class Migration(migrations.Migration):
    dependencies = [("market", "0017_meilisearch")]

    operations = [
        ops.AddField(
            model_name="Refund",
            name="account_end",
            field=fields.CharField(default="", db_default="", max_length=4),
        ),
        ops.RemoveConstraint(model_name="PartMove", name=None, fields=["part", "state"]),
        ops.AddField(
            model_name="PartMove",
            name="again",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddConstraint(
            model_name="PartMove",
            constraint=UniqueConstraint(fields=("part", "state", "again"), name=None),
        ),
        ops.RunPython(mend_the_past, ops.RunPython.noop),
        ops.AddConstraint(
            model_name="Refund",
            constraint=CheckConstraint(
                check="state <> 'paid' OR account = ''", name="refunds_forget_the_account_once_paid"
            ),
        ),
    ]
