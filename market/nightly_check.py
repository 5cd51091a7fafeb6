"""The auditor's nightly round: once a night, by one worker; what it finds becomes alarms of the city."""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from tortoise import connections, fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

from market.audit import RULES, Rule, Violation, violations
from market.tasks import open_task
from villages.days import SEOUL, seoul_day
from villages.seals import Head, chain_head

log = logging.getLogger("jangnal.audit")

AFTER_MIDNIGHT = timedelta(hours=3, minutes=30)  # Seoul: 03:30, when hardly anybody buys
CLAIMED_FOR = timedelta(minutes=30)


class NightlyCheck(Model):
    """One night's round. Claimed before it is made; a claim whose worker died is another one's after a while."""

    day = fields.DateField(primary_key=True)
    claimed_until = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    rules = fields.IntField(default=0)
    found = fields.IntField(default=0)
    took_ms = fields.IntField(default=0)
    head_number = fields.BigIntField(default=0)
    head_hash = fields.CharField(max_length=64, default="")
    """The head of the chain of acts that night: what was sealed by then cannot be cut off unseen."""

    class Meta:
        table = "nightly_checks"


@dataclass(frozen=True)
class LastCheck:
    """The last round that was finished. `missed` are the nights since then without one."""

    day: date
    done_at: datetime
    rules: int
    found: int
    took_ms: int
    head_number: int
    head_hash: str
    missed: int

    @property
    def is_of_last_night(self) -> bool:
        """False too where it was made up for in the daytime."""
        return not self.missed and self.done_at.astimezone(SEOUL).hour < 7


def night_of(now: datetime) -> date:
    """The Seoul day whose round was due last."""
    return seoul_day(now - AFTER_MIDNIGHT)


async def check_nightly(now: datetime, *, rules: tuple[Rule, ...] = RULES) -> int:
    """Look at every rule, once for each night; a night that was slept through is made up for. Returns 1 or 0."""
    night = night_of(now)
    claim = [night, now, now + CLAIMED_FOR]
    if not await connections.get("default").execute_query_dict(CLAIM, claim):
        return 0
    began = time.monotonic()
    head, found = await chain_head(), await violations(rules)
    took_ms = round((time.monotonic() - began) * 1000)
    async with in_transaction() as db:
        for violation in found:
            subject = f"check {violation.rule} {night}"
            await open_task(db, kind="alarm", subject=subject, sentence=alarm_sentence(violation, night))
        await db.execute_query(
            DONE, [night, now, len(rules), len(found), took_ms, head.number, head.hash.hex()]
        )
    _log(night, len(rules), found, took_ms, head)
    return 1


async def last_check(now: datetime) -> LastCheck | None:
    rows = await connections.get("default").execute_query_dict(LAST)
    return LastCheck(**rows[0], missed=(night_of(now) - rows[0]["day"]).days) if rows else None


def alarm_sentence(violation: Violation, night: date) -> str:
    """At most 300 signs; whoever mends it finds all the ids in the log and by `jangnal check`."""
    ids = ", ".join(violation.ids)
    return (
        f"{night.month}월 {night.day}일 밤 점검: 맞지 않는 기록이 {violation.count}건 있습니다. "
        f"시스템 담당자에게 알려 주세요. {violation.rule}: {ids}"
    )


def _log(night: date, rules: int, found: list[Violation], took_ms: int, head: Head) -> None:
    for violation in found:
        log.error("rule broken", extra={"facts": asdict(violation)})
    facts = {"night": str(night), "rules": rules, "broken": len(found), "ms": took_ms, "head": str(head)}
    log.info("nightly check", extra={"facts": facts})


CLAIM = """
INSERT INTO nightly_checks (day, claimed_until, rules, found, took_ms, head_number, head_hash)
SELECT $1, $3, 0, 0, 0, 0, ''
WHERE NOT EXISTS (SELECT FROM nightly_checks WHERE day = $1 AND (done_at IS NOT NULL OR claimed_until > $2))
ON CONFLICT (day) DO UPDATE SET claimed_until = EXCLUDED.claimed_until
WHERE nightly_checks.done_at IS NULL AND nightly_checks.claimed_until <= $2
RETURNING day
"""
DONE = """
UPDATE nightly_checks SET done_at = $2, rules = $3, found = $4, took_ms = $5, head_number = $6, head_hash = $7
WHERE day = $1
"""
LAST = """
SELECT day, done_at, rules, found, took_ms, head_number, head_hash FROM nightly_checks
WHERE done_at IS NOT NULL ORDER BY day DESC LIMIT 1
"""
