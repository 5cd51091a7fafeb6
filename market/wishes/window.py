"""What is read of wishes: the listing that somebody would wait for, a wish behind its link, and how many wait."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.village_window import Season
from market.wishes.presence import IS_THERE, ON_SHELF, OUT_OF_SEASON, SHOWN
from market.wishes.tables import Wish, WishState, wish_token
from market.wishes.telling import OF_WISHES
from villages.listings import Kind
from villages.refusals import NotFound


@dataclass(frozen=True)
class WishedListing:
    id: int
    name: str
    url: str
    village: str
    village_phone: str
    accent: str
    season: str
    """ "6월", "9월–2월"; empty where it has none."""
    is_there: bool
    is_out_of_season: bool
    is_on_shelf: bool
    """Goods that can be bought; out of their season too, and then they are worth waiting for all the same."""


async def wished_listing(slug: str, kind: Kind, *, now: datetime) -> WishedListing:
    """One query. Raises `NotFound` for what shoppers may not see."""
    rows = await connections.get("default").execute_query_dict(WISHED, [slug, kind.value, now])
    if not rows:
        raise NotFound("지금은 보여 드리지 않는 것입니다. 제철 달력에서 다른 것을 골라 주세요.")
    row = rows[0]
    url = f"/{'goods' if kind == Kind.goods else 'programs'}/{slug}"
    months = frozenset(row.pop("months"))
    season = Season(row["name"], url, months).months_text if 0 < len(months) < 12 else ""
    return WishedListing(**row, url=url, season=season)


async def wish_behind(wish_id: int, token: str, *, secret: str) -> Wish:
    """Raises `NotFound` for anybody without its link, and once even its traces are gone."""
    is_theirs = hmac.compare_digest(token.encode(), wish_token(wish_id, secret).encode())
    wish = await Wish.get_or_none(id=wish_id).select_related("listing") if is_theirs else None
    if wish is None:
        raise NotFound("이 알림은 이미 끝나 지웠거나, 주소가 잘못되었습니다. 더 보내 드리는 것은 없습니다.")
    return wish


async def something_comes(wish: Wish) -> bool:
    """Whether there is anything to stop: it waits, or its news lies unsent in the outbox."""
    if wish.state == WishState.waiting:
        return True
    return bool(await connections.get("default").execute_query_dict(UNSENT, [f"wish {wish.id}"]))


async def is_still_to_go(wish_id: int, kind: str, channel: str) -> bool:
    """Of a message that a sender has taken up: whoever stopped the wish in the meantime gets it no more."""
    return bool(
        await connections.get("default").execute_query_dict(STILL_TO_GO, [f"wish {wish_id}", kind, channel])
    )


@dataclass(frozen=True)
class Waited:
    """A listing that somebody waits for, and how many do: all that its village is told."""

    listing_id: int
    name: str
    kind: str
    count: int


async def waited_for(village_ids: Sequence[int]) -> list[Waited]:
    """What people wait for in these villages, the most wanted first."""
    rows = await connections.get("default").execute_query_dict(WAITING, [list(village_ids)])
    return [Waited(**row) for row in rows]


async def waiting_for(village_ids: Sequence[int]) -> dict[int, int]:
    """Listing → how many wait for it; those nobody waits for are left out."""
    return {waited.listing_id: waited.count for waited in await waited_for(village_ids)}


WISHED = f"""
SELECT l.id, l.name, vi.short_name AS village, vi.phone AS village_phone, vi.accent,
       ARRAY(SELECT value::int FROM jsonb_array_elements_text(l.season_months)) AS months,
       {IS_THERE.format(now="$3")} AS is_there, {OUT_OF_SEASON.format(now="$3")} AS is_out_of_season,
       {ON_SHELF} AS is_on_shelf
FROM listings l {SHOWN}
WHERE l.slug = $1 AND l.kind = $2
"""
UNSENT = f"SELECT id FROM notices WHERE {OF_WISHES} AND subject = $1 AND sent_at IS NULL LIMIT 1"
STILL_TO_GO = f"SELECT id FROM notices WHERE {OF_WISHES} AND subject = $1 AND kind = $2 AND channel = $3 AND sent_at IS NULL"
WAITING = """
SELECT l.id AS listing_id, l.name, l.kind, w.count
FROM (SELECT listing_id, count(*)::int AS count FROM wishes WHERE state = 'waiting' GROUP BY 1) w
JOIN listings l ON l.id = w.listing_id WHERE l.village_id = ANY($1::bigint[]) ORDER BY w.count DESC, l.id
"""
