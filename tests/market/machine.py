"""A small market that anything may happen to: what its people do, one act at a time, on a real database.

After every act the auditor must find nothing. Every act may be refused; that is an answer like any other.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from market.audit import violations
from market.cancellations import cancel_unpaid
from market.card_payments import ReturnTo, ask_about_payments, open_page, take_event
from market.checkout import Buyer
from market.dates.decisions import decide_sessions, say_go
from market.dates.moves import accept_date
from market.dates.offers import DateOffer
from market.delays import delay_day
from market.deposits import confirm_deposit
from market.dispatch_limits import set_day, set_usual
from market.expiry import expire_unpaid_orders
from market.extensions import extend_hold
from market.fulfilment import begin_preparing, move_parts_on, send_parcel
from market.gateway import Event
from market.offline_sales import record_sale
from market.orders import Channel, Line, Order, Part, Tender
from market.payments import EventKind, Provider
from market.pool_seats import update_pool
from market.quotes import Basket
from market.refund_confirmation import confirm_refund
from market.refund_payouts import mark_paid_back, pay_refunds, payouts
from market.refund_quotes import choices_of, quote_refund
from market.refunds import CHOSEN_CAUSES, Refund, RefundCause, RefundQuote
from market.returns.asking import ask_return
from market.returns.ending import end_without_goods, refuse_return, withdraw_return
from market.returns.exchanging import send_anew
from market.returns.receiving import Came, receive_return
from market.returns.tables import Return, ReturnReason, ReturnWish
from market.seat_offers import end_overdue_offers
from market.session_cancellations import cancel_session, empty_cancelled_sessions, give_back_instead
from market.session_seats import reopen, resize
from market.standing import REFUNDS
from market.waiting_lists import join_waiting_list, leave_waiting_list, order_offered
from market.waiting_parties import WaitingParty
from storefront.db import open_database
from tests.builders import HOLDS, NOW, NUMBERS, SECRET, a_person, a_program, a_village, an_order, goods
from tests.fakes import FakeGateway
from tests.market.sharing import a_bus
from villages.days import seoul_day
from villages.listings import Variant
from villages.people import Person
from villages.pool_edits import PoolOffer
from villages.pools import Pool
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.refusals import Refused
from villages.session_rules import close_session
from villages.village import Village

HERE = ReturnTo(done="http://127.0.0.1/done", back="http://127.0.0.1/back")
PICK = st.integers(0, 5)
TOLD_LATER = (
    EventKind.refunded,
    EventKind.refund_failed,
    EventKind.disputed,
    EventKind.funds_withdrawn,
    EventKind.funds_reinstated,
)
FEW = st.integers(0, 3)


class Broken(AssertionError):
    """The auditor found something."""


class Market(RuleBasedStateMachine):
    """Two villages, three goods of a few boxes, two programs of a few seats on one bus; whoever runs it sets `url`."""

    url = ""
    villages: list[Village]
    person: Person
    goods: list[Variant]
    session: Session
    digging: Session
    """At the same time as `session`, on the same bus."""
    later: int
    """Another date of the same program, with few seats."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = open_database(self.url, connections=2)
        self.run(self.opened.__aenter__())
        self.gateway = FakeGateway()
        self.now = NOW
        self.orders: list[Order] = []
        self.events: list[Event] = []
        self.quotes: list[RefundQuote] = []

    def run(self, act: Awaitable[Any]) -> Any:
        async def waited() -> Any:
            return await act

        return self.runner.run(waited())

    def act(self, act: Awaitable[Any]) -> Any:
        """What it gives, or None where it was refused."""
        try:
            return self.run(act)
        except Refused:
            return None

    def teardown(self) -> None:
        self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()

    @invariant()
    def holds(self) -> None:
        found = self.run(violations())
        if found:
            raise Broken(found)

    @initialize()
    def opens(self) -> None:
        async def opened() -> None:
            self.villages = [await a_village("내장산마을"), await a_village("대정마을")]
            self.person = await a_person()
            first, second = self.villages
            self.goods = [
                await goods("사과", village=first, left=4, price=30_000),
                await goods("배", village=first, left=3, price=9_000, withdrawal_limit="신선식품"),
                await goods("쌀", village=second, left=4, price=25_000),
            ]
            self.session = await a_program(
                village=second,
                seats=5,
                starts_at=NOW + timedelta(days=4),
                refund_ladder=ladder_as_data(PRESETS["usual"]),
                min_people=2,
            )
            later = await Session.create(
                listing=self.session.listing, starts_at=NOW + timedelta(days=11), capacity=3, min_people=0
            )
            self.later = later.id
            self.digging = await a_program(
                "고구마 캐기", village=second, seats=4, starts_at=self.session.starts_at
            )
            await a_bus(self.session, self.digging, seats=6)

        self.run(opened())

    # Shoppers

    @rule(counts=st.lists(FEW, min_size=3, max_size=3), adults=FEW, by_card=st.booleans())
    def somebody_orders(self, counts: list[int], adults: int, by_card: bool) -> None:
        wanted = [(variant, count) for variant, count in zip(self.goods, counts, strict=True) if count]
        seats = {self.session.id: {Participant.adult: adults}} if adults else {}
        tender = Tender.card if by_card else Tender.bank_transfer
        if placed := self.act(an_order(*wanted, seats=seats, tender=tender, now=self.now)):
            self.orders.append(placed.order)

    @rule(adults=st.integers(1, 3), by_card=st.booleans())
    def somebody_goes_digging(self, adults: int, by_card: bool) -> None:
        tender = Tender.card if by_card else Tender.bank_transfer
        if placed := self.act(
            an_order(seats={self.digging.id: {Participant.adult: adults}}, tender=tender, now=self.now)
        ):
            self.orders.append(placed.order)

    @rule(pick=PICK)
    def the_page_is_opened_and_paid(self, pick: int) -> None:
        order = self.picked(self.orders, pick)
        if order is None or order.tender != Tender.card:
            return
        page = self.act(
            open_page(order, gateway=self.gateway, return_to=HERE, hold=timedelta(minutes=40), now=self.now)
        )
        if page and self.gateway.readings[page.reference].state == "open":
            self.events.append(self.gateway.pay(page.reference, event_id=f"evt_{next(NUMBERS)}"))

    @rule(pick=PICK)
    def a_message_of_the_provider_comes(self, pick: int) -> None:
        if event := self.picked(self.events, pick):
            self.act(take_event(event, livemode=False, now=self.now))

    @rule(pick=PICK, kind=st.sampled_from(TOLD_LATER))
    def the_provider_tells_of_a_refund_or_a_dispute(self, pick: int, kind: EventKind) -> None:
        """Of our own refunds, and of disputes over a whole payment; in whatever order."""
        event = self.picked(self.events, pick)
        if event is None or event.reading is None:
            return
        reading = replace(event.reading, reference="")
        thing = f"dp_{reading.intent}"
        if kind in REFUNDS:
            refund = self.picked(self.run(Refund.all().order_by("id").select_related("payment")), pick)
            if refund is None or refund.payment.provider != Provider.stripe:
                return
            thing = refund.reference or f"re_refund {refund.id}"
            reading = replace(reading, intent=f"pi_{refund.payment.reference}", amount=refund.amount)
        later = Event(f"evt_{kind}_{thing}", kind, reading, thing=thing, key=thing.removeprefix("re_"))
        self.run(take_event(later, livemode=False, now=self.now))

    @rule(pick=PICK)
    def a_message_of_the_provider_is_lost(self, pick: int) -> None:
        """Never delivered, now or later: only asking the provider tells what it said."""
        if self.events:
            self.events.pop(pick % len(self.events))

    @rule(pick=PICK)
    def the_buyer_asks_for_more_time(self, pick: int) -> None:
        if order := self.picked(self.orders, pick):
            self.act(extend_hold(order.number, hold=timedelta(minutes=40), now=self.now))

    @rule(pick=PICK)
    def the_buyer_calls_off_what_is_not_paid(self, pick: int) -> None:
        if order := self.fresh(pick):
            self.act(cancel_unpaid(order, self.gateway, by="shopper", now=self.now))

    @rule(pick=PICK, some=st.lists(FEW, min_size=4, max_size=4), cause=st.sampled_from(CHOSEN_CAUSES))
    def somebody_asks_what_would_come_back(self, pick: int, some: list[int], cause: RefundCause) -> None:
        if (order := self.fresh(pick)) is None:
            return
        choices = self.run(choices_of(order.id, cause=cause, now=self.now))
        wanted = {choice.id: count for choice, count in zip(choices, some, strict=False)}
        if quote := self.act(quote_refund(order, wanted or None, cause=cause, by="shopper", now=self.now)):
            self.quotes.append(quote)

    @rule(pick=PICK)
    def a_quote_is_confirmed(self, pick: int) -> None:
        if quote := self.picked(self.quotes, pick):
            refund = self.act(confirm_refund(quote.code, quote.order_id, by="shopper", now=self.now))
            assert refund is None or refund.amount == quote.amount

    @rule(
        pick=PICK,
        count=st.integers(1, 2),
        reason=st.sampled_from(ReturnReason),
        wish=st.sampled_from(ReturnWish),
    )
    def somebody_sends_goods_back(
        self, pick: int, count: int, reason: ReturnReason, wish: ReturnWish
    ) -> None:
        lines = Line.filter(session=None, part__state__in=["shipped", "delivered", "confirmed"])
        line = self.picked(self.run(lines.order_by("id").select_related("part__order")), pick)
        if line is not None:
            self.act(
                ask_return(
                    line.part.order, {line.id: count}, reason=reason, wish=wish, key=f"r{next(NUMBERS)}", by="shopper",
                    now=self.now,
                )
            )  # fmt: skip

    @rule(pick=PICK, fewer=st.booleans(), sellable=st.booleans())
    def a_return_is_received(self, pick: int, fewer: bool, sellable: bool) -> None:
        if back := self.picked_return(pick):
            counts = {line.line_id: max(1, line.count - fewer) for line in self.run(back.lines.all())}
            came = {line: Came(count, count if sellable else 0) for line, count in counts.items()}
            done = self.act(receive_return(back.id, came, by=f"person {self.person.id}", now=self.now))
            if done and done.refund_id and not fewer:
                assert self.run(Refund.get(id=done.refund_id)).amount <= back.promised

    @rule(pick=PICK)
    def an_exchange_is_sent_anew(self, pick: int) -> None:
        if back := self.picked_return(pick):
            own = {"by": f"person {self.person.id}", "now": self.now}
            self.act(send_anew(back.id, courier="cj", tracking="123456789012", **own))

    @rule(pick=PICK, by_village=st.booleans())
    def a_return_is_refused_or_withdrawn(self, pick: int, by_village: bool) -> None:
        if back := self.picked_return(pick):
            self.act(
                refuse_return(back.id, "아니오", by=f"person {self.person.id}", now=self.now)
                if by_village
                else withdraw_return(back.id, by="shopper", now=self.now)
            )

    @rule(pick=PICK)
    def an_exchange_never_comes_back(self, pick: int) -> None:
        if back := self.picked_return(pick):
            self.act(end_without_goods(back.id, by=f"person {self.person.id}", now=self.now))

    def picked_return(self, pick: int) -> Return | None:
        return self.picked(self.run(Return.all().order_by("-id")), pick)

    # Those who wait

    @rule(adults=st.integers(1, 3), digs=st.booleans())
    def somebody_waits_for_seats(self, adults: int, digs: bool = False) -> None:
        session = self.digging if digs else self.session
        self.act(
            join_waiting_list(
                session.id, {Participant.adult: adults}, slug=session.listing.slug, key=f"w{next(NUMBERS)}",
                buyer=Buyer("박기다림", f"010{next(NUMBERS):08}", ""), secret=SECRET, now=self.now,
            )
        )  # fmt: skip

    @rule(pick=PICK, stays=st.booleans())
    def one_who_waits_takes_the_offer_or_leaves(self, pick: int, stays: bool) -> None:
        party = self.picked(self.run(WaitingParty.all().order_by("id")), pick)
        if party is None:
            return
        if not stays:
            self.act(leave_waiting_list(party.id, now=self.now))
            return
        total = 9_000 * party.participants[Participant.adult]
        placed = self.act(
            order_offered(
                party, tender=Tender.bank_transfer, depositor="", secret=SECRET, holds=HOLDS, expected_total=total,
                person_id=None, now=self.now,
            )
        )  # fmt: skip
        if placed and placed.is_new:
            self.orders.append(placed.order)

    # Villages and city

    @rule(pick=PICK)
    def a_transfer_is_confirmed(self, pick: int) -> None:
        order = self.picked(self.orders, pick)
        if order and order.tender == Tender.bank_transfer:
            self.act(confirm_deposit(order.number, amount=order.total, by="officer", now=self.now))

    @rule(pick=PICK, sends=st.booleans())
    def a_village_goes_on_with_a_part(self, pick: int, sends: bool) -> None:
        part = self.picked(self.run(Part.all().order_by("id")), pick)
        if part is None:
            return
        own = {"village_ids": [part.village_id], "by": f"person {self.person.id}", "now": self.now}
        self.act(
            send_parcel(part.id, courier="cj", tracking="123456789012", **own)
            if sends
            else begin_preparing(part.id, **own)
        )

    @rule(pick=st.integers(0, 2), count=st.integers(1, 4), adults=FEW)
    def a_stall_sells(self, pick: int, count: int, adults: int) -> None:
        variant = self.goods[pick]
        seats = {self.session.id: {Participant.adult: adults}} if adults and pick == 2 else {}
        sold = self.act(
            record_sale(
                Basket({variant.id: count}, seats), village_id=variant.listing.village_id, key=f"s{next(NUMBERS)}",
                channel=Channel.stall, tender=Tender.cash, person_id=self.person.id, by=f"person {self.person.id}",
                now=self.now,
            )
        )  # fmt: skip
        if sold:
            self.orders.append(sold.order)

    @rule(parcels=st.sampled_from([None, 0, 1, 2]), usual=st.booleans(), ahead=st.integers(0, 4))
    def a_village_says_how_many_parcels_leave(self, parcels: int | None, usual: bool, ahead: int) -> None:
        first = self.villages[0].id
        own: dict[str, Any] = {"village_ids": [first], "by": f"person {self.person.id}", "now": self.now}
        day = seoul_day(self.now) + timedelta(days=ahead)
        self.act(set_usual(first, parcels, **own) if usual else set_day(first, day, parcels, **own))

    @rule(ahead=st.integers(0, 4))
    def the_harvest_is_late(self, ahead: int) -> None:
        first = self.villages[0].id
        own: dict[str, Any] = {"village_ids": [first], "by": f"person {self.person.id}", "now": self.now}
        self.act(delay_day(first, seoul_day(self.now) + timedelta(days=ahead), 2, **own))

    @rule(seats=st.integers(1, 9))
    def the_room_gets_larger_or_smaller(self, seats: int) -> None:
        own = {"village_ids": [self.session.listing.village_id], "by": f"person {self.person.id}"}
        self.act(resize(self.session.id, seats, **own, now=self.now))

    @rule(seats=st.integers(3, 9))
    def the_bus_gets_larger_or_smaller(self, seats: int) -> None:
        pool = self.run(Pool.get(name="마을 버스"))
        offer = PoolOffer(pool.name, seats, frozenset({self.session.listing.id, self.digging.listing.id}))
        own = {"village_ids": [pool.village_id], "by": f"person {self.person.id}"}
        self.act(update_pool(pool.id, offer, version=pool.version, **own, now=self.now))

    @rule(opens=st.booleans())
    def the_session_is_closed_or_opened_again(self, opens: bool) -> None:
        own = {"village_ids": [self.session.listing.village_id], "by": f"person {self.person.id}"}
        self.act((reopen if opens else close_session)(self.session.id, **own, now=self.now))

    @rule(pick=PICK)
    def a_transfer_is_confirmed_after_its_order_has_expired(self, pick: int) -> None:
        order = self.picked([each for each in self.orders if each.tender == Tender.bank_transfer], pick)
        if order:
            self.now = max(self.now, order.pay_before or self.now) + timedelta(seconds=1)
            self.run(expire_unpaid_orders(self.now, self.gateway))
            self.act(confirm_deposit(order.number, amount=order.total, by="officer", now=self.now))

    @rule()
    def it_rains(self) -> None:
        own = {"village_ids": [self.session.listing.village_id], "by": f"person {self.person.id}"}
        self.act(cancel_session(self.session.id, RefundCause.weather, self.gateway, **own, now=self.now))

    @rule(adults=FEW)
    def somebody_comes_on_the_other_date(self, adults: int) -> None:
        if adults and (
            placed := self.act(an_order(seats={self.later: {Participant.adult: adults}}, now=self.now))
        ):
            self.orders.append(placed.order)

    @rule()
    def it_rains_and_another_date_is_offered(self) -> None:
        own = {"village_ids": [self.session.listing.village_id], "by": f"person {self.person.id}"}
        self.act(
            cancel_session(
                self.session.id, RefundCause.weather, self.gateway, **own, instead=[self.later], now=self.now
            )
        )

    @rule(pick=PICK, comes=st.booleans())
    def one_who_was_offered_another_date_chooses(self, pick: int, comes: bool) -> None:
        offer = self.picked(self.run(DateOffer.all().order_by("id").select_related("booking__part")), pick)
        if offer is None:
            return
        order_id = offer.booking.part.order_id
        self.act(
            accept_date(offer.id, self.later, order_id=order_id, by="shopper", now=self.now)
            if comes
            else give_back_instead(offer.id, order_id, self.gateway, now=self.now)
        )

    @rule()
    def the_village_says_go(self) -> None:
        own = {"village_ids": [self.session.listing.village_id], "by": f"person {self.person.id}"}
        self.act(say_go(self.session.id, **own, now=self.now))

    @rule()
    def the_city_sends_transfers_back(self) -> None:
        for payout in self.run(payouts()):
            self.act(mark_paid_back(payout.id, by=f"person {self.person.id}", now=self.now))

    # Time

    @rule(minutes=st.sampled_from([1, 45, 60 * 13, 60 * 24 * 4]))
    def time_passes_and_the_worker_works(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for duty in (
            expire_unpaid_orders(self.now, self.gateway), ask_about_payments(self.now, self.gateway),
            empty_cancelled_sessions(self.now, self.gateway), end_overdue_offers(self.now),
            decide_sessions(self.now, self.gateway), pay_refunds(self.now, self.gateway), move_parts_on(self.now),
        ):  # fmt: skip
            self.run(duty)

    @rule(minutes=st.sampled_from([-60 * 24, -90, -1, 60 * 24 * 40]))
    def the_clock_jumps(self, minutes: int) -> None:
        """It was set, or the machine slept; nobody worked meanwhile."""
        self.now += timedelta(minutes=minutes)

    def picked(self, things: list[Any], pick: int) -> Any:
        return things[pick % len(things)] if things else None

    def fresh(self, pick: int) -> Order | None:
        order = self.picked(self.orders, pick)
        return self.run(Order.get(id=order.id)) if order else None
