"""Signing in and out: passwords as argon2id, signed-in devices as rows that can be ended."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from tortoise import connections
from tortoise.transactions import in_transaction

from villages.acts import record_act
from villages.contacts import read_email
from villages.people import CITY_ROLES, Actor, Login, Membership, Person, Role
from villages.refusals import BadForm, NotFound
from villages.village import Village

WRONG = "메일 주소나 비밀번호가 맞지 않습니다. 다시 확인해 주세요."


class Passwords:
    """Hashes passwords beside the event loop, at most two at a time: each costs tens of megabytes."""

    def __init__(self, *, memory_kib: int = 65536, rounds: int = 3) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1),))
        self._seats = asyncio.Semaphore(2)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def make(self, password: str) -> str:
        async with self._seats:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """For an unknown person (`stored` is None) the same work is done, so that the time tells nothing."""
        async with self._seats:
            right = await asyncio.to_thread(self._hasher.verify, password, stored or self._nobody)
        return right and stored is not None


@dataclass(frozen=True)
class Device:
    """How long a signed-in device lives: (idle, absolute)."""

    idle: timedelta
    whole: timedelta


CITY = Device(timedelta(minutes=30), timedelta(hours=12))
VILLAGE = Device(timedelta(hours=12), timedelta(days=30))
SHOPPER = Device(timedelta(days=14), timedelta(days=30))


async def sign_in(email: str, password: str, *, passwords: Passwords, now: datetime) -> tuple[str, Actor]:
    """A new device for this person; its token is told once. Raises `BadForm` with the same words for every mistake."""
    person = await Person.get_or_none(email=email.strip().lower()).prefetch_related("memberships")
    right = await passwords.is_right(
        password[:128], person.password if person and not person.disabled_at else None
    )
    if person is None or not right:
        raise BadForm(WRONG)
    token = secrets.token_urlsafe(32)
    roles = {membership.role for membership in person.memberships}
    device = CITY if roles & CITY_ROLES else VILLAGE if roles else SHOPPER
    async with in_transaction() as db:
        await Login.create(
            using_db=db,
            token_hash=_hash(token),
            person_id=person.id,
            began_at=now,
            seen_at=now,
            idle_minutes=int(device.idle.total_seconds() // 60),
            ends_at=now + device.whole,
        )
        if roles:
            await record_act(db, "signed in", f"person {person.id}", by=f"person {person.id}")
    actor = await actor_of(token, now=now)
    assert actor is not None
    return token, actor


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Who is signed in with this token; None when it has ended, was ended, or is nobody's."""
    digest = _hash(token)
    rows = await connections.get("default").execute_query_dict(ACTOR, [digest, now])
    if not rows:
        return None
    if now - rows[0]["seen_at"] > timedelta(minutes=1):
        await Login.filter(token_hash=digest).update(seen_at=now)
    memberships = [(row["village_id"], Role(row["role"])) for row in rows if row["role"]]
    return Actor(
        id=rows[0]["id"],
        name=rows[0]["name"],
        email=rows[0]["email"],
        city_roles=frozenset(role for village, role in memberships if village is None),
        village_roles=tuple((village, role) for village, role in memberships if village is not None),
        login_hash=digest,
    )


async def invite(email: str, name: str, role: Role, village_slug: str | None, *, passwords: Passwords) -> str:
    """Give a person a role (and an account, where there is none); returns the first password, told once, or "".

    Raises `NotFound` for an unknown village, `BadForm` where role and village do not fit.
    """
    if (role in CITY_ROLES) == (village_slug is not None):
        raise BadForm("마을 역할에는 마을이 있어야 하고, 시청 역할에는 없어야 합니다.")
    village = await Village.get_or_none(slug=village_slug) if village_slug else None
    if village_slug and village is None:
        raise NotFound(f"'{village_slug}'이라는 마을이 없습니다.")
    address, password = read_email(email).lower(), secrets.token_urlsafe(12)
    hashed = await passwords.make(password)
    async with in_transaction() as db:
        person = await Person.get_or_none(email=address, using_db=db)
        known = person is not None
        person = person or await Person.create(
            using_db=db, email=address, name=name or address, password=hashed
        )
        _, is_new = await Membership.get_or_create(using_db=db, person=person, village=village, role=role)
        if is_new:  # devices that signed in with less to lose sign in anew
            await Login.filter(person=person).using_db(db).delete()
            await record_act(
                db, "role given", f"person {person.id}", by="console", village_id=village.id if village else None,
                facts={"role": role.value},
            )  # fmt: skip
    return "" if known else password


async def sign_out(login_hash: str) -> None:
    await Login.filter(token_hash=login_hash).delete()


async def end_old_logins(now: datetime) -> int:
    """Rows past their end are of no use to anybody."""
    return await Login.filter(ends_at__lt=now).delete()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


ACTOR = """
SELECT p.id, p.name, p.email, l.seen_at, m.role, m.village_id
FROM logins l
JOIN people p ON p.id = l.person_id AND p.disabled_at IS NULL
LEFT JOIN memberships m ON m.person_id = p.id AND (m.until IS NULL OR m.until > $2)
WHERE l.token_hash = $1 AND l.ends_at > $2 AND l.seen_at + make_interval(mins => l.idle_minutes) > $2
"""
