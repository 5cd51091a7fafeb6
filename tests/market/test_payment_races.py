"""Money that comes at a bad moment, on PostgreSQL; for each race its control: without the guard it is lost."""

from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta

from market import capture, card_payments, expiry, extensions, provider_word
from market.card_payments import ReturnTo, open_page, take_event
from market.deposits import confirm_deposit
from market.expiry import end_order, expire_unpaid_orders
from market.extensions import extend_hold
from market.figures import DailySales
from market.gateway import Event
from market.orders import Order, Part, Tender
from market.part_states import Ending
from market.payments import EventKind, Payment, PaymentEvent
from market.tasks import Task
from tests.builders import NOW, an_order, goods, shelf_of
from tests.fakes import FakeGateway
from tests.meeting import all_at_once, meet, strip

NO_LOCK = "SELECT $1::bigint"
NO_TURNS = "SELECT $1::text"
END_PAID_TOO = expiry.END_ORDER.replace("paid_at IS NULL AND ended_as IS NULL AND", "")
END_EARLY_TOO = expiry.END_ORDER.replace("pay_before < $3", "$3::timestamptz IS NOT NULL")
EXTEND_AGAIN = extensions.EXTEND.replace("extended_at IS NULL", "true")
WRITE_EVENT_AGAIN = card_payments.WRITE_EVENT.replace("ON CONFLICT (provider, event_id) DO NOTHING", "")
HOLD, SECOND = timedelta(minutes=40), timedelta(seconds=1)
LATE = NOW + timedelta(days=4)
PAGE = ReturnTo(done="http://shop.test/done", back="http://shop.test/back")


async def test_a_payment_told_ten_times_at_once_has_one_effect(many):
    apples = await goods(left=5, price=35000)
    order = (await an_order((apples, 2))).order

    ended = await meet(many, [paid(order) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 1, "none": 9}
    assert await shelf_of(apples) == (3, 0, 0, 0)
    assert await figures() == (1, 70000)


async def test_control_without_the_lock_the_payment_takes_effect_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    await strip("part_moves", "journal_transactions")
    order = (await an_order((await goods(left=5, price=35000), 2))).order

    ended = await meet(unguarded, [paid(order) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 10}
    assert await figures() == (10, 700000)


async def test_one_message_of_the_provider_ten_times_at_once_has_one_effect(many):
    event = await a_success()

    ended = await meet(many, [told(event) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 1, "NoneType": 9}
    assert await PaymentEvent.all().count() == 1
    assert await figures() == (1, 35000)


async def test_control_without_its_unique_name_the_message_is_new_ten_times(unguarded, monkeypatch):
    """The lock on the order still saves us, and so do the turns of those who tell of the same money."""
    monkeypatch.setattr(card_payments, "ONE_AT_A_TIME", NO_TURNS)
    monkeypatch.setattr(card_payments, "WRITE_EVENT", WRITE_EVENT_AGAIN)
    await strip("payment_events")
    event = await a_success()

    ended = await meet(unguarded, [told(event) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 1, "none": 9}
    assert await PaymentEvent.all().count() == 10


async def test_control_without_all_three_the_message_takes_effect_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(card_payments, "ONE_AT_A_TIME", NO_TURNS)
    monkeypatch.setattr(card_payments, "WRITE_EVENT", WRITE_EVENT_AGAIN)
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    await strip("payment_events", "part_moves", "journal_transactions")
    event = await a_success()

    ended = await meet(unguarded, [told(event) for _ in range(10)], after=capture.READ)

    assert ended == {"paid": 10}
    assert await figures() == (10, 350000)


async def test_a_refund_told_while_its_payment_is_being_booked_is_not_passed_by(many):
    event = await a_success()

    await meet(many, [told(event), told(a_foreign_refund(event))], after=provider_word.EVENTS)

    assert (await Task.get()).subject == "refund re_1"


async def test_control_without_taking_turns_neither_sees_the_other(unguarded, monkeypatch):
    monkeypatch.setattr(card_payments, "ONE_AT_A_TIME", NO_TURNS)
    event = await a_success()

    await meet(unguarded, [told(event), told(a_foreign_refund(event))], after=provider_word.EVENTS)

    assert await PaymentEvent.all().count() == 2
    assert not await Task.exists()


async def test_a_payment_and_the_expiry_at_the_same_moment_leave_one_end(many):
    apples = await goods(left=40, price=35000)
    orders = [(await an_order(apples)).order for _ in range(20)]

    ended = await all_at_once([*(paid(order) for order in orders), expired()])

    assert ended["paid"] + ended["revived"] == 20, ended
    assert await shelf_of(apples) == (20, 0, 0, 0)
    assert await Order.filter(paid_at__isnull=False, ended_as__isnull=True).count() == 20


async def test_the_expiry_waits_for_a_payment_that_has_begun(many):
    apples = await goods(left=5)
    order = (await an_order(apples)).order

    ended = await meet(many, [paid(order), expired()], after=capture.READ)

    assert ended == {"paid": 1, "0": 1}
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_control_without_the_lock_the_goods_are_given_back_although_they_are_paid(
    unguarded, monkeypatch
):
    monkeypatch.setattr(capture, "LOCK", NO_LOCK)
    apples = await goods(left=5, price=35000)
    order = (await an_order(apples)).order

    ended = await meet(unguarded, [paid(order), expired()], after=capture.READ)

    assert ended == {"paid": 1, "1": 1}
    assert await shelf_of(apples) == (5, 0, 0, 0)
    assert (await Order.get()).paid_at
    assert await figures() == (1, 35000)


async def test_the_expiry_leaves_alone_what_was_paid_since_it_was_found(many):
    order = (await an_order(await goods(left=5))).order

    ended = await meet(many, [ending(order), paid(order)], before=expiry.END_ORDER)

    assert ended == {"paid": 1, "False": 1}
    assert ((await Order.get()).ended_as, (await Part.get()).state) == (None, "paid")


async def test_control_without_a_second_look_the_expiry_ends_what_is_paid(unguarded, monkeypatch):
    monkeypatch.setattr(expiry, "END_ORDER", END_PAID_TOO)
    await strip("orders")
    order = (await an_order(await goods(left=5))).order

    ended = await meet(unguarded, [ending(order), paid(order)], before=expiry.END_ORDER)

    assert ended == {"paid": 1, "True": 1}
    assert (await Order.get()).paid_at
    assert ((await Order.get()).ended_as, (await Part.get()).state) == ("expired", "cancelled")


async def test_a_payment_waits_for_an_expiry_that_has_begun_and_revives_the_order(many):
    apples = await goods(left=5)
    order = (await an_order(apples)).order

    ended = await meet(many, [expired(), paid(order)], after=expiry.END_ORDER)

    assert ended == {"revived": 1, "1": 1}
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def test_more_time_is_given_once_to_twenty_taps_at_once(many):
    order = (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(many, [more_time(order) for _ in range(20)], before=extensions.EXTEND)

    assert ended == {"datetime": 1, "SalesClosed": 19}
    assert (await Order.get()).pay_before == NOW + 2 * HOLD


async def test_control_without_the_guard_twenty_taps_give_it_twenty_times(unguarded, monkeypatch):
    monkeypatch.setattr(extensions, "EXTEND", EXTEND_AGAIN)
    order = (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(unguarded, [more_time(order) for _ in range(20)], before=extensions.EXTEND)

    assert ended == {"datetime": 20}
    assert (await Order.get()).pay_before == NOW + 21 * HOLD


async def test_the_expiry_leaves_alone_what_was_given_more_time_since_it_was_found(many):
    order = (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(many, [expired(NOW + HOLD + SECOND), more_time(order)], before=expiry.END_ORDER)

    assert ended == {"datetime": 1, "0": 1}
    assert (await Order.get()).ended_as is None


async def test_control_without_a_second_look_at_the_time_it_ends_what_has_more(unguarded, monkeypatch):
    monkeypatch.setattr(expiry, "END_ORDER", END_EARLY_TOO)
    order = (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(unguarded, [expired(NOW + HOLD + SECOND), more_time(order)], before=expiry.END_ORDER)

    assert ended == {"datetime": 1, "1": 1}
    assert ((await Order.get()).ended_as, (await Order.get()).pay_before) == ("expired", NOW + 2 * HOLD)


async def test_ten_wishes_to_pay_one_order_open_one_page(many):
    gateway, order = FakeGateway(), (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(many, [a_page(order, gateway) for _ in range(10)], before='INSERT INTO "payments"')

    assert ended == {"Payment": 10}
    assert await Payment.all().count() == len(gateway.readings) == 1


async def test_control_without_the_lock_they_open_ten(unguarded, monkeypatch):
    monkeypatch.setattr(Order, "select_for_update", Order.all)
    await strip("payments")
    gateway, order = FakeGateway(), (await an_order(await goods(), tender=Tender.card)).order

    ended = await meet(
        unguarded, [a_page(order, gateway) for _ in range(10)], before='INSERT INTO "payments"'
    )

    assert ended == {"Payment": 10}
    assert await Payment.all().count() == len(gateway.readings) == 10


def paid(order: Order) -> Awaitable[object]:
    """A person confirms the deposit, when its time is already over."""
    return confirm_deposit(order.number, amount=order.total, by="officer", now=LATE)


def expired(now: datetime = LATE) -> Awaitable[int]:
    return expire_unpaid_orders(now, FakeGateway())


def ending(order: Order) -> Awaitable[bool]:
    """What the expiry does with each order that it found."""
    return end_order(order.id, Ending.expired, by="clock", now=LATE)


def told(event: Event) -> Awaitable[object]:
    return take_event(event, livemode=False, now=NOW)


def a_foreign_refund(event: Event) -> Event:
    """Made at the provider's own pages: it names only the money."""
    assert event.reading
    reading = replace(event.reading, reference="", amount=1_000)
    return Event("evt_refund", EventKind.refunded, reading, thing="re_1")


def more_time(order: Order) -> Awaitable[object]:
    return extend_hold(order.number, hold=HOLD, now=NOW)


def a_page(order: Order, gateway: FakeGateway) -> Awaitable[Payment]:
    return open_page(order, gateway=gateway, return_to=PAGE, hold=HOLD, now=NOW)


async def a_success() -> Event:
    """The provider's message about an order of 35,000 won that is not paid yet."""
    gateway = FakeGateway()
    order = (await an_order(await goods(price=35000), tender=Tender.card)).order
    return gateway.pay((await a_page(order, gateway)).reference)


async def figures() -> tuple[int, int]:
    """How many orders were counted, and their goods in won."""
    counted: Counter[str] = Counter()
    for row in await DailySales.all():
        counted.update(orders=row.orders, amount=row.amount)
    return counted["orders"], counted["amount"]
