"""An order's number and the buyer's phone open it; whatever is wrong sounds the same."""

import pytest

from market.order_keys import find_order, read_number
from tests.builders import SECRET, an_order, goods
from villages.refusals import NotFound


async def test_number_and_phone_tell_the_token(db: str):
    placed = await an_order(await goods())

    assert await find_order(f" {placed.order.number} ", "5678", secret=SECRET) == (
        placed.order.number,
        placed.token,
    )
    for number, digits in ((placed.order.number, "1234"), (placed.order.number, ""), ("", "5678")):
        with pytest.raises(NotFound, match="맞지 않습니다"):
            await find_order(number, digits, secret=SECRET)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("261121-012345", "261121-012345"),
        ("261121 012345", "261121-012345"),
        ("２６１１２１０１２３４５", "261121-012345"),
        ("26112", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, number: str):
    assert read_number(typed) == number
