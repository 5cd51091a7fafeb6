"""Who waits for seats in a full session, in what order, and what is offered to whom until when."""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from market.waiting_parties import WaitingState

# See 0001: CreateModel does not write constraints. The last one is no model's: one telephone waits once for a session.
CONSTRAINTS_AND_INDEXES = (
    "ALTER TABLE waiting_parties ADD CONSTRAINT waiting_parties_seats CHECK (seats > 0 AND kept >= 0)",
    """
    ALTER TABLE waiting_parties ADD CONSTRAINT waiting_parties_keep_what_their_state_says CHECK (
        CASE state WHEN 'waiting' THEN kept < seats AND offer_ends_at IS NULL AND ended_at IS NULL
        WHEN 'offered' THEN kept = seats AND offered_at IS NOT NULL AND offer_ends_at IS NOT NULL AND ended_at IS NULL
        ELSE kept = 0 AND ended_at IS NOT NULL END
    )
    """,
    "ALTER TABLE waiting_parties ADD CONSTRAINT waiting_parties_order_by_accepting CHECK (order_id IS NULL OR state = 'accepted')",
    "CREATE UNIQUE INDEX waiting_parties_once_each ON waiting_parties (session_id, phone) WHERE state IN ('waiting', 'offered')",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS_AND_INDEXES))


class Migration(migrations.Migration):
    dependencies = [("market", "0007_nightly_checks")]

    operations = [
        ops.CreateModel(
            name="WaitingParty",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="waiting_parties",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "people",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("seats", fields.IntField()),
                ("kept", fields.IntField(default=0)),
                ("name", fields.CharField(max_length=60)),
                ("phone", fields.CharField(max_length=20)),
                ("email", fields.CharField(default="", max_length=120)),
                ("key", fields.CharField(unique=True, max_length=64)),
                ("token_hash", fields.CharField(max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        default=WaitingState.waiting,
                        description="waiting: waiting\noffered: offered\naccepted: accepted\nlapsed: lapsed\nleft: left",
                        enum_type=WaitingState,
                        max_length=8,
                    ),
                ),
                ("joined_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("offered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("offer_ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="waiting_parties",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "waiting_parties",
                "app": "market",
                "indexes": [
                    Index(fields=["session_id", "state"], name="waiting_parties_session_state"),
                    Index(fields=["order_id"], name="waiting_parties_order"),
                ],
                "constraints": [
                    CheckConstraint(check="seats > 0 AND kept >= 0", name="waiting_parties_seats"),
                    CheckConstraint(
                        check="CASE state WHEN 'waiting' THEN kept < seats AND offer_ends_at IS NULL AND ended_at IS NULL "
                        "WHEN 'offered' THEN kept = seats AND offered_at IS NOT NULL AND offer_ends_at IS NOT NULL "
                        "AND ended_at IS NULL ELSE kept = 0 AND ended_at IS NOT NULL END",
                        name="waiting_parties_keep_what_their_state_says",
                    ),
                    CheckConstraint(
                        check="order_id IS NULL OR state = 'accepted'",
                        name="waiting_parties_order_by_accepting",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "One party's place in a session's queue: by session, the lower id stands before the higher.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
