"""Asking to be told, and not wanting it any more."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tortoise.transactions import in_transaction

from market.wishes.consent import VERSION
from market.wishes.presence import IS_THERE, SHOWN
from market.wishes.telling import CAME, KEPT, OF_WISHES
from villages.notices import tell
from villages.refusals import BadForm, NotFound, Refused

NO_CONTACT = "알려 드릴 휴대전화 번호나 메일 주소를 하나는 적어 주세요."


class IsThere(Refused):
    code = "is-there"
    usual = "지금 나와 있습니다. 기다리지 않고 바로 사실 수 있습니다."


@dataclass(frozen=True)
class Contact:
    """As `villages.contacts` reads them; one of both may be empty."""

    phone: str = ""
    email: str = ""


async def ask_to_be_told(listing_id: int, contact: Contact, *, key: str, now: datetime) -> bool:
    """Keep the wish until the listing is there; a confirmation with the link that stops it goes out.

    Of both contacts only those that do not wait already are written and confirmed; where none is left, and where the
    same key comes with the same contacts, False is returned. Nobody is told the difference, or one could ask who waits.
    Raises `NotFound`, `BadForm`, `IsThere`.
    """
    if not (contact.phone or contact.email):
        raise BadForm(NO_CONTACT)
    async with in_transaction() as db:
        found = await db.execute_query_dict(LOOK, [listing_id, now])
        if not found:
            raise NotFound
        # What comes in the very next moment is told to this wish too, by the duty.
        if found[0]["is_there"]:
            raise IsThere
        told = [listing_id, contact.phone, contact.email, VERSION, wish_key(listing_id, contact, key), now]
        for _ in range(ROUNDS):
            if written := await db.execute_query_dict(WRITE, told):
                wish = written[0]
                await tell(
                    db, kind=KEPT, subject=f"wish {wish['id']}", facts={"wish": wish["id"]}, mail=wish["email"],
                    phone=wish["phone"],
                )  # fmt: skip
                return True
    return False


def wish_key(listing_id: int, contact: Contact, key: str) -> str:
    """The same form with another contact, a number put right, is another wish; of whom cannot be read in it."""
    return hashlib.sha256(f"{listing_id} {contact.phone} {contact.email} {key}".encode()).hexdigest()


async def stop_wish(wish_id: int, *, now: datetime) -> bool:
    """Nothing more is sent, not even what lies in the outbox, but what is being sent in this very moment.

    False where nothing was to be stopped.
    """
    async with in_transaction() as db:
        await db.execute_query(LOCK, [wish_id])  # or its news might be written between the next two
        unsent, _ = await db.execute_query(TAKE_BACK, [f"wish {wish_id}"])
        stopped, _ = await db.execute_query(STOP, [wish_id, now, unsent > 0])
    return bool(stopped)


LOOK = f"SELECT {IS_THERE.format(now='$2')} AS is_there FROM listings l {SHOWN} WHERE l.id = $1"
# Whoever writes one of the contacts in this very moment leaves us with nothing; the next round sees that it waits.
ROUNDS = 3
WRITE = """
INSERT INTO wishes (listing_id, phone, email, consent, key, state, wished_at)
SELECT $1::bigint, phone, email, $4, $5, 'waiting', $6::timestamptz
FROM (
    SELECT CASE WHEN EXISTS (
        SELECT FROM wishes WHERE state = 'waiting' AND listing_id = $1 AND phone = $2 AND phone <> ''
    ) THEN '' ELSE $2 END AS phone, CASE WHEN EXISTS (
        SELECT FROM wishes WHERE state = 'waiting' AND listing_id = $1 AND email = $3 AND email <> ''
    ) THEN '' ELSE $3 END AS email
) AS new WHERE phone <> '' OR email <> ''
ON CONFLICT DO NOTHING RETURNING id, phone, email
"""
LOCK = "SELECT id FROM wishes WHERE id = $1 FOR UPDATE"
TAKE_BACK = f"DELETE FROM notices WHERE {OF_WISHES} AND subject = $1 AND sent_at IS NULL"
STOP = f"""
UPDATE wishes SET state = 'stopped', ended_at = COALESCE(ended_at, $2), phone = '', email = ''
WHERE id = $1::bigint AND (state = 'waiting' OR $3 AND state = 'told' AND NOT EXISTS (
    SELECT FROM notices WHERE kind = '{CAME}' AND subject = 'wish ' || $1::bigint
))
"""
