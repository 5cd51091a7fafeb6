"""Money that no order takes goes back as a refund without a quote; what a deposit brings too much is booked."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from market.refunds import RefundCause

CAUSES = "shopper: shopper\noperator: operator\nweather: weather\ntoo_few: too_few\nunused: unused"

# What stood as a task until now. A person may have given it back meanwhile, so it is stuck: nothing is sent by itself.
TASKS_TO_REFUNDS = """
WITH late AS (
    SELECT p.id, p.order_id, p.amount, t.opened_at, (t.opened_at AT TIME ZONE 'Asia/Seoul')::date AS day
    FROM tasks t JOIN payments p ON t.subject = 'payment ' || p.id WHERE t.kind = 'late_payment' AND p.state = 'captured'
), counted AS (
    UPDATE payments SET refunded = payments.refunded + late.amount FROM late WHERE late.id = payments.id
), ended AS (
    UPDATE tasks SET done_at = now(), done_by = 'clock' WHERE kind = 'late_payment' AND done_at IS NULL
), made AS (
    INSERT INTO refunds (order_id, payment_id, cause, amount, state, by, at, day, pay_before, account, reference, tries, paid_by)
    SELECT order_id, id, 'unused', amount, 'stuck', 'clock', opened_at, day, day + 3, '', '', 0, '' FROM late
    RETURNING id, order_id, amount, at, day
), booked AS (
    INSERT INTO journal_transactions (kind, subject, order_id, day, at, by)
    SELECT 'refund_promised', 'refund ' || id, order_id, day, at, 'clock' FROM made WHERE amount > 0 RETURNING id, subject, day
)
INSERT INTO journal_legs (transaction_id, day, account, amount)
SELECT b.id, b.day, account, sign * m.amount FROM booked b JOIN made m ON b.subject = 'refund ' || m.id
CROSS JOIN (VALUES ('suspense', 1), ('refunds_promised', -1)) AS l (account, sign)
"""


def aside(kind: str, at: str, by: str, sign: int, which: str) -> str:
    """Rows of deposits in the journal as they would have been booked; `sign` of what the bank got."""
    return f"""
WITH booked AS (
    INSERT INTO journal_transactions (kind, subject, day, at, by)
    SELECT '{kind}', 'deposit row ' || k.row_id, ({at} AT TIME ZONE 'Asia/Seoul')::date, {at}, {by}
    FROM deposit_suspense k JOIN deposit_rows r ON r.id = k.row_id WHERE {which} RETURNING id, subject, day
)
INSERT INTO journal_legs (transaction_id, day, account, amount)
SELECT b.id, b.day, account, sign * k.amount FROM booked b JOIN deposit_suspense k ON b.subject = 'deposit row ' || k.row_id
CROSS JOIN (VALUES ('bank', {sign}), ('suspense', {-sign})) AS l (account, sign)
"""


async def book_the_past(apps, schema_editor) -> None:
    for statement in (
        TASKS_TO_REFUNDS,
        aside("set_aside", "r.decided_at", "r.decided_by", 1, "true"),
        aside("settled_aside", "k.settled_at", "k.settled_by", -1, "k.settled_at IS NOT NULL"),
    ):
        await schema_editor.client.execute_script(statement)


class Migration(migrations.Migration):
    dependencies = [("market", "0013_provider_events"), ("villages", "0005_cancelled_sessions")]

    operations = [
        ops.AlterField(
            model_name="Refund",
            name="cause",
            field=fields.CharEnumField(description=CAUSES, enum_type=RefundCause, max_length=8),
        ),
        ops.AlterField(
            model_name="RefundQuote",
            name="cause",
            field=fields.CharEnumField(description=CAUSES, enum_type=RefundCause, max_length=8),
        ),
        ops.AlterField(
            model_name="Refund",
            name="quote",
            field=fields.OneToOneField(
                "market.RefundQuote",
                source_field="quote_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="refund",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddConstraint(
            model_name="Refund",
            constraint=CheckConstraint(
                check="(quote_id IS NULL) = (cause = 'unused')", name="refunds_are_quoted"
            ),
        ),
        ops.AddField(
            model_name="Suspense",
            name="taken_with",
            field=fields.ForeignKeyField(
                "market.DepositRow",
                source_field="taken_with_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="taken",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(
            model_name="Suspense",
            index=Index(fields=["taken_with_id"], name="deposit_suspense_taken_with"),
        ),
        ops.RunPython(book_the_past, ops.RunPython.noop),
    ]
