"""Which Seoul days were compared with the card provider."""

from tortoise import fields
from tortoise.models import Model


class ReconciledDay(Model):
    """One day's comparison. Claimed before it is made; a claim whose worker died is another one's after a while."""

    day = fields.DateField(primary_key=True)
    claimed_until = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    found = fields.IntField(default=0)
    """Differences."""

    class Meta:
        table = "reconciled_days"
