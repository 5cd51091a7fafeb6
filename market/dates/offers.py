"""Other dates for the parties of a session that was called off: what is offered, to whom, until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from villages.notices import tell

if TYPE_CHECKING:
    from market.bookings import Booking
    from villages.programs import Session

STANDS_FOR = timedelta(hours=48)


class OfferedDate(Model):
    """A session of the same program that the parties of a called-off one may come to instead."""

    id = fields.BigIntField(primary_key=True)
    session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="dates_offered_instead", on_delete=fields.RESTRICT
    )
    instead: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="offered_instead_of", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "offered_dates"
        unique_together = (("session", "instead"),)
        constraints = (CheckConstraint(check="session_id <> instead_id", name="offered_dates_are_others"),)


class DateOffer(Model):
    """One party's choice between those dates and its money.

    It is live while the booking stands in the called-off session, nobody declined and `ends_at` is not over.
    """

    id = fields.BigIntField(primary_key=True)
    booking: fields.ForeignKeyRelation["Booking"] = fields.ForeignKeyField(
        "market.Booking", related_name="date_offers", on_delete=fields.RESTRICT
    )
    session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="date_offers", on_delete=fields.RESTRICT
    )
    """The one that was called off; the booking may have moved on since."""
    offered_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    declined_at = fields.DatetimeField(null=True)
    """The party would rather have its money."""

    booking_id: int
    session_id: int

    class Meta:
        table = "date_offers"
        unique_together = (("booking", "session"),)
        indexes = (Index(fields=("session_id",), name="date_offers_session"),)
        constraints = (
            CheckConstraint(
                check="ends_at > offered_at AND ends_at <= offered_at + interval '48 hours'",
                name="date_offers_end_soon",
            ),
        )


class BookingMove(Model):
    """A paid party comes on another date of its program. Written once, never changed."""

    id = fields.BigIntField(primary_key=True)
    booking: fields.ForeignKeyRelation["Booking"] = fields.ForeignKeyField(
        "market.Booking", related_name="moves", on_delete=fields.RESTRICT
    )
    from_session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="bookings_moved_away", on_delete=fields.RESTRICT
    )
    to_session: fields.ForeignKeyRelation["Session"] = fields.ForeignKeyField(
        "villages.Session", related_name="bookings_moved_here", on_delete=fields.RESTRICT
    )
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    from_session_id: int
    to_session_id: int

    class Meta:
        table = "booking_moves"
        indexes = (
            Index(fields=("booking_id",), name="booking_moves_booking"),
            Index(fields=("from_session_id",), name="booking_moves_from"),
        )
        constraints = (
            CheckConstraint(check="from_session_id <> to_session_id", name="booking_moves_lead_elsewhere"),
        )


async def offer_dates(
    db: BaseDBAsyncClient, session_id: int, instead: Sequence[int], *, why: str, now: datetime
) -> int:
    """Offer these dates to every party that has paid online; in the transaction that calls the session off.

    Dates that cannot be offered (any more) are left out; where none is left nobody is offered anything. What was sold
    across a table is given back across it. Returns how many parties got an offer.
    """
    dates = await db.execute_query_dict(OFFER, [session_id, list(instead), now])
    if not dates:
        return 0
    # Never past the last of them: from then on there is nothing to choose.
    ends_at = min(now + STANDS_FOR, max(row["starts_at"] for row in dates))
    parties = await db.execute_query_dict(OFFER_TO, [session_id, now, ends_at])
    for party in parties:
        facts: dict[str, object] = {
            "number": party["number"], "name": party["buyer_name"], "why": why, "offer": party["id"], "until": ends_at,
        }  # fmt: skip
        await tell(
            db, kind="dates_offered", subject=f"{party['number']}/{party['id']}", facts=facts, mail=party["buyer_email"],
            phone=party["buyer_phone"],
        )  # fmt: skip
    return len(parties)


async def decline(db: BaseDBAsyncClient, offer_id: int, order_id: int, *, now: datetime) -> int | None:
    """The called-off session of an offer of this order, which is live no longer; None where there is no such offer."""
    rows = await db.execute_query_dict(DECLINE, [offer_id, order_id, now])
    return int(rows[0]["session_id"]) if rows else None


OFFER = """
WITH dates AS (
    SELECT other.id, other.starts_at FROM sessions s JOIN sessions other ON other.listing_id = s.listing_id
    WHERE s.id = $1 AND other.id = ANY($2::bigint[]) AND other.id <> s.id AND other.closed_at IS NULL
      AND other.starts_at > $3
), written AS (
    INSERT INTO offered_dates (session_id, instead_id) SELECT $1, id FROM dates ORDER BY starts_at, id
)
SELECT id, starts_at FROM dates
"""
OFFER_TO = """
WITH new_offers AS (
    INSERT INTO date_offers (booking_id, session_id, offered_at, ends_at)
    SELECT b.id, $1, $2, $3 FROM bookings b JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
    WHERE b.session_id = $1 AND b.state = 'confirmed' AND b.heads > 0 AND o.recorded_by_id IS NULL ORDER BY b.id
    RETURNING id, booking_id
)
SELECT f.id, o.number, o.buyer_name, o.buyer_email, o.buyer_phone
FROM new_offers f JOIN bookings b ON b.id = f.booking_id JOIN parts p ON p.id = b.part_id JOIN orders o ON o.id = p.order_id
ORDER BY f.id
"""
DECLINE = """
UPDATE date_offers f SET declined_at = COALESCE(f.declined_at, $3)
FROM bookings b JOIN parts p ON p.id = b.part_id
WHERE f.id = $1 AND b.id = f.booking_id AND p.order_id = $2
RETURNING f.session_id
"""
IS_LIVE = "f.declined_at IS NULL AND f.ends_at > {now}"
"""Of `date_offers f`, where its booking still stands in the called-off session."""
