"""Asking to be told, and not wanting it any more."""

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

    The same key is the same wish, and so is the same telephone or mail address that waits already: then nothing is
    written or sent, and False is returned. Nobody is told the difference, or one could ask who waits.
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
        written = await db.execute_query_dict(
            WRITE, [listing_id, contact.phone, contact.email, VERSION, key, now]
        )
        if not written:
            return False
        wish_id = written[0]["id"]
        await tell(
            db, kind=KEPT, subject=f"wish {wish_id}", facts={"wish": wish_id}, mail=contact.email, phone=contact.phone
        )  # fmt: skip
    return True


async def stop_wish(wish_id: int, *, now: datetime) -> bool:
    """Nothing more is sent, not even what lies in the outbox already. False where nothing was to be stopped."""
    async with in_transaction() as db:
        await db.execute_query(LOCK, [wish_id])  # or its news might be written between the next two
        unsent, _ = await db.execute_query(TAKE_BACK, [f"wish {wish_id}"])
        stopped, _ = await db.execute_query(STOP, [wish_id, now, unsent > 0])
    return bool(stopped)


LOOK = f"SELECT {IS_THERE.format(now='$2')} AS is_there FROM listings l {SHOWN} WHERE l.id = $1"
WRITE = """
INSERT INTO wishes (listing_id, phone, email, consent, key, state, wished_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6)
ON CONFLICT DO NOTHING RETURNING id
"""
LOCK = "SELECT id FROM wishes WHERE id = $1 FOR UPDATE"
TAKE_BACK = f"DELETE FROM notices WHERE {OF_WISHES} AND subject = $1 AND sent_at IS NULL"
STOP = f"""
UPDATE wishes SET state = 'stopped', ended_at = COALESCE(ended_at, $2), phone = '', email = ''
WHERE id = $1::bigint AND (state = 'waiting' OR $3 AND state = 'told' AND NOT EXISTS (
    SELECT FROM notices WHERE kind = '{CAME}' AND subject = 'wish ' || $1::bigint
))
"""
