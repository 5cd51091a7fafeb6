"""The demo city: real in size and season, complete as the law wants it, and written by the rules of live sales."""

import asyncio
import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from market.audit import violations
from market.card_payments import ReturnTo, open_page, take_event
from market.checkout import Placed, place_order
from market.deposits import confirm_deposit
from market.fulfilment import begin_preparing, move_parts_on, send_parcel
from market.offline_sales import record_sale
from market.orders import Channel, Part, Tender
from market.part_states import PartState
from market.payments import Payment
from market.quotes import Basket
from media.resize import PreparedPicture
from storefront.cluster import Cluster
from storefront.db import open_database
from storefront.demo import DemoRefused
from storefront.demo.art import Illustration
from storefront.demo.baskets import Fair
from storefront.demo.goods import load_goods
from storefront.demo.history import History, months_before
from storefront.demo.load import load_demo
from storefront.demo.past_sales import PastSale, PriceBook, write_harvests, write_past_sales
from storefront.demo.people import PEOPLE, load_people
from storefront.demo.programs import load_programs
from storefront.demo.seasons import YEAR, holiday_of, monthly_plan
from storefront.demo.shoppers import crowd
from storefront.demo.villages import load_commission, load_villages
from tests.builders import HOLDS, SECRET, rows
from tests.database import cloned_database
from tests.fakes import FakeGateway
from tests.site import CHEAP_PASSWORDS, test_services
from villages.days import seoul_moment
from villages.listings import Publication
from villages.publications import problems_of
from villages.signing_in import sign_in

TODAY = date(2026, 11, 21)
NOW = seoul_moment(TODAY, 10)
PASSWORD = "demo-password-1"


def undeveloped(drawn: Iterable[Illustration]) -> list[PreparedPicture]:
    """Pictures that cost nothing: what they show is tested with the drawings."""
    return [
        PreparedPicture(hashlib.sha256(each.svg.encode()).hexdigest(), 320, 320, {320: b"-"})
        for each in drawn
    ]


async def demo_in(folder: Path, *, months: int, progress: Any = lambda *_: None) -> Any:
    return await load_demo(
        test_services(folder),
        password=PASSWORD,
        today=TODAY,
        history_months=months,
        progress=progress,
        develop=undeveloped,
    )


@pytest.fixture(scope="module")
def city_of_a_year(
    migrated_cluster: Cluster, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The demo with twelve months of sales: loaded once, only read by these tests."""

    async def load(url: str) -> None:
        async with open_database(url):
            await demo_in(tmp_path_factory.mktemp("demo"), months=12)

    with cloned_database(migrated_cluster, f"demo_{worker_id}") as url:
        asyncio.run(load(url))
        yield url


async def test_a_year_brings_300_million_won_a_third_before_seollal_and_a_fifth_before_chuseok(
    city_of_a_year,
):
    async with open_database(city_of_a_year):
        year = await sold_between(date(2025, 11, 21), TODAY - timedelta(days=1))
        seollal, chuseok = holiday_of(2026, "설날"), holiday_of(2026, "추석")
        before_seollal = await sold_between(seollal - timedelta(days=28), seollal - timedelta(days=1))
        before_chuseok = await sold_between(chuseok - timedelta(days=28), chuseok - timedelta(days=1))

    assert abs(year - YEAR) <= YEAR // 10
    assert 30 <= before_seollal * 100 // year <= 36
    assert 17 <= before_chuseok * 100 // year <= 23


async def test_every_channel_sells_and_the_leaf_festival_sells_at_the_festival(city_of_a_year):
    async with open_database(city_of_a_year):
        channels = await rows("SELECT DISTINCT channel FROM daily_sales")
        festival = await rows("SELECT DISTINCT day FROM daily_sales WHERE channel = 'festival'")

    assert {row["channel"] for row in channels} == {channel.value for channel in Channel}
    assert all((10, 23) <= (row["day"].month, row["day"].day) <= (11, 15) for row in festival)


async def test_online_orders_are_as_large_as_they_were(city_of_a_year):
    async with open_database(city_of_a_year):
        average = await rows(
            "SELECT avg(total)::int AS won FROM (SELECT sum(p.goods + p.programs) AS total FROM parts p "
            "JOIN orders o ON o.id = p.order_id WHERE o.channel = 'online' GROUP BY o.id) o"
        )
        holiday = await rows(
            "SELECT sum(count * unit_price) FILTER (WHERE unit_price BETWEEN 30000 AND 50000) * 100 / sum(count * unit_price)"
            " AS share FROM lines l JOIN parts p ON p.id = l.part_id JOIN orders o ON o.id = p.order_id"
            " WHERE l.variant_id IS NOT NULL AND o.channel = 'online' AND o.sold_on BETWEEN '2026-01-20' AND '2026-02-13'"
        )

    assert 31_000 <= average[0]["won"] <= 37_000
    assert 85 <= holiday[0]["share"] <= 94


async def test_the_auditor_finds_nothing_and_no_shelf_was_ever_below_zero(city_of_a_year):
    async with open_database(city_of_a_year):
        found = await violations()
        lowest = await rows(
            "SELECT min(left_then) AS lowest FROM (SELECT sum(change) OVER (PARTITION BY shelf_id ORDER BY at, id) AS left_then"
            " FROM movements) m"
        )

    assert found == []
    assert lowest[0]["lowest"] >= 0


async def test_the_whole_catalogue_is_on_sale_and_nothing_stands_in_its_way(city_of_a_year):
    async with open_database(city_of_a_year):
        listings = await rows(
            "SELECT id, code, slug FROM listings WHERE id IN (SELECT listing_id FROM publications)"
        )
        problems = [await problems_of(Publication._meta.db, row["id"], today=TODAY) for row in listings]

    assert sorted(row["code"] for row in listings) == [f"P{number:03}" for number in range(1, 91)]
    assert all(row["slug"].isascii() for row in listings)
    assert problems == [[]] * 90


async def test_some_goods_are_sold_out_some_nearly_and_some_sessions_are_full(city_of_a_year):
    async with open_database(city_of_a_year):
        shelves = await rows(
            "SELECT on_hand FROM shelves JOIN variants v ON v.id = variant_id WHERE v.position = 0"
        )
        sessions = await rows(
            "SELECT l.code, s.capacity - s.held - s.booked AS left FROM sessions s JOIN listings l ON l.id = s.listing_id"
            " WHERE s.starts_at > $1", NOW
        )  # fmt: skip

    assert sum(row["on_hand"] == 0 for row in shelves) >= 2
    assert sum(1 <= row["on_hand"] <= 5 for row in shelves) >= 2
    assert any(row["left"] == 0 for row in sessions)
    assert any(row["code"] == "P087" and row["left"] >= 3 for row in sessions)


async def test_the_desks_find_work(city_of_a_year):
    async with open_database(city_of_a_year):
        states = {row["state"] for row in await rows("SELECT DISTINCT state FROM parts")}
        waiting = await rows("SELECT count(*) AS count FROM orders WHERE paid_at IS NULL")
        new = await rows("SELECT DISTINCT village_id FROM parts WHERE state = 'paid' AND goods > 0")

    assert states == {state.value for state in PartState} - {"cancelled"}
    assert waiting[0]["count"] == 2
    assert len(new) == 3


async def test_everything_invented_is_marked(city_of_a_year):
    async with open_database(city_of_a_year):
        city = (await rows("SELECT is_demo, company, business_no FROM city"))[0]
        villages = await rows(
            "SELECT company, ceo, business_no, mail_order_no FROM villages WHERE state = 'running'"
        )
        numbers = [row["number"] for row in await rows("SELECT number FROM certificates")]
        late = await rows("SELECT count(*) AS count FROM certificates WHERE ends_on <= $1", TODAY)

    assert city["is_demo"] and "견본" in city["company"]
    assert all("견본" in row["company"] + row["ceo"] and "견본" in row["mail_order_no"] for row in villages)
    assert not any(is_valid_business_no(row["business_no"]) for row in [city, *villages])
    assert numbers and all("견본" in number for number in numbers)
    assert late[0]["count"] == 0


async def test_neighbours_are_introduced_and_sell_nothing(city_of_a_year):
    async with open_database(city_of_a_year):
        neighbours = await rows("SELECT name, origin FROM villages WHERE state = 'neighbour'")
        theirs = await rows(
            "SELECT count(*) AS count FROM listings l JOIN villages v ON v.id = l.village_id WHERE v.state = 'neighbour'"
        )

    assert len(neighbours) == 12
    assert all("15013113" in row["origin"] for row in neighbours)
    assert theirs[0]["count"] == 0


async def test_the_same_day_makes_the_same_city_and_shows_how_far_it_is(new_database, tmp_path):
    seen: list[tuple[str, int, int]] = []
    sums = []
    for _ in range(2):
        async with open_database(new_database()):
            report = await demo_in(tmp_path, months=1, progress=lambda *step: seen.append(step))
            sums.append((report, await sums_of_everything()))
            actor = await sign_in("naejangsan@demo.example", PASSWORD, passwords=CHEAP_PASSWORDS, now=NOW)

    assert sums[0] == sums[1]
    assert actor[1].home == "/desk"
    assert {step for step, done, whole in seen if done == whole} == {step for step, _, _ in seen}


async def test_a_database_with_villages_is_refused(db, tmp_path):
    await load_villages()

    with pytest.raises(DemoRefused, match="이미 마을이 있습니다"):
        await demo_in(tmp_path, months=0)


async def test_the_years_targets_are_300_million_won():
    assert sum(monthly_plan(2026)) == YEAR
    assert len(PEOPLE) == 7
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)


async def test_past_sales_leave_the_rows_that_live_ones_leave(new_database):
    async with open_database(new_database()):
        sales = await a_shop_with_past_sales()
        for number, sale in enumerate(sales):
            await live(sale, key=f"live-{number}")
        live_rows = await rows_of_all_sales()
    async with open_database(new_database()):
        again = await a_shop_with_past_sales()
        await write_past_sales(again, secret=SECRET, holds=HOLDS, rng=random.Random(1), taken_numbers=set())
        past_rows = await rows_of_all_sales()

    assert [(sale.placed_at, sale.steps, basket_of(sale)) for sale in again] == [
        (sale.placed_at, sale.steps, basket_of(sale)) for sale in sales
    ]
    assert {sale.channel for sale in sales} == set(Channel) - {Channel.external}
    assert {state for sale in sales for steps in sale.steps.values() for state in [steps[-1].state]} >= {
        PartState.confirmed, PartState.delivered,
    }  # fmt: skip
    assert all(live_rows.values())
    for table, expected in live_rows.items():
        assert past_rows[table] == expected, table


async def a_shop_with_past_sales(count: int = 40) -> list[PastSale]:
    """Offers on sale with full shelves, and some of the sales that the demo would invent for the last month."""
    first = TODAY - timedelta(days=30)
    villages = await load_villages()
    await load_commission(first)
    people = await load_people(villages, password_hash="-")
    listings = [*await load_goods(villages, now=NOW), *await load_programs(villages, first=first, now=NOW)]
    await Publication.bulk_create([Publication(listing=listing, at=NOW) for listing in listings])
    variants = [row["id"] for row in await rows("SELECT id FROM variants")]
    await write_harvests([(variant, 500, NOW - timedelta(days=40)) for variant in variants])
    operators = {villages[demo.village].id: people[name] for name, demo in PEOPLE.items() if demo.village}
    rng = random.Random(7)
    history = History(
        await Fair.open(), await PriceBook.open(), operators, people["officer"], people["shopper"], first, NOW, rng, crowd(rng)
    )  # fmt: skip
    drawn = [sale for sale in await history.sales(lambda *_: None) if sale.channel != Channel.external]
    programs = [sale for sale in drawn if any(line.session_id for line in sale.quoted.lines)]
    two_villages = [sale for sale in drawn if len(sale.quoted.parts) > 1]
    kept = [*rng.sample(drawn, count), *rng.sample(programs, 10), *two_villages[:5]]
    return list({id(sale): sale for sale in kept}.values())


async def live(sale: PastSale, *, key: str) -> None:
    """Make the same sale by the use cases of the shop, one step after the other."""
    basket = basket_of(sale)
    if sale.buyer is None:
        (village_id,) = sale.steps
        await record_sale(
            basket, village_id=village_id, key=key, channel=sale.channel, tender=sale.tender,
            person_id=sale.person_id or 0, by=sale.by, now=sale.placed_at,
        )  # fmt: skip
        return
    placed = await place_order(
        basket, key=key, buyer=sale.buyer, address=sale.address, tender=sale.tender, secret=SECRET, holds=HOLDS,
        person_id=sale.person_id, now=sale.placed_at,
    )  # fmt: skip
    await pay(placed, sale)
    steps = [(step, village) for village, steps in sale.steps.items() for step in steps[2:]]
    for step, village in sorted(steps, key=lambda item: item[0].at):
        part = await Part.get(order_id=placed.order.id, village_id=village)
        theirs = {"village_ids": [village], "by": step.by, "now": step.at}
        if step.state == PartState.preparing:
            await begin_preparing(part.id, **theirs)
        elif step.state == PartState.shipped:
            courier, tracking = sale.parcels[village]
            await send_parcel(part.id, courier=courier, tracking=tracking, **theirs)
        else:
            await move_parts_on(step.at)


async def pay(placed: Placed, sale: PastSale) -> None:
    order = placed.order
    if sale.tender == Tender.bank_transfer:
        await confirm_deposit(order.number, amount=order.total, by=sale.by, now=sale.paid_at)
        return
    gateway = FakeGateway()
    page = ReturnTo("http://127.0.0.1/done", "http://127.0.0.1/back")
    hold = timedelta(minutes=HOLDS.card_minutes)
    payment = await open_page(order, gateway=gateway, return_to=page, hold=hold, now=sale.placed_at)
    event = gateway.pay(payment.reference, event_id=f"evt_{order.id}")
    await take_event(event, livemode=False, now=sale.paid_at)
    assert (await Payment.get(id=payment.id)).state == "captured"


def basket_of(sale: PastSale) -> Basket:
    basket = Basket()
    for line in sale.quoted.lines:
        if line.variant_id:
            basket.goods[line.variant_id] = line.count
        elif line.session_id and line.participant:
            basket.seats.setdefault(line.session_id, {})[line.participant] = line.count
    return basket


async def rows_of_all_sales() -> dict[str, list[dict]]:
    """Every column of every table a sale writes, without what is drawn at random and the database's own clock."""
    return {table: await rows(query) for table, query in COMPARED.items()}


async def sums_of_everything() -> list[dict]:
    return [
        *await rows("SELECT day, village_id, channel, kind, amount, postage, orders, heads FROM daily_sales ORDER BY 1, 2, 3, 4"),
        *await rows("SELECT variant_id, on_hand, reserved FROM shelves ORDER BY variant_id"),
        *await rows("SELECT listing_id, starts_at, capacity, held, booked FROM sessions ORDER BY 1, 2"),
        *await rows("SELECT placed_at, total, buyer_name, road, channel FROM orders ORDER BY id"),
        *await rows("SELECT slug, name, price, unit_price FROM variants JOIN listings USING (name) ORDER BY variants.id"),
        *await rows("SELECT village_id, month, amount FROM targets ORDER BY 1, 2"),
    ]  # fmt: skip


async def sold_between(first: date, last: date) -> int:
    return int(
        (await rows("SELECT sum(amount) AS won FROM daily_sales WHERE day BETWEEN $1 AND $2", first, last))[
            0
        ]["won"]
    )


def is_valid_business_no(text: str) -> bool:
    digits = [int(sign) for sign in text if sign.isdigit()]
    whole = sum(digit * weight for digit, weight in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False))
    return (10 - (whole + digits[8] * 5 // 10) % 10) % 10 == digits[9]


# The clock's rounds come by at no fixed second: its moves are compared without their moment.
COMPARED = {
    "orders": """
        SELECT id, channel, tender, total, placed_at, pay_before, extended_at, paid_at, sold_on, ended_as, person_id,
            recorded_by_id, buyer_name, buyer_phone, buyer_email, depositor, receiver_name, receiver_phone, postcode, road,
            detail, message, agreed_at, note, token_hash <> '' AS has_token, body_hash <> '' AS has_body
        FROM orders ORDER BY id""",
    "parts": """
        SELECT p.id, order_id, village_id, goods, programs, postage, vat, state, promised_on, courier, tracking, version,
            CASE WHEN NOT EXISTS (SELECT FROM part_moves m WHERE m.part_id = p.id AND m.by = 'clock') THEN moved_at END AS at
        FROM parts p ORDER BY id""",
    "part_moves": """
        SELECT part_id, state, by, CASE WHEN by <> 'clock' THEN at END AS at FROM part_moves ORDER BY part_id, part_moves.at""",
    "lines": """
        SELECT id, part_id, variant_id, session_id, participant, name, count, unit_price, takes, tax, terms
        FROM lines ORDER BY id""",
    "holds": "SELECT line_id, count, ended_as, ended_at FROM holds ORDER BY line_id",
    "bookings": "SELECT part_id, session_id, seats, heads, state, moved_at FROM bookings ORDER BY part_id, session_id",
    "payments": """
        SELECT id, order_id, provider, tender, state, amount, opened_at, ends_at, ask_at, captured_at, confirmed_by,
            CASE WHEN provider <> 'stripe' THEN split_part(reference, ' ', 1) END AS reference
        FROM payments ORDER BY id""",
    "journal_transactions": """
        SELECT kind, subject, order_id, day, at, by FROM journal_transactions ORDER BY kind, subject""",
    "journal_legs": """
        SELECT t.kind AS booked, subject, l.day, account, village_id, part_id, l.kind, tax, rule_id, amount
        FROM journal_legs l JOIN journal_transactions t ON t.id = l.transaction_id ORDER BY t.kind, subject, l.id""",
    "payment_events": "SELECT provider, kind, payment_id, amount, effect, at FROM payment_events ORDER BY payment_id",
    "movements": """
        SELECT shelf_id, change, o.id AS order_id, split_part(cause, ' ', 3) AS what, split_part(cause, ' ', 4) AS which
        FROM movements m LEFT JOIN orders o ON o.number = split_part(m.cause, ' ', 2)
        ORDER BY shelf_id, o.id NULLS FIRST, change, which""",
    "shelves": "SELECT variant_id, on_hand, reserved, leased, shortage FROM shelves ORDER BY variant_id",
    "sessions": "SELECT id, capacity, held, booked FROM sessions ORDER BY id",
    "daily_sales": """
        SELECT village_id, channel, kind, day, amount, postage, orders, heads
        FROM daily_sales ORDER BY village_id, channel, kind, day""",
    "monthly_listing_sales": """
        SELECT village_id, listing_id, month, amount, units FROM monthly_listing_sales ORDER BY listing_id, month""",
}  # fmt: skip
