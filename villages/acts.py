"""한 일: who did what in the name of a village or the city, written in the transaction that did it.

What is written down here is what a person of a village or of the city changes: offers, stock, sessions, parcels,
deposits, sales at a stall, targets, roles. Not here: what shoppers and the clock do to orders (`part_moves`,
`payment_events` and `movements` are only-added ledgers with an actor of their own, and an order stays cheap), shoppers'
comings and goings, and failed sign-ins (a stranger must not be able to fill a table that is never emptied, nor learn
from the time an answer takes whose address is known here).
"""

import json
from collections.abc import Mapping

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.models import Model

Fact = int | str | bool | None


class Act(Model):
    """One thing done. Only references, never names: who is meant is looked up when it is read. Never changed."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    by = fields.CharField(max_length=40)  # person 7 | clock | stripe | console
    village = fields.ForeignKeyField(
        "villages.Village", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    """In whose name or matter it was done; none: the city's, or the person's own."""
    what = fields.CharField(max_length=40)  # a word of the trade: listing published
    subject = fields.CharField(max_length=60)  # kind and id or number: listing 7, order 261121-AB12
    facts = fields.TextField()
    """Plain values as JSON, as text: the seal is over these very bytes."""

    village_id: int | None

    class Meta:
        table = "acts"
        indexes = (
            Index(fields=("at", "id"), name="acts_at"),
            Index(fields=("village_id", "at", "id"), name="acts_village"),
            Index(fields=("by", "at", "id"), name="acts_by"),
            Index(fields=("what", "at", "id"), name="acts_what"),
        )


class UnsealedAct(Model):
    """An act that waits for its seal. It is seen with its act, however late that commits: none is passed over."""

    act = fields.OneToOneField(
        "villages.Act", related_name=False, primary_key=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "unsealed_acts"


async def record_act(
    db: BaseDBAsyncClient,
    what: str,
    subject: str,
    *,
    by: str,
    village_id: int | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> None:
    """Write an act down in the caller's transaction: one statement.

    `facts` are small and say nothing about a person: numbers, states, prices. The time is the database's own.
    """
    said = json.dumps(facts or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    await db.execute_query(RECORD, [by, village_id, what, subject, said])


RECORD = """
WITH act AS (
    INSERT INTO acts (at, by, village_id, what, subject, facts) VALUES (now(), $1, $2, $3, $4, $5) RETURNING id
)
INSERT INTO unsealed_acts (act_id) SELECT id FROM act
"""
