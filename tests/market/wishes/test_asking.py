"""Asking to be told: each contact waits once for a listing, and is confirmed once."""

import hashlib

import pytest

from market.wishes import consent
from market.wishes.asking import Contact, IsThere, ask_to_be_told, stop_wish
from market.wishes.tables import Wish
from market.wishes.telling import CAME, KEPT, tell_who_waits
from market.wishes.window import wished_listing
from tests.builders import NOW, goods
from tests.market.wishes.wishing import harvest, outbox, wishes
from villages.listings import Kind
from villages.refusals import BadForm, NotFound


async def test_a_wish_is_confirmed_once_and_keeps_what_was_agreed_to(db):
    apples = await goods(left=0)

    wish = await wishes(apples.listing.id, phone="01011112222", key="the same form")
    again = await wishes(apples.listing.id, phone="01011112222", key="the same form")

    assert wish.id == again.id and wish.consent == consent.VERSION
    assert await outbox(KEPT) == [("sms", "01011112222")]


async def test_the_same_number_waits_once_for_a_listing_and_for_as_many_as_it_likes(db):
    apples, pears = await goods(left=0), await goods("배", left=0)
    contact = Contact("01011112222")

    written = [
        await ask_to_be_told(listing.id, contact, key=f"form {at}", now=NOW)
        for at, listing in enumerate((apples.listing, apples.listing, pears.listing))
    ]

    assert written == [True, False, True]
    assert await Wish.all().count() == 2 and len(await outbox(KEPT)) == 2


async def test_a_contact_is_added_to_one_that_waits_already(db):
    listing = (await goods(left=0)).listing
    await wishes(listing.id, phone="01011112222")

    added = await ask_to_be_told(listing.id, Contact("01011112222", "min@example.kr"), key="later", now=NOW)

    assert added and await Wish.all().order_by("id").values_list("phone", "email") == [
        ("01011112222", ""), ("", "min@example.kr"),
    ]  # fmt: skip
    assert await outbox(KEPT) == [("sms", "01011112222"), ("mail", "min@example.kr")]


async def test_a_number_put_right_in_the_same_form_is_kept_too(db):
    listing = (await goods(left=0)).listing

    for number in ("01011112223", "01011112222"):
        await wishes(listing.id, phone=number, key="the same form")

    assert await outbox(KEPT) == [("sms", "01011112223"), ("sms", "01011112222")]


async def test_whoever_wished_with_somebody_elses_number_cannot_stop_what_her_mail_waits_for(db):
    apples = await goods(left=0)
    strangers = await wishes(apples.listing.id, phone="01011112222", email="stranger@example.kr")
    hers = Contact("01011112222", "min@example.com")
    await ask_to_be_told(apples.listing.id, hers, key="hers", now=NOW)

    await stop_wish(strangers.id, now=NOW)
    await harvest(apples.id)
    await tell_who_waits(NOW)

    assert ("mail", "min@example.com") in await outbox(CAME)


async def test_what_is_there_needs_no_waiting(db):
    apples = await goods()

    with pytest.raises(IsThere):
        await ask_to_be_told(apples.listing.id, Contact("01011112222"), key="k", now=NOW)
    with pytest.raises(BadForm):
        await ask_to_be_told(apples.listing.id, Contact(), key="k", now=NOW)
    assert not await Wish.exists()


async def test_what_shoppers_may_not_see_takes_no_wish(db):
    draft = await goods(left=0, published=False)

    with pytest.raises(NotFound):
        await ask_to_be_told(draft.listing.id, Contact("01011112222"), key="k", now=NOW)
    with pytest.raises(NotFound):
        await wished_listing(draft.listing.slug, Kind.goods, now=NOW)


def test_other_words_are_another_version_of_the_consent():
    """Whoever changed the words sets a new version there, and both here."""
    words = hashlib.sha256(repr((consent.ROWS, consent.AGREED)).encode()).hexdigest()

    assert (consent.VERSION, words[:16]) == ("1", "44f3db3ba3b5c49b")
