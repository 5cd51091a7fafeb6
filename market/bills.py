"""What a cart comes to before it is ordered: parcels by village, bookings apart, and what changed since it was seen."""

from datetime import date, datetime
from typing import Any, NamedTuple

from market.cart import MOST_PEOPLE, Cart, line_id
from market.deliveries import Postage
from market.quote_lines import QuoteLine
from market.quotes import MOST_OF_ONE, Quote, QuotePart, Seller
from market.session_words import minimum_of_terms
from villages.programs import PARTICIPANT_NAMES
from villages.refund_ladders import cause_sentences, ladder_from_data, ladder_sentences


class Photo(NamedTuple):
    """A picture beside its name, so it needs no words of its own."""

    hash: str
    w: int
    alt: str = ""


class BillLine(NamedTuple):
    """One line of the cart at today's price (won). `was` is the price it was put in at, where that is another one."""

    id: str
    name: str
    slug: str
    photo: Photo | None
    count: int
    unit_price: int
    amount: int
    was: int | None
    most: int
    trouble: str
    withdrawal_limit: str


class Parcel(NamedTuple):
    """What one village sends. `until_free` is what is missing for free postage (won); 0: free already, or never."""

    seller: Seller
    lines: tuple[BillLine, ...]
    goods: int
    postage: Postage
    arrives_on: date | None
    full: str
    """Why it leaves later than usual; mostly empty."""
    until_free: int
    why: str
    """What the postage is made of, where there is more to say than the fee itself."""

    @property
    def total(self) -> int:
        return self.goods + self.postage.total


class Visit(NamedTuple):
    """The seats wanted in one session of a program."""

    seller: Seller
    name: str
    slug: str
    photo: Photo | None
    starts_at: datetime
    lines: tuple[BillLine, ...]
    amount: int
    trouble: str
    refunds: tuple[tuple[str, str], ...]
    minimum: str
    """How many must come, in a sentence; empty: it takes place."""


class Bill(NamedTuple):
    parcels: tuple[Parcel, ...]
    visits: tuple[Visit, ...]
    sellers: tuple[Seller, ...]
    goods: int
    programs: int
    postage: int
    surcharge: int
    total: int
    is_changed: bool
    """A price is not the one that was seen: it is asked again."""
    gone: int
    """How many lines of the cart are not sold any more and left out."""
    trouble: str
    """Why it cannot be ordered as it is; empty: it can."""

    @property
    def is_empty(self) -> bool:
        return not self.parcels and not self.visits

    @property
    def can_be_ordered(self) -> bool:
        return not (self.trouble or self.gone or self.is_empty)


def bill_of(quoted: Quote, cart: Cart) -> Bill:
    """Lay a quote out as the shopper reads it."""
    seen = {line.id: line.seen for line in cart.lines}
    parcels = tuple(_parcel(part, seen) for part in quoted.parts if part.goods_lines)
    visits = tuple(visit for part in quoted.parts for visit in _visits(part, seen))
    lines = [line for group in (*parcels, *visits) for line in group.lines]
    return Bill(
        parcels=parcels,
        visits=visits,
        sellers=tuple(part.seller for part in quoted.parts),
        goods=sum(parcel.goods for parcel in parcels),
        programs=sum(visit.amount for visit in visits),
        postage=sum(parcel.postage.fee for parcel in parcels),
        surcharge=sum(parcel.postage.surcharge for parcel in parcels),
        total=quoted.total,
        is_changed=any(line.was is not None for line in lines),
        gone=len(seen) - len(lines),
        trouble=quoted.trouble.sentence if quoted.trouble else "",
    )


def _parcel(part: QuotePart, seen: dict[str, int]) -> Parcel:
    free_over = part.seller.terms.free_over or 0
    return Parcel(
        seller=part.seller,
        lines=tuple(
            _line(line, seen, name=line.name, most=min(MOST_OF_ONE, max(line.left, line.count)))
            for line in part.goods_lines
        ),
        goods=part.goods,
        postage=part.postage,
        arrives_on=part.arrives_on,
        full=part.full,
        until_free=max(0, free_over - part.goods),
        why=part.postage.why if part.postage.total != part.seller.terms.fee else "",
    )


def _visits(part: QuotePart, seen: dict[str, int]) -> list[Visit]:
    sessions: dict[int, list[QuoteLine]] = {}
    for line in part.program_lines:
        sessions.setdefault(line.session_id or 0, []).append(line)
    return [_visit(part.seller, lines, seen) for lines in sessions.values()]


def _visit(seller: Seller, lines: list[QuoteLine], seen: dict[str, int]) -> Visit:
    first = lines[0]
    assert first.starts_at is not None
    return Visit(
        seller=seller,
        name=first.name.rsplit(" · ", 2)[0],
        slug=first.slug,
        photo=_photo(first),
        starts_at=first.starts_at,
        lines=tuple(
            _line(line, seen, name=PARTICIPANT_NAMES[line.participant], most=MOST_PEOPLE)
            for line in lines
            if line.participant
        ),
        amount=sum(line.amount for line in lines),
        trouble=next((line.trouble.sentence for line in lines if line.trouble), ""),
        refunds=refund_rows(first.terms.get("refund_ladder"), first.starts_at),
        minimum=minimum_of_terms(first.terms),
    )


def _line(line: QuoteLine, seen: dict[str, int], *, name: str, most: int) -> BillLine:
    known = line_id(line.variant_id, line.session_id, line.participant)
    was = seen.get(known, line.unit_price)
    return BillLine(
        known, name, line.slug, _photo(line), line.count, line.unit_price, line.amount,
        was if was != line.unit_price else None, most, line.trouble.sentence if line.trouble else "",
        line.terms.get("withdrawal_limit", ""),
    )  # fmt: skip


def _photo(line: QuoteLine) -> Photo | None:
    return Photo(line.picture, line.picture_width) if line.picture else None


def refund_rows(ladder: dict[str, Any] | None, starts_at: datetime) -> tuple[tuple[str, str], ...]:
    """When → what comes back, and what comes back when it is not the shopper who cancels."""
    if not ladder or not ladder.get("steps"):
        return ()
    known = ladder_from_data(ladder)
    return (*ladder_sentences(known, starts_at=starts_at), *cause_sentences(known))
