"""Who wants to be told when something is there: told once, by day, and forgotten then."""

from datetime import datetime, timedelta

import pytest

from market.wishes import telling
from market.wishes.asking import stop_wish
from market.wishes.tables import Wish, wish_token
from market.wishes.telling import CAME, KEPT, forget_who_waited, tell_who_waits
from market.wishes.window import something_comes, waiting_for, wish_behind
from tests.builders import NOW, SECRET, a_program, a_village, an_order, goods, rows
from tests.fakes import FakeMailer
from tests.market.wishes.wishing import harvest, outbox, wishes
from villages.days import SEOUL
from villages.listings import Publication
from villages.notices import send_due_notices
from villages.programs import Participant, Session
from villages.refusals import NotFound

MORNING = datetime(2026, 11, 22, 8, 0, tzinfo=SEOUL)
NIGHT = datetime(2026, 11, 21, 22, 0, tzinfo=SEOUL)


async def test_who_waits_is_told_when_there_is_something_again(db):
    apples = await goods(left=0)
    wish = await wishes(apples.listing.id, phone="01011112222", email="min@example.kr")
    nothing_yet = await tell_who_waits(NOW)

    await harvest(apples.id)
    told = await tell_who_waits(NOW)

    assert (nothing_yet, told) == (0, 1)
    assert await outbox(CAME) == [("mail", "min@example.kr"), ("sms", "01011112222")]
    await wish.refresh_from_db()
    assert (wish.state, wish.phone, wish.email, wish.ended_at) == ("told", "", "", NOW)


async def test_nobody_is_told_twice(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id)
    await harvest(apples.id)

    told = [await tell_who_waits(NOW) for _ in range(3)]
    await rows("UPDATE shelves SET reserved = on_hand RETURNING id")
    sold_out_again = await tell_who_waits(NOW)
    await rows("UPDATE shelves SET reserved = 0 RETURNING id")

    assert (told, sold_out_again, await tell_who_waits(NOW)) == ([1, 0, 0], 0, 0)
    assert len(await outbox(CAME)) == 1


async def test_who_wishes_again_is_told_again(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id, phone="01011112222")
    await harvest(apples.id)
    await tell_who_waits(NOW)
    await an_order((apples, 10))

    await wishes(apples.listing.id, phone="01011112222")
    sold_out = await tell_who_waits(NOW)
    await harvest(apples.id)

    assert (sold_out, await tell_who_waits(NOW)) == (0, 1)


async def test_what_is_kept_in_store_comes_with_its_season(db):
    plums = await goods("청매실", season_months=[6])
    await wishes(plums.listing.id)

    may = await tell_who_waits(datetime(2027, 5, 31, 20, 0, tzinfo=SEOUL))
    june = await tell_who_waits(datetime(2027, 6, 1, 8, 0, tzinfo=SEOUL))

    assert (may, june) == (0, 1)


async def test_an_empty_shelf_does_not_come_with_its_season(db):
    await wishes((await goods("청매실", season_months=[6], left=0)).listing.id)

    assert await tell_who_waits(datetime(2027, 6, 1, 8, 0, tzinfo=SEOUL)) == 0


async def test_a_program_comes_with_a_date_that_can_be_booked(db):
    session = await a_program(seats=2, season_months=[4])
    await an_order(seats={session.id: {Participant.adult: 2}}, address=None)
    await wishes(session.listing.id)
    full = await tell_who_waits(NOW)

    await Session.create(
        listing_id=session.listing.id, starts_at=NOW + timedelta(hours=1), capacity=9
    )  # too late for it
    too_late = await tell_who_waits(NOW)
    await Session.create(listing_id=session.listing.id, starts_at=NOW + timedelta(days=40), capacity=9)

    assert (full, too_late, await tell_who_waits(NOW)) == (0, 0, 1)


async def test_what_is_withdrawn_is_not_news(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id)
    await harvest(apples.id)

    await Publication.filter(listing_id=apples.listing.id).delete()
    withdrawn = await tell_who_waits(NOW)
    await Publication.create(listing_id=apples.listing.id, at=NOW)

    assert (withdrawn, await tell_who_waits(NOW)) == (0, 1)


async def test_at_night_nobody_is_told(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id)
    await harvest(apples.id)

    assert [await tell_who_waits(at) for at in (NIGHT, MORNING - timedelta(seconds=1), MORNING)] == [0, 0, 1]


async def test_news_that_was_late_in_the_outbox_waits_there_for_the_morning(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id)
    await harvest(apples.id)
    await tell_who_waits(NOW)
    await rows("UPDATE notices SET due_at = $1 RETURNING id", NOW)
    mailer = FakeMailer()

    await send_due_notices(NIGHT, mailer)
    by_night = [message.kind for _, message in mailer.sent]
    await send_due_notices(MORNING, mailer)

    assert by_night == [KEPT]
    assert [message.kind for _, message in mailer.sent] == [KEPT, CAME]
    assert await forget_who_waited(MORNING) == 2


async def test_news_does_not_crowd_out_letters_about_orders(db, monkeypatch):
    monkeypatch.setattr(telling, "MOST_IN_OUTBOX", 3)
    apples = await goods(left=0)
    for _ in range(5):
        await wishes(apples.listing.id)
    await harvest(apples.id)
    await rows("UPDATE notices SET sent_at = now() RETURNING id")

    told = [await tell_who_waits(NOW) for _ in range(2)]
    await rows("UPDATE notices SET sent_at = now() RETURNING id")

    assert (told, await tell_who_waits(NOW)) == ([3, 0], 2)


async def test_what_cannot_be_sent_keeps_nobody_else_from_the_news(db, monkeypatch):
    monkeypatch.setattr(telling, "MOST_IN_OUTBOX", 3)
    apples, pears = await goods(left=0), await goods("배", left=0)
    for _ in range(3):
        await wishes(apples.listing.id)
    await harvest(apples.id)
    told = [await tell_who_waits(NOW)]
    for _ in range(3):
        await wishes(pears.listing.id)
    await harvest(pears.id)
    told.append(await tell_who_waits(NOW))

    await rows("UPDATE notices SET tries = 3 WHERE kind = 'wish_came' RETURNING id")

    assert (told, await tell_who_waits(NOW)) == ([3, 0], 3)


async def test_confirmations_that_wait_keep_nobody_from_the_news(db, monkeypatch):
    monkeypatch.setattr(telling, "MOST_IN_OUTBOX", 3)
    apples = await goods(left=0)
    for _ in range(3):
        await wishes(apples.listing.id)
    await harvest(apples.id)

    assert await tell_who_waits(NOW) == 3


async def test_who_stops_is_forgotten_and_never_told(db):
    apples = await goods(left=0)
    wish = await wishes(apples.listing.id)

    stopped = [await stop_wish(wish.id, now=NOW) for _ in range(2)]
    await harvest(apples.id)

    assert (stopped, await tell_who_waits(NOW)) == ([True, False], 0)
    await wish.refresh_from_db()
    assert (wish.state, wish.phone) == ("stopped", "")
    assert await outbox(KEPT) == [] == await outbox(CAME)


async def test_who_stops_before_the_news_has_left_is_not_told(db):
    apples = await goods(left=0)
    wish = await wishes(apples.listing.id)
    await harvest(apples.id)
    await tell_who_waits(NOW)
    await wish.refresh_from_db()
    comes = await something_comes(wish)

    assert comes and await stop_wish(wish.id, now=NOW)

    assert await outbox(CAME) == []
    await wish.refresh_from_db()
    assert wish.state == "stopped" and not await something_comes(wish)


async def test_who_was_told_has_nothing_to_stop(db):
    apples = await goods(left=0)
    wish = await wishes(apples.listing.id)
    await harvest(apples.id)
    await tell_who_waits(NOW)
    await rows("UPDATE notices SET sent_at = now() RETURNING id")

    assert not await stop_wish(wish.id, now=NOW)
    await wish.refresh_from_db()
    assert wish.state == "told"


async def test_messages_are_forgotten_when_they_went_and_traces_half_a_year_later(db):
    apples = await goods(left=0)
    wish = await wishes(apples.listing.id)
    await harvest(apples.id)
    await tell_who_waits(NOW)
    unsent = await forget_who_waited(NOW)
    await rows("UPDATE notices SET sent_at = now() RETURNING id")

    sent = await forget_who_waited(NOW)
    half_a_year = await forget_who_waited(NOW + timedelta(days=184))

    assert (unsent, sent, half_a_year) == (0, 2, 1)
    assert not await Wish.filter(id=wish.id).exists()


async def test_what_could_not_be_sent_for_a_week_is_given_up(db):
    apples = await goods(left=0)
    await wishes(apples.listing.id)
    await harvest(apples.id)
    await tell_who_waits(NOW)

    assert await forget_who_waited(NOW + timedelta(days=8)) == 2
    assert await outbox(CAME) == []


async def test_after_a_year_nobody_waits_any_more(db):
    wish = await wishes((await goods(left=0)).listing.id)
    await rows("DELETE FROM notices RETURNING id")

    forgotten = [await forget_who_waited(NOW + timedelta(days=days)) for days in (365, 366)]

    await wish.refresh_from_db()
    assert (forgotten, wish.state, wish.phone) == ([0, 1], "lapsed", "")


async def test_a_village_sees_how_many_wait_for_its_own(db):
    here, there = await a_village(), await a_village("옥정호마을")
    apples, rice = await goods(village=here, left=0), await goods("쌀", village=there, left=0)
    for listing in (apples.listing, apples.listing, rice.listing):
        await wishes(listing.id)
    await stop_wish((await wishes(apples.listing.id)).id, now=NOW)

    assert await waiting_for([here.id]) == {apples.listing.id: 2}


async def test_only_its_own_link_opens_a_wish(db):
    apples = await goods(left=0)
    first, second = await wishes(apples.listing.id), await wishes(apples.listing.id)
    token = wish_token(first.id, SECRET)

    assert (await wish_behind(first.id, token, secret=SECRET)).id == first.id
    for wrong in (wish_token(second.id, SECRET), "", "ß" * 32, token.upper()):
        with pytest.raises(NotFound):
            await wish_behind(first.id, wrong, secret=SECRET)
