"""Two people give back the same thing in the same moment."""

from datetime import timedelta

from market import refund_confirmation, refund_quotes, refund_writing
from market.fulfilment import send_parcel
from market.orders import Line, Order, Part
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import Refund, RefundCause
from tests.builders import NOW, an_order, goods, rows, shelf_of
from tests.market.test_refunds import paid
from tests.meeting import meet, strip

SOON = NOW + timedelta(minutes=1)
NO_LOCK = "SELECT $1::bigint"
NO_LOCKS = "SELECT $1::bigint[]"


async def codes_for(order: Order, count: int, wanted: dict[int, int] | None = None) -> list[str]:
    quotes = [
        await quote_refund(order, wanted, cause=RefundCause.shopper, by="shopper", now=NOW)
        for _ in range(count)
    ]
    return [quote.code for quote in quotes]


async def given_back(code: str, order: Order) -> str:
    await confirm_refund(code, order.id, by="shopper", now=SOON)
    return "given back"


async def sent(part: Part) -> str:
    await send_parcel(
        part.id, courier="cj", tracking="123456789012", village_ids=[part.village_id], by="person 1", now=SOON
    )
    return "sent"


async def test_ten_taps_on_one_quote_give_back_once(many):
    apples = await goods(left=5)
    order = await paid(await an_order(apples))
    (code,) = await codes_for(order, 1)

    ended = await meet(many, [given_back(code, order) for _ in range(10)], before=refund_confirmation.LOCK)

    assert ended == {"given back": 10}
    assert await Refund.all().count() == 1
    assert await shelf_of(apples) == (5, 0, 0, 0)


async def test_ten_tabs_with_a_quote_each_give_back_once(many):
    apples = await goods(left=5)
    order = await paid(await an_order((apples, 2)))
    codes = await codes_for(order, 10, {(await Line.get()).id: 1})

    ended = await meet(many, [given_back(code, order) for code in codes], before=refund_confirmation.LOCK)

    assert ended == {"given back": 1, "QuoteEnded": 9}
    assert (await Line.get()).cancelled == 1
    assert await shelf_of(apples) == (4, 0, 0, 0)


async def not_booked(*_: object, **__: object) -> None:
    """The journal counts too: it would not let more go back than was sold."""


async def test_control_without_locks_and_bounds_ten_tabs_give_back_ten_times(unguarded, monkeypatch):
    monkeypatch.setattr(refund_writing, "book_promise", not_booked)
    monkeypatch.setattr(refund_confirmation, "LOCK", NO_LOCK)
    monkeypatch.setattr(refund_confirmation, "LOCK_PARTS", NO_LOCKS)
    await strip("lines", "parts", "payments")
    apples = await goods(left=5)
    order = await paid(await an_order((apples, 2)))
    codes = await codes_for(order, 10, {(await Line.get()).id: 1})

    ended = await meet(
        unguarded, [given_back(code, order) for code in codes], before=refund_writing.WRITE.sql
    )

    assert ended == {"given back": 10}
    assert (await Line.get()).cancelled == 10


async def test_control_without_locks_the_bounds_alone_still_keep_the_money(unguarded, monkeypatch):
    monkeypatch.setattr(refund_confirmation, "LOCK", NO_LOCK)
    monkeypatch.setattr(refund_confirmation, "LOCK_PARTS", NO_LOCKS)
    order = await paid(await an_order((await goods(left=5), 1)))
    codes = await codes_for(order, 10)

    ended = await meet(
        unguarded, [given_back(code, order) for code in codes], before=refund_writing.WRITE.sql
    )

    assert ended == {"given back": 1, "IntegrityError": 9}
    assert await rows("SELECT sum(amount)::int AS won FROM refunds") == [{"won": order.total}]


async def test_a_parcel_that_leaves_while_it_is_called_off_stays(many):
    apples = await goods(left=5)
    order = await paid(await an_order(apples))
    (code,) = await codes_for(order, 1)

    ended = await meet(many, [given_back(code, order), sent(await Part.get())], after=refund_quotes.HALVES)

    assert ended == {"given back": 1, "Stale": 1}
    assert await shelf_of(apples) == (5, 0, 0, 0)


async def test_control_without_the_parts_lock_it_is_sent_and_called_off(unguarded, monkeypatch):
    monkeypatch.setattr(refund_confirmation, "LOCK_PARTS", NO_LOCKS)
    apples = await goods(left=5)
    order = await paid(await an_order(apples))
    (code,) = await codes_for(order, 1)

    ended = await meet(
        unguarded, [given_back(code, order), sent(await Part.get())], after=refund_quotes.HALVES
    )

    assert ended == {"given back": 1, "sent": 1}
    assert (await Part.get()).tracking
    assert await shelf_of(apples) == (5, 0, 0, 0)
