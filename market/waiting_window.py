"""What those who wait see: the session they would wait for, and their own place in its queue."""

import json
from dataclasses import dataclass
from datetime import datetime

from tortoise import connections

from market.calendar_of_seats import ParticipantOffer
from market.seat_offers import last_moment_to_offer
from market.waiting_parties import WaitingParty, party_token_hash
from villages.programs import PARTICIPANT_NAMES, Participant
from villages.refusals import NotFound
from villages.seats_left import SEATS_IN_ALL, SEATS_LEFT


@dataclass(frozen=True)
class WaitedSession:
    id: int
    slug: str
    name: str
    village: str
    village_phone: str
    accent: str
    starts_at: datetime
    closes_at: datetime
    capacity: int
    free: int
    waiting: int
    """Parties in the queue."""
    is_open: bool
    is_called_off: bool
    prices: tuple[ParticipantOffer, ...]

    def takes_parties(self, now: datetime) -> bool:
        return self.is_open and now <= last_moment_to_offer(self.closes_at)


async def waited_session(session_id: int, *, slug: str = "") -> WaitedSession:
    """One query. Raises `NotFound` for a session that is not there, or of another program than `slug`."""
    rows = await connections.get("default").execute_query_dict(WAITED, [session_id, slug])
    if not rows:
        raise NotFound("찾을 수 없는 날짜입니다. 체험 화면에서 다시 골라 주세요.")
    row = rows[0]
    prices = tuple(
        ParticipantOffer(kind, PARTICIPANT_NAMES[Participant(kind)], *rest)
        for kind, *rest in json.loads(row.pop("prices"))
    )
    return WaitedSession(**row, prices=prices)


async def party_for(party_id: int, token: str) -> WaitingParty:
    """Raises `NotFound` for anybody without its token."""
    party = await WaitingParty.get_or_none(id=party_id, token_hash=party_token_hash(token)) if token else None
    if party is None:
        raise NotFound("기다리는 순서를 찾을 수 없습니다. 보내 드린 문자의 주소를 다시 눌러 주세요.")
    return party


async def parties_before(party: WaitingParty) -> int:
    """How many stand before it in the queue."""
    rows = await connections.get("default").execute_query_dict(BEFORE, [party.session_id, party.id])
    return int(rows[0]["before"])


WAITED = f"""
SELECT s.id, l.slug, l.name, vi.name AS village, vi.phone AS village_phone, vi.accent, s.starts_at, {SEATS_IN_ALL} AS capacity,
       s.starts_at - make_interval(hours => l.closes_hours_before) AS closes_at,
       {SEATS_LEFT} AS free,
       (SELECT count(*) FROM waiting_parties w WHERE w.session_id = s.id AND w.state = 'waiting') AS waiting,
       s.closed_at IS NULL AND p.id IS NOT NULL AS is_open, s.cancelled_at IS NOT NULL AS is_called_off,
       (SELECT COALESCE(json_agg(json_build_array(pp.kind, pp.price, pp.seats_taken, pp.ages)
                                 ORDER BY pp.position, pp.id), '[]')
        FROM participant_prices pp WHERE pp.listing_id = l.id) AS prices
FROM sessions s JOIN listings l ON l.id = s.listing_id JOIN villages vi ON vi.id = l.village_id
LEFT JOIN publications p ON p.listing_id = l.id
WHERE s.id = $1 AND ($2 = '' OR l.slug = $2)
"""
BEFORE = (
    "SELECT count(*) AS before FROM waiting_parties WHERE session_id = $1 AND id < $2 AND state = 'waiting'"
)
