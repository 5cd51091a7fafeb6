"""Who may open an order: whoever holds its token, the person who placed it, or who knows its number and phone."""

import re
import unicodedata
from dataclasses import dataclass

from tortoise import connections

from market.checkout import token_hash, token_of
from market.orders import Order
from villages.refusals import NotFound

NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}")
NOT_YOURS = "주문을 찾을 수 없습니다. 주문번호와 전화번호로 조회해 주세요."
NOBODYS = "주문번호나 전화번호 뒷자리가 맞지 않습니다. 주문 확인 문자에 있는 번호를 다시 봐 주세요."


@dataclass(frozen=True)
class Key:
    """What opens an order's page: its token, or being signed in as the person who placed it."""

    token: str = ""
    person_id: int | None = None

    @property
    def values(self) -> list[object]:
        return [token_hash(self.token) if self.token else "", self.person_id]


async def order_for(number: str, key: Key) -> Order:
    """The order itself, for acts on it. Raises `NotFound` like `receipt`."""
    digest, person_id = key.values
    order = await Order.get_or_none(number=number) if NUMBER.fullmatch(number) else None
    is_theirs = order and (
        (digest and order.token_hash == digest) or (person_id and order.person_id == person_id)
    )
    if order is None or not is_theirs:
        raise NotFound(NOT_YOURS)
    return order


async def find_order(typed: str, last_digits: str, *, secret: str) -> tuple[str, str]:
    """An order's number and token, for someone who knows its number and the last four digits of the buyer's phone.

    Raises `NotFound` with the same words whatever is wrong.
    """
    number, digits = read_number(typed), _digits(last_digits)
    if number and len(digits) == 4:
        rows = await connections.get("default").execute_query_dict(BY_PHONE, [number, digits])
        if rows:
            return number, token_of(rows[0]["key"], secret)
    raise NotFound(NOBODYS)


async def number_of_key(key: str) -> str:
    """The number of the order made with an idempotency key, for whoever holds that key."""
    return (await Order.get(key=key)).number


def read_number(typed: str) -> str:
    """ "261121 012345", "261121-012345" and full-width digits are one number; empty for anything else."""
    digits = _digits(typed)
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 12 else ""


def _digits(typed: str) -> str:
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", typed))


BY_PHONE = "SELECT key FROM orders WHERE number = $1 AND channel = 'online' AND right(buyer_phone, 4) = $2"
