"""What comes back, over everything that could be bought: never more than was paid, all of it when it must be."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.part_states import PartState
from market.refund_rules import Bought, Half, PartRefund, refund_data, refund_from_data, refund_of
from market.refunds import NotRefundable, RefundCause
from tests.builders import NOW
from villages.listings import Tax
from villages.refund_ladders import PRESETS, ladder_as_data

WON = st.integers(0, 2_000_000)
LADDERS = st.sampled_from([*map(ladder_as_data, PRESETS.values()), {}])


@st.composite
def lines(draw, number: int) -> Bought:
    is_goods, count = draw(st.booleans()), draw(st.integers(1, 20))
    return Bought(
        id=number, variant_id=number if is_goods else None, session_id=None if is_goods else number, name="x", count=count,
        cancelled=0, unit_price=draw(WON), refunded=0, takes=count, tax=draw(st.sampled_from(Tax)),
        terms={} if is_goods else {"refund_ladder": draw(LADDERS)},
        starts_at=None if is_goods else NOW + timedelta(hours=draw(st.integers(1, 500))),
    )  # fmt: skip


@st.composite
def halves(draw) -> Half:
    bought = tuple(draw(lines(number)) for number in range(1, draw(st.integers(1, 5)) + 1))
    postage = draw(st.integers(0, 20_000)) if any(line.variant_id for line in bought) else 0
    return Half(1, 1, PartState.paid, postage, bought)


def after(half: Half, refund: PartRefund) -> Half:
    given = {line.line: line for line in refund.lines}
    left = tuple(
        line._replace(
            cancelled=line.cancelled + given[line.id].count, refunded=line.refunded + given[line.id].amount
        )
        if line.id in given
        else line
        for line in half.lines
    )
    return half._replace(lines=left, postage=half.postage - refund.postage)


def refund(half: Half, wanted: dict[int, int], cause: RefundCause = RefundCause.shopper) -> PartRefund:
    return refund_of(half, wanted, cause=cause, booked_at=NOW, now=NOW)


@given(halves(), st.data())
@settings(max_examples=150)
def test_piece_by_piece_never_more_than_was_paid_and_the_vat_of_all_of_it(half, data):
    paid = sum(line.kept for line in half.lines) + half.postage
    vat_kept = -refund(half, {line.id: line.left for line in half.lines}, RefundCause.operator).vat
    back = 0

    for _ in range(8):
        open_lines = [line for line in half.lines if line.left]
        if not open_lines:
            break
        line = data.draw(st.sampled_from(open_lines))
        part = refund(half, {line.id: data.draw(st.integers(1, line.left))})
        back, vat_kept, half = back + part.amount, vat_kept + part.vat, after(half, part)

    assert 0 <= back <= paid
    assert all(0 <= line.refunded <= line.cancelled * line.unit_price for line in half.lines)
    if not any(line.kept for line in half.lines) and not half.postage:
        assert vat_kept == 0


@given(halves())
@settings(max_examples=100)
def test_for_the_villages_own_fault_all_comes_back_to_the_won(half):
    part = refund(half, {line.id: line.left for line in half.lines}, RefundCause.operator)

    assert part.amount == sum(line.count * line.unit_price for line in half.lines) + half.postage
    assert part.is_whole


@given(halves())
@settings(max_examples=50)
def test_a_quote_keeps_every_won_as_data(half):
    part = refund(half, {line.id: line.left for line in half.lines})

    assert refund_from_data(refund_data(part)) == part


@given(halves(), st.integers(-5, 100))
@settings(max_examples=50)
def test_nothing_beyond_what_is_left_is_ever_worked_out(half, extra):
    line = half.lines[0]

    if 0 < line.left + extra <= line.left:
        assert refund(half, {line.id: line.left + extra}).lines[0].count == line.left + extra
    else:
        with pytest.raises(NotRefundable):
            refund(half, {line.id: line.left + extra})


def test_the_vat_of_a_whole_refund_is_the_vat_of_the_sale():
    bought = Bought(1, 1, None, "사과", 2, 0, 11_000, 0, 2, Tax.taxable, {}, None)

    part = refund(Half(1, 1, PartState.paid, 4_400, (bought,)), {1: 2})

    assert part.vat == 2_400
