"""Where money is sent back to: known where a person sends it, for some days, and never shown of what a card gets."""

from datetime import timedelta

from market.audit import violations
from market.gateway import GatewayTrouble, GivenBack
from market.payments import EventKind
from market.refund_confirmation import confirm_refund
from market.refund_invariants import REFUND_RULES
from market.refund_payouts import (
    forget_accounts,
    keep_account,
    lately_paid,
    mark_paid_back,
    pay_refunds,
    payouts,
)
from market.refund_record import refunds_of
from market.refunds import Refund, RefundState, SealedAccount
from tests.builders import an_order, goods
from tests.fakes import FakeGateway
from tests.market.test_provider_events import a_paid_page, a_refund, tell
from tests.market.test_refunds import SOON, a_quote, by_card, given_back, paid

HERS = SealedAccount("sealed", "7813")


async def test_the_account_is_kept_until_three_days_after_the_money_was_sent(db):
    refund = await given_back(await paid(await an_order(await goods())))
    assert await keep_account(refund.order_id, SealedAccount("sealed", "7813"))
    assert [payout.account for payout in await payouts()] == ["sealed"]

    await mark_paid_back(refund.id, by="person 1", now=SOON)

    assert [line.account for line in await lately_paid(SOON + timedelta(days=2))] == ["sealed"]
    assert await forget_accounts(SOON + timedelta(days=2)) == 0
    assert await forget_accounts(SOON + timedelta(days=3)) == 1
    paid_back = await Refund.get()
    assert (paid_back.account, paid_back.account_end) == ("", "7813")
    assert await lately_paid(SOON) == []
    assert not await keep_account(refund.order_id, SealedAccount("another", "0000"))


async def test_a_card_needs_no_account_and_none_is_shown_of_what_it_got(db):
    gateway = FakeGateway()
    order = await by_card(gateway)

    quote = await a_quote(order)
    told = await confirm_refund(quote.code, order.id, by="shopper", account=HERS, now=SOON)
    await pay_refunds(SOON, gateway)

    assert (told.account, told.account_end) == ("", "")
    assert await lately_paid(SOON) == []
    assert [(note.state, note.account_end) for note in await refunds_of(order.number)] == [("paid", "")]


async def test_what_the_card_got_after_all_is_not_shown_as_sent_to_the_account_that_was_told(db):
    page = await a_paid_page()
    refund = await a_refund(page)
    await give_up(refund)
    assert await keep_account(refund.order_id, HERS)
    asked = await payouts()

    await tell(page.refund_told(EventKind.refunded, "re_1", amount=refund.amount, key=f"refund {refund.id}"))

    assert [payout.account for payout in asked] == ["sealed"]
    assert await lately_paid(SOON) == []
    assert [(note.state, note.account_end) for note in await refunds_of(page.order.number)] == [("paid", "")]


async def give_up(refund: Refund) -> None:
    """The provider's last word: a person has to send it."""

    class Refusing(FakeGateway):
        async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
            raise GatewayTrouble("the card is closed", retry=False)

    await pay_refunds(SOON, Refusing())
    assert (await Refund.get(id=refund.id)).state == RefundState.stuck


async def test_the_auditor_finds_an_account_that_was_not_forgotten(db):
    apples = await goods()
    first, last = [await given_back(await paid(await an_order(apples))) for _ in range(2)]
    for refund, at in ((first, SOON), (last, SOON + timedelta(days=5))):
        await keep_account(refund.order_id, HERS)
        await mark_paid_back(refund.id, by="person 1", now=at)

    found = await violations(REFUND_RULES)
    await forget_accounts(SOON + timedelta(days=5))

    assert [(violation.rule, violation.ids) for violation in found] == [
        ("accounts-are-forgotten", [f"refund {first.id}"])
    ]
    assert await violations(REFUND_RULES) == []
