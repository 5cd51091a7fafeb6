"""What a letter has to know, read when it is sent: the notices carry little, and never what opens an order."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from market.checkout import token_hash, token_of
from market.couriers import sent_by
from market.order_keys import NUMBER
from market.orders import Order, Part, Tender
from storefront.words import won
from villages.city import City
from villages.contacts import phone_text, tidy
from villages.days import SEOUL
from villages.notices import Message

TO_THE_BUYER = {
    "placed", "paid", "shipped", "delayed", "expired", "cancelled", "refund_promised", "refund_paid", "return_news",
    "dates_offered", "date_moved", "session_goes",
}  # fmt: skip
LONGEST = 60
MOST_DIGITS = 3
AN_ADDRESS = re.compile(r"://|[.。．｡]\S")  # what mail and message programs make a link of


@dataclass(frozen=True)
class News:
    """One message with everything its letter tells. What is not known is empty; money is won."""

    kind: str
    city: City
    public_url: str
    number: str
    name: str
    depositor: str
    total: int | None
    refunded: int | None
    """What goes back, where the message is about a refund; and why, in a sentence of ours."""
    why: str
    offer: str
    """Which offer of other dates it is about, and until when that stands."""
    until: datetime | None
    tender: str
    pay_before: datetime | None
    """None where nothing is waited for any more."""
    village: str
    courier: str
    tracking: str
    tracking_url: str
    parts: tuple[Part, ...]
    """What the reader may see of the order: the buyer all of it, a village its own half. Their lines: in mails only."""
    token: str
    """Opens the order's page: only in the buyer's own letters, and never kept or logged."""

    @property
    def market(self) -> str:
        """Who writes."""
        return tidy(self.city.market_name) or "마을장터"

    @property
    def phone(self) -> str:
        return phone_text(self.city.phone)

    @property
    def sum(self) -> str:
        return won(self.total) if self.total is not None else "주문하신 금액"

    @property
    def by_transfer(self) -> bool:
        return self.tender == Tender.bank_transfer

    @property
    def awaits_transfer(self) -> bool:
        return self.kind == "placed" and self.by_transfer and self.pay_before is not None

    @property
    def order_url(self) -> str:
        """Where the buyer sees the order; without a token, where she can look for it."""
        return f"{self.public_url}/orders/{self.number}?t={self.token}" if self.token else self.lookup_url

    @property
    def dates_url(self) -> str:
        """Where the buyer chooses another date."""
        page = f"{self.public_url}/orders/{self.number}/date-offers/{self.offer}?t={self.token}"
        return page if self.token and self.offer.isdigit() else self.lookup_url

    @property
    def lookup_url(self) -> str:
        return f"{self.public_url}/orders/lookup"

    @property
    def desk_url(self) -> str:
        return f"{self.public_url}/desk/orders" + (f"/{self.number}" if self.number else "")


async def news_of(message: Message, city: City, *, secret: str, public_url: str) -> News:
    """The message and its order as it stands now. Facts that are missing or odd leave gaps; they stop nothing."""
    facts = message.facts if isinstance(message.facts, dict) else {}
    number = _words(facts.get("number"))
    parts = await _parts(number, message) if NUMBER.fullmatch(number) else ()
    order = parts[0].order if parts else None
    village = _words(facts.get("village"))
    own = next((part for part in parts if part.village.name == village), None)
    bought = order if message.kind in TO_THE_BUYER else None
    tracking = _words(own and own.tracking) or _words(facts.get("tracking"))
    sent = sent_by(
        _words(own and own.courier) or _words(facts.get("courier")), tracking if tracking.isalnum() else ""
    )
    return News(
        kind=message.kind,
        city=city,
        public_url=public_url,
        number=number if NUMBER.fullmatch(number) else "",
        name=a_name(bought.buyer_name if bought else facts.get("name")),
        depositor=a_name(bought.depositor if bought else ""),
        total=bought.total if bought else _won(facts.get("total")),
        refunded=_won(facts.get("refunded")),
        why=tidy(str(facts.get("why") or ""))[:300],
        offer=_words(facts.get("offer")),
        until=_moment(facts.get("until")),
        tender=_words(facts.get("tender")) or (bought.tender.value if bought else ""),
        pay_before=_awaited(order) if order else _moment(facts.get("pay_before")),
        village=village,
        courier=sent.courier,
        tracking=tracking,
        tracking_url=sent.tracking_url,
        parts=parts if bought else (own,) if own else (),
        token=_token(bought, secret) if bought else "",
    )


async def _parts(number: str, message: Message) -> tuple[Part, ...]:
    """The order's halves, where this message is one for its buyer's own address, or one for a village."""
    found = Part.filter(order__number=number).select_related("order", "village").order_by("id")
    parts = tuple(await (found.prefetch_related("lines") if message.channel == "mail" else found))
    if not parts or message.kind not in TO_THE_BUYER:
        return parts
    return parts if message.address in (parts[0].order.buyer_email, parts[0].order.buyer_phone) else ()


def _token(order: Order, secret: str) -> str:
    """Empty where it would not open the page: an order without one, or a secret that was changed since."""
    token = token_of(order.key, secret)
    return token if token_hash(token) == order.token_hash else ""


def _awaited(order: Order) -> datetime | None:
    """Until when money is awaited: a letter that comes late must not ask for what was paid or ended."""
    return order.pay_before if order.paid_at is None and order.ended_as is None else None


def a_name(typed: object) -> str:
    """A name somebody typed, or nothing where it would bring a link or a telephone number to whoever gets it."""
    name = _words(typed)
    plain = unicodedata.normalize("NFKC", name)
    is_strange = AN_ADDRESS.search(plain) or sum(sign.isdigit() for sign in plain) > MOST_DIGITS
    return "" if is_strange else name


def _words(value: object) -> str:
    """A value on one line; of what is no text, nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return tidy(value)[:LONGEST] if isinstance(value, str) else ""


def _won(value: object) -> int | None:
    text = _words(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _moment(value: object) -> datetime | None:
    """As notices keep moments: "2026-11-24 01:00:00+00:00"."""
    try:
        at = datetime.fromisoformat(_words(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SEOUL)
    except (ValueError, OverflowError):
        return None
