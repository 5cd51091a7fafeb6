"""What villages mean to sell, month by month, as the city writes it down; over all channels and kinds."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tortoise import connections
from tortoise.transactions import in_transaction

from market.periods import a_year_before, months_between
from villages.acts import Fact, record_act
from villages.refusals import BadForm, Stale

MOST = 1_000_000_000_000
UNITS = {"": 1, "천": 1_000, "만": 10_000, "백만": 1_000_000, "천만": 10_000_000, "억": 100_000_000}
AMOUNT = re.compile(
    r"(?:(?P<hundred_million>\d+)억)?(?:(?P<count>\d+)(?P<unit>천|만|백만|천만)?)?원?", re.ASCII
)


@dataclass(frozen=True)
class MonthTarget:
    """A village's month: what was sold the year before and this year (won), and the target; version 0: none yet."""

    month: date
    last_year: int
    sold: int
    amount: int | None
    version: int


@dataclass(frozen=True)
class VillageTargets:
    """A village's twelve targets, for the table of all villages."""

    slug: str
    name: str
    months: list[int | None]


async def targets_of_all(year: int) -> list[VillageTargets]:
    """Every village that sells here, or has targets in this year. One query."""
    rows = await connections.get("default").execute_query_dict(ALL, [date(year, 1, 1), date(year, 12, 31)])
    found: dict[str, VillageTargets] = {}
    for row in rows:
        village = found.setdefault(row["slug"], VillageTargets(row["slug"], row["name"], [None] * 12))
        if row["month"]:
            village.months[row["month"].month - 1] = row["amount"]
    return list(found.values())


async def targets_of(village_id: int, year: int) -> list[MonthTarget]:
    """Its twelve months. Two queries."""
    db = connections.get("default")
    first, last = date(year, 1, 1), date(year, 12, 31)
    sold = {
        row["month"]: row["amount"]
        for row in await db.execute_query_dict(SOLD, [village_id, a_year_before(first), last])
    }
    set_ = {row["month"]: row for row in await db.execute_query_dict(OWN, [village_id, first, last])}
    return [
        MonthTarget(
            month, sold.get(a_year_before(month), 0), sold.get(month, 0),
            set_[month]["amount"] if month in set_ else None, set_[month]["version"] if month in set_ else 0,
        )
        for month in months_between(first, last)
    ]  # fmt: skip


async def set_targets(
    village_id: int, year: int, amounts: Mapping[int, int | None], versions: Mapping[int, int], *, by: str
) -> int:
    """Write the targets of a village's year (month number → won, None: no target); returns how many changed.

    All or nothing. `versions` are those the person saw. Raises `Stale` (its fields are the months' numbers) where
    somebody else was faster and meant something else.
    """
    async with in_transaction() as db:
        # The village's row is the lock of its targets: two people who save at once come one after the other.
        await db.execute_query_dict("SELECT id FROM villages WHERE id = $1 FOR NO KEY UPDATE", [village_id])
        rows = await db.execute_query_dict(OWN, [village_id, date(year, 1, 1), date(year, 12, 31)])
        now = {row["month"].month: (row["amount"], row["version"]) for row in rows}
        changed = {
            number: amount for number, amount in amounts.items() if amount != now.get(number, (None, 0))[0]
        }
        late = [number for number in changed if versions.get(number, 0) != now.get(number, (None, 0))[1]]
        if late:
            raise Stale(fields={str(number): _told(now.get(number, (None, 0))[0]) for number in late})
        for number, amount in sorted(changed.items()):
            if amount is None:
                await db.execute_query(REMOVE, [village_id, date(year, number, 1)])
            else:
                await db.execute_query(WRITE, [village_id, date(year, number, 1), amount])
        if changed:
            facts: dict[str, Fact] = {f"{year}-{number:02}": amount for number, amount in changed.items()}
            await record_act(
                db, "targets set", f"village {village_id}", by=by, village_id=village_id, facts=facts
            )
    return len(changed)


def read_amount(typed: str) -> int | None:
    """Whole won as people write them: "12000000", "12,000,000원", "1,200만", "1억 2,000만"; nothing is None.

    Raises `BadForm` with a sentence that says how to write it.
    """
    text = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", typed))
    if not text:
        return None
    found = AMOUNT.fullmatch(text)
    if not found or not (found["hundred_million"] or found["count"]):
        raise BadForm("금액은 소수점 없이 12,000,000 또는 1,200만처럼 적어 주세요.")
    # A bare number behind 억 would be ambiguous: "1억 2000" is 1억 2,000원 for some and 1억 2,000만 for others.
    if found["hundred_million"] and found["count"] and not found["unit"] and len(found["count"]) < 8:
        raise BadForm("억 뒤에는 1억 2,000만처럼 ‘만’까지 적어 주세요.")
    won = (
        int(found["hundred_million"] or 0) * UNITS["억"]
        + int(found["count"] or 0) * UNITS[found["unit"] or ""]
    )
    if won > MOST:
        raise BadForm("금액이 너무 큽니다. 한 달 목표는 1조 원까지 적을 수 있습니다.")
    return won


def _told(amount: int | None) -> str:
    now = "목표 없음" if amount is None else f"{amount:,}원"
    return f"그사이 다른 사람이 고쳤습니다. 지금은 {now}입니다. 확인하고 다시 저장해 주세요."


ALL = """
SELECT v.slug, v.name, t.month, t.amount FROM villages v
LEFT JOIN targets t ON t.village_id = v.id AND t.channel = '' AND t.kind = '' AND t.month BETWEEN $1 AND $2
WHERE v.state = 'running' OR t.id IS NOT NULL ORDER BY v.id, t.month
"""
SOLD = """
SELECT date_trunc('month', day::timestamp)::date AS month, sum(amount)::bigint AS amount
FROM daily_sales WHERE village_id = $1 AND day BETWEEN $2 AND $3 GROUP BY 1
"""
OWN = """
SELECT month, amount, version FROM targets
WHERE village_id = $1 AND channel = '' AND kind = '' AND month BETWEEN $2 AND $3
"""
REMOVE = "DELETE FROM targets WHERE village_id = $1 AND month = $2 AND channel = '' AND kind = ''"
WRITE = """
INSERT INTO targets (village_id, month, channel, kind, amount, version) VALUES ($1, $2, '', '', $3, 1)
ON CONFLICT (village_id, month, channel, kind) DO UPDATE SET amount = EXCLUDED.amount, version = targets.version + 1
"""
