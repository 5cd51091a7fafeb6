"""Whatever a card provider tells, in whatever order, has one end; what contradicts itself moves nothing."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from market.audit import violations
from market.card_payments import ReturnTo, open_page, take_event
from market.gateway import Event, Found, GivenBack, Reading
from market.orders import Order, Tender
from market.payments import EventKind, Payment, PaymentEvent
from market.refund_confirmation import confirm_refund
from market.refund_payouts import mark_paid_back, pay_refunds, payouts
from market.refund_quotes import quote_refund
from market.refunds import Refund, RefundCause, RefundState
from market.standing import Told, standing
from market.tasks import Task
from storefront.db import open_database
from tests.builders import NOW, an_order, goods, rows
from tests.database import ResettableDatabase
from tests.fakes import FakeGateway

HERE = ReturnTo(done="http://127.0.0.1/d", back="http://127.0.0.1/b")
SOON = NOW + timedelta(minutes=1)
INTENT = "pi_1"


@dataclass
class Page:
    """An order with an open card page."""

    order: Order
    payment: Payment
    gateway: FakeGateway

    def told(self, kind: EventKind, name: str = "", **values) -> Event:
        reading = Reading(
            self.payment.reference,
            Found.captured,
            self.payment.amount,
            "krw",
            False,
            self.order.number,
            INTENT,
        )
        given = {key: values.pop(key) for key in list(values) if key in Reading.__dataclass_fields__}
        return Event(name or f"evt_{kind}", kind, replace(reading, **given), **values)

    def refund_told(self, kind: EventKind, thing: str = "re_1", **values) -> Event:
        return self.told(kind, f"evt_{kind}_{thing}", thing=thing, **({"reference": ""} | values))


async def a_page(price: int = 35_000, count: int = 1) -> Page:
    order = (await an_order((await goods(left=5, price=price), count), tender=Tender.card)).order
    gateway = FakeGateway()
    payment = await open_page(order, gateway=gateway, return_to=HERE, hold=timedelta(minutes=40), now=NOW)
    return Page(order, payment, gateway)


async def a_paid_page(count: int = 1) -> Page:
    page = await a_page(count=count)
    await tell(page.told(EventKind.captured))
    return page


async def tell(*events: Event, livemode: bool = False) -> None:
    for event in events:
        await take_event(event, livemode=livemode, now=SOON)


async def a_refund(page: Page, wanted: dict[int, int] | None = None) -> Refund:
    quote = await quote_refund(page.order, wanted, cause=RefundCause.shopper, by="shopper", now=SOON)
    return await confirm_refund(quote.code, page.order.id, by="shopper", now=SOON)


async def the_end() -> list[list[dict]]:
    """All that follows from what was told, but for the order in which it was written down."""
    return [
        await rows("SELECT state, amount, refunded, disputed, ask_at IS NULL AS asked FROM payments"),
        await rows("SELECT paid_at IS NOT NULL AS paid, ended_as FROM orders"),
        await rows("SELECT state, paid_by, reference FROM refunds"),
        await rows("SELECT kind, subject, sentence FROM tasks ORDER BY 1, 2"),
        await rows("SELECT account, sum(amount)::bigint AS won FROM journal_legs GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1"),
        await rows("SELECT on_hand, reserved FROM shelves"),
    ]  # fmt: skip


TELLABLE = st.builds(
    Told,
    kind=st.sampled_from(EventKind),
    amount=st.sampled_from([10_000, 35_000]),
    intent=st.sampled_from(["", "pi_1", "pi_2"]),
    thing=st.sampled_from(["re_1", "re_2", "dp_1"]),
    key=st.sampled_from(["", "refund 1"]),
    outcome=st.sampled_from(["won", "lost"]),
    doubt=st.sampled_from(["", "of another currency"]),
)


@given(st.lists(TELLABLE, max_size=6), st.randoms(use_true_random=False))
def test_the_standing_hangs_neither_on_the_order_nor_on_how_often_it_was_told(told, random):
    shuffled = told + random.sample(told, len(told) // 2)
    random.shuffle(shuffled)

    assert standing(shuffled) == standing(told)
    assert standing(shuffled).contradictions == standing(told).contradictions


@given(st.lists(TELLABLE, max_size=8))
def test_what_is_doubted_counts_for_nothing(told):
    assert standing(told) == standing([event for event in told if not event.doubt])


@pytest.fixture
async def again_and_again(
    database_of_this_process: ResettableDatabase,
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Ends one trial: the auditor finds nothing, and the database is empty again."""

    async def over() -> None:
        assert not await violations()
        await asyncio.to_thread(database_of_this_process.reset)

    async with open_database(database_of_this_process.url):
        yield over


async def test_the_end_is_one_for_every_order_of_messages_and_repetitions(again_and_again):
    """Paid; somebody gave money back at the provider's own pages, and that failed in the end."""
    ends = set()
    for order in itertools.permutations(range(3)):
        page = await a_page()
        told = [
            page.told(EventKind.captured),
            page.refund_told(EventKind.refunded, "re_hand", amount=1_000),
            page.refund_told(EventKind.refund_failed, "re_hand", amount=1_000),
        ]
        for place in [*order, *order[:2]]:
            await tell(told[place])
        ends.add(
            str(await the_end()).replace(page.order.number, "N").replace(f"payment {page.payment.id}", "P")
        )
        await again_and_again()

    assert len(ends) == 1
    assert "'state': 'captured'" in ends.pop()


async def test_our_refund_ends_the_same_in_every_order_of_its_messages(again_and_again):
    ends = set()
    for order in itertools.permutations(range(3)):
        page = await a_paid_page()
        refund = await a_refund(page)
        ours = {"amount": refund.amount, "key": f"refund {refund.id}"}
        told = [
            page.refund_told(EventKind.refund_pending, **ours),
            page.refund_told(EventKind.refunded, **ours),
            page.refund_told(EventKind.refund_failed, **ours),
        ]
        for place in [*order, order[0]]:
            await tell(told[place])
        ends.add(str(await the_end()).replace(page.order.number, "N").replace(f"refund {refund.id}", "R"))
        await again_and_again()

    assert len(ends) == 1
    assert "'state': 'stuck'" in ends.pop()


@pytest.mark.parametrize(
    ("kind", "values", "word"),
    [
        (EventKind.failed, {}, "failed"),
        (EventKind.expired, {}, "expired"),
        (EventKind.captured, {"intent": "pi_2"}, "twice"),
    ],
    ids=["captured then failed", "captured then expired", "captured twice"],
)  # fmt: skip
async def test_answers_that_contradict_each_other_move_nothing_and_open_a_task(db, kind, values, word):
    page = await a_paid_page()
    before = (await the_end())[:3]

    await tell(page.told(kind, "evt_2", **values))

    assert (await the_end())[:3] == before
    task = await Task.get()
    assert (task.kind, task.subject) == ("alarm", f"payment {page.payment.id} {word}")
    assert page.order.number in task.sentence


@pytest.mark.parametrize(
    "odd", [{"currency": "usd"}, {"livemode": True}], ids=str
)  # fmt: skip
async def test_a_refund_of_another_currency_or_mode_is_not_ours(db, odd):
    page = await a_paid_page()
    refund = await a_refund(page)

    await tell(page.refund_told(EventKind.refunded, amount=refund.amount, key=f"refund {refund.id}", **odd))

    assert (await Refund.get()).state == RefundState.promised
    assert (await Task.get()).kind == "alarm"
    assert (await PaymentEvent.get(thing="re_1")).doubt


async def test_a_refund_over_another_amount_is_not_booked(db):
    page = await a_paid_page()
    refund = await a_refund(page)

    await tell(page.refund_told(EventKind.refunded, amount=refund.amount - 1, key=f"refund {refund.id}"))

    assert (await Refund.get()).state == RefundState.promised
    assert f"{refund.amount - 1:,}원" in (await Task.get()).sentence


async def test_more_given_back_than_came_in_is_an_alarm(db):
    page = await a_paid_page()

    await tell(page.refund_told(EventKind.refunded, "re_hand", amount=page.payment.amount + 1))

    subjects = {task.subject for task in await Task.all()}
    assert subjects == {f"payment {page.payment.id} refunded", "refund re_hand"}


async def test_a_refund_made_at_the_providers_own_pages_is_an_event_and_a_task(db):
    page = await a_paid_page()

    await tell(page.refund_told(EventKind.refunded, "re_hand", amount=5_000))

    task = await Task.get()
    assert (task.kind, task.subject) == ("provider", "refund re_hand")
    assert "5,000원" in task.sentence
    assert (await PaymentEvent.get(thing="re_hand")).payment_id == page.payment.id  # type: ignore[attr-defined]
    assert not await Refund.exists()


async def test_a_refund_that_was_told_before_its_payment_is_not_forgotten(db):
    page = await a_page()

    await tell(page.refund_told(EventKind.refunded, "re_hand", amount=5_000))
    assert not await Task.exists()
    await tell(page.told(EventKind.captured))

    assert (await Task.get()).subject == "refund re_hand"


class Working(FakeGateway):
    """A provider whose refunds take their time."""

    is_done = False

    async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
        return GivenBack("re_1", INTENT, is_done=self.is_done)


async def test_a_refund_the_provider_still_works_on_is_not_paid(db):
    page, gateway = await a_paid_page(), Working()
    refund = await a_refund(page)

    assert await pay_refunds(SOON, gateway) == 0
    assert await pay_refunds(SOON + timedelta(minutes=5), gateway) == 0

    assert ((await Refund.get()).state, (await Refund.get()).reference) == (RefundState.promised, "re_1")
    assert await balance("refunds_promised") == -refund.amount
    gateway.is_done = True
    assert await pay_refunds(SOON + timedelta(hours=2), gateway) == 1
    assert (await Refund.get()).state == RefundState.paid
    assert await balance("refunds_promised") == 0


async def test_a_sum_of_refunds_that_was_told_makes_us_ask_at_once(db):
    page, gateway = await a_paid_page(), Working()
    await a_refund(page)
    await pay_refunds(SOON, gateway)

    gateway.is_done = True
    await tell(page.told(EventKind.refund_sum, reference="", refunded=35_000))

    assert await pay_refunds(SOON, gateway) == 1


async def test_a_refund_that_fails_after_it_was_paid_is_to_be_paid_again(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    await pay_refunds(SOON, page.gateway)
    assert (await Refund.get()).state == RefundState.paid

    await tell(page.refund_told(EventKind.refund_failed, f"re_refund {refund.id}", amount=refund.amount))

    assert (await Refund.get()).state == RefundState.stuck
    assert await balance("refunds_promised") == -refund.amount
    assert await balance("stripe") == page.payment.amount
    task = await Task.get()
    assert (task.kind, task.subject, task.done_at) == ("refund_stuck", f"refund {refund.id}", None)
    assert [payout.id for payout in await payouts()] == [refund.id]


async def test_what_came_back_is_sent_by_hand_and_booked_once_more(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    await pay_refunds(SOON, page.gateway)
    await tell(page.refund_told(EventKind.refund_failed, f"re_refund {refund.id}", amount=refund.amount))

    for _ in range(2):
        await mark_paid_back(refund.id, by="person 1", now=SOON)

    assert ((await Refund.get()).state, (await Refund.get()).paid_by) == (RefundState.paid, "person 1")
    assert await balance("refunds_promised") == 0
    assert await balance("bank") == -refund.amount
    assert (await Task.get()).done_by == "person 1"
    booked = await rows(
        "SELECT kind, subject FROM journal_transactions WHERE subject LIKE 'refund %' ORDER BY id"
    )
    assert [(row["kind"], row["subject"].removeprefix(f"refund {refund.id}")) for row in booked] == [
        ("refund_promised", ""), ("refund_paid", ""), ("corrected", " returned"), ("refund_paid", " again"),
    ]  # fmt: skip


async def test_what_was_sent_by_hand_and_by_card_too_is_an_alarm(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    told = {"amount": refund.amount, "key": f"refund {refund.id}"}
    await tell(page.refund_told(EventKind.refund_failed, "re_1", **told))
    await mark_paid_back(refund.id, by="person 1", now=SOON)

    await tell(page.refund_told(EventKind.refunded, "re_2", **told))

    assert "두 번" in (await Task.get(kind="alarm")).sentence
    assert await balance("bank") == -refund.amount


async def test_a_page_that_closed_without_money_is_asked_about_no_more(db):
    page = await a_page()

    await tell(page.told(EventKind.expired, state=Found.expired, intent=None))

    payment = await Payment.get()
    assert (payment.state, payment.ask_at) == ("expired", None)
    assert (await rows("SELECT reserved FROM shelves")) == [{"reserved": 1}]


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("a-card-payment-is-its-events", "UPDATE payment_events SET amount = amount - 1 WHERE kind = 'captured'"),
        ("a-card-payment-is-its-events", "DELETE FROM payment_events WHERE kind = 'captured'"),
        ("a-card-payment-is-its-events", "UPDATE payments SET state = 'expired'"),
        ("a-card-refund-is-its-events", "DELETE FROM payment_events WHERE kind = 'refunded'"),
        ("a-card-refund-is-its-events", "UPDATE payment_events SET kind = 'refund_failed' WHERE kind = 'refunded'"),
        ("a-card-refund-is-its-events", "UPDATE refunds SET state = 'stuck', paid_at = NULL, paid_by = ''"),
    ],
)  # fmt: skip
async def test_what_was_planted_is_found(database_url: str, rule, wrong):
    async with open_database(database_url):
        page = await a_paid_page()
        await a_refund(page)
        await pay_refunds(SOON, page.gateway)
        assert await violations() == []

        await planted(wrong)

        assert rule in {found.rule for found in await violations()}


async def planted(wrong: str) -> None:
    async with in_transaction() as connection:
        await connection.execute_query("SET LOCAL session_replication_role = replica")
        changed, _ = await connection.execute_query(wrong)
    assert changed


async def balance(account: str) -> int:
    found = await rows(
        "SELECT COALESCE(sum(amount), 0)::bigint AS won FROM journal_legs WHERE account = $1", account
    )
    return found[0]["won"]
