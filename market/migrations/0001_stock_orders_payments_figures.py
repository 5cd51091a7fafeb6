from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from market.bookings import BookingState
from market.orders import Channel, Ending, PartState, Tender
from market.payments import PaymentState, Provider
from tortoise.fields.base import OnDelete
from villages.listings import Kind, Tax
from villages.programs import Participant
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# CreateModel remembers a model's constraints but does not write them (tortoise-orm 1.1.9): they are written here,
# and a test holds the database against the models.
CONSTRAINTS_AND_INDEXES = (
    "ALTER TABLE shelves ADD CONSTRAINT shelves_nothing_below_zero CHECK (on_hand >= 0 AND reserved >= 0 AND leased >= 0 AND shortage >= 0)",
    "ALTER TABLE shelves ADD CONSTRAINT shelves_promise_what_is_there CHECK (reserved + leased <= on_hand + shortage)",
    "ALTER TABLE orders ADD CONSTRAINT orders_total_not_negative CHECK (total >= 0)",
    "ALTER TABLE orders ADD CONSTRAINT orders_paid_on_a_day CHECK ((paid_at IS NULL) = (sold_on IS NULL))",
    "ALTER TABLE orders ADD CONSTRAINT orders_expired_is_unpaid CHECK (NOT (paid_at IS NOT NULL AND ended_as = 'expired'))",
    "ALTER TABLE parts ADD CONSTRAINT parts_money_not_negative CHECK (goods >= 0 AND programs >= 0 AND postage >= 0 AND vat >= 0)",
    "ALTER TABLE lines ADD CONSTRAINT lines_goods_or_session CHECK ((variant_id IS NULL) <> (session_id IS NULL))",
    "ALTER TABLE lines ADD CONSTRAINT lines_count_and_price CHECK (count > 0 AND unit_price >= 0 AND takes >= 0)",
    "ALTER TABLE holds ADD CONSTRAINT holds_count_not_negative CHECK (count >= 0)",
    "ALTER TABLE holds ADD CONSTRAINT holds_end_at_a_moment CHECK ((ended_as IS NULL) = (ended_at IS NULL))",
    "ALTER TABLE bookings ADD CONSTRAINT bookings_not_negative CHECK (seats >= 0 AND heads >= 0)",
    "ALTER TABLE payments ADD CONSTRAINT payments_amount_not_negative CHECK (amount >= 0)",
    "CREATE INDEX payments_open_deposits ON payments (order_id) WHERE provider = 'bank_transfer' AND state = 'open'",
    "ALTER TABLE targets ADD CONSTRAINT targets_once UNIQUE (village_id, month, channel, kind)",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS_AND_INDEXES))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("villages", "0001_places_people_offers")]

    operations = [
        ops.CreateModel(
            name="DailySales",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="daily_sales",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "channel",
                    fields.CharEnumField(
                        description="online: online\nphone: phone\nstall: stall\nfestival: festival\non_site: on_site\nexternal: external",
                        enum_type=Channel,
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="goods: goods\nprogram: program", enum_type=Kind, max_length=7
                    ),
                ),
                ("day", fields.DateField()),
                ("amount", fields.BigIntField(default=0)),
                ("postage", fields.BigIntField(default=0)),
                ("orders", fields.IntField(default=0)),
                ("heads", fields.IntField(default=0)),
            ],
            options={
                "table": "daily_sales",
                "app": "market",
                "unique_together": (("day", "village", "channel", "kind"),),
                "indexes": [Index(fields=["village_id", "day"], name="daily_sales_village_day")],
                "pk_attr": "id",
                "table_description": "Won sold per village, channel, kind and Seoul day; postage stands on the goods row, in its own column.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MonthlyListingSales",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="monthly_sales",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("month", fields.DateField()),
                ("amount", fields.BigIntField(default=0)),
                ("units", fields.IntField(default=0)),
            ],
            options={
                "table": "monthly_listing_sales",
                "app": "market",
                "unique_together": (("month", "village", "listing"),),
                "pk_attr": "id",
                "table_description": "Won and units sold per village, listing and month (`month` is its first day).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Order",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("number", fields.CharField(unique=True, max_length=20)),
                ("key", fields.CharField(unique=True, max_length=80)),
                ("body_hash", fields.CharField(max_length=64)),
                ("token_hash", fields.CharField(default="", max_length=64)),
                (
                    "channel",
                    fields.CharEnumField(
                        default=Channel.online,
                        description="online: online\nphone: phone\nstall: stall\nfestival: festival\non_site: on_site\nexternal: external",
                        enum_type=Channel,
                        max_length=8,
                    ),
                ),
                (
                    "tender",
                    fields.CharEnumField(
                        description="card: card\nbank_transfer: bank_transfer\ncash: cash\ncard_terminal: card_terminal\nlocal_voucher: local_voucher\nonnuri: onnuri\ninvoice: invoice",
                        enum_type=Tender,
                        max_length=13,
                    ),
                ),
                ("total", fields.IntField()),
                ("placed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("pay_before", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("extended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("paid_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("sold_on", fields.DateField(null=True)),
                (
                    "ended_as",
                    fields.CharEnumField(
                        null=True,
                        description="paid: paid\ncancelled: cancelled\nexpired: expired",
                        enum_type=Ending,
                        max_length=9,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "villages.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="orders",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "villages.Person",
                        source_field="recorded_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("buyer_name", fields.CharField(default="", max_length=60)),
                ("buyer_phone", fields.CharField(default="", max_length=20)),
                ("buyer_email", fields.CharField(default="", max_length=120)),
                ("depositor", fields.CharField(default="", max_length=60)),
                ("receiver_name", fields.CharField(default="", max_length=60)),
                ("receiver_phone", fields.CharField(default="", max_length=20)),
                ("postcode", fields.CharField(default="", max_length=5)),
                ("road", fields.CharField(default="", max_length=200)),
                ("detail", fields.CharField(default="", max_length=200)),
                ("message", fields.CharField(default="", max_length=100)),
                ("agreed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("note", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "orders",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="total >= 0", name="orders_total_not_negative"),
                    CheckConstraint(
                        check="(paid_at IS NULL) = (sold_on IS NULL)", name="orders_paid_on_a_day"
                    ),
                    CheckConstraint(
                        check="NOT (paid_at IS NOT NULL AND ended_as = 'expired')",
                        name="orders_expired_is_unpaid",
                    ),
                ],
                "indexes": [
                    Index(fields=["pay_before"], name="orders_pay_before"),
                    Index(fields=["sold_on"], name="orders_sold_on"),
                    Index(fields=["buyer_phone"], name="orders_buyer_phone"),
                ],
                "pk_attr": "id",
                "table_description": "What one person buys in one go. Its state is derived from its parts; prices and names are those of the day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Part",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="parts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="parts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("goods", fields.IntField(default=0)),
                ("programs", fields.IntField(default=0)),
                ("postage", fields.IntField(default=0)),
                ("vat", fields.IntField(default=0)),
                (
                    "state",
                    fields.CharEnumField(
                        default=PartState.awaiting_payment,
                        description="awaiting_payment: awaiting_payment\npaid: paid\npreparing: preparing\nshipped: shipped\ndelivered: delivered\nconfirmed: confirmed\ncancelled: cancelled",
                        enum_type=PartState,
                        max_length=16,
                    ),
                ),
                ("promised_on", fields.DateField(null=True)),
                ("courier", fields.CharField(default="", max_length=20)),
                ("tracking", fields.CharField(default="", max_length=40)),
                ("moved_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "parts",
                "app": "market",
                "unique_together": (("order", "village"),),
                "constraints": [
                    CheckConstraint(
                        check="goods >= 0 AND programs >= 0 AND postage >= 0 AND vat >= 0",
                        name="parts_money_not_negative",
                    )
                ],
                "indexes": [Index(fields=["village_id", "state"], name="parts_village_state")],
                "pk_attr": "id",
                "table_description": "One village's half of an order. Money in won; `sold_on` repeats the order's day so that figures need no join.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Booking",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "part",
                    fields.ForeignKeyField(
                        "market.Part",
                        source_field="part_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bookings",
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
                        related_name="bookings",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("seats", fields.IntField()),
                ("heads", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        default=BookingState.held,
                        description="held: held\nconfirmed: confirmed\nattended: attended\nno_show: no_show\ncancelled: cancelled",
                        enum_type=BookingState,
                        max_length=9,
                    ),
                ),
                ("moved_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "bookings",
                "app": "market",
                "unique_together": (("part", "session"),),
                "constraints": [
                    CheckConstraint(check="seats >= 0 AND heads >= 0", name="bookings_not_negative")
                ],
                "indexes": [Index(fields=["session_id", "state"], name="bookings_session_state")],
                "pk_attr": "id",
                "table_description": "The seats and heads of one part in one session.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Line",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "part",
                    fields.ForeignKeyField(
                        "market.Part",
                        source_field="part_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "variant",
                    fields.ForeignKeyField(
                        "villages.Variant",
                        source_field="variant_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "session",
                    fields.ForeignKeyField(
                        "villages.Session",
                        source_field="session_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "participant",
                    fields.CharEnumField(
                        null=True,
                        description="adult: adult\nteen: teen\nchild: child\ninfant: infant\nfamily: family\nroom: room",
                        enum_type=Participant,
                        max_length=6,
                    ),
                ),
                ("name", fields.CharField(max_length=160)),
                ("count", fields.IntField()),
                ("unit_price", fields.IntField()),
                ("takes", fields.IntField()),
                (
                    "tax",
                    fields.CharEnumField(
                        description="taxable: taxable\nexempt: exempt", enum_type=Tax, max_length=7
                    ),
                ),
                (
                    "terms",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
            ],
            options={
                "table": "lines",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="(variant_id IS NULL) <> (session_id IS NULL)", name="lines_goods_or_session"
                    ),
                    CheckConstraint(
                        check="count > 0 AND unit_price >= 0 AND takes >= 0", name="lines_count_and_price"
                    ),
                ],
                "indexes": [
                    Index(fields=["part_id"], name="lines_part"),
                    Index(fields=["variant_id"], name="lines_variant"),
                    Index(fields=["session_id"], name="lines_session"),
                ],
                "pk_attr": "id",
                "table_description": "One thing bought: goods by variant, or participants of one kind in a session. Frozen at placement.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Hold",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "line",
                    fields.OneToOneField(
                        "market.Line",
                        source_field="line_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="hold",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("count", fields.IntField()),
                (
                    "ended_as",
                    fields.CharEnumField(
                        null=True,
                        description="paid: paid\ncancelled: cancelled\nexpired: expired",
                        enum_type=Ending,
                        max_length=9,
                    ),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "holds",
                "app": "market",
                "constraints": [
                    CheckConstraint(check="count >= 0", name="holds_count_not_negative"),
                    CheckConstraint(
                        check="(ended_as IS NULL) = (ended_at IS NULL)", name="holds_end_at_a_moment"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "The promise behind a line: it begins at placing and ends exactly once. Open while `ended_as` is null.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PartMove",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "part",
                    fields.ForeignKeyField(
                        "market.Part",
                        source_field="part_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="moves",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="awaiting_payment: awaiting_payment\npaid: paid\npreparing: preparing\nshipped: shipped\ndelivered: delivered\nconfirmed: confirmed\ncancelled: cancelled",
                        enum_type=PartState,
                        max_length=16,
                    ),
                ),
                ("by", fields.CharField(max_length=40)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "part_moves",
                "app": "market",
                "unique_together": (("part", "state"),),
                "pk_attr": "id",
                "table_description": "One step of a part along `MOVES`: who moved it, and when.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Payment",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "market.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="payments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "provider",
                    fields.CharEnumField(
                        description="bank_transfer: bank_transfer\nstripe: stripe\ndesk: desk",
                        enum_type=Provider,
                        max_length=13,
                    ),
                ),
                ("reference", fields.CharField(unique=True, max_length=120)),
                (
                    "tender",
                    fields.CharEnumField(
                        description="card: card\nbank_transfer: bank_transfer\ncash: cash\ncard_terminal: card_terminal\nlocal_voucher: local_voucher\nonnuri: onnuri\ninvoice: invoice",
                        enum_type=Tender,
                        max_length=13,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        default=PaymentState.open,
                        description="open: open\nunknown: unknown\ncaptured: captured\nfailed: failed\nexpired: expired",
                        enum_type=PaymentState,
                        max_length=8,
                    ),
                ),
                ("amount", fields.IntField()),
                ("url", fields.TextField(default="", unique=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ask_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("captured_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("confirmed_by", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "payments",
                "app": "market",
                "constraints": [CheckConstraint(check="amount >= 0", name="payments_amount_not_negative")],
                "indexes": [
                    Index(fields=["order_id"], name="payments_order"),
                    Index(fields=["ask_at"], name="payments_ask_at"),
                ],
                "pk_attr": "id",
                "table_description": "One try to pay one order. `reference` is the provider's name for it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaymentEvent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "provider",
                    fields.CharEnumField(
                        description="bank_transfer: bank_transfer\nstripe: stripe\ndesk: desk",
                        enum_type=Provider,
                        max_length=13,
                    ),
                ),
                ("event_id", fields.CharField(max_length=120)),
                ("kind", fields.CharField(max_length=20)),
                (
                    "payment",
                    fields.ForeignKeyField(
                        "market.Payment",
                        source_field="payment_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("amount", fields.IntField(default=0)),
                ("effect", fields.CharField(default="", max_length=20)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "payment_events",
                "app": "market",
                "unique_together": (("provider", "event_id"),),
                "pk_attr": "id",
                "table_description": "Something a provider told us. Appended once; its id has at most one effect.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Shelf",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "variant",
                    fields.OneToOneField(
                        "villages.Variant",
                        source_field="variant_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shelf",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("on_hand", fields.IntField(default=0)),
                ("reserved", fields.IntField(default=0)),
                ("leased", fields.IntField(default=0)),
                ("shortage", fields.IntField(default=0)),
            ],
            options={
                "table": "shelves",
                "app": "market",
                "constraints": [
                    CheckConstraint(
                        check="on_hand >= 0 AND reserved >= 0 AND leased >= 0 AND shortage >= 0",
                        name="shelves_nothing_below_zero",
                    ),
                    CheckConstraint(
                        check="reserved + leased <= on_hand + shortage", name="shelves_promise_what_is_there"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What there is of a variant. available = max(0, on_hand − reserved − leased).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Movement",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "shelf",
                    fields.ForeignKeyField(
                        "market.Shelf",
                        source_field="shelf_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="movements",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("change", fields.IntField()),
                ("cause", fields.CharField(max_length=80)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "movements",
                "app": "market",
                "unique_together": (("shelf", "cause"),),
                "indexes": [Index(fields=["cause"], name="movements_cause")],
                "pk_attr": "id",
                "table_description": "One line of the stock ledger. Written once, never changed (a trigger keeps it so).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Target",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="targets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("month", fields.DateField()),
                ("channel", fields.CharField(default="", max_length=10)),
                ("kind", fields.CharField(default="", max_length=10)),
                ("amount", fields.BigIntField()),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "targets",
                "app": "market",
                "constraints": [
                    UniqueConstraint(fields=("village_id", "month", "channel", "kind"), name="targets_once")
                ],
                "pk_attr": "id",
                "table_description": "What a village means to sell in a month, over all channels and kinds unless it names one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Task",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=30)),
                ("subject", fields.CharField(max_length=100)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="tasks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sentence", fields.CharField(max_length=300)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_by", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "tasks",
                "app": "market",
                "unique_together": (("kind", "subject"),),
                "indexes": [Index(fields=["village_id", "done_at"], name="tasks_village_open")],
                "pk_attr": "id",
                "table_description": "One thing to decide. (kind, subject) is its key, so that the same trouble opens one task.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
