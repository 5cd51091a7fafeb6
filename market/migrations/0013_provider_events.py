"""What a card provider tells of refunds and disputes, and what that is about; a closed task says what was done."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from market.ledger.accounts import Account
from market.ledger.journal import Happening
from market.payments import EventKind
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

# What was believed before without a message of its own: read at the provider by us, or given back by it at our wish.
TELL_THE_PAST = """
INSERT INTO payment_events (provider, event_id, kind, payment_id, amount, effect, reference, at)
SELECT 'stripe', 'payment ' || p.id || ' captured', 'captured', p.id, p.amount, '', p.reference, p.captured_at FROM payments p
WHERE p.provider = 'stripe' AND p.state = 'captured'
  AND NOT EXISTS (SELECT FROM payment_events e WHERE e.payment_id = p.id AND e.kind = 'captured');
INSERT INTO payment_events (provider, event_id, kind, payment_id, amount, effect, thing, key, at)
SELECT 'stripe', 'refund ' || r.id || ' refunded', 'refunded', r.payment_id, r.amount, '', r.reference, 'refund ' || r.id, r.paid_at
FROM refunds r WHERE r.state = 'paid' AND r.paid_by = 'stripe' AND r.amount > 0;
"""


async def tell_the_past(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(TELL_THE_PAST)


class Migration(migrations.Migration):
    dependencies = [("market", "0012_returns")]

    operations = [
        ops.CreateModel(
            name="ReconciledDay",
            fields=[
                ("day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("claimed_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("found", fields.IntField(default=0)),
            ],
            options={
                "table": "reconciled_days",
                "app": "market",
                "pk_attr": "day",
                "table_description": "One day's comparison. Claimed before it is made; a claim whose worker died is another one's after a while.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="JournalLeg",
            name="account",
            field=fields.CharEnumField(
                description="stripe: stripe\nbank: bank\ncash: cash\ncard_terminal: card_terminal\nlocal_voucher: local_voucher\nonnuri: onnuri\ndisputed: disputed\nreceivable: receivable\nvillage_payable: village_payable\npostage: postage\ncommission: commission\nsubsidy: subsidy\nprovider_fee: provider_fee\nrefunds_promised: refunds_promised\nsuspense: suspense\npayout_due: payout_due",
                enum_type=Account,
                max_length=20,
            ),
        ),
        ops.AlterField(
            model_name="JournalTransaction",
            name="kind",
            field=fields.CharEnumField(
                description="captured: captured\nrefund_promised: refund_promised\nrefund_paid: refund_paid\nset_aside: set_aside\nsettled_aside: settled_aside\nprovider_fee: provider_fee\ndisputed: disputed\nstatement_closed: statement_closed\npayout: payout\ncorrected: corrected",
                enum_type=Happening,
                max_length=20,
            ),
        ),
        ops.AddField(
            model_name="Payment",
            name="disputed",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(check="disputed >= 0", name="payments_disputed_not_negative"),
        ),
        ops.AlterField(
            model_name="PaymentEvent",
            name="kind",
            field=fields.CharEnumField(
                description="authorised: authorised\ncaptured: captured\nfailed: failed\nexpired: expired\nrefund_sum: refund_sum\nrefund_pending: refund_pending\nrefunded: refunded\nrefund_failed: refund_failed\ndisputed: disputed\nfunds_withdrawn: funds_withdrawn\nfunds_reinstated: funds_reinstated\ndispute_closed: dispute_closed\nother: other",
                enum_type=EventKind,
                max_length=20,
            ),
        ),
        ops.AddField(
            model_name="PaymentEvent",
            name="doubt",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
        ops.AddField(
            model_name="PaymentEvent",
            name="intent",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="PaymentEvent",
            name="key",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="PaymentEvent",
            name="reference",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="PaymentEvent",
            name="thing",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddIndex(
            model_name="PaymentEvent",
            index=Index(fields=["payment_id"], name="payment_events_payment"),
        ),
        ops.AddIndex(
            model_name="PaymentEvent",
            index=Index(fields=["intent"], name="payment_events_intent"),
        ),
        ops.AddField(
            model_name="Task",
            name="note",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
        ops.RunPython(code=tell_the_past, reverse_code=ops.RunPython.noop),
    ]
