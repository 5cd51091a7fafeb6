"""The body of an order as a machine sends it: read strictly, refused field by field, turned into a basket."""

import json
import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import ErrorDetails

from market.cart import BIGGEST_ID, MOST_LINES, MOST_PEOPLE
from market.checkout import Address, Buyer
from market.orders import Tender
from market.quotes import MOST_OF_ONE, Basket
from storefront.pages.order_draft import ADDRESS_READERS
from villages.contacts import BadValue, read_email, read_name, read_phone, read_postcode, tidy
from villages.programs import Participant
from villages.refusals import BadForm

MOST_WON = 2_000_000_000
MOST_MISTAKES = 50
EMAIL_LIMIT = 120
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


Model = TypeVar("Model", bound=BaseModel)


class BadJson(Exception):
    """The bytes are no JSON that we read; its text is the sentence for the sender."""


def read_json(body: bytes) -> Any:
    """JSON in UTF-8 without repeated names, NaN, lone surrogates or numbers nobody means. Raises `BadJson`."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_no_number
        )
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair cannot be written
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("괄호가 너무 깊이 들어 있습니다.") from None
    except ValueError:
        raise BadJson("JSON(UTF-8)으로 읽을 수 없습니다. 보낸 내용을 확인해 주세요.") from None
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("같은 이름의 칸이 두 번 들어 있습니다.")
    return found


def _no_number(name: str) -> Any:
    raise BadJson(f"{name}은 숫자가 아닙니다.")


def _optional_email(typed: str) -> str:
    if not tidy(typed):
        return ""
    email = read_email(typed)
    if len(email) > EMAIL_LIMIT:
        raise BadValue(f"메일 주소는 {EMAIL_LIMIT}자까지 적을 수 있습니다.")
    return email


def _some_people(participants: dict[str, int]) -> dict[str, int]:
    if not any(participants.values()):
        raise BadValue("몇 분이 오시는지 적어 주세요.")
    return participants


def _agreed(consents: dict[str, bool]) -> dict[str, bool]:
    if not all(consents.values()):
        raise BadValue("동의하지 않으시면 마을에 받는 분을 알릴 수 없어 주문을 받지 못합니다.")
    return consents


def _days(arrivals: dict[str, str]) -> dict[str, str]:
    for day in arrivals.values():
        if not DAY.fullmatch(day):
            raise BadValue("날짜를 2026-11-25처럼 적어 주세요.")
        try:
            date.fromisoformat(day)
        except ValueError:
            raise BadValue("달력에 없는 날입니다.") from None
    return arrivals


class Strict(BaseModel):
    """Nothing is guessed: "1" is no number and unknown names are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
Kind = Literal["adult", "teen", "child", "infant", "family", "room"]
Name = Annotated[str, AfterValidator(read_name)]
Phone = Annotated[str, AfterValidator(read_phone)]


class BuyerWish(Strict):
    name: Name
    phone: Phone
    email: Annotated[str, AfterValidator(_optional_email)] | None = None


class AddressWish(Strict):
    name: Name
    phone: Phone
    postcode: Annotated[str, AfterValidator(read_postcode)]
    road: Annotated[str, AfterValidator(ADDRESS_READERS["road"])]
    detail: Annotated[str, AfterValidator(ADDRESS_READERS["detail"])]
    message: Annotated[str, AfterValidator(ADDRESS_READERS["own"])] | None = None


class GoodsWish(Strict):
    variant: Id
    quantity: Annotated[int, Field(ge=1, le=MOST_OF_ONE)]


class SeatsWish(Strict):
    session: Id
    participants: Annotated[
        dict[Kind, Annotated[int, Field(ge=0, le=MOST_PEOPLE)]], AfterValidator(_some_people)
    ]


def _kind_of_line(line: Any) -> str:
    return "seats" if isinstance(line, dict) and "session" in line and "variant" not in line else "goods"


LineWish = Annotated[
    Annotated[GoodsWish, Tag("goods")] | Annotated[SeatsWish, Tag("seats")], Discriminator(_kind_of_line)
]


class OrderWish(Strict):
    buyer: BuyerWish
    address: AddressWish | None = None
    lines: Annotated[list[LineWish], Field(min_length=1, max_length=MOST_LINES)]
    payment: Literal["bank_transfer", "card"]
    expected_total: Annotated[int, Field(ge=0, le=MOST_WON)] | None = None
    expected_arrivals: (
        Annotated[dict[str, str], Field(max_length=MOST_LINES), AfterValidator(_days)] | None
    ) = None
    consents: Annotated[dict[str, bool], Field(max_length=20), AfterValidator(_agreed)] | None = None

    @property
    def basket(self) -> Basket:
        """Lines of one variant are one wish, and so are the participants of one session."""
        goods: dict[int, int] = {}
        seats: dict[int, dict[Participant, int]] = {}
        for line in self.lines:
            if isinstance(line, GoodsWish):
                goods[line.variant] = goods.get(line.variant, 0) + line.quantity
                continue
            people = seats.setdefault(line.session, {})
            for kind, count in line.participants.items():
                if count:
                    people[Participant(kind)] = people.get(Participant(kind), 0) + count
        return Basket(goods, seats)

    @property
    def buyer_of_order(self) -> Buyer:
        return Buyer(self.buyer.name, self.buyer.phone, self.buyer.email or "")

    @property
    def address_of_order(self) -> Address | None:
        """Nobody's address is kept where nothing is sent."""
        sent = self.address
        if sent is None or not self.basket.goods:
            return None
        return Address(sent.name, sent.phone, sent.postcode, sent.road, sent.detail, sent.message or "")

    @property
    def arrivals(self) -> dict[str, date]:
        """Village's slug → the day its parcel was said to arrive."""
        return {village: date.fromisoformat(day) for village, day in (self.expected_arrivals or {}).items()}

    @property
    def tender(self) -> Tender:
        return Tender(self.payment)


def read_as(model: type[Model], value: Any) -> Model:
    """Raises `BadForm` with a sentence for every field, named like `lines.0.quantity`."""
    try:
        return model.model_validate(value)
    except ValidationError as wrong:
        mistakes = wrong.errors(include_url=False, include_input=False)[:MOST_MISTAKES]
        raise BadForm(fields={_field(error): _sentence(error) for error in mistakes}) from None


def read_wish(value: Any) -> OrderWish:
    """Raises `BadForm` with a sentence for every field, named like `lines.0.quantity`."""
    wish = read_as(OrderWish, value)
    basket = wish.basket
    if too_many := _too_many(basket):
        raise BadForm(fields={"lines": too_many})
    if basket.goods and wish.address is None:
        raise BadForm(fields={"address": "받을 곳의 주소를 적어 주세요."})
    return wish


def _too_many(basket: Basket) -> str:
    if any(count > MOST_OF_ONE for count in basket.goods.values()):
        return f"한 상품은 모두 더해 {MOST_OF_ONE}개까지 주문할 수 있습니다."
    if any(count > MOST_PEOPLE for people in basket.seats.values() for count in people.values()):
        return f"한 회차는 모두 더해 {MOST_PEOPLE}명까지 주문할 수 있습니다."
    return ""


def _field(error: ErrorDetails) -> str:
    """The path as the sender knows it: without the names that pydantic gives to the kinds of lines and of keys."""
    path = [str(step)[:40] for step in error["loc"] if step not in ("goods", "seats", "[key]")]
    return ".".join(path) or "body"


def _sentence(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if isinstance(bad := context.get("error"), BadValue):
        return bad.sentence
    return SENTENCES.get(error["type"], "값을 확인해 주세요.").format(**context)


SENTENCES = {
    "missing": "꼭 적어야 하는 칸입니다.",
    "extra_forbidden": "모르는 칸입니다. 이름을 확인하거나 빼 주세요.",
    "int_type": "따옴표와 소수점 없이 숫자로 적어 주세요.",
    "int_from_float": "소수점 없이 숫자로 적어 주세요.",
    "int_parsing_size": "숫자가 너무 큽니다.",
    "bool_type": "true 또는 false로 적어 주세요.",
    "string_type": "글자로 적어 주세요.",
    "string_unicode": "읽을 수 없는 글자가 있습니다.",
    "greater_than_equal": "{ge} 이상의 숫자로 적어 주세요.",
    "less_than_equal": "{le} 이하의 숫자로 적어 주세요.",
    "literal_error": "쓸 수 있는 값: {expected}",
    "too_short": "하나 이상 적어 주세요.",
    "too_long": "{max_length}개까지 적을 수 있습니다.",
    "model_type": "이름과 값으로 된 묶음({{…}})으로 적어 주세요.",
    "model_attributes_type": "이름과 값으로 된 묶음({{…}})으로 적어 주세요.",
    "dict_type": "이름과 값으로 된 묶음({{…}})으로 적어 주세요.",
    "list_type": "목록([…])으로 적어 주세요.",
}
