"""Saying no: each refusal carries a Korean sentence that tells the person how to mend it."""

from collections.abc import Mapping
from typing import ClassVar


class Refused(Exception):
    """What was asked cannot be done, and the person who asked can do something about it.

    `code` is stable: the API names refusals by it. Which status it becomes is the web's affair.
    """

    code: ClassVar[str] = "refused"
    usual: ClassVar[str] = "요청하신 일을 할 수 없습니다. 내용을 확인하고 다시 해 주세요."

    def __init__(self, sentence: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.sentence = sentence or self.usual
        self.fields: dict[str, str] = dict(fields or {})  # field of the form -> its own sentence
        super().__init__(self.sentence)


class OutOfStock(Refused):
    code = "out-of-stock"
    usual = "남은 수량이 모자랍니다. 수량을 줄이거나 다른 상품을 골라 주세요."


class SessionFull(Refused):
    code = "session-full"
    usual = "남은 자리가 모자랍니다. 인원을 줄이거나 다른 날을 골라 주세요."


class PriceChanged(Refused):
    code = "price-changed"
    usual = "그사이 값이 바뀌었습니다. 바뀐 값을 확인하고 다시 주문해 주세요."


class SalesClosed(Refused):
    code = "sales-closed"
    usual = "지금은 주문을 받지 않습니다. 판매 기간을 확인해 주세요."


class NotFound(Refused):
    """Not there, or not theirs: the two look the same on purpose."""

    code = "not-found"
    usual = "찾을 수 없습니다. 주소를 확인해 주세요."


class Stale(Refused):
    """Someone else saved first; the page shows both texts."""

    code = "stale-edit"
    usual = "그사이 다른 사람이 먼저 고쳤습니다. 바뀐 내용을 확인하고 다시 저장해 주세요."


class BadForm(Refused):
    """The form's own mistakes, a sentence per field."""

    code = "bad-form"
    usual = "표시된 칸을 고쳐 주세요."


class TooMany(Refused):
    code = "too-many"
    usual = "잠시 동안 너무 많이 요청하셨습니다. 조금 뒤에 다시 해 주세요."

    def __init__(self, sentence: str = "", *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after  # seconds


class KeyReused(Refused):
    """The same idempotency key came with another body."""

    code = "key-reused"
    usual = "같은 요청 번호로 다른 내용이 왔습니다. 새 요청 번호로 다시 보내 주세요."
