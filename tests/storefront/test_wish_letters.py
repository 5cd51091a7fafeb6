"""Messages to those who want to be told: what they say, and what the law wants of an advertisement."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tortoise import connections

from market.wishes.asking import stop_wish
from market.wishes.tables import Wish, wish_token
from market.wishes.telling import CAME, KEPT, forget_who_waited
from storefront.brand import BrandShelf
from storefront.letters import Letter
from storefront.outbox import MailerByChannel
from storefront.text_messages import LONG, message_bytes
from storefront.wish_letters import WISH_KINDS, wish_message
from storefront.worker import DUTIES
from tests.builders import SECRET, a_city, a_program, a_village, goods, rows
from tests.market.wishes.wishing import wishes
from tests.site import test_services
from villages.city import City
from villages.notices import ADVERTISEMENTS, Message, send_due_notices, tell
from villages.programs import Session

SHOP = "https://market.example.kr"


@pytest.fixture
async def market(db: str) -> City:
    return await a_city()


async def a_wish() -> Wish:
    apples = await goods("꿀사과 5kg", village=await a_village("내장산마을"), left=0, slug="apples")
    return await wishes(apples.listing.id)


def files_in(folder: Path) -> MailerByChannel:
    return MailerByChannel(folder, "", secret=SECRET, public_url=SHOP, brand=BrandShelf())


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def told(kind: str, wish: Wish, market: City) -> tuple[Letter, str]:
    """(mail, text message), of messages that lie in the outbox."""
    facts: dict[str, object] = {"wish": wish.id}
    await tell(
        connections.get("default"), kind=kind, subject=f"wish {wish.id}", facts=facts, mail="min@example.kr", phone="01011112222"
    )  # fmt: skip
    letter, text = [
        await wish_message(Message(kind, channel, "", facts), market, secret=SECRET, public_url=SHOP)
        for channel in ("mail", "sms")
    ]
    await rows("DELETE FROM notices RETURNING id")
    assert isinstance(letter, Letter) and isinstance(text, str) and letter.html
    return letter, text


async def test_news_says_what_came_where_it_is_and_how_to_refuse(market):
    wish = await a_wish()

    mail, text = await told(CAME, wish, market)

    for said in (mail.text, text):
        assert "기다리신 것이 나왔습니다" in said and "꿀사과 5kg" in said and "내장산마을" in said
        assert f"{SHOP}/goods/apples" in said
        assert f"{SHOP}/wishes/{wish.id}?t={wish_token(wish.id, SECRET)}" in said


async def test_news_is_marked_as_an_advertisement_with_its_sender_and_a_free_way_out(market):
    mail, text = await told(CAME, await a_wish(), market)

    assert mail.subject.startswith("(광고) [정읍 마을장터]") and text.startswith("(광고)[정읍 마을장터]")
    assert text.splitlines()[-1].startswith("무료 수신거부 https://") and "063-000-0000" in text
    assert "무료 수신거부" in mail.text and market.address in mail.text and market.email in mail.text
    assert CAME in ADVERTISEMENTS and KEPT not in ADVERTISEMENTS


async def test_a_confirmation_is_no_advertisement_and_lets_a_stranger_stop_it(market):
    wish = await a_wish()

    mail, text = await told(KEPT, wish, market)

    for said in (mail.subject + mail.text, text):
        assert "광고" not in said and "신청하신 적이 없으면" in said
        assert f"{SHOP}/wishes/{wish.id}?t=" in said


async def test_a_program_can_be_booked_rather_than_bought(market):
    session = await a_program("떡메치기", seats=1)
    await Session.filter(id=session.id).update(closed_at=datetime.now(UTC))

    _, text = await told(CAME, await wishes(session.listing.id), market)

    assert "예약하실 수 있습니다: 떡메치기" in text and f"{SHOP}/programs/{session.listing.slug}" in text


async def test_the_longest_name_still_leaves_room_for_the_way_out(market):
    longest = await goods("감" * 80, left=0, slug="g" * 80)

    _, text = await told(CAME, await wishes(longest.listing.id), market)

    assert message_bytes(text) < LONG and "수신거부 https://" in text


async def test_the_outbox_sends_them_with_everything_else(market, tmp_path: Path):
    wish = await a_wish()

    mailer = files_in(tmp_path)
    sent = await send_due_notices(datetime.now(UTC), mailer)

    file = tmp_path / f"wish_kept-wish_{wish.id}-sms.json"
    assert sent == 1 and "나오면 알려 드립니다" in json.loads(file.read_text())["text"]
    assert {KEPT, CAME} == WISH_KINDS
    assert await forget_who_waited(datetime.now(UTC)) == 1


async def test_letters_kept_as_files_are_gone_a_day_after_they_went_and_those_of_orders_stay(
    market, tmp_path: Path
):
    await a_wish()
    mailer = files_in(tmp_path)
    await send_due_notices(datetime.now(UTC), mailer)
    for other in ("order_paid-261123-123456-sms.json", ".wish_kept-wish_7-sms.half"):
        (tmp_path / other).touch()
    (duty,) = [duty for duty in DUTIES if duty.name == "forget the letters of who waited"]
    services = replace(test_services(tmp_path), mailer=mailer)

    forgotten = [await duty.run(datetime.now(UTC) + timedelta(hours=hours), services) for hours in (23, 25)]

    assert forgotten == [0, 2]
    assert names_in(tmp_path) == ["order_paid-261123-123456-sms.json"]


async def test_what_a_sender_had_taken_up_does_not_go_to_who_stopped_it(market, tmp_path: Path):
    wish = await a_wish()
    taken_up = Message(KEPT, "sms", wish.phone, {"wish": wish.id})

    await stop_wish(wish.id, now=datetime.now(UTC))
    await files_in(tmp_path).send(taken_up, key="wish_kept-wish_1-sms")

    assert names_in(tmp_path) == []
