"""The outbox: messages to people are rows written in the sale's transaction and sent later, at least once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.indexes import Index
from tortoise.models import Model

from villages.days import SEOUL
from villages.named import Named


class Notice(Model):
    """One message. (kind, subject, channel) is its key: the same thing is told once."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=60)
    channel = fields.CharField(max_length=10)  # mail | sms
    address = fields.CharField(max_length=120)
    facts = fields.JSONField(default=dict)
    due_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField(null=True)
    tries = fields.SmallIntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    trouble = fields.CharField(max_length=200, default="")

    class Meta:
        table = "notices"
        unique_together = (("kind", "subject", "channel"),)
        indexes = (Index(fields=("sent_at", "due_at"), name="notices_due"),)


@dataclass(frozen=True)
class Message:
    kind: str
    channel: str
    address: str
    facts: dict[str, object]


class MailerDown(Exception):
    """The message did not go; it stays in the outbox."""


class Mailer(Protocol):
    async def send(self, message: Message, *, key: str) -> None:
        """Deliver one message; the same key may come again. Raises `MailerDown`."""
        ...

    async def forget_old(self, now: datetime) -> int:
        """Whatever it keeps itself of messages that are to be forgotten. Returns how many it forgot."""
        ...


async def tell(
    db: BaseDBAsyncClient,
    *,
    kind: str,
    subject: str,
    facts: dict[str, object],
    mail: str = "",
    phone: str = "",
) -> None:
    """Put a message into the outbox, by mail and by text message where there is an address; the same one only once."""
    told = notices(kind=kind, subject=subject, facts=facts, mail=mail, phone=phone)
    if told["channels"]:
        await db.execute_query(WRITE_NOTICES.sql, WRITE_NOTICES.values(told))


@dataclass(frozen=True)
class Told:
    """One of several text messages of the same kind."""

    subject: str
    facts: dict[str, object]
    phone: str


async def tell_each(db: BaseDBAsyncClient, told: Sequence[Told], *, kind: str) -> None:
    """`tell` by text message to several people, in one statement; who has no number is left out."""
    able = [each for each in told if each.phone]
    if able:
        facts = [_plain(each.facts) for each in able]
        await db.execute_query(
            TELL_EACH, [kind, [each.subject for each in able], [each.phone for each in able], facts]
        )


def notices(
    *, kind: str, subject: str, facts: dict[str, object], mail: str = "", phone: str = ""
) -> dict[str, object]:
    """The values of `NEW_NOTICES`, for a statement that writes them beside its own rows."""
    to = {channel: address for channel, address in (("mail", mail), ("sms", phone)) if address}
    return {
        "kind": kind, "subject": subject, "channels": list(to), "addresses": list(to.values()),
        "facts": _plain(facts),
    }  # fmt: skip


def _plain(facts: dict[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)


def ads_may_go(now: datetime) -> bool:
    return ADS_BEGIN <= now.astimezone(SEOUL).time() < ADS_END


async def send_due_notices(now: datetime, mailer: Mailer, *, most: int = 20) -> int:
    """Send what is due, at least once each; what fails is tried again, ever more slowly. Returns how many went."""
    db = Notice._meta.db
    waits_for_day = () if ads_may_go(now) else ADVERTISEMENTS
    rows = await db.execute_query_dict(CLAIM, [now, now + LEASE, most, [*waits_for_day]])
    sent = 0
    for row in rows:
        message = Message(row["kind"], row["channel"], row["address"], json.loads(row["facts"]))
        try:
            await mailer.send(message, key=f"{row['kind']}-{row['subject']}-{row['channel']}")
        except Exception as trouble:  # MailerDown, or a letter that cannot be written: the others still go
            wait = timedelta(seconds=min(3600, 5 * 2 ** row["tries"]))
            await db.execute_query(
                PUT_OFF,
                [
                    row["id"],
                    now + wait,
                    (str(trouble) if isinstance(trouble, MailerDown) else type(trouble).__name__)[:200],
                ],
            )
        else:
            await db.execute_query(
                "UPDATE notices SET sent_at = $2, trouble = '' WHERE id = $1", [row["id"], now]
            )
            sent += 1
    return sent


LEASE = timedelta(minutes=2)
ADVERTISEMENTS = ("wish_came",)
"""Kinds that are advertisements in the eyes of the law, though somebody asked for them (정보통신망법 §50)."""
ADS_BEGIN, ADS_END = time(8), time(20, 50)
"""In Seoul. The law's night begins at 21; what was claimed just before that is out by then."""
NEW_NOTICES = """
INSERT INTO notices (kind, subject, channel, address, facts, due_at, tries, trouble)
SELECT :kind, :subject, channel, address, :facts::jsonb, now(), 0, ''
FROM unnest(:channels::text[], :addresses::text[]) AS told (channel, address)
"""
TOLD_ONCE = "ON CONFLICT (kind, subject, channel) DO NOTHING"
TELL_EACH = f"""
INSERT INTO notices (kind, subject, channel, address, facts, due_at, tries, trouble)
SELECT $1, subject, 'sms', phone, facts, now(), 0, ''
FROM unnest($2::text[], $3::text[], $4::jsonb[]) AS told (subject, phone, facts)
{TOLD_ONCE}
"""
WRITE_NOTICES = Named(f"{NEW_NOTICES} {TOLD_ONCE}")
CLAIM = """
WITH due AS (
    SELECT id FROM notices
    WHERE sent_at IS NULL AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1)
      AND kind <> ALL($4::text[])
    ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE notices SET claimed_until = $2, tries = tries + 1 FROM due WHERE notices.id = due.id
RETURNING notices.id, kind, subject, channel, address, facts, tries
"""
PUT_OFF = "UPDATE notices SET due_at = $2, claimed_until = NULL, trouble = $3 WHERE id = $1"
