"""A cart: wishes with the price each was seen at. It lives in the shopper's own cookie; nothing is held by it."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from market.quotes import MOST_OF_ONE, Basket, Quote
from villages.programs import Participant
from villages.refusals import BadForm

MOST_LINES = 50
MOST_PEOPLE = 100
BIGGEST_ID = 2**63 - 1


class CartLine(NamedTuple):
    """`id` is `v<variant>` or `s<session>.<kind>`; `seen` is the unit price (won) shown when it was put in."""

    id: str
    count: int
    seen: int


@dataclass(frozen=True)
class Cart:
    """`key` becomes the order's idempotency key, so that two tabs and two clicks make one order."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    lines: tuple[CartLine, ...] = ()

    def with_goods(self, variant_id: int, count: int, *, seen: int) -> "Cart":
        """Add to what is there already. Raises `BadForm` for a count that nobody means."""
        before = self.count_of(f"v{variant_id}")
        return self._with(
            CartLine(f"v{variant_id}", _count(before + _count(count, MOST_OF_ONE), MOST_OF_ONE), seen)
        )

    def with_people(self, session_id: int, people: dict[Participant, tuple[int, int]]) -> "Cart":
        """Set the participants of one session: kind → (count, price seen). It replaces what stood there."""
        if not any(count for count, _ in people.values()):
            raise BadForm("몇 분이 오시는지 골라 주세요.")
        cart = replace(
            self, lines=tuple(line for line in self.lines if not line.id.startswith(f"s{session_id}."))
        )
        for kind, (count, seen) in people.items():
            if count:
                cart = cart._with(CartLine(f"s{session_id}.{kind}", _count(count, MOST_PEOPLE), seen))
        return cart

    def with_count(self, line_id: str, count: int) -> "Cart":
        """Change a line that is there; 0 removes it, and what is not there changes nothing."""
        if count == 0:
            return replace(self, lines=tuple(line for line in self.lines if line.id != line_id))
        limit = MOST_OF_ONE if line_id.startswith("v") else MOST_PEOPLE
        return replace(
            self,
            lines=tuple(
                line._replace(count=_count(count, limit)) if line.id == line_id else line
                for line in self.lines
            ),
        )

    def seen_now(self, quoted: Quote) -> "Cart":
        """The same cart with today's prices as the seen ones; what is gone for good is dropped."""
        prices = {
            line_id(line.variant_id, line.session_id, line.participant): line.unit_price
            for line in quoted.lines
        }
        return replace(
            self, lines=tuple(line._replace(seen=prices[line.id]) for line in self.lines if line.id in prices)
        )

    def renewed(self) -> "Cart":
        """Empty, with a new key: what was in it has been ordered."""
        return Cart()

    def count_of(self, wanted: str) -> int:
        return next((line.count for line in self.lines if line.id == wanted), 0)

    def seen_of(self, wanted: str) -> int | None:
        return next((line.seen for line in self.lines if line.id == wanted), None)

    @property
    def basket(self) -> Basket:
        basket = Basket()
        for line in self.lines:
            if line.id.startswith("v"):
                basket.goods[int(line.id[1:])] = line.count
            else:
                session, kind = line.id[1:].split(".")
                basket.seats.setdefault(int(session), {})[Participant(kind)] = line.count
        return basket

    def _with(self, wanted: CartLine) -> "Cart":
        kept = tuple(line for line in self.lines if line.id != wanted.id)
        if len(kept) >= MOST_LINES:
            raise BadForm(
                f"장바구니에는 {MOST_LINES}가지까지 담을 수 있습니다. 먼저 주문하거나 몇 가지를 빼 주세요."
            )
        return replace(self, lines=(*kept, wanted))

    def to_plain(self) -> list[Any]:
        return [self.key, [[line.id, line.count, line.seen] for line in self.lines]]

    @classmethod
    def from_plain(cls, plain: Any) -> "Cart":
        """From the cookie's value; whatever is broken counts as an empty cart, never as an error."""
        try:
            key, lines = plain
            kept = tuple(
                CartLine(_known_id(name), _count(count, MOST_OF_ONE), int(seen))
                for name, count, seen in lines[:MOST_LINES]
            )
            return cls(str(key)[:64], kept)
        except (TypeError, ValueError, BadForm):
            return cls()


def line_id(variant_id: int | None, session_id: int | None, participant: Participant | None) -> str:
    return f"v{variant_id}" if variant_id else f"s{session_id}.{participant}"


def _known_id(name: Any) -> str:
    if name[0] == "v":
        number = name[1:]
    else:
        number, kind = name[1:].split(".")
        Participant(kind)
    if not number.isascii() or not number.isdigit() or int(number) > BIGGEST_ID:
        raise ValueError(name)
    return name


def _count(count: int, most: int) -> int:
    if not isinstance(count, int) or not 1 <= count <= most:
        raise BadForm(f"개수는 1부터 {most}까지의 숫자로 적어 주세요.")
    return count
