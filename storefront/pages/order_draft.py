"""What a shopper has told us on the way to an order: in a signed cookie until the order is placed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from market.checkout import Address, Buyer
from market.orders import Tender
from storefront.visit import Visit, drop_cookie, set_cookie
from storefront.web import text_of
from villages.contacts import BadValue, phone_text, read_email, read_name, read_phone, read_postcode, tidy
from villages.provinces import with_province_of_today

ARRIVES = "arrives_"
MESSAGES = ("문 앞에 놓아 주세요", "경비실에 맡겨 주세요", "배송 전에 전화 주세요")

Words = dict[str, str]
"""Field → what was typed, or the sentence that says what is wrong with it."""


@dataclass(frozen=True)
class Draft:
    buyer: Buyer | None = None
    address: Address | None = None


def draft_of(visit: Visit) -> Draft:
    """Whatever is broken counts as not told."""
    plain = visit.jar.open("checkout", visit.cookies.get(visit.jar.name("checkout")))
    try:
        buyer, address = plain
        return Draft(Buyer(*buyer) if buyer else None, Address(*address) if address else None)
    except (TypeError, ValueError):
        return Draft()


def keep_draft(response: Response, visit: Visit, draft: Draft) -> None:
    """Until the browser closes: a stranger at the same computer must not find an address."""
    plain: list[Any] = [told and list(vars(told).values()) for told in (draft.buyer, draft.address)]
    set_cookie(response, visit.jar, "checkout", visit.jar.seal("checkout", plain))


def drop_draft(response: Response, visit: Visit) -> None:
    drop_cookie(response, visit.jar, "checkout")


def read_buyer(form: FormData) -> tuple[Buyer | None, Words, Words]:
    """(buyer, what was typed, mistakes by field); the buyer is None while there are mistakes."""
    typed = {name: text_of(form, name) for name in ("name", "phone", "email")}
    values, mistakes = _read(typed, {"name": read_name, "phone": read_phone, "email": _optional(read_email)})
    return (None if mistakes else Buyer(**values)), typed, mistakes


def read_address(form: FormData) -> tuple[Address | None, Words, Words]:
    """Like `read_buyer`; a message of one's own wins over a chosen one."""
    typed = {
        name: text_of(form, name)
        for name in ("receiver", "receiver_phone", "postcode", "road", "detail", "message", "own")
    }
    values, mistakes = _read(typed, ADDRESS_READERS)
    if mistakes:
        return None, typed, mistakes
    message = values["own"] or (values["message"] if values["message"] in MESSAGES else "")
    address = Address(
        values["receiver"],
        values["receiver_phone"],
        values["postcode"],
        values["road"],
        values["detail"],
        message,
    )
    return address, typed, {}


@dataclass(frozen=True)
class Payment:
    """The last form: how it is paid, and that the villages may have the receiver's data."""

    tender: Tender
    depositor: str


def read_payment(form: FormData, *, takes_cards: bool) -> tuple[Payment | None, Words, Words]:
    typed = {name: text_of(form, name) for name in ("tender", "depositor", "agreed")}
    mistakes: Words = {}
    if typed["tender"] not in (
        [Tender.bank_transfer, Tender.card] if takes_cards else [Tender.bank_transfer]
    ):
        mistakes["tender"] = "결제 방법을 골라 주세요."
    if typed["agreed"] != "1":
        mistakes["agreed"] = "물건을 보내고 체험을 준비하려면 마을에 알려야 합니다. 동의란에 표시해 주세요."
    depositor = ""
    if typed["tender"] == Tender.bank_transfer and typed["depositor"]:
        try:
            depositor = read_name(typed["depositor"])
        except BadValue as bad:
            mistakes["depositor"] = bad.sentence
    if mistakes:
        return None, typed, mistakes
    return Payment(Tender(typed["tender"]), depositor), typed, {}


def seen_arrivals(form: FormData) -> dict[str, date]:
    """Village's slug → the arrival day that the last page showed. What is no day counts as not seen."""
    seen = {}
    for name in form:
        if name.startswith(ARRIVES):
            try:
                seen[name.removeprefix(ARRIVES)] = date.fromisoformat(text_of(form, name, most=10))
            except ValueError:
                continue
    return seen


def with_depositor(buyer: Buyer, payment: Payment) -> Buyer:
    return replace(buyer, depositor=payment.depositor)


def words_of_buyer(buyer: Buyer | None) -> Words:
    return {"name": buyer.name, "phone": phone_text(buyer.phone), "email": buyer.email} if buyer else {}


def words_of_address(draft: Draft) -> Words:
    """What stands in the fields: what was told before, or the buyer as receiver: nothing is retyped."""
    if draft.address is None:
        return (
            {"receiver": draft.buyer.name, "receiver_phone": phone_text(draft.buyer.phone)}
            if draft.buyer
            else {}
        )
    address = draft.address
    is_chosen = address.message in MESSAGES
    return {
        "receiver": address.name, "receiver_phone": phone_text(address.phone), "postcode": address.postcode,
        "road": address.road, "detail": address.detail, "message": address.message if is_chosen else "",
        "own": "" if is_chosen else address.message,
    }  # fmt: skip


def _read(typed: Words, readers: dict[str, Callable[[str], str]]) -> tuple[Words, Words]:
    values: Words = {}
    mistakes: Words = {}
    for name, read in readers.items():
        try:
            values[name] = read(typed[name])
        except BadValue as bad:
            mistakes[name] = bad.sentence
    return values, mistakes


def _optional(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda typed: read(typed) if tidy(typed) else ""


def _road(typed: str) -> str:
    road = tidy(typed)
    if not road:
        raise BadValue("도로명 주소를 적어 주세요. 예: 서울특별시 중구 세종대로 110")
    if len(road) < 5 or len(road) > 120:
        raise BadValue("시·도부터 건물 번호까지 적어 주세요. 예: 서울특별시 중구 세종대로 110")
    return with_province_of_today(road)


def _at_most(most: int, what: str) -> Callable[[str], str]:
    def read(typed: str) -> str:
        text = tidy(typed)
        if len(text) > most:
            raise BadValue(f"{what} {most}자까지 적을 수 있습니다.")
        return text

    return read


ADDRESS_READERS: dict[str, Callable[[str], str]] = {
    "receiver": read_name, "receiver_phone": read_phone, "postcode": read_postcode, "road": _road,
    "detail": _at_most(80, "나머지 주소는"), "message": tidy, "own": _at_most(60, "배송 메시지는"),
}  # fmt: skip
