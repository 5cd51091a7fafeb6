"""Anything in any order: the auditor finds nothing after any step; and of each planted bug it finds something."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from market import (
    bookings,
    capture,
    dispatch_days,
    expiry,
    offline_sales,
    refund_confirmation,
    refund_settling,
    refund_writing,
    seat_offers,
    stock,
)
from market.dates import moves
from market.periods import last_of_month
from market.refund_rules import Half, PartRefund
from market.refunds import RefundCause
from market.returns import halves, receiving
from market.returns.rules import refund_of_goods
from market.returns.tables import Return, ReturnReason, ReturnWish
from market.settlement import closing, due, reckoning
from market.settlement.due import FOREVER, Sight
from market.settlement.figures import Entry, Reckoning
from market.settlement.statements import Statement
from tests.database import ResettableDatabase
from tests.market.machine import Broken
from tests.market.settled_machine import SettledMarket as Market
from villages.named import Named

USUAL = settings(
    max_examples=24, stateful_step_count=20, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


def test_whatever_happens_nothing_is_sold_twice_and_every_won_is_accounted_for(
    database_of_this_process: ResettableDatabase,
):
    class Fresh(Market):
        url = database_of_this_process.url

        def teardown(self) -> None:
            super().teardown()
            database_of_this_process.reset()

    run_state_machine_as_test(seed(20261122)(Fresh), settings=USUAL)


@pytest.fixture
def market(database_of_this_process: ResettableDatabase) -> Iterator[Market]:
    Market.url = database_of_this_process.url
    market = Market()
    market.opens()
    market.holds()
    yield market
    market.teardown()
    database_of_this_process.reset()


# The shortest ways to each bug, as the search prints them.


def ordered(market: Market) -> None:
    market.somebody_orders(counts=[2, 0, 0], adults=2, by_card=False)


def called_off(market: Market) -> None:
    ordered(market)
    market.the_buyer_calls_off_what_is_not_paid(pick=0)


def paid(market: Market) -> None:
    ordered(market)
    market.a_transfer_is_confirmed(pick=0)


def given_back(market: Market) -> None:
    paid(market)
    market.somebody_asks_what_would_come_back(pick=0, some=[1, 1, 0, 0], cause=RefundCause.operator)
    market.a_quote_is_confirmed(pick=0)


def paid_back(market: Market) -> None:
    given_back(market)
    market.the_city_sends_transfers_back()


def taken_back(market: Market) -> None:
    paid(market)
    market.a_village_goes_on_with_a_part(pick=0, sends=True)
    market.somebody_sends_goods_back(
        pick=0, count=1, reason=ReturnReason.changed_mind, wish=ReturnWish.refund
    )


def came_back(market: Market) -> None:
    taken_back(market)
    market.a_return_is_received(pick=0, fewer=False, sellable=True)


def sold(market: Market) -> None:
    market.a_stall_sells(pick=2, count=1, adults=1)


def offered(market: Market) -> None:
    market.somebody_orders(counts=[0, 0, 0], adults=3, by_card=False)
    market.somebody_orders(counts=[0, 0, 0], adults=2, by_card=False)
    market.somebody_waits_for_seats(adults=2)
    market.the_buyer_calls_off_what_is_not_paid(pick=1)


def moved(market: Market) -> None:
    paid(market)
    market.it_rains_and_another_date_is_offered()
    market.one_who_was_offered_another_date_chooses(pick=0, comes=True)


def promised(market: Market) -> None:
    market.a_village_says_how_many_parcels_leave(parcels=2, usual=True, ahead=0)
    ordered(market)


def promised_and_called_off(market: Market) -> None:
    promised(market)
    market.the_buyer_calls_off_what_is_not_paid(pick=0)


def settled(market: Market) -> None:
    market.somebody_buys_and_keeps_it(apples=0, rice=2)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)


def settled_after_a_refund(market: Market) -> None:
    settled(market)
    market.what_was_settled_goes_back(pick=0, count=1)
    market.a_stall_sells(pick=2, count=1, adults=0)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)


def settled_after_it_owed(market: Market) -> None:
    settled(market)
    market.what_was_settled_goes_back(pick=0, count=1)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)
    market.somebody_buys_and_keeps_it(apples=0, rice=2)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)


def settled_before_it_is_confirmed(market: Market) -> None:
    market.somebody_orders(counts=[0, 0, 1], adults=0, by_card=False)
    market.a_transfer_is_confirmed(pick=0)
    market.a_village_goes_on_with_a_part(pick=0, sends=True)
    market.a_stall_sells(pick=2, count=1, adults=0)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)


def set_back_after_closing(market: Market) -> None:
    settled(market)
    market.the_clock_jumps(minutes=-1)
    market.a_stall_sells(pick=2, count=1, adults=0)


def settled_while_a_revived_part_is_called_off(market: Market) -> None:
    market.somebody_orders(counts=[0, 0, 1], adults=0, by_card=False)
    market.a_transfer_is_confirmed_after_its_order_has_expired(pick=0)
    market.somebody_buys_and_keeps_it(apples=0, rice=1)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)
    market.the_clock_jumps(minutes=-1)
    market.somebody_asks_what_would_come_back(pick=0, some=[1, 0, 0, 0], cause=RefundCause.operator)
    market.a_quote_is_confirmed(pick=0)


def closed_after_a_day_was_reckoned(market: Market) -> None:
    market.somebody_buys_and_keeps_it(apples=0, rice=1)
    market.time_passes_and_the_worker_works(minutes=60 * 24 * 4)
    market.a_past_day_is_reckoned(months=0, days=1, pick=1)
    market.somebody_buys_and_keeps_it(apples=0, rice=1)
    market.the_month_ends(hours=0, is_worked=False)
    market.a_villages_month_is_closed(pick=1, months=1)


async def nothing(*_: object, **__: object) -> None:
    """What a forgotten step does."""


def another_sum(half: Half, known: Return, counts: dict[int, int], **_: object) -> PartRefund:
    """The postage back is forgotten."""
    return refund_of_goods(half, counts, postage=0)


def forgetful(village_id: int, month: date, opening: int, entries: tuple[Entry, ...]) -> Reckoning:
    """Does not open with what the one before it carried."""
    return Reckoning(village_id, month, 0 * opening, entries)


def sight_without_ids(statement: Statement) -> Sight:
    return Sight(last_of_month(statement.month))


class Generous(Reckoning):
    """A statement that pays out all of its lines, whatever is owed from before."""

    @property
    def payout(self) -> int:
        return max(0, self.sums.owed)


def without(statement: str, words: str, instead: str, times: int = -1) -> str:
    assert words in statement, f"the bug cannot be planted: {words}"
    return statement.replace(words, instead, times)


WRITE = refund_writing.WRITE_TEXT
BUGS: list[tuple[str, Callable[[Market], None], object, str, object]] = [
    ("a shelf's promise is not given back", called_off, stock, "RELEASE", without(stock.RELEASE, "- $2", "- 0 * $2")),
    ("seats are not given back", called_off, bookings, "release_seats", nothing),
    ("holds stay open", called_off, expiry, "END_HOLDS", without(expiry.END_HOLDS, "holds.ended_as IS NULL", "false")),
    ("a sale leaves no movement", paid, stock, "HAND_OVER", without(stock.HAND_OVER, "gone > 0", "false")),
    ("a paid order is not counted", paid, capture, "count_order", nothing),
    ("a paid order is not booked", paid, capture, "book_sale", nothing),
    ("a sale at the stall is not counted", sold, offline_sales, "count_order", nothing),
    ("a refund is not counted", given_back, refund_writing, "take_off_figures", nothing),
    ("a refund is not booked", given_back, refund_writing, "book_promise", nothing),
    ("a refund puts nothing back", given_back, refund_confirmation, "_put_back", nothing),
    ("a refund is not bounded by its payment", given_back, refund_writing, "WRITE",
     Named(without(WRITE, "refunded = refunded + :amount", "refunded = refunded + 0 * :amount"))),
    ("a refund is not bounded by its lines", given_back, refund_writing, "WRITE",
     Named(without(WRITE, "refunded = refunded + of_lines.amount", "refunded = refunded"))),
    ("money sent back is not booked", paid_back, refund_settling, "book_payment", nothing),
    ("a shared bus is not taken", ordered, bookings, "HOLD", without(bookings.HOLD, "RETURNING", "RETURNING false AS")),
    ("a shared bus is not given back", called_off, bookings, "RELEASE",
     without(bookings.RELEASE, "RETURNING", "RETURNING false AS")),
    ("a refund does not give the bus back", given_back, bookings, "UNBOOK",
     without(bookings.UNBOOK, "RETURNING", "RETURNING false AS")),
    ("the bus is offered and not kept", offered, seat_offers, "KEEP",
     without(seat_offers.KEEP, "RETURNING", "RETURNING false AS")),
    ("a received return puts nothing back", came_back, receiving, "CAME_BACK",
     without(receiving.CAME_BACK, "restocked = c.restocked", "restocked = 0")),
    ("a received return stays asked", came_back, halves, "SET_FREE",
     without(halves.SET_FREE, "- back.count", "- 0 * back.count")),
    ("a received return is not booked", came_back, receiving, "book_refund", nothing),
    ("a received return pays another sum", came_back, receiving, "_given", another_sum),
    ("seats are offered and not kept", offered, seat_offers, "KEEP",
     without(seat_offers.KEEP, "held + $2", "held + 0 * $2", 1)),
    ("a moved party keeps its old seats", moved, moves, "FREE", without(moves.FREE, "- $2", "- 0 * $2")),
    ("a moved party's lines stay behind", moved, moves, "_rewrite_lines", nothing),
    ("a move is not written down where it led", moved, moves, "WRITE", without(moves.WRITE, "$2, $3", "$3, $2")),
    ("an order takes no room of its day", promised, dispatch_days, "TAKE",
     without(dispatch_days.TAKE, "village, day, 1 FROM", "village, day, 0 FROM")),
    ("the room of a day is not given back", promised_and_called_off, dispatch_days, "GIVE_BACK",
     without(dispatch_days.GIVE_BACK, "- freed.parcels", "- 0 * freed.parcels")),
    ("a second calling off has no move of its own", settled_while_a_revived_part_is_called_off, refund_writing, "WRITE",
     Named(without(WRITE, "FROM moved WHERE is_whole\n    ON", "FROM moved WHERE is_whole AND false\n    ON"))),
    ("closing lists a thing twice", settled_after_a_refund, due, "ENTRIES",
     Named(without(due.ENTRIES_TEXT, "NOT (due.was_due", "NOT (false AND due.was_due"))),
    ("a late refund is left out", settled_after_a_refund, due, "ENTRIES",
     Named(without(due.ENTRIES_TEXT, "AND (l.day > w.after_last", "AND false AND (l.day > w.after_last"))),
    ("what is not confirmed is settled", settled_before_it_is_confirmed, due, "ENTRIES",
     Named(without(due.ENTRIES_TEXT, "m.state = 'confirmed'", "m.state IN ('confirmed', 'shipped')"))),
    ("what was carried is forgotten", settled_after_it_owed, closing, "Reckoning", forgetful),
    ("a payout is more than its balance", settled_after_it_owed, closing, "Reckoning", Generous),
    ("a closing is not booked", settled, closing, "_book", nothing),
    ("a closed month sees what came later", set_back_after_closing, reckoning, "sight_of", sight_without_ids),
    ("a past day sees what came later", closed_after_a_day_was_reckoned, reckoning, "seoul_midnight", lambda _: FOREVER),
    ("a parcel that is not sent keeps its room", promised_and_called_off, dispatch_days, "give_back", nothing),
]  # fmt: skip


@pytest.mark.parametrize(("way", "where", "name", "bug"), [pytest.param(*bug[1:], id=bug[0]) for bug in BUGS])
def test_a_planted_bug_is_found(
    market: Market, monkeypatch: pytest.MonkeyPatch, way, where, name: str, bug: object
):
    monkeypatch.setattr(where, name, bug)

    with pytest.raises(Broken):
        goes(market, way)


@pytest.mark.parametrize("way", list(dict.fromkeys(bug[1] for bug in BUGS)), ids=lambda way: way.__name__)
def test_control_without_the_bug_the_same_way_is_clean(market: Market, way):
    goes(market, way)


def goes(market: Market, way: Callable[[Market], None]) -> None:
    """Raises `Broken` at the end, or where the database refuses what a step would write."""
    way(market)
    market.holds()
