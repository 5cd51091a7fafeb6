"""A bus that two programs share is never fuller than it is, whatever gives or takes seats."""

from datetime import timedelta

import pytest
from asyncpg.exceptions import CheckViolationError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from market.audit import violations
from market.capture import capture
from market.dates.moves import move_booking
from market.expiry import end_order
from market.offline_sales import record_sale
from market.open_programs import open_program, open_sessions
from market.orders import Channel, Order, Tender
from market.part_states import Ending
from market.pool_seats import create_pool, update_pool
from market.program_times import update_program
from market.quotes import Basket
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import RefundCause
from market.session_cancellations import cancel_session
from market.session_seats import resize
from market.waiting_parties import WaitingParty
from tests.builders import NOW, a_person, a_program, a_village, an_order, rows
from tests.fakes import FakeGateway
from tests.market.sharing import HARVEST, a_bus, a_party, on_the_bus, two_on_one_bus
from tests.market.waiting import accepts, joins
from villages.listings import Listing
from villages.pool_edits import PoolOffer
from villages.pools import Outing, Pool
from villages.program_edits import ProgramOffer
from villages.programs import Participant, Session
from villages.publications import withdraw
from villages.refusals import BadForm, NotFound, SessionFull, Stale
from villages.session_rules import add_sessions

ADULT = Participant.adult


async def paid(order: Order) -> None:
    payment = (await rows("SELECT id FROM payments WHERE order_id = $1", order.id))[0]["id"]
    await capture(payment, by="officer", now=NOW)


async def called_off(order: Order) -> None:
    assert await end_order(order.id, Ending.cancelled, by="shopper", now=NOW)


async def states() -> list[str]:
    return [party.state.value for party in await WaitingParty.all().order_by("id")]


async def left_of(session: Session) -> int:
    """As the shop says it: a quote and the program's month read the same words."""
    program = await open_program(session.listing.slug, now=NOW)
    found = await open_sessions(program, since=NOW, until=None, after=None, most=100, now=NOW)
    return next(one.seats_left for one in found if one.id == session.id)


async def test_seats_sold_in_one_program_are_missing_in_the_other(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)

    await a_party(digging, 3)

    assert (await left_of(digging), await left_of(soap)) == (2, 2)
    with pytest.raises(SessionFull, match=r"마을 버스.*2자리 남았습니다"):
        await a_party(soap, 3)
    await a_party(soap, 2)
    with pytest.raises(SessionFull, match=r"마을 버스.*다 찼습니다"):
        await a_party(digging)
    assert await on_the_bus() == [(5, 0)]


async def test_the_session_s_own_size_counts_as_before(db):
    digging, _ = await two_on_one_bus(seats=4, bus=20)

    with pytest.raises(SessionFull, match=r": 4자리 남았습니다"):
        await a_party(digging, 5)


async def test_sessions_at_other_times_share_nothing(db):
    digging, soap = await two_on_one_bus(seats=5, bus=5, apart=timedelta(minutes=60))

    await a_party(digging, 5)

    assert await left_of(soap) == 5
    assert await on_the_bus() == [(5, 0), (0, 0)]


async def test_one_order_for_both_programs_counts_both(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)

    with pytest.raises(SessionFull, match=r"마을 버스.*5자리 남았습니다"):
        await an_order(seats={digging.id: {ADULT: 3}, soap.id: {ADULT: 3}}, address=None)
    await an_order(seats={digging.id: {ADULT: 3}, soap.id: {ADULT: 2}}, address=None)

    assert await on_the_bus() == [(5, 0)]


async def test_held_seats_become_booked_ones_and_come_back_person_by_person(db):
    digging, _ = await two_on_one_bus(seats=20, bus=5)
    order = (await a_party(digging, 3)).order

    await paid(order)
    booked = await on_the_bus()
    line = (await rows("SELECT id FROM lines WHERE session_id = $1", digging.id))[0]["id"]
    quote = await quote_refund(order, {line: 2}, cause=RefundCause.shopper, by="shopper", now=NOW)
    await confirm_refund(quote.code, order.id, by="shopper", now=NOW)

    assert booked == [(0, 3)]
    assert await on_the_bus() == [(0, 1)]


async def test_an_order_that_ends_unpaid_gives_the_bus_back(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    order = (await a_party(digging, 5)).order

    await called_off(order)

    assert await on_the_bus() == [(0, 0)]
    assert await left_of(soap) == 5


async def test_money_that_comes_late_takes_the_bus_only_where_it_has_room(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    order = (await a_party(digging, 3)).order
    await called_off(order)
    await a_party(soap, 3)

    await paid(order)

    assert await on_the_bus() == [(3, 0)]
    assert [refund["cause"] for refund in await rows("SELECT cause FROM refunds")] == ["unused"]
    assert (await Order.get(id=order.id)).paid_at is None


async def test_what_the_village_sells_itself_takes_from_the_bus_and_is_bounded_by_it(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    person = await a_person()
    sale = {
        "village_id": digging.listing.village_id, "channel": Channel.phone, "tender": Tender.cash, "person_id": person.id,
        "by": f"person {person.id}", "now": NOW,
    }  # fmt: skip

    await record_sale(Basket(seats={digging.id: {ADULT: 4}}), key="first", **sale)
    with pytest.raises(SessionFull, match=r"마을 버스.*1자리 남았습니다"):
        await record_sale(Basket(seats={soap.id: {ADULT: 2}}), key="second", **sale)

    assert await on_the_bus() == [(0, 4)]


async def test_a_session_that_is_called_off_leaves_the_bus_to_the_other(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    await paid((await a_party(digging, 3)).order)
    await a_party(digging, 2)
    waiting = await joins(soap, 4)

    await cancel_session(
        digging.id,
        RefundCause.weather,
        FakeGateway(),
        village_ids=[digging.listing.village_id],
        by="person 1",
        now=NOW,
    )

    assert await on_the_bus() == [(4, 0)]
    assert (await WaitingParty.get(id=waiting.party_id)).state == "offered"


async def test_a_party_that_comes_on_another_date_takes_its_bus_seats_along(db):
    digging, _ = await two_on_one_bus(seats=20, bus=5)
    later = HARVEST + timedelta(days=1)
    own = {"village_ids": [digging.listing.village_id], "by": "person 1", "now": NOW}
    await add_sessions(digging.listing.id, [later], capacity=20, **own)
    await paid((await a_party(digging, 3)).order)
    booking = (await rows("SELECT id FROM bookings"))[0]["id"]
    instead = await Session.get(listing_id=digging.listing.id, starts_at=later)

    async with in_transaction() as connection:
        await move_booking(connection, booking, instead.id, by="shopper", now=NOW)

    assert await on_the_bus() == [(0, 0), (0, 3)]


async def test_bus_seats_that_become_free_go_to_who_waits_for_the_other_program(db):
    digging, soap = await two_on_one_bus(seats=20, bus=4)
    order = (await a_party(digging, 4)).order
    party = await joins(soap, 3)

    await called_off(order)
    halfway = await states(), await on_the_bus()
    await accepts(party.party_id)

    assert halfway == (["offered"], [(3, 0)])
    assert await states() == ["accepted"]
    assert await on_the_bus() == [(3, 0)]
    assert await left_of(digging) == 1


async def test_who_waits_for_a_program_that_is_full_itself_gets_nothing_from_the_bus(db):
    digging, soap = await two_on_one_bus(seats=4, bus=6)
    order = (await a_party(digging, 2)).order
    await a_party(soap, 4)
    await joins(soap, 2)

    await called_off(order)

    assert await states() == ["waiting"]
    assert await left_of(digging) == 2


async def test_bus_seats_that_were_on_sale_all_the_time_stay_on_sale(db):
    """Two wait for a session that has room for one, in a bus that has more: the bus is not theirs."""
    digging, soap = await two_on_one_bus(seats=4, bus=8)
    order = (await a_party(digging, 1)).order
    await a_party(soap, 3)
    await joins(soap, 2)

    await called_off(order)

    assert await states() == ["waiting"]
    assert await left_of(soap) == 1


async def test_a_party_larger_than_the_bus_cannot_wait(db):
    digging, soap = await two_on_one_bus(seats=20, bus=4)
    await a_party(digging, 4)

    with pytest.raises(BadForm, match="모두 4자리"):
        await joins(soap, 5)


async def test_a_larger_room_does_not_enlarge_the_bus(db):
    digging, soap = await two_on_one_bus(seats=4, bus=5)
    await a_party(digging, 4)
    await a_party(soap, 1)
    await joins(digging, 2)

    await resize(digging.id, 20, village_ids=[digging.listing.village_id], by="person 1", now=NOW)

    assert await states() == ["waiting"]
    assert await left_of(digging) == 0


async def test_a_larger_bus_is_offered_to_those_who_wait(db):
    digging, soap = await two_on_one_bus(seats=20, bus=4)
    await a_party(digging, 4)
    await joins(soap, 2)

    await resized(7)

    assert await states() == ["offered"]
    assert await on_the_bus() == [(6, 0)]
    assert await left_of(digging) == 1


async def test_a_bus_is_never_smaller_than_what_is_sold(db):
    digging, soap = await two_on_one_bus(seats=20, bus=10)
    await a_party(digging, 4)
    await a_party(soap, 3)

    with pytest.raises(
        BadForm, match=r"12월 5일 10:00.*7자리가 나갔습니다.*‘마을 버스’ 자리를 7자리 이상으로 적거나"
    ):
        await resized(6)
    await resized(7)

    assert [outing.capacity for outing in await Outing.all()] == [7]


async def test_not_even_by_hand(db):
    digging, _ = await two_on_one_bus(seats=20, bus=10)
    await a_party(digging, 4)

    with pytest.raises((IntegrityError, CheckViolationError)):
        await rows("UPDATE outings SET capacity = 3")


async def test_a_bus_that_comes_later_counts_what_is_sold_already(db):
    village = await a_village()
    digging = await a_program("캐기", village=village, starts_at=HARVEST, minutes=60)
    soap = await a_program("비누", village=village, starts_at=HARVEST, minutes=60)
    await a_party(digging, 3)
    await paid((await a_party(soap, 2)).order)

    with pytest.raises(BadForm, match="이미 5자리"):
        await a_bus(digging, soap, seats=4)
    assert await Pool.all().count() == 0
    await a_bus(digging, soap, seats=6)

    assert await on_the_bus() == [(3, 2)]
    assert await left_of(soap) == 1


async def test_new_dates_go_on_the_bus_and_may_bring_outings_together(db):
    """10:00 and 12:00 go by themselves, until something at 10:30 reaches from one to the other."""
    digging, soap = await two_on_one_bus(seats=20, bus=5, apart=timedelta(hours=2), minutes=120)
    village = digging.listing.village_id
    own = {"capacity": 20, "village_ids": [village], "by": "person 1", "now": NOW}
    await a_party(digging, 2)
    await a_party(soap, 2)

    apart = await on_the_bus()
    await add_sessions(soap.listing.id, [HARVEST + timedelta(minutes=30)], **own)

    assert apart == [(2, 0), (2, 0)]
    assert await on_the_bus() == [(4, 0)]


async def test_new_dates_that_would_bring_too_many_together_are_refused(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5, apart=timedelta(hours=2), minutes=120)
    await a_party(digging, 3)
    await a_party(soap, 3)

    with pytest.raises(BadForm, match="이미 6자리"):
        await add_sessions(
            soap.listing.id, [HARVEST + timedelta(minutes=30)], capacity=20, by="person 1", now=NOW,
            village_ids=[digging.listing.village_id],
        )  # fmt: skip

    assert await Session.all().count() == 2


async def test_a_program_that_no_longer_uses_the_bus_is_free_of_it(db):
    digging, soap = await two_on_one_bus(seats=20, bus=5)
    await a_party(digging, 5)
    await joins(soap, 2)

    await resized(5, programs=frozenset({soap.listing.id}))

    assert await states() == ["offered"]
    assert await left_of(digging) == 15
    assert not (await Session.get(id=digging.id)).shares_seats


async def test_a_bus_and_a_guide_are_both_needed(db):
    digging, soap = await two_on_one_bus(seats=20, bus=10)
    await a_bus(soap, seats=3, name="안내인")

    await a_party(soap, 2)

    assert (await left_of(digging), await left_of(soap)) == (8, 1)
    with pytest.raises(SessionFull, match=r"안내인.*1자리 남았습니다"):
        await a_party(soap, 2)
    await a_party(digging, 8)
    with pytest.raises(SessionFull, match=r"마을 버스.*다 찼습니다"):
        await a_party(soap)


async def test_the_same_form_makes_one_bus_and_a_name_is_used_once(db):
    village = await a_village()
    own = {"village_id": village.id, "by": "person 1", "now": NOW}

    first, again = [
        await create_pool(PoolOffer("마을 버스", 20, frozenset()), key="form", **own) for _ in range(2)
    ]
    with pytest.raises(BadForm) as refused:
        await create_pool(PoolOffer("마을 버스", 20, frozenset()), key="other", **own)

    assert first.id == again.id
    assert "name" in refused.value.fields


async def test_a_name_is_not_taken_from_another_by_an_edit(db):
    await two_on_one_bus(seats=20, bus=10)
    pool = await Pool.get(name="마을 버스")
    own = {"by": "person 1", "now": NOW}
    await create_pool(PoolOffer("안내인", 20, frozenset()), key="guide", village_id=pool.village_id, **own)

    with pytest.raises(BadForm) as refused:
        await update_pool(
            pool.id, PoolOffer("안내인", 10, frozenset()), village_ids=[pool.village_id], version=1, **own
        )

    assert "name" in refused.value.fields
    assert {act["what"] for act in await rows("SELECT what FROM acts")} == {"pool added"}


async def test_nobody_shares_another_village_s_program_or_changes_its_bus(db):
    digging, _ = await two_on_one_bus(seats=20, bus=10)
    other = await a_village("대정마을")
    pool = await Pool.get(name="마을 버스")
    offer = PoolOffer("우리 버스", 10, frozenset({digging.listing.id}))

    with pytest.raises(NotFound):
        await create_pool(offer, village_id=other.id, key="k", by="person 1", now=NOW)
    with pytest.raises(NotFound):
        await update_pool(pool.id, offer, village_ids=[other.id], version=1, by="person 1", now=NOW)


async def test_the_second_of_two_edits_is_told(db):
    await two_on_one_bus(seats=20, bus=10)
    await resized(11)

    with pytest.raises(Stale):
        await resized(12, version=1)


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE outings SET held = held - 1",
        "UPDATE outings SET booked = booked + 1",
        "UPDATE sessions SET shares_seats = false",
        "DELETE FROM outing_sessions WHERE session_id = (SELECT min(id) FROM sessions)",
    ],
)
async def test_the_auditor_sees_a_bus_that_is_not_its_sessions(db, planted):
    digging, _ = await two_on_one_bus(seats=20, bus=10)
    await a_party(digging, 3)
    before = await rows("SELECT * FROM outing_sessions ORDER BY id")

    await rows(planted)
    found = {violation.rule for violation in await violations()}

    assert found & {"an-outing-is-its-sessions", "sessions-stand-in-their-outings"}
    await rows("UPDATE outings SET held = 3, booked = 0")
    await rows("UPDATE sessions SET shares_seats = true")
    for link in before:
        await rows(
            "INSERT INTO outing_sessions (id, outing_id, session_id, pool_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            *(link[name] for name in ("id", "outing_id", "session_id", "pool_id")),
        )


async def resized(seats: int, *, programs: frozenset[int] | None = None, version: int | None = None) -> None:
    pool = await Pool.get(name="마을 버스").prefetch_related("programs")
    kept = frozenset(each.listing_id for each in pool.programs)
    await update_pool(
        pool.id, PoolOffer(pool.name, seats, kept if programs is None else programs), village_ids=[pool.village_id],
        version=version or pool.version, by="person 1", now=NOW,
    )  # fmt: skip


async def test_a_program_made_shorter_leaves_the_bus_earlier_and_its_seats_go_to_who_waits(db):
    digging, soap = await two_on_one_bus(seats=20, bus=4)
    await a_party(digging, 4)
    await joins(soap, 3)

    await lasts(digging, 30)

    assert await states() == ["offered"]
    assert await on_the_bus() == [(4, 0), (3, 0)]


async def test_new_times_that_do_not_fit_the_bus_say_what_may_be_changed(db):
    digging, soap = await two_on_one_bus(seats=20, bus=4, apart=timedelta(hours=1))
    await a_party(digging, 3)
    await a_party(soap, 3)
    say = "6자리가 나갔습니다. ‘마을 버스’ 자리를 6자리 이상으로 늘리거나, 시각·걸리는 시간을 바꿔 주세요."

    with pytest.raises(BadForm, match=say):
        await lasts(digging, 90)
    with pytest.raises(BadForm, match=say):
        await add_sessions(
            digging.listing.id, [HARVEST + timedelta(minutes=30)], capacity=20,
            village_ids=[digging.listing.village_id], by="person 1", now=NOW,
        )  # fmt: skip

    assert await on_the_bus() == [(3, 0), (3, 0)]


async def lasts(session: Session, minutes: int) -> None:
    """A program that is not on sale: one that is must be complete."""
    village = [session.listing.village_id]
    await withdraw(session.listing.id, village_ids=village, by="person 1")
    listing = await Listing.get(id=session.listing.id)
    offer = ProgramOffer(
        name=listing.name, category="체험", prices={ADULT: 9_000}, ages={}, minutes=minutes, least_age=None, is_indoor=None,
        meeting_place="", ladder="",
    )  # fmt: skip
    await update_program(
        listing.id, offer, village_ids=village, version=listing.version, by="person 1", now=NOW
    )
