"""Acts as the city's staff read them: newest first, with the names of today; the chain itself knows only references."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise import connections

from villages.acts import Fact
from villages.days import seoul_midnight

ACTS_PER_PAGE = 50


@dataclass(frozen=True)
class ActsAsked:
    """What is looked for; empty: all. `before` is the act behind which an older page begins."""

    village_id: int | None = None
    by: str = ""
    what: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class ToldAct:
    """One act. `who` is a person's name of today, or empty; `name` is what its listing is called today."""

    id: int
    at: datetime
    by: str
    who: str
    what: str
    subject: str
    facts: dict[str, Fact]
    village_name: str
    name: str
    starts_at: datetime | None
    number: str
    """The order's, where the act was about one."""
    seal: int | None


@dataclass(frozen=True)
class ActsPage:
    acts: list[ToldAct]
    has_older: bool


@dataclass(frozen=True)
class Choice:
    id: int
    slug: str
    name: str


async def acts_page(asked: ActsAsked) -> ActsPage:
    """One query, of at most `ACTS_PER_PAGE` rows and their names."""
    wanted: list[str] = []
    values: list[object] = [ACTS_PER_PAGE + 1]

    def want(condition: str, *given: object) -> None:
        places = [f"${len(values) + at}" for at in range(1, len(given) + 1)]
        wanted.append(condition.format(*places))
        values.extend(given)

    if asked.village_id is not None:
        want("village_id = {}", asked.village_id)
    if asked.by:
        want("by = {}", asked.by)
    if asked.what:
        want("what = {}", asked.what)
    if asked.day:
        want("at >= {} AND at < {}", seoul_midnight(asked.day), seoul_midnight(asked.day + timedelta(days=1)))
    if asked.before is not None:
        want("(at, id) < ((SELECT at FROM acts WHERE id = {0}), {0})", asked.before)

    statement = PAGE.format(wanted=" AND ".join(wanted) or "true")
    rows = await connections.get("default").execute_query_dict(statement, values)
    acts = [ToldAct(**row | {"facts": json.loads(row["facts"])}) for row in rows[:ACTS_PER_PAGE]]
    return ActsPage(acts, len(rows) > ACTS_PER_PAGE)


async def villages_that_sell() -> list[Choice]:
    rows = await connections.get("default").execute_query_dict(VILLAGES)
    return [Choice(**row) for row in rows]


async def staff() -> list[Choice]:
    """Everybody who has or had a role, with the village in `slug`'s place: some share a name."""
    return [Choice(**row) for row in await connections.get("default").execute_query_dict(STAFF)]


PAGE = """
SELECT a.id, a.at, a.by, COALESCE(doer.name, '') AS who, a.what, a.subject, a.facts, COALESCE(v.name, '') AS village_name,
       COALESCE(l.name || COALESCE(' ' || va.name, ''), meant.name, po.name, '') AS name, se.starts_at,
       COALESCE(o.number, CASE WHEN a.kind = 'order' THEN a.ref END, '') AS number, s.number AS seal
FROM (
    SELECT *, split_part(subject, ' ', 1) AS kind, split_part(subject, ' ', 2) AS ref,
           CASE WHEN subject ~ '^[a-z]+ [0-9]{{1,18}}$' THEN split_part(subject, ' ', 2)::bigint END AS ref_id,
           CASE WHEN by ~ '^person [0-9]{{1,18}}$' THEN split_part(by, ' ', 2)::bigint END AS by_id
    FROM (SELECT * FROM acts WHERE {wanted} ORDER BY at DESC, id DESC LIMIT $1) page
) a
LEFT JOIN villages v ON v.id = a.village_id
LEFT JOIN people doer ON doer.id = a.by_id
LEFT JOIN people meant ON a.kind = 'person' AND meant.id = a.ref_id
LEFT JOIN pools po ON a.kind = 'pool' AND po.id = a.ref_id
LEFT JOIN variants va ON a.kind = 'variant' AND va.id = a.ref_id
LEFT JOIN sessions se ON a.kind = 'session' AND se.id = a.ref_id
LEFT JOIN listings l ON l.id = CASE a.kind WHEN 'listing' THEN a.ref_id WHEN 'variant' THEN va.listing_id ELSE se.listing_id END
LEFT JOIN parts p ON a.kind = 'part' AND p.id = a.ref_id
LEFT JOIN orders o ON o.id = p.order_id
LEFT JOIN seals s ON s.act_id = a.id
ORDER BY a.at DESC, a.id DESC
"""
VILLAGES = "SELECT id, slug, name FROM villages WHERE state = 'running' ORDER BY id"
STAFF = """
SELECT p.id, COALESCE(string_agg(DISTINCT v.short_name, ' · '), '') AS slug, p.name
FROM people p JOIN memberships m ON m.person_id = p.id LEFT JOIN villages v ON v.id = m.village_id
GROUP BY p.id, p.name ORDER BY p.name, p.id
"""
