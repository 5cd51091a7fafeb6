"""Two people take back, or call off, the same goods in the same moment."""

from typing import NamedTuple

import pytest

from market import stock
from market.orders import Line, Order
from market.refund_confirmation import confirm_refund
from market.refund_quotes import quote_refund
from market.refunds import Refund, RefundCause
from market.returns import asking, ending, halves, receiving
from market.returns.tables import Return, ReturnLine, ReturnReason, ReturnState, ReturnWish
from tests.builders import goods, rows, shelf_of
from tests.market.returns.test_exchanges import sent_anew
from tests.market.returns.test_returns import SOON, arrived, asked, received
from tests.meeting import meet, strip
from villages.named import Named

NO_LOCK = "SELECT $1::bigint"
NO_LOCKS = "SELECT $1::bigint[]"
ANY_NUMBER = Named(asking.ASK_TEXT.replace("AND lines.count - cancelled - coming_back >= wanted.count", ""))


class Race(NamedTuple):
    order: Order
    line: Line


async def of_one(*, count: int = 1) -> Race:
    return Race(await arrived((await goods(left=20), count)), await Line.get())


async def taken_back(race: Race) -> str:
    await asked(race.order, {race.line.id: 1})
    return "taken back"


async def called_off(race: Race, code: str) -> str:
    await confirm_refund(code, race.order.id, by="person 1", now=SOON)
    return "called off"


async def came(back: Return) -> str:
    await received(back)
    return "came"


async def refused(back: Return) -> str:
    await ending.refuse_return(back.id, "아니오", by="person 2", now=SOON)
    return "refused"


async def never_came(back: Return) -> str:
    await ending.end_without_goods(back.id, by="person 2", now=SOON)
    return "never came"


async def went_anew(back: Return) -> str:
    await sent_anew(back)
    return "sent anew"


def unlock(monkeypatch) -> None:
    for module in (asking, halves):
        monkeypatch.setattr(module, "LOCK", NO_LOCK)
        monkeypatch.setattr(module, "LOCK_PARTS", NO_LOCKS)


async def test_ten_tabs_take_the_last_one_back_once(many):
    race = await of_one()

    ended = await meet(many, [taken_back(race) for _ in range(10)], before=asking.LOCK)

    assert ended == {"taken back": 1, "NotReturnable": 9}
    assert (await Line.get()).coming_back == 1


async def test_without_locks_the_statement_alone_still_takes_it_once(many, monkeypatch):
    unlock(monkeypatch)
    race = await of_one()

    ended = await meet(many, [taken_back(race) for _ in range(10)], before=asking.ASK.sql)

    assert ended == {"taken back": 1, "NotReturnable": 9}
    assert (await Line.get()).coming_back == 1


async def test_control_without_locks_guard_and_bounds_ten_tabs_take_it_ten_times(unguarded, monkeypatch):
    unlock(monkeypatch)
    monkeypatch.setattr(asking, "ASK", ANY_NUMBER)
    await strip("lines")
    race = await of_one()

    ended = await meet(unguarded, [taken_back(race) for _ in range(10)], before=ANY_NUMBER.sql)

    assert ended == {"taken back": 10}
    assert (await Line.get()).coming_back == 10


async def test_ten_taps_with_one_key_make_one_return(many):
    race = await of_one()

    async def tapped() -> str:
        await asked(race.order, {race.line.id: 1}, key="one key")
        return "taken back"

    ended = await meet(many, [tapped() for _ in range(10)], before=asking.LOCK)

    assert ended == {"taken back": 10}
    assert await Return.all().count() == 1


async def citys_code(race: Race) -> str:
    quote = await quote_refund(race.order, cause=RefundCause.operator, by="person 1", now=SOON)
    return quote.code


@pytest.mark.parametrize("city_first", [False, True], ids=["taken-back-first", "city-first"])
async def test_what_the_city_calls_off_in_the_same_moment_goes_back_once(many, city_first):
    race = await of_one()
    code = await citys_code(race)
    both = [taken_back(race), called_off(race, code)]

    ended = await meet(many, both[::-1] if city_first else both, before=asking.LOCK)

    assert ended in ({"taken back": 1, "QuoteEnded": 1}, {"called off": 1, "NotReturnable": 1})
    line = await Line.get()
    assert line.cancelled + line.coming_back == 1


async def test_control_without_locks_guard_and_bounds_it_is_called_off_and_taken_back(unguarded, monkeypatch):
    unlock(monkeypatch)
    monkeypatch.setattr(asking, "ASK", ANY_NUMBER)
    await strip("lines")
    race = await of_one()
    code = await citys_code(race)

    async def called_off_meanwhile() -> str:
        # The return has looked and found the line free; then the city is faster.
        return await called_off(race, code)

    ended = await meet(unguarded, [taken_back(race), called_off_meanwhile()], before=ANY_NUMBER.sql)

    assert ended == {"taken back": 1, "called off": 1}
    line = await Line.get()
    assert (line.cancelled, line.coming_back) == (1, 1)


async def test_ten_taps_receive_once(many):
    race = await of_one()
    back = await asked(race.order, {race.line.id: 1})

    ended = await meet(many, [came(back) for _ in range(10)], before=halves.LOCK)

    assert ended == {"came": 10}
    assert await Refund.all().count() == 1
    assert await rows("SELECT on_hand FROM shelves") == [{"on_hand": 20}]


async def test_control_without_locks_and_bounds_ten_taps_pay_ten_times(unguarded, monkeypatch):
    await pay_without(monkeypatch, locks=halves)
    await strip(
        "lines", "parts", "payments", "refunds", "returns", "movements", "refund_quotes", "return_lines"
    )
    race = await of_one(count=12)  # so that the part lives on
    back = await asked(race.order, {race.line.id: 1})

    ended = await meet(unguarded, [came(back) for _ in range(10)], before=receiving.RECEIVE)

    assert ended == {"came": 10}
    assert await Refund.all().count() == 10


async def pay_without(monkeypatch, *, locks) -> None:
    async def not_booked(*_: object, **__: object) -> None:
        """The journal counts too: it would not let more go back than was sold."""

    monkeypatch.setattr(locks, "LOCK", NO_LOCK)
    monkeypatch.setattr(locks, "LOCK_PARTS", NO_LOCKS)
    monkeypatch.setattr(receiving, "book_refund", not_booked)


async def test_received_and_refused_at_once_is_one_of_them(many):
    race = await of_one()
    back = await asked(race.order, {race.line.id: 1})

    ended = await meet(many, [came(back), refused(back)], before=halves.LOCK)

    assert ended in ({"came": 1, "Stale": 1}, {"refused": 1, "Stale": 1})
    assert await Refund.all().count() == (1 if "came" in ended else 0)


async def of_an_exchange(race: Race) -> Return:
    """The new goods were sent; the old ones are awaited."""
    back = await asked(race.order, {race.line.id: 1}, reason=ReturnReason.faulty, wish=ReturnWish.exchange)
    return await sent_anew(back)


async def test_an_exchange_ended_without_its_goods_in_the_moment_they_come_is_one_of_both(many):
    race = await of_one()
    back = await of_an_exchange(race)

    ended = await meet(many, [came(back), never_came(back)], before=halves.LOCK)

    assert ended in ({"came": 1, "Stale": 1}, {"never came": 1, "Stale": 1})
    restocked = "came" in ended
    assert await rows("SELECT on_hand FROM shelves") == [{"on_hand": 18 + restocked}]
    assert [(line.received > 0) for line in await ReturnLine.all()] == [restocked]
    assert (await Line.get()).coming_back == 0


async def test_control_without_locks_and_bounds_the_goods_come_and_never_came(unguarded, monkeypatch):
    unlock(monkeypatch)
    await strip("lines")
    race = await of_one()
    back = await of_an_exchange(race)

    ended = await meet(unguarded, [came(back), never_came(back)], before=halves.SET_FREE)

    assert ended == {"came": 1, "never came": 1}
    assert (await Line.get()).coming_back == -1


async def test_the_last_box_is_sent_anew_to_one_of_two(many):
    apples = await goods(left=3)
    first, second = [await arrived(apples) for _ in range(2)]
    backs = [
        await asked(
            order,
            {(await Line.get(part__order_id=order.id)).id: 1},
            reason=ReturnReason.faulty,
            wish=ReturnWish.exchange,
        )
        for order in (first, second)
    ]

    await meet(many, [went_anew(back) for back in backs], before=stock.LOCK)

    states = sorted([(back.wish.value, back.state) for back in await Return.all()])
    assert states == [("exchange", ReturnState.resent), ("refund", ReturnState.requested)]
    assert await shelf_of(apples) == (0, 0, 0, 0)


async def test_control_without_the_shelfs_guard_the_last_box_is_sent_anew_twice(unguarded, monkeypatch):
    monkeypatch.setattr(stock, "LOCK", NO_LOCKS)
    monkeypatch.setattr(
        stock, "RESERVE", stock.RESERVE.replace("AND on_hand - reserved - leased >= count", "")
    )
    await strip("shelves")
    apples = await goods(left=3)
    orders = [await arrived(apples) for _ in range(2)]
    backs = [
        await asked(
            order,
            {(await Line.get(part__order_id=order.id)).id: 1},
            reason=ReturnReason.faulty,
            wish=ReturnWish.exchange,
        )
        for order in orders
    ]

    ended = await meet(unguarded, [went_anew(back) for back in backs], before=stock.RESERVE)

    assert ended == {"sent anew": 2}
    assert await rows("SELECT count(*)::int AS sent FROM returns WHERE state = 'resent'") == [{"sent": 2}]
