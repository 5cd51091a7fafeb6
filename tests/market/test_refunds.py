"""A quote is what is paid: to the won, per line and village, once; the sibling villages' parts stay untouched."""

from datetime import date, timedelta

import pytest
from tortoise.transactions import in_transaction

from market.calendar_days import working_days_after
from market.capture import capture
from market.checkout import Placed
from market.figures import DailySales, MonthlyListingSales
from market.fulfilment import begin_preparing, send_parcel
from market.gateway import GatewayTrouble, GivenBack
from market.orders import Line, Order, Part, Tender
from market.part_states import PartState
from market.parts_to_send import Tab, own_part, tab_counts
from market.payments import Payment
from market.refund_confirmation import confirm_refund
from market.refund_payouts import (
    mark_paid_back,
    pay_refunds,
    payouts,
)
from market.refund_quotes import forget_old_quotes, quote_refund, quoted
from market.refunds import (
    NotRefundable,
    QuoteEnded,
    Refund,
    RefundCause,
    RefundQuote,
    RefundState,
)
from market.tasks import open_task
from tests.builders import NOW, a_program, a_village, an_order, goods, rows, shelf_of
from tests.fakes import FakeGateway
from villages.notices import Notice
from villages.programs import Participant, Session
from villages.refund_ladders import PRESETS, ladder_as_data
from villages.refusals import NotFound, Stale

SOON = NOW + timedelta(minutes=1)


async def paid(placed: Placed) -> Order:
    await capture((await Payment.get(order_id=placed.order.id)).id, by="officer", now=NOW)
    return placed.order


async def a_quote(order: Order, wanted: dict[int, int] | None = None, **values) -> RefundQuote:
    given = {"cause": RefundCause.shopper, "by": "shopper", "now": SOON}
    return await quote_refund(order, wanted, **(given | values))


async def given_back(order: Order, wanted: dict[int, int] | None = None, **values) -> Refund:
    quote = await a_quote(order, wanted, **values)
    refund = await confirm_refund(quote.code, order.id, by=quote.by, now=SOON)
    assert refund.amount == quote.amount
    return refund


async def line_of(thing) -> Line:
    return (
        await Line.get(variant_id=thing.id)
        if hasattr(thing, "grams")
        else await Line.get(session_id=thing.id)
    )


async def test_all_of_a_paid_order_goes_back_with_its_postage(db):
    apples = await goods(price=30_000)
    order = await paid(await an_order((apples, 1)))

    refund = await given_back(order)

    assert refund.amount == order.total == 34_000
    assert await shelf_of(apples) == (10, 0, 0, 0)
    assert (await Part.get()).state == PartState.cancelled
    assert (await Payment.get()).refunded == 34_000


async def test_the_figures_fall_by_what_went_back_on_the_day_it_was_confirmed(db):
    apples = await goods(price=30_000)
    order = await paid(await an_order((apples, 2)))
    later = NOW + timedelta(days=1)

    quote = await quote_refund(
        order, {(await Line.get()).id: 1}, cause=RefundCause.shopper, by="shopper", now=later
    )
    await confirm_refund(quote.code, order.id, by="shopper", now=later)

    sold = await DailySales.all().order_by("day").values_list("day", "amount", "postage")
    assert sold == [(date(2026, 11, 21), 60_000, 0), (date(2026, 11, 22), -30_000, 0)]
    assert await MonthlyListingSales.all().values_list("amount", "units") == [(30_000, 1)]


async def test_what_is_left_of_a_parcel_is_still_sent_so_its_postage_stays(db):
    village = await a_village()
    apples, pears = (
        await goods("사과", village=village, price=10_000),
        await goods("배", village=village, price=12_000),
    )
    order = await paid(await an_order(apples, pears))

    first = await given_back(order, {(await line_of(apples)).id: 1})
    second = await given_back(order)

    assert (first.amount, second.amount) == (10_000, 16_000)
    assert (await Part.get()).state == PartState.cancelled


async def test_a_siblings_half_stays_untouched(db):
    apples, rice = await goods("사과", price=10_000), await goods("쌀", price=20_000)
    order = await paid(await an_order(apples, rice))
    theirs = await Part.get(village_id=(await rice.listing).village_id)

    await given_back(order, {(await line_of(apples)).id: 1})

    assert vars(await Part.get(id=theirs.id)) == vars(theirs) | {"_saved_in_db": True}
    assert await shelf_of(rice) == (9, 0, 0, 0)


async def test_some_of_the_people_stay_at_home_and_the_ladder_says_what_comes_back(db):
    ladder = ladder_as_data(PRESETS["usual"])  # three days before 100, the day before 50
    session = await a_program(refund_ladder=ladder, starts_at=NOW + timedelta(days=2))
    order = await paid(
        await an_order(seats={session.id: {Participant.adult: 3, Participant.child: 1}}, address=None)
    )
    adults = await Line.get(participant=Participant.adult)

    refund = await given_back(order, {adults.id: 2})

    assert refund.amount == 9_000  # half of two times 9,000
    assert (await Session.get()).booked == 2
    assert await rows("SELECT seats, heads, state FROM bookings") == [
        {"seats": 2, "heads": 2, "state": "confirmed"}
    ]
    assert (await Part.get()).state == PartState.paid


async def test_the_ladder_is_the_one_of_the_day_of_booking(db):
    session = await a_program(
        refund_ladder=ladder_as_data(PRESETS["mild"]), starts_at=NOW + timedelta(days=2)
    )
    order = await paid(await an_order(seats={session.id: {Participant.adult: 1}}, address=None))
    listing = await session.listing
    listing.refund_ladder = ladder_as_data(PRESETS["group"])
    await listing.save()

    assert (await a_quote(order)).amount == 9_000


async def test_weather_and_the_villages_own_fault_give_everything_back(db):
    session = await a_program(
        refund_ladder=ladder_as_data(PRESETS["group"]), starts_at=NOW + timedelta(hours=3)
    )
    order = await paid(await an_order(seats={session.id: {Participant.adult: 2}}, address=None))

    assert (await a_quote(order)).amount < 18_000
    assert (await a_quote(order, cause=RefundCause.weather)).amount == 18_000
    assert (await a_quote(order, cause=RefundCause.operator)).amount == 18_000


async def test_fresh_goods_that_are_being_prepared_are_called_off_by_the_village_only(db):
    apples = await goods(withdrawal_limit="신선식품이라 단순 변심 반품이 안 됩니다.")
    order = await paid(await an_order(apples))
    part = await Part.get()
    await begin_preparing(part.id, village_ids=[part.village_id], by="person 1", now=NOW)

    with pytest.raises(NotRefundable):
        await a_quote(order)

    assert (await a_quote(order, cause=RefundCause.operator)).amount == order.total


async def test_what_was_sent_comes_back_only_by_the_village_and_not_onto_the_shelf(db):
    apples = await goods()
    order = await paid(await an_order(apples))
    part = await Part.get()
    await send_parcel(
        part.id, courier="cj", tracking="123456789012", village_ids=[part.village_id], by="person 1", now=NOW
    )

    with pytest.raises(NotRefundable):
        await a_quote(order)
    refund = await given_back(order, cause=RefundCause.operator)

    assert refund.amount == order.total
    assert await shelf_of(apples) == (9, 0, 0, 0)


async def test_the_same_quote_again_is_the_same_refund(db):
    apples = await goods()
    order = await paid(await an_order(apples))
    quote = await a_quote(order)

    first = await confirm_refund(quote.code, order.id, by="shopper", now=SOON)
    again = await confirm_refund(quote.code, order.id, by="shopper", now=SOON + timedelta(days=3))

    assert again.id == first.id
    assert await shelf_of(apples) == (10, 0, 0, 0)


async def test_a_quote_of_an_order_that_has_changed_since_is_worked_out_anew(db):
    order = await paid(await an_order((await goods(), 2)))
    two_tabs = [await a_quote(order), await a_quote(order, {(await Line.get()).id: 1})]
    await confirm_refund(two_tabs[1].code, order.id, by="shopper", now=SOON)

    with pytest.raises(QuoteEnded):
        await confirm_refund(two_tabs[0].code, order.id, by="shopper", now=SOON)

    assert (await Line.get()).cancelled == 1


async def test_a_quote_ends_after_half_an_hour_and_nothing_moves(db):
    order = await paid(await an_order(await goods()))
    quote = await a_quote(order)

    with pytest.raises(QuoteEnded):
        await confirm_refund(quote.code, order.id, by="shopper", now=SOON + timedelta(minutes=31))

    assert not await Refund.exists()


async def test_a_quote_does_not_outlive_the_beginning_of_the_visit(db):
    session = await a_program(
        starts_at=SOON + timedelta(minutes=10),
        refund_ladder=ladder_as_data(PRESETS["mild"]),
        closes_hours_before=0,
    )
    order = await paid(await an_order(seats={session.id: {Participant.adult: 1}}, address=None))
    quote = await a_quote(order)

    with pytest.raises(QuoteEnded):
        await confirm_refund(quote.code, order.id, by="shopper", now=SOON + timedelta(minutes=11))

    assert quote.amount == 4_500


async def test_goods_that_are_all_called_off_are_no_work_any_more_while_the_visit_stays(db):
    village = await a_village()
    apples, session = await goods(village=village), await a_program(village=village)
    order = await paid(await an_order(apples, seats={session.id: {Participant.adult: 1}}))

    await given_back(order, {(await line_of(apples)).id: 1})

    assert (await tab_counts([village.id]))[Tab.new] == 0
    assert (await own_part(order.number, [village.id])).goods == 0


async def test_a_quote_opens_nothing_of_another_order_or_another_village(db):
    mine, theirs = await paid(await an_order(await goods())), await paid(await an_order(await goods()))
    quote = await a_quote(mine)
    stranger = await a_village()

    with pytest.raises(NotFound):
        await confirm_refund(quote.code, theirs.id, by="shopper", now=SOON)
    with pytest.raises(NotFound):
        await quoted(quote.code, mine.id, village_ids=[stranger.id], now=SOON)
    with pytest.raises(QuoteEnded):
        await confirm_refund(quote.code, mine.id, by="person 9", village_ids=[stranger.id], now=SOON)


async def test_a_shopper_confirms_no_quote_that_the_village_has_made(db):
    order = await paid(await an_order(await goods()))
    quote = await a_quote(order, cause=RefundCause.operator, by="person 1")

    with pytest.raises(NotFound):
        await confirm_refund(quote.code, order.id, by="shopper", now=SOON)
    assert await confirm_refund(quote.code, order.id, by="person 1", now=SOON)


@pytest.mark.parametrize("count", [0, -1, 3, 10**9])
async def test_more_than_there_is_or_nothing_is_refused_in_words(db, count):
    order = await paid(await an_order((await goods(), 2)))

    with pytest.raises(NotRefundable):
        await a_quote(order, {(await Line.get()).id: count})


async def test_what_is_not_paid_or_given_back_already_has_nothing_to_quote(db):
    order = (await an_order(await goods())).order
    with pytest.raises(NotRefundable):
        await a_quote(order)
    await capture((await Payment.get()).id, by="officer", now=NOW)
    await given_back(order)

    with pytest.raises(NotRefundable):
        await a_quote(order)


async def test_a_shelf_gets_back_only_what_lay_on_it(db):
    apples = await goods(left=2)
    order = await paid(await an_order((apples, 2)))
    await rows("UPDATE shelves SET on_hand = 0")

    await given_back(order, {(await Line.get()).id: 1})

    assert (await shelf_of(apples))[0] == 1


async def test_the_buyer_and_the_village_are_told(db):
    order = await paid(await an_order(await goods(village=await a_village(phone="0631234567"))))

    refund = await given_back(order)

    assert await Notice.filter(kind="refund_promised", subject=f"{order.number}/{refund.id}").count() == 2
    assert await Notice.filter(kind="part_cancelled", channel="sms", address="0631234567").count() == 1


async def by_card(gateway: FakeGateway) -> Order:
    from market.card_payments import ReturnTo, open_page, take_event

    order = (await an_order(await goods(), tender=Tender.card)).order
    here = ReturnTo(done="http://127.0.0.1/d", back="http://127.0.0.1/b")
    payment = await open_page(order, gateway=gateway, return_to=here, hold=timedelta(minutes=40), now=NOW)
    await take_event(gateway.pay(payment.reference), livemode=False, now=NOW)
    return order


async def test_the_worker_gives_a_card_its_money_back_once(db):
    gateway = FakeGateway()
    refund = await given_back(await by_card(gateway))

    assert await pay_refunds(SOON, gateway) == 1
    assert await pay_refunds(SOON + timedelta(hours=1), gateway) == 0

    refund = await Refund.get(id=refund.id)
    assert (refund.state, refund.reference) == (RefundState.paid, f"re_refund {refund.id}")
    assert await Notice.filter(kind="refund_paid").exists()


async def test_a_silent_provider_is_asked_again_with_the_same_key(db):
    class Silent(FakeGateway):
        keys: list[str] = []

        async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
            self.keys.append(key)
            raise GatewayTrouble("no answer", retry=True)

    gateway = Silent()
    refund = await given_back(await by_card(gateway))

    await pay_refunds(SOON, gateway)
    assert await pay_refunds(SOON, gateway) == 0
    await pay_refunds(SOON + timedelta(minutes=5), gateway)

    assert gateway.keys == [f"refund {refund.id}"] * 2
    assert (await Refund.get()).state == RefundState.promised


async def test_what_the_provider_never_gives_back_is_a_task_for_a_person(db):
    class Refusing(FakeGateway):
        async def refund(self, reference: str, *, amount: int, key: str) -> GivenBack:
            raise GatewayTrouble("the card is closed", retry=False)

    gateway = Refusing()
    refund = await given_back(await by_card(gateway))
    await pay_refunds(SOON, gateway)
    assert await rows("SELECT kind, done_at FROM tasks") == [{"kind": "refund_stuck", "done_at": None}]

    await mark_paid_back(refund.id, by="person 1", now=SOON)

    assert (await Refund.get()).state == RefundState.paid
    assert (await rows("SELECT done_by FROM tasks")) == [{"done_by": "person 1"}]


async def test_a_task_that_was_done_is_open_again_when_the_same_trouble_comes_back(db):
    for sentence in ("먼저", "다시"):
        async with in_transaction() as connection:
            await open_task(
                connection, kind="refund_stuck", subject="refund 1", sentence=sentence, is_open_again=True
            )
        await rows("UPDATE tasks SET done_at = now(), done_by = 'person 1' WHERE sentence = '먼저'")

    assert await rows("SELECT sentence, done_at, done_by FROM tasks") == [
        {"sentence": "다시", "done_at": None, "done_by": ""}
    ]


async def test_a_transfer_is_sent_back_by_a_person_and_only_once(db):
    refund = await given_back(await paid(await an_order(await goods())))

    assert [payout.amount for payout in await payouts()] == [refund.amount]
    await mark_paid_back(refund.id, by="person 1", now=SOON)
    await mark_paid_back(refund.id, by="person 2", now=SOON)

    assert (await Refund.get()).paid_by == "person 1"
    assert await payouts() == []


async def test_nobody_sends_by_hand_what_the_card_gets(db):
    refund = await given_back(await by_card(FakeGateway()))

    with pytest.raises(Stale, match="카드사"):
        await mark_paid_back(refund.id, by="person 1", now=SOON)


async def test_nothing_back_is_a_refund_of_nothing_that_frees_the_seats(db):
    session = await a_program(
        refund_ladder=ladder_as_data(PRESETS["usual"]), starts_at=NOW + timedelta(hours=5)
    )
    order = await paid(await an_order(seats={session.id: {Participant.adult: 2}}, address=None))

    refund = await given_back(order)

    assert (refund.amount, refund.state) == (0, RefundState.paid)
    assert (await Session.get()).booked == 0


def test_three_working_days_pass_over_weekends_and_holidays():
    assert working_days_after(date(2026, 11, 20), 3) == date(2026, 11, 25)  # Friday
    assert working_days_after(date(2026, 12, 24), 3) == date(2026, 12, 30)  # Christmas and a weekend between


async def test_a_quote_that_nobody_confirmed_is_forgotten_after_a_week_and_a_confirmed_one_never(db):
    order = await paid(await an_order((await goods(price=30_000), 2)))
    await a_quote(order)
    refund = await given_back(order, {(await Line.get()).id: 1})

    soon = await forget_old_quotes(SOON + timedelta(days=7))
    later = await forget_old_quotes(SOON + timedelta(days=8))

    assert (soon, later) == (0, 1)
    assert await RefundQuote.filter(refund__id=refund.id).exists() and await RefundQuote.all().count() == 1
