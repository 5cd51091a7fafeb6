"""Keeps the search documents in step with the listings and the villages."""

import json
from asyncio import gather, to_thread
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.finding.documents import Offer, document
from market.finding.entries import Entry, Findable, listing_key, remove_entries, village_key, write_entries
from villages.days import seoul_day

AT_ONCE = 200
REBUILT_AT_ONCE = 500


async def index_edited_listings(now: datetime) -> int:
    """Bring documents of listings up to date whose version says that they were edited, put on sale or taken off.

    It costs next to nothing where nothing was edited; `index_changed_listings` finds what no version tells.
    """
    return await _index_listings(CLAIM_EDITED, [AT_ONCE], seoul_day(now))


async def index_changed_listings(now: datetime) -> int:
    """Bring the documents of some changed listings and villages up to date. Returns how many were looked at.

    What a document was made from stands in it (version, publication, the village's version, the first day a
    certificate is over), so whatever differs is claimed: nobody has to remember to ask for it. Two workers may run
    at once: a claimed row is skipped by the other.
    """
    today = seoul_day(now)
    return await _index_listings(CLAIM_LISTINGS, [today, AT_ONCE], today) + await _index_villages()


async def reindex_all(progress: Callable[[int, int], None], *, now: datetime) -> int:
    """Make every document anew, some at a time, so that search goes on meanwhile; `progress(done, all)`.

    While the database writes some, the next ones are made. What changes between is left to `index_changed_listings`.
    """
    db, today = connections.get("default"), seoul_day(now)
    total = int((await db.execute_query_dict(COUNT_ALL))[0]["all"])
    done, made = 0, _entries(await db.execute_query_dict(LISTINGS_AFTER, [today, 0, REBUILT_AT_ONCE]))
    while made:
        rows = await db.execute_query_dict(LISTINGS_AFTER, [today, made[-1].listing_id, REBUILT_AT_ONCE])
        following, _ = await gather(to_thread(_entries, rows), _write_unless_changed(made))
        done, made = done + len(made), following
        progress(min(done, total), total)
    await db.execute_query("UPDATE search_documents SET version = 0 WHERE kind = 'village'")
    while some := await _index_villages():
        done += some
        progress(min(done, total), total)
    return done + await index_changed_listings(now)


async def _index_listings(claim: str, values: list[object], today: date) -> int:
    async with in_transaction() as db:
        claimed = [row["id"] for row in await db.execute_query_dict(claim, values)]
        if not claimed:
            return 0
        rows = await db.execute_query_dict(LISTINGS, [today, claimed])
        await write_entries(_entries(rows))
        on_sale = {row["id"] for row in rows}
        await remove_entries([listing_key(listing) for listing in claimed if listing not in on_sale])
        await _remember(db, claimed)
    return len(claimed)


async def _write_unless_changed(made: list[Entry]) -> None:
    """Only while nobody has changed what they were made from: so no older document takes a newer one's place."""
    from_what = zip(
        *((each.listing_id, each.version, each.publication_id, each.village_version) for each in made),
        strict=True,
    )
    async with in_transaction() as db:
        # Should the machine stop at this moment, documents and `indexed_version` are the old ones together.
        await db.execute_query("SET LOCAL synchronous_commit = off")
        rows = await db.execute_query_dict(CLAIM_UNCHANGED, [list(column) for column in from_what])
        claimed = {row["id"] for row in rows}
        await write_entries([each for each in made if each.listing_id in claimed])
        await _remember(db, list(claimed))


async def _index_villages() -> int:
    async with in_transaction() as db:
        rows = await db.execute_query_dict(CLAIM_VILLAGES, [AT_ONCE])
        await write_entries([_village_entry(row) for row in rows if row["state"] == "running"])
        await remove_entries([village_key(row["id"]) for row in rows if row["state"] != "running"])
    return len(rows)


async def _remember(db: BaseDBAsyncClient, listings: list[int]) -> None:
    await db.execute_query(
        "UPDATE listings SET indexed_version = version WHERE id = ANY($1::bigint[]) AND indexed_version <> version",
        [listings],
    )


def _entries(rows: list[dict]) -> list[Entry]:
    return [_listing_entry(row) for row in rows]


def _listing_entry(row: dict) -> Entry:
    tags = [str(tag) for tag in json.loads(row["tags"])]
    return Entry(
        kind=Findable(row["kind"]),
        village_id=row["village_id"],
        listing_id=row["id"],
        document=document(
            Offer(
                code=row["code"] or "",
                name=row["name"],
                village=row["village_name"],
                category=row["category"],
                unit=" ".join(row["units"] or ()),
                origin=row["origin"],
                certificates=tuple(row["certificates"] or ()),
                description=" ".join((row["summary"], *tags, row["search_text"])),
            )
        ),
        slug=row["slug"],
        code=row["code"] or "",
        name=row["name"],
        category=row["category"],
        version=row["version"],
        village_version=row["village_version"],
        publication_id=row["publication_id"],
        stale_on=row["first_end"] + timedelta(days=1) if row["first_end"] else None,
    )


def _village_entry(row: dict) -> Entry:
    return Entry(
        kind=Findable.village,
        village_id=row["id"],
        document=document(
            Offer(
                code="",
                name=row["name"],
                village=row["short_name"],
                description=f"{row['tagline']} {row['known_for']}",
                origin=row["address"],
            )
        ),
        slug=row["slug"],
        name=row["name"],
        version=row["version"],
        village_version=row["version"],
    )


_STALE_LISTINGS = """
FROM listings l
JOIN villages v ON v.id = l.village_id
LEFT JOIN publications p ON p.listing_id = l.id
LEFT JOIN search_documents d ON d.listing_id = l.id
WHERE l.indexed_version < l.version
    OR (p.id IS NULL AND d.id IS NOT NULL)
    OR (p.id IS NOT NULL AND (
        d.id IS NULL OR d.version <> l.version OR d.publication_id IS DISTINCT FROM p.id
        OR d.village_version <> v.version OR d.stale_on <= $1
    ))
"""
CLAIM_EDITED = """
SELECT id FROM listings WHERE indexed_version < version ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
"""
# NO KEY: an order that is just being written for this listing does not wait.
CLAIM_LISTINGS = f"SELECT l.id {_STALE_LISTINGS} ORDER BY l.id LIMIT $2 FOR NO KEY UPDATE OF l SKIP LOCKED"
_STALE_VILLAGES = """
FROM villages v LEFT JOIN search_documents d ON d.village_id = v.id AND d.kind = 'village'
WHERE CASE WHEN v.state = 'running' THEN d.id IS NULL OR d.version <> v.version ELSE d.id IS NOT NULL END
"""
CLAIM_VILLAGES = f"""
SELECT v.id, v.slug, v.name, v.short_name, v.tagline, v.known_for, v.address, v.state, v.version
{_STALE_VILLAGES} ORDER BY v.id LIMIT $1 FOR NO KEY UPDATE OF v SKIP LOCKED
"""
COUNT_ALL = """
SELECT (SELECT count(*) FROM listings WHERE EXISTS (SELECT FROM publications p WHERE p.listing_id = listings.id))
    + (SELECT count(*) FROM villages WHERE state = 'running') AS all
"""
CLAIM_UNCHANGED = """
SELECT l.id FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[]) AS made (id, version, publication_id, village_version)
JOIN listings l ON l.id = made.id AND l.version = made.version
JOIN publications p ON p.id = made.publication_id AND p.listing_id = l.id
JOIN villages v ON v.id = l.village_id AND v.version = made.village_version
ORDER BY l.id FOR NO KEY UPDATE OF l
"""
_ON_SALE = """
SELECT l.id, l.village_id, l.kind, l.code, l.slug, l.name, l.category, l.summary, l.tags, l.search_text, l.origin,
    l.version, v.name AS village_name, v.version AS village_version, p.id AS publication_id,
    (SELECT array_agg(trim(t.name || ' ' || t.unit_text) ORDER BY t.position, t.id)
        FROM variants t WHERE t.listing_id = l.id AND t.withdrawn_at IS NULL) AS units,
    (SELECT array_agg(c.kind) FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $1) AS certificates,
    (SELECT min(c.ends_on) FROM certificates c WHERE c.listing_id = l.id AND c.ends_on >= $1) AS first_end
FROM listings l JOIN villages v ON v.id = l.village_id JOIN publications p ON p.listing_id = l.id
"""
LISTINGS = f"{_ON_SALE} WHERE l.id = ANY($2::bigint[])"
LISTINGS_AFTER = f"{_ON_SALE} WHERE l.id > $2 ORDER BY l.id LIMIT $3"
