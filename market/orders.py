"""Orders, their parts by village, lines and holds."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from market.part_states import Ending, PartState
from villages.listings import Tax
from villages.programs import Participant

if TYPE_CHECKING:
    from market.dispatch_days import DispatchDay
    from villages.listings import Variant
    from villages.people import Person
    from villages.programs import Session
    from villages.village import Village


class Channel(StrEnum):
    online = "online"
    phone = "phone"
    stall = "stall"
    festival = "festival"
    on_site = "on_site"
    external = "external"


ONLINE = frozenset({Channel.online, Channel.external})
CHANNEL_NAMES = {
    Channel.online: "온라인",
    Channel.phone: "전화 주문",
    Channel.stall: "직거래장터",
    Channel.festival: "축제",
    Channel.on_site: "마을 현장",
    Channel.external: "다른 쇼핑몰",
}


class Tender(StrEnum):
    card = "card"
    bank_transfer = "bank_transfer"
    cash = "cash"
    card_terminal = "card_terminal"
    local_voucher = "local_voucher"
    onnuri = "onnuri"
    invoice = "invoice"


TENDER_NAMES = {
    Tender.card: "카드",
    Tender.bank_transfer: "무통장입금",
    Tender.cash: "현금",
    Tender.card_terminal: "카드(단말기)",
    Tender.local_voucher: "지역사랑상품권",
    Tender.onnuri: "온누리상품권",
    Tender.invoice: "외상(기관)",
}


class Order(Model):
    """What one person buys in one go. Its state is derived from its parts; prices and names are those of the day."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=20, unique=True)
    key = fields.CharField(max_length=80, unique=True)
    body_hash = fields.CharField(max_length=64)
    token_hash = fields.CharField(max_length=64, default="")
    channel = fields.CharEnumField(Channel, default=Channel.online)
    tender = fields.CharEnumField(Tender)
    total = fields.IntField()
    placed_at = fields.DatetimeField()
    pay_before = fields.DatetimeField(null=True)
    extended_at = fields.DatetimeField(null=True)
    paid_at = fields.DatetimeField(null=True)
    sold_on = fields.DateField(null=True)
    """The Seoul day of capture: the day on which the sale counts."""
    ended_as = fields.CharEnumField(Ending, null=True)
    """cancelled or expired before it was paid; None while it lives."""
    person: fields.ForeignKeyNullableRelation["Person"] = fields.ForeignKeyField(
        "villages.Person", related_name="orders", null=True, on_delete=fields.SET_NULL
    )
    recorded_by: fields.ForeignKeyNullableRelation["Person"] = fields.ForeignKeyField(
        "villages.Person", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    buyer_name = fields.CharField(max_length=60, default="")
    buyer_phone = fields.CharField(max_length=20, default="")
    buyer_email = fields.CharField(max_length=120, default="")
    depositor = fields.CharField(max_length=60, default="")
    receiver_name = fields.CharField(max_length=60, default="")
    receiver_phone = fields.CharField(max_length=20, default="")
    postcode = fields.CharField(max_length=5, default="")
    road = fields.CharField(max_length=200, default="")
    detail = fields.CharField(max_length=200, default="")
    message = fields.CharField(max_length=100, default="")
    agreed_at = fields.DatetimeField(null=True)
    """When the buyer agreed that the villages get the receiver's name, phone and address."""
    note = fields.CharField(max_length=200, default="")

    parts: fields.ReverseRelation["Part"]
    person_id: int | None
    recorded_by_id: int | None

    class Meta:
        table = "orders"
        indexes = (
            Index(fields=("pay_before",), name="orders_pay_before"),
            Index(fields=("sold_on",), name="orders_sold_on"),
            Index(fields=("buyer_phone",), name="orders_buyer_phone"),
        )
        constraints = (
            CheckConstraint(check="total >= 0", name="orders_total_not_negative"),
            CheckConstraint(check="(paid_at IS NULL) = (sold_on IS NULL)", name="orders_paid_on_a_day"),
            CheckConstraint(
                check="NOT (paid_at IS NOT NULL AND ended_as = 'expired')", name="orders_expired_is_unpaid"
            ),
        )


class Part(Model):
    """One village's half of an order. Money in won; `sold_on` repeats the order's day so that figures need no join."""

    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "market.Order", related_name="parts", on_delete=fields.RESTRICT
    )
    village: fields.ForeignKeyRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name="parts", on_delete=fields.RESTRICT
    )
    goods = fields.IntField(default=0)
    programs = fields.IntField(default=0)
    postage = fields.IntField(default=0)
    vat = fields.IntField(default=0)
    refunded_goods = fields.IntField(default=0, db_default=0)
    refunded_programs = fields.IntField(default=0, db_default=0)
    refunded_postage = fields.IntField(default=0, db_default=0)
    """Sums of its refund_parts, here so that the database bounds them by the village's share."""
    state = fields.CharEnumField(PartState, default=PartState.awaiting_payment)
    promised_on = fields.DateField(null=True)
    """The arrival day shown when the order was placed."""
    ships_on = fields.DateField(null=True)
    """The day on which the village promised to send it."""
    dispatch_day: fields.ForeignKeyNullableRelation["DispatchDay"] = fields.ForeignKeyField(
        "market.DispatchDay", related_name="parts", null=True, on_delete=fields.RESTRICT
    )
    """Where its parcel is counted: None where the village has no limit, or where it will not be sent any more."""
    courier = fields.CharField(max_length=20, default="")
    tracking = fields.CharField(max_length=40, default="")
    moved_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    lines: fields.ReverseRelation["Line"]
    order_id: int
    village_id: int
    dispatch_day_id: int | None

    class Meta:
        table = "parts"
        unique_together = (("order", "village"),)
        indexes = (Index(fields=("village_id", "state"), name="parts_village_state"),)
        constraints = (
            CheckConstraint(
                check="goods >= 0 AND programs >= 0 AND postage >= 0 AND vat >= 0",
                name="parts_money_not_negative",
            ),
            CheckConstraint(
                check="refunded_goods >= 0 AND refunded_goods <= goods AND refunded_programs >= 0 "
                "AND refunded_programs <= programs AND refunded_postage <= postage "
                "AND refunded_goods + refunded_programs + refunded_postage >= 0",
                name="parts_refunded_within_share",
            ),
        )


class PartMove(Model):
    """One step of a part along `MOVES`: who moved it, and when."""

    id = fields.BigIntField(primary_key=True)
    part: fields.ForeignKeyRelation[Part] = fields.ForeignKeyField(
        "market.Part", related_name="moves", on_delete=fields.RESTRICT
    )
    state = fields.CharEnumField(PartState)
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()
    again = fields.BooleanField(default=False, db_default=False)
    """The second calling off: of a part that had ended unpaid, and that late money revived."""

    part_id: int

    class Meta:
        table = "part_moves"
        unique_together = (("part", "state", "again"),)


class Line(Model):
    """One thing bought: goods by variant, or participants of one kind in a session. Frozen at placement."""

    id = fields.BigIntField(primary_key=True)
    part: fields.ForeignKeyRelation[Part] = fields.ForeignKeyField(
        "market.Part", related_name="lines", on_delete=fields.RESTRICT
    )
    variant: fields.ForeignKeyNullableRelation["Variant"] = fields.ForeignKeyField(
        "villages.Variant", related_name="lines", null=True, on_delete=fields.RESTRICT
    )
    session: fields.ForeignKeyNullableRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="lines", null=True, on_delete=fields.RESTRICT
    )
    participant = fields.CharEnumField(Participant, null=True)
    name = fields.CharField(max_length=160)
    count = fields.IntField()
    unit_price = fields.IntField()
    takes = fields.IntField()
    """Units of stock, or seats, that this line takes in all."""
    tax = fields.CharEnumField(Tax)
    terms = fields.JSONField(default=dict)
    """Refund ladder or withdrawal limit as shown when it was bought."""
    cancelled = fields.IntField(default=0, db_default=0)
    """How many of `count` were called off after they were paid."""
    refunded = fields.IntField(default=0, db_default=0)
    coming_back = fields.IntField(default=0, db_default=0)
    """How many of the rest are asked to be taken back: the sum of its open returns."""

    part_id: int
    variant_id: int | None
    session_id: int | None

    class Meta:
        table = "lines"
        indexes = (
            Index(fields=("part_id",), name="lines_part"),
            Index(fields=("variant_id",), name="lines_variant"),
            Index(fields=("session_id",), name="lines_session"),
        )
        constraints = (
            CheckConstraint(
                check="(variant_id IS NULL) <> (session_id IS NULL)", name="lines_goods_or_session"
            ),
            CheckConstraint(
                check="count > 0 AND unit_price >= 0 AND takes >= 0", name="lines_count_and_price"
            ),
            CheckConstraint(
                check="cancelled >= 0 AND cancelled <= count AND refunded >= 0 "
                "AND refunded <= cancelled::bigint * unit_price",
                name="lines_refunded_within_price",
            ),
            CheckConstraint(
                check="coming_back >= 0 AND cancelled + coming_back <= count", name="lines_come_back_once"
            ),
        )

    @property
    def amount(self) -> int:
        return self.count * self.unit_price


class Hold(Model):
    """The promise behind a line: it begins at placing and ends exactly once. Open while `ended_as` is null."""

    id = fields.BigIntField(primary_key=True)
    line: fields.OneToOneRelation[Line] = fields.OneToOneField(
        "market.Line", related_name="hold", on_delete=fields.RESTRICT
    )
    count = fields.IntField()
    ended_as = fields.CharEnumField(Ending, null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "holds"
        constraints = (
            CheckConstraint(check="count >= 0", name="holds_count_not_negative"),
            CheckConstraint(check="(ended_as IS NULL) = (ended_at IS NULL)", name="holds_end_at_a_moment"),
        )


def is_offline(channel: Channel) -> bool:
    return channel not in ONLINE
