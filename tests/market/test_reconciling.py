"""A day at the provider against our books: what differs is named once; its fees are the city's, and booked once."""

from datetime import date, timedelta

import pytest

from market.audit import violations
from market.gateway import GatewayTrouble, Moved, MovedKind
from market.reconciled_days import ReconciledDay
from market.reconciling import Odd, reconcile_day, reconcile_nightly
from market.refund_payouts import pay_refunds
from market.refunds import Refund
from market.tasks import Task
from storefront.db import open_database
from tests.builders import NOW, rows
from tests.fakes import FakeGateway
from tests.market.test_provider_events import INTENT, SOON, Page, a_paid_page, a_refund, balance, planted

TODAY = date(2026, 11, 21)
TOMORROW = NOW + timedelta(days=1)


def a_charge(page: Page, **values) -> Moved:
    known = {
        "name": "txn_1",
        "kind": MovedKind.charge,
        "thing": "ch_1",
        "intent": INTENT,
        "amount": page.payment.amount,
    }
    return Moved(**{**known, "currency": "krw", "fee": 1_326, "fee_currency": "krw"} | values)  # type: ignore[arg-type]


def a_refund_line(refund: Refund, **values) -> Moved:
    known = {
        "name": "txn_2",
        "kind": MovedKind.refund,
        "thing": refund.reference,
        "intent": INTENT,
        "amount": refund.amount,
    }
    return Moved(**{**known, "currency": "krw", "fee": 0, "fee_currency": "krw"} | values)  # type: ignore[arg-type]


async def compared(page: Page, day: date = TODAY) -> list[tuple[str, str, str, int, int]]:
    found = await reconcile_day(day, page.gateway, now=TOMORROW)
    return [(each.odd, each.what, each.reference, each.ours, each.theirs) for each in found]


async def test_a_day_that_agrees_has_no_differences(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    await pay_refunds(SOON, page.gateway)
    page.gateway.account = [a_charge(page), a_refund_line(await Refund.get(id=refund.id))]

    assert await compared(page) == []


async def test_what_stands_only_there_is_named(db):
    page = await a_paid_page()
    page.gateway.account = [
        a_charge(page),
        a_charge(page, name="txn_9", thing="ch_9", intent="pi_9", amount=7_000),
        a_charge(page, name="txn_8", kind=MovedKind.refund, thing="re_8", amount=500),
        a_charge(page, name="txn_7", kind=MovedKind.dispute, thing="dp_7", amount=900),
        a_charge(page, name="txn_6", kind=MovedKind.other, thing="po_6", amount=0, fee=0),
    ]

    assert await compared(page) == [
        (Odd.there_only, "charge", "ch_9", 0, 7_000),
        (Odd.there_only, "refund", "re_8", 0, 500),
        (Odd.there_only, "dispute", "dp_7", 0, 900),
    ]


@pytest.mark.parametrize("odd", [{"amount": 1}, {"currency": "usd"}], ids=str)
async def test_another_amount_or_currency_is_named(db, odd):
    page = await a_paid_page()
    page.gateway.account = [a_charge(page, **odd)]

    assert await compared(page) == [
        (Odd.other_amount, "charge", "ch_1", page.payment.amount, odd.get("amount", page.payment.amount))
    ]


async def test_what_stands_only_here_is_named_but_not_what_the_provider_put_on_another_day(db):
    page = await a_paid_page()
    assert await compared(page) == [(Odd.here_only, "charge", page.payment.reference, page.payment.amount, 0)]

    page.gateway.pay(page.payment.reference)

    assert await compared(page) == []


async def test_a_refund_that_the_provider_does_not_know_is_named(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    await pay_refunds(SOON, page.gateway)
    page.gateway.account = [a_charge(page)]
    assert await compared(page) == []

    page.gateway.given_back.clear()

    assert await compared(page) == [(Odd.here_only, "refund", f"re_refund {refund.id}", refund.amount, 0)]


async def test_the_fee_is_booked_once_and_the_order_still_adds_up(db):
    page = await a_paid_page()
    await a_refund(page)
    await pay_refunds(SOON, page.gateway)
    page.gateway.account = [
        a_charge(page),
        a_charge(page, name="txn_5", kind=MovedKind.other, thing="", intent="", fee=70),
    ]

    for _ in range(2):
        await reconcile_day(TODAY, page.gateway, now=TOMORROW)

    assert await balance("provider_fee") == 1_326 + 70
    assert await balance("stripe") == -1_326 - 70  # all of the order went back; the fee did not
    booked = await rows(
        "SELECT subject, order_id FROM journal_transactions WHERE kind = 'provider_fee' ORDER BY subject"
    )
    assert booked == [
        {"subject": "charge ch_1", "order_id": page.order.id}, {"subject": "transaction txn_5", "order_id": None},
    ]  # fmt: skip


async def test_the_night_opens_one_task_for_each_difference_and_each_day_is_done_once(db):
    page = await a_paid_page()
    page.gateway.account = [
        a_charge(page),
        a_charge(page, name="txn_9", thing="ch_9", intent="pi_9", amount=7_000),
    ]

    nights = [await reconcile_nightly(NOW + timedelta(days=1), page.gateway) for _ in range(9)]

    assert nights == [1] * 7 + [0, 0]  # the days before, as far back as is looked
    assert (await ReconciledDay.get(day=TODAY)).done_at
    task = await Task.get()
    assert (task.kind, task.subject) == ("provider", "charge ch_9")
    assert "7,000원" in task.sentence


async def test_a_provider_that_does_not_tell_is_asked_again_later(db):
    class Silent(FakeGateway):
        async def moved(self, first, until):
            raise GatewayTrouble("no answer", retry=True)

    page = await a_paid_page()
    assert await reconcile_nightly(TOMORROW, Silent()) == 0
    assert not await ReconciledDay.filter(done_at__isnull=False).exists()

    assert await reconcile_nightly(TOMORROW + timedelta(hours=1), page.gateway) == 1


async def test_a_fee_taken_from_a_village_is_found(database_url: str):
    async with open_database(database_url):
        page = await a_paid_page()
        page.gateway.account = [a_charge(page)]
        await reconcile_day(TODAY, page.gateway, now=TOMORROW)
        assert await violations() == []

        await planted(
            "UPDATE journal_legs SET account = 'village_payable' WHERE account = 'stripe' AND amount < 0"
        )

        assert "the-providers-fee-is-the-citys" in {found.rule for found in await violations()}
