"""A disputed card payment: its money stands elsewhere until that is decided, and nobody pays it back twice."""

import itertools
from datetime import UTC, datetime

import pytest

from market.audit import violations
from market.disputes import disputes_of
from market.gateway import Event, GatewayTrouble
from market.orders import Line
from market.payments import EventKind, Payment
from market.refund_payouts import mark_paid_back, pay_refunds, payouts
from market.refunds import Refund, RefundState
from market.tasks import Task
from storefront.db import open_database
from tests.fakes import FakeGateway
from tests.market.test_provider_events import (
    SOON,
    Page,
    a_paid_page,
    a_refund,
    again_and_again,
    balance,
    planted,
    tell,
    the_end,
)
from villages.refusals import Stale

__all__ = ["again_and_again"]
DUE = datetime(2026, 12, 5, 14, 59, tzinfo=UTC)


def dispute_told(page: Page, kind: EventKind, **values) -> Event:
    known = {"reference": "", "until": DUE, "thing": "dp_1"}
    return page.told(kind, f"evt_{kind}", **known | values)


async def withdrawn(page: Page) -> None:
    await tell(dispute_told(page, EventKind.disputed), dispute_told(page, EventKind.funds_withdrawn))


async def test_a_dispute_is_a_task_with_its_deadline_and_moves_no_money_yet(db):
    page = await a_paid_page()

    await tell(dispute_told(page, EventKind.disputed))

    task = await Task.get()
    assert (task.kind, task.subject) == ("dispute", "dispute dp_1")
    assert "12월 5일까지" in task.sentence and f"{page.payment.amount:,}원" in task.sentence
    assert await balance("disputed") == 0


async def test_withdrawn_money_stands_as_disputed_and_comes_back_when_reinstated(db):
    page = await a_paid_page()

    await withdrawn(page)
    assert (await balance("disputed"), await balance("stripe")) == (page.payment.amount, 0)
    assert (await Payment.get()).disputed == page.payment.amount
    await tell(
        dispute_told(page, EventKind.dispute_closed, outcome="won"),
        dispute_told(page, EventKind.funds_reinstated),
    )

    assert (await balance("disputed"), await balance("stripe")) == (0, page.payment.amount)
    assert (await Payment.get()).disputed == 0
    [dispute] = await disputes_of(page.order.number)
    assert (dispute.outcome_name, dispute.held_back) == ("이김", 0)


async def test_a_lost_dispute_is_a_second_task_and_its_money_stays_where_it_is(db):
    page = await a_paid_page()
    await withdrawn(page)

    await tell(dispute_told(page, EventKind.dispute_closed, outcome="lost"))

    assert {task.subject for task in await Task.all()} == {"dispute dp_1", "dispute dp_1 lost"}
    assert await balance("disputed") == page.payment.amount


async def test_the_end_of_a_dispute_is_one_for_every_order_of_its_messages(again_and_again):
    ends = set()
    for order in itertools.permutations(range(4)):
        page = await a_paid_page()
        told = [
            dispute_told(page, EventKind.disputed),
            dispute_told(page, EventKind.funds_withdrawn),
            dispute_told(page, EventKind.funds_reinstated),
            dispute_told(page, EventKind.dispute_closed, outcome="won"),
        ]
        for place in [*order, order[0]]:
            await tell(told[place])
        ends.add(str(await the_end()).replace(page.order.number, "N"))
        await again_and_again()

    assert len(ends) == 1


async def test_a_refund_of_withdrawn_money_waits_until_it_is_back(db):
    page = await a_paid_page()
    await withdrawn(page)
    await a_refund(page)

    assert await pay_refunds(SOON, page.gateway) == 0
    await tell(dispute_told(page, EventKind.funds_reinstated))

    assert await pay_refunds(SOON, page.gateway) == 1


async def test_a_dispute_over_some_of_it_holds_back_no_more_than_that(db):
    page = await a_paid_page(2)
    await tell(
        dispute_told(page, EventKind.disputed, amount=1_000),
        dispute_told(page, EventKind.funds_withdrawn, amount=1_000),
        dispute_told(page, EventKind.dispute_closed, outcome="lost"),
    )
    line = await Line.get()
    for _ in range(2):
        await a_refund(page, {line.id: 1})

    assert await pay_refunds(SOON, page.gateway) == 1
    assert await pay_refunds(SOON, page.gateway) == 0
    assert [(payout.state, payout.is_held_back) for payout in await payouts()] == [("promised", True)]


async def test_nobody_sends_by_hand_what_is_disputed(db):
    class Refusing(FakeGateway):
        async def refund(self, reference, *, amount, key):
            raise GatewayTrouble("the charge is disputed", retry=False)

    page = await a_paid_page()
    refund = await a_refund(page)
    await pay_refunds(SOON, Refusing())
    await withdrawn(page)

    with pytest.raises(Stale, match="다툼이 끝날 때까지"):
        await mark_paid_back(refund.id, by="person 1", now=SOON)

    assert (await Refund.get()).state == RefundState.stuck
    assert await balance("bank") == 0


async def test_more_withdrawn_than_came_in_moves_nothing(db):
    page = await a_paid_page()

    await tell(dispute_told(page, EventKind.funds_withdrawn, amount=page.payment.amount + 1))

    assert await balance("disputed") == 0
    assert (await Task.get(kind="alarm")).subject == f"payment {page.payment.id} disputed"


async def test_the_citys_page_of_the_order_shows_it(site):
    page = await a_paid_page()
    await withdrawn(page)

    shown = (await (await site.officer()).get(f"/city/orders/{page.order.number}")).text

    assert "카드 다툼" in shown and f"결제사가 {page.payment.amount:,}원을 빼 갔습니다" in shown


@pytest.mark.parametrize(
    "wrong", ["UPDATE payments SET disputed = 0", "DELETE FROM journal_transactions WHERE kind = 'disputed'"]
)
async def test_what_was_planted_is_found(database_url: str, wrong: str):
    async with open_database(database_url):
        await withdrawn(await a_paid_page())
        assert await violations() == []

        await planted(wrong)

        assert "what-is-held-back-is-booked" in {found.rule for found in await violations()}
