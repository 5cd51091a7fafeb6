from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from villages.listings import Kind, Tax
from villages.people import Role
from villages.programs import Participant
from villages.village import Accent, VillageState
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# CreateModel remembers a model's constraints but does not write them (tortoise-orm 1.1.9): they are written here,
# and a test holds the database against the models.
CONSTRAINTS = (
    "ALTER TABLE city ADD CONSTRAINT city_is_one CHECK (id = 1)",
    "ALTER TABLE villages ADD CONSTRAINT villages_postage_not_negative CHECK (postage_fee >= 0 AND postage_free_over >= 0 AND cold_box_fee >= 0)",
    "ALTER TABLE villages ADD CONSTRAINT villages_cut_off_is_an_hour CHECK (cut_off BETWEEN 0 AND 24)",
    "ALTER TABLE memberships ADD CONSTRAINT memberships_role_fits_place CHECK ((village_id IS NULL) = (role IN ('viewer', 'officer', 'approver', 'admin')))",
    "ALTER TABLE listings ADD CONSTRAINT listings_version_counts_up CHECK (version >= 1)",
    "ALTER TABLE variants ADD CONSTRAINT variants_price_in_won CHECK (price >= 0 AND price <= 100000000)",
    "ALTER TABLE participant_prices ADD CONSTRAINT participant_prices_in_won CHECK (price >= 0 AND price <= 100000000)",
    "ALTER TABLE participant_prices ADD CONSTRAINT participant_prices_seats_not_negative CHECK (seats_taken >= 0)",
    "ALTER TABLE sessions ADD CONSTRAINT sessions_seats_within_capacity CHECK (held >= 0 AND booked >= 0 AND held + booked <= capacity)",
    "CREATE UNIQUE INDEX memberships_city_role_once ON memberships (person_id, role) WHERE village_id IS NULL",
)


async def add_constraints(apps, schema_editor) -> None:
    await schema_editor.client.execute_script(";".join(CONSTRAINTS))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("media", "0001_pictures")]

    operations = [
        ops.CreateModel(
            name="City",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=40)),
                ("market_name", fields.CharField(max_length=40)),
                ("company", fields.CharField(max_length=80)),
                ("ceo", fields.CharField(max_length=40)),
                ("business_no", fields.CharField(max_length=12)),
                ("mail_order_no", fields.CharField(max_length=60)),
                ("address", fields.CharField(max_length=200)),
                ("phone", fields.CharField(max_length=20)),
                ("phone_hours", fields.CharField(default="", max_length=80)),
                ("email", fields.CharField(max_length=120)),
                ("hosting", fields.CharField(max_length=80)),
                ("bank_name", fields.CharField(max_length=40)),
                ("bank_account", fields.CharField(max_length=40)),
                ("bank_holder", fields.CharField(max_length=40)),
                ("season_line", fields.CharField(default="", max_length=80)),
                ("season_title", fields.CharField(default="", max_length=80)),
                ("season_text", fields.CharField(default="", max_length=200)),
                ("season_link", fields.CharField(default="", max_length=200)),
                ("season_button", fields.CharField(default="", max_length=40)),
                (
                    "season_picture",
                    fields.ForeignKeyField(
                        "media.Picture",
                        source_field="season_picture_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("is_demo", fields.BooleanField(default=False)),
            ],
            options={
                "table": "city",
                "app": "villages",
                "constraints": [CheckConstraint(check="id = 1", name="city_is_one")],
                "pk_attr": "id",
                "table_description": "Brand, operator's identity (전자상거래법 §10) and the account for bank transfers.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notice",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=40)),
                ("subject", fields.CharField(max_length=60)),
                ("channel", fields.CharField(max_length=10)),
                ("address", fields.CharField(max_length=120)),
                (
                    "facts",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("claimed_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("tries", fields.SmallIntField(default=0)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("trouble", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "notices",
                "app": "villages",
                "unique_together": (("kind", "subject", "channel"),),
                "indexes": [Index(fields=["sent_at", "due_at"], name="notices_due")],
                "pk_attr": "id",
                "table_description": "One message. (kind, subject, channel) is its key: the same thing is told once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, max_length=120)),
                ("name", fields.CharField(max_length=40)),
                ("phone", fields.CharField(default="", max_length=20)),
                ("password", fields.CharField(max_length=200)),
                ("disabled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "people",
                "app": "villages",
                "pk_attr": "id",
                "table_description": "One account. The password is kept as an argon2id hash, the e-mail in lower case.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Login",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "villages.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="logins",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("began_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("idle_minutes", fields.IntField()),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "logins",
                "app": "villages",
                "pk_attr": "id",
                "table_description": "A signed-in device. Only the SHA-256 of its token is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Village",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(max_length=60)),
                ("short_name", fields.CharField(max_length=20)),
                ("tagline", fields.CharField(default="", max_length=80)),
                ("story", fields.TextField(default="", unique=False)),
                (
                    "accent",
                    fields.CharEnumField(
                        default=Accent.maple,
                        description="maple: maple\nlake: lake\nleaf: leaf",
                        enum_type=Accent,
                        max_length=5,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        default=VillageState.running,
                        description="running: running\ndormant: dormant\nreleased: released\nneighbour: neighbour",
                        enum_type=VillageState,
                        max_length=9,
                    ),
                ),
                ("known_for", fields.CharField(default="", max_length=200)),
                ("address", fields.CharField(default="", max_length=200)),
                ("phone", fields.CharField(default="", max_length=20)),
                ("phone_hours", fields.CharField(default="", max_length=80)),
                ("homepage", fields.CharField(default="", max_length=200)),
                ("latitude", fields.DecimalField(null=True, max_digits=9, decimal_places=6)),
                ("longitude", fields.DecimalField(null=True, max_digits=9, decimal_places=6)),
                ("company", fields.CharField(default="", max_length=80)),
                ("ceo", fields.CharField(default="", max_length=40)),
                ("business_no", fields.CharField(default="", max_length=12)),
                ("mail_order_no", fields.CharField(default="", max_length=60)),
                ("mail_order_exemption", fields.CharField(default="", max_length=80)),
                ("email", fields.CharField(default="", max_length=120)),
                ("postage_fee", fields.IntField(default=4000)),
                ("postage_free_over", fields.IntField(default=50000)),
                ("cold_box_fee", fields.IntField(default=0)),
                ("cut_off", fields.SmallIntField(default=11)),
                (
                    "picture",
                    fields.ForeignKeyField(
                        "media.Picture",
                        source_field="picture_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("version", fields.IntField(default=1)),
                ("origin", fields.CharField(default="", max_length=120)),
            ],
            options={
                "table": "villages",
                "app": "villages",
                "constraints": [
                    CheckConstraint(
                        check="postage_fee >= 0 AND postage_free_over >= 0 AND cold_box_fee >= 0",
                        name="villages_postage_not_negative",
                    ),
                    CheckConstraint(check="cut_off BETWEEN 0 AND 24", name="villages_cut_off_is_an_hour"),
                ],
                "pk_attr": "id",
                "table_description": "One seller (통신판매업자). Money is won; `cut_off` is the hour of the day until which orders leave the same day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Listing",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="listings",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="goods: goods\nprogram: program", enum_type=Kind, max_length=7
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=80)),
                ("code", fields.CharField(null=True, unique=True, max_length=12)),
                ("name", fields.CharField(max_length=80)),
                ("summary", fields.CharField(default="", max_length=120)),
                ("story", fields.TextField(default="", unique=False)),
                ("category", fields.CharField(max_length=20)),
                (
                    "tags",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                (
                    "tax",
                    fields.CharEnumField(
                        default=Tax.exempt,
                        description="taxable: taxable\nexempt: exempt",
                        enum_type=Tax,
                        max_length=7,
                    ),
                ),
                ("origin", fields.CharField(default="", max_length=60)),
                (
                    "notice_rows",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("withdrawal_limit", fields.CharField(default="", max_length=200)),
                (
                    "season_months",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("is_fresh", fields.BooleanField(default=False)),
                ("ships_cold", fields.BooleanField(default=False)),
                ("no_islands", fields.BooleanField(default=False)),
                ("minutes", fields.SmallIntField(null=True)),
                ("least_age", fields.SmallIntField(null=True)),
                ("is_indoor", fields.BooleanField(null=True)),
                ("meeting_place", fields.CharField(default="", max_length=120)),
                ("what_to_bring", fields.CharField(default="", max_length=200)),
                ("weather_rule", fields.CharField(default="", max_length=200)),
                ("group_from", fields.SmallIntField(default=15)),
                ("closes_hours_before", fields.SmallIntField(default=2)),
                (
                    "refund_ladder",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("popularity", fields.IntField(default=0)),
                ("search_text", fields.TextField(default="", unique=False)),
                ("version", fields.IntField(default=1)),
                ("indexed_version", fields.IntField(default=0)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "listings",
                "app": "villages",
                "constraints": [CheckConstraint(check="version >= 1", name="listings_version_counts_up")],
                "indexes": [
                    Index(fields=["village_id", "kind"], name="listings_village_kind"),
                    Index(fields=["kind", "category"], name="listings_kind_category"),
                ],
                "pk_attr": "id",
                "table_description": "Goods or a program on offer. On sale while it has a publication. `version` rises with every edit.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Certificate",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="certificates",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=40)),
                ("number", fields.CharField(max_length=40)),
                ("issuer", fields.CharField(default="", max_length=60)),
                ("ends_on", fields.DateField()),
            ],
            options={
                "table": "certificates",
                "app": "villages",
                "indexes": [Index(fields=["listing_id"], name="certificates_listing")],
                "pk_attr": "id",
                "table_description": "A certificate with its end: past `ends_on` the badge is gone by itself.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ListingPicture",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "picture",
                    fields.ForeignKeyField(
                        "media.Picture",
                        source_field="picture_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.SmallIntField(default=0)),
            ],
            options={
                "table": "listing_pictures",
                "app": "villages",
                "unique_together": (("listing", "picture"),),
                "pk_attr": "id",
                "table_description": "A picture of a listing, in its order; the first one stands on cards.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "villages.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="helper: helper\noperator: operator\nchair: chair\nviewer: viewer\nofficer: officer\napprover: approver\nadmin: admin",
                        enum_type=Role,
                        max_length=8,
                    ),
                ),
                ("until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "memberships",
                "app": "villages",
                "unique_together": (("person", "village", "role"),),
                "constraints": [
                    UniqueConstraint(
                        fields=("person_id", "role"),
                        name="memberships_city_role_once",
                        condition="village_id IS NULL",
                    ),
                    CheckConstraint(
                        check="(village_id IS NULL) = (role IN ('viewer', 'officer', 'approver', 'admin'))",
                        name="memberships_role_fits_place",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A role in one village, or (without village) in the city; ends by itself where `until` says so.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ParticipantPrice",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="prices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="adult: adult\nteen: teen\nchild: child\ninfant: infant\nfamily: family\nroom: room",
                        enum_type=Participant,
                        max_length=6,
                    ),
                ),
                ("price", fields.IntField()),
                ("seats_taken", fields.SmallIntField(default=1)),
                ("ages", fields.CharField(default="", max_length=40)),
                ("position", fields.SmallIntField(default=0)),
            ],
            options={
                "table": "participant_prices",
                "app": "villages",
                "unique_together": (("listing", "kind"),),
                "constraints": [
                    CheckConstraint(
                        check="price >= 0 AND price <= 100000000", name="participant_prices_in_won"
                    ),
                    CheckConstraint(check="seats_taken >= 0", name="participant_prices_seats_not_negative"),
                ],
                "pk_attr": "id",
                "table_description": "What one participant of a kind pays (won), the seats taken by it and the heads it brings.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Publication",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.OneToOneField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="publication",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "by",
                    fields.ForeignKeyField(
                        "villages.Person",
                        source_field="by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "publications",
                "app": "villages",
                "pk_attr": "id",
                "table_description": "Who put a listing on sale, and when. No row: it is a draft or withdrawn.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("capacity", fields.IntField()),
                ("held", fields.IntField(default=0)),
                ("booked", fields.IntField(default=0)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sessions",
                "app": "villages",
                "unique_together": (("listing", "starts_at"),),
                "constraints": [
                    CheckConstraint(
                        check="held >= 0 AND booked >= 0 AND held + booked <= capacity",
                        name="sessions_seats_within_capacity",
                    )
                ],
                "indexes": [Index(fields=["starts_at"], name="sessions_starts_at")],
                "pk_attr": "id",
                "table_description": "A program's date and time. Seats: held by orders that wait for payment, booked by paid ones.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Variant",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "villages.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="variants",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("unit_text", fields.CharField(default="", max_length=40)),
                ("grams", fields.IntField(null=True)),
                ("price", fields.IntField()),
                ("unit_price", fields.CharField(default="", max_length=40)),
                ("position", fields.SmallIntField(default=0)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "variants",
                "app": "villages",
                "constraints": [
                    CheckConstraint(check="price >= 0 AND price <= 100000000", name="variants_price_in_won")
                ],
                "indexes": [Index(fields=["listing_id"], name="variants_listing")],
                "pk_attr": "id",
                "table_description": "What has a price and a shelf. `grams` is the weight that is posted; `amount_*` is what the unit price counts.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Villager",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "village",
                    fields.ForeignKeyField(
                        "villages.Village",
                        source_field="village_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="villagers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=40)),
                ("trade", fields.CharField(max_length=60)),
                ("words", fields.CharField(default="", max_length=300)),
                (
                    "picture",
                    fields.ForeignKeyField(
                        "media.Picture",
                        source_field="picture_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("position", fields.SmallIntField(default=0)),
            ],
            options={
                "table": "villagers",
                "app": "villages",
                "pk_attr": "id",
                "table_description": "A face on the village's page: name and words are told by the person.",
            },
            bases=["Model"],
        ),
        ops.RunPython(code=add_constraints, reverse_code=ops.RunPython.noop),
    ]
