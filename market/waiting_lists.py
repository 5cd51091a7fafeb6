"""Waiting for seats: joining a session's queue, coming with fewer, leaving it, and ordering with what is offered."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from market.cart import MOST_PEOPLE
from market.checkout import Buyer, HoldTerms, Placed, place_order
from market.orders import Tender
from market.quotes import Basket
from market.retrying import retried
from market.seat_offers import (
    SESSION_OF,
    give_back_kept,
    last_moment_to_offer,
    lock_seats,
    tell_party,
)
from market.waiting_parties import WaitingParty, party_token, party_token_hash
from villages.programs import Participant
from villages.refusals import BadForm, NotFound, Refused, SalesClosed
from villages.seats_left import SEATS_IN_ALL, SEATS_LEFT

MOST_PARTIES = 100
KEPT_FOR = timedelta(days=7)
"""How long after the session we know the names of those who got no seat."""

People = dict[Participant, int]


class SeatsLeft(Refused):
    code = "seats-left"
    usual = "자리가 남아 있어 기다리지 않고 바로 예약하실 수 있습니다."


class WaitsAlready(Refused):
    code = "waits-already"
    usual = "이 전화번호로 이미 기다리고 계십니다. 보내 드린 문자의 주소에서 순서를 보실 수 있습니다."


@dataclass(frozen=True)
class Joined:
    """`token` opens the party's page; only its hash is stored."""

    party_id: int
    token: str
    is_new: bool


@retried
async def join_waiting_list(
    session_id: int, people: People, *, slug: str, key: str, buyer: Buyer, secret: str, now: datetime
) -> Joined:
    """Put a party at the end of the session's queue. The same key is the same party.

    Raises `NotFound` (no such session of the program `slug`), `BadForm` (nobody, or more than can ever come),
    `SalesClosed`, `SeatsLeft` (no need to wait), `WaitsAlready`.
    """
    token = party_token(key, secret)
    async with in_transaction() as db:
        await lock_seats(db, [session_id])
        if earlier := await WaitingParty.get_or_none(key=key, using_db=db):
            return Joined(earlier.id, token, False)
        session = await _session(db, session_id, slug, now=now)
        seats = _seats_of(people, session)
        _refuse_needless(session, seats)
        written = await db.execute_query_dict(
            JOIN,
            [
                session_id, json.dumps({kind.value: count for kind, count in people.items() if count}), seats, buyer.name,
                buyer.phone, buyer.email, key, party_token_hash(token), now,
            ],
        )  # fmt: skip
        if not written:
            raise WaitsAlready
        party = written[0]
        await tell_party(db, {**party, "phone": buyer.phone, "email": buyer.email}, "waiting_joined")
    return Joined(party["id"], token, True)


@retried
async def leave_waiting_list(party_id: int, *, now: datetime) -> bool:
    """The party goes; what was kept for it goes to the next. False where it had ended already."""
    async with in_transaction() as db:
        session_id, before = await _lock_session_of(db, party_id)
        gone = await db.execute_query_dict(LEAVE, [party_id, now])
        if not gone:
            return False
        await give_back_kept(db, session_id, gone[0]["kept"], before, now=now)
    return True


@retried
async def come_with_fewer(party_id: int, people: People, *, now: datetime) -> None:
    """The party keeps its place and needs fewer seats. Raises `BadForm` for as many or more; `SalesClosed`."""
    async with in_transaction() as db:
        session_id, before = await _lock_session_of(db, party_id)
        session = await _session(db, session_id, "", now=now)
        seats = _seats_of(people, session)
        plain = json.dumps({kind.value: count for kind, count in people.items() if count})
        rows = await db.execute_query_dict(SHRINK, [party_id, plain, seats])
        if not rows:
            raise BadForm("기다리는 동안에는 인원을 줄이실 수만 있습니다. 늘리시려면 새로 신청해 주세요.")
        # Given back and kept anew in one go: nobody comes between, the session is locked.
        await give_back_kept(db, session_id, rows[0]["kept"], before, now=now)


async def order_offered(
    party: WaitingParty, *, tender: Tender, depositor: str, secret: str, holds: HoldTerms, expected_total: int,
    person_id: int | None, now: datetime,
) -> Placed:  # fmt: skip
    """Order the seats offered to a party. Raises what `place_order` raises, and `OfferOver`."""
    return await place_order(
        Basket(seats={party.session_id: party.participants}), key=party.order_key,
        buyer=Buyer(party.name, party.phone, party.email, depositor), address=None, tender=tender, secret=secret,
        holds=holds, expected_total=expected_total, person_id=person_id, offered_to=party.id, now=now,
    )  # fmt: skip


async def forget_old_parties(now: datetime) -> int:
    """Names and addresses of those who waited, some days after their session. Returns how many were forgotten."""
    done, _ = await connections.get("default").execute_query(FORGET, [now - KEPT_FOR])
    return int(done)


async def _lock_session_of(db: BaseDBAsyncClient, party_id: int) -> tuple[int, dict[int, int]]:
    """And what is left there and in those that share with it."""
    rows = await db.execute_query_dict(SESSION_OF, [party_id])
    session_id = int(rows[0]["session_id"])
    return session_id, await lock_seats(db, [session_id])


async def _session(db: BaseDBAsyncClient, session_id: int, slug: str, *, now: datetime) -> dict[str, Any]:
    rows = await db.execute_query_dict(SESSION, [session_id, slug])
    if not rows:
        raise NotFound("찾을 수 없는 날짜입니다. 체험 화면에서 다시 골라 주세요.")
    if not rows[0]["is_open"] or now > last_moment_to_offer(rows[0]["closes_at"]):
        raise SalesClosed("이 시각은 예약이 끝나 기다리실 수 없습니다. 다른 날짜를 골라 주세요.")
    return rows[0]


def _seats_of(people: People, session: dict[str, Any]) -> int:
    takes = dict(zip(session["kinds"], session["takes"], strict=True))
    wanted = {kind.value: count for kind, count in people.items() if count}
    if not wanted:
        raise BadForm("몇 분이 오시는지 골라 주세요.", fields={"people": "몇 분이 오시는지 골라 주세요."})
    if not wanted.keys() <= takes.keys() or not all(0 < count <= MOST_PEOPLE for count in wanted.values()):
        raise BadForm(f"인원은 0부터 {MOST_PEOPLE}까지의 숫자로 적어 주세요.")
    seats = sum(count * takes[kind] for kind, count in wanted.items())
    if not seats:
        raise BadForm("자리가 필요한 분을 한 분 이상 골라 주세요.")
    if seats > session["capacity"]:
        raise BadForm(
            f"이 시각은 모두 {session['capacity']}자리라 {seats}자리는 나지 않습니다. 인원을 줄이거나 나누어 신청해 주세요."
        )
    return seats


def _refuse_needless(session: dict[str, Any], seats: int) -> None:
    if seats <= session["free"]:
        raise SeatsLeft(
            f"지금 {session['free']}자리가 남아 있어 기다리지 않고 바로 예약하실 수 있습니다. 체험 화면에서 예약해 주세요."
        )
    if session["parties"] >= MOST_PARTIES:
        raise SalesClosed("이미 많은 분이 기다리고 계셔서 더 받지 못합니다. 다른 날짜를 골라 주세요.")


SESSION = f"""
SELECT {SEATS_IN_ALL} AS capacity, {SEATS_LEFT} AS free, s.closed_at IS NULL AND p.id IS NOT NULL AS is_open,
       s.starts_at - make_interval(hours => l.closes_hours_before) AS closes_at,
       ARRAY(SELECT pp.kind::text FROM participant_prices pp WHERE pp.listing_id = l.id ORDER BY pp.id) AS kinds,
       ARRAY(SELECT pp.seats_taken FROM participant_prices pp WHERE pp.listing_id = l.id ORDER BY pp.id) AS takes,
       (SELECT count(*) FROM waiting_parties w WHERE w.session_id = s.id AND w.state = 'waiting') AS parties
FROM sessions s JOIN listings l ON l.id = s.listing_id LEFT JOIN publications p ON p.listing_id = l.id
WHERE s.id = $1 AND ($2 = '' OR l.slug = $2)
"""
JOIN = """
INSERT INTO waiting_parties (session_id, people, seats, kept, name, phone, email, key, token_hash, state, joined_at)
VALUES ($1, $2::jsonb, $3, 0, $4, $5, $6, $7, $8, 'waiting', $9)
ON CONFLICT DO NOTHING RETURNING id
"""
LEAVE = """
UPDATE waiting_parties w SET state = 'left', kept = 0, ended_at = $2
FROM (SELECT id, kept FROM waiting_parties WHERE id = $1) before
WHERE w.id = before.id AND w.state IN ('waiting', 'offered')
RETURNING before.kept
"""
SHRINK = """
UPDATE waiting_parties w SET people = $2::jsonb, seats = $3, kept = 0
FROM (SELECT id, kept FROM waiting_parties WHERE id = $1) before
WHERE w.id = before.id AND w.state = 'waiting' AND w.seats > $3
RETURNING before.kept
"""
BEFORE = (
    "SELECT count(*) AS before FROM waiting_parties WHERE session_id = $1 AND id < $2 AND state = 'waiting'"
)
FORGET = """
UPDATE waiting_parties w SET name = '', phone = '', email = ''
FROM sessions s WHERE s.id = w.session_id AND s.starts_at < $1 AND w.phone <> '' AND w.ended_at IS NOT NULL
"""
