"""Letters to people: each kind says what happened, what to do and where to look; the link opens that order alone."""

import json
import logging
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.message import EmailMessage
from pathlib import Path

import pytest

from market.deposits import confirm_deposit
from market.expiry import end_order
from market.fulfilment import send_parcel
from market.orders import Order, Part, Tender
from market.part_states import Ending
from storefront.brand import BrandShelf
from storefront.letter_facts import News, news_of
from storefront.letters import MAILS, SUBJECTS, mail_letter
from storefront.outbox import MailerByChannel, SmtpMailer, mail_of
from storefront.text_messages import LONG, SHORT, TEXTS, message_bytes, text_message
from tests.builders import (
    BUYER,
    NOW,
    SECRET,
    a_city,
    a_program,
    a_village,
    an_order,
    goods,
    rows,
)
from tests.fakes import FakeMailer
from villages.city import City
from villages.notices import Message, send_due_notices
from villages.programs import Participant

SHOP = "https://market.example.kr"


@pytest.fixture
async def market(db: str) -> City:
    return await a_city()


async def letters(kind: str) -> dict[str, Message]:
    """What lies in the outbox, by channel."""
    mailer = FakeMailer()
    await send_due_notices(datetime.now(UTC) + timedelta(days=40000), mailer, most=200)
    return {message.channel: message for _, message in mailer.sent if message.kind == kind}


async def told(message: Message, *, secret: str = SECRET, public_url: str = SHOP) -> News:
    city = (await BrandShelf().brand()).city
    return await news_of(message, city, secret=secret, public_url=public_url)


async def mail(kind: str) -> str:
    return mail_letter(await told((await letters(kind))["mail"])).text


async def text(kind: str) -> str:
    return text_message(await told((await letters(kind))["sms"]))


# What each kind says


async def test_an_order_by_transfer_says_where_how_much_and_until_when_in_seoul(market):
    placed = await an_order(await goods(price=35000), now=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))

    said = await mail("placed")

    assert "민지 김님, 주문을 받았습니다." in said
    assert "11월 25일(수) 오후 6시까지 아래 계좌로 보내 주시면" in said
    for row in (
        f"주문번호: {placed.order.number}",
        "보내실 돈: 39,000원",
        "보내실 곳: 농협 000-0000-0000-00",
        "예금주: 정읍 마을장터",
        "입금자 이름: 민지 김",
        "언제까지: 11월 25일(수) 오후 6시",
    ):
        assert f"{row}\n" in said
    assert "+00:00" not in said


async def test_the_same_order_as_a_text_message(market):
    placed = await an_order(await goods(price=35000), now=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))

    assert await text("placed") == (
        "[정읍 마을장터] 주문을 받았습니다.\n"
        f"주문 {placed.order.number}\n"
        "11월 25일(수) 오후 6시까지 39,000원을 보내 주세요.\n"
        "농협 000-0000-0000-00 예금주 정읍 마을장터\n"
        "입금자 이름 민지 김\n"
        f"주문 보기 {SHOP}/orders/{placed.order.number}?t={placed.token}\n"
        "문의 063-000-0000"
    )


async def test_an_order_by_card_names_no_account(market):
    await an_order(await goods(), tender=Tender.card)

    waiting = await letters("placed")
    said, short = (
        mail_letter(await told(waiting["mail"])).text,
        text_message(await told(waiting["sms"])),
    )

    assert (
        "오전 10시 40분까지 결제를 마치시면" in said
        and "오전 10시 40분까지 39,000원을 결제해 주세요." in short
    )
    assert "농협" not in said + short and "입금자" not in said + short


async def test_what_was_bought_stands_in_the_mail_by_village_with_its_seller(market):
    village = await a_village(phone="0630000001")
    program = await a_program(village=await a_village("대정마을"))
    await an_order((await goods("꿀사과", village=village), 2), seats={program.id: {Participant.adult: 3}})

    said = await mail("placed")

    assert "[내장산마을 · 내장산마을 영농조합 · 063-000-0001]\n- 꿀사과" in said
    assert " × 2, 70,000원\n- 배송비 0원\n" in said
    assert "[대정마을 · 대정마을 영농조합]\n- 떡메치기 체험" in said and "× 3, 27,000원" in said
    assert "통신판매중개자로서 거래당사자가 아니며" in said


async def test_a_late_letter_asks_for_no_money_that_has_come(market):
    placed = await an_order(await goods())
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=NOW)

    waiting = await letters("placed")
    said = mail_letter(await told(waiting["mail"])).text + text_message(await told(waiting["sms"]))

    assert "주문을 받았습니다" in said
    assert "농협" not in said and "까지" not in said


async def test_a_payment_is_confirmed_with_its_sum_in_one_short_message(market):
    placed = await an_order(await goods())
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=NOW)

    waiting = await letters("paid")

    said = mail_letter(await told(waiting["mail"])).text
    assert "민지 김님, 결제를 확인했습니다." in said and "결제하신 돈: 39,000원 · 무통장입금\n" in said
    short = text_message(await told(waiting["sms"]))
    assert short == (
        f"[정읍 마을장터] 39,000원 결제를 확인했습니다.\n주문 {placed.order.number}\n문의 063-000-0000"
    )
    assert message_bytes(short) <= SHORT


async def sent_parcel(courier: str = "cj") -> Order:
    village = await a_village()
    placed = await an_order(await goods(village=village))
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=NOW)
    part = await Part.get(order_id=placed.order.id)
    await send_parcel(
        part.id, courier=courier, tracking="6123-4567-8901", village_ids=[village.id], by="her", now=NOW
    )
    return placed.order


async def test_a_parcel_on_its_way_says_who_sent_it_and_where_to_follow_it(market):
    order = await sent_parcel()

    waiting = await letters("shipped")
    said = mail_letter(await told(waiting["mail"])).text
    short = text_message(await told(waiting["sms"]))

    follow = "https://www.cjlogistics.com/ko/tool/parcel/tracking?gnbInvcNo=612345678901"
    assert "내장산마을에서 상품을 보냈습니다." in said
    assert "택배사: CJ대한통운\n송장번호: 612345678901\n" in said and f"배송 조회: {follow}\n" in said
    assert (
        f"주문 {order.number}\nCJ대한통운 612345678901\n배송 조회 {follow}\n주문 보기 {SHOP}/orders/" in short
    )


async def test_a_tracking_number_corrected_meanwhile_is_the_one_told(market):
    await sent_parcel()
    await Part.all().update(tracking="699999999999")

    assert "CJ대한통운 699999999999" in await text("shipped")


@pytest.mark.parametrize(
    ("ending", "sentence", "short"),
    [
        (Ending.expired, "결제 기한이 지나 주문이 취소되었습니다.", "기한이 지나 주문이 취소되었습니다."),
        (Ending.cancelled, "주문이 취소되었습니다.", "주문이 취소되었습니다."),
    ],
)
async def test_an_order_that_ended_is_told_in_one_short_message(market, ending, sentence, short):
    placed = await an_order(await goods())
    await end_order(placed.order.id, ending, by="clock", now=NOW + timedelta(days=9))

    waiting = await letters(ending.value)

    assert sentence in mail_letter(await told(waiting["mail"])).text
    message = text_message(await told(waiting["sms"]))
    assert message == f"[정읍 마을장터] {short}\n주문 {placed.order.number}\n문의 063-000-0000"
    assert message_bytes(message) <= SHORT


async def test_a_village_is_told_which_order_waits_on_its_desk_and_gets_no_key_to_it(market):
    placed = await an_order(
        await goods("꿀사과", village=await a_village(phone="0630000001")),
        await goods("햅쌀", village=await a_village("대정마을")),
    )
    await confirm_deposit(placed.order.number, amount=placed.order.total, by="officer", now=NOW)

    message = (await letters("new_part"))["sms"]

    short = text_message(await told(message))
    assert short == f"[정읍 마을장터] 내장산마을 새 주문\n{SHOP}/desk/orders/{placed.order.number}"
    assert message_bytes(short) <= SHORT
    said = mail_letter(await told(replace(message, channel="mail"))).text
    assert (
        "내장산마을에 새 주문이 들어왔습니다." in said
        and "꿀사과" in said
        and f"/{placed.order.number}\n" in said
    )
    assert "햅쌀" not in said and "민지" not in said and "t=" not in said + short


# The link


async def test_the_link_opens_the_order_and_no_other(site, tmp_path):
    placed, other = await an_order(await goods()), await an_order(await goods())
    message = Message("placed", "mail", BUYER.email, {"number": placed.order.number})
    news = await told(message, public_url="http://shop.test")
    stranger = site.browser()

    page = await stranger.follow(await stranger.get(news.order_url))

    assert page.status_code == 200 and placed.order.number in page.text
    assert (await stranger.get(f"/orders/{other.order.number}")).status_code == 404


async def test_the_link_is_nowhere_but_in_the_letter(market, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    placed = await an_order(await goods())
    mailer = MailerByChannel(tmp_path / "outbox", "", secret=SECRET, public_url=SHOP, brand=BrandShelf())

    await send_due_notices(datetime.now(UTC) + timedelta(minutes=1), mailer)

    kept = list((tmp_path / "outbox").glob("*.json"))
    assert len(kept) == 2 and all(placed.token in json.loads(file.read_text())["text"] for file in kept)
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept)
    assert placed.token not in str(await rows("SELECT * FROM notices"))
    assert placed.token not in caplog.text


async def test_a_letter_that_does_not_go_leaves_no_link_behind(market, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    placed = await an_order(await goods())
    nobody = MailerByChannel(
        tmp_path, "smtp://127.0.0.1:1?from=a@example.kr", secret=SECRET, public_url=SHOP, brand=BrandShelf()
    )

    await send_due_notices(datetime.now(UTC) + timedelta(minutes=1), nobody)

    (mail_row,) = await rows("SELECT * FROM notices WHERE channel = 'mail'")
    assert mail_row["trouble"] and mail_row["sent_at"] is None
    assert placed.token not in str(mail_row) + caplog.text


async def test_only_the_buyers_own_addresses_get_the_link_and_the_order(market):
    placed = await an_order(await goods("꿀사과"))

    news = await told(Message("placed", "mail", "else@example.kr", {"number": placed.order.number}))

    said = mail_letter(news).text
    assert placed.token not in said and "꿀사과" not in said and "민지" not in said
    assert f"주문 조회: {SHOP}/orders/lookup\n" in said


async def test_after_the_secret_changed_letters_lead_to_the_lookup(market):
    placed = await an_order(await goods())
    message = Message("paid", "mail", BUYER.email, {"number": placed.order.number})

    news = await told(message, secret="another-secret")

    assert news.order_url == f"{SHOP}/orders/lookup"


# What is missing or odd


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"number": None, "total": None, "pay_before": None, "village": None, "tracking": None},
        {
            "number": "nobody's",
            "total": "많이",
            "pay_before": "곧",
            "tender": "bank_transfer",
            "courier": "새",
        },
        {
            "number": "\x00",
            "total": -1,
            "pay_before": "9999-12-31T23:59:59+00:00",
            "name": ["a"],
            "tender": 7,
        },
        {
            "number": "2" * 500,
            "total": True,
            "village": "가" * 5000,
            "tracking": 612345678901,
            "courier": "cj",
        },
        ["not", "a", "row"],
    ],
)
async def test_missing_or_odd_facts_never_stop_a_letter(market, facts):
    for kind in (*SUBJECTS, "of_tomorrow"):
        news = await told(Message(kind, "mail", "min@example.kr", facts))

        assert mail_letter(news).text.strip() and mail_letter(news).html.strip()
        assert 0 < message_bytes(text_message(news)) <= LONG
        assert "None" not in mail_letter(news).text + text_message(news)


async def test_before_the_city_wrote_its_row_letters_go_all_the_same(db):
    placed = await an_order(await goods())

    said = await mail("placed")

    assert "[내장산마을 ·" in said and "주문 화면에 있는 계좌로 보내 주시면" in said
    assert placed.order.number in said and "보내실 곳" not in said


async def test_an_old_row_alone_is_told_in_seoul_time(market):
    facts = {
        "number": "261121-000000",
        "total": 35000,
        "tender": "bank_transfer",
        "pay_before": "2026-11-24 01:00:00+00:00",
    }

    said = text_message(await told(Message("placed", "sms", BUYER.phone, facts)))

    assert "11월 24일(화) 오전 10시까지 35,000원을 보내 주세요.\n농협" in said


# Names that people type


async def test_a_name_adds_no_line_and_no_header(market):
    letter = mail_letter(
        await told(Message("paid", "mail", "a@example.kr", {"name": "김\r\nBcc: all@example.kr"}))
    )

    sent = mail_of(
        replace(letter, sender="정읍 마을장터"), sender="market@example.kr", to="a@example.kr",
        message_id="<k@market.example.kr>", at=NOW,
    )  # fmt: skip

    assert "김 Bcc: all@example.kr님" not in letter.text and sent["Bcc"] is None
    assert sent["To"] == "a@example.kr"


@pytest.mark.parametrize("to", ["a@example.kr\nBcc: b@example.kr", "a@example.kr, b@example.kr"])
async def test_one_address_is_one_reader(market, to):
    letter = mail_letter(await told(Message("paid", "mail", to, {})))

    with pytest.raises((ValueError, HeaderParseError)):
        mail_of(letter, sender="market@example.kr", to=to, message_id="<k@h>", at=NOW)


STRANGE_NAMES = [
    "무료 쿠폰 http://bad.example", "bad.example/쿠폰", "쿠폰。한국", "a://b", "쿠폰․kr", "쿠폰 02-1234-5678 로 전화",
    "쿠폰 １５８８-0000",
]  # fmt: skip


@pytest.mark.parametrize("name", STRANGE_NAMES)
async def test_a_name_that_carries_a_link_or_a_telephone_number_is_left_out(market, name):
    await an_order(await goods(), buyer=replace(BUYER, name=name, depositor=name))

    waiting = await letters("placed")
    letter = mail_letter(await told(waiting["mail"]))

    for said in (letter.text, letter.html, text_message(await told(waiting["sms"]))):
        assert "bad.example" not in said and "쿠폰" not in said and "a://b" not in said


async def test_the_html_part_escapes_what_people_typed(market):
    await an_order(await goods('<img src="x">사과'), buyer=replace(BUYER, name="<b>김</b>"))

    html = mail_letter(await told((await letters("placed"))["mail"])).html

    assert "<b>" not in html and "<img" not in html
    assert "&lt;b&gt;김&lt;/b&gt;님" in html


# The mail as it travels


async def test_a_mail_says_who_sent_it_when_and_that_no_person_wrote_it(market):
    placed = await an_order(await goods())
    letter = mail_letter(await told((await letters("placed"))["mail"]))

    travelled = travel(
        mail_of(
            letter,
            sender="market@example.kr",
            to="min@example.kr",
            message_id="<placed-1@market.example.kr>",
            at=NOW,
        )
    )

    assert travelled["From"].addresses[0].display_name == "정읍 마을장터"
    assert travelled["From"].addresses[0].addr_spec == "market@example.kr"
    assert travelled["Subject"] == f"[정읍 마을장터] 주문을 받았습니다 ({placed.order.number})"
    assert travelled["Date"].datetime == NOW
    assert travelled["Message-ID"] == "<placed-1@market.example.kr>"
    assert travelled["Auto-Submitted"] == "auto-generated"
    plain, html = travelled.get_body(("plain",)), travelled.get_body(("html",))
    assert plain and html
    assert plain.get_content() == letter.text and placed.token in html.get_content()


async def test_the_message_id_is_of_the_public_host_and_never_odd(market):
    carried: list[EmailMessage] = []

    class Noting(SmtpMailer):
        def _deliver(self, mail: EmailMessage) -> None:
            carried.append(mail)

    letter = mail_letter(await told(Message("paid", "mail", BUYER.email, {})))
    await Noting("smtp://mail.example.kr", host="market.example.kr").send(
        letter, to=BUYER.email, key="paid-\n>1-mail"
    )

    assert carried[0]["Message-ID"] == "<paid-__1-mail@market.example.kr>"
    assert carried[0]["From"].addresses[0].addr_spec == "no-reply@market.example.kr"


def travel(mail: EmailMessage) -> EmailMessage:
    arrived = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    return arrived


# How long a text message is


async def test_a_letter_of_the_alphabet_is_one_byte_and_a_syllable_two(market):
    assert message_bytes("abc 1") == 5 and message_bytes("장날") == 4


async def test_what_phones_cannot_show_is_replaced_before_it_is_counted(market):
    await an_order(await goods(), buyer=replace(BUYER, name="김🍎순자"))

    said = await text("placed")

    assert "입금자 이름 김?순자" in said and said.encode("cp949")


async def test_a_village_message_too_long_for_a_short_one_says_the_number_too(market):
    facts: dict[str, object] = {
        "number": "261121-012345",
        "village": "아주 이름이 긴 정보화마을 영농조합법인",
    }

    said = text_message(await told(Message("new_part", "sms", "0630000001", facts)))

    assert "새 주문\n주문 261121-012345\n" in said and SHORT < message_bytes(said) <= LONG


async def test_the_same_thing_is_kept_as_one_file_that_people_can_read(market, tmp_path: Path):
    await an_order(await goods())
    message = (await letters("placed"))["mail"]
    mailer = MailerByChannel(tmp_path, "", secret=SECRET, public_url=SHOP, brand=BrandShelf())

    for _ in range(2):
        await mailer.send(message, key="placed-1/2-mail")

    (kept,) = [tmp_path / name for name in os.listdir(tmp_path)]
    body = json.loads(kept.read_text(encoding="utf-8"))
    assert (body["kind"], body["channel"], body["address"]) == ("placed", "mail", BUYER.email)
    assert body["subject"].startswith("[정읍 마을장터] 주문을 받았습니다")
    assert body["text"].startswith("민지 김님, 주문을 받았습니다.")


async def test_every_kind_that_is_told_has_its_words():
    """A new `tell(…)`, `tell_each(…)` or `notices(…)` needs its letter."""
    sources = [
        path.read_text(encoding="utf-8")
        for package in ("market", "storefront", "villages")
        for path in (Path(__file__).parents[2] / package).rglob("*.py")
    ]
    kinds = {
        piece.split('"', 1)[0]
        for source in sources
        for call in re.split(r"(?:await tell|await tell_each|= notices)\(", source)[1:]
        for piece in call[:200].split('kind="')[1:2]
    }

    assert kinds | {Ending.expired.value, Ending.cancelled.value} == set(SUBJECTS) == set(MAILS) == set(TEXTS)
