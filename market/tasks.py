"""What needs a person: shortages, money that came too late, events that contradict us. Nothing is swallowed."""

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.models import Model


class Task(Model):
    """One thing to decide. (kind, subject) is its key, so that the same trouble opens one task."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=30)  # shortage | wrong_amount | refund_stuck | alarm
    subject = fields.CharField(max_length=100)
    village = fields.ForeignKeyField(
        "villages.Village", related_name="tasks", null=True, on_delete=fields.RESTRICT
    )
    """Whose task; none: the city's."""
    sentence = fields.CharField(max_length=300)
    opened_at = fields.DatetimeField(auto_now_add=True)
    done_at = fields.DatetimeField(null=True)
    done_by = fields.CharField(max_length=40, default="")
    note = fields.CharField(max_length=300, default="", db_default="")
    """What whoever closed it has done about it."""

    class Meta:
        table = "tasks"
        unique_together = (("kind", "subject"),)
        indexes = (Index(fields=("village_id", "done_at"), name="tasks_village_open"),)


async def open_task(
    db: BaseDBAsyncClient,
    *,
    kind: str,
    subject: str,
    sentence: str,
    village_id: int | None = None,
    is_open_again: bool = False,
) -> None:
    """Once; with `is_open_again` what was opened before says this sentence now, and is to be done again."""
    await db.execute_query(
        OPEN_AGAIN if is_open_again else OPEN, [kind, subject[:100], village_id, sentence[:300]]
    )


OPEN = """
INSERT INTO tasks (kind, subject, village_id, sentence, opened_at, done_by) VALUES ($1, $2, $3, $4, now(), '')
ON CONFLICT (kind, subject) DO NOTHING
"""
OPEN_AGAIN = OPEN.replace(
    "NOTHING", "UPDATE SET sentence = EXCLUDED.sentence, done_at = NULL, done_by = '', note = ''"
)
