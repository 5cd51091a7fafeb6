"""Somebody of the city, signed in."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from storefront.db import open_database
from villages.people import Login, Membership, Person, Role


async def login_of_officer(database_url: str, email: str) -> str:
    """The login cookie of a new officer."""
    token, now = secrets.token_urlsafe(16), datetime.now(UTC)
    async with open_database(database_url):
        person = await Person.create(email=email, name="이주무", password="")
        await Membership.create(person=person, village=None, role=Role.officer)
        await Login.create(
            token_hash=sha256(token.encode()).hexdigest(), person=person, began_at=now, seen_at=now, idle_minutes=600,
            ends_at=now + timedelta(days=1),
        )  # fmt: skip
    return token
