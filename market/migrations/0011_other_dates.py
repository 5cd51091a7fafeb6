"""Other dates offered to the parties of a called-off session, and which party moved to which date."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

# What CreateModel remembers but does not write, see 0001.
CONSTRAINTS = (
    "ALTER TABLE offered_dates ADD CONSTRAINT offered_dates_are_others CHECK (session_id <> instead_id)",
    """
    ALTER TABLE date_offers ADD CONSTRAINT date_offers_end_soon CHECK (
        ends_at > offered_at AND ends_at <= offered_at + interval '48 hours'
    )
    """,
    "ALTER TABLE booking_moves ADD CONSTRAINT booking_moves_lead_elsewhere CHECK (from_session_id <> to_session_id)",
)
LEDGERS = ("booking_moves", "offered_dates")


async def guard(apps, schema_editor) -> None:
    only_added = [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in LEDGERS
    ]
    await schema_editor.client.execute_script(";".join([*CONSTRAINTS, *only_added]))


class Migration(migrations.Migration):
    dependencies = [("market", "0010_dispatch_days"), ("villages", "0008_minimum_of_people")]

    operations = [
        ops.CreateModel(
            name="BookingMove",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "booking",
                    fields.ForeignKeyField(
                        "market.Booking",
                        source_field="booking_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="moves",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "from_session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="from_session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bookings_moved_away",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "to_session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="to_session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bookings_moved_here",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("by", fields.CharField(max_length=40)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "booking_moves",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="from_session_id <> to_session_id", name="booking_moves_lead_elsewhere"
                    )
                ],
                "indexes": [
                    Index(fields=["booking_id"], name="booking_moves_booking"),
                    Index(fields=["from_session_id"], name="booking_moves_from"),
                ],
                "pk_attr": "id",
                "table_description": "A paid party comes on another date of its program. Written once, never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DateOffer",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "booking",
                    fields.ForeignKeyField(
                        "market.Booking",
                        source_field="booking_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="date_offers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="date_offers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("offered_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("declined_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "date_offers",
                "app": "market",
                "unique_together": (("booking", "session"),),
                "constraints": [
                    CheckConstraint(
                        check="ends_at > offered_at AND ends_at <= offered_at + interval '48 hours'",
                        name="date_offers_end_soon",
                    )
                ],
                "indexes": [Index(fields=["session_id"], name="date_offers_session")],
                "pk_attr": "id",
                "table_description": "One party's choice between those dates and its money.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OfferedDate",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dates_offered_instead",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "instead",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="instead_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="offered_instead_of",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "offered_dates",
                "app": "market",
                "unique_together": (("session", "instead"),),
                "constraints": [
                    CheckConstraint(check="session_id <> instead_id", name="offered_dates_are_others")
                ],
                "pk_attr": "id",
                "table_description": "A session of the same program that the parties of a called-off one may come to instead.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=guard, reverse_code=ops.RunPython.noop),
    ]
