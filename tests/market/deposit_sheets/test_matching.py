"""Which order a deposit pays: sure or left to a person, and what that person is shown."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deposit_sheets.matching import (
    MOST_CANDIDATES,
    WON_OFF,
    Awaited,
    Came,
    Doubt,
    Pool,
    Standing,
    match_deposit,
)
from market.deposit_sheets.names import name_key, near_name, order_numbers, same_name
from villages.days import seoul_day

PLACED = datetime(2026, 11, 21, 1, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
MIN = Awaited("261121-000001", "김민지", "김민지", 35_000, PLACED)
PARK = Awaited("261121-000002", "정읍상회", "박도윤", 42_000, PLACED)


@pytest.mark.parametrize(
    "printed",
    [
        "김민지",
        "김 민지",
        "김민지님",
        "(김민지)",
        "김민지(농협)",
        "김민지[모바일]",
        "김민지 ",
        unicodedata.normalize("NFD", "김민지"),
    ],
)
def test_one_name_written_differently_is_sure(printed):
    assert sure(came(printed, 35_000), MIN, PARK) == MIN


@pytest.mark.parametrize(
    "printed", ["정읍상회", "박도윤", "㈜정읍상회", "(주) 정읍상회", "주식회사 정읍상회", "정읍 상회"]
)
def test_depositor_or_buyer_will_do(printed):
    assert sure(came(printed, 42_000), MIN, PARK) == PARK


@pytest.mark.parametrize(
    ("printed", "wanted", "is_same"),
    [
        ("정읍농업협동", "정읍농업협동조합", True),
        ("KIM MINJIY", "Kim Minji Young", False),  # nine letters without the space
        ("SEOULTRADING", "Seoul Trading Corporation", True),
        ("김민", "김민지", False),  # a shorter name is another person's
        ("김민지", "김민", False),
        ("", "", False),
        ("-", "김민지", False),
    ],
)
def test_long_names_may_be_cut_by_the_bank_and_short_ones_not(printed, wanted, is_same):
    assert same_name(name_key(printed), name_key(wanted)) is is_same


def test_an_order_number_in_the_name_or_the_remark_names_the_order():
    assert sure(came("261121000001", 35_000), MIN, PARK) == MIN
    assert sure(replace(came("모르는이", 35_000), remark="주문 261121-000001"), MIN, PARK) == MIN
    assert order_numbers("3261121000001 261121-0000012") == set()


def test_the_name_counts_only_with_the_same_won():
    assert doubt(came("김민지", 35_001), MIN) == Doubt.won_off
    assert doubt(came("김민지", 35_000 + WON_OFF + 1), MIN) == Doubt.other_amount
    assert doubt(came("아무개", 35_000), MIN) == Doubt.only_amount


def test_two_orders_of_one_name_and_won_are_for_a_person():
    twin = replace(MIN, number="261121-000009")

    finding = match_deposit(came("김민지", 35_000), Pool([MIN, twin]))

    assert (finding.sure, finding.doubt) == (None, Doubt.several)
    assert [each.orders for each in finding.candidates] == [(MIN,), (twin,)]


def test_a_deposit_before_the_order_is_not_for_it():
    assert doubt(came("김민지", 35_000, at=PLACED - HOUR), MIN) == Doubt.too_early
    assert doubt(came("김민지", 35_000, at=None, days=-1), MIN) == Doubt.too_early


def test_the_minute_or_the_day_of_the_order_is_not_before_it():
    assert sure(came("김민지", 35_000, at=PLACED.replace(second=0)), MIN) == MIN
    assert sure(came("김민지", 35_000, at=None), MIN) == MIN


def test_the_later_of_two_equal_orders_is_out_when_it_came_after_the_money():
    later = replace(MIN, number="261121-000009", placed_at=PLACED + 3 * HOUR)

    assert sure(came("김민지", 35_000), MIN, later) == MIN


def test_money_for_an_ended_order_waits_unless_a_new_order_stands_for_it():
    ended = replace(MIN, number="261120-000001", standing=Standing.ended)

    assert doubt(came("김민지", 35_000), ended) == Doubt.ended
    assert sure(came("김민지", 35_000), ended, MIN) == MIN


def test_a_transfer_confirmed_by_hand_is_sure_and_one_more_waiting_is_not():
    confirmed = replace(MIN, number="261120-000001", standing=Standing.confirmed)

    assert sure(came("김민지", 35_000), confirmed) == confirmed
    assert doubt(came("김민지", 35_000), confirmed, MIN) == Doubt.several


def test_a_deposit_told_in_two_ways_is_never_sure():
    assert doubt(replace(came("김민지", 35_000), is_twin=True), MIN) == Doubt.twin


@pytest.mark.parametrize("printed", ["김민자", "긴민지", "김민지엄마", "민지", "김믽지"])
def test_near_names_are_shown_and_never_sure(printed):
    assert doubt(came(printed, 35_000), MIN, PARK) == Doubt.near_name


def test_a_name_quite_different_is_not_near():
    assert not near_name(name_key("박도윤"), name_key("김민지"))
    assert not near_name("", "김민지")


@pytest.mark.parametrize("count", [2, 3])
def test_one_transfer_for_two_or_three_orders_of_one_name(count):
    orders = [
        replace(MIN, number=f"261121-00001{n}", amount=20_000 + 1_000 * n, depositor="딸")
        for n in range(count)
    ]

    finding = match_deposit(came("김민지", sum(order.amount for order in orders)), Pool([*orders, PARK]))

    assert finding.doubt == Doubt.together
    assert {order.number for order in finding.candidates[0].orders} == {order.number for order in orders}


def test_an_order_with_its_row_is_out_of_the_pool():
    pool = Pool([MIN])
    pool.remove(MIN.number)
    pool.remove("261121-999999")

    assert match_deposit(came("김민지", 35_000), pool).doubt == Doubt.nobody


names = st.sampled_from(["김민지", "김민자", "박도윤", "정읍농업협동조합", "정읍농업협동", "", "Kim", "김"])
orders = st.builds(
    Awaited,
    number=st.integers(0, 30).map(lambda n: f"261121-{n:06}"),
    depositor=names, buyer=names, amount=st.integers(1, 6).map(lambda n: n * 1000),
    placed_at=st.integers(-3, 3).map(lambda n: PLACED + n * HOUR), standing=st.sampled_from(list(Standing)),
)  # fmt: skip


@given(
    st.lists(orders, max_size=14, unique_by=lambda order: order.number),
    names,
    st.integers(1, 20),
    st.booleans(),
)
def test_sure_is_one_order_of_this_name_and_won_alone(listed, name, thousands, has_time):
    money = came(name, thousands * 1000, at=PLACED + HOUR if has_time else None)

    finding = match_deposit(money, Pool(listed))

    fitting = [
        order
        for order in listed
        if order.amount == money.amount
        and order.standing != Standing.ended
        and any(same_name(name_key(name), name_key(each)) for each in (order.depositor, order.buyer))
        and (order.placed_at <= PLACED + HOUR + timedelta(seconds=59) if has_time else seoul_day(order.placed_at) <= money.day)
    ]  # fmt: skip
    assert finding.sure == (fitting[0] if len(fitting) == 1 else None)
    assert len(finding.candidates) <= MOST_CANDIDATES
    for candidate in finding.candidates:
        assert len(set(candidate.orders)) == len(candidate.orders) <= 3
        assert candidate.why != Doubt.together or candidate.amount == money.amount


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_names_can_be_compared(printed, wanted):
    left, right = name_key(printed), name_key(wanted)

    assert name_key(left) == left or left
    assert same_name(left, left) is bool(left)
    assert isinstance(near_name(left, right), bool)


def came(name: str, amount: int, *, at: datetime | None = PLACED + HOUR, days: int = 0) -> Came:
    return Came(seoul_day(at or PLACED) + timedelta(days=days), at, name, "", amount)


def sure(money: Came, *listed: Awaited) -> Awaited | None:
    return match_deposit(money, Pool(listed)).sure


def doubt(money: Came, *listed: Awaited) -> Doubt | None:
    finding = match_deposit(money, Pool(listed))
    assert finding.sure is None
    return finding.doubt
