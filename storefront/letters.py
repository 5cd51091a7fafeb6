"""Mails to people: what each kind says. Text messages stand beside them, how both leave in outbox.py."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from market.orders import Part
from storefront.letter_facts import News
from storefront.words import date_ko, moment_ko, tender_ko, won
from villages.contacts import phone_text

SUBJECTS = {
    "placed": "주문을 받았습니다",
    "paid": "결제를 확인했습니다",
    "shipped": "상품을 보냈습니다",
    "delayed": "보내는 날이 바뀌었습니다",
    "expired": "결제 기한이 지나 주문이 취소되었습니다",
    "cancelled": "주문이 취소되었습니다",
    "refund_promised": "취소를 받았습니다",
    "refund_paid": "돈을 돌려드렸습니다",
    "return_news": "반품·교환을 알려 드립니다",
    "return_asked": "돌려보내겠다는 손님이 있습니다",
    "new_part": "새 주문이 들어왔습니다",
    "part_cancelled": "주문이 취소되었습니다",
    "dates_offered": "체험이 취소되었습니다. 다른 날짜를 골라 주세요",
    "date_moved": "예약 날짜를 바꾸었습니다",
    "party_moved": "예약 날짜가 바뀌었습니다",
    "session_goes": "체험이 열립니다",
}


@dataclass(frozen=True)
class Letter:
    """A mail before it is an envelope: its text and its HTML are made of the same things."""

    sender: str
    subject: str
    said: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What was bought, by village."""
    links: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        blocks = [
            self.said,
            [f"{label}: {value}" for label, value in self.facts],
            *([f"[{title}]", *(f"- {line}" for line in lines)] for title, lines in self.groups),
            [f"{label}: {url}" for label, url in self.links],
            self.closing,
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    @property
    def html(self) -> str:
        return TEMPLATES.get_template("letter.html").render(letter=self)


def mail_letter(news: News) -> Letter:
    return Letter(
        sender=news.market,
        subject=f"[{news.market}] {_title(news)}" + (f" ({news.number})" if news.number else ""),
        said=tuple(filter(None, MAILS.get(news.kind, _something_new)(news))),
        facts=tuple((label, value) for label, value in _facts(news) if value),
        groups=tuple(_half(part, news) for part in news.parts) if news.kind in LISTS_GOODS else (),
        links=tuple((label, url) for label, url in _links(news) if url),
        closing=tuple(filter(None, _closing(news))),
    )


def _placed(news: News) -> list[str]:
    greeting = f"{news.name}님, 주문을 받았습니다." if news.name else "주문을 받았습니다."
    if news.pay_before is None:
        return [greeting]
    until = moment_ko(news.pay_before)
    if not news.by_transfer:
        return [
            greeting,
            f"{until}까지 결제를 마치시면 주문이 확정됩니다. 이미 결제하셨으면 곧 확인해 드립니다.",
        ]
    return [
        greeting,
        f"{until}까지 {_where(news)} 보내 주시면 주문이 확정됩니다. 시간이 지나면 주문이 저절로 취소됩니다.",
    ]


def _paid(news: News) -> list[str]:
    return [
        f"{news.name}님, 결제를 확인했습니다." if news.name else "결제를 확인했습니다.",
        "마을에 알렸습니다. 준비를 시작하면 주문 화면에 보입니다.",
    ]


def _shipped(news: News) -> list[str]:
    return [f"{news.village or '마을'}에서 상품을 보냈습니다."]


def _expired(news: News) -> list[str]:
    return [
        "결제 기한이 지나 주문이 취소되었습니다.",
        "다시 담아 주문하실 수 있습니다. 이미 보내신 돈이 있으면 전화해 주세요.",
    ]


def _cancelled(news: News) -> list[str]:
    return [news.why, "주문이 취소되었습니다.", "내신 돈이 있으면 돌려 드립니다."]


def _new_part(news: News) -> list[str]:
    return [
        f"{news.village or '마을'}에 새 주문이 들어왔습니다.",
        "주문을 보시고 '주문 봤어요'를 눌러 주세요.",
    ]


def _refund_promised(news: News) -> list[str]:
    if not news.refunded:
        return [
            news.why or "취소를 받았습니다.",
            "주문하실 때 보신 환불 규정에 따라 돌려드리는 돈은 없습니다.",
        ]
    how = (
        "영업일 3일 안에 계좌로 보내 드립니다. 돌려받을 계좌를 아직 적지 않으셨으면 주문 화면에서 적어 주세요."
        if news.by_transfer
        else "카드 결제를 취소해 드립니다."
    )
    return [news.why or "취소를 받았습니다.", f"{won(news.refunded)}을 돌려드립니다. {how}"]


def _refund_paid(news: News) -> list[str]:
    return [f"{won(news.refunded)}을 돌려드렸습니다." if news.refunded else "돈을 돌려드렸습니다."]


def _part_cancelled(news: News) -> list[str]:
    return [
        f"{news.village or '마을'}의 주문이 모두, 또는 일부 취소되었습니다.",
        "보내기 전에 주문 화면에서 무엇이 남았는지 확인해 주세요.",
    ]


def _dates_offered(news: News) -> list[str]:
    until = f"{moment_ko(news.until)}까지 " if news.until else ""
    return [
        news.why,
        f"{until}다른 날짜로 바꾸시거나 모두 돌려받으실 수 있습니다. 고르지 않으시면 돈을 돌려드립니다.",
    ]


def _party_moved(news: News) -> list[str]:
    return [
        f"{news.village or '마을'}의 예약 한 팀이 다른 날짜로 옮겼습니다.",
        "주문 화면에서 확인해 주세요.",
    ]


def _its_sentence(news: News) -> list[str]:
    return [news.why or "주문 화면에서 확인해 주세요."]


def _return_news(news: News) -> list[str]:
    return [news.why or "반품·교환 신청에 소식이 있습니다.", "주문 화면에서 자세히 보실 수 있습니다."]


def _return_asked(news: News) -> list[str]:
    return [
        f"{news.village or '마을'} 물건을 돌려보내거나 바꾸겠다는 신청이 들어왔습니다.",
        "주문 화면의 '돌아오는 물건'에서 확인해 주세요.",
    ]


def _something_new(news: News) -> list[str]:
    return ["알려 드릴 것이 있습니다. 궁금하신 것은 전화해 주세요."]


def _delayed(news: News) -> list[str]:
    return [
        news.why or "보내는 날이 바뀌었습니다.",
        "기다리기 어려우시면 주문 화면에서 취소하실 수 있습니다.",
    ]


MAILS: dict[str, Callable[[News], list[str]]] = {
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
TO_A_VILLAGE = {"new_part", "part_cancelled", "party_moved", "return_asked"}
LISTS_GOODS = {"placed", "paid", "new_part"}


def _title(news: News) -> str:
    return SUBJECTS.get(news.kind, "알려 드립니다")


def _facts(news: News) -> list[tuple[str, str]]:
    rows = [("주문번호", news.number)]
    if news.awaits_transfer:
        return [
            *rows,
            ("보내실 돈", news.sum if news.total is not None else ""),
            (
                "보내실 곳",
                f"{news.city.bank_name} {news.city.bank_account}" if news.city.bank_account else "",
            ),
            ("예금주", news.city.bank_holder),
            ("입금자 이름", news.depositor),
            ("언제까지", moment_ko(news.pay_before) if news.pay_before else ""),
        ]
    if news.kind in ("placed", "paid") and news.total is not None:
        label = "결제하신 돈" if news.kind == "paid" else "결제하실 돈" if news.pay_before else "금액"
        rows.append((label, " · ".join(filter(None, (news.sum, tender_ko(news.tender))))))
    if news.kind == "shipped":
        rows += [("보낸 마을", news.village), ("택배사", news.courier), ("송장번호", news.tracking)]
    return rows


def _half(part: Part, news: News) -> tuple[str, tuple[str, ...]]:
    """A village's half: who sells, what, the postage, and when it comes."""
    lines = sorted(part.lines, key=lambda line: line.id)
    told = [f"{line.name} × {line.count}, {won(line.amount)}" for line in lines]
    if any(line.variant_id for line in lines):
        told.append(f"배송비 {won(part.postage)}")
        soon = "바로 입금하시면 " if news.awaits_transfer else ""
        told += [f"{soon}{date_ko(part.promised_on)} 도착 예정"] if part.promised_on else []
    village = part.village
    return " · ".join(filter(None, (village.name, village.company, phone_text(village.phone)))), tuple(told)


def _links(news: News) -> list[tuple[str, str]]:
    if news.kind in TO_A_VILLAGE:
        return [("주문 보기", news.desk_url)]
    label = "주문 보기" if news.token else "주문 조회"
    if news.kind == "dates_offered":
        return [("다른 날짜 고르기", news.dates_url)]
    return [("배송 조회", news.tracking_url if news.kind == "shipped" else ""), (label, news.order_url)]


def _closing(news: News) -> list[str]:
    who = " · ".join(filter(None, (news.market, news.phone, news.city.phone_hours)))
    if news.kind in TO_A_VILLAGE:
        return [who]
    return [
        "청약철회와 교환·환불 조건은 주문 화면에서 보실 수 있습니다." if news.kind in LISTS_GOODS else "",
        who,
        f"{news.market}는 통신판매중개자로서 거래당사자가 아니며, 상품·거래정보 및 거래에 대한 책임은 각 판매자(마을)에게 있습니다.",
    ]


def _where(news: News) -> str:
    return "아래 계좌로" if news.city.bank_account else "주문 화면에 있는 계좌로"


# Apart from the pages': what those share (assets, icons, forms) has no place in a mail.
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates/letters"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    undefined=StrictUndefined,
)
