"""Messages to those who wait: what they say when they are sent, and whom their link lets in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from market.expiry import end_order
from market.part_states import Ending
from market.seat_offers import end_overdue_offers
from market.waiting_parties import WaitingParty, party_token
from storefront.brand import BrandShelf
from storefront.letters import Letter
from storefront.outbox import MailerByChannel
from storefront.waiting_letters import WAITING_KINDS, waiting_message
from tests.builders import NOW, SECRET, a_city
from tests.fakes import FakeMailer
from tests.market.waiting import accepts, full_session, joins
from villages.city import City
from villages.notices import Message, Notice, send_due_notices

SHOP = "https://market.example.kr"
PHONE = "01099998888"


@pytest.fixture
async def market(db: str) -> City:
    return await a_city()


async def offered() -> WaitingParty:
    session, (order, *_) = await full_session(seats=2)
    party = await joins(session, 2, phone=PHONE)
    await end_order(order.id, Ending.cancelled, by="shopper", now=NOW)
    return await WaitingParty.get(id=party.party_id)


async def told(kind: str, party: WaitingParty, market: City, *, address: str = PHONE) -> tuple[str, str]:
    """(mail, text message)."""
    letter, text = [
        await waiting_message(
            Message(kind, channel, address, {"party": party.id}), market, secret=SECRET, public_url=SHOP
        )
        for channel in ("mail", "sms")
    ]
    assert isinstance(letter, Letter) and isinstance(text, str) and letter.html
    return letter.text, text


async def test_an_offer_says_what_until_when_and_where(market):
    party = await offered()

    mail, text = await told("seat_offer", party, market)

    for said in (mail, text):
        assert "기다리신 2자리가 났습니다." in said
        assert "11월 22일(일) 오전 9시까지 맡아 둡니다" in said
        assert f"{SHOP}/waiting-parties/{party.id}?t={party_token(party.key, SECRET)}" in said
    assert "12월 5일(토) 오전 10시" in text and text.startswith("[정읍 마을장터]")


async def test_an_offer_told_late_does_not_promise_what_is_gone(market):
    party = await offered()
    await accepts(party.id)

    _, text = await told("seat_offer", party, market)

    assert "맡아 둡니다" not in text and "소식이 있습니다" in text


async def test_a_message_to_another_address_opens_nothing(market):
    party = await offered()

    _, text = await told("seat_offer", party, market, address="01000000000")

    assert "?t=" not in text and f"{SHOP}/programs/" in text


@pytest.mark.parametrize("kind", sorted(WAITING_KINDS))
async def test_every_kind_has_its_words(market, kind):
    mail, text = await told(kind, await offered(), market)

    assert "떡메치기" in mail and "떡메치기" in text


async def test_whatever_is_told_to_a_party_has_words(market):
    party = await offered()
    await end_overdue_offers(NOW + timedelta(days=1))

    mailer = FakeMailer()
    await send_due_notices(datetime.now(UTC) + timedelta(days=40_000), mailer, most=200)
    kinds = {message.kind for _, message in mailer.sent if message.facts.get("party") == party.id}

    assert kinds == {"waiting_joined", "seat_offer", "seat_offer_over"} <= WAITING_KINDS


async def test_the_outbox_sends_them_with_everything_else(market, tmp_path: Path):
    await offered()

    folder = tmp_path / "outbox"
    mailer = MailerByChannel(folder, "", secret=SECRET, public_url=SHOP, brand=BrandShelf())
    await send_due_notices(datetime.now(UTC) + timedelta(days=40_000), mailer, most=200)

    assert await Notice.filter(sent_at__isnull=True).count() == 0
    assert any(
        "기다리신 2자리가 났습니다" in json.loads(file.read_text())["text"] for file in folder.glob("*.json")
    )
