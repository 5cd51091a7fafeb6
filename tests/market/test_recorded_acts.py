"""What the people of villages and of the city change is written down with it: who, what, for which village."""

import json
from datetime import timedelta

import pytest

from market.cancellations import cancel_unpaid
from market.deposits import confirm_deposit
from market.expiry import end_order
from market.fulfilment import begin_preparing, mark_delivered, send_parcel
from market.goods_edits import GoodsOffer, VariantOffer, create_goods, update_goods
from market.offline_sales import record_sale
from market.orders import Channel, Part, Tender
from market.part_states import Ending
from market.program_times import update_program
from market.quotes import Basket
from market.shelf_counts import count_shelf
from market.targets import set_targets
from tests.builders import NOW, a_person, a_program, a_village, an_order, goods
from tests.fakes import FakeGateway
from tests.site import CHEAP_PASSWORDS
from villages.acts import Act
from villages.listings import Listing, Tax, Variant
from villages.people import Role
from villages.program_edits import ProgramOffer
from villages.programs import Participant
from villages.publications import NotReady, publish, withdraw
from villages.refusals import BadForm, NotFound, OutOfStock
from villages.session_rules import add_sessions, close_session, reopen_session, resize_session
from villages.signing_in import invite, sign_in

BY = "person 7"


async def written() -> list[tuple[str, str, dict]]:
    return [(act.what, act.subject, json.loads(act.facts)) for act in await Act.all().order_by("id")]


async def test_goods_are_drafted_and_their_prices_changed(db):
    village = await a_village()
    offer = an_offer("꿀사과", VariantOffer("한 상자", "5kg", 35_000, stock=3))
    listing = await create_goods(
        offer, village_id=village.id, key="0123456789", picture_ids=[], by=BY, now=NOW
    )
    own = {"village_ids": [village.id], "by": BY, "now": NOW}
    variant = await Variant.get(listing=listing)
    await create_goods(offer, village_id=village.id, key="0123456789", picture_ids=[], by=BY, now=NOW)

    dearer = an_offer("햇꿀사과", VariantOffer("한 상자", "5kg", 36_000, id=variant.id))
    await update_goods(listing.id, dearer, version=1, **own)
    await update_goods(listing.id, dearer, version=2, **own)

    subject = f"listing {listing.id}"
    assert await written() == [
        ("listing drafted", subject, {"variants": 1}),
        ("price changed", subject, {"variant": variant.id, "before": 35_000, "after": 36_000}),
        ("listing edited", subject, {"columns": "name"}),
    ]
    assert {(act.by, act.village_id) for act in await Act.all()} == {(BY, village.id)}


async def test_a_listing_is_withdrawn_once(db):
    variant = await goods()
    own = {"village_ids": [variant.listing.village_id]}

    await withdraw(variant.listing_id, **own, by=BY)
    await withdraw(variant.listing_id, **own, by=BY)
    with pytest.raises(NotReady):
        await publish(variant.listing_id, **own, person_id=7, now=NOW)

    assert [what for what, _, _ in await written()] == ["listing withdrawn"]


async def test_a_program_changes_its_prices_and_dates(db):
    session = await a_program(published=False)
    listing = await Listing.get(id=session.listing_id)
    own = {"village_ids": [listing.village_id], "by": BY}
    prices = {Participant.adult: 10_000, Participant.child: 7_000}
    offer = ProgramOffer(
        name=listing.name, category="체험", prices=prices, ages={}, minutes=None, least_age=None, is_indoor=None,
        meeting_place="", ladder="",
    )  # fmt: skip

    await update_program(listing.id, offer, version=1, **own, now=NOW)
    await add_sessions(listing.id, [NOW + timedelta(days=3)], capacity=12, **own, now=NOW)
    await close_session(session.id, **own, now=NOW)
    await close_session(session.id, **own, now=NOW)
    await reopen_session(session.id, **own)
    await reopen_session(session.id, **own)
    await resize_session(session.id, 30, **own)
    with pytest.raises(NotFound):
        await resize_session(session.id, 30, village_ids=[0], by=BY)

    of_listing, of_session = f"listing {listing.id}", f"session {session.id}"
    assert await written() == [
        ("price changed", of_listing, {"participant": "adult", "before": 9_000, "after": 10_000}),
        ("sessions added", of_listing, {"count": 1, "seats": 12}),
        ("session closed", of_session, {}),
        ("session opened", of_session, {}),
        ("session resized", of_session, {"seats": 30}),
    ]
    assert {act.village_id for act in await Act.all()} == {listing.village_id}


async def test_stock_that_is_counted_again_is_written_down_once_and_not_when_refused(db):
    variant = await goods(left=10)
    own = {"village_ids": [variant.listing.village_id], "by": BY, "now": NOW}
    await an_order((variant, 4))

    await count_shelf(variant.id, left=4, seen=6, key="one", **own)
    await count_shelf(variant.id, left=4, seen=6, key="one", **own)
    with pytest.raises(OutOfStock):
        await count_shelf(variant.id, left=0, seen=50, key="two", **own)

    assert await written() == [("stock corrected", f"variant {variant.id}", {"before": 6, "after": 4})]


async def test_money_parcels_and_sales_name_the_order_and_nobody(db):
    variant = await goods()
    village_id = variant.listing.village_id
    own = {"village_ids": [village_id], "by": BY, "now": NOW}
    seller = await a_person(village=variant.listing.village, role=Role.operator)
    order = (await an_order(variant)).order
    for _ in range(2):
        await confirm_deposit(order.number, amount=order.total, by=BY, now=NOW)
    part = await Part.get(order=order)
    await begin_preparing(part.id, **own)
    for tracking in ("123456789012", "123456789023"):
        await send_parcel(part.id, courier="cj", tracking=tracking, **own)
    with pytest.raises(BadForm):
        await send_parcel(part.id, courier="cj", tracking="x", **own)
    await mark_delivered(part.id, **own)
    for _ in range(2):
        sold = await record_sale(
            Basket({variant.id: 1}), village_id=village_id, key="one", channel=Channel.stall, tender=Tender.cash,
            person_id=seller.id, by=BY, now=NOW,
        )  # fmt: skip

    of_part = f"part {part.id}"
    assert await written() == [
        ("deposit confirmed", f"order {order.number}", {"amount": order.total, "effect": "paid"}),
        ("preparing begun", of_part, {}),
        ("parcel sent", of_part, {"courier": "cj"}),
        ("parcel corrected", of_part, {"courier": "cj"}),
        ("parcel delivered", of_part, {"courier": "cj"}),
        (
            "sale recorded", f"order {sold.order.number}",
            {"total": 35_000, "channel": "stall", "tender": "cash", "missing": 0},
        ),
    ]  # fmt: skip
    assert {(act.by, act.village_id) for act in await Act.all()} == {(BY, village_id)}


async def test_an_order_cancelled_by_staff_is_an_act_one_by_its_buyer_is_not(db):
    first, second = [(await an_order(await goods())).order for _ in range(2)]

    await cancel_unpaid(first, FakeGateway(), by="shopper", now=NOW)
    await end_order(second.id, Ending.cancelled, by=BY, now=NOW)

    assert await written() == [("order cancelled", f"order {second.number}", {})]


async def test_targets_are_one_act_for_a_year(db):
    village = await a_village()

    await set_targets(village.id, 2026, {1: 5_000_000, 2: None}, {}, by=BY)
    await set_targets(village.id, 2026, {1: None, 2: 7_000_000}, {1: 1}, by=BY)

    assert [facts for _, _, facts in await written()] == [
        {"2026-01": 5_000_000}, {"2026-01": None, "2026-02": 7_000_000},
    ]  # fmt: skip


async def test_staff_come_in_and_are_given_roles_shoppers_come_and_go_unseen(db):
    village = await a_village(slug="maple")
    password = await invite("op@example.kr", "이영자", Role.operator, village.slug, passwords=CHEAP_PASSWORDS)
    shopper = await a_person("min@example.kr", password=await CHEAP_PASSWORDS.make("pass word"))

    _, actor = await sign_in("op@example.kr", password, passwords=CHEAP_PASSWORDS, now=NOW)
    await sign_in(shopper.email, "pass word", passwords=CHEAP_PASSWORDS, now=NOW)
    with pytest.raises(BadForm):
        await sign_in("op@example.kr", "wrong", passwords=CHEAP_PASSWORDS, now=NOW)

    person = f"person {actor.id}"
    assert [(act.what, act.by, act.subject) for act in await Act.all().order_by("id")] == [
        ("role given", "console", person), ("signed in", person, person),
    ]  # fmt: skip
    assert not [act for act in await Act.all() if "이영자" in act.facts or "example" in act.facts]


def an_offer(name: str, *variants: VariantOffer) -> GoodsOffer:
    return GoodsOffer(name=name, category="과일", tax=Tax.exempt, origin="국산(정읍)", variants=variants)
