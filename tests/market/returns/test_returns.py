"""Goods come back: the promise is paid once, on their receipt; stock moves only then, and only what is sellable."""

from datetime import timedelta

import pytest

from market.audit import violations
from market.fulfilment import mark_delivered, move_parts_on, send_parcel
from market.orders import Line, Order, Part
from market.part_states import PartState
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import NotRefundable, QuoteEnded, Refund, RefundCause, RefundQuote
from market.returns.asking import ask_return, return_offer
from market.returns.ending import note_parcel_back, overrule_refusal, refuse_return, withdraw_return
from market.returns.receiving import Came, receive_return
from market.returns.tables import NotReturnable, Return, ReturnReason, ReturnState
from tests.builders import NOW, NUMBERS, a_village, an_order, goods, rows, shelf_of
from tests.market.test_refunds import line_of, paid
from villages.acts import Act
from villages.notices import Notice
from villages.refusals import BadForm, KeyReused, NotFound, Stale

DELIVERED = NOW + timedelta(days=2)
SOON = DELIVERED + timedelta(days=1)


async def arrived(*wanted, **more) -> Order:
    """A paid order of which every half was sent and has arrived."""
    order = await paid(await an_order(*wanted, **more))
    for part in await Part.filter(order_id=order.id):
        await sent(part)
        own = {"village_ids": [part.village_id], "by": "person 1"}
        await mark_delivered(part.id, **own, now=DELIVERED)
    return order


async def sent(part: Part) -> None:
    own = {"village_ids": [part.village_id], "by": "person 1"}
    await send_parcel(part.id, courier="cj", tracking="123456789012", **own, now=NOW)


async def asked(order: Order, wanted: dict[int, int], **values) -> Return:
    given = {
        "reason": ReturnReason.changed_mind,
        "key": f"return {next(NUMBERS)}",
        "by": "shopper",
        "now": SOON,
    }
    return await ask_return(order, wanted, **(given | values))


async def received(back: Return, **came: tuple[int, int]) -> Return:
    """All of it, sellable, unless said otherwise: `line_7=(received, sellable)`."""
    counts = {line.line_id: Came(line.count, line.count) for line in await back.lines.all()}
    counts |= {int(name.removeprefix("line_")): Came(*of) for name, of in came.items()}
    return await receive_return(back.id, counts, by="person 1", now=SOON)


async def test_a_change_of_mind_brings_the_price_less_the_postage_back(db):
    apples = await goods(price=30_000)
    order = await arrived((apples, 2))

    back = await asked(order, {(await line_of(apples)).id: 1})
    assert (back.promised, back.return_postage) == (26_000, 4_000)
    assert await shelf_of(apples) == (8, 0, 0, 0)
    back = await received(back)

    refund = await Refund.get(id=back.refund_id)
    assert refund.amount == 26_000
    assert await shelf_of(apples) == (9, 0, 0, 0)
    assert (await Line.get()).cancelled == 1
    assert (await Part.get()).state == PartState.delivered
    assert await rows("SELECT cause, change FROM movements WHERE cause LIKE 'return%'") == [
        {"cause": f"return {back.id} line {(await Line.get()).id}", "change": 1}
    ]


@pytest.mark.parametrize("reason", [ReturnReason.faulty, ReturnReason.wrong])
async def test_what_is_not_what_was_sold_brings_all_of_it_with_its_postage(db, reason):
    apples = await goods(price=30_000)
    order = await arrived(apples)

    back = await received(await asked(order, {(await line_of(apples)).id: 1}, reason=reason))

    assert (await Refund.get(id=back.refund_id)).amount == order.total == 34_000
    assert (await Part.get()).state == PartState.cancelled


async def test_what_carrying_back_costs_stands_in_the_figures_and_never_goes_back(db):
    village = await a_village()
    apples, pears = (
        await goods("사과", village=village, price=20_000),
        await goods("배", village=village, price=10_000),
    )
    order = await arrived(apples, pears)

    await received(await asked(order, {(await line_of(apples)).id: 1}))
    last = await received(await asked(order, {(await line_of(pears)).id: 1}, reason=ReturnReason.faulty))

    assert (await Refund.get(id=last.refund_id)).amount == 14_000
    assert await rows("SELECT sum(postage)::int AS postage, sum(amount)::int AS amount FROM daily_sales") == [
        {"postage": 4_000, "amount": 0}
    ]


async def test_carrying_back_never_costs_more_than_the_goods(db):
    garlic = await goods("마늘", price=3_000)
    order = await arrived(garlic)

    back = await received(await asked(order, {(await line_of(garlic)).id: 1}))

    assert (back.promised, (await Refund.get()).amount) == (0, 0)


async def test_the_postage_back_is_that_of_the_day_of_ordering(db):
    village = await a_village()
    apples = await goods(village=village, price=30_000)
    order = await arrived(apples)
    village.postage_fee = 9_000
    await village.save()

    assert (await asked(order, {(await line_of(apples)).id: 1})).return_postage == 4_000


async def test_two_faulty_halves_of_a_parcel_bring_its_postage_once(db):
    village = await a_village()
    apples, pears = (
        await goods("사과", village=village, price=20_000),
        await goods("배", village=village, price=10_000),
    )
    order = await arrived(apples, pears)
    first = await asked(order, {(await line_of(apples)).id: 1}, reason=ReturnReason.faulty)
    second = await asked(order, {(await line_of(pears)).id: 1}, reason=ReturnReason.faulty)
    await withdraw_return(first.id, by="shopper", now=SOON)
    third = await asked(order, {(await line_of(apples)).id: 1}, reason=ReturnReason.faulty)

    assert (first.promised, second.promised, third.promised) == (20_000, 14_000, 20_000)
    for back in (third, second):
        await received(back)

    assert (await Part.get()).refunded_postage == 4_000


async def test_only_what_can_be_sold_again_lies_on_the_shelf(db):
    apples = await goods(left=5)
    order = await arrived((apples, 3))
    line = await line_of(apples)

    await received(await asked(order, {line.id: 3}), **{f"line_{line.id}": (3, 1)})

    assert await shelf_of(apples) == (3, 0, 0, 0)


async def test_less_came_than_was_asked_so_only_that_is_refunded_and_the_rest_may_come_later(db):
    apples = await goods(price=10_000)
    order = await arrived((apples, 3))
    line = await line_of(apples)

    back = await received(await asked(order, {line.id: 3}), **{f"line_{line.id}": (2, 2)})

    assert (await Refund.get(id=back.refund_id)).amount == 16_000
    assert (await Line.get()).coming_back == 0
    assert (await asked(order, {line.id: 1})).promised == 6_000


@pytest.mark.parametrize("came", [(0, 0), (1, 2), (4, 4), (-1, -1)])
async def test_counts_that_cannot_be_are_refused_and_nothing_moves(db, came):
    apples = await goods()
    order = await arrived((apples, 3))
    line = await line_of(apples)
    back = await asked(order, {line.id: 3})

    with pytest.raises(BadForm):
        await received(back, **{f"line_{line.id}": came})

    assert (await Return.get()).state == ReturnState.requested
    assert not await Refund.exists()


async def test_a_second_tap_makes_one_return_and_one_refund(db):
    apples = await goods()
    order = await arrived((apples, 2))
    line = await line_of(apples)

    first, again = [await asked(order, {line.id: 1}, key="tapped twice") for _ in range(2)]
    assert first.id == again.id
    with pytest.raises(KeyReused):
        await asked(order, {line.id: 1}, key="tapped twice", reason=ReturnReason.faulty)
    ends = [await received(first) for _ in range(2)]

    assert ends[0].refund_id == ends[1].refund_id
    assert await Refund.all().count() == 1
    assert await shelf_of(apples) == (9, 0, 0, 0)


async def test_no_more_comes_back_than_is_left(db):
    apples = await goods()
    order = await arrived((apples, 2))
    line = await line_of(apples)
    await asked(order, {line.id: 1})

    with pytest.raises(NotReturnable):
        await asked(order, {line.id: 2})
    with pytest.raises(NotRefundable):
        await quote_refund(order, {line.id: 2}, cause=RefundCause.operator, by="person 1", now=SOON)


async def test_a_quote_made_before_the_return_gives_nothing_any_more(db):
    apples = await goods()
    order = await arrived(apples)
    quote = await quote_refund(order, cause=RefundCause.operator, by="person 1", now=SOON)
    await asked(order, {(await line_of(apples)).id: 1})

    with pytest.raises(QuoteEnded):
        await confirm_refund(quote.code, order.id, by="person 1", now=SOON)


async def test_the_promise_itself_is_nothing_to_be_confirmed_without_the_goods(db):
    apples = await goods()
    order = await arrived(apples)
    await asked(order, {(await line_of(apples)).id: 1})
    promise = await RefundQuote.get()

    for who in ("shopper", "person 1"):
        with pytest.raises(QuoteEnded):
            await confirm_refund(promise.code, order.id, by=who, now=SOON)

    assert not await Refund.exists()


async def test_a_promise_is_kept_whatever_happens_to_the_half_meanwhile(db):
    village = await a_village()
    apples, pears = (
        await goods("사과", village=village, price=20_000),
        await goods("배", village=village, price=10_000),
    )
    order = await arrived(apples, pears)
    back = await asked(order, {(await line_of(apples)).id: 1})
    rest = await quote_refund(
        order, {(await line_of(pears)).id: 1}, cause=RefundCause.operator, by="person 1", now=SOON
    )
    await confirm_refund(rest.code, order.id, by="person 1", now=SOON)
    await move_parts_on(DELIVERED + timedelta(days=8))

    back = await received(back)

    assert (await Refund.get(id=back.refund_id)).amount == back.promised == 16_000
    assert (await Part.get()).state == PartState.cancelled


async def test_a_siblings_half_stays_untouched(db):
    apples, rice = await goods("사과"), await goods("쌀")
    order = await arrived(apples, rice)
    theirs = await Part.get(village_id=(await rice.listing).village_id)

    await received(await asked(order, {(await line_of(apples)).id: 1}))

    assert vars(await Part.get(id=theirs.id)) == vars(theirs) | {"_saved_in_db": True}
    assert await shelf_of(rice) == (9, 0, 0, 0)


async def test_each_village_is_asked_apart(db):
    apples, rice = await goods("사과"), await goods("쌀")
    order = await arrived(apples, rice)

    with pytest.raises(NotReturnable, match="마을마다"):
        await asked(order, {(await line_of(apples)).id: 1, (await line_of(rice)).id: 1})
    with pytest.raises(NotFound):
        await asked(order, {(await line_of(apples)).id: 1}, village_ids=[(await rice.listing).village_id])


async def test_a_shopper_has_seven_days_and_three_months_for_faults_but_staff_any_time(db):
    apples = await goods()
    order = await arrived(apples)
    line = {(await line_of(apples)).id: 1}
    in_time, late = DELIVERED + timedelta(days=7), DELIVERED + timedelta(days=9)

    async def may(reason: ReturnReason, by: str, now) -> bool:
        try:
            return bool(await return_offer(order.id, line, reason=reason, by=by, now=now))
        except NotReturnable:
            return False

    assert await may(ReturnReason.changed_mind, "shopper", in_time)
    assert not await may(ReturnReason.changed_mind, "shopper", late)
    assert await may(ReturnReason.faulty, "shopper", late + timedelta(days=80))
    assert not await may(ReturnReason.faulty, "shopper", late + timedelta(days=100))
    assert await may(ReturnReason.changed_mind, "person 1", late + timedelta(days=100))


async def test_fresh_goods_come_back_only_for_faults_where_that_was_said(db):
    apples = await goods(withdrawal_limit="신선식품입니다.")
    order = await arrived(apples)
    line = {(await line_of(apples)).id: 1}

    with pytest.raises(NotReturnable, match="신선식품"):
        await asked(order, line)

    assert (await asked(order, line, reason=ReturnReason.faulty)).promised == order.total


async def test_who_has_confirmed_the_purchase_does_not_change_her_mind(db):
    apples = await goods()
    order = await arrived(apples)
    line = {(await line_of(apples)).id: 1}
    part = await Part.get()
    await rows("UPDATE parts SET state = 'confirmed'")
    await rows(
        "INSERT INTO part_moves (part_id, state, by, at) VALUES ($1, 'confirmed', 'shopper', $2)",
        part.id,
        SOON,
    )

    with pytest.raises(NotReturnable, match="확정"):
        await asked(order, line)

    assert await return_offer(order.id, line, reason=ReturnReason.changed_mind, by="person 1", now=SOON)
    assert await asked(order, line, reason=ReturnReason.faulty)


async def test_the_clocks_confirming_takes_no_day_of_the_seven(db):
    apples = await goods()
    order = await arrived(apples)
    now = DELIVERED + timedelta(days=7, minutes=1)
    await move_parts_on(now)
    assert (await Part.get()).state == PartState.confirmed

    assert await asked(order, {(await line_of(apples)).id: 1}, now=now)


async def test_what_comes_back_is_not_confirmed_by_the_clock(db):
    apples = await goods()
    order = await arrived((apples, 2))
    await asked(order, {(await line_of(apples)).id: 1})

    await move_parts_on(DELIVERED + timedelta(days=8))

    assert (await Part.get()).state == PartState.delivered


async def test_a_village_does_not_wait_for_ever_for_what_never_comes_back(db):
    apples = await goods()
    order = await arrived((apples, 2))
    await asked(order, {(await line_of(apples)).id: 1})

    await move_parts_on(DELIVERED + timedelta(days=40))

    assert (await Part.get()).state == PartState.confirmed


async def test_what_was_not_sent_is_called_off_and_not_sent_back(db):
    apples = await goods()
    order = await paid(await an_order(apples))

    with pytest.raises(NotReturnable, match="취소하기"):
        await asked(order, {(await line_of(apples)).id: 1})


async def test_another_sum_than_the_one_seen_is_asked_again(db):
    apples = await goods(price=30_000)
    order = await arrived(apples)

    with pytest.raises(Stale):
        await asked(order, {(await line_of(apples)).id: 1}, expected=30_000)

    assert not await Return.exists()
    assert (await Line.get()).coming_back == 0


async def test_a_shopper_keeps_it_after_all_until_it_is_on_its_way(db):
    apples = await goods()
    order = await arrived((apples, 2))
    line = await line_of(apples)
    first, second = await asked(order, {line.id: 1}), await asked(order, {line.id: 1})
    await note_parcel_back(second.id, courier="cj", tracking="123456789012", now=SOON)

    await withdraw_return(first.id, by="shopper", now=SOON)
    with pytest.raises(Stale):
        await withdraw_return(second.id, by="shopper", now=SOON)

    assert (await Line.get()).coming_back == 1


async def test_a_village_refuses_with_words_and_the_city_overrules(db):
    apples = await goods()
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1})

    with pytest.raises(BadForm):
        await refuse_return(back.id, "", by="person 1", now=SOON)
    await refuse_return(back.id, "뜯어서 드신 것입니다.", by="person 1", now=SOON)
    assert (await Line.get()).coming_back == 0
    with pytest.raises(Stale):
        await received(back)
    await overrule_refusal(back.id, by="person 2", now=SOON + timedelta(hours=1))
    back = await received(back)

    assert (await Refund.get(id=back.refund_id)).amount == back.promised
    assert await Notice.filter(kind="return_news", channel="sms").count() == 3
    assert await Act.all().order_by("id").values_list("what", flat=True) == [
        "parcel sent", "parcel delivered", "return refused", "refusal overruled", "return received",
    ]  # fmt: skip


async def test_the_city_cannot_overrule_for_goods_that_are_gone(db):
    apples = await goods()
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1})
    await refuse_return(back.id, "뜯어서 드신 것입니다.", by="person 1", now=SOON)
    await asked(order, {(await line_of(apples)).id: 1}, reason=ReturnReason.faulty)

    with pytest.raises(NotReturnable):
        await overrule_refusal(back.id, by="person 2", now=SOON)


async def test_the_city_cannot_overrule_where_the_postage_is_promised_to_another_return(db):
    village = await a_village(phone="0631234567")
    apples, pears = [await goods(name, village=village, price=10_000) for name in ("사과", "배")]
    order = await arrived(apples, pears)
    one, other = {(await line_of(apples)).id: 1}, {(await line_of(pears)).id: 1}
    await asked(order, one, reason=ReturnReason.faulty, key="open meanwhile")
    refused = await asked(order, other, reason=ReturnReason.faulty)
    await withdraw_return((await Return.get(key="open meanwhile")).id, by="shopper", now=SOON)
    await refuse_return(refused.id, "뜯어서 드신 것입니다.", by="person 1", now=SOON)
    sixth = await asked(order, other, reason=ReturnReason.faulty)
    first = await asked(order, one, reason=ReturnReason.faulty)
    await withdraw_return(sixth.id, by="shopper", now=SOON)
    assert [each.promised for each in (refused, first)] == [14_000] * 2

    with pytest.raises(NotReturnable, match="배송비"):
        await overrule_refusal(refused.id, by="person 2", now=SOON)
    await withdraw_return(first.id, by="shopper", now=SOON)
    back = await received(await overrule_refusal(refused.id, by="person 2", now=SOON))

    assert (await Refund.get(id=back.refund_id)).amount == back.promised
    assert await Notice.filter(kind="return_asked", subject__contains=f"{refused.id}/again").count() == 1


async def test_nobody_of_another_village_receives_or_refuses(db):
    apples = await goods()
    order = await arrived(apples)
    back = await asked(order, {(await line_of(apples)).id: 1})
    stranger = [(await a_village()).id]

    with pytest.raises(NotFound):
        await refuse_return(back.id, "아니오", village_ids=stranger, by="person 9", now=SOON)
    with pytest.raises(NotFound):
        await receive_return(back.id, {}, village_ids=stranger, by="person 9", now=SOON)


async def test_the_village_hears_of_it_and_the_buyer_of_every_step(db):
    apples = await goods(village=await a_village(phone="0631234567"))
    order = await arrived(apples)

    back = await received(await asked(order, {(await line_of(apples)).id: 1}))

    assert await Notice.filter(
        kind="return_asked", address="0631234567", subject=f"{order.number}/{back.id}"
    ).exists()
    assert await Notice.filter(kind="return_news", channel="sms").count() == 1
    assert await Notice.filter(kind="refund_promised", subject=f"{order.number}/{back.refund_id}").exists()


# What the auditor finds of it


async def found_after(statement: str) -> set[str]:
    await rows(statement)
    return {violation.rule for violation in await violations()}


PLANTED = [
    ("UPDATE lines SET coming_back = 0", "no-more-comes-back-than-was-bought"),
    ("UPDATE return_lines SET count = 2 WHERE received = 0", "no-more-comes-back-than-was-bought"),
    ("UPDATE returns SET promised = promised + 1", "a-received-return-is-refunded"),
    ("UPDATE return_lines SET received = 1 WHERE received = 0", "a-received-return-is-refunded"),
    ("UPDATE return_lines SET restocked = 0", "what-comes-back-has-its-movement"),
    ("UPDATE return_lines SET received = 1, sellable = 1, restocked = 1", "what-comes-back-has-its-movement"),
    (
        "INSERT INTO movements (shelf_id, change, cause, at) SELECT shelf_id, 1, 'return 9 line 9', at FROM movements LIMIT 1",
        "what-comes-back-has-its-movement",
    ),
]


@pytest.mark.parametrize(("statement", "rule"), PLANTED)
async def test_a_planted_violation_is_found(unguarded, statement, rule):
    apples = await goods()
    order = await arrived((apples, 4))
    line = await line_of(apples)
    await received(await asked(order, {line.id: 2}))
    await asked(order, {line.id: 1})
    assert not await violations()

    assert rule in await found_after(statement)
