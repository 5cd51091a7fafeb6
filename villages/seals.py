"""The chain of seals over the acts: changing, removing or slipping in a sealed act breaks it for all to see.

A duty seals, so that no use case waits for another one's seal. The order of seals is a numbering of its own, 1, 2, 3 …
without a gap: an act that commits late is sealed late, after acts with higher ids.

Seal version 1, so that anybody can compute it again:

    told = the netstrings ("3:abc,", lengths in bytes of UTF-8) of: "1", the act's id, its time in UTC as
           2026-11-21T01:00:00.000000Z, by, the village's id or nothing, what, subject, facts as stored
    seal = SHA-256(seal before ‖ told); before the first one stands SHA-256("jangnal acts")

What it cannot show: that the last acts were cut off together with their seals (or that everything was sealed anew from
some act on), unless a later hash is known elsewhere. So the head is printed by `jangnal check --json`, logged every
night, and kept with the night's check. Nor can it show what was false when it was written.
"""

import hashlib
from dataclasses import dataclass

from tortoise import connections, fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model
from tortoise.transactions import in_transaction

VERSION = 1
BEFORE_THE_FIRST = hashlib.sha256(b"jangnal acts").digest()


class Seal(Model):
    """The seal of one act. Never changed."""

    number = fields.BigIntField(primary_key=True, generated=False)
    act = fields.OneToOneField("villages.Act", related_name=False, on_delete=fields.RESTRICT)
    version = fields.SmallIntField()
    previous = fields.BinaryField()
    hash = fields.BinaryField()

    act_id: int

    class Meta:
        table = "seals"


@dataclass(frozen=True)
class Head:
    """The last seal. Number 0 is the beginning: nothing is sealed yet."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.hash.hex()}"


async def seal_acts(*, most: int = 2000) -> int:
    """Seal what waits, at most that many; returns how many. Where another worker is at it, nothing is done."""
    if not await connections.get("default").execute_query_dict(ANY_WAITING):
        return 0
    async with in_transaction() as db:
        if not (await db.execute_query_dict(TURN))[0]["is_ours"]:
            return 0
        head = await chain_head(db)
        waiting = [row["act_id"] for row in await db.execute_query_dict(WAITING, [most])]
        acts, chain = [], [head.hash]
        for row in await db.execute_query_dict(WHAT_IS_TOLD, [waiting]):
            acts.append(row["id"])
            chain.append(hashlib.sha256(chain[-1] + row["told"].encode()).digest())
        await db.execute_query(WRITE, [head.number, acts, chain[:-1], chain[1:], VERSION])
        await db.execute_query(NO_LONGER_WAITING, [acts])
        return len(acts)


async def chain_head(db: BaseDBAsyncClient | None = None) -> Head:
    rows = await (db or connections.get("default")).execute_query_dict(HEAD)
    return Head(rows[0]["number"], rows[0]["hash"]) if rows else Head(0, BEFORE_THE_FIRST)


# One call of concat, which takes nothing for null: a chain of || would copy the text twenty times.
TOLD = """
concat(
    '1:1,', octet_length(a.id::text), ':', a.id,
    ',27:', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    ',', octet_length(a.by), ':', a.by, ',', COALESCE(octet_length(a.village_id::text), 0), ':', a.village_id,
    ',', octet_length(a.what), ':', a.what, ',', octet_length(a.subject), ':', a.subject,
    ',', octet_length(a.facts), ':', a.facts, ','
)
"""
ANY_WAITING = "SELECT act_id FROM unsealed_acts LIMIT 1"
# Held until commit. Who comes meanwhile has nothing to do; the numbering's key would refuse a second chain anyway.
TURN = "SELECT pg_try_advisory_xact_lock(20261123) AS is_ours"
HEAD = "SELECT number, hash FROM seals ORDER BY number DESC LIMIT 1"
WAITING = "SELECT act_id FROM unsealed_acts ORDER BY act_id LIMIT $1"
WHAT_IS_TOLD = f"SELECT a.id, {TOLD} AS told FROM acts a WHERE a.id = ANY($1::bigint[]) ORDER BY a.id"
WRITE = """
INSERT INTO seals (number, act_id, version, previous, hash)
SELECT $1 + place, act, $5, before, after
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS s (act, before, after, place)
"""
NO_LONGER_WAITING = "DELETE FROM unsealed_acts WHERE act_id = ANY($1::bigint[])"

# For the auditor: each finds what breaks the chain.
BROKEN_LINKS = f"""
SELECT 'seal ' || number FROM (
    SELECT number, previous, lag(hash, 1, '\\x{BEFORE_THE_FIRST.hex()}'::bytea) OVER chain AS before,
           lag(number, 1, 0::bigint) OVER chain AS number_before
    FROM seals WINDOW chain AS (ORDER BY number)
) s WHERE number <> number_before + 1 OR previous <> before
"""
FORGED_ACTS = f"""
SELECT 'act ' || s.act_id || ', seal ' || s.number FROM seals s LEFT JOIN acts a ON a.id = s.act_id
WHERE a.id IS NULL OR s.version <> {VERSION} OR s.hash <> sha256(s.previous || convert_to({TOLD}, 'UTF8'))
"""
UNSEALED_TOO_LONG = """
SELECT 'act ' || a.id FROM acts a
WHERE a.at < now() - interval '5 minutes' AND NOT EXISTS (SELECT FROM seals s WHERE s.act_id = a.id)
UNION ALL
SELECT 'act ' || u.act_id || ' is gone' FROM unsealed_acts u WHERE NOT EXISTS (SELECT FROM acts a WHERE a.id = u.act_id)
"""
