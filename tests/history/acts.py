"""What people of the city do, one act at a time, each through the use case that its page or duty calls."""

from datetime import timedelta

from market.cancellations import cancel_unpaid
from market.capture import Effect
from market.card_payments import ReturnTo, open_page, take_event
from market.checkout import Buyer, place_order
from market.deposit_sheets.deciding import match_row, set_row_aside
from market.deposit_sheets.sure import match_sure_rows
from market.deposit_sheets.taking import take_sheet
from market.deposits import confirm_deposit
from market.extensions import extend_hold
from market.fulfilment import begin_preparing, mark_delivered, send_parcel
from market.offline_sales import OFFLINE_TENDERS, record_sale
from market.orders import Channel, Order, Tender, is_offline
from market.quotes import Basket
from market.refund_confirmation import confirm_refund
from market.refund_payouts import mark_paid_back, payouts
from market.refund_quotes import choices_of, quote_refund
from market.refunds import CHOSEN_CAUSES, RefundCause
from market.session_cancellations import SESSION_CAUSES, cancel_session
from market.session_seats import reopen, resize
from market.shelf_counts import count_shelf
from market.waiting_lists import come_with_fewer, join_waiting_list, leave_waiting_list, order_offered
from market.waiting_parties import WaitingParty
from tests.builders import HOLDS, SECRET, rows
from tests.history.live_city import Act, LiveCity
from tests.market.deposit_sheets.sheets import a_csv
from villages.days import SEOUL, seoul_day
from villages.programs import Participant
from villages.session_rules import close_session

HERE = ReturnTo(done="http://127.0.0.1/done", back="http://127.0.0.1/back")
OFFLINE = sorted(channel for channel in Channel if is_offline(channel))
COURIERS = (("cj", 12), ("epost", 13), ("hanjin", 12))

# Shoppers


async def orders(city: LiveCity) -> None:
    """Goods of one or several villages, sometimes a visit too."""
    goods = city.fair.basket("everyday", seoul_day(city.now).month, city.rng, one_village=False)
    if city.rng.random() < 0.3:
        goods |= city.fair.basket("everyday", seoul_day(city.now).month, city.rng, one_village=False)
    seats = await _visit(city) if city.rng.random() < 0.25 else {}
    basket = Basket({} if seats and city.rng.random() < 0.5 else goods, seats)
    shopper, tender = city.person(), city.rng.choice((Tender.card, Tender.bank_transfer))
    placed = await place_order(
        basket, key=city.key(), buyer=shopper.buyer, address=shopper.address if basket.goods else None, tender=tender,
        secret=SECRET, holds=HOLDS, now=city.now,
    )  # fmt: skip
    parts = await placed.order.parts.all().count()
    city.did(f"ordered by {tender.value}" + (", several villages" if parts > 1 else ""))
    if tender == Tender.card and city.rng.random() < 0.7:
        await _pay(city, placed.order)


async def _visit(city: LiveCity) -> dict[int, dict[Participant, int]]:
    found = await city.one_of(FREE_SESSIONS, city.now + timedelta(hours=30), city.now + timedelta(days=21))
    if found is None:
        return {}
    kinds = [Participant(kind) for kind in found["kinds"]]
    return {found["id"]: {kinds[0]: city.rng.randint(1, 3) if len(kinds) > 1 else 1}}


async def pays_by_card(city: LiveCity) -> None:
    if order := await city.order(WAITING_FOR, "card", city.now):
        await _pay(city, order)


async def _pay(city: LiveCity, order: Order) -> None:
    """The provider's message comes soon, twice, late, or never: then the worker asks."""
    hold = timedelta(minutes=HOLDS.card_minutes)
    page = await open_page(order, gateway=city.gateway, return_to=HERE, hold=hold, now=city.now)
    if city.gateway.readings[page.reference].state == "open":
        event = city.gateway.pay(page.reference, event_id=f"evt_{city.key()}")
        city.messages += [event] * city.rng.choice((0, 1, 1, 1, 2))
        city.did("paid at the provider")


async def a_message_comes(city: LiveCity) -> None:
    if not city.messages:
        return
    event = city.messages.pop(city.rng.randrange(len(city.messages)))
    effect = await take_event(event, livemode=False, now=city.now)
    if effect not in (None, Effect.none):
        city.did(f"message: {effect.value}")


async def gets_more_time(city: LiveCity) -> None:
    if order := await city.order(WAITING_FOR, "card", city.now):
        await extend_hold(order.number, hold=timedelta(minutes=HOLDS.card_minutes), now=city.now)
        city.did("more time to pay")


async def calls_off_unpaid(city: LiveCity) -> None:
    tender = city.rng.choice(("card", "bank_transfer"))
    if order := await city.order(WAITING_FOR, tender, city.now):
        await cancel_unpaid(order, city.gateway, by="shopper", now=city.now)
        city.did("unpaid order called off")


# Those who wait


async def a_group_fills_a_session(city: LiveCity) -> None:
    found = await city.one_of(FREE_SESSIONS, city.now + timedelta(days=3), city.now + timedelta(days=30))
    if found is None or Participant.adult not in found["kinds"]:
        return
    await record_sale(
        Basket(seats={found["id"]: {Participant.adult: found["free"]}}), village_id=found["village_id"], key=city.key(),
        channel=Channel.phone, tender=Tender.invoice, person_id=city.operators[found["village_id"]],
        by=city.by(found["village_id"]), note="단체", now=city.now,
    )  # fmt: skip
    city.did("a group took a whole session")


async def waits(city: LiveCity) -> None:
    found = await city.one_of(FULL_SESSIONS, city.now + timedelta(days=1))
    if found is None or Participant.adult not in found["kinds"]:
        return
    buyer = Buyer("박기다림", f"0108{city.rng.randrange(10**7):07}", "")
    people = {Participant.adult: city.rng.randint(1, 3)}
    joined = await join_waiting_list(
        found["id"], people, slug=found["slug"], key=city.key(), buyer=buyer, secret=SECRET, now=city.now
    )
    if joined.is_new:
        city.did("joined a waiting list")


async def waits_no_more(city: LiveCity) -> None:
    found = await city.one_of("SELECT id, seats FROM waiting_parties WHERE state = 'waiting' ORDER BY id")
    if found and found["seats"] > 1 and city.rng.random() < 0.5:
        await come_with_fewer(found["id"], {Participant.adult: found["seats"] - 1}, now=city.now)
        city.did("waits with fewer")
    elif found and await leave_waiting_list(found["id"], now=city.now):
        city.did("left a waiting list")


async def takes_an_offer(city: LiveCity) -> None:
    found = await city.one_of("SELECT id FROM waiting_parties WHERE state = 'offered' ORDER BY id")
    if found is None:
        return
    party = await WaitingParty.get(id=found["id"])
    prices = await rows(PRICES, party.session_id)
    total = sum(row["price"] * party.participants.get(Participant(row["kind"]), 0) for row in prices)
    await order_offered(
        party, tender=Tender.bank_transfer, depositor="", secret=SECRET, holds=HOLDS, expected_total=total, person_id=None,
        now=city.now,
    )  # fmt: skip
    city.did("took offered seats")


# Villages


async def sells_offline(city: LiveCity) -> None:
    village, channel = city.village(), city.rng.choice(OFFLINE)
    tender = city.rng.choice(sorted(OFFLINE_TENDERS))
    offer = city.fair.choice("everyday", seoul_day(city.now).month, village).draw(city.rng)
    seats = await _own_visit(city, village) if city.rng.random() < 0.2 else {}
    await record_sale(
        Basket({offer.variant_id: city.rng.randint(1, 4)}, seats), village_id=village, key=city.key(), channel=channel,
        tender=tender, person_id=city.operators[village], by=city.by(village), now=city.now,
    )  # fmt: skip
    city.did(f"sold {channel.value}, {tender.value}")


async def _own_visit(city: LiveCity, village: int) -> dict[int, dict[Participant, int]]:
    soon = await rows(FREE_SESSIONS, city.now + timedelta(hours=25), city.now + timedelta(days=9))
    own = [row for row in soon if row["village_id"] == village and Participant.adult in row["kinds"]]
    return {city.rng.choice(own)["id"]: {Participant.adult: 1}} if own else {}


async def counts_a_shelf(city: LiveCity) -> None:
    """A harvest came in; now and then there is less than was thought."""
    found = await city.one_of(SHELVES)
    assert found
    came = city.rng.randint(10, 60) if found["free"] < 40 else city.rng.choice((8, -1))
    await count_shelf(
        found["variant_id"], left=max(0, found["free"] + came), seen=found["free"], key=city.key(), **city.own(found["village_id"])
    )  # fmt: skip
    city.did("stock counted")


async def goes_on_with_a_part(city: LiveCity) -> None:
    found = await city.one_of(PARTS_TO_MOVE)
    if found is None:
        return
    own = city.own(found["village_id"])
    if found["state"] == "shipped":
        await mark_delivered(found["id"], **own)
        city.did("delivered")
    elif found["state"] == "paid" and city.rng.random() < 0.6:
        await begin_preparing(found["id"], **own)
        city.did("preparing")
    else:
        courier, digits = city.rng.choice(COURIERS)
        await send_parcel(
            found["id"],
            courier=courier,
            tracking=f"{city.rng.randrange(10 ** (digits - 1), 10**digits)}",
            **own,
        )
        city.did("sent")


async def changes_a_session(city: LiveCity) -> None:
    found = await city.one_of(COMING_SESSIONS, city.now + timedelta(days=1))
    if found is None:
        return
    own, what = city.own(found["village_id"]), city.rng.choice(("close", "more", "more", "less"))
    if what == "close" and not found["is_closed"]:
        await close_session(found["id"], **own)
        city.did("session closed")
    elif found["is_closed"]:
        await reopen(found["id"], **own)
        city.did("session opened again")
    else:
        change = city.rng.randint(1, 4)
        await resize(found["id"], found["capacity"] + (change if what == "more" else -change), **own)
        city.did("session resized")


async def cancels_a_session(city: LiveCity) -> None:
    """One that somebody comes to."""
    found = await city.one_of(BOOKED_SESSIONS, city.now, city.now + timedelta(days=12))
    if found:
        cause = city.rng.choice(SESSION_CAUSES)
        await cancel_session(found["id"], cause, city.gateway, **city.own(found["village_id"]))
        city.did(f"session cancelled: {cause.value}")


# The city


async def confirms_a_deposit(city: LiveCity) -> None:
    if order := await city.order(WAITING_FOR, "bank_transfer", city.now):
        effect = await confirm_deposit(order.number, amount=order.total, by=city.by(), now=city.now)
        city.did(f"deposit: {effect.value}")


async def a_deposit_comes_late(city: LiveCity) -> None:
    order = await city.order(ENDED_TRANSFERS, city.now - timedelta(days=9))
    if order:
        effect = await confirm_deposit(order.number, amount=order.total, by=city.by(), now=city.now)
        city.did(f"late deposit: {effect.value}")


async def sends_a_sheet(city: LiveCity) -> None:
    """Of the bank: some rows to the won, some a little off, one of nobody's."""
    wait = await rows(WAITING_FOR, "bank_transfer", city.now)
    chosen = [await Order.get(id=row["id"]) for row in city.rng.sample(wait, min(6, len(wait)))]
    if not chosen:
        return
    at = f"{city.now.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"
    told = [(order, order.total + city.rng.choices((0, 500, -1000), (8, 1, 1))[0]) for order in chosen]
    lines = [f"{at},{order.depositor},{won}" for order, won in told] + [f"{at},아무개 {city.key()},777"]
    sheet = await take_sheet(a_csv(*lines), name="입금.csv", by=city.by(), now=city.now)
    for _ in range(await match_sure_rows(sheet.id, now=city.now)):
        city.did("deposit of a sheet")
    by_amount = {won: order for order, won in told}
    for row in await rows(WAITING_ROWS, sheet.id):
        if order := by_amount.get(row["amount"]):
            await match_row(row["id"], [order.number], by=city.by(), now=city.now)
            city.did("row matched by hand")
        else:
            await set_row_aside(row["id"], reason="시설 사용료", by=city.by(), now=city.now)
            city.did("row set aside")


async def sends_transfers_back(city: LiveCity) -> None:
    waiting = await payouts()
    for payout in city.rng.sample(waiting, min(len(waiting), 3)):
        await mark_paid_back(payout.id, by=city.by(), now=city.now)
        city.did("transfer sent back")


# Money goes back


async def asks_what_comes_back(city: LiveCity) -> None:
    """The shopper, her village or the city; all of it, or some of some lines. Most say yes at once."""
    who = city.rng.choice(("shopper", "village", "city"))
    order = await city.order(PAID_ONLINE if who == "shopper" else PAID)
    if order is None:
        return
    village = (await order.parts.all().order_by("id"))[0].village_id
    cause = RefundCause.shopper if who == "shopper" else city.rng.choice(CHOSEN_CAUSES)
    by = {"shopper": "shopper", "village": city.by(village), "city": city.by()}[who]
    village_ids = [village] if who == "village" else None
    choices = await choices_of(order.id, cause=cause, village_ids=village_ids, now=city.now)
    some = {choice.id: city.rng.randint(0, choice.most) for choice in choices}
    wanted = some if city.rng.random() < 0.5 and any(some.values()) else None
    quote = await quote_refund(order, wanted, cause=cause, by=by, village_ids=village_ids, now=city.now)
    city.quotes.append((quote, who, village_ids))
    if city.rng.random() < 0.85:
        await confirms_a_quote(city, -1)


async def confirms_a_quote(city: LiveCity, which: int | None = None) -> None:
    if not city.quotes:
        return
    quote, who, village_ids = city.quotes.pop(
        city.rng.randrange(len(city.quotes)) if which is None else which
    )
    refund = await confirm_refund(
        quote.code, quote.order_id, by=quote.by, village_ids=village_ids, now=city.now + timedelta(minutes=2)
    )
    assert refund.amount == quote.amount
    city.did(f"refund by {who}: {quote.cause.value}")


# Time


async def the_worker_comes_by(city: LiveCity) -> None:
    await city.work()


async def days_pass(city: LiveCity) -> None:
    city.now += timedelta(hours=city.rng.choice((9, 20, 48, 80)))
    await city.work()
    city.did("days passed")


ACTS: dict[Act, int] = {
    orders: 22, pays_by_card: 6, a_message_comes: 14, gets_more_time: 1, calls_off_unpaid: 2, a_group_fills_a_session: 1,
    waits: 3, waits_no_more: 1, takes_an_offer: 3, sells_offline: 16, counts_a_shelf: 9, goes_on_with_a_part: 22,
    changes_a_session: 4, cancels_a_session: 1, confirms_a_deposit: 6, a_deposit_comes_late: 1, sends_a_sheet: 1,
    sends_transfers_back: 2, asks_what_comes_back: 22, confirms_a_quote: 2, the_worker_comes_by: 5, days_pass: 1,
}  # fmt: skip

WAITING_FOR = """
SELECT id FROM orders WHERE tender = $1 AND paid_at IS NULL AND ended_as IS NULL AND pay_before > $2 ORDER BY id
"""
ENDED_TRANSFERS = """
SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id AND p.provider = 'bank_transfer' AND p.state = 'expired'
WHERE o.paid_at IS NULL AND o.ended_as IS NOT NULL AND o.placed_at > $1 ORDER BY o.id
"""
# Of the two years too: a share of what is given back was sold long before.
PAID = """
(SELECT id FROM orders WHERE paid_at IS NOT NULL AND key LIKE 'live-%' ORDER BY id DESC LIMIT 120)
UNION ALL (SELECT id FROM orders WHERE paid_at IS NOT NULL AND key NOT LIKE 'live-%' ORDER BY id DESC LIMIT 60)
"""
PAID_ONLINE = """
SELECT id FROM orders WHERE paid_at IS NOT NULL AND recorded_by_id IS NULL ORDER BY id DESC LIMIT 120
"""
_SESSIONS = """
SELECT s.id, l.slug, l.village_id, s.capacity, s.capacity - s.held - s.booked AS free, s.closed_at IS NOT NULL AS is_closed,
       ARRAY(SELECT kind::text FROM participant_prices p WHERE p.listing_id = l.id ORDER BY p.id) AS kinds
FROM sessions s JOIN listings l ON l.id = s.listing_id
WHERE s.cancelled_at IS NULL AND {which} ORDER BY s.id
"""
FREE_SESSIONS = _SESSIONS.format(
    which="s.closed_at IS NULL AND s.starts_at BETWEEN $1 AND $2 AND s.held + s.booked < s.capacity"
)
FULL_SESSIONS = _SESSIONS.format(
    which="s.closed_at IS NULL AND s.starts_at > $1 AND s.held + s.booked = s.capacity"
)
COMING_SESSIONS = _SESSIONS.format(which="s.starts_at > $1 AND (s.booked > 0 OR s.closed_at IS NOT NULL)")
BOOKED_SESSIONS = _SESSIONS.format(which="s.starts_at BETWEEN $1 AND $2 AND s.booked > 0")
PRICES = """
SELECT p.kind::text AS kind, p.price FROM participant_prices p JOIN sessions s ON s.listing_id = p.listing_id WHERE s.id = $1
"""
SHELVES = """
SELECT s.variant_id, l.village_id, GREATEST(0, s.on_hand - s.reserved - s.leased) AS free
FROM shelves s JOIN variants v ON v.id = s.variant_id JOIN listings l ON l.id = v.listing_id ORDER BY s.variant_id
"""
PARTS_TO_MOVE = """
SELECT id, village_id, state FROM parts WHERE state IN ('paid', 'preparing', 'shipped') AND goods > refunded_goods ORDER BY id
"""
WAITING_ROWS = """
SELECT r.id, r.amount::int AS amount FROM deposit_rows r WHERE r.sheet_id = $1 AND r.state = 'waiting' ORDER BY r.id
"""
