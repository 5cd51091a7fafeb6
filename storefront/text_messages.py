"""Text messages to people: what each kind says, as short as it can be said. Nothing in them is an advertisement."""

from collections.abc import Callable

from storefront.letter_facts import News
from storefront.words import moment_ko, won

SHORT, LONG = 90, 2000
"""Bytes of a short (SMS) and of a long text message (LMS), as the carriers count them."""


def text_message(news: News) -> str:
    """The first wording that fits a short message; where none does, the fullest one as a long message."""
    wordings = [_message(news, lines) for lines in TEXTS.get(news.kind, _something_new)(news)]
    return next((text for text in wordings if message_bytes(text) <= SHORT), wordings[0])


def message_bytes(text: str) -> int:
    return len(text.encode("cp949", "replace"))


def _message(news: News, lines: list[str]) -> str:
    return signed_text(news.market, lines)


def signed_text(market: str, lines: list[str]) -> str:
    """Signed, and in the letters that phones here can show: others become question marks before they are counted."""
    text = "\n".join(filter(None, [f"[{market}] {lines[0]}", *lines[1:]]))
    return text.encode("cp949", "replace")[:LONG].decode("cp949", "ignore")


def _placed(news: News) -> list[list[str]]:
    asked = ""
    if news.pay_before:
        what = "보내 주세요" if news.by_transfer else "결제해 주세요"
        asked = f"{moment_ko(news.pay_before)}까지 {news.sum}을 {what}."
    to_pay = (
        [_account(news), news.depositor and f"입금자 이름 {news.depositor}"] if news.awaits_transfer else []
    )
    return [
        [f"주문을 받았습니다.{_order(news)}", asked, *to_pay, f"주문 보기 {news.order_url}", _phone(news)]
    ]


def _paid(news: News) -> list[list[str]]:
    paid = f"{news.sum} 결제를" if news.total is not None else "결제를"
    return [[f"{paid} 확인했습니다.{_order(news)}", _phone(news)]]


def _shipped(news: News) -> list[list[str]]:
    return [
        [
            f"{news.village or '마을'}에서 상품을 보냈습니다.{_order(news)}",
            f"{news.courier} {news.tracking}".strip(),
            news.tracking_url and f"배송 조회 {news.tracking_url}",
            f"주문 보기 {news.order_url}",
            _phone(news),
        ]
    ]


def _expired(news: News) -> list[list[str]]:
    return [[f"기한이 지나 주문이 취소되었습니다.{_order(news)}", _phone(news)]]


def _cancelled(news: News) -> list[list[str]]:
    said = " ".join(filter(None, (news.why, "주문이 취소되었습니다.")))
    return [[said + _order(news), _phone(news)]]


def _dates_offered(news: News) -> list[list[str]]:
    until = f"{moment_ko(news.until)}까지 " if news.until else ""
    told = f"{news.why} {until}다른 날짜로 바꾸시거나 모두 돌려받으실 수 있습니다."
    return [[told.strip(), f"고르기 {news.dates_url}", _phone(news)]]


def _its_sentence(news: News) -> list[list[str]]:
    return [[(news.why or "예약 소식이 있습니다.") + _order(news), _phone(news)]]


def _party_moved(news: News) -> list[list[str]]:
    return [[f"예약 날짜가 바뀌었습니다. {news.desk_url}"]]


def _new_part(news: News) -> list[list[str]]:
    """The address ends with the number: to keep the message short, that is enough."""
    said = f"{news.village or '마을'} 새 주문"
    return [[f"{said}{_order(news)}", news.desk_url], [said, news.desk_url]]


def _something_new(news: News) -> list[list[str]]:
    return [[f"알려 드릴 것이 있습니다.{_order(news)}", _phone(news)]]


def _refund_promised(news: News) -> list[list[str]]:
    told = news.why or "취소를 받았습니다."
    told += f" {won(news.refunded)}을 돌려드립니다." if news.refunded else ""
    return [[told + _order(news), _phone(news)], [told + _order(news)]]


def _refund_paid(news: News) -> list[list[str]]:
    told = f"{won(news.refunded)}을 돌려드렸습니다." if news.refunded else "돈을 돌려드렸습니다."
    return [[told + _order(news), _phone(news)], [told + _order(news)]]


def _part_cancelled(news: News) -> list[list[str]]:
    return [[f"취소된 것이 있습니다. {news.desk_url}"]]


def _delayed(news: News) -> list[list[str]]:
    said = f"{news.why or '보내는 날이 바뀌었습니다.'}{_order(news)}"
    return [[said, f"주문 보기 {news.order_url}", _phone(news)]]


def _return_news(news: News) -> list[list[str]]:
    told = news.why or "반품·교환 신청에 소식이 있습니다."
    return [[told + _order(news), _phone(news)], [told + _order(news)]]


def _return_asked(news: News) -> list[list[str]]:
    return [[f"돌려보내겠다는 손님이 있습니다. {news.desk_url}"]]


def _account(news: News) -> str:
    city = news.city
    return f"{city.bank_name} {city.bank_account} 예금주 {city.bank_holder}" if city.bank_account else ""


def _order(news: News) -> str:
    return f"\n주문 {news.number}" if news.number else ""


def _phone(news: News) -> str:
    return f"문의 {news.phone}" if news.phone else ""


TEXTS: dict[str, Callable[[News], list[list[str]]]] = {
    "placed": _placed,
    "paid": _paid,
    "shipped": _shipped,
    "delayed": _delayed,
    "expired": _expired,
    "cancelled": _cancelled,
    "refund_promised": _refund_promised,
    "refund_paid": _refund_paid,
    "new_part": _new_part,
    "part_cancelled": _part_cancelled,
    "dates_offered": _dates_offered,
    "date_moved": _its_sentence,
    "party_moved": _party_moved,
    "session_goes": _its_sentence,
    "return_news": _return_news,
    "return_asked": _return_asked,
}
